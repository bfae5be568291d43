//! The two locks of opening. `open.lock` is held for a moment by whoever opens; `use.lock` is
//! held, shared, for as long as a connection lives.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::DataDir;
use crate::error::OpenError;

fn file(path: &Path, dir: &DataDir) -> Result<File, OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
        .open(path)
        .map_err(|error| OpenError::io(error, dir))
}

/// Waits for its turn to check, migrate and open.
pub(super) fn gate(dir: &DataDir) -> Result<File, OpenError> {
    let gate = file(&dir.open_lock(), dir)?;
    gate.lock().map_err(|error| OpenError::io(error, dir))?;
    Ok(gate)
}

/// Makes sure that no other connection is open, behind the gate.
pub(super) fn alone(dir: &DataDir) -> Result<File, OpenError> {
    let lock = file(&dir.use_lock(), dir)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(OpenError::io(error, dir)),
    }
}

/// Says, until it is dropped, that a connection is open. Behind the gate nobody is
/// [`alone`] at that moment, so it never waits.
pub(super) fn in_use(dir: &DataDir) -> Result<File, OpenError> {
    let lock = file(&dir.use_lock(), dir)?;
    lock.lock_shared()
        .map_err(|error| OpenError::io(error, dir))?;
    Ok(lock)
}
