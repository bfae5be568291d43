//! What the own share shows, also of what this device has not sent yet.
//!
//! Must hold: a sit that the server's share has is counted once, whatever waits for it; what is private,
//! or may be, is never counted (I10).

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use mitta_domain::op::Change;
use mitta_domain::share::{ShareRule, SharedSit, visible};
use mitta_domain::totals::DayTotal;
use mitta_domain::{SessionId, ShareId};
use rusqlite::Connection;

use crate::error::ReadError;
use crate::tables::partnerships::{MemberRow, ShareRow};
use crate::tables::{outbox, partner_sessions, sessions};
use crate::{Position, Reader};

/// What is known of an own share here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnShare {
    /// The share.
    pub share_id: ShareId,
    /// Sits of this date and later.
    pub share_since: NaiveDate,
    /// Whether what is not shared yet is private at present.
    pub is_paused: bool,
}

impl OwnShare {
    /// The share of the person whose membership `me` is.
    pub fn of(share: &ShareRow, me: &MemberRow) -> Self {
        Self {
            share_id: share.share_id,
            share_since: me.share_since,
            is_paused: me.is_paused == Some(true),
        }
    }
}

/// A sit of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSit {
    /// As the share shows it, or will.
    pub sit: SharedSit,
    /// Whether partners cannot see it yet.
    pub is_on_the_way: bool,
}

/// What changes in a share with what waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overlay(Vec<Overlaid>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Overlaid {
    session_id: SessionId,
    /// As the server's share has it.
    before: Option<SharedSit>,
    /// As it will be.
    after: Option<SharedSit>,
}

impl Overlay {
    /// How many sits partners cannot see yet.
    pub fn on_the_way(&self) -> u32 {
        let new = self.0.iter().filter(|it| it.is_new()).count();
        u32::try_from(new).unwrap_or(u32::MAX)
    }

    /// The totals of days, as they will be. Dates outside those that `days` was read of may be among
    /// them.
    pub fn days(&self, days: Vec<DayTotal>) -> Vec<DayTotal> {
        let mut sums: BTreeMap<NaiveDate, (u32, u64)> = days
            .into_iter()
            .map(|day| (day.local_date, (day.sits, day.credited_s)))
            .collect();
        for Overlaid { before, after, .. } in &self.0 {
            if let Some(sit) = before {
                let sum = sums.entry(sit.local_date).or_default();
                sum.0 = sum.0.saturating_sub(1);
                sum.1 = sum.1.saturating_sub(sit.credited_s.0.into());
            }
            if let Some(sit) = after {
                let sum = sums.entry(sit.local_date).or_default();
                sum.0 += 1;
                sum.1 += u64::from(sit.credited_s.0);
            }
        }
        let sums = sums.into_iter().filter(|(_, (sits, _))| *sits > 0);
        sums.map(|(local_date, (sits, credited_s))| DayTotal {
            local_date,
            sits,
            credited_s,
        })
        .collect()
    }
}

impl Overlaid {
    const fn is_new(&self) -> bool {
        self.before.is_none() && self.after.is_some()
    }
}

impl Reader {
    /// Reads as of one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// What `read` answers, or [`ReadError`].
    pub fn in_one_moment<T, E: From<ReadError>>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let snapshot = self.connection.unchecked_transaction();
        let snapshot = snapshot.map_err(ReadError::from)?;
        let answer = read(self);
        drop(snapshot);
        answer
    }

    /// What waits to be sent and changes what an own share shows.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn overlay(&self, share: &OwnShare) -> Result<Overlay, ReadError> {
        let rule = ShareRule {
            share_since: share.share_since,
            pauses: Vec::new(),
        };
        let mut overlaid = Vec::new();
        for (session_id, may_appear) in unsent(&self.connection)? {
            let before = partner_sessions::find(&self.connection, share.share_id, session_id)?;
            let session = sessions::find(&self.connection, session_id)?;
            // What is in a share stays in it through a pause; of what is not, nobody here knows the
            // pauses that are over, and an edit of words or length brings nothing in.
            let may_be_seen = before.is_some() || (may_appear && !share.is_paused);
            let after = session
                .filter(|_| may_be_seen)
                .and_then(|session| visible(&session, &rule));
            if before != after {
                overlaid.push(Overlaid {
                    session_id,
                    before,
                    after,
                });
            }
        }
        Ok(Overlay(overlaid))
    }

    /// At most `limit` sits of a share with what waits on top, newest first, from before a position.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn shown_sits(
        &self,
        share_id: ShareId,
        overlay: &Overlay,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<ShownSit>, ReadError> {
        let replaced: HashSet<_> = overlay.0.iter().map(|it| it.session_id).collect();
        let room = u32::try_from(replaced.len()).unwrap_or(u32::MAX);
        let sits = partner_sessions::page(
            &self.connection,
            share_id,
            before,
            limit.saturating_add(room),
        )?;
        let unchanged = sits
            .into_iter()
            .filter(|sit| !replaced.contains(&sit.session_id));
        let mut shown: Vec<_> = unchanged
            .map(|sit| ShownSit {
                sit,
                is_on_the_way: false,
            })
            .collect();
        shown.extend(overlay.0.iter().filter_map(|it| {
            let sit = it.after.clone()?;
            let is_before = before.is_none_or(|before| position(&sit) < before);
            is_before.then(|| ShownSit {
                sit,
                is_on_the_way: it.is_new(),
            })
        }));
        shown.sort_by_key(|shown| std::cmp::Reverse(position(&shown.sit)));
        shown.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(shown)
    }
}

const fn position(sit: &SharedSit) -> Position {
    Position {
        started_at_ms: sit.started_at_ms,
        session_id: sit.session_id,
    }
}

/// The sessions of which something waits, and whether any of that may bring one into a share.
fn unsent(connection: &Connection) -> Result<BTreeMap<SessionId, bool>, ReadError> {
    let mut unsent = BTreeMap::new();
    outbox::each(connection, |row| {
        *unsent.entry(row.session_id).or_insert(false) |= match &row.op.change {
            Change::Start { .. }
            | Change::Complete { .. }
            | Change::Sat { .. }
            | Change::Sharing { .. }
            | Change::Deleted { .. } => true,
            Change::Words { .. } | Change::Credited { .. } => false,
        };
    })?;
    Ok(unsent)
}
