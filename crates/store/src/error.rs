//! What can go wrong with the data folder, sorted by what a person can do about it.

use std::io;
use std::path::PathBuf;

use mitta_domain::apply::Rejection;
use mitta_domain::preset::PresetRefused;
use mitta_domain::reminder::ReminderRefused;
use mitta_domain::session::InvalidWords;
use mitta_domain::settings::InvalidSettings;
use mitta_domain::{Session, SessionId};
use rusqlite::ErrorCode;

/// Why the database could not be opened. Nothing was changed by the attempt.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No database there; a [`crate::Writer`] makes one.
    #[error("there is no history in {} yet", path.display())]
    Missing {
        /// The data folder.
        path: PathBuf,
    },
    /// The database was written by a newer Mitta. It was left as it is.
    #[error(
        "the history was written by a newer Mitta (format {found}; this one knows {known}): please update Mitta"
    )]
    Newer {
        /// Its newest migration.
        found: u32,
        /// The newest that this program has.
        known: u32,
    },
    /// The database needs migrations; a [`crate::Writer`] applies them.
    #[error(
        "the history is of format {found} and has to be brought to {known} first: start Mitta once"
    )]
    Older {
        /// Its newest migration.
        found: u32,
        /// The newest that this program has.
        known: u32,
    },
    /// The same migrations by number, but not by content, or another program's database.
    #[error("{} is not a history that this program can use", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It has to be migrated or set aside, but another process has it open.
    #[error("another Mitta has the history open")]
    InUse,
    /// It is damaged (only a [`crate::Writer`] sets it aside).
    #[error("the history in {} is damaged: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What `SQLite` found.
        detail: String,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder or a file in it cannot be read or written.
    #[error("the data folder {} cannot be used: {detail}", path.display())]
    NotWritable {
        /// The data folder.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Another program holds the database locked.
    #[error("another program holds the database locked")]
    Busy,
    /// A row that the program needs to begin with cannot be understood.
    #[error(transparent)]
    Read(ReadError),
    /// A migration failed; the database is as it was.
    #[error("the history could not be brought to the new format: {0}")]
    Migration(String),
    /// Any other failure of the database.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
    /// Any other failure of the system.
    #[error("the data folder failed: {0}")]
    Io(io::Error),
}

/// Why reading failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A value that this program cannot have written.
    #[error("the history is damaged: {table}.{column} cannot be understood")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// Another program holds the database locked.
    #[error("another program holds the database locked")]
    Busy,
    /// Any other failure of the database.
    #[error("the database could not be read: {0}")]
    Sqlite(rusqlite::Error),
}

