//! `offers`: own sessions that the server may no longer have and is to be offered again.

use chrono::NaiveDate;
use mitta_domain::SessionId;
use rusqlite::Connection;

use super::{count, execute};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static OFFERS: Columns = Columns {
    table: "offers",
    names: &["session_id"],
};

/// Every session that is there now. Those that come later come from the server itself, or have their
/// ops in the outbox.
pub(crate) fn all_sessions(connection: &Connection) -> Result<(), WriteError> {
    let sql = "INSERT OR IGNORE INTO offers SELECT session_id FROM sessions";
    execute(connection, sql, []).map(drop)
}

/// Those of some dates; says how many were not there before.
pub(crate) fn sessions_of(
    connection: &Connection,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<usize, WriteError> {
    let sql = "INSERT OR IGNORE INTO offers SELECT session_id FROM sessions \
               WHERE deleted IN (0, 1) AND state IN ('running', 'completed') \
               AND local_date BETWEEN ?1 AND ?2";
    execute(connection, sql, [from.to_string(), to.to_string()])
}

/// The next ones, in the order of their ids.
pub(crate) fn next(connection: &Connection, limit: u32) -> Result<Vec<SessionId>, ReadError> {
    let sql = "SELECT session_id FROM offers ORDER BY session_id LIMIT ?1";
    OFFERS.query(connection, sql, [limit], |cells| {
        cells.convert(|text: String| text.parse().ok())
    })
}

/// Takes a session out, and says whether it was in.
pub(crate) fn take(connection: &Connection, session_id: SessionId) -> Result<bool, WriteError> {
    let sql = "DELETE FROM offers WHERE session_id = ?1";
    match execute(connection, sql, [session_id.to_string()])? {
        0 => Ok(false),
        changed => one_row(OFFERS.table, changed).map(|()| true),
    }
}

/// Whether that session is to be offered again.
pub(crate) fn has(connection: &Connection, session_id: SessionId) -> Result<bool, ReadError> {
    let sql = "SELECT count(*) FROM offers WHERE session_id = ?1";
    Ok(count(connection, sql, [session_id.to_string()])? > 0)
}

pub(crate) fn left(connection: &Connection) -> Result<u64, ReadError> {
    count(connection, "SELECT count(*) FROM offers", [])
}

pub(crate) fn remove_all(connection: &Connection) -> Result<(), WriteError> {
    execute(connection, "DELETE FROM offers", []).map(drop)
}
