//! One round of sync: offers what waits, fetches what is new, compares. The thin hand of [`crate::plan`].
//!
//! Must hold: everything is stored before the next question is asked, so that a round may be dropped
//! at any await; an op leaves the outbox only with its answer (I5), a page is stored with its position
//! or not at all (I7). Nothing here sleeps or spawns; the write lock is held for one batch or page at
//! a time.

mod compare;
mod convert;
mod failure;
mod pull;
mod push;
#[cfg(test)]
pub(crate) mod tests;

use std::ops::ControlFlow;

use chrono::NaiveDate;
use mitta_domain::{ShareId, UnixMillis};
use mitta_store::{Reader, Writer};

use crate::api::SyncPhase;
use crate::plan::{self, Known, Plan, Sending, Stage, Step, Verdict};
use crate::remote::{Remote, RemoteError};

pub use failure::Failure;

/// So often in one round another process may be quicker: it is at the same then.
const MOST_MOVED: u32 = 100;

/// How far a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Changes done in this phase.
    pub done: u32,
    /// Of so many, as far as is known.
    pub total: u32,
}

/// What became of a round.
#[derive(Debug)]
pub struct RoundReport {
    /// What was sent.
    pub pushed: Result<Pushed, Failure>,
    /// What was fetched.
    pub pulled: Result<Pulled, Failure>,
    /// Whether anything that is shown has changed here.
    pub is_history_changed: bool,
    /// The server's clock minus this device's, where it was heard.
    pub clock_offset_ms: Option<i64>,
}

impl RoundReport {
    /// Whether the server does not know the sign-in.
    pub(crate) fn is_refused(&self) -> bool {
        let failures = [self.pushed.as_ref().err(), self.pulled.as_ref().err()];
        let refused = Failure::Remote(RemoteError::SignInNeeded);
        failures.contains(&Some(&refused))
    }
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Ops that the server has answered for good.
    pub answered: u32,
    /// Those among them that it refused.
    pub rejected: u32,
    /// When the first of those that the server wants later may be offered again.
    pub retry_at_ms: Option<UnixMillis>,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulled {
    /// Changes that were stored.
    pub changes: u32,
    /// When all that was compared was found equal.
    pub compared_at_ms: Option<UnixMillis>,
    /// First dates (Mondays) of weeks that differ after a repair.
    pub differing_weeks: Vec<NaiveDate>,
}

/// Does one round for the account that this data folder has.
///
/// Without an account, before the local history was claimed, and after sign-out nothing is asked:
/// [`Failure::NotAllowed`]. `watch` is told how far it is and may end it between two questions.
pub async fn round<R: Remote>(
    writer: &mut Writer,
    reader: &Reader,
    remote: &R,
    now: &dyn Fn() -> UnixMillis,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> RoundReport {
    let mut run = match Run::new(writer, reader, remote, now, watch) {
        Ok(run) => run,
        Err(failure) => {
            return RoundReport {
                pushed: Err(failure.clone()),
                pulled: Err(failure),
                is_history_changed: false,
                clock_offset_ms: None,
            };
        }
    };
    loop {
        match plan::next(&run.plan) {
            Step::Push => {
                if let Err(failure) = run.push().await {
                    run.plan.sending = Sending::Failed;
                    run.stop_if_final(&failure);
                    run.push_failure.get_or_insert(failure);
                }
            }
            Step::Pull(query) => {
                let done = run.pull(&query).await;
                run.settle(query.share_id, done);
            }
            Step::Weeks(share) => {
                let done = run.weeks(share).await;
                run.settle(share, done);
            }
            Step::Mend(share, week) => {
                let done = run.mend(share, week).await;
                run.settle(share, done);
            }
            Step::Done => return run.report(),
        }
    }
}

/// A round at work.
struct Run<'a, R> {
    writer: &'a mut Writer,
    reader: &'a Reader,
    remote: &'a R,
    now: &'a dyn Fn() -> UnixMillis,
    watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    known: Known,
    plan: Plan,
    /// Changes that the server has and this device has not fetched, as of the last page.
    left: u64,
    /// How often another process had been quicker when something was to be stored.
    moved: u32,
    /// Whether the server's database was found to live another life in this round.
    is_renewed: bool,
    /// Whether corrections of one sit were made one in this round.
    is_settled: bool,
    pushed: Pushed,
    pulled: Pulled,
    push_failure: Option<Failure>,
    pull_failure: Option<Failure>,
    is_history_changed: bool,
    clock_offset_ms: Option<i64>,
}

impl<'a, R: Remote> Run<'a, R> {
    fn new(
        writer: &'a mut Writer,
        reader: &'a Reader,
        remote: &'a R,
        now: &'a dyn Fn() -> UnixMillis,
        watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, Failure> {
        let known = convert::known(reader)?.ok_or(Failure::NotAllowed)?;
        let own = convert::feed(reader, &known, None, now())?;
        Ok(Self {
            writer,
            reader,
            remote,
            now,
            watch,
            known,
            plan: Plan::new(own),
            left: 0,
            moved: 0,
            is_renewed: false,
            is_settled: false,
            pushed: Pushed::default(),
            pulled: Pulled::default(),
            push_failure: None,
            pull_failure: None,
            is_history_changed: false,
            clock_offset_ms: None,
        })
    }

    fn progress(&mut self, phase: SyncPhase, done: u64, total: u64) -> Result<(), Failure> {
        let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let progress = Progress {
            phase,
            done: count(done),
            total: count(total.max(done)),
        };
        match (self.watch)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Failure::Cancelled),
        }
    }

