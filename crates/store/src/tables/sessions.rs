//! `sessions`: one row for each recorded sit.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, Seconds, Session, SessionId, SessionStart, Sharing, State, TogetherId, UnixMillis,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{from_json, from_name, name_of, seconds, signed, to_json};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static SESSIONS: Columns = Columns {
    table: "sessions",
    names: &[
        // Immutable.
        "session_id",
        "device_id",
        "source",
        "started_at_ms",
        "tz",
        "utc_offset_s",
        "local_date",
        "planned_s",
        "together_id",
        "replaces",
        // Mutable: from here on UPDATE writes them.
        "plan",
        "state",
        "ended_at_ms",
        "completion_credited_s",
        "paused_s",
        "asleep_s",
        "overtime_s",
        "note",
        "mood",
        "label",
        "words_hlc_ms",
        "words_device_id",
        "words_device_seq",
        "corrected_credited_s",
        "credited_hlc_ms",
        "credited_device_id",
        "credited_device_seq",
        "deleted",
        "deleted_hlc_ms",
        "deleted_device_id",
        "deleted_device_seq",
        "shared",
        "note_shared",
        "sharing_hlc_ms",
        "sharing_device_id",
        "sharing_device_seq",
        // Derived from those before.
        "credited_s",
        "interval_bells",
    ],
};
/// How many columns never change.
const IMMUTABLE: usize = 10;

static SELECT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM sessions WHERE session_id = ?1",
        SESSIONS.list()
    )
});
static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO sessions ({}) VALUES ({})",
        SESSIONS.list(),
        SESSIONS.marks()
    )
});
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let set: Vec<_> = SESSIONS
        .names
        .iter()
        .skip(IMMUTABLE)
        .map(|c| format!("{c} = ?"))
        .collect();
    format!(
        "UPDATE sessions SET {} WHERE session_id = ? AND state = ?",
        set.join(", ")
    )
});

/// The session with that id.
pub(crate) fn find(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Option<Session>, ReadError> {
    SESSIONS.query_one(connection, &SELECT, [session_id.to_string()], read)
}

/// Shows every completed session, deleted ones too, the oldest first.
pub(crate) fn each_completed(
    connection: &Connection,
    mut visit: impl FnMut(&Session) -> Result<ControlFlow<()>, ReadError>,
) -> Result<(), ReadError> {
    let sql = format!(
        "SELECT {} FROM sessions WHERE state = 'completed' ORDER BY started_at_ms, session_id",
        SESSIONS.list()
    );
    SESSIONS.each(connection, &sql, [], |cells| visit(&read(cells)?))
}

/// Whether there is one, not deleted, of that sitting together.
/// Shows every session, in no order, until `visit` has enough.
pub(crate) fn each(
    connection: &Connection,
    mut visit: impl FnMut(Session) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let sql = format!("SELECT {} FROM sessions", SESSIONS.list());
    SESSIONS.each(connection, &sql, [], |cells| Ok(visit(read(cells)?)))
}

pub(crate) fn is_of_together(
    connection: &Connection,
    together_id: TogetherId,
) -> Result<bool, ReadError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sessions WHERE together_id = ?1 AND deleted = 0)";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([together_id.to_string()], |row| row.get(0))?)
}

/// Writes a session that is not there yet.
pub(crate) fn insert(connection: &Connection, session: &Session) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached(&INSERT)?;
    let values = immutable(&session.start)?
        .into_iter()
        .chain(mutable(session)?);
    one_row(SESSIONS.table, statement.execute(params_from_iter(values))?)
}

/// Writes what changed in exactly that row, if it still is in state `was` (I1).
pub(crate) fn update(
    connection: &Connection,
    session: &Session,
    was: State,
) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached(&UPDATE)?;
    let key = [
        session.start.session_id.to_string().into(),
        name_of(&was)?.into(),
    ];
    let values = mutable(session)?.into_iter().chain(key);
    one_row(SESSIONS.table, statement.execute(params_from_iter(values))?)
}

fn immutable(start: &SessionStart) -> Result<[Value; IMMUTABLE], WriteError> {
    Ok([
        start.session_id.to_string().into(),
        start.device_id.to_string().into(),
        name_of(&start.source)?.into(),
        start.started_at_ms.0.into(),
        start.tz.clone().into(),
        start.utc_offset_s.into(),
        start.local_date.to_string().into(),
        start.planned_s.map(|length| length.seconds().0).into(),
        start.together_id.map(|id| id.to_string()).into(),
        start.replaces.map(|id| id.to_string()).into(),
    ])
}

