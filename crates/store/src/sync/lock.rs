//! The kernel lock of whoever synchronises a data folder.

use std::fs::File;
use std::io;

use crate::DataDir;
use crate::lock::try_lock;

/// Held by the one process of a data folder that synchronises: an answer that another process had been
/// waiting for is older than what was pulled in the meantime, and would show what was so before.
///
/// The kernel lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct SyncLock(#[expect(dead_code, reason = "kept open, it keeps the lock")] File);

impl SyncLock {
    /// Takes the lock; `None` while somebody else has it. The data folder must be there.
    ///
    /// # Errors
    /// Where the lock file cannot be used.
    pub fn try_take(dir: &DataDir) -> io::Result<Option<Self>> {
        Ok(try_lock(&dir.sync_lock())?.map(Self))
    }
}
