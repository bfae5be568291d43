//! Writing: every public call is one transaction that is on the disk when the call returns, or
//! has changed nothing.

use std::fs::File;

use chrono::NaiveDate;
use mitta_domain::apply::{Applied, Rejection, apply};
use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, OpId, Plan, Seconds, Session, SessionId, SessionStart, Settings, Source,
    State, UnixMillis,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::DataDir;
use crate::error::{OpenError, WriteError};
use crate::open::{self, Opened, Opening};
use crate::tables::{device, events, heartbeat, outbox, revisions, sessions, settings};

/// The handle that writes.
#[derive(Debug)]
pub struct Writer {
    connection: Connection,
    device_id: DeviceId,
    _in_use: File,
}

/// What a session that begins now is from its start on; the planned length is its plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The session.
    pub session_id: SessionId,
    /// Begin + preparation, on the wall clock.
    pub started_at_ms: UnixMillis,
    /// IANA zone name.
    pub tz: String,
    /// Seconds east of UTC.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
}

/// When a change is made, and the id of the op that it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamped {
    /// Wall clock.
    pub wall_ms: UnixMillis,
    /// A fresh id.
    pub op_id: OpId,
}

/// A change of a session by a person. Each is a group by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Note, mood, label.
    Words(Words),
    /// Corrected credited seconds, 1 to 86,400.
    Credited(Seconds),
    /// Deleted or restored.
    Deleted(bool),
}

impl Writer {
    /// Opens the history of a data folder for writing; makes folder and database where there are
    /// none, brings an older database to this program's format after a backup, and sets a damaged
    /// one aside.
    ///
    /// # Errors
    /// [`OpenError`]; the database is then as it was.
    pub fn open(dir: &DataDir, opening: Opening) -> Result<(Self, Opened), OpenError> {
        let (connection, in_use, device_id, opened) = open::for_writing(dir, opening)?;
        Ok((
            Self {
                connection,
                device_id,
                _in_use: in_use,
            },
            opened,
        ))
    }

    /// The device that this data folder is.
    pub const fn device_id(&self) -> DeviceId {
        self.device_id
    }

    /// Records a session that begins: row, event, op and first heartbeat (I4).
    ///
    /// # Errors
    /// [`WriteError::AlreadyStarted`] for an id that is taken, or what the disk says.
    pub fn start(
        &mut self,
        new: &NewSession,
        plan: &Plan,
        heartbeat: &Heartbeat,
        at: Stamped,
    ) -> Result<SessionId, WriteError> {
        let session_id = new.session_id;
        let start = SessionStart {
            session_id,
            device_id: self.device_id,
            source: Source::Timer,
            started_at_ms: new.started_at_ms,
            tz: new.tz.clone(),
            utc_offset_s: new.utc_offset_s,
            local_date: new.local_date,
            planned_s: plan.choice.planned_s,
        };
        self.transaction(|tx| {
            if sessions::find(tx, session_id)?.is_some() {
                return Err(WriteError::AlreadyStarted(session_id));
            }
            let change = Change::Start {
                plan: Some(plan.clone()),
            };
            record(tx, Subject::New(start), change, at)?;
            events::append(tx, session_id, EventKind::Started, at.wall_ms, Some(0))?;
            heartbeat::insert(tx, session_id, heartbeat)?;
            Ok(session_id)
        })
    }

    /// Records something that happened within a running session, and where it was. No op.
    ///
    /// # Errors
    /// [`WriteError::Unknown`], [`WriteError::AlreadyCompleted`], or what the disk says.
    pub fn event(
        &mut self,
        session_id: SessionId,
        kind: EventKind,
        at_ms: UnixMillis,
        elapsed_ms: u64,
        heartbeat: &Heartbeat,
    ) -> Result<(), WriteError> {
        self.transaction(|tx| {
            running(tx, session_id)?;
            events::append(tx, session_id, kind, at_ms, Some(elapsed_ms))?;
            beat(tx, session_id, heartbeat)
        })
    }

    /// Records where a running session is.
    ///
    /// # Errors
    /// [`WriteError::Unknown`], [`WriteError::AlreadyCompleted`], or what the disk says.
    pub fn heartbeat(
        &mut self,
        session_id: SessionId,
        heartbeat: &Heartbeat,
    ) -> Result<(), WriteError> {
        self.transaction(|tx| beat(tx, session_id, heartbeat))
    }

    /// Completes exactly that running session (I1): row, event and op.
    ///
    /// # Errors
    /// [`WriteError::Unknown`]; [`WriteError::AlreadyCompleted`] with the session as it is;
    /// [`WriteError::Rejected`] for 0 credited seconds, which only [`Writer::discard`] may
    /// record; or what the disk says.
    pub fn complete(
        &mut self,
        session_id: SessionId,
        completion: &Completion,
        at: Stamped,
    ) -> Result<Session, WriteError> {
        self.transaction(|tx| {
            let session = running(tx, session_id)?;
            if completion.credited_s == Seconds(0) {
                return Err(WriteError::Rejected(Rejection::CreditedOutOfRange));
            }
            let session = finish(tx, session, *completion, at)?;
            events::append(
                tx,
                session_id,
                EventKind::Completed,
                completion.ended_at_ms,
                None,
            )?;
            Ok(session)
        })
    }

