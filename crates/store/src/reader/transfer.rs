//! What moving sits from and into files asks of the history.

use std::ops::ControlFlow;

use mitta_domain::corrected::{self, Version};
use mitta_domain::{Session, SessionEvent, SessionId, UnixMillis};
use rusqlite::Connection;

use super::Reader;
use crate::error::ReadError;
use crate::tables::imports::{self, ImportRow};
use crate::tables::{events, heartbeat, history, sessions, versions};

/// What the history knows of a session that a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Unknown,
    /// That it began elsewhere, and no end: the file has that.
    Begun,
    /// Nothing of it; but the sit is there with a date that was said later.
    Replaced,
    /// Nothing of it; but the sit is there with a date that was said before.
    Corrects,
    /// It is there, or the sit with another date.
    There,
    /// The sit was deleted by a person.
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
        let sit = versions::around(&self.connection, session)?;
        presence(&self.connection, session, &sit)
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
                let sit = versions::of(&self.connection, [session_id])?;
                sit.into_iter().find(Version::counts)
            } else {
                None
            };
            let counting = counting
                .map(|version| sessions::find(&self.connection, version.session_id))
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

    /// The import that brought the session, where one of this data folder did.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn import_that_brought(
        &self,
        session_id: SessionId,
    ) -> Result<Option<ImportRow>, ReadError> {
        let brought = imports::brought(&self.connection, session_id)?;
        let import_seq = brought.map(|it| it.import_seq);
        import_seq.map_or(Ok(None), |it| imports::find(&self.connection, it))
    }

    /// Start and length in whole seconds of the sits that bringing an import back would restore.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn to_bring_back(&self, import_seq: i64) -> Result<Vec<(UnixMillis, u32)>, ReadError> {
        let spans = imports::to_bring_back(&self.connection, import_seq)?;
        let length_s = |(start, end): (UnixMillis, UnixMillis)| {
            let ms = end.since_ms(start).unwrap_or_default();
            (start, u32::try_from(ms / 1000).unwrap_or(u32::MAX))
        };
        Ok(spans.into_iter().map(length_s).collect())
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

/// What the history knows of a session that a file has, by the rows of its sit that are here.
pub(crate) fn presence(
    connection: &Connection,
    session: &Session,
    sit: &[Version],
) -> Result<Presence, ReadError> {
    let session_id = session.start.session_id;
    let counting = sit.iter().find(|version| version.counts());
    if let Some(here) = sit.iter().find(|version| version.session_id == session_id) {
        let is_in_place = |it: &Version| corrected::stands_for(sit, it.session_id, session_id);
        return Ok(if counting.is_some_and(is_in_place) {
            Presence::There
        } else if !here.deleted {
            if !here.is_completed && may_end(connection, session, sit)? {
                Presence::Begun
            } else {
                Presence::There
            }
        } else if imports::is_taken_back(connection, session_id)? == Some(true) {
            Presence::TakenBack
        } else if counting.is_some() {
            Presence::There
        } else {
            Presence::Deleted
        });
    }
    // A tombstone comes over as it is.
    if session.deleted || sit.is_empty() {
        return Ok(Presence::Unknown);
    }
    let with_it = [sit, &[session.into()]].concat();
    let last = corrected::last(&with_it).map(|(_, version)| version);
    Ok(match last.filter(Version::counts) {
        Some(last) if last.session_id == session_id => match counting {
            Some(_) => Presence::Corrects,
            None => Presence::Unknown,
        },
        Some(_) => Presence::Replaced,
        // A deletion may stand for a word that is not here: on it nothing is built.
        None if counting.is_some() => Presence::There,
        None => Presence::Deleted,
    })
}

/// Whether the file has the end of a sit that only began here: the same sit, of the same plan, which would
/// count or is the only row. One that is live here, or about which somebody is still asked, is left alone:
/// only who holds the sitting lock may end it.
fn may_end(connection: &Connection, session: &Session, sit: &[Version]) -> Result<bool, ReadError> {
    let session_id = session.start.session_id;
    let Some(here) = sessions::find(connection, session_id)? else {
        return Ok(false);
    };
    let is_same_plan = here.plan.is_none() || session.plan.is_none() || here.plan == session.plan;
    if here.start != session.start || !is_same_plan || heartbeat::is_kept(connection, session_id)? {
        return Ok(false);
    }
    let others = sit.iter().filter(|it| it.session_id != session_id);
    let mut with_it: Vec<_> = others.copied().collect();
    with_it.push(session.into());
    let last = corrected::last(&with_it).map(|(_, version)| version);
    let counts = last.is_some_and(|it| it.counts() && it.session_id == session_id);
    Ok(counts || with_it.len() == 1)
}
