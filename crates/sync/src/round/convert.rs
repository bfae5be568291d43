//! Between the words of the protocol and those of the store.

use mitta_domain::{SessionEvent, ShareId, UnixMillis};
use mitta_protocol::partnership::{Member, Partnership};
use mitta_protocol::pull::{PullAnswer, Pulled, Share, Summary};
use mitta_protocol::row::SessionRow;
use mitta_protocol::weeks::{OwnSit, SitsAnswer, SitsQuery, WeekSummary};
use mitta_store::{
    CanonicalRow, Claim, MemberRow, Membership, Page, PageItem, PartnershipRow, Reader, ShareRow,
    Sits,
};

use super::Failure;
use crate::plan::{COMPARED_FOR_MS, Feed, Known};

/// Whom this device takes itself and the server for, if it may ask at all.
pub(super) fn known(reader: &Reader) -> Result<Option<Known>, Failure> {
    let Some(account) = reader.account()? else {
        return Ok(None);
    };
    let may_ask = account.signed_in && account.claim == Claim::Given;
    if !may_ask {
        return Ok(None);
    }
    Ok(Some(Known {
        server_id: account.server_id,
        epoch: reader.sync_state()?.epoch,
        person_id: account.person_id,
    }))
}

/// A feed where this device is.
pub(super) fn feed(
    reader: &Reader,
    known: &Known,
    share: Option<ShareId>,
    now: UnixMillis,
) -> Result<Feed, Failure> {
    let cursor = reader.cursor(share_id(known, share))?;
    // Of another life of the database a position says nothing.
    let is_of_now = cursor.epoch.is_none() || cursor.epoch == known.epoch;
    let after = if is_of_now { cursor.seq } else { 0 };
    let is_compared = is_of_now
        && cursor.compared_seq == Some(after)
        && cursor
            .compared_at_ms
            .and_then(|at| now.since_ms(at))
            .is_some_and(|ago_ms| ago_ms < COMPARED_FOR_MS);
    let compare = !is_compared && (share.is_some() || is_settled(reader)?);
    Ok(Feed::new(share, after, compare))
}

/// Whether nothing own waits or is to be offered again: only then may both sides be the same.
fn is_settled(reader: &Reader) -> Result<bool, Failure> {
    let counts = reader.sync_counts()?;
    Ok(counts.waiting == 0 && counts.to_offer == 0)
}

/// The share's id; the own feed carries the person's.
pub(super) fn share_id(known: &Known, share: Option<ShareId>) -> ShareId {
    share.unwrap_or(ShareId::own(known.person_id))
}

/// The rows of an answer to a push.
pub(super) fn canonical(rows: Vec<SessionRow>) -> Vec<CanonicalRow> {
    let row = |row: SessionRow| CanonicalRow {
        session: row.into(),
        events: None,
    };
    rows.into_iter().map(row).collect()
}

/// A page as it is stored, and the summary that came with it.
pub(super) fn page(known: &Known, asked_after: u64, answer: PullAnswer) -> (Page, Option<Summary>) {
    let item = |entity: Pulled| match entity {
        Pulled::Session { session, events } => own(*session, events),
        Pulled::Shared { sit } => PageItem::Shared(sit),
        Pulled::Withdrawn { session_id } => PageItem::Withdrawn(session_id),
    };
    let page = Page {
        server_id: known.server_id,
        epoch: answer.epoch,
        share_id: answer.share_id,
        asked_after,
        next_after: answer.next_after,
        items: answer.changes.into_iter().map(|c| item(c.entity)).collect(),
        membership: Some(Membership {
            shares: answer.shares.iter().map(share).collect(),
            partnerships: answer.partnerships.into_iter().map(partnership).collect(),
        }),
    };
    (page, answer.summary)
}

/// A week as it is stored again.
pub(super) fn sits(known: &Known, query: &SitsQuery, answer: SitsAnswer) -> Sits {
    let sessions = answer
        .sessions
        .into_iter()
        .map(|OwnSit { session, events }| own(session, events));
    Sits {
        server_id: known.server_id,
        epoch: answer.epoch,
        share_id: share_id(known, query.share_id),
        at_seq: answer.head_seq,
        from: query.from,
        to: query.to,
        items: sessions
            .chain(answer.shared.into_iter().map(PageItem::Shared))
            .collect(),
    }
}

fn own(session: SessionRow, events: Vec<SessionEvent>) -> PageItem {
    PageItem::Own(Box::new(CanonicalRow {
        session: session.into(),
        events: Some(events),
    }))
}

fn share(share: &Share) -> ShareRow {
    ShareRow {
        share_id: share.share_id,
        person_id: share.person_id,
        partnership_id: share.partnership_id,
        generation: share.generation,
        share_since: share.share_since,
        head_seq: share.head_seq,
    }
}

fn partnership(partnership: Partnership) -> PartnershipRow {
    let member = |member: Member| MemberRow {
        person_id: member.person_id,
        display_name: member.display_name,
        weekly_goal_s: member.weekly_goal_s,
        share_since: member.share_since,
        is_paused: member.is_paused,
        shows_sitting: member.shows_sitting,
        heard_at_ms: member.heard_at_ms,
    };
    PartnershipRow {
        partnership_id: partnership.partnership_id,
        name: partnership.name,
        week_start: partnership.week_start,
        members: partnership.members.into_iter().map(member).collect(),
    }
}

/// What is held here, in the words of an answer; `None` unless it is at `seq` with nothing pending.
pub(super) fn summary(
    reader: &Reader,
    share: Option<ShareId>,
    seq: u64,
) -> Result<Option<Summary>, Failure> {
    let here = match share {
        None => reader.own_summary()?,
        Some(share) => reader.share_summary(share)?,
    };
    let is_equal_place = here.seq == seq && !here.pending;
    Ok(is_equal_place.then_some(Summary {
        rows: here.rows,
        digest: here.digest,
        sits: here.sits,
        credited_s: here.credited_s,
    }))
}

/// The weeks held here, in the words of an answer.
pub(super) fn weeks(reader: &Reader, share: Option<ShareId>) -> Result<Vec<WeekSummary>, Failure> {
    let weeks = match share {
        None => reader.own_weeks(chrono::Weekday::Mon)?,
        Some(share) => reader.share_weeks(share, chrono::Weekday::Mon)?,
    };
    let week = |week: mitta_store::WeekTotal| WeekSummary {
        first_date: week.first_date,
        rows: week.rows,
        digest: week.digest,
        sits: week.sits,
        credited_s: week.credited_s,
    };
    Ok(weeks.into_iter().map(week).collect())
}
