//! Who shares what: partnerships made, joined and left, the date since when, pauses.
//!
//! As the real server does it: whoever joins is shown shares that are opened afresh for every member,
//! a share is filled in the order of the sessions' ids, and with its last member a partnership goes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mitta_domain::share::Pause;
use mitta_domain::{PartnershipId, PersonId, SessionId, ShareId, UnixMillis};
use mitta_protocol::ErrorCode;
use mitta_server::fold::ChangeKind;

use super::tables::{FeedKey, Membership, ShareRow, Tables};
use super::{Act, Refusal};

const NO_MEMBER: Refusal = Refusal::Code(ErrorCode::NoSuchPartnership);

pub(super) fn act(
    tables: &mut Tables,
    by: PersonId,
    act: &Act,
    now_ms: i64,
) -> Result<(), Refusal> {
    match act {
        Act::Found {
            partnership_id,
            share_id,
            since,
        } => {
            tables.partnerships.insert(*partnership_id, now_ms);
            begin(tables, by, *partnership_id, *since, now_ms);
            open(tables, by, *partnership_id, *share_id, None, now_ms)
        }
        Act::Join {
            partnership_id,
            share_ids,
            inviter,
            since,
        } => {
            let members = tables.members_of(*partnership_id);
            if !members.contains(inviter) {
                return Err(NO_MEMBER);
            }
            if members.contains(&by) {
                return Err(Refusal::Code(ErrorCode::AlreadyMember));
            }
            begin(tables, by, *partnership_id, *since, now_ms);
            let mut members = tables.members_of(*partnership_id);
            members.sort_unstable();
            for (member, share_id) in members.into_iter().zip(share_ids) {
                open(tables, member, *partnership_id, *share_id, None, now_ms)?;
            }
            Ok(())
        }
        Act::Leave { partnership_id } => leave(tables, by, *partnership_id, now_ms),
        Act::Since {
            partnership_id,
            share_id,
            since,
        } => {
            let feed = open_share(tables, by, *partnership_id)?;
            if tables.shares[&feed].share_since == *since {
                return Ok(());
            }
            open(tables, by, *partnership_id, *share_id, Some(*since), now_ms)
        }
        Act::Pause {
            partnership_id,
            is_paused,
        } => {
            let feed = open_share(tables, by, *partnership_id)?;
            pause(tables, feed, *is_paused, now_ms);
            Ok(())
        }
    }
}

fn find_share(tables: &Tables, by: PersonId, partnership_id: PartnershipId) -> Option<FeedKey> {
    let shares = tables.open_shares(by).into_iter();
    let mut feeds = shares.map(|share_id| (by, share_id));
    feeds.find(|feed| tables.shares[feed].partnership_id == partnership_id)
}

fn open_share(
    tables: &Tables,
    by: PersonId,
    partnership_id: PartnershipId,
) -> Result<FeedKey, Refusal> {
    let membership = tables.memberships.get(&(by, partnership_id));
    let is_member = membership.is_some_and(|it| it.left_at_ms.is_none());
    let feed = find_share(tables, by, partnership_id);
    feed.filter(|_| is_member).ok_or(NO_MEMBER)
}

/// A new member; one who was a member before comes back with a new generation.
fn begin(
    tables: &mut Tables,
    person: PersonId,
    partnership_id: PartnershipId,
    since: NaiveDate,
    now_ms: i64,
) {
    let before = tables.memberships.get(&(person, partnership_id));
    let membership = Membership {
        generation: before.map_or(1, |it| it.generation + 1),
        share_since: since,
        joined_at_ms: now_ms,
        left_at_ms: None,
    };
    tables
        .memberships
        .insert((person, partnership_id), membership);
}

