//! Taking over a row as the server has it: with the own unsent ops on top, and nothing lost.

use mitta_domain::apply::{Revision, overlay};
use mitta_domain::op::Change;
use mitta_domain::session::Stamp;
use mitta_domain::{Session, SessionEvent, State};
use rusqlite::Transaction;

use super::offer;
use crate::error::WriteError;
use crate::tables::{events, heartbeat, offers, outbox, revisions, sessions};

/// An own session as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalRow {
    /// The row.
    pub session: Session,
    /// What happened in it, where the server said so.
    pub events: Option<Vec<SessionEvent>>,
}

/// Shows the server's row with this device's unsent ops on top, whatever was shown before (the clocks
/// do not decide: only the server orders edits). `kept` is what the server just answered and is kept
/// elsewhere; anything else that somebody wrote and that is shown no more becomes a revision.
///
/// A sit that is live here is not disturbed: its heartbeat stays, and so does its row, for the server
/// knows no more of it than its start. Should the server have it completed (which takes a copy of this
/// data folder), that is adopted, and completing it here is [`WriteError::AlreadyCompleted`].
///
/// Says whether it looks different now. A row whose start is another one here is left as it is, since
/// nothing may change a start: where that is its time, date or length, both sides' digests of it differ,
/// which the comparison tells (I8).
pub(super) fn adopt(
    tx: &Transaction<'_>,
    row: &CanonicalRow,
    kept: &[Change],
) -> Result<bool, WriteError> {
    let canonical = &row.session;
    let session_id = canonical.start.session_id;
    let current = sessions::find(tx, session_id)?;
    if let Some(current) = &current {
        if current.start != canonical.start {
            return Ok(false);
        }
        // Before the row is replaced: what it has and the server has not.
        if offers::take(tx, session_id)? {
            offer::queue(tx, current, Some(canonical))?;
        }
    }
    let unsent = outbox::of(tx, session_id)?;
    let ops = unsent.iter().map(|row| &row.op);
    let shown = overlay(Some(canonical.clone()), ops).unwrap_or_else(|| canonical.clone());
    let changed = match current {
        None => {
            sessions::insert(tx, &shown)?;
            true
        }
        Some(current) => replace(tx, &current, shown, kept)?,
    };
    if let Some(events) = &row.events
        && !events.is_empty()
    {
        events::adopt(tx, session_id, events)?;
    }
    Ok(changed)
}

fn replace(
    tx: &Transaction<'_>,
    current: &Session,
    shown: Session,
    kept: &[Change],
) -> Result<bool, WriteError> {
    let shown = with_what_never_goes(shown, current);
    if shown == *current {
        return Ok(false);
    }
    for revision in lost(current, &shown) {
        if !kept.contains(&revision.change) {
            revisions::append(tx, current.start.session_id, &revision)?;
        }
    }
    sessions::update(tx, &shown, current.state())?;
    if current.state() == State::Running && shown.state() == State::Completed {
        heartbeat::remove(tx, current.start.session_id)?;
    }
    Ok(true)
}

/// `running → completed`, nothing else, whatever a server has lost or refused; and a plan stays.
fn with_what_never_goes(mut shown: Session, current: &Session) -> Session {
    if shown.completion.is_none() && current.completion.is_some() {
        shown.completion = current.completion;
        if shown.credits_nothing() {
            shown.deleted = true;
            shown.deleted_stamp = shown.deleted_stamp.max(current.deleted_stamp);
        }
    }
    if shown.plan.is_none() && current.plan.is_some() {
        shown.plan.clone_from(&current.plan);
        // Its label is the first one of the sit.
        if (shown.words_stamp, current.words_stamp) == (Stamp::UNWRITTEN, Stamp::UNWRITTEN) {
            shown.words.clone_from(&current.words);
        }
    }
    shown
}

/// What somebody had written in `current` and `shown` does not say any more.
fn lost(current: &Session, shown: &Session) -> Vec<Revision> {
    let mut lost = Vec::new();
    let mut keep = |is_lost: bool, stamp: Stamp, change: Change| {
        if is_lost && stamp != Stamp::UNWRITTEN {
            lost.push(Revision { stamp, change });
        }
    };
    keep(
        current.words != shown.words,
        current.words_stamp,
        Change::Words {
            words: current.words.clone(),
        },
    );
    if let Some(credited_s) = current.credited_override_s {
        keep(
            current.credited_override_s != shown.credited_override_s,
            current.credited_stamp,
            Change::Credited { credited_s },
        );
    }
    keep(
        current.sharing != shown.sharing,
        current.sharing_stamp,
        Change::Sharing {
            sharing: current.sharing,
        },
    );
    keep(
        current.deleted != shown.deleted,
        current.deleted_stamp,
        Change::Deleted {
            deleted: current.deleted,
        },
    );
    lost
}
