//! `sync_state`: how synchronising goes, and which life of the server's database is known.

use mitta_domain::UnixMillis;
use rusqlite::{Connection, Params, params};

use super::{execute, signed};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static STATE: Columns = Columns {
    table: "sync_state",
    names: &[
        "epoch",
        "last_success_ms",
        "last_error_code",
        "last_error_at_ms",
    ],
};

/// How synchronising goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncState {
    /// The life of the server's database that the cursors belong to; `None` before the first contact.
    pub epoch: Option<String>,
    /// When all was last in step.
    pub last_success_ms: Option<UnixMillis>,
    /// What went wrong since; `None` where nothing did.
    pub last_error: Option<SyncFault>,
}

/// What went wrong last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncFault {
    /// A stable code.
    pub code: String,
    /// When.
    pub at_ms: UnixMillis,
}

pub(crate) fn load(connection: &Connection) -> Result<SyncState, ReadError> {
    let sql = format!("SELECT {} FROM sync_state WHERE one = 1", STATE.list());
    let state = STATE.query_one(connection, &sql, [], |cells| {
        let epoch = cells.next()?;
        let last_success_ms = cells.next::<Option<i64>>()?.map(UnixMillis);
        let code: Option<String> = cells.next()?;
        let at_ms: Option<i64> = cells.next()?;
        Ok(SyncState {
            epoch,
            last_success_ms,
            last_error: code.zip(at_ms).map(|(code, at_ms)| SyncFault {
                code,
                at_ms: UnixMillis(at_ms),
            }),
        })
    })?;
    state.ok_or(ReadError::Corrupt {
        table: STATE.table,
        column: "one",
    })
}

fn set(connection: &Connection, what: &str, params: impl Params) -> Result<(), WriteError> {
    let sql = format!("UPDATE sync_state SET {what} WHERE one = 1");
    one_row(STATE.table, execute(connection, &sql, params)?)
}

pub(crate) fn set_epoch(connection: &Connection, epoch: Option<&str>) -> Result<(), WriteError> {
    set(connection, "epoch = ?1", [epoch])
}

pub(crate) fn succeeded(connection: &Connection, at_ms: UnixMillis) -> Result<(), WriteError> {
    let what = "last_success_ms = ?1, last_error_code = NULL, last_error_at_ms = NULL";
    set(connection, what, [at_ms.0])
}

pub(crate) fn failed(
    connection: &Connection,
    code: &str,
    at_ms: UnixMillis,
) -> Result<(), WriteError> {
    let what = "last_error_code = ?1, last_error_at_ms = ?2";
    set(connection, what, params![code, at_ms.0])
}

/// Of another server nothing of it holds.
pub(crate) fn forget(connection: &Connection) -> Result<(), WriteError> {
    let what =
        "epoch = NULL, last_success_ms = NULL, last_error_code = NULL, last_error_at_ms = NULL";
    set(connection, what, [])
}

/// As [`count_change`], so that the count is above `changes` whatever it was.
pub(crate) fn count_changes(connection: &Connection, changes: u64) -> Result<(), WriteError> {
    set(
        connection,
        "adopted_changes = max(adopted_changes, ?1) + 1",
        [signed(changes)],
    )
}

/// Lets other windows notice a change that made no op.
pub(crate) fn count_change(connection: &Connection) -> Result<(), WriteError> {
    set(connection, "adopted_changes = adopted_changes + 1", [])
}
