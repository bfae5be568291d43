//! What moving sits from and into files asks of the history.

use std::ops::ControlFlow;

use mitta_domain::{Session, SessionEvent, UnixMillis};
use rusqlite::Connection;

use super::Reader;
use crate::error::ReadError;
use crate::tables::imports::{self, ImportRow};
use crate::tables::{events, history, in_place, sessions};

/// What the history knows of a session that a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Unknown,
    /// Nothing of it; but the sit is there in its place, since its date was corrected here.
    Replaced,
    /// Nothing of it; but the sit is there with the date that it corrects.
    Corrects,
    /// It is there, or what a corrected date has put in its place.
    There,
    /// It was deleted by a person.
    Deleted,
    /// It was deleted because its import was taken back.
    TakenBack,
}

/// An imported sit that a person has deleted, or whose date was corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneImport {
    /// Start.
    pub started_at_ms: UnixMillis,
    /// From start to end.
    pub length_s: u32,
    /// Start of the sit that counts in its place.
    pub counts_from_ms: Option<UnixMillis>,
}

impl Reader {
    /// Start and length in whole seconds, pauses included, of every completed sit that is not deleted.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn spans(&self) -> Result<Vec<(UnixMillis, u32)>, ReadError> {
        history::spans(&self.connection)
    }

    /// What the history knows of a session that a file has.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn presence(&self, session: &Session) -> Result<Presence, ReadError> {
        presence(&self.connection, session)
    }

    /// Every import, the newest first.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn imports(&self) -> Result<Vec<ImportRow>, ReadError> {
        imports::all(&self.connection)
    }

    /// Imported sits that are there no more, other than with their import.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn gone_imports(&self) -> Result<Vec<GoneImport>, ReadError> {
        let mut found = Vec::new();
        for (session_id, started_at_ms, ended_at_ms, is_corrected) in
            imports::gone(&self.connection)?
        {
            let ms = ended_at_ms.since_ms(started_at_ms).unwrap_or_default();
            let counting = if is_corrected {
                in_place::counting_after(&self.connection, session_id)?
            } else {
                None
            };
            let counting = counting
                .map(|id| sessions::find(&self.connection, id))
                .transpose()?;
            found.push(GoneImport {
                started_at_ms,
                length_s: u32::try_from(ms / 1000).unwrap_or(u32::MAX),
                counts_from_ms: counting
                    .flatten()
                    .map(|session| session.start.started_at_ms),
            });
        }
        Ok(found)
    }

    /// The newest import of a file with that content that brought sits and was not taken back.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn import_of(&self, content_sha256: &str) -> Result<Option<ImportRow>, ReadError> {
        imports::standing_with_sits(&self.connection, content_sha256)
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

pub(crate) fn presence(connection: &Connection, session: &Session) -> Result<Presence, ReadError> {
    let session_id = session.start.session_id;
    let is_deleted = sessions::is_deleted(connection, session_id)?;
    if is_deleted == Some(false) {
        return Ok(Presence::There);
    }
    let is_in_place = in_place::counting_after(connection, session_id)?.is_some();
    match (is_deleted, is_in_place) {
        (Some(_), true) => Ok(Presence::There),
        (Some(_), false) => Ok(
            if imports::is_taken_back(connection, session_id)? == Some(true) {
                Presence::TakenBack
            } else {
                Presence::Deleted
            },
        ),
        (None, true) if !session.deleted => Ok(Presence::Replaced),
        // A tombstone comes over as it is.
        (None, false) if session.deleted => Ok(Presence::Unknown),
        (None, _) => {
            let before = in_place::before(connection, session.start.replaces)?;
            Ok(if before.iter().any(in_place::Link::counts) {
                Presence::Corrects
            } else {
                Presence::Unknown
            })
        }
    }
}
