//! What the feeds have to tell of the sessions that changed.

use mitta_domain::Session;
use mitta_domain::share::visible;
use mitta_domain::{SessionId, ShareId, State};

use super::{ChangeKind, FeedChange, Folded, Known, ShareState, Slot};

/// Fills in changes and touched days.
pub(super) fn tell(known: &Known, slots: &[Slot], folded: &mut Folded) {
    let own = ShareId::own(known.person_id);
    let changed = || {
        let slots = slots.iter().filter(|slot| slot.is_changed);
        slots.filter_map(|slot| Some((slot.before.as_ref(), slot.now.as_ref()?)))
    };
    for (before, now) in changed() {
        folded.changes.push(FeedChange {
            share_id: own,
            session_id: now.start.session_id,
            kind: ChangeKind::Session,
        });
        if before.and_then(counted) != counted(now) {
            folded.touched_days.insert((own, now.start.local_date));
        }
    }
    for share in &known.shares {
        for (before, now) in changed() {
            let Some(kind) = told(share, before, now) else {
                continue;
            };
            folded.changes.push(FeedChange {
                share_id: share.share_id,
                session_id: now.start.session_id,
                kind,
            });
            let day = (share.share_id, now.start.local_date);
            folded.touched_days.insert(day);
        }
    }
}

/// What a session counts toward totals, if it does.
fn counted(session: &Session) -> Option<u32> {
    let counts = session.state() == State::Completed && !session.deleted;
    counts.then(|| session.credited_s().0)
}

/// What the share has to tell, if what it shows is another than before.
fn told(share: &ShareState, before: Option<&Session>, now: &Session) -> Option<ChangeKind> {
    let session_id: SessionId = now.start.session_id;
    let was_shown = share.contains.contains(&session_id);
    let Some(sit) = visible(now, &share.rule) else {
        return was_shown.then_some(ChangeKind::Withdrawn);
    };
    let is_same = was_shown
        && before.is_some_and(|before| visible(before, &share.rule).as_ref() == Some(&sit));
    (!is_same).then_some(ChangeKind::Session)
}
