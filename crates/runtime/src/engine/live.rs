//! The live sit of this process, and how the sit timer's effects are carried out.
//!
//! Must hold: strikes first, then records, then what a window shows (I9). The kernel lock is kept
//! until the completion is committed, so that nobody else takes the row for unfinished.

mod records;

use mitta_domain::timer::{Effect, Input, Now, ProgressPhase, SitTimer, Strike};
use mitta_domain::{BellKind, SessionId};
use mitta_store::SittingLock;

use super::company::Company;
use super::{Shared, Signal, views};
use crate::api::{ApiError, ErrorCode, SitPhase, SitView, Update};
use crate::locked;
use crate::sound::WAKE_AHEAD_MS;

/// How often "last seen" is written.
const HEARTBEAT_MS: u64 = 15_000;

/// What was last asked of the sound device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SoundUse {
    /// To get ready for the sit.
    Prepared,
    /// To be running for the strike due at this time, on the suspend-aware clock.
    WokenFor(u64),
    /// To close: the sit has rung for the last time.
    Released,
}

/// The sit that this process drives.
pub(super) struct Live {
    pub timer: SitTimer,
    pub company: Company,
    lock: Option<SittingLock>,
    /// Its end is committed, or can never be, and the lock is gone.
    settled: bool,
    unrecorded: usize,
    failing: bool,
    dismissed: bool,
    heartbeat_due_ms: u64,
    /// The phase that was last written down.
    phase_seen: ProgressPhase,
    sound: SoundUse,
}

impl Live {
    /// A sit whose row, with where it stands now, is committed.
    pub(super) fn new(timer: SitTimer, company: Company, lock: SittingLock, now: Now) -> Self {
        let phase_seen = timer.progress(now).phase;
        Self {
            timer,
            company,
            lock: Some(lock),
            settled: false,
            unrecorded: 0,
            failing: false,
            dismissed: false,
            heartbeat_due_ms: now.boot_ms + HEARTBEAT_MS,
            phase_seen,
            sound: SoundUse::Prepared,
        }
    }

    pub(super) const fn is_settled(&self) -> bool {
        self.settled
    }

    pub(super) fn view(&self, now: Now) -> SitView {
        views::sit(&self.timer, self.company, now, self.recording())
    }

    /// Whether a window shows it.
    pub(super) const fn is_shown(&self) -> bool {
        !self.dismissed
    }

