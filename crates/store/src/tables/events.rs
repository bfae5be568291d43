//! `session_events`: what happened within a session, in order.

use mitta_domain::event::EventKind;
use mitta_domain::{SessionId, UnixMillis};
use rusqlite::{Connection, params};

use super::signed;
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static EVENTS: Columns = Columns {
    table: "session_events",
    names: &["event_seq", "kind", "at_ms", "elapsed_ms"],
};

/// Something that happened within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Its place among the session's events, from 1.
    pub event_seq: u32,
    /// What happened.
    pub kind: EventKind,
    /// When, on the wall clock.
    pub at_ms: UnixMillis,
    /// Milliseconds sat by then; `None` where the timer had no part in it (edits, completion).
    pub elapsed_ms: Option<u64>,
}

/// Appends an event to a session that exists.
pub(crate) fn append(
    connection: &Connection,
    session_id: SessionId,
    kind: EventKind,
    at_ms: UnixMillis,
    elapsed_ms: Option<u64>,
) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO session_events (session_id, event_seq, kind, at_ms, elapsed_ms) \
         VALUES (?1, (SELECT coalesce(max(event_seq), 0) + 1 FROM session_events \
                      WHERE session_id = ?1), ?2, ?3, ?4)",
    )?;
    let changed = statement.execute(params![
        session_id.to_string(),
        kind.name(),
        at_ms.0,
        elapsed_ms.map(signed)
    ])?;
    one_row(EVENTS.table, changed)
}

/// The events of a session, in order.
pub(crate) fn of(connection: &Connection, session_id: SessionId) -> Result<Vec<Event>, ReadError> {
    let sql = format!(
        "SELECT {} FROM session_events WHERE session_id = ?1 ORDER BY event_seq",
        EVENTS.list()
    );
    EVENTS.query(connection, &sql, [session_id.to_string()], |cells| {
        Ok(Event {
            event_seq: cells.next()?,
            kind: cells.convert(|name: String| EventKind::from_name(&name))?,
            at_ms: UnixMillis(cells.next()?),
            elapsed_ms: cells.convert_if_there(|ms: i64| u64::try_from(ms).ok())?,
        })
    })
}
