//! A look at one setting, for a program that has to speak before it opens anything.
//!
//! Must hold: it makes no folder, changes no row, and waits for nobody. So it stands before no gate:
//! what it may miss while another process migrates or sets aside is a word in another language.

use std::time::Duration;

use mitta_domain::settings::Language;
use rusqlite::{Connection, OpenFlags};

use super::examine::{Failure, version};
use super::migrate;
use crate::DataDir;
use crate::error::OpenError;
use crate::tables::settings;

/// Nobody notices it.
const A_MOMENT: Duration = Duration::from_millis(50);

/// The language that a person chose in the settings of a folder; the system's where there is no history
/// yet.
///
/// # Errors
/// [`OpenError`] for a history that this program cannot read, by its format or at this moment.
pub fn language(dir: &DataDir) -> Result<Language, OpenError> {
    let database = dir.database();
    if !database
        .try_exists()
        .map_err(|error| OpenError::io(error, dir))?
    {
        return Ok(Language::System);
    }
    let sqlite = |error| OpenError::sqlite(error, dir);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&database, flags).map_err(sqlite)?;
    connection.busy_timeout(A_MOMENT).map_err(sqlite)?;
    match version(&connection, &database, migrate::embedded()) {
        // An older format that has no language is an error of its own.
        Ok(_) => Ok(settings::language(&connection)?),
        Err(Failure::Sqlite(error)) => Err(sqlite(error)),
        Err(Failure::Verdict(error)) => Err(error),
    }
}