    fn deadline(&self) -> Option<u64> {
        let strike_ms = self.timer.next_strike();
        let wake_ms = strike_ms
            .filter(|at| self.sound != SoundUse::WokenFor(*at))
            .map(|at| at.saturating_sub(WAKE_AHEAD_MS));
        let heartbeat_ms = (!self.timer.is_over()).then_some(self.heartbeat_due_ms);
        [self.timer.deadline(), wake_ms, heartbeat_ms]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Shared {
    /// When the deadline thread has to look again.
    pub(super) fn deadline(&self) -> Option<u64> {
        locked(&self.seat).as_ref().and_then(Live::deadline)
    }

    /// Does what is due now.
    pub(super) fn tick(&self) {
        let mut seat = locked(&self.seat);
        let Some(live) = seat.as_mut() else { return };
        let now = self.clock.now();
        if let Some(at) = live.timer.next_strike()
            && now.boot_ms + WAKE_AHEAD_MS >= at
            && live.sound != SoundUse::WokenFor(at)
        {
            live.sound = SoundUse::WokenFor(at);
            self.sound.wake();
        }
        let (Ok(effects) | Err((_, effects))) = live.timer.handle(Input::Tick, now);
        self.carry_out(live, effects, now);
    }

    /// Gives `input` to the live sit, which must be `session_id`.
    pub(super) fn input(&self, session_id: SessionId, input: Input) -> Result<SitView, ApiError> {
        let result = {
            let mut seat = locked(&self.seat);
            self.check_running()?;
            let live = this_sit(seat.as_mut(), session_id)?;
            let now = self.clock.now();
            let (effects, result) = match live.timer.handle(input, now) {
                Ok(effects) => (effects, Ok(())),
                Err((wrong, effects)) => (effects, Err(wrong)),
            };
            self.carry_out(live, effects, now);
            match result {
                Ok(()) => Ok(live.view(now)),
                Err(wrong) => Err(ApiError::from(wrong).about(session_id)),
            }
        };
        self.alarm.interrupt();
        result
    }

    /// Seats a sit, whose row is committed, and carries out its first effects.
    pub(super) fn seat(&self, mut live: Live, effects: Vec<Effect>) -> SitView {
        let view = {
            let mut seat = locked(&self.seat);
            let now = self.clock.now();
            self.carry_out(&mut live, effects, now);
            let view = live.view(now);
            *seat = Some(live);
            view
        };
        self.alarm.interrupt();
        view
    }

    fn carry_out(&self, live: &mut Live, effects: Vec<Effect>, now: Now) {
        for effect in &effects {
            if let Effect::Strike(strike) = effect {
                self.strike(live, *strike, now);
            }
        }
        let session_id = live.timer.session_id();
        let mut changed = false;
        for effect in effects {
            match effect {
                Effect::Strike(_) => {}
                Effect::Record(record) => {
                    live.unrecorded += 1;
                    // It carries a heartbeat.
                    live.phase_seen = live.timer.progress(now).phase;
                    live.heartbeat_due_ms = now.boot_ms + HEARTBEAT_MS;
                    self.recorder()
                        .keep(self.entry(session_id, record, &live.timer, now));
                }
                Effect::EndReached => self.signals.send(Signal::EndReached(session_id)),
                Effect::Changed => changed = true,
            }
        }
        if changed && !live.dismissed {
            self.update(Update::Sit(Some(live.view(now))));
        }
        if live.timer.is_over() {
            self.fall_silent(live, now);
        } else {
            self.see(live, now);
        }
        self.awake.hold(needs_the_machine(live.view(now).phase));
    }

    fn strike(&self, live: &Live, strike: Strike, now: Now) {
        let choice = &live.timer.plan().choice;
        let bell = match strike.kind {
            BellKind::Start => &choice.start_bell,
            BellKind::Interval => &choice.interval_bell,
            BellKind::End => &choice.end_bell,
        };
        self.sound.strike(strike.kind, bell);
        tracing::debug!(
            ?strike,
            late_ms = now.boot_ms.saturating_sub(strike.due_boot_ms),
            "strike"
        );
    }

    /// After its last strike a sit needs the sound device no more; a discarded one, not even for
    /// what rings.
    fn fall_silent(&self, live: &mut Live, now: Now) {
        if live.sound == SoundUse::Released || live.timer.next_strike().is_some() {
            return;
        }
        live.sound = SoundUse::Released;
        if live.view(now).discarded {
            self.sound.silence();
        }
        self.sound.release();
    }

    /// Writes "last seen" when it is due, and at a change of phase that no record tells of.
    fn see(&self, live: &mut Live, now: Now) {
        let phase = live.timer.progress(now).phase;
        if phase == live.phase_seen && now.boot_ms < live.heartbeat_due_ms {
            return;
        }
        live.phase_seen = phase;
        live.heartbeat_due_ms = now.boot_ms + HEARTBEAT_MS;
        self.recorder()
            .heartbeat(live.timer.session_id(), self.heartbeat_of(&live.timer, now));
    }

    /// Finishes an ending sit, and writes "last seen" of one that this process leaves in its midst.
    /// No input comes after it: `stopping` is set.
    pub(super) fn leave(&self) {
        let mut seat = locked(&self.seat);
        let Some(live) = seat.as_mut().filter(|live| !live.timer.is_over()) else {
            return;
        };
        let now = self.clock.now();
        if live.view(now).phase == SitPhase::Ending {
            let (Ok(effects) | Err((_, effects))) = live.timer.handle(Input::Finish, now);
            self.carry_out(live, effects, now);
        }
        if !live.timer.is_over() {
            self.recorder()
                .heartbeat(live.timer.session_id(), self.heartbeat_of(&live.timer, now));
        }
    }

    /// Puts the ended sit away; it stays seated, unseen, until its completion is committed.
    pub(super) fn dismiss(&self, session_id: SessionId) -> Result<(), ApiError> {
        let is_over = {
            let mut seat = locked(&self.seat);
            this_sit(seat.as_mut(), session_id)?.timer.is_over()
        };
        if !is_over {
            self.input(session_id, Input::Finish)?;
        }
        let mut seat = locked(&self.seat);
        this_sit(seat.as_mut(), session_id)?.dismissed = true;
        if seat.as_ref().is_some_and(Live::is_settled) {
            *seat = None;
        }
        self.update(Update::Sit(None));
        Ok(())
    }

    /// Puts a sit away that is over and recorded: its row may be another by now, or none.
    pub(super) fn put_away_if_over(&self) {
        let mut seat = locked(&self.seat);
        if seat.as_ref().is_some_and(Live::is_settled) {
            *seat = None;
            self.update(Update::Sit(None));
        }
    }

    /// The sit as a window shows it now.
    pub(super) fn sit_view(&self) -> Option<SitView> {
        let seat = locked(&self.seat);
        seat.as_ref()
            .filter(|live| !live.dismissed)
            .map(|live| live.view(self.clock.now()))
    }

    pub(super) fn is_sitting(&self) -> bool {
        locked(&self.seat)
            .as_ref()
            .is_some_and(|live| !live.timer.is_over())
    }

    /// The sit that this process drives: until its end is committed, nobody else may begin one.
    pub(super) fn unsettled(&self) -> Option<SessionId> {
        locked(&self.seat)
            .as_ref()
            .filter(|live| !live.is_settled())
            .map(|live| live.timer.session_id())
    }
}

/// Whether the machine has to stay awake for it: while a person is away from the sit it may suspend.
const fn needs_the_machine(phase: SitPhase) -> bool {
    match phase {
        SitPhase::Preparing | SitPhase::Sitting | SitPhase::Overtime | SitPhase::Ending => true,
        SitPhase::Paused | SitPhase::Asking | SitPhase::Ended => false,
    }
}

fn this_sit(live: Option<&mut Live>, session_id: SessionId) -> Result<&mut Live, ApiError> {
    match live {
        None => Err(ApiError::new(ErrorCode::NoSit, "No sit is running here.").about(session_id)),
        Some(live) if live.timer.session_id() == session_id => Ok(live),
        Some(live) => Err(ApiError::new(
            ErrorCode::OtherSit,
            format_args!("{session_id} is not the sit that is running here; nothing was changed"),
        )
        .about(live.timer.session_id())),
    }
}
