//! One module for each table: its columns, its row, and the statements that touch it.

pub(crate) mod account;
pub(crate) mod compared;
pub(crate) mod cursors;
pub(crate) mod device;
pub(crate) mod events;
pub(crate) mod heartbeat;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod offers;
pub(crate) mod outbox;
pub(crate) mod partner_sessions;
pub(crate) mod partnerships;
pub(crate) mod presets;
pub(crate) mod rejected;
pub(crate) mod reminders;
pub(crate) mod revisions;
pub(crate) mod search;
pub(crate) mod seats;
pub(crate) mod server_clock;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod statistics;
pub(crate) mod sync_state;
pub(crate) mod versions;

use mitta_domain::Seconds;
use rusqlite::{Connection, Params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{ReadError, WriteError};

/// An unsigned number as `SQLite` keeps it; what no clock or counter reaches saturates.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A stored count, which is never negative.
pub(crate) fn unsigned(value: i64) -> Option<u64> {
    u64::try_from(value).ok()
}

/// Whole seconds as they are stored.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape that Cells::convert takes"
)]
pub(crate) fn seconds(value: u32) -> Option<Seconds> {
    Some(Seconds(value))
}

/// The stored name of a unit variant: what serde writes for it, without the quotes.
pub(crate) fn name_of(value: &impl Serialize) -> Result<String, WriteError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(unwritable()),
    }
}

/// The unit variant of a stored name.
pub(crate) fn from_name<T: DeserializeOwned>(name: String) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name)).ok()
}

pub(crate) fn to_json(value: &impl Serialize) -> Result<String, WriteError> {
    serde_json::to_string(value).map_err(|_| unwritable())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that Cells::convert takes"
)]
pub(crate) fn from_json<T: DeserializeOwned>(text: String) -> Option<T> {
    serde_json::from_str(&text).ok()
}

/// Runs one statement that may touch any number of rows, and says how many.
pub(crate) fn execute(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<usize, WriteError> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// The number that a query of one number answers with.
pub(crate) fn count(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<u64, ReadError> {
    let count: i64 = connection
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Ruled out by the types: they hold nothing that JSON cannot say.
fn unwritable() -> WriteError {
    WriteError::Sqlite(rusqlite::Error::ToSqlConversionFailure(
        "not writable as JSON".into(),
    ))
}
