//! What moving sits from and into files asks of the history.

use std::ops::ControlFlow;

use mitta_domain::{Session, SessionEvent, SessionId, UnixMillis};

use super::Reader;
use crate::error::ReadError;
use crate::tables::imports::{self, ImportRow};
use crate::tables::{events, history, sessions};

/// What the history knows of a session id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Unknown,
    /// It is there.
    There,
    /// It was deleted by a person.
    Deleted,
    /// It was deleted because its import was taken back.
    TakenBack,
}

impl Reader {
    /// Start and length in whole seconds, pauses included, of every completed sit that is not deleted.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn spans(&self) -> Result<Vec<(UnixMillis, u32)>, ReadError> {
        history::spans(&self.connection)
    }

    /// What the history knows of a session id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn presence(&self, session_id: SessionId) -> Result<Presence, ReadError> {
        Ok(match sessions::is_deleted(&self.connection, session_id)? {
            None => Presence::Unknown,
            Some(false) => Presence::There,
            Some(true) => match imports::is_taken_back(&self.connection, session_id)? {
                Some(true) => Presence::TakenBack,
                Some(false) | None => Presence::Deleted,
            },
        })
    }

    /// Every import, the newest first.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn imports(&self) -> Result<Vec<ImportRow>, ReadError> {
        imports::all(&self.connection)
    }

    /// The newest import of a file with that content that was not taken back.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn import_of(&self, content_sha256: &str) -> Result<Option<ImportRow>, ReadError> {
        imports::standing(&self.connection, content_sha256)
    }

    /// Shows every completed session, deleted ones too, the oldest first, until `visit` has enough.
    ///
    /// # Errors
    /// [`ReadError`]; what was shown before stands.
    pub fn each_session(
        &self,
        mut visit: impl FnMut(&Session, &[SessionEvent]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        sessions::each_completed(&self.connection, |session| {
            let events = events::to_send(&self.connection, session.start.session_id)?;
            Ok(visit(session, &events))
        })
    }
}
