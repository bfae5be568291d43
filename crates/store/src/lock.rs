//! The kernel locks of a data folder: of the one live sit, and of an import.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use mitta_domain::SessionId;

use crate::DataDir;

/// Held by whoever drives a sit: only its holder may drive, recover or complete a running row.
///
/// The kernel lets go of it when the process dies, however it dies. It holds between processes
/// and between two takers in one process.
#[derive(Debug)]
pub struct SittingLock(File);

/// Nobody drives a sit, and nobody can begin to while this is kept.
#[derive(Debug)]
pub struct Vacancy(#[expect(dead_code, reason = "kept open, it keeps the lock")] Option<File>);

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another sit is live in this data folder.
    #[error("another sit is running")]
    Held {
        /// Which, if its holder has said so already.
        session_id: Option<SessionId>,
    },
    /// The lock file could not be opened or written.
    #[error("the lock of the running sit could not be taken: {0}")]
    Io(#[from] io::Error),
}

impl SittingLock {
    /// Takes the lock, if nobody has it, for the session named.
    ///
    /// # Errors
    /// [`LockError::Held`] while somebody else has it, [`LockError::Io`] where the file cannot be
    /// used.
    pub fn try_take(dir: &DataDir, session_id: Option<SessionId>) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(dir.sitting_lock())?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = Self(file);
                lock.name(session_id)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => Err(held(file)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Looks whether nobody has the lock. The file is only read: others watch it for being written,
    /// and several may look at once.
    ///
    /// # Errors
    /// [`LockError::Held`] while somebody has it, [`LockError::Io`] where the file cannot be read.
    pub fn vacancy(dir: &DataDir) -> Result<Vacancy, LockError> {
        let file = match File::open(dir.sitting_lock()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vacancy(None)),
            Err(error) => return Err(error.into()),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Vacancy(Some(file))),
            Err(TryLockError::WouldBlock) => Err(held(file)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Says, to whoever finds the lock held, which session it is held for.
    ///
    /// # Errors
    /// What the system says; the lock stays taken.
    pub fn name(&mut self, session_id: Option<SessionId>) -> io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        if let Some(session_id) = session_id {
            writeln!(self.0, "{session_id}")?;
        }
        Ok(())
    }
}

/// Held by the one process of a data folder that imports, takes an import back or brings it back: what
/// it does goes over many transactions, and what another did between them would be judged wrongly.
///
/// The kernel lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct TransferLock(#[expect(dead_code, reason = "kept open, it keeps the lock")] File);

impl TransferLock {
    /// Takes the lock; `None` while somebody else has it. The data folder must be there.
    ///
    /// # Errors
    /// Where the lock file cannot be used.
    pub fn try_take(dir: &DataDir) -> io::Result<Option<Self>> {
        Ok(try_lock(&dir.transfer_lock())?.map(Self))
    }
}

/// Opens a file that only locks.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

/// Takes the lock of a file that only locks; `None` while somebody else has it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn held(mut file: File) -> LockError {
    let mut text = String::new();
    // Where the system locks reading too, the holder stays unnamed.
    let read = file.read_to_string(&mut text).ok();
    LockError::Held {
        session_id: read.and_then(|_| text.trim().parse().ok()),
    }
}

impl Drop for SittingLock {
    fn drop(&mut self) {
        // Only a courtesy to readers of the file: closing it is what lets go of the lock.
        let _ = self.0.set_len(0);
    }
}
