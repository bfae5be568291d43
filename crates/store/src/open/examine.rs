//! Looks at what is in the folder, through a connection that cannot write.

use std::path::Path;
use std::time::Duration;

use refinery::Migration;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, ffi};

use super::{migrate, set_aside};
use crate::DataDir;
use crate::error::{OpenError, is_busy, is_damage, is_damaged_index};
use crate::tables::search;

/// How many faults are looked at: behind that of the index another may stand.
const MOST_FAULTS: u32 = 10;

/// What is there.
pub(crate) enum Found {
    /// No database.
    Nothing,
    /// A database of this program's, at this migration.
    Ours(u32),
    /// The same, but the index of the search has to be made anew.
    OursWithoutIndex(u32),
    /// A damaged one, and what `SQLite` says of it.
    Damaged(String),
}

/// The database's format, and whether the file is sound.
pub(super) fn database(
    dir: &DataDir,
    busy_timeout: Duration,
    migrations: &[Migration],
) -> Result<Found, OpenError> {
    look(dir, busy_timeout, |connection| {
        let found = version(connection, &dir.database(), migrations)?;
        let mut statement = connection.prepare(&format!("PRAGMA quick_check({MOST_FAULTS})"))?;
        let verdicts = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut index_is_damaged = false;
        for verdict in verdicts {
            let verdict = match verdict {
                Err(error) if is_damaged_index(&error) => {
                    index_is_damaged = true;
                    break;
                }
                verdict => verdict?,
            };
            if search::is_about_index(&verdict) {
                index_is_damaged = true;
            } else if verdict != "ok" {
                return Ok(Found::Damaged(verdict));
            }
        }
        Ok(match found {
            Found::Ours(version) if index_is_damaged => Found::OursWithoutIndex(version),
            found => found,
        })
    })
}

/// The database's format alone.
pub(super) fn format(
    dir: &DataDir,
    busy_timeout: Duration,
    migrations: &[Migration],
) -> Result<Found, OpenError> {
    look(dir, busy_timeout, |connection| {
        version(connection, &dir.database(), migrations)
    })
}

/// A failure of `SQLite`, which may turn out to be damage, or a verdict.
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    Verdict(OpenError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Has `SQLite` take back the change in the middle of which a process was killed while there was no log yet
/// (the first launch), or where the file system allows none: it does so only for who may write. Whose database
/// it is cannot be read before; its content is that of its last commit before and after.
pub(super) fn take_back(dir: &DataDir, busy_timeout: Duration) -> Result<(), OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match read_anything(dir, flags, busy_timeout) {
        Err(rusqlite::Error::SqliteFailure(failure, _))
            if failure.extended_code == ffi::SQLITE_READONLY_ROLLBACK => {}
        Err(error) if is_busy(&error) => return Err(OpenError::sqlite(error, dir)),
        // Whatever else is wrong with it is for who looks.
        _ => return Ok(()),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match read_anything(dir, flags, busy_timeout) {
        Err(error) if !is_damage(&error) => Err(OpenError::sqlite(error, dir)),
        _ => Ok(()),
    }
}

fn read_anything(dir: &DataDir, flags: OpenFlags, busy_timeout: Duration) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(dir.database(), flags)?;
    connection.busy_timeout(busy_timeout)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

fn look(
    dir: &DataDir,
    busy_timeout: Duration,
    body: impl Fn(&Connection) -> Result<Found, Failure>,
) -> Result<Found, OpenError> {
    if !dir
        .database()
        .try_exists()
        .map_err(|error| OpenError::io(error, dir))?
    {
        // SQLite would delete a log without its database, and with it the last sits.
        let stray = set_aside::sidecars(&dir.database())
            .into_iter()
            .any(|file| file.exists());
        let detail = "the file is gone, its log is still there".to_owned();
        return Ok(if stray {
            Found::Damaged(detail)
        } else {
            Found::Nothing
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let found = Connection::open_with_flags(dir.database(), flags)
        .and_then(|connection| {
            connection.busy_timeout(busy_timeout)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            Ok(connection)
        })
        .map_err(Failure::Sqlite)
        .and_then(|connection| body(&connection));
    match found {
        Ok(found) => Ok(found),
        Err(Failure::Sqlite(error)) if is_damage(&error) => Ok(Found::Damaged(error.to_string())),
        Err(Failure::Sqlite(error)) => Err(OpenError::sqlite(error, dir)),
        Err(Failure::Verdict(error)) => Err(error),
    }
}

/// The newest applied migration of `file`; each applied one must be one of ours, unchanged.
pub(crate) fn version(
    connection: &Connection,
    file: &Path,
    migrations: &[Migration],
) -> Result<Found, Failure> {
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let has_history = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'",
            [],
            |_| Ok(()),
        )
        .optional()?
        .is_some();
    let foreign = || {
        Failure::Verdict(OpenError::Foreign {
            path: file.to_owned(),
        })
    };
    if !has_history {
        return if tables == 0 {
            Ok(Found::Ours(0))
        } else {
            Err(foreign())
        };
    }
    let mut statement =
        connection.prepare("SELECT version, checksum FROM refinery_schema_history")?;
    let applied = statement
        .query_map([], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let found = applied
        .iter()
        .map(|(version, _)| *version)
        .max()
        .unwrap_or(0);
    let known = migrate::newest(migrations);
    if found > known {
        return Err(Failure::Verdict(OpenError::Newer { found, known }));
    }
    let ours = |(version, checksum): &(u32, String)| {
        migrations.iter().any(|migration| {
            u32::try_from(migration.version()) == Ok(*version)
                && migration.checksum().to_string() == *checksum
        })
    };
    if applied.iter().all(ours) {
        Ok(Found::Ours(found))
    } else {
        Err(foreign())
    }
}
