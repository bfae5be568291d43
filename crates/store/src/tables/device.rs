//! `device`: who this installation is, its next op's number, and its clock.

use mitta_domain::session::Stamp;
use mitta_domain::{DeviceId, UnixMillis};
use rusqlite::{Connection, params};

use super::signed;
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static DEVICE: Columns = Columns {
    table: "device",
    names: &["device_id", "next_seq", "hlc_ms"],
};

static SEQS: Columns = Columns {
    table: "device",
    names: &["next_seq"],
};

/// The device of this data folder, if it has one.
pub(crate) fn id(connection: &Connection) -> Result<Option<DeviceId>, ReadError> {
    let sql = format!("SELECT {} FROM device WHERE one = 1", DEVICE.list());
    DEVICE.query_one(connection, &sql, [], |cells| {
        cells.convert(|text: String| text.parse().ok())
    })
}

/// Makes this data folder the device named, once.
pub(crate) fn insert(connection: &Connection, device_id: DeviceId) -> Result<(), WriteError> {
    let changed = connection.execute(
        "INSERT INTO device (one, device_id, next_seq, hlc_ms) VALUES (1, ?1, 1, 0)",
        [device_id.to_string()],
    )?;
    one_row("device", changed)
}

/// Draws the next stamp: its number follows the last one's; its clock is the wall clock, but
/// never before a stamp that this device made, nor before `not_before_ms`.
pub(crate) fn next_stamp(
    connection: &Connection,
    wall_ms: UnixMillis,
    not_before_ms: i64,
) -> Result<Stamp, WriteError> {
    let sql = format!(
        "UPDATE device SET next_seq = next_seq + 1, hlc_ms = max(hlc_ms, ?1, ?2) \
         WHERE one = 1 RETURNING {}",
        DEVICE.list()
    );
    let stamp = DEVICE.query_one(
        connection,
        &sql,
        params![wall_ms.0, not_before_ms],
        |cells| {
            Ok(Stamp {
                device_id: cells.convert(|text: String| text.parse().ok())?,
                device_seq: cells.convert(|next: i64| u64::try_from(next - 1).ok())?,
                hlc_ms: cells.next()?,
            })
        },
    )?;
    stamp.ok_or(WriteError::RowCount {
        table: "device",
        expected: 1,
        found: 0,
    })
}

/// Lets no stamp that is drawn from here on be before `ms`.
pub(crate) fn hear(connection: &Connection, ms: i64) -> Result<(), WriteError> {
    let sql = "UPDATE device SET hlc_ms = max(hlc_ms, ?1) WHERE one = 1";
    one_row(DEVICE.table, connection.prepare_cached(sql)?.execute([ms])?)
}

/// Draws a place in the outbox for an op that keeps the stamp it was made with.
pub(crate) fn next_seq(connection: &Connection) -> Result<u64, WriteError> {
    next_seqs(connection, 1)
}

/// Draws as many such places, one after the other, and answers with the first.
pub(crate) fn next_seqs(connection: &Connection, count: usize) -> Result<u64, WriteError> {
    let sql = "UPDATE device SET next_seq = next_seq + ?1 WHERE one = 1 RETURNING next_seq - ?1";
    let first = SEQS.query_one(connection, sql, [signed(count as u64)], |cells| {
        cells.convert(|first: i64| u64::try_from(first).ok())
    })?;
    first.ok_or(WriteError::RowCount {
        table: DEVICE.table,
        expected: 1,
        found: 0,
    })
}

/// The number that the next op gets, and the clock of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    next_seq: i64,
    hlc_ms: i64,
}

pub(crate) fn last(connection: &Connection) -> Result<Last, ReadError> {
    let sql = format!("SELECT {} FROM device WHERE one = 1", DEVICE.list());
    let last = DEVICE.query_one(connection, &sql, [], |cells| {
        cells.convert(|_: String| Some(()))?;
        Ok(Last {
            next_seq: cells.next()?,
            hlc_ms: cells.next()?,
        })
    })?;
    last.ok_or(ReadError::Corrupt {
        table: DEVICE.table,
        column: "one",
    })
}

/// Makes this data folder another device, whose numbers and clock go on from both its own and `last`:
/// what is edited from here on is later than all that was written here before.
pub(crate) fn become_another(
    connection: &Connection,
    device_id: DeviceId,
    last: Last,
) -> Result<(), WriteError> {
    let changed = connection.execute(
        "UPDATE device SET device_id = ?1, next_seq = max(next_seq, ?2), hlc_ms = max(hlc_ms, ?3) \
         WHERE one = 1",
        params![device_id.to_string(), last.next_seq, last.hlc_ms],
    )?;
    one_row(DEVICE.table, changed)
}

/// How many ops were numbered so far, and how many other changes there were.
pub(crate) fn change_count(connection: &Connection) -> Result<u64, ReadError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT next_seq + (SELECT adopted_changes FROM sync_state WHERE one = 1) FROM device",
        )?
        .query_row([], |row| row.get(0))?;
    u64::try_from(count).map_err(|_| ReadError::Corrupt {
        table: "device",
        column: "next_seq",
    })
}
