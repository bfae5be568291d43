//! Which row of a sit counts, as a person says it: the rows of a corrected sit are said of as one.
//!
//! Must hold: in one transaction every row that counts and shall not is deleted, and then the one that
//! shall is said to count, after all that this device knows of any of them. So what was said last, here
//! or elsewhere, is said of the whole sit ([`mitta_domain::corrected`]).

use mitta_domain::corrected::{self, Version};
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::{OpId, Session, SessionId, State, UnixMillis, offer};
use rusqlite::Transaction;

use super::record::{Subject, known, record};
use super::{Stamped, this_device};
use crate::error::WriteError;
use crate::sync::corrected::settle;
use crate::tables::{device, events, versions};

/// Says of the sit that `session_id` is a row of that this row counts and no other, or, `deleted`, that
/// none does.
pub(super) fn say_of_sit(
    tx: &Transaction<'_>,
    session_id: SessionId,
    deleted: bool,
    at: Stamped,
) -> Result<Session, WriteError> {
    for other in hear_of(tx, session_id)? {
        if other != session_id {
            say(tx, other, true, made_here(tx, other, at.wall_ms)?)?;
        }
    }
    say(tx, session_id, deleted, at)
}

/// Lets no row of the sit count but `stands`: with its word, as every device would, where it was said last
/// of all; else with one that is said here.
pub(super) fn let_stand(
    tx: &Transaction<'_>,
    sit: &[Version],
    stands: SessionId,
    at: Stamped,
) -> Result<(), WriteError> {
    let is_other = |it: &&Version| it.counts() && it.session_id != stands;
    let mut others = sit.iter().filter(is_other).count();
    let is_last = corrected::last(sit).is_some_and(|(_, last)| last.session_id == stands);
    if let Some(settlement) = corrected::settle(sit).filter(|_| is_last) {
        settle(tx, &settlement, at.wall_ms)?;
        others -= settlement.losers.len();
    }
    if others > 0 {
        say_of_sit(tx, stands, false, at)?;
    }
    Ok(())
}

/// The rows of the sit that count. What is said from here on is later than all that was said of them.
fn hear_of(tx: &Transaction<'_>, session_id: SessionId) -> Result<Vec<SessionId>, WriteError> {
    let versions = versions::of(tx, [session_id])?;
    let latest_ms = versions.iter().map(|v| v.deleted_stamp.hlc_ms).max();
    if versions.len() > 1 {
        device::hear(tx, latest_ms.unwrap_or(0).saturating_add(1))?;
    }
    let counting = versions.iter().filter(|version| version.counts());
    Ok(counting.map(|version| version.session_id).collect())
}

/// Says it of one row alone, also where it is so already.
pub(super) fn say(
    tx: &Transaction<'_>,
    session_id: SessionId,
    deleted: bool,
    at: Stamped,
) -> Result<Session, WriteError> {
    let session = known(tx, session_id)?;
    if session.state() == State::Running {
        return Err(WriteError::NotCompleted(session_id));
    }
    let is_news = session.deleted != deleted;
    let change = Change::Deleted { deleted };
    let session = record(tx, Subject::Known(Box::new(session)), change, at)?;
    if is_news {
        events::append(tx, session_id, EventKind::Edited, at.wall_ms, None)?;
    }
    Ok(session)
}

/// An op of which nobody said an id: each time another.
pub(super) fn made_here(
    tx: &Transaction<'_>,
    session_id: SessionId,
    wall_ms: UnixMillis,
) -> Result<Stamped, WriteError> {
    let made_of = (
        this_device(tx)?.as_uuid(),
        device::next_seq(tx)?,
        session_id.as_uuid(),
    );
    let made_of = format!("one correction: {made_of:?}");
    let op_id = OpId::from_uuid(offer::uuid_made_of(wall_ms, made_of.as_bytes()));
    Ok(Stamped { wall_ms, op_id })
}
