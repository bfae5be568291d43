//! The data folder and where things are in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A data folder: `mitta.sqlite3`, `sitting.lock`, `sounds/`, `backups/`, `logs/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// The name of a file of which only counts that it is written: after each change of the history.
    pub const CHANGE_SIGN: &'static str = "history.changed";

    /// Names a folder; nothing is created or read.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Creates the folder and those in it; readable by its owner only, on Unix.
    ///
    /// # Errors
    /// What the system says, where a folder is missing and cannot be made.
    pub fn create(&self) -> io::Result<()> {
        for folder in [self.0.clone(), self.sounds(), self.backups(), self.logs()] {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder)?;
        }
        Ok(())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("mitta.sqlite3")
    }

    /// Locked by the process that drives a sit.
    pub fn sitting_lock(&self) -> PathBuf {
        self.0.join("sitting.lock")
    }

    /// Locked by the process that synchronises.
    pub(crate) fn sync_lock(&self) -> PathBuf {
        self.0.join("sync.lock")
    }

    /// Locked by the process that imports, or takes an import back.
    pub(crate) fn transfer_lock(&self) -> PathBuf {
        self.0.join("transfer.lock")
    }

    /// Locked, for a moment, by a process that opens, checks or migrates the database.
    pub(crate) fn open_lock(&self) -> PathBuf {
        self.0.join("open.lock")
    }

    /// Locked, shared, by every process that has the database open.
    pub(crate) fn use_lock(&self) -> PathBuf {
        self.0.join("use.lock")
    }

    /// All files that only lock.
    pub(crate) fn locks(&self) -> Vec<PathBuf> {
        vec![
            self.sitting_lock(),
            self.sync_lock(),
            self.transfer_lock(),
            self.open_lock(),
            self.use_lock(),
            self.weekly_lock(),
            self.staged_lock(),
            self.copying_lock(),
        ]
    }

    /// Written after each change of the history.
    pub fn change_sign(&self) -> PathBuf {
        self.0.join(Self::CHANGE_SIGN)
    }

    /// The sign-in, where there is no keyring and the person agreed.
    pub fn token(&self) -> PathBuf {
        self.0.join("token")
    }

    /// The data folder of a folder of bells.
    pub fn of_sounds(sounds: &Path) -> Self {
        Self::new(sounds.parent().unwrap_or(sounds))
    }

    /// The person's own bells.
    pub fn sounds(&self) -> PathBuf {
        self.0.join("sounds")
    }

    /// Copies of the database: weekly ones, those from before a migration or a restore, and those a
    /// person asked for.
    pub fn backups(&self) -> PathBuf {
        self.0.join("backups")
    }

    /// A copy that is being looked at.
    pub(crate) fn staged(&self) -> PathBuf {
        self.backups().join("staged.partial")
    }

    /// Locked by the process that looks at a copy.
    pub(crate) fn staged_lock(&self) -> PathBuf {
        self.backups().join("staged.lock")
    }

    /// Locked, shared, by every process that makes a copy.
    pub(crate) fn copying_lock(&self) -> PathBuf {
        self.backups().join("copying.lock")
    }

    /// Locked by the process that makes the weekly copy.
    pub(crate) fn weekly_lock(&self) -> PathBuf {
        self.backups().join("weekly.lock")
    }

    /// Logs.
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }
}
