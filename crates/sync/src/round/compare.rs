//! Comparing what both sides hold, and mending what differs (I8): a week that is not the same is
//! fetched again and offered again; what differs still is told, never hidden.

use chrono::{Days, NaiveDate, Weekday};
use mitta_domain::{ShareId, UnixMillis};
use mitta_protocol::pull::{PullQuery, Summary};
use mitta_protocol::weeks::{SitsQuery, WeeksQuery};
use mitta_store::SyncWriteError;

use super::{Failure, Run, convert};
use crate::api::SyncPhase;
use crate::plan::{self, Sending, Stage};
use crate::remote::Remote;

/// So many sessions are offered again before the own feed is read again.
const MOST_OFFERED: u32 = 1_000;
/// So many weeks are mended in one round; the others in the next.
const MOST_WEEKS: usize = 60;

impl<R: Remote> Run<'_, R> {
    /// A feed has been read to its head: compares, or asks for what it takes.
    pub(super) fn at_head(
        &mut self,
        query: &PullQuery,
        summary: Option<Summary>,
    ) -> Result<(), Failure> {
        let share = query.share_id;
        let now = (self.now)();
        if share.is_none() && self.offer_again()? {
            return Ok(());
        }
        let Some(there) = summary else {
            // It was compared at the position before; that one is past.
            let fresh = convert::feed(self.reader, &self.known, share, now)?;
            if let Some(feed) = self.plan.feed(share)
                && fresh.compare
                && !query.summary
            {
                feed.compare = true;
                feed.stage = Stage::Behind;
            }
            return Ok(());
        };
        let Some(feed) = self.plan.feed(share) else {
            return Ok(());
        };
        // `None`: something was written here in the meantime, the next round compares.
        let Some(here) = convert::summary(self.reader, share, feed.after)? else {
            return Ok(());
        };
        if here == there {
            let after = feed.after;
            self.note_compared(share, after, now)?;
            self.pulled.compared_at_ms = Some(now);
        } else {
            feed.stage = Stage::Differs;
        }
        Ok(())
    }

    /// Asks which weeks differ.
    pub(super) async fn weeks(&mut self, share: Option<ShareId>) -> Result<(), Failure> {
        self.progress(SyncPhase::Comparing, 0, 0)?;
        let query = WeeksQuery {
            share_id: share,
            week_start: Some(Weekday::Mon),
        };
        let answer = self.remote.weeks(&query).await?;
        let is_here = self.is_at(share, &answer.epoch, answer.head_seq);
        let here = convert::weeks(self.reader, share)?;
        let Some(feed) = self.plan.feed(share) else {
            return Ok(());
        };
        feed.stage = Stage::Done;
        // At another position nothing can be said; the next round compares again.
        if !is_here {
            return Ok(());
        }
        let mut weeks = plan::differing_weeks(&here, &answer.weeks);
        let own = ShareId::own(self.known.person_id);
        if share.is_none_or(|share| share == own) {
            // What the server refused is another there, and no repair changes it; the refusal is told.
            let refused = self.reader.refused_weeks(Weekday::Mon)?;
            weeks.retain(|week| !refused.contains(week));
        }
        if weeks.is_empty() {
            let after = feed.after;
            let now = (self.now)();
            self.note_compared(share, after, now)?;
        } else if feed.is_mended {
            // Not noted as compared: every round looks again until it is the same.
            tracing::warn!(weeks = weeks.len(), "totals differ after a repair");
            self.pulled.differing_weeks.extend(weeks);
            self.pulled.differing_weeks.sort_unstable();
            self.pulled.differing_weeks.dedup();
        } else {
            feed.stage = Stage::Mend(weeks.into_iter().take(MOST_WEEKS).collect());
        }
        Ok(())
    }

    /// Fetches a week again, and offers the own rows of it again.
    pub(super) async fn mend(
        &mut self,
        share: Option<ShareId>,
        week: NaiveDate,
    ) -> Result<(), Failure> {
        self.progress(SyncPhase::Comparing, 0, 0)?;
        let query = SitsQuery {
            share_id: share,
            from: week,
            to: week.checked_add_days(Days::new(6)).unwrap_or(week),
        };
        let answer = self.remote.sits(&query).await?;
        if self.is_at(share, &answer.epoch, answer.head_seq) {
            // Offered first: what is written here and not there is then kept when the server's
            // rows come under it.
            if share.is_none() {
                self.writer.offer_week(query.from, query.to)?;
            }
            let sits = convert::sits(&self.known, &query, answer);
            match self.writer.apply_sits(&sits) {
                Ok(stored) => self.is_history_changed |= stored.changed,
                // The week is read again as part of what is new.
                Err(SyncWriteError::CursorMoved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let Some(feed) = self.plan.feed(share) else {
            return Ok(());
        };
        let Stage::Mend(weeks) = &mut feed.stage else {
            return Ok(());
        };
        weeks.retain(|other| *other != week);
        if weeks.is_empty() {
            feed.is_mended = true;
            feed.compare = true;
            feed.stage = Stage::Behind;
        }
        Ok(())
    }

    /// With the own feed read to its head, offers more of the own rows that the server may have lost;
    /// what the feed has shown is not offered again, but for what a row there lacked. And of several
    /// corrections of one sit that came together, all but one are deleted.
    fn offer_again(&mut self) -> Result<bool, Failure> {
        if self.plan.sending != Sending::Done {
            return Ok(false);
        }
        if self.reader.sync_counts()?.to_offer > 0 {
            self.writer.offer_more(MOST_OFFERED)?;
        }
        // Once a round: a server whose clock stands back could bring the same again and again.
        if !self.is_settled && self.writer.keep_one_correction((self.now)())? > 0 {
            self.is_settled = true;
            self.is_history_changed = true;
        }
        if self.reader.outbox_batch(1, 1, (self.now)())?.is_empty() {
            return Ok(false);
        }
        self.plan.sending = Sending::Todo;
        if let Some(own) = self.plan.feed(None) {
            own.stage = Stage::Behind;
        }
        Ok(true)
    }

    /// Another process that has moved on will compare at its own position.
    fn note_compared(
        &mut self,
        share: Option<ShareId>,
        seq: u64,
        now: UnixMillis,
    ) -> Result<(), Failure> {
        let share_id = convert::share_id(&self.known, share);
        // Without a life nothing was read, and nothing can have been compared.
        let Some(epoch) = self.known.epoch.as_deref() else {
            return Ok(());
        };
        match self.writer.compared(share_id, epoch, seq, now) {
            Ok(()) | Err(SyncWriteError::CursorMoved { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn is_at(&mut self, share: Option<ShareId>, epoch: &str, head_seq: u64) -> bool {
        let is_life = self.known.epoch.as_deref() == Some(epoch);
        is_life && self.plan.feed(share).is_some_and(|f| f.after == head_seq)
    }
}
