//! What a round came to, for the next one and for what is shown.

use std::time::Duration;

use tokio::time::Instant;

use super::worker::{IDLE, IDLE_LIVE, Worker};
use crate::api::{AccountError, AccountErrorCode as Code};
use crate::round::{Failure, RoundReport};

/// A version that does not fit is not cured by asking often.
const UNFIT: Duration = Duration::from_hours(1);

impl Worker {
    /// Notes what a round came to.
    pub(super) fn settle(&mut self, report: RoundReport) {
        if report.is_history_changed {
            (self.shared.on_history_changed)();
        }
        self.shared.live(|live| {
            live.clock_offset_ms = report.clock_offset_ms.or(live.clock_offset_ms);
            if let Ok(pulled) = &report.pulled {
                live.differing_weeks.clone_from(&pulled.differing_weeks);
            }
        });
        match report.pushed.err().or(report.pulled.err()) {
            None => self.succeeded(),
            Some(Failure::AccountChanged | Failure::Cancelled | Failure::NotAllowed) => {
                self.look_at_account();
            }
            Some(failure) => {
                let after_s = failure.retry_after_s();
                self.failed(failure.into(), after_s);
            }
        }
    }

    /// A round could not even begin.
    pub(super) fn failed_before(&mut self, error: AccountError) {
        self.failed(error, None);
    }

    fn succeeded(&mut self) {
        let now = self.shared.now();
        self.backoff.reset();
        self.not_before = None;
        // Also with a live stream: an event or its answer may have been lost.
        if self.shared.in_background && self.has_partners() {
            self.hearing.wants_now = true;
        }
        let mut wait_ms = u64::try_from(self.idle().as_millis()).unwrap_or(u64::MAX);
        if let Ok(store) = self.store() {
            if let Err(error) = store.writer.sync_succeeded(now) {
                tracing::warn!(%error, "that sync went well could not be noted");
            }
            // What the server put off is offered when it said.
            let next = store.reader.sync_counts().ok();
            if let Some(at) = next.and_then(|counts| counts.next_attempt_at_ms) {
                wait_ms = wait_ms.min(at.since_ms(now).unwrap_or(0).max(1_000));
            }
        }
        self.shared.live(|live| {
            live.problem = None;
            live.offline_since_ms = None;
            live.next_try_ms = None;
        });
        self.again_in(Duration::from_millis(wait_ms));
    }

    fn failed(&mut self, error: AccountError, after_s: Option<u32>) {
        let now = self.shared.now();
        let code = serde_json::to_value(error.code).ok();
        let code = code.as_ref().and_then(|code| code.as_str());
        tracing::info!(code, "sync failed");
        if let Ok(store) = self.store() {
            let noted = store.writer.sync_failed(code.unwrap_or("internal"), now);
            if let Err(error) = noted {
                tracing::warn!(%error, "that sync failed could not be noted");
            }
        }
        let is_away = matches!(error.code, Code::Offline | Code::Timeout);
        let wait = self.wait_after(error.code, after_s);
        // Neither a change nor the network is a reason to come back before that.
        let told = wait.filter(|_| after_s.is_some());
        self.not_before = told.map(|wait| Instant::now() + wait);
        let wait_ms = wait.and_then(|wait| i64::try_from(wait.as_millis()).ok());
        let in_background = self.shared.in_background;
        self.shared.live(|live| {
            live.offline_since_ms = is_away.then(|| live.offline_since_ms.unwrap_or(now));
            live.next_try_ms = wait_ms.filter(|_| in_background).map(|ms| now.plus_ms(ms));
            live.problem = Some(error);
        });
        match wait {
            Some(wait) => self.again_in(wait),
            None => self.signed_out(),
        }
    }

    /// `None`: not before somebody signs in.
    fn wait_after(&mut self, code: Code, after_s: Option<u32>) -> Option<Duration> {
        match code {
            Code::SignInNeeded => None,
            Code::UpdateThis | Code::UpdateServer | Code::OtherServer | Code::OtherPerson => {
                Some(UNFIT)
            }
            _ => {
                let random = (self.shared.random)();
                Some(Duration::from_millis(self.backoff.failed(random, after_s)))
            }
        }
    }

    /// How long until the server is looked at again, where nothing else is a reason to.
    fn idle(&mut self) -> Duration {
        // The stream does not tell when partners' devices were last heard of.
        if self.is_live && !self.has_partners() {
            IDLE_LIVE
        } else {
            IDLE
        }
    }

    /// Nobody wants the round that was under way or due any more; the next one comes in its time.
    pub(super) fn cancel(&mut self) {
        self.due = None;
        if self.seen.is_some() {
            let idle = self.idle();
            self.again_in(idle);
        }
        self.tell_waiters();
    }

    fn again_in(&mut self, wait: Duration) {
        if self.shared.in_background {
            self.soon(wait);
        }
    }
}
