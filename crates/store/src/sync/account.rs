//! Signing in and out. One data folder belongs to one person on one server (I10).

use mitta_domain::PersonId;
use rusqlite::Transaction;
use uuid::Uuid;

use super::SyncWriteError;
use crate::error::{ReadError, WriteError};
use crate::tables::{account, cursors, offers, partnerships, seats, server_clock, sync_state};
use crate::{Reader, Writer};

pub use crate::tables::account::{AccountRow, Claim, TokenPlace};

/// Whom work was begun for: a person on a server. Whatever takes a while says so when it stores what came
/// of it, because the folder may be somebody else's by then (I10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The server.
    pub server_id: Uuid,
    /// The person there.
    pub person_id: PersonId,
}

impl AccountRow {
    /// Whom it is the account of.
    pub const fn owner(&self) -> Owner {
        Owner {
            server_id: self.server_id,
            person_id: self.person_id,
        }
    }
}

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
                is_of(&known, new.owner())?;
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

    /// That person's token is gone or good no more. History, outbox, cursors and the account itself stay
    /// (I10).
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`] where nobody ever was, [`SyncWriteError::OtherAccount`] where the
    /// folder is somebody else's, or what the disk says.
    pub fn signed_out(&mut self, owner: Owner) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            let mut account = known_of(tx, owner)?;
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
            forget_server(tx)?;
            sync_state::count_change(tx)?;
            Ok(())
        })
    }
}

/// Forgets all that was read from a server but the own history: cursors, partnerships and what partners
/// shared. The outbox and what was refused stay.
pub(crate) fn forget_server(tx: &Transaction<'_>) -> Result<(), WriteError> {
    for share in partnerships::shares(tx)? {
        partnerships::remove_share(tx, share.share_id)?;
    }
    for partnership in partnerships::partnerships(tx)? {
        partnerships::remove_partnership(tx, partnership.partnership_id)?;
    }
    seats::remove_all(tx)?;
    server_clock::remove(tx)?;
    cursors::remove_all(tx)?;
    offers::remove_all(tx)?;
    sync_state::forget(tx)
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

/// The account, if it is still that person's on that server.
pub(super) fn known_of(tx: &Transaction<'_>, owner: Owner) -> Result<AccountRow, SyncWriteError> {
    let account = known(tx)?;
    is_of(&account, owner)?;
    Ok(account)
}

fn is_of(account: &AccountRow, owner: Owner) -> Result<(), SyncWriteError> {
    if account.owner() == owner {
        Ok(())
    } else {
        Err(SyncWriteError::OtherAccount {
            server_id: account.server_id,
            person_id: account.person_id,
        })
    }
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
