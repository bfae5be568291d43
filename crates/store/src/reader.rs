//! Reading: a connection that cannot write, beside however many writers.

mod integrity;

use std::fs::File;

use chrono::NaiveDate;
use mitta_domain::apply::Revision;
use mitta_domain::recovery::Unfinished;
use mitta_domain::totals::{DayTotal, SpanTotal};
use mitta_domain::{Session, SessionEvent, SessionId, Settings};
use rusqlite::Connection;

use crate::error::{OpenError, ReadError};
use crate::tables::{device, events, heartbeat, history, outbox, revisions, sessions, settings};
use crate::{DEFAULT_BUSY_TIMEOUT, DataDir, open};

pub use crate::tables::history::{HistoryEntry, Position};
pub use crate::tables::outbox::OutboxRow;

/// A handle that reads and can do nothing else: opened read-only, with `query_only` on top.
#[derive(Debug)]
pub struct Reader {
    pub(crate) connection: Connection,
    _in_use: File,
}

impl Reader {
    /// Opens the history for reading. The database must be there and of this program's format.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is repaired, migrated or created by it.
    pub fn open(dir: &DataDir) -> Result<Self, OpenError> {
        let (connection, in_use) = open::for_reading(dir, DEFAULT_BUSY_TIMEOUT)?;
        Ok(Self {
            connection,
            _in_use: in_use,
        })
    }

    /// The session with that id, deleted or not.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn session(&self, session_id: SessionId) -> Result<Option<Session>, ReadError> {
        sessions::find(&self.connection, session_id)
    }

    /// The events of a session, in order; none for an unknown one.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn events(&self, session_id: SessionId) -> Result<Vec<SessionEvent>, ReadError> {
        events::of(&self.connection, session_id)
    }

    /// What lost against later edits of a session, in the order in which it lost.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn revisions(&self, session_id: SessionId) -> Result<Vec<Revision>, ReadError> {
        revisions::of(&self.connection, session_id)
    }

    /// The ops that no server has answered, in order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, ReadError> {
        outbox::all(&self.connection)
    }

    /// At most `limit` sessions that are not deleted, newest first, from before a position.
    /// A running one is among them.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn history_page(
        &self,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, ReadError> {
        history::page(&self.connection, before, limit)
    }

    /// The totals of the dates `from..=to` that have any, in order (I8: derived from sessions).
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn day_totals(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<DayTotal>, ReadError> {
        history::days(&self.connection, from, to)
    }

    /// The total of the whole history (I8: derived from sessions), from its first to its last
    /// date; `None` while nothing is completed.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn all_total(&self) -> Result<Option<SpanTotal>, ReadError> {
        history::span(&self.connection)
    }

    /// Every running session, oldest first, with where it was last seen.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn unfinished(&self) -> Result<Vec<Unfinished>, ReadError> {
        heartbeat::unfinished(&self.connection)
    }

    /// The settings as saved, or the defaults.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn settings(&self) -> Result<Settings, ReadError> {
        settings::load(&self.connection)
    }

    /// Counts what changed: ops that were made here, and what was taken over from a server. What
    /// another process changed is seen in it, and heartbeats are not.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn change_count(&self) -> Result<u64, ReadError> {
        device::change_count(&self.connection)
    }
}
