//! What copies left whose process died: cleared away before it fills the disk.
//!
//! Must hold: what somebody is writing is not touched (`copying.lock`, shared by all who copy), nor what
//! does not have a name that this program gives.

use std::fs::{self, File, TryLockError};
use std::io;

use super::staged;
use crate::DataDir;
use crate::copies::CopyKind;
use crate::lock::{lock_file, try_lock};

/// What `SQLite` may lay beside a file that it writes.
const SIDECARS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// Clears away what is left, and says, until it is dropped, that a copy is being made.
pub(super) fn copying(dir: &DataDir) -> io::Result<File> {
    dir.create()?;
    let lock = lock_file(&dir.copying_lock())?;
    match lock.try_lock() {
        Ok(()) => remove(dir)?,
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // Whoever clears away is done in a moment.
    lock.lock_shared()?;
    Ok(lock)
}

/// Removes it, where nobody is copying.
fn remove(dir: &DataDir) -> io::Result<()> {
    for entry in fs::read_dir(dir.backups())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(is_cut_short) {
            gone(fs::remove_file(path))?;
        }
    }
    // One that was being looked at; whoever looks at one now has the lock.
    if let Some(_turn) = try_lock(&dir.staged_lock())? {
        staged::remove(&dir.staged())?;
    }
    Ok(())
}

fn is_cut_short(name: &str) -> bool {
    let of = |name: &str| {
        let stem = name.strip_suffix(".sqlite3.partial");
        stem.is_some_and(|stem| CopyKind::of(stem) != CopyKind::Other)
    };
    of(name)
        || SIDECARS
            .iter()
            .any(|end| name.strip_suffix(end).is_some_and(of))
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
