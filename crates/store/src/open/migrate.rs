//! Brings a database to this program's format, after a copy of it was made.

use std::error::Error as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use refinery::{Migration, Runner};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::Opening;
use crate::DataDir;
use crate::error::OpenError;

mod history {
    refinery::embed_migrations!("../../migrations/sqlite");
}

/// How many pages are copied before other processes get a turn.
const PAGES_PER_STEP: i32 = 4096;

/// The migrations of this program.
pub(super) fn embedded() -> Vec<Migration> {
    history::migrations::runner().get_migrations().clone()
}

/// The number of the last one.
pub(super) fn newest(migrations: &[Migration]) -> u32 {
    migrations
        .iter()
        .filter_map(|m| u32::try_from(m.version()).ok())
        .max()
        .unwrap_or(0)
}

/// Applies what is missing, each migration in a transaction of its own.
pub(super) fn run(
    connection: &mut Connection,
    migrations: &[Migration],
    dir: &DataDir,
) -> Result<(), OpenError> {
    match Runner::new(migrations).run(connection) {
        Ok(_) => Ok(()),
        Err(error) => Err(match sqlite_cause(&error) {
            Some(cause) => OpenError::sqlite(cause, dir),
            None => OpenError::Migration(error.to_string()),
        }),
    }
}

/// The failure of `SQLite` behind a failure of refinery, rebuilt from its code and message.
fn sqlite_cause(error: &refinery::Error) -> Option<rusqlite::Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(rusqlite::Error::SqliteFailure(failure, message)) = cause.downcast_ref() {
            return Some(rusqlite::Error::SqliteFailure(*failure, message.clone()));
        }
        source = cause.source();
    }
    None
}

/// Copies the database into `backups/`, under a name that appears only when the copy is whole.
pub(super) fn back_up(dir: &DataDir, version: u32, opening: Opening) -> Result<PathBuf, OpenError> {
    let target = dir
        .backups()
        .join(format!("mitta-v{version}-{}.sqlite3", opening.wall_ms.0));
    let partial = target.with_extension("partial");
    copy(dir, &partial, opening.busy_timeout).map_err(|error| OpenError::sqlite(error, dir))?;
    fs::rename(&partial, &target).map_err(|error| OpenError::io(error, dir))?;
    Ok(target)
}

fn copy(dir: &DataDir, partial: &PathBuf, busy_timeout: Duration) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(dir.database(), flags)?;
    source.busy_timeout(busy_timeout)?;
    let mut target = Connection::open(partial)?;
    Backup::new(&source, &mut target)?.run_to_completion(PAGES_PER_STEP, Duration::ZERO, None)
}
