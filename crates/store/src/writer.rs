//! Writing: every public call is one transaction that is on the disk when the call returns, or
//! has changed nothing.

pub(crate) mod counting;
mod finish;
mod import;
mod past;
pub(crate) mod record;

use std::fs::File;

use chrono::NaiveDate;
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Words;
use mitta_domain::{
    DeviceId, OpId, Plan, Seconds, Session, SessionId, SessionStart, Settings, Sharing, Source,
    State, TogetherId, UnixMillis,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::DataDir;
use crate::error::{OpenError, ReadError, WriteError};
use crate::open::{self, Opened, Opening};
use crate::tables::{device, events, heartbeat, search, sessions, settings};
pub use import::{ImportStep, Imported};
pub use past::{PastOps, PastSit, PastTime, Replaced};
use record::{Subject, is_so_already, known, record, running};

/// The handle that writes.
#[derive(Debug)]
pub struct Writer {
    pub(crate) connection: Connection,
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
    /// The sitting together that it belongs to, if any.
    pub together_id: Option<TogetherId>,
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
    /// What partners may see.
    Sharing(Sharing),
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
        let (connection, in_use, _, opened) = open::for_writing(dir, opening)?;
        Ok((
            Self {
                connection,
                _in_use: in_use,
            },
            opened,
        ))
    }

    /// The device that this data folder is, until a copy is restored into it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn device_id(&self) -> Result<DeviceId, ReadError> {
        this_device(&self.connection)
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
        self.begin(new, plan, heartbeat, at, None)
    }

    /// As [`Writer::start`], of a session that partners never see. `sharing_op`, which says so, comes
    /// before its start: whatever part of the ops a server has, it never has a shared session.
    ///
    /// # Errors
    /// As [`Writer::start`].
    pub fn start_private(
        &mut self,
        new: &NewSession,
        plan: &Plan,
        heartbeat: &Heartbeat,
        at: Stamped,
        sharing_op: OpId,
    ) -> Result<SessionId, WriteError> {
        self.begin(new, plan, heartbeat, at, Some(sharing_op))
    }

    fn begin(
        &mut self,
        new: &NewSession,
        plan: &Plan,
        heartbeat: &Heartbeat,
        at: Stamped,
        private: Option<OpId>,
    ) -> Result<SessionId, WriteError> {
        let session_id = new.session_id;
        self.whatever_the_index(|tx| {
            let start = new.start(this_device(tx)?, plan);
            if sessions::find(tx, session_id)?.is_some() {
                return Err(WriteError::AlreadyStarted(session_id));
            }
            let start = start.clone();
            let subject = match private {
                None => Subject::New(start),
                Some(op_id) => unshared(tx, start, Stamped { op_id, ..at })?,
            };
            let change = Change::Start {
                plan: Some(plan.clone()),
            };
            record(tx, subject, change, at)?;
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

    /// Changes one group of a session: row, event, op, and what was there before as a revision.
    /// A change to what is there already writes nothing. A deletion is said of the whole of a corrected
    /// sit: restored, a row counts alone.
    ///
    /// # Errors
    /// [`WriteError::Unknown`]; [`WriteError::NotCompleted`] for corrected seconds or a deletion while
    /// it runs; [`WriteError::Deleted`] for words of a session that is deleted: nobody would see them
    /// again, and where a corrected sit counts by another row, they are of that one;
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
            Edit::Sharing(sharing) => Change::Sharing { sharing: *sharing },
            Edit::Deleted(deleted) => Change::Deleted { deleted: *deleted },
        };
        self.whatever_the_index(|tx| {
            let session = known(tx, session_id)?;
            let may_run = matches!(edit, Edit::Words(_) | Edit::Sharing(_));
            if session.state() == State::Running && !may_run {
                return Err(WriteError::NotCompleted(session_id));
            }
            if is_so_already(&session, &change) {
                return Ok(session);
            }
            if session.deleted && matches!(edit, Edit::Words(_)) {
                return Err(WriteError::Deleted(session_id));
            }
            if let Edit::Deleted(deleted) = edit {
                return counting::say_of_sit(tx, session_id, *deleted, at);
            }
            let subject = Subject::Known(Box::new(session));
            let session = record(tx, subject, change.clone(), at)?;
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

    /// Makes the index of the search anew from what the sits say.
    ///
    /// # Errors
    /// What the disk says.
    pub fn rebuild_search(&mut self) -> Result<(), WriteError> {
        self.transaction(|tx| Ok(search::rebuild(tx)?))
    }

    /// A transaction that a damaged index of the search does not stop (I9): it is made anew, and the
    /// same is tried once more.
    fn whatever_the_index<T>(
        &mut self,
        body: impl Fn(&Transaction<'_>) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        match self.transaction(&body) {
            Err(error) if error.is_of_search() => {
                self.rebuild_search()?;
                self.transaction(&body)
            }
            done => done,
        }
    }

    /// Takes the write lock first, so that waiting for another process happens before anything
    /// is read that could be outdated by it.
    pub(crate) fn transaction<T, E: From<WriteError>>(
        &mut self,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(WriteError::from)?;
        let value = body(&tx)?;
        tx.commit().map_err(WriteError::from)?;
        Ok(value)
    }
}

/// Read when it is needed: a restore by another process makes the folder another device.
pub(crate) fn this_device(connection: &Connection) -> Result<DeviceId, ReadError> {
    device::id(connection)?.ok_or(ReadError::Corrupt {
        table: "device",
        column: "one",
    })
}

impl NewSession {
    fn start(&self, device_id: DeviceId, plan: &Plan) -> SessionStart {
        SessionStart {
            session_id: self.session_id,
            device_id,
            source: Source::Timer,
            started_at_ms: self.started_at_ms,
            tz: self.tz.clone(),
            utc_offset_s: self.utc_offset_s,
            local_date: self.local_date,
            planned_s: plan.choice.planned_s,
            together_id: self.together_id,
            replaces: None,
        }
    }
}

/// Makes the row of a session of which nothing is known yet but that partners never see it.
fn unshared(tx: &Transaction<'_>, start: SessionStart, at: Stamped) -> Result<Subject, WriteError> {
    let sharing = Sharing {
        shared: false,
        ..Sharing::default()
    };
    let session = record(tx, Subject::New(start), Change::Sharing { sharing }, at)?;
    Ok(Subject::Known(Box::new(session)))
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
