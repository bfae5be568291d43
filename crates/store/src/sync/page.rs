//! Pages of a share: rows and cursor together, or neither (I7).

use chrono::NaiveDate;
use mitta_domain::share::SharedSit;
use mitta_domain::{SessionId, ShareId};
use rusqlite::Transaction;
use uuid::Uuid;

use super::account::{AccountRow, known_at};
use super::adopt::{self, CanonicalRow};
use super::partner::{self, Membership};
use super::{Cursor, SyncWriteError};
use crate::Writer;
use crate::tables::{cursors, partner_sessions, partnerships, sync_state};

/// A page of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Who answered.
    pub server_id: Uuid,
    /// The life of the server's database.
    pub epoch: String,
    /// The share.
    pub share_id: ShareId,
    /// The position that was asked with.
    pub asked_after: u64,
    /// The position up to which the page tells all.
    pub next_after: u64,
    /// The changes, in order.
    pub items: Vec<PageItem>,
    /// Memberships and shares as they are now, where the answer carried them.
    pub membership: Option<Membership>,
}

/// All sits of some dates of a share, for the repair of a week that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sits {
    /// Who answered.
    pub server_id: Uuid,
    /// The life of the server's database.
    pub epoch: String,
    /// The share.
    pub share_id: ShareId,
    /// The position of the share at which they were read.
    pub at_seq: u64,
    /// The first date.
    pub from: NaiveDate,
    /// The last date.
    pub to: NaiveDate,
    /// The rows; none of them withdrawn.
    pub items: Vec<PageItem>,
}

/// A row of a share, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageItem {
    /// An own session; only in the own feed.
    Own(Box<CanonicalRow>),
    /// A sit of a member; only in other shares.
    Shared(SharedSit),
    /// A sit that the share shows no more; only in other shares.
    Withdrawn(SessionId),
}

/// What a page changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageApplied {
    /// Whether anything looks different now.
    pub changed: bool,
    /// Whether the share is not to be read any more: its rows and its cursor are gone.
    pub share_gone: bool,
}

/// Where a page or some sits belong.
struct Place<'a> {
    server_id: Uuid,
    epoch: &'a str,
    share_id: ShareId,
    /// Where the cursor has to be.
    seq: u64,
}

impl Writer {
    /// Takes over a page: rows, memberships and cursor in one transaction, if the share has been read
    /// to where the page begins, in the same epoch ([`Writer::new_epoch`]).
    ///
    /// What is pulled from the beginning of another's share replaces what was held of it. Own sessions
    /// are never removed: see [`Writer::answer`] for how a row is adopted.
    ///
    /// # Errors
    /// [`SyncWriteError`]; nothing of the page was kept.
    pub fn apply_page(&mut self, page: &Page) -> Result<PageApplied, SyncWriteError> {
        let &Page {
            server_id,
            share_id,
            asked_after,
            next_after,
            ..
        } = page;
        if next_after < asked_after {
            return Err(SyncWriteError::Backwards {
                asked_after,
                next_after,
            });
        }
        let place = Place {
            server_id,
            epoch: &page.epoch,
            share_id,
            seq: asked_after,
        };
        self.transaction(|tx| {
            let account = check(tx, &place)?;
            let mut applied = PageApplied::default();
            if let Some(membership) = &page.membership {
                applied.changed = partner::replace(tx, membership)?;
            }
            if is_readable(tx, &account, share_id)? {
                if asked_after == 0 && share_id != ShareId::own(account.person_id) {
                    applied.changed |= partner_sessions::remove_all(tx, share_id)? > 0;
                }
                take_over(tx, &account, share_id, &page.items, &mut applied)?;
                cursors::advance(tx, server_id, share_id, &page.epoch, next_after)?;
            } else if page.membership.is_some() {
                applied.share_gone = true;
            } else {
                return Err(SyncWriteError::UnknownShare(share_id));
            }
            finish(tx, applied)
        })
    }

    /// Takes over all sits of some dates, if the share has been read to where they were read from.
    /// Another's sits of those dates become these; own ones are adopted as from a page.
    ///
    /// # Errors
    /// [`SyncWriteError`]; nothing was kept.
    pub fn apply_sits(&mut self, sits: &Sits) -> Result<PageApplied, SyncWriteError> {
        let place = Place {
            server_id: sits.server_id,
            epoch: &sits.epoch,
            share_id: sits.share_id,
            seq: sits.at_seq,
        };
        let share_id = sits.share_id;
        self.transaction(|tx| {
            let account = check(tx, &place)?;
            if !is_readable(tx, &account, share_id)? {
                return Err(SyncWriteError::UnknownShare(share_id));
            }
            let mut applied = PageApplied::default();
            if share_id != ShareId::own(account.person_id) {
                let removed = partner_sessions::remove_dates(tx, share_id, sits.from, sits.to)?;
                applied.changed = removed > 0;
            }
            take_over(tx, &account, share_id, &sits.items, &mut applied)?;
            finish(tx, applied)
        })
    }
}

fn check(tx: &Transaction<'_>, place: &Place<'_>) -> Result<AccountRow, SyncWriteError> {
    let account = known_at(tx, place.server_id)?;
    let share_id = place.share_id;
    let epoch = sync_state::load(tx)?.epoch;
    let Cursor { seq, .. } = cursors::find(tx, place.server_id, share_id)?;
    if epoch.as_deref() == Some(place.epoch) && seq == place.seq {
        Ok(account)
    } else {
        Err(SyncWriteError::CursorMoved {
            share_id,
            seq,
            epoch,
        })
    }
}

fn is_readable(
    tx: &Transaction<'_>,
    account: &AccountRow,
    share_id: ShareId,
) -> Result<bool, SyncWriteError> {
    let is_own = share_id == ShareId::own(account.person_id);
    Ok(is_own
        || partnerships::shares(tx)?
            .iter()
            .any(|s| s.share_id == share_id))
}

/// Own rows into the own history, others' rows into their share, and never the other way round (I10).
fn take_over(
    tx: &Transaction<'_>,
    account: &AccountRow,
    share_id: ShareId,
    items: &[PageItem],
    applied: &mut PageApplied,
) -> Result<(), SyncWriteError> {
    let is_own = share_id == ShareId::own(account.person_id);
    let misplaced = |session_id| SyncWriteError::Misplaced {
        share_id,
        session_id,
    };
    for item in items {
        match item {
            PageItem::Own(row) => {
                let session_id = row.session.start.session_id;
                if !is_own {
                    return Err(misplaced(session_id));
                }
                applied.changed |= adopt::adopt(tx, row, &[])?;
            }
            PageItem::Shared(sit) => {
                if is_own {
                    return Err(misplaced(sit.session_id));
                }
                if partner_sessions::find(tx, share_id, sit.session_id)?.as_ref() != Some(sit) {
                    partner_sessions::save(tx, share_id, sit)?;
                    applied.changed = true;
                }
            }
            PageItem::Withdrawn(session_id) => {
                if is_own {
                    return Err(misplaced(*session_id));
                }
                applied.changed |= partner_sessions::remove(tx, share_id, *session_id)?;
            }
        }
    }
    Ok(())
}

fn finish(tx: &Transaction<'_>, applied: PageApplied) -> Result<PageApplied, SyncWriteError> {
    if applied.changed {
        sync_state::count_change(tx)?;
    }
    Ok(applied)
}
