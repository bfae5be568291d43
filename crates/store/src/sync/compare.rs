//! Sums by which both sides compare what they hold, computed from the rows (I8).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, Weekday};
use mitta_domain::calendar::Week;
use mitta_domain::digest::Digest;
use mitta_domain::share::SharedSit;
use mitta_domain::{Session, ShareId, State};
use rusqlite::Connection;

use crate::Reader;
use crate::error::ReadError;
use crate::tables::{account, compared, count, cursors, partner_sessions, partnerships, rejected};

/// What a share holds here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How far it has been read.
    pub seq: u64,
    /// Its rows: of the own feed all sessions, running and deleted ones too.
    pub rows: u64,
    /// Their digest.
    pub digest: Digest,
    /// Completed, undeleted sits.
    pub sits: u64,
    /// Their credited seconds.
    pub credited_s: u64,
    /// Whether ops of it wait or are to be offered again: then both sides may differ.
    pub pending: bool,
}

/// What a share holds of one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekTotal {
    /// The week's first date.
    pub first_date: NaiveDate,
    /// Its rows: of the own feed all sessions, running and deleted ones too.
    pub rows: u64,
    /// Their digest.
    pub digest: Digest,
    /// Completed, undeleted sits.
    pub sits: u64,
    /// Their credited seconds.
    pub credited_s: u64,
}

#[derive(Default)]
struct Sum {
    rows: u64,
    digest: Digest,
    sits: u64,
    credited_s: u64,
}

impl Sum {
    fn add_session(&mut self, session: &Session) {
        self.rows += 1;
        self.digest.add_session(session);
        if session.state() == State::Completed && !session.deleted {
            self.sits += 1;
            self.credited_s += u64::from(session.credited_s().0);
        }
    }

    fn add_shared(&mut self, sit: &SharedSit) {
        self.rows += 1;
        self.digest.add_shared(sit);
        self.sits += 1;
        self.credited_s += u64::from(sit.credited_s.0);
    }
}

impl Reader {
    /// What the own history holds, in one snapshot. Reads every row.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn own_summary(&self) -> Result<Summary, ReadError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut sum = Sum::default();
        compared::each(&snapshot, |session| sum.add_session(session))?;
        let seq = match account::find(&snapshot)? {
            Some(account) => {
                let own = ShareId::own(account.person_id);
                cursors::find(&snapshot, account.server_id, own)?.seq
            }
            None => 0,
        };
        Ok(summary(&sum, seq, is_pending(&snapshot)?))
    }

    /// What a share of a partnership holds here, in one snapshot.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn share_summary(&self, share_id: ShareId) -> Result<Summary, ReadError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut sum = Sum::default();
        partner_sessions::each(&snapshot, share_id, |sit| sum.add_shared(sit))?;
        let Some(account) = account::find(&snapshot)? else {
            return Ok(summary(&sum, 0, false));
        };
        let seq = cursors::find(&snapshot, account.server_id, share_id)?.seq;
        // What oneself shares changes with one's own ops.
        let is_ones_own = partnerships::shares(&snapshot)?
            .iter()
            .any(|s| s.share_id == share_id && s.person_id == account.person_id);
        Ok(summary(&sum, seq, is_ones_own && is_pending(&snapshot)?))
    }

    /// The weeks of the own history that have rows, ascending.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn own_weeks(&self, week_start: Weekday) -> Result<Vec<WeekTotal>, ReadError> {
        let mut weeks: BTreeMap<Week, Sum> = BTreeMap::new();
        compared::each(&self.connection, |session| {
            let week = Week::of(session.start.local_date, week_start);
            weeks.entry(week).or_default().add_session(session);
        })?;
        Ok(totals(weeks))
    }

    /// The first dates of the weeks with a session of which the server refused something, dismissed or
    /// not: they may differ for that reason, and no repair changes it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn refused_weeks(&self, week_start: Weekday) -> Result<BTreeSet<NaiveDate>, ReadError> {
        let dates = rejected::dates(&self.connection)?.into_iter();
        Ok(dates
            .map(|date| Week::of(date, week_start).start())
            .collect())
    }

    /// The weeks of a share that have rows here, ascending.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn share_weeks(
        &self,
        share_id: ShareId,
        week_start: Weekday,
    ) -> Result<Vec<WeekTotal>, ReadError> {
        let mut weeks: BTreeMap<Week, Sum> = BTreeMap::new();
        partner_sessions::each(&self.connection, share_id, |sit| {
            let week = Week::of(sit.local_date, week_start);
            weeks.entry(week).or_default().add_shared(sit);
        })?;
        Ok(totals(weeks))
    }
}

fn summary(sum: &Sum, seq: u64, pending: bool) -> Summary {
    Summary {
        seq,
        rows: sum.rows,
        digest: sum.digest,
        sits: sum.sits,
        credited_s: sum.credited_s,
        pending,
    }
}

fn totals(weeks: BTreeMap<Week, Sum>) -> Vec<WeekTotal> {
    let total = |(week, sum): (Week, Sum)| WeekTotal {
        first_date: week.start(),
        rows: sum.rows,
        digest: sum.digest,
        sits: sum.sits,
        credited_s: sum.credited_s,
    };
    weeks.into_iter().map(total).collect()
}

fn is_pending(connection: &Connection) -> Result<bool, ReadError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM offers)";
    Ok(count(connection, sql, [])? > 0)
}
