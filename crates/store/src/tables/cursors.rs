//! `cursors`: how far each share was read.

use mitta_domain::{ShareId, UnixMillis};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{execute, signed, unsigned};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static CURSORS: Columns = Columns {
    table: "cursors",
    names: &["seq", "epoch", "compared_seq", "compared_at_ms"],
};

/// How far a share was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The last position seen; 0 where nothing was read.
    pub seq: u64,
    /// The life of the server's database that the position belongs to; `None` where nothing was read.
    pub epoch: Option<String>,
    /// The position at which both sides were last found the same.
    pub compared_seq: Option<u64>,
    /// When that was.
    pub compared_at_ms: Option<UnixMillis>,
}

pub(crate) fn find(
    connection: &Connection,
    server_id: Uuid,
    share_id: ShareId,
) -> Result<Cursor, ReadError> {
    let sql = format!(
        "SELECT {} FROM cursors WHERE server_id = ?1 AND share_id = ?2",
        CURSORS.list()
    );
    let key = [server_id.to_string(), share_id.to_string()];
    let cursor = CURSORS.query_one(connection, &sql, key, |cells| {
        Ok(Cursor {
            seq: cells.convert(unsigned)?,
            epoch: cells.next()?,
            compared_seq: cells.convert_if_there(unsigned)?,
            compared_at_ms: cells.next::<Option<i64>>()?.map(UnixMillis),
        })
    })?;
    Ok(cursor.unwrap_or_default())
}

/// Moves the cursor of a share, whether it has one or not.
pub(crate) fn advance(
    connection: &Connection,
    server_id: Uuid,
    share_id: ShareId,
    epoch: &str,
    seq: u64,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO cursors (server_id, share_id, seq, epoch) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (server_id, share_id) DO UPDATE SET seq = ?3, epoch = ?4";
    let values = params![
        server_id.to_string(),
        share_id.to_string(),
        signed(seq),
        epoch
    ];
    one_row(CURSORS.table, execute(connection, sql, values)?)
}

/// Notes that both sides were the same at a position of a life; `false` if the cursor is not there.
pub(crate) fn compared(
    connection: &Connection,
    server_id: Uuid,
    share_id: ShareId,
    (epoch, seq): (&str, u64),
    at_ms: UnixMillis,
) -> Result<bool, WriteError> {
    let sql = "UPDATE cursors SET compared_seq = ?3, compared_at_ms = ?4 \
               WHERE server_id = ?1 AND share_id = ?2 AND seq = ?3 AND epoch = ?5";
    let values = params![
        server_id.to_string(),
        share_id.to_string(),
        signed(seq),
        at_ms.0,
        epoch
    ];
    match execute(connection, sql, values)? {
        0 => Ok(false),
        changed => one_row(CURSORS.table, changed).map(|()| true),
    }
}

/// Back to the beginning of every share.
pub(crate) fn rewind(connection: &Connection, epoch: &str) -> Result<(), WriteError> {
    let sql = "UPDATE cursors SET seq = 0, epoch = ?1, compared_seq = NULL, compared_at_ms = NULL";
    execute(connection, sql, [epoch]).map(drop)
}

pub(crate) fn remove_all(connection: &Connection) -> Result<(), WriteError> {
    execute(connection, "DELETE FROM cursors", []).map(drop)
}
