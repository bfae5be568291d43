//! Asks who sits and what is proposed, and what the server's clock says: each in a task of its own, so
//! that no round and no command waits for it.
//!
//! Must hold: the seats kept here are what the server last said of what was joined; a server that is
//! away takes none of them.

use std::time::Duration;

use mitta_protocol::now::Now;
use mitta_store::{ClockRow, Owner, SeatRow};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Message;
use super::now::seat_of;
use super::shared::Shared;
use super::worker::Worker;
use crate::api::AccountError;
use crate::clock::{self, Sample};
use crate::http::HttpRemote;
use crate::remote::RemoteError;

/// What was measured serves for so long, in milliseconds.
pub(super) const CLOCK_SERVES_MS: u64 = 10 * 60_000;
/// So many questions make a measurement.
const ROUND_TRIPS: usize = 8;
/// Where the clock could not be measured before a start, it is tried again after this.
const CLOCK_AGAIN: Duration = Duration::from_mins(1);
/// Where what goes on could not be heard, it is asked again after this.
const NOW_AGAIN: Duration = Duration::from_secs(5);
/// A measurement that somebody waits for takes no longer: what was measured before serves.
const ALIGN_WITHIN: Duration = Duration::from_secs(3);

/// What a task found out, for whom.
#[derive(Debug)]
pub(super) enum Found {
    /// What goes on, if nothing was changed from here since it was asked.
    Now(Owner, u64, Result<Now, RemoteError>),
    /// How the clocks stand.
    Clock(Owner, Result<ClockRow, RemoteError>),
}

/// What is to be asked, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    pub(super) wants_now: bool,
    pub(super) wants_clock: bool,
    /// Counts own changes: an answer from before one says less than is known.
    changes: u64,
    now: Option<JoinHandle<()>>,
    clock: Option<JoinHandle<()>>,
    /// When the clock is to be measured for a start.
    pub(super) clock_due: Option<Instant>,
    /// When what goes on is asked again, because no answer came.
    pub(super) now_due: Option<Instant>,
}

impl Hearing {
    pub(super) fn stop(&mut self) {
        for task in [self.now.take(), self.clock.take()].into_iter().flatten() {
            task.abort();
        }
        *self = Self {
            changes: self.changes + 1,
            ..Self::default()
        };
    }
}

impl Worker {
    /// Begins to ask what is wanted.
    pub(super) async fn ask_what_is_wanted(&mut self) {
        let now = self.hearing.wants_now && self.hearing.now.is_none();
        let clock = self.hearing.wants_clock && self.hearing.clock.is_none();
        if !(now || clock) {
            return;
        }
        let (remote, owner) = match self.remote().await {
            Ok(Some(remote)) if self.owner.is_some() => (remote, self.owner),
            // The next round says what is the matter.
            _ => {
                self.hearing.wants_now = false;
                self.hearing.wants_clock = false;
                return;
            }
        };
        let Some(owner) = owner else { return };
        if now {
            self.hearing.wants_now = false;
            let (remote, inbox) = (remote.clone(), self.inbox.clone());
            let changes = self.hearing.changes;
            self.hearing.now = Some(tokio::spawn(async move {
                let found = Found::Now(owner, changes, remote.now().await);
                let _ = inbox.send(Message::Found(found));
            }));
        }
        if clock {
            self.hearing.wants_clock = false;
            let (shared, inbox) = (self.shared.clone(), self.inbox.clone());
            self.hearing.clock = Some(tokio::spawn(async move {
                let found = Found::Clock(owner, measure(&remote, &shared).await);
                let _ = inbox.send(Message::Found(found));
            }));
        }
    }

    /// Takes note of what a task found out.
    pub(super) fn found(&mut self, found: Found) {
        let noted = match found {
            Found::Now(owner, changes, now) => {
                self.hearing.now = None;
                let is_lost = matches!(&now, Err(error) if *error != RemoteError::SignInNeeded);
                self.hearing.now_due = is_lost.then(|| Instant::now() + NOW_AGAIN);
                self.hear_now(owner, changes, now)
            }
            Found::Clock(owner, clock) => {
                self.hearing.clock = None;
                let noted = clock
                    .map_err(AccountError::from)
                    .and_then(|clock| self.note_clock(owner, &clock));
                if noted.is_err() {
                    self.hearing.clock_due = Some(Instant::now() + CLOCK_AGAIN);
                }
                noted
            }
        };
        if let Err(error) = noted {
            tracing::debug!(%error, "what goes on is heard later");
        }
    }