fn mutable(session: &Session) -> Result<Vec<Value>, WriteError> {
    let completion = session.completion.as_ref();
    let Words { note, mood, label } = &session.words;
    let mut values = vec![
        session.plan.as_ref().map(to_json).transpose()?.into(),
        name_of(&session.state())?.into(),
        completion.map(|c| c.ended_at_ms.0).into(),
        completion.map(|c| c.credited_s.0).into(),
        completion.map(|c| c.paused_s.0).into(),
        completion.map(|c| c.asleep_s.0).into(),
        completion.map(|c| c.overtime_s.0).into(),
        note.clone().into(),
        (*mood).into(),
        label.clone().into(),
    ];
    values.extend(stamp_values(session.words_stamp));
    values.push(session.credited_override_s.map(|s| s.0).into());
    values.extend(stamp_values(session.credited_stamp));
    values.push(session.deleted.into());
    values.extend(stamp_values(session.deleted_stamp));
    values.push(session.sharing.shared.into());
    values.push(session.sharing.note_shared.into());
    values.extend(stamp_values(session.sharing_stamp));
    let counted = session
        .completion
        .map(|c| session.credited_override_s.unwrap_or(c.credited_s));
    values.push(counted.map(|s| s.0).into());
    let interval_bells = session.plan.as_ref().map_or(0, |p| p.interval_at_s.len());
    values.push(signed(interval_bells as u64).into());
    Ok(values)
}

fn stamp_values(stamp: Stamp) -> [Value; 3] {
    [
        stamp.hlc_ms.into(),
        stamp.device_id.to_string().into(),
        signed(stamp.device_seq).into(),
    ]
}

/// The immutable part, from the columns up to `replaces`.
pub(crate) fn read_start(cells: &mut Cells<'_>) -> Result<SessionStart, ReadError> {
    Ok(SessionStart {
        session_id: cells.convert(|text: String| text.parse().ok())?,
        device_id: cells.convert(|text: String| text.parse().ok())?,
        source: cells.convert(from_name)?,
        started_at_ms: UnixMillis(cells.next()?),
        tz: cells.next()?,
        utc_offset_s: cells.next()?,
        local_date: cells.convert(|text: String| text.parse().ok())?,
        planned_s: cells.convert_if_there(|s: u32| s.try_into().ok())?,
        together_id: cells.convert_if_there(|text: String| text.parse().ok())?,
        replaces: cells.convert_if_there(|text: String| text.parse().ok())?,
    })
}

/// The completion, from the columns `ended_at_ms` to `overtime_s`: all there or none.
pub(crate) fn read_completion(cells: &mut Cells<'_>) -> Result<Option<Completion>, ReadError> {
    let Some(ended_at_ms) = cells.next::<Option<i64>>()? else {
        for _ in 0..4 {
            cells.convert(|none: Option<u32>| none.is_none().then_some(()))?;
        }
        return Ok(None);
    };
    Ok(Some(Completion {
        ended_at_ms: UnixMillis(ended_at_ms),
        credited_s: cells.convert(seconds)?,
        paused_s: cells.convert(seconds)?,
        asleep_s: cells.convert(seconds)?,
        overtime_s: cells.convert(seconds)?,
    }))
}

/// Note, mood and label.
pub(crate) fn read_words(cells: &mut Cells<'_>) -> Result<Words, ReadError> {
    Ok(Words {
        note: cells.next()?,
        mood: cells.next()?,
        label: cells.next()?,
    })
}

/// What partners may see.
pub(crate) fn read_sharing(cells: &mut Cells<'_>) -> Result<Sharing, ReadError> {
    Ok(Sharing {
        shared: cells.next()?,
        note_shared: cells.next()?,
    })
}

fn read(cells: &mut Cells<'_>) -> Result<Session, ReadError> {
    let start = read_start(cells)?;
    let plan = cells.convert_if_there(from_json)?;
    let state: State = cells.convert(from_name)?;
    let completion = read_completion(cells)?;
    if (state == State::Completed) != completion.is_some() {
        return Err(ReadError::Corrupt {
            table: SESSIONS.table,
            column: "state",
        });
    }
    let words = read_words(cells)?;
    let words_stamp = read_stamp(cells)?;
    let credited_override_s: Option<Seconds> = cells.convert_if_there(seconds)?;
    let credited_stamp = read_stamp(cells)?;
    let deleted = cells.next()?;
    let deleted_stamp = read_stamp(cells)?;
    let sharing = read_sharing(cells)?;
    let sharing_stamp = read_stamp(cells)?;
    Ok(Session {
        start,
        plan,
        completion,
        credited_override_s,
        words,
        sharing,
        deleted,
        words_stamp,
        credited_stamp,
        sharing_stamp,
        deleted_stamp,
    })
}

pub(crate) fn read_stamp(cells: &mut Cells<'_>) -> Result<Stamp, ReadError> {
    Ok(Stamp {
        hlc_ms: cells.next()?,
        device_id: cells.convert(|text: String| text.parse().ok())?,
        device_seq: cells.convert(|seq: i64| u64::try_from(seq).ok())?,
    })
}
