//! Signing in and out. One data folder belongs to one person on one server (I10).

use rusqlite::Transaction;
use uuid::Uuid;

use super::SyncWriteError;
use crate::error::ReadError;
use crate::tables::{account, cursors, offers, partnerships, sync_state};
use crate::{Reader, Writer};

pub use crate::tables::account::{AccountRow, Claim, TokenPlace};

impl Reader {
    /// Whose folder this is; `None` while it is nobody's.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn account(&self) -> Result<Option<AccountRow>, ReadError> {
        account::find(&self.connection)
    }
}

impl Writer {
    /// Makes the folder that person's on that server, or signs them in again; a claim that was given
    /// stays given.
    ///
    /// # Errors
    /// [`SyncWriteError::OtherAccount`] where the folder is somebody else's, signed in or not (I10).
    pub fn sign_in(&mut self, account: &AccountRow) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            let mut new = account.clone();
            if let Some(known) = account::find(tx)? {
                if (known.server_id, known.person_id) != (new.server_id, new.person_id) {
                    return Err(SyncWriteError::OtherAccount {
                        server_id: known.server_id,
                        person_id: known.person_id,
                    });
                }
                if known.claim == Claim::Given {
                    new.claim = Claim::Given;
                }
            }
            save(tx, &new)
        })
    }

    /// The person says that what was recorded before is theirs and may be offered.
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`], or what the disk says.
    pub fn give_claim(&mut self) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            let mut account = known(tx)?;
            account.claim = Claim::Given;
            save(tx, &account)
        })
    }

    /// The token is gone or good no more. History, outbox, cursors and the account itself stay (I10).
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`] where nobody ever was, or what the disk says.
    pub fn signed_out(&mut self) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            let mut account = known(tx)?;
            account.signed_in = false;
            save(tx, &account)
        })
    }

    /// Parts the folder from its account for good, on the person's word: cursors, partnerships and what
    /// partners shared go with it. The own history, the outbox and what was refused stay, and the next
    /// server is offered all of it, because its epoch is a new one ([`Writer::new_epoch`]).
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`], or what the disk says.
    pub fn leave_server(&mut self) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            known(tx)?;
            account::remove(tx)?;
            for share in partnerships::shares(tx)? {
                partnerships::remove_share(tx, share.share_id)?;
            }
            for partnership in partnerships::partnerships(tx)? {
                partnerships::remove_partnership(tx, partnership.partnership_id)?;
            }
            cursors::remove_all(tx)?;
            offers::remove_all(tx)?;
            sync_state::forget(tx)?;
            sync_state::count_change(tx)?;
            Ok(())
        })
    }
}

fn save(tx: &Transaction<'_>, account: &AccountRow) -> Result<(), SyncWriteError> {
    account::save(tx, account)?;
    sync_state::count_change(tx)?;
    Ok(())
}

/// The account; without one nothing can be taken over from a server.
pub(super) fn known(tx: &Transaction<'_>) -> Result<AccountRow, SyncWriteError> {
    account::find(tx)?.ok_or(SyncWriteError::NotSignedIn)
}

/// The account, if `server_id` is its server.
pub(super) fn known_at(
    tx: &Transaction<'_>,
    server_id: Uuid,
) -> Result<AccountRow, SyncWriteError> {
    let account = known(tx)?;
    if account.server_id == server_id {
        Ok(account)
    } else {
        Err(SyncWriteError::OtherServer {
            expected: account.server_id,
            found: server_id,
        })
    }
}
