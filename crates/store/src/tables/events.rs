//! `session_events`: what happened within a session, in order.

use mitta_domain::event::{EventKind, MAX_EVENTS};
use mitta_domain::{SessionEvent, SessionId, UnixMillis};
use rusqlite::{Connection, params};

use super::{execute, signed};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static EVENTS: Columns = Columns {
    table: "session_events",
    names: &["event_seq", "kind", "at_ms", "elapsed_ms"],
};

/// The end of the year 9999, up to which a server takes times.
const LATEST_MS: i64 = 253_402_300_799_999;

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
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<SessionEvent>, ReadError> {
    let sql = format!(
        "SELECT {} FROM session_events WHERE session_id = ?1 ORDER BY event_seq",
        EVENTS.list()
    );
    EVENTS.query(connection, &sql, [session_id.to_string()], |cells| {
        Ok(SessionEvent {
            event_seq: cells.next()?,
            kind: cells.convert(|name: String| EventKind::from_name(&name))?,
            at_ms: UnixMillis(cells.next()?),
            elapsed_ms: cells.convert_if_there(|ms: i64| u64::try_from(ms).ok())?,
        })
    })
}

/// The events that go along with a completion: all up to it, but of very many the first ones and the
/// completion itself. None where the completion is not among them: then they are only what was noted
/// here of a sit that ran elsewhere, and would stand there in the place of what happened. A clock that was set before 1970 stops no sit from being sent.
pub(crate) fn to_send(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<SessionEvent>, ReadError> {
    let mut events = of(connection, session_id)?;
    let is_end = |e: &SessionEvent| matches!(e.kind, EventKind::Completed | EventKind::Discarded);
    let end = events.iter().position(is_end);
    events.truncate(end.map_or(0, |end| end + 1));
    if events.len() > MAX_EVENTS {
        events.drain(MAX_EVENTS - 1..events.len() - 1);
    }
    for event in &mut events {
        event.at_ms.0 = event.at_ms.0.clamp(0, LATEST_MS);
    }
    Ok(events)
}

/// Puts in the events of a session that another device recorded, as they came, unless they are here, or
/// others are. What was noted here before they came (an edit of a sit that ran elsewhere) stands behind
/// them; of a sit that only began here its beginning is among them.
pub(crate) fn adopt(
    connection: &Connection,
    session_id: SessionId,
    recorded: &[SessionEvent],
) -> Result<(), WriteError> {
    let noted = of(connection, session_id)?;
    let (mut edits, happened): (Vec<_>, Vec<_>) = noted
        .iter()
        .copied()
        .partition(|event| event.kind == EventKind::Edited);
    let is_a_beginning =
        happened.len() < recorded.len() && happened.iter().all(|event| recorded.contains(event));
    if !is_a_beginning {
        return Ok(());
    }
    edits.retain(|event| !recorded.contains(event));
    let sql = "DELETE FROM session_events WHERE session_id = ?1";
    let found = execute(connection, sql, [session_id.to_string()])?;
    if found != noted.len() {
        return Err(WriteError::RowCount {
            table: EVENTS.table,
            expected: noted.len(),
            found,
        });
    }
    insert_all(connection, session_id, recorded)?;
    edits.into_iter().try_for_each(|event| {
        let SessionEvent {
            kind,
            at_ms,
            elapsed_ms,
            ..
        } = event;
        append(connection, session_id, kind, at_ms, elapsed_ms)
    })
}

/// Puts in the events of a session that has none, as they come.
pub(crate) fn insert_all(
    connection: &Connection,
    session_id: SessionId,
    events: &[SessionEvent],
) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO session_events (session_id, event_seq, kind, at_ms, elapsed_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let session_id = session_id.to_string();
    for event in events {
        let changed = statement.execute(params![
            session_id,
            event.event_seq,
            event.kind.name(),
            event.at_ms.0,
            event.elapsed_ms.map(signed)
        ])?;
        one_row(EVENTS.table, changed)?;
    }
    Ok(())
}
