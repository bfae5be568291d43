//! What can go wrong with copies, sorted by what a person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use mitta_domain::SessionId;

use crate::error::{OpenError, ReadError, WriteError, is_damage};
use crate::lock::LockError;

/// Why a copy was not made. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is a file of that name.
    #[error("there is a file {} already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// This program works with that file.
    #[error("{} is a file that Mitta works with itself", path.display())]
    Own {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The place cannot be written.
    #[error("{} cannot be written: {detail}", path.display())]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The copy was not sound, so the history or the disk is not either.
    #[error("the copy was not sound and was thrown away: {detail}")]
    Unsound {
        /// What `SQLite` found.
        detail: String,
    },
    /// It was stopped by whoever watched it.
    #[error("it was stopped")]
    Stopped,
    /// The history could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Any other failure of the database.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
}

/// Why nothing was restored. The history is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// No such file, or one that cannot be read.
    #[error("{} cannot be read: {detail}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// This program works with that file: the history, for one.
    #[error("{} is a file that Mitta works with itself", path.display())]
    Own {
        /// The file.
        path: PathBuf,
    },
    /// It is no database.
    #[error("{} is not a copy of a history", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// It is another program's database, or one that somebody has changed.
    #[error("{} is not a history that this program can use", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was written by a newer Mitta.
    #[error(
        "the copy was written by a newer Mitta (format {found}; this one knows {known}): please update Mitta"
    )]
    Newer {
        /// Its newest migration.
        found: u32,
        /// The newest that this program has.
        known: u32,
    },
    /// It is damaged.
    #[error("the copy {} is damaged: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// It belongs to another person, or to another server (I10).
    #[error("the copy belongs to {login} on {server_url}")]
    OtherAccount {
        /// Their login.
        login: String,
        /// Their server.
        server_url: String,
    },
    /// A sit is running.
    #[error("a sit is running")]
    SitRunning {
        /// Which, if its process has said so already.
        session_id: Option<SessionId>,
    },
    /// Another process is syncing; it is over in a moment.
    #[error("another program is syncing this history at the moment")]
    Syncing,
    /// A process imports sits, or takes an import back.
    #[error("another import or export is going on")]
    Importing,
    /// It was stopped by whoever watched it.
    #[error("it was stopped")]
    Stopped,
    /// What is there could not be kept as a copy first.
    #[error("what is there could not be kept first: {0}")]
    NotKept(CopyError),
    /// The history could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The history could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The copy could not be laid beside the history, to be looked at.
    #[error("the copy could not be looked at: {0}")]
    Staging(CopyError),
}

impl CopyError {
    pub(super) fn io(error: &io::Error, path: &Path) -> Self {
        use io::ErrorKind as Is;
        match error.kind() {
            Is::StorageFull | Is::QuotaExceeded => Self::DiskFull,
            _ => Self::NotWritable {
                path: path.to_owned(),
                detail: error.to_string(),
            },
        }
    }

    /// A failure at a copy in `path`.
    pub(super) fn sqlite(error: rusqlite::Error, path: &Path) -> Self {
        if is_damage(&error) {
            return Self::Unsound {
                detail: error.to_string(),
            };
        }
        match WriteError::from(error) {
            WriteError::DiskFull => Self::DiskFull,
            WriteError::NotWritable => Self::NotWritable {
                path: path.to_owned(),
                detail: WriteError::NotWritable.to_string(),
            },
            WriteError::Busy => Self::Open(OpenError::Busy),
            WriteError::Sqlite(error) => Self::Sqlite(error),
            other => Self::Unsound {
                detail: other.to_string(),
            },
        }
    }

    pub(super) fn of_read(error: ReadError) -> Self {
        match error {
            ReadError::Sqlite(error) if is_damage(&error) => Self::Unsound {
                detail: error.to_string(),
            },
            other => Self::Open(OpenError::Read(other)),
        }
    }
}

impl From<LockError> for RestoreError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held { session_id } => Self::SitRunning { session_id },
            LockError::Io(error) => Self::Open(OpenError::Io(error)),
        }
    }
}

impl From<ReadError> for RestoreError {
    fn from(error: ReadError) -> Self {
        Self::Open(OpenError::Read(error))
    }
}

impl From<rusqlite::Error> for RestoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Write(WriteError::from(error))
    }
}