    /// Completes and deletes exactly that running session: row, event and two ops in one
    /// transaction. Undo is [`Edit::Deleted`]`(false)`, where anything was credited.
    ///
    /// # Errors
    /// As [`Writer::complete`], but 0 credited seconds are well.
    pub fn discard(
        &mut self,
        session_id: SessionId,
        completion: &Completion,
        complete_at: Stamped,
        delete_op: OpId,
    ) -> Result<Session, WriteError> {
        self.transaction(|tx| {
            let session = running(tx, session_id)?;
            let session = finish(tx, session, *completion, complete_at)?;
            let delete_at = Stamped {
                op_id: delete_op,
                ..complete_at
            };
            let deletion = Change::Deleted { deleted: true };
            let session = record(tx, Subject::Known(Box::new(session)), deletion, delete_at)?;
            events::append(
                tx,
                session_id,
                EventKind::Discarded,
                completion.ended_at_ms,
                None,
            )?;
            Ok(session)
        })
    }

    /// Changes one group of a session: row, event, op, and what was there before as a revision.
    /// A change to what is there already writes nothing.
    ///
    /// # Errors
    /// [`WriteError::Unknown`]; [`WriteError::NotCompleted`] for anything but words while it runs;
    /// [`WriteError::InvalidWords`], [`WriteError::Rejected`]; or what the disk says.
    pub fn edit(
        &mut self,
        session_id: SessionId,
        edit: &Edit,
        at: Stamped,
    ) -> Result<Session, WriteError> {
        let change = match edit {
            Edit::Words(words) => Change::Words {
                words: words.clone().checked()?,
            },
            Edit::Credited(credited_s) => Change::Credited {
                credited_s: *credited_s,
            },
            Edit::Deleted(deleted) => Change::Deleted { deleted: *deleted },
        };
        self.transaction(|tx| {
            let session = known(tx, session_id)?;
            if session.state() == State::Running && !matches!(edit, Edit::Words(_)) {
                return Err(WriteError::NotCompleted(session_id));
            }
            if is_so_already(&session, &change) {
                return Ok(session);
            }
            let session = record(tx, Subject::Known(Box::new(session)), change, at)?;
            events::append(tx, session_id, EventKind::Edited, at.wall_ms, None)?;
            Ok(session)
        })
    }

    /// Saves all settings.
    ///
    /// # Errors
    /// [`WriteError::InvalidSettings`] for one out of its range, or what the disk says.
    pub fn save_settings(&mut self, settings: &Settings) -> Result<(), WriteError> {
        settings.check()?;
        self.transaction(|tx| settings::save(tx, settings))
    }

    /// Takes the write lock first, so that waiting for another process happens before anything
    /// is read that could be outdated by it.
    fn transaction<T>(
        &mut self,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = body(&tx)?;
        tx.commit()?;
        Ok(value)
    }
}

/// What an op is about: a session that begins with it, or the row as it is.
enum Subject {
    New(SessionStart),
    Known(Box<Session>),
}

/// Makes an op of a change, folds it with the rules that every device shares, and writes row,
/// op and what was lost.
fn record(
    tx: &Transaction<'_>,
    subject: Subject,
    change: Change,
    at: Stamped,
) -> Result<Session, WriteError> {
    let (start, current) = match subject {
        Subject::New(start) => (start, None),
        Subject::Known(session) => (session.start.clone(), Some(*session)),
    };
    let was = current.as_ref().map(Session::state);
    let not_before_ms = current.as_ref().map_or(0, latest_ms);
    let stamp = device::next_stamp(tx, at.wall_ms, not_before_ms)?;
    let op = Op {
        v: OP_VERSION,
        op_id: at.op_id,
        stamp,
        session: start,
        change,
    };
    let (session, lost) = match apply(current, &op) {
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
    outbox::append(tx, &op)?;
    Ok(*session)
}

/// A clock value after everything written in a row, so that a person's edit of what they see
/// wins over it.
fn latest_ms(session: &Session) -> i64 {
    let stamps = [
        session.words_stamp,
        session.credited_stamp,
        session.deleted_stamp,
    ];
    let latest = stamps.into_iter().max().unwrap_or(Stamp::UNWRITTEN);
    latest
        .hlc_ms
        .saturating_add(i64::from(latest != Stamp::UNWRITTEN))
}

fn finish(
    tx: &Transaction<'_>,
    session: Session,
    completion: Completion,
    at: Stamped,
) -> Result<Session, WriteError> {
    let session_id = session.start.session_id;
    let session = record(
        tx,
        Subject::Known(Box::new(session)),
        Change::Complete { completion },
        at,
    )?;
    heartbeat::remove(tx, session_id)?;
    Ok(session)
}

fn is_so_already(session: &Session, change: &Change) -> bool {
    match change {
        Change::Words { words } => session.words == *words,
        Change::Credited { credited_s } => session.credited_override_s == Some(*credited_s),
        Change::Deleted { deleted } => session.deleted == *deleted,
        Change::Start { .. } | Change::Complete { .. } => false,
    }
}

fn known(tx: &Transaction<'_>, session_id: SessionId) -> Result<Session, WriteError> {
    sessions::find(tx, session_id)?.ok_or(WriteError::Unknown(session_id))
}

fn running(tx: &Transaction<'_>, session_id: SessionId) -> Result<Session, WriteError> {
    let session = known(tx, session_id)?;
    match session.state() {
        State::Running => Ok(session),
        State::Completed => Err(WriteError::AlreadyCompleted {
            session: Box::new(session),
        }),
    }
}

/// Replaces the heartbeat of a running session; says why where there is none.
fn beat(
    tx: &Transaction<'_>,
    session_id: SessionId,
    heartbeat: &Heartbeat,
) -> Result<(), WriteError> {
    if heartbeat::update(tx, session_id, heartbeat)? {
        return Ok(());
    }
    running(tx, session_id)?;
    Err(WriteError::RowCount {
        table: "heartbeat",
        expected: 1,
        found: 0,
    })
}

#[cfg(test)]
mod tests;