    fn hear_now(
        &mut self,
        owner: Owner,
        changes: u64,
        now: Result<Now, RemoteError>,
    ) -> Result<(), AccountError> {
        if changes != self.hearing.changes {
            self.hearing.wants_now = true;
            return Ok(());
        }
        let (now, here, is_live) = (now?, self.shared.here(), self.is_live);
        let seats: Vec<SeatRow> = now
            .proposals
            .iter()
            .filter_map(|proposal| seat_of(proposal, owner.person_id))
            .collect();
        let is_seated = self.store()?.writer.replace_seats(owner, &seats)?;
        let is_another = self.shared.heard(|heard| heard.hear(now, here, is_live));
        if is_seated || is_another {
            self.plan_clock();
            (self.shared.on_together)();
        }
        Ok(())
    }

    /// Something was changed from here, and is known before the server's whole picture of it.
    pub(super) fn changed_from_here(&mut self) {
        self.hearing.changes += 1;
        self.hearing.wants_now = self.shared.in_background;
        self.plan_clock();
        (self.shared.on_together)();
    }

    fn note_clock(&mut self, owner: Owner, clock: &ClockRow) -> Result<(), AccountError> {
        self.store()?.writer.clock_measured(owner, clock)?;
        self.plan_clock();
        (self.shared.on_together)();
        Ok(())
    }

    /// Measures the clock, unless that was done a little while ago. Where it cannot be, what was measured
    /// before serves.
    pub(super) async fn align(
        &mut self,
        remote: &HttpRemote,
        owner: Owner,
    ) -> Result<ClockRow, AccountError> {
        let known = self.store()?.reader.server_clock()?;
        let here = self.shared.here();
        if let Some(clock) = &known
            && clock::is_fresh(clock, &here, CLOCK_SERVES_MS)
        {
            return Ok(clock.clone());
        }
        let late = || RemoteError::Timeout;
        let measured = tokio::time::timeout(ALIGN_WITHIN, measure(remote, &self.shared)).await;
        match (measured.unwrap_or_else(|_| Err(late())), known) {
            (Ok(clock), _) => {
                self.note_clock(owner, &clock)?;
                Ok(clock)
            }
            (Err(_), Some(known)) => Ok(known),
            (Err(error), None) => Err(error.into()),
        }
    }

    /// The clock is measured once more shortly before a start.
    pub(super) fn plan_clock(&mut self) {
        self.hearing.clock_due = None;
        if !self.shared.in_background || !self.has_account() {
            return;
        }
        let here = self.shared.here();
        let known = self.store().and_then(|store| {
            let (seats, clock) = (store.reader.seats()?, store.reader.server_clock()?);
            Ok((seats, clock))
        });
        let Ok((seats, Some(clock))) = known else {
            return;
        };
        let now = clock::server_now(&clock, &here);
        let starts = seats
            .iter()
            .filter_map(|seat| seat.starts_at_ms.since_ms(now));
        let Some(next_ms) = starts.min() else { return };
        let wait_ms = next_ms.saturating_sub(CLOCK_SERVES_MS);
        if wait_ms > 0 {
            self.hearing.clock_due = Some(Instant::now() + Duration::from_millis(wait_ms));
        } else if !clock::is_fresh(&clock, &here, CLOCK_SERVES_MS) {
            self.hearing.wants_clock = true;
        }
    }

    /// The clock is measured where what is known of it is old.
    pub(super) fn want_clock(&mut self) {
        let here = self.shared.here();
        let known = self
            .store()
            .and_then(|store| Ok(store.reader.server_clock()?));
        if let Ok(known) = known {
            let is_fresh = |clock: &ClockRow| clock::is_fresh(clock, &here, CLOCK_SERVES_MS);
            self.hearing.wants_clock |= !known.as_ref().is_some_and(is_fresh);
        }
    }

    /// Whether the person has a partnership, and so anything to be told of others.
    pub(super) fn has_partners(&mut self) -> bool {
        self.store()
            .and_then(|store| Ok(!store.reader.partnerships()?.is_empty()))
            .unwrap_or(false)
    }
}

/// Asks the server's clock several times, one after the other.
async fn measure(remote: &HttpRemote, shared: &Shared) -> Result<ClockRow, RemoteError> {
    let mut samples = Vec::new();
    let mut failure = None;
    while samples.len() < ROUND_TRIPS && failure.is_none() {
        let asked = shared.here();
        match remote.time().await {
            Ok(time) => samples.push(Sample {
                asked,
                server_time_ms: time.server_time_ms,
                heard: shared.here(),
            }),
            Err(error) => failure = Some(error),
        }
    }
    let nothing = || RemoteError::Offline("the server's clock was not heard".to_owned());
    clock::best(&samples).ok_or_else(|| failure.unwrap_or_else(nothing))
}
