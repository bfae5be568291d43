//! A change becomes an op, a row and, where something lost, a revision: always together (I4).

use mitta_domain::apply::{Applied, apply};
use mitta_domain::op::{Change, Op, version_of};
use mitta_domain::session::Stamp;
use mitta_domain::{Session, SessionId, SessionStart, State};
use rusqlite::Transaction;

use super::Stamped;
use crate::error::WriteError;
use crate::tables::{device, outbox, revisions, sessions};

/// What an op is about: a session that begins with it, or the row as it is.
pub(super) enum Subject {
    New(SessionStart),
    Known(Box<Session>),
}

/// Makes an op of a change, folds it with the rules that every device shares, and writes row,
/// op and what was lost.
pub(super) fn record(
    tx: &Transaction<'_>,
    subject: Subject,
    change: Change,
    at: Stamped,
) -> Result<Session, WriteError> {
    let (start, current) = match subject {
        Subject::New(start) => (start, None),
        Subject::Known(session) => (session.start.clone(), Some(*session)),
    };
    let not_before_ms = current.as_ref().map_or(0, latest_ms);
    let stamp = device::next_stamp(tx, at.wall_ms, not_before_ms)?;
    let op = Op {
        v: version_of(&start),
        op_id: at.op_id,
        stamp,
        session: start,
        change,
    };
    store(tx, current, &op, stamp.device_seq)
}

/// Folds an op onto the row as it is, and puts it into the outbox at a place in this device's order.
pub(crate) fn store(
    tx: &Transaction<'_>,
    current: Option<Session>,
    op: &Op,
    device_seq: u64,
) -> Result<Session, WriteError> {
    let was = current.as_ref().map(Session::state);
    let (session, lost) = match apply(current, op) {
        Applied::Applied { session, lost } => (session, lost),
        Applied::Rejected(rejection) => return Err(WriteError::Rejected(rejection)),
        // Ruled out by a stamp later than the row's; a row that did not change is an error (I1).
        Applied::Duplicate | Applied::Superseded { .. } => {
            return Err(WriteError::RowCount {
                table: "sessions",
                expected: 1,
                found: 0,
            });
        }
    };
    match was {
        None => sessions::insert(tx, &session)?,
        Some(was) => sessions::update(tx, &session, was)?,
    }
    if let Some(lost) = lost {
        revisions::append(tx, session.start.session_id, &lost)?;
    }
    outbox::append(tx, device_seq, op)?;
    Ok(*session)
}

/// A clock value after everything written in a row, so that a person's edit of what they see
/// wins over it.
fn latest_ms(session: &Session) -> i64 {
    let stamps = [
        session.words_stamp,
        session.credited_stamp,
        session.sharing_stamp,
        session.deleted_stamp,
    ];
    let latest = stamps.into_iter().max().unwrap_or(Stamp::UNWRITTEN);
    latest
        .hlc_ms
        .saturating_add(i64::from(latest != Stamp::UNWRITTEN))
}

pub(super) fn is_so_already(session: &Session, change: &Change) -> bool {
    match change {
        Change::Words { words } => session.words == *words,
        Change::Credited { credited_s } => session.credited_override_s == Some(*credited_s),
        Change::Sharing { sharing } => session.sharing == *sharing,
        Change::Deleted { deleted } => session.deleted == *deleted,
        Change::Start { .. } | Change::Complete { .. } | Change::Sat { .. } => false,
    }
}

pub(super) fn known(tx: &Transaction<'_>, session_id: SessionId) -> Result<Session, WriteError> {
    sessions::find(tx, session_id)?.ok_or(WriteError::Unknown(session_id))
}

pub(super) fn running(tx: &Transaction<'_>, session_id: SessionId) -> Result<Session, WriteError> {
    let session = known(tx, session_id)?;
    match session.state() {
        State::Running => Ok(session),
        State::Completed => Err(WriteError::AlreadyCompleted {
            session: Box::new(session),
        }),
    }
}
