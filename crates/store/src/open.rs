//! From a folder to a connection: check, set aside what is damaged, back up, migrate.
//!
//! Must hold: all of it happens under one lock that every process shares (`open.lock`), and
//! nothing is moved or migrated while another process has the database open (`use.lock`). A
//! database that this program cannot use is left as it is, but for a change that was cut short and that
//! `SQLite` takes back.

mod examine;
mod glance;
mod locks;
mod migrate;
mod set_aside;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use mitta_domain::{DeviceId, UnixMillis};
use refinery::Migration;
use rusqlite::{Connection, OpenFlags};

use crate::DataDir;
use crate::error::{OpenError, WriteError};
use crate::tables::{device, search};
pub(crate) use examine::{Failure, Found, version};
pub use glance::language;
pub(crate) use migrate::{embedded, run as migrate};
pub(crate) use set_aside::sidecars;

/// How long a statement waits for another process's transaction before it is
/// [`WriteError::Busy`], unless told otherwise.
pub const DEFAULT_BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// How many statements of a connection are kept prepared: all that this program has. With the sixteen of
/// rusqlite a round of sync would parse most of its statements anew.
const STATEMENTS_KEPT: usize = 128;

/// What opening for writing needs from outside.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// Wall clock, for the names of backups and of what is set aside.
    pub wall_ms: UnixMillis,
    /// The device that a new database becomes.
    pub new_device_id: DeviceId,
    /// How long a statement waits for another process's transaction.
    pub busy_timeout: Duration,
    /// Whether the file was found sound a moment ago, and somebody has it open since: a second look
    /// would only hold up the others who want to open it.
    pub is_checked: bool,
}

impl Opening {
    /// With [`DEFAULT_BUSY_TIMEOUT`].
    pub const fn new(wall_ms: UnixMillis, new_device_id: DeviceId) -> Self {
        Self {
            wall_ms,
            new_device_id,
            busy_timeout: DEFAULT_BUSY_TIMEOUT,
            is_checked: false,
        }
    }
}

/// What happened on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// Where a damaged database was moved to; the one now open is new and empty.
    pub set_aside: Option<PathBuf>,
    /// The copy that was made before a migration.
    pub backup: Option<PathBuf>,
}

/// Opens for writing: the only way in which a database is made or changed in format.
pub(crate) fn for_writing(
    dir: &DataDir,
    opening: Opening,
) -> Result<(Connection, File, DeviceId, Opened), OpenError> {
    with_migrations(dir, opening, migrate::embedded())
}

fn with_migrations(
    dir: &DataDir,
    opening: Opening,
    migrations: &[Migration],
) -> Result<(Connection, File, DeviceId, Opened), OpenError> {
    let sqlite = |error| OpenError::sqlite(error, dir);
    dir.create().map_err(|error| OpenError::io(error, dir))?;
    let _gate = locks::gate(dir)?;
    let newest = migrate::newest(migrations);
    let mut opened = Opened::default();
    let look = if opening.is_checked {
        examine::format
    } else {
        examine::database
    };
    examine::take_back(dir, opening.busy_timeout)?;
    let mut index_is_damaged = false;
    let found = match look(dir, opening.busy_timeout, migrations)? {
        Found::Damaged(_) => {
            let _alone = locks::alone(dir)?;
            opened.set_aside = Some(set_aside::database(dir, opening.wall_ms)?);
            0
        }
        Found::Nothing => 0,
        Found::Ours(version) => version,
        Found::OursWithoutIndex(version) => {
            index_is_damaged = true;
            version
        }
    };
    if found > 0 && found < newest {
        let _alone = locks::alone(dir)?;
        opened.backup = Some(migrate::back_up(dir, found, opening)?);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(dir.database(), flags).map_err(sqlite)?;
    set_up(&connection, opening.busy_timeout).map_err(sqlite)?;
    if found < newest {
        migrate::run(&mut connection, migrations, dir)?;
    }
    if index_is_damaged {
        search::rebuild(&connection).map_err(sqlite)?;
    }
    let device_id = match device::id(&connection)? {
        Some(device_id) => device_id,
        None => match device::insert(&connection, opening.new_device_id) {
            Ok(()) => opening.new_device_id,
            Err(error) => return Err(not_inserted(error, dir)),
        },
    };
    Ok((connection, locks::in_use(dir)?, device_id, opened))
}

/// Opens for reading what is there.
pub(crate) fn for_reading(
    dir: &DataDir,
    busy_timeout: Duration,
) -> Result<(Connection, File), OpenError> {
    let sqlite = |error| OpenError::sqlite(error, dir);
    if !dir.path().is_dir() {
        return Err(OpenError::Missing {
            path: dir.path().to_owned(),
        });
    }
    let _gate = locks::gate(dir)?;
    examine::take_back(dir, busy_timeout)?;
    let migrations = migrate::embedded();
    let known = migrate::newest(migrations);
    match examine::format(dir, busy_timeout, migrations)? {
        Found::Ours(found) | Found::OursWithoutIndex(found) if found == known => {}
        Found::Ours(found) | Found::OursWithoutIndex(found) if found > 0 => {
            return Err(OpenError::Older { found, known });
        }
        Found::Ours(_) | Found::OursWithoutIndex(_) | Found::Nothing => {
            return Err(OpenError::Missing {
                path: dir.path().to_owned(),
            });
        }
        Found::Damaged(detail) => {
            return Err(OpenError::Damaged {
                path: dir.database(),
                detail,
            });
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.database(), flags).map_err(sqlite)?;
    connection.busy_timeout(busy_timeout).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection
        .pragma_update(None, "query_only", true)
        .map_err(sqlite)?;
    connection
        .pragma_update(None, "trusted_schema", false)
        .map_err(sqlite)?;
    Ok((connection, locks::in_use(dir)?))
}

/// I2: a commit that has returned is on the disk.
fn set_up(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update_and_check(None, "journal_mode", "wal", |row| {
        let mode: String = row.get(0)?;
        // A file system without shared memory keeps another mode, which is as safe.
        debug_assert!(!mode.is_empty());
        Ok(())
    })?;
    connection.pragma_update(None, "synchronous", "full")?;
    // Only macOS has it: there an fsync alone stays in the disk's own cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)
}

fn not_inserted(error: WriteError, dir: &DataDir) -> OpenError {
    match error {
        WriteError::DiskFull => OpenError::DiskFull,
        WriteError::Busy => OpenError::Busy,
        WriteError::Sqlite(error) => OpenError::sqlite(error, dir),
        other => OpenError::NotWritable {
            path: dir.path().to_owned(),
            detail: other.to_string(),
        },
    }
}