    /// Notes what a step on a feed came to.
    fn settle(&mut self, share: Option<ShareId>, done: Result<(), Failure>) {
        let Err(failure) = done else { return };
        // What is no longer shared is no failure: the next list of shares says so, and only then do its
        // rows go (I10).
        let is_gone = share.is_some() && failure.is_no_such_share();
        if let Some(feed) = self.plan.feed(share) {
            feed.stage = if is_gone { Stage::Done } else { Stage::Failed };
        }
        if is_gone {
            return;
        }
        self.stop_if_final(&failure);
        if !failure.is_of_one_share() {
            self.stop_pulling();
        }
        self.pull_failure.get_or_insert(failure);
    }

    /// A sign-in that is needed, a cancel or a failing disk end both directions.
    fn stop_if_final(&mut self, failure: &Failure) {
        if failure.is_final() {
            self.plan.sending = Sending::Failed;
            self.push_failure.get_or_insert_with(|| failure.clone());
            self.pull_failure.get_or_insert_with(|| failure.clone());
            self.stop_pulling();
        }
    }

    fn stop_pulling(&mut self) {
        for feed in &mut self.plan.feeds {
            feed.stage = Stage::Failed;
        }
    }

    /// Whether the rest of an answer may be stored. Where the server's database lives another life,
    /// it may not: everything is read again from zero and every own row offered again. No row goes
    /// because a server looks empty (I10).
    fn accept(&mut self, verdict: &Verdict, epoch: &str) -> Result<bool, Failure> {
        match verdict {
            Verdict::Store => Ok(true),
            Verdict::OtherServer => Err(Failure::OtherServer),
            Verdict::OtherPerson => Err(Failure::OtherPerson),
            Verdict::Garbled(why) => Err(Failure::garbled(why)),
            Verdict::Renewed if self.known.epoch.is_none() => {
                // The very first answer: there was no life before it.
                self.writer.new_epoch(self.known.server_id, epoch)?;
                self.known.epoch = Some(epoch.to_owned());
                Ok(true)
            }
            Verdict::Renewed | Verdict::WentBack if self.is_renewed => {
                Err(Failure::garbled("its database changes while it is read"))
            }
            Verdict::Renewed => {
                self.writer.new_epoch(self.known.server_id, epoch)?;
                self.read_again(epoch)
            }
            Verdict::WentBack => {
                self.writer.start_over(self.known.server_id)?;
                self.read_again(epoch)
            }
        }
    }

    fn read_again(&mut self, epoch: &str) -> Result<bool, Failure> {
        tracing::warn!(
            "the server's database is another than before: all is read and offered again"
        );
        self.is_renewed = true;
        self.known.epoch = Some(epoch.to_owned());
        self.push_failure = None;
        self.plan = Plan::new(convert::feed(self.reader, &self.known, None, (self.now)())?);
        Ok(false)
    }

    /// Another process has met another life of the server's database: what it knows counts.
    fn begin_again(&mut self) -> Result<(), Failure> {
        self.has_moved()?;
        self.plan = Plan::new(convert::feed(self.reader, &self.known, None, (self.now)())?);
        Ok(())
    }

    /// Another process was quicker: it is read anew what is known.
    fn has_moved(&mut self) -> Result<(), Failure> {
        self.moved += 1;
        if self.moved > MOST_MOVED {
            return Err(Failure::Storage(
                "another process fetches the same all the time".to_owned(),
            ));
        }
        if let Some(known) = convert::known(self.reader)? {
            self.known = known;
        }
        Ok(())
    }

    /// The server's clock, against the middle of question and answer here.
    fn hear_clock(&mut self, asked_ms: UnixMillis, server_ms: UnixMillis) {
        let half_ms = (self.now)().since_ms(asked_ms).unwrap_or(0) / 2;
        let middle = asked_ms.plus_ms(i64::try_from(half_ms).unwrap_or(0));
        self.clock_offset_ms = Some(server_ms.0.saturating_sub(middle.0));
    }

    fn report(self) -> RoundReport {
        RoundReport {
            pushed: self.push_failure.map_or(Ok(self.pushed), Err),
            pulled: self.pull_failure.map_or(Ok(self.pulled), Err),
            is_history_changed: self.is_history_changed,
            clock_offset_ms: self.clock_offset_ms,
        }
    }
}
