//! Reading: a connection that cannot write, beside however many writers.

mod integrity;
mod story;
pub(crate) mod transfer;

use std::fs::File;

use chrono::NaiveDate;
use mitta_domain::apply::Revision;
use mitta_domain::calendar::DateSpan;
use mitta_domain::recovery::Unfinished;
use mitta_domain::stats::SatSit;
use mitta_domain::totals::{DayTotal, SpanTotal};
use mitta_domain::{DeviceId, Session, SessionEvent, SessionId, Settings, TogetherId, UnixMillis};
use rusqlite::Connection;

use crate::error::{OpenError, ReadError};
use crate::tables::{
    device, events, heartbeat, history, outbox, revisions, search, sessions, settings, statistics,
    versions,
};
use crate::{DEFAULT_BUSY_TIMEOUT, DataDir, open};

pub use crate::tables::imports::{ImportRow, NewImport};
pub use transfer::{GoneImport, Presence};

pub use crate::tables::history::{HistoryEntry, Position};
pub use crate::tables::outbox::OutboxRow;
pub use crate::tables::search::{HistoryFilter, LabelCount, MAX_SEARCH_CHARS};

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

    /// The session that counts for the sit that this one is a row of, where its date was corrected; the
    /// session itself where none does.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn counting(&self, session_id: SessionId) -> Result<Option<Session>, ReadError> {
        let versions = versions::of(&self.connection, [session_id])?;
        let counts = versions.iter().find(|version| version.counts());
        self.session(counts.map_or(session_id, |version| version.session_id))
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

    /// As [`Reader::history_page`], of the sits that the filter wants.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::is_of_search`] tells whether the index has to be made anew.
    pub fn found_page(
        &self,
        filter: &HistoryFilter,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, ReadError> {
        search::page(&self.connection, filter, before, limit)
    }

    /// The first `limit` labels of sits that are not deleted, by their letters, and how many have each.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn labels(&self, limit: u32) -> Result<Vec<LabelCount>, ReadError> {
        search::labels(&self.connection, limit)
    }

    /// Sits that are not deleted, also running ones, of which some part lies within `from..to`, oldest
    /// first, at most `limit`. One that took more than a week is not looked for.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn overlapping(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, ReadError> {
        history::overlapping(&self.connection, from, to, limit)
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

    /// The totals of all dates that have any, in order (I8: derived from sessions).
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn all_day_totals(&self) -> Result<Vec<DayTotal>, ReadError> {
        statistics::all_days(&self.connection)
    }

    /// Shows every completed, undeleted sit of a span of dates, by date.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn each_sat(
        &self,
        span: DateSpan,
        visit: impl FnMut(&SatSit<'_>),
    ) -> Result<(), ReadError> {
        statistics::each_sat(&self.connection, span, visit)
    }

    /// Every running session, oldest first, with where it was last seen.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn unfinished(&self) -> Result<Vec<Unfinished>, ReadError> {
        heartbeat::unfinished(&self.connection)
    }

    /// Whether there is a session, not deleted, of that sitting together.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn sat_together(&self, together_id: TogetherId) -> Result<bool, ReadError> {
        sessions::is_of_together(&self.connection, together_id)
    }

    /// The settings as saved, or the defaults.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn settings(&self) -> Result<Settings, ReadError> {
        Ok(self.saved_settings()?.unwrap_or_default())
    }

    /// The settings as saved; none before a person changed something.
    ///
    /// # Errors
    /// What the disk says, or [`ReadError::Corrupt`] naming the column.
    pub fn saved_settings(&self) -> Result<Option<Settings>, ReadError> {
        settings::saved(&self.connection)
    }

    /// The device that this data folder is; `None` where nobody has written to it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn device_id(&self) -> Result<Option<DeviceId>, ReadError> {
        device::id(&self.connection)
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
