//! How far each share was read, in which life of the server's database, and how it went.

use mitta_domain::{ShareId, UnixMillis};
use uuid::Uuid;

use super::SyncWriteError;
use super::account::{known, known_at};
use crate::error::{ReadError, WriteError};
use crate::tables::{account, cursors, offers, sync_state};
use crate::{Reader, Writer};

pub use crate::tables::cursors::Cursor;
pub use crate::tables::sync_state::{SyncFault, SyncState};

impl Reader {
    /// How far a share was read; nowhere while nobody is signed in.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn cursor(&self, share_id: ShareId) -> Result<Cursor, ReadError> {
        match account::find(&self.connection)? {
            Some(account) => cursors::find(&self.connection, account.server_id, share_id),
            None => Ok(Cursor::default()),
        }
    }

    /// How synchronising goes.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn sync_state(&self) -> Result<SyncState, ReadError> {
        sync_state::load(&self.connection)
    }
}

impl Writer {
    /// Notes that both sides held the same of a share, at a position that it has been read to in that
    /// life of the server's database.
    ///
    /// # Errors
    /// [`SyncWriteError::CursorMoved`] where it has been read to another one; or what the disk says.
    pub fn compared(
        &mut self,
        share_id: ShareId,
        epoch: &str,
        seq: u64,
        at_ms: UnixMillis,
    ) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            let server_id = known(tx)?.server_id;
            if cursors::compared(tx, server_id, share_id, (epoch, seq), at_ms)? {
                return Ok(());
            }
            let Cursor { seq, epoch, .. } = cursors::find(tx, server_id, share_id)?;
            Err(SyncWriteError::CursorMoved {
                share_id,
                seq,
                epoch,
            })
        })
    }

    /// The server's database has begun another life, or is met for the first time: every share is read
    /// from its beginning, and every own session is to be offered again ([`Writer::offer_more`]).
    /// Nothing is removed, however empty the server is (I10). `false` where that life is known already,
    /// and nothing was done.
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`], [`SyncWriteError::OtherServer`], or what the disk says.
    pub fn new_epoch(&mut self, server_id: Uuid, epoch: &str) -> Result<bool, SyncWriteError> {
        self.transaction(|tx| {
            known_at(tx, server_id)?;
            if sync_state::load(tx)?.epoch.as_deref() == Some(epoch) {
                return Ok(false);
            }
            sync_state::set_epoch(tx, Some(epoch))?;
            cursors::rewind(tx, epoch)?;
            offers::all_sessions(tx)?;
            Ok(true)
        })
    }

    /// Does in the epoch that is known what [`Writer::new_epoch`] does in another one: for a server
    /// that knows less than it did.
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`], [`SyncWriteError::OtherServer`], or what the disk says.
    pub fn start_over(&mut self, server_id: Uuid) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            known_at(tx, server_id)?;
            if let Some(epoch) = sync_state::load(tx)?.epoch {
                cursors::rewind(tx, &epoch)?;
                offers::all_sessions(tx)?;
            }
            Ok(())
        })
    }

    /// Notes that all was in step, which ends the last failure.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync_succeeded(&mut self, at_ms: UnixMillis) -> Result<(), WriteError> {
        self.transaction(|tx| sync_state::succeeded(tx, at_ms))
    }

    /// Notes what went wrong, by a stable code.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync_failed(&mut self, code: &str, at_ms: UnixMillis) -> Result<(), WriteError> {
        self.transaction(|tx| sync_state::failed(tx, code, at_ms))
    }
}
