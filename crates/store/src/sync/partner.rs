//! Who shares what with whom, and the sits that others share.

use chrono::NaiveDate;
use mitta_domain::ShareId;
use mitta_domain::share::SharedSit;
use mitta_domain::totals::DayTotal;
use rusqlite::Transaction;
use uuid::Uuid;

use super::SyncWriteError;
use super::account::known_at;
use crate::error::{ReadError, WriteError};
use crate::tables::{partner_sessions, partnerships, sync_state};
use crate::{Position, Reader, Writer};

pub use crate::tables::partnerships::{MemberRow, PartnershipRow, ShareRow};

/// Everything that the person may read and is a member of, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Membership {
    /// Every feed that may be read, the own one too.
    pub shares: Vec<ShareRow>,
    /// Every partnership.
    pub partnerships: Vec<PartnershipRow>,
}

impl Reader {
    /// The feeds that may be read, by their id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn shares(&self) -> Result<Vec<ShareRow>, ReadError> {
        partnerships::shares(&self.connection)
    }

    /// The partnerships with their members, by their id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn partnerships(&self) -> Result<Vec<PartnershipRow>, ReadError> {
        partnerships::partnerships(&self.connection)
    }

    /// What a share holds on the dates `from..=to` that have any, in order (I8: derived from its sits).
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn shared_day_totals(
        &self,
        share_id: ShareId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<DayTotal>, ReadError> {
        partner_sessions::days(&self.connection, share_id, from, to)
    }

    /// At most `limit` sits of a share, newest first, from before a position.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn partner_sits(
        &self,
        share_id: ShareId,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<SharedSit>, ReadError> {
        partner_sessions::page(&self.connection, share_id, before, limit)
    }
}

impl Writer {
    /// Takes over memberships and shares that came without a page. Says whether anything is different.
    ///
    /// # Errors
    /// [`SyncWriteError::NotSignedIn`], [`SyncWriteError::OtherServer`], or what the disk says.
    pub fn apply_membership(
        &mut self,
        server_id: Uuid,
        membership: &Membership,
    ) -> Result<bool, SyncWriteError> {
        self.transaction(|tx| {
            known_at(tx, server_id)?;
            let changed = replace(tx, membership)?;
            if changed {
                sync_state::count_change(tx)?;
            }
            Ok(changed)
        })
    }
}

/// Makes memberships and shares what the server says they are. A share that is gone takes its rows and
/// its cursor along (I10). Says whether a person could see a difference.
pub(super) fn replace(tx: &Transaction<'_>, new: &Membership) -> Result<bool, WriteError> {
    let shares = partnerships::shares(tx)?;
    let partnerships = partnerships::partnerships(tx)?;
    let gone_shares = shares
        .iter()
        .filter(|old| new.shares.iter().all(|s| s.share_id != old.share_id));
    for share in gone_shares {
        partnerships::remove_share(tx, share.share_id)?;
    }
    for partnership in &new.partnerships {
        if !partnerships.contains(partnership) {
            partnerships::save_partnership(tx, partnership)?;
        }
    }
    for share in &new.shares {
        if !shares.contains(share) {
            partnerships::save_share(tx, share)?;
        }
    }
    let is_gone = |old: &&PartnershipRow| {
        let is_it = |p: &PartnershipRow| p.partnership_id == old.partnership_id;
        !new.partnerships.iter().any(is_it)
    };
    for partnership in partnerships.iter().filter(is_gone) {
        partnerships::remove_partnership(tx, partnership.partnership_id)?;
    }
    Ok(visible(&shares) != visible(&new.shares)
        || partnerships.len() != new.partnerships.len()
        || new.partnerships.iter().any(|p| !partnerships.contains(p)))
}

/// Shares without how far they have got, in an order of their own.
fn visible(shares: &[ShareRow]) -> Vec<ShareRow> {
    let mut shares: Vec<_> = shares
        .iter()
        .map(|share| ShareRow {
            head_seq: 0,
            ..share.clone()
        })
        .collect();
    shares.sort_by_key(|share| share.share_id);
    shares
}