/// Why a write failed. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// No session has that id.
    #[error("there is no sit {0}")]
    Unknown(SessionId),
    /// The session was completed before; it is given as it is.
    #[error("the sit {} was completed before", session.start.session_id)]
    AlreadyCompleted {
        /// The session as it is recorded.
        session: Box<Session>,
    },
    /// The session is still running.
    #[error("the sit {0} is still running")]
    NotCompleted(SessionId),
    /// A session with that id exists.
    #[error("the sit {0} was started before")]
    AlreadyStarted(SessionId),
    /// The session is deleted.
    #[error("the sit {0} is deleted")]
    Deleted(SessionId),
    /// The session stands in no other's place.
    #[error("the sit {0} has the date that it was recorded with")]
    NotReplacing(SessionId),
    /// Note, mood or label outside their ranges.
    #[error(transparent)]
    InvalidWords(#[from] InvalidWords),
    /// A setting outside its range.
    #[error(transparent)]
    InvalidSettings(#[from] InvalidSettings),
    /// A preset that cannot be kept, changed or found.
    #[error(transparent)]
    Preset(#[from] PresetRefused),
    /// A reminder that cannot be kept, changed or found.
    #[error(transparent)]
    Reminder(#[from] ReminderRefused),
    /// The change breaks a rule that holds on every device.
    #[error("{0}")]
    Rejected(Rejection),
    /// A statement touched another number of rows than it must (I1).
    #[error("{expected} row of {table} should have changed, but {found} did")]
    RowCount {
        /// The table.
        table: &'static str,
        /// How many rows it must be.
        expected: usize,
        /// How many it was.
        found: usize,
    },
    /// A value in the database that this program cannot have written.
    #[error("the history is damaged: {table}.{column} cannot be understood")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The database or its folder cannot be written.
    #[error("the data folder cannot be written")]
    NotWritable,
    /// Another program holds the database locked.
    #[error("another program holds the database locked")]
    Busy,
    /// Any other failure of the database.
    #[error("the database could not be written: {0}")]
    Sqlite(rusqlite::Error),
}

/// The kinds of failure that a person can do something about.
enum Kind {
    DiskFull,
    NotWritable,
    Busy,
    Other,
}

fn kind(error: &rusqlite::Error) -> Kind {
    use rusqlite::ffi;
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return Kind::Other;
    };
    match (failure.code, failure.extended_code) {
        // Growing the shared memory file of the WAL is how a full disk shows first.
        (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Kind::DiskFull,
        (ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => {
            Kind::NotWritable
        }
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Kind::Busy,
        _ => Kind::Other,
    }
}

/// Whether another has it locked.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(kind(error), Kind::Busy)
}

/// Whether `SQLite` says that the file itself is damaged.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

impl OpenError {
    pub(crate) fn sqlite(error: rusqlite::Error, folder: &crate::DataDir) -> Self {
        match kind(&error) {
            Kind::DiskFull => Self::DiskFull,
            Kind::NotWritable => Self::NotWritable {
                path: folder.path().to_owned(),
                detail: error.to_string(),
            },
            Kind::Busy => Self::Busy,
            Kind::Other => Self::Sqlite(error),
        }
    }

    pub(crate) fn io(error: io::Error, folder: &crate::DataDir) -> Self {
        use io::ErrorKind as Is;
        match error.kind() {
            Is::StorageFull | Is::QuotaExceeded => Self::DiskFull,
            Is::PermissionDenied
            | Is::ReadOnlyFilesystem
            | Is::NotADirectory
            | Is::AlreadyExists => Self::NotWritable {
                path: folder.path().to_owned(),
                detail: error.to_string(),
            },
            _ => Self::Io(error),
        }
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl ReadError {
    /// Whether the index of the search is at fault, which [`crate::Writer::rebuild_search`] mends.
    pub fn is_of_search(&self) -> bool {
        matches!(self, Self::Sqlite(error) if is_damaged_index(error))
    }
}

impl WriteError {
    /// As [`ReadError::is_of_search`].
    pub(crate) fn is_of_search(&self) -> bool {
        matches!(self, Self::Sqlite(error) if is_damaged_index(error))
    }
}

/// `SQLite` says so of the tables of a virtual table alone, and there is but one here.
pub(crate) fn is_damaged_index(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(failure, _)
        if failure.extended_code == rusqlite::ffi::SQLITE_CORRUPT_VTAB)
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        match kind(&error) {
            Kind::Busy => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        match kind(&error) {
            Kind::DiskFull => Self::DiskFull,
            Kind::NotWritable => Self::NotWritable,
            Kind::Busy => Self::Busy,
            Kind::Other => Self::Sqlite(error),
        }
    }
}

impl From<ReadError> for WriteError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Corrupt { table, column } => Self::Corrupt { table, column },
            ReadError::Busy => Self::Busy,
            ReadError::Sqlite(error) => Self::from(error),
        }
    }
}

/// One row, no more and no less, must have changed (I1).
pub(crate) fn one_row(table: &'static str, found: usize) -> Result<(), WriteError> {
    if found == 1 {
        Ok(())
    } else {
        Err(WriteError::RowCount {
            table,
            expected: 1,
            found,
        })
    }
}
