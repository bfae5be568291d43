//! `server_clock`: how the server's clock stands to this computer's, as last measured.

use mitta_domain::UnixMillis;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::execute;
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static CLOCK: Columns = Columns {
    table: "server_clock",
    names: &[
        "measured_at_ms",
        "server_minus_wall_ms",
        "boot_id",
        "server_minus_boot_ms",
        "error_ms",
    ],
};

/// How the server's clock stands to this computer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// When it was measured, on the wall clock.
    pub measured_at_ms: UnixMillis,
    /// The server's clock minus the wall clock, in milliseconds.
    pub server_minus_wall_ms: i64,
    /// The boot in which it was measured; empty where the system does not tell.
    pub boot_id: String,
    /// The server's clock minus the suspend-aware clock of that boot, in milliseconds.
    pub server_minus_boot_ms: i64,
    /// How far both may be off, in milliseconds.
    pub error_ms: u32,
}

/// What was measured of that server.
pub(crate) fn find(
    connection: &Connection,
    server_id: Uuid,
) -> Result<Option<ClockRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM server_clock WHERE one = 1 AND server_id = ?1",
        CLOCK.list()
    );
    CLOCK.query_one(connection, &sql, [server_id.to_string()], |cells| {
        Ok(ClockRow {
            measured_at_ms: UnixMillis(cells.next()?),
            server_minus_wall_ms: cells.next()?,
            boot_id: cells.next()?,
            server_minus_boot_ms: cells.next()?,
            error_ms: cells.next()?,
        })
    })
}

/// Writes what was measured, in place of what was before.
pub(crate) fn save(
    connection: &Connection,
    server_id: Uuid,
    clock: &ClockRow,
) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT OR REPLACE INTO server_clock (one, server_id, {}) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
        CLOCK.list()
    );
    let values = params![
        server_id.to_string(),
        clock.measured_at_ms.0,
        clock.server_minus_wall_ms,
        clock.boot_id,
        clock.server_minus_boot_ms,
        clock.error_ms
    ];
    one_row(CLOCK.table, execute(connection, &sql, values)?)
}

/// Forgets what was measured.
pub(crate) fn remove(connection: &Connection) -> Result<(), WriteError> {
    execute(connection, "DELETE FROM server_clock", []).map(drop)
}