/// Opens a share in the place of the one that is open, with its pauses, and fills it.
fn open(
    tables: &mut Tables,
    person: PersonId,
    partnership_id: PartnershipId,
    share_id: ShareId,
    since: Option<NaiveDate>,
    now_ms: i64,
) -> Result<(), Refusal> {
    let before = find_share(tables, person, partnership_id);
    let membership = tables.memberships.get_mut(&(person, partnership_id));
    let membership = membership.ok_or(NO_MEMBER)?;
    membership.generation += u32::from(before.is_some());
    membership.share_since = since.unwrap_or(membership.share_since);
    let share = ShareRow {
        partnership_id,
        generation: membership.generation,
        share_since: membership.share_since,
        closed_at_ms: None,
    };
    let feed = (person, share_id);
    tables.shares.insert(feed, share);
    tables.feeds.insert(feed, 0);
    if let Some(before) = before {
        close(tables, before, now_ms);
        if let Some(pauses) = tables.pauses.get(&before).cloned() {
            tables.pauses.insert(feed, pauses);
        }
    }
    judge(tables, feed);
    Ok(())
}

/// Makes a share tell what its rule shows: it withdraws what is hidden now and tells of what is shown
/// now and was not, in the order of the sessions' ids, and sums the days of those again.
fn judge(tables: &mut Tables, feed: FeedKey) {
    let shown = tables
        .visible_in(feed)
        .into_iter()
        .map(|sit| sit.session_id);
    let shown: BTreeSet<SessionId> = shown.collect();
    let sessions = tables.sessions_of(feed.0);
    let all: Vec<_> = sessions
        .map(|it| (it.start.session_id, it.start.local_date))
        .collect();
    let mut dates = BTreeSet::new();
    for (session_id, local_date) in all {
        let kind = match (tables.is_in(feed, session_id), shown.contains(&session_id)) {
            (false, true) => ChangeKind::Session,
            (true, false) => ChangeKind::Withdrawn,
            _ => continue,
        };
        tables.tell(feed, session_id, kind);
        dates.insert(local_date);
    }
    tables.sum_days(feed, &dates);
}

fn pause(tables: &mut Tables, feed: FeedKey, is_paused: bool, now_ms: i64) {
    let now = UnixMillis(now_ms);
    let pauses = tables.pauses.entry(feed).or_default();
    let open = pauses.iter_mut().find(|pause| pause.until_ms.is_none());
    match (open, is_paused) {
        (None, true) => pauses.push(Pause {
            from_ms: now,
            until_ms: None,
        }),
        (Some(pause), false) => pause.until_ms = Some(now.max(pause.from_ms)),
        _ => return,
    }
    judge(tables, feed);
}

fn leave(
    tables: &mut Tables,
    by: PersonId,
    partnership_id: PartnershipId,
    now_ms: i64,
) -> Result<(), Refusal> {
    let feed = open_share(tables, by, partnership_id)?;
    close(tables, feed, now_ms);
    let membership = tables.memberships.get_mut(&(by, partnership_id));
    membership.ok_or(NO_MEMBER)?.left_at_ms = Some(now_ms);
    if tables.members_of(partnership_id).is_empty() {
        let shares = tables.shares.iter();
        let gone: Vec<_> = shares
            .filter(|(_, share)| share.partnership_id == partnership_id)
            .map(|(feed, _)| *feed)
            .collect();
        for feed in gone {
            tables.shares.remove(&feed);
            tables.pauses.remove(&feed);
        }
        tables
            .memberships
            .retain(|(_, id), _| *id != partnership_id);
        tables.partnerships.remove(&partnership_id);
    }
    Ok(())
}

/// Nothing is told in it any more, and what it told is gone.
fn close(tables: &mut Tables, feed: FeedKey, now_ms: i64) {
    if let Some(share) = tables.shares.get_mut(&feed) {
        share.closed_at_ms = Some(now_ms);
    }
    tables.feeds.remove(&feed);
    let of_feed = |person: PersonId, share_id: ShareId| (person, share_id) == feed;
    tables
        .changes
        .retain(|(person, share_id, _), _| !of_feed(*person, *share_id));
    tables
        .day_totals
        .retain(|(person, share_id, _), _| !of_feed(*person, *share_id));
}
