//! Brings a database to this program's format, after a copy of it was made.

use std::error::Error as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::LazyLock;

use refinery::{Migration, Runner};
use rusqlite::{Connection, OpenFlags};

use super::Opening;
use crate::DataDir;
use crate::copies::{self, CopyError};
use crate::error::OpenError;

mod history {
    refinery::embed_migrations!("../../migrations/sqlite");
}

/// The migrations of this program, in order.
pub(crate) fn embedded() -> &'static [Migration] {
    static EMBEDDED: LazyLock<Vec<Migration>> =
        LazyLock::new(|| history::migrations::runner().get_migrations().clone());
    &EMBEDDED
}

/// The number of the last one.
pub(super) fn newest(migrations: &[Migration]) -> u32 {
    migrations
        .iter()
        .filter_map(|m| u32::try_from(m.version()).ok())
        .max()
        .unwrap_or(0)
}

/// Applies what is missing, all of it with its records in one transaction: for each migration alone refinery
/// has two of them, and a process that is killed between them leaves what can never be migrated again.
pub(crate) fn run(
    connection: &mut Connection,
    migrations: &[Migration],
    dir: &DataDir,
) -> Result<(), OpenError> {
    match Runner::new(migrations).set_grouped(true).run(connection) {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(&error, dir)),
    }
}

/// The failure of `SQLite` behind a failure of refinery, rebuilt from its code and message; of a statement
/// that it does not take, without that statement, which may be a whole migration.
fn failed(error: &refinery::Error, dir: &DataDir) -> OpenError {
    let mut source = error.source();
    while let Some(cause) = source {
        match cause.downcast_ref() {
            Some(rusqlite::Error::SqliteFailure(failure, message)) => {
                let cause = rusqlite::Error::SqliteFailure(*failure, message.clone());
                return OpenError::sqlite(cause, dir);
            }
            Some(rusqlite::Error::SqlInputError { msg, .. }) => {
                return OpenError::Migration(msg.clone());
            }
            _ => source = cause.source(),
        }
    }
    OpenError::Migration(error.to_string())
}

/// Copies the database into `backups/`, under a name that appears only when the copy is whole.
pub(super) fn back_up(dir: &DataDir, version: u32, opening: Opening) -> Result<PathBuf, OpenError> {
    let sqlite = |error| OpenError::sqlite(error, dir);
    let target = copies::before_migration(dir, version, opening.wall_ms);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(dir.database(), flags).map_err(sqlite)?;
    source.busy_timeout(opening.busy_timeout).map_err(sqlite)?;
    match copies::copy(dir, &source, &target, &mut |_| ControlFlow::Continue(())) {
        Ok(()) => Ok(target),
        Err(CopyError::DiskFull) => Err(OpenError::DiskFull),
        Err(CopyError::Open(error)) => Err(error),
        Err(CopyError::Sqlite(error)) => Err(sqlite(error)),
        Err(error) => Err(OpenError::NotWritable {
            path: dir.backups(),
            detail: error.to_string(),
        }),
    }
}
