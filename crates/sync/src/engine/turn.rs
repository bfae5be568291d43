//! Who is at work in a data folder: one process at a time syncs it, or changes whose it is.

use std::time::Duration;

use mitta_store::SyncLock;

use super::worker::Worker;
use crate::api::{AccountError, AccountErrorCode as Code};

/// While another process syncs, it looks again after so long.
const OTHER_PROCESS: Duration = Duration::from_mins(1);
/// Who was asked for something tries so often to get its turn, with a pause in between.
const LOCK_TRIES: u32 = if cfg!(test) { 3 } else { 600 };
const LOCK_PAUSE: Duration = Duration::from_millis(50);

impl Worker {
    /// The turn of a command that changes whose the folder is: no round is under way while it lasts, in
    /// this process or another, whose end would be another person's (I10).
    pub(super) async fn turn(&mut self) -> Result<SyncLock, AccountError> {
        // The lock lies in the folder.
        self.store()?;
        self.take_turn(LOCK_TRIES).await?.ok_or_else(other_program)
    }

    /// The turn of a round. Who was asked to sync waits a while for it; who syncs by itself looks again
    /// later.
    pub(super) async fn turn_of_round(&mut self) -> Option<SyncLock> {
        let tries = if self.is_waited_for() { LOCK_TRIES } else { 1 };
        match self.take_turn(tries).await {
            Ok(Some(lock)) => return Some(lock),
            Ok(None) => {
                if self.shared.in_background {
                    self.soon(OTHER_PROCESS);
                }
                // Nothing was synced, whatever the state says.
                self.refuse_waiters(&other_program());
            }
            Err(error) => {
                self.failed_before(error);
                self.tell_waiters();
            }
        }
        None
    }

    async fn take_turn(&mut self, tries: u32) -> Result<Option<SyncLock>, AccountError> {
        for nth in 0..tries {
            if nth > 0 {
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            let lock = SyncLock::try_take(&self.shared.dir);
            if let Some(lock) = lock.map_err(|e| AccountError::new(Code::Storage, e))? {
                return Ok(Some(lock));
            }
        }
        Ok(None)
    }
}

fn other_program() -> AccountError {
    let what = "another program is syncing this history at the moment; please try again";
    AccountError::new(Code::OtherProgram, what)
}
