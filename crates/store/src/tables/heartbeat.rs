//! `heartbeat`: where a running sit was when it was last seen. Neither event nor op.

use mitta_domain::recovery::{Heartbeat, Unfinished};
use mitta_domain::timer::Progress;
use mitta_domain::{SessionId, UnixMillis};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{from_json, from_name, name_of, sessions, signed};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static HEARTBEAT: Columns = Columns {
    table: "heartbeat",
    names: &[
        "wall_ms",
        "boot_ms",
        "boot_id",
        "phase",
        "preparation_left_ms",
        "elapsed_ms",
        "paused_ms",
        "asleep_ms",
        "session_id",
    ],
};

/// What recovery needs of a running row.
static UNFINISHED: Columns = Columns {
    table: "sessions",
    names: &[
        "plan",
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
        "shared",
        "note_shared",
    ],
};

fn values(session_id: SessionId, heartbeat: &Heartbeat) -> Result<[Value; 9], WriteError> {
    let Heartbeat {
        wall_ms,
        boot_ms,
        boot_id,
        progress,
    } = heartbeat;
    Ok([
        wall_ms.0.into(),
        signed(*boot_ms).into(),
        boot_id.clone().into(),
        name_of(&progress.phase)?.into(),
        signed(progress.preparation_left_ms).into(),
        signed(progress.elapsed_ms).into(),
        signed(progress.paused_ms).into(),
        signed(progress.asleep_ms).into(),
        session_id.to_string().into(),
    ])
}

/// The first heartbeat of a session, at Begin.
pub(crate) fn insert(
    connection: &Connection,
    session_id: SessionId,
    heartbeat: &Heartbeat,
) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT INTO heartbeat ({}) VALUES ({})",
        HEARTBEAT.list(),
        HEARTBEAT.marks()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let changed = statement.execute(params_from_iter(values(session_id, heartbeat)?))?;
    one_row(HEARTBEAT.table, changed)
}

/// A later heartbeat. Says whether there was one to replace: only running sits have one.
pub(crate) fn update(
    connection: &Connection,
    session_id: SessionId,
    heartbeat: &Heartbeat,
) -> Result<bool, WriteError> {
    let mut statement = connection.prepare_cached(
        "UPDATE heartbeat SET wall_ms = ?, boot_ms = ?, boot_id = ?, phase = ?, \
         preparation_left_ms = ?, elapsed_ms = ?, paused_ms = ?, asleep_ms = ? \
         WHERE session_id = ?",
    )?;
    match statement.execute(params_from_iter(values(session_id, heartbeat)?))? {
        0 => Ok(false),
        changed => one_row(HEARTBEAT.table, changed).map(|()| true),
    }
}

/// Whether a session has one: it is live here, or somebody is asked what became of it.
pub(crate) fn is_kept(
    connection: &Connection,
    session_id: SessionId,
) -> Result<bool, rusqlite::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM heartbeat WHERE session_id = ?1)";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([session_id.to_string()], |row| row.get(0))
}

/// Removes the heartbeat of a session that is being completed. A session that has none is
/// completed all the same: its record counts for more than its heartbeat.
pub(crate) fn remove(connection: &Connection, session_id: SessionId) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached("DELETE FROM heartbeat WHERE session_id = ?1")?;
    match statement.execute([session_id.to_string()])? {
        0 => Ok(()),
        changed => one_row(HEARTBEAT.table, changed),
    }
}

fn read(cells: &mut Cells<'_>) -> Result<Heartbeat, ReadError> {
    fn ms(value: i64) -> Option<u64> {
        u64::try_from(value).ok()
    }
    Ok(Heartbeat {
        wall_ms: UnixMillis(cells.next()?),
        boot_ms: cells.convert(ms)?,
        boot_id: cells.next()?,
        progress: Progress {
            phase: cells.convert(from_name)?,
            preparation_left_ms: cells.convert(ms)?,
            elapsed_ms: cells.convert(ms)?,
            paused_ms: cells.convert(ms)?,
            asleep_ms: cells.convert(ms)?,
        },
    })
}

/// Every running row that this folder's timers began, oldest first, with its last heartbeat. Those
/// that other devices are at are theirs to complete.
pub(crate) fn unfinished(connection: &Connection) -> Result<Vec<Unfinished>, ReadError> {
    let sql = format!(
        "SELECT {} FROM sessions \
         WHERE deleted IN (0, 1) AND state = 'running' AND plan IS NOT NULL \
         AND (device_id = (SELECT device_id FROM device) \
              OR session_id IN (SELECT session_id FROM heartbeat)) \
         ORDER BY started_at_ms, session_id",
        UNFINISHED.list()
    );
    let mut found = UNFINISHED.query(connection, &sql, [], |cells| {
        Ok(Unfinished {
            plan: cells.convert(from_json)?,
            start: sessions::read_start(cells)?,
            sharing: sessions::read_sharing(cells)?,
            last_seen: None,
        })
    })?;
    let sql = format!(
        "SELECT {} FROM heartbeat WHERE session_id = ?1",
        HEARTBEAT.list()
    );
    for unfinished in &mut found {
        let session_id = unfinished.start.session_id.to_string();
        unfinished.last_seen = HEARTBEAT.query_one(connection, &sql, [session_id], read)?;
    }
    Ok(found)
}
