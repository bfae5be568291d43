//! The live sit of this process, and how the sit timer's effects are carried out.
//!
//! Must hold: strikes first, then records, then what a window shows (I9). The kernel lock is kept
//! until the completion is committed, so that nobody else takes the row for unfinished.

use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::{Effect, Input, Now, Record, SitTimer, Strike};
use mitta_domain::{BellKind, SessionId};
use mitta_store::{SittingLock, Stamped};

use super::recorder::{Entry, Outcome};
use super::{Shared, Signal, views};
use crate::api::{ApiError, ErrorCode, NoticeTopic, Recording, SitView, Update};
use crate::locked;
use crate::sound::WAKE_AHEAD_MS;

/// How often "last seen" is written.
pub(super) const HEARTBEAT_MS: u64 = 15_000;

/// The sit that this process drives.
pub(super) struct Live {
    pub timer: SitTimer,
    lock: Option<SittingLock>,
    unrecorded: usize,
    failing: bool,
    dismissed: bool,
    heartbeat_due_ms: u64,
    /// The strike for which the sound device was woken.
    woken_for_ms: Option<u64>,
}

impl Live {
    pub(super) fn new(timer: SitTimer, lock: SittingLock, now: Now) -> Self {
        Self {
            timer,
            lock: Some(lock),
            unrecorded: 0,
            failing: false,
            dismissed: false,
            heartbeat_due_ms: now.boot_ms + HEARTBEAT_MS,
            woken_for_ms: None,
        }
    }

    pub(super) const fn is_settled(&self) -> bool {
        self.timer.is_over() && self.lock.is_none()
    }

    const fn recording(&self) -> Recording {
        match (self.failing, self.unrecorded) {
            (true, _) => Recording::Failing,
            (false, 0) => Recording::Recorded,
            (false, _) => Recording::Saving,
        }
    }

    pub(super) fn view(&self, now: Now) -> SitView {
        views::sit(&self.timer, now, self.recording())
    }

    fn deadline(&self) -> Option<u64> {
        let strike_ms = self.timer.next_strike();
        let wake_ms = strike_ms
            .filter(|at| self.woken_for_ms != Some(*at))
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
        let mut signals = Vec::new();
        {
            let mut seat = locked(&self.seat);
            let Some(live) = seat.as_mut() else { return };
            let now = self.clock.now();
            if let Some(at) = live.timer.next_strike()
                && now.boot_ms + WAKE_AHEAD_MS >= at
                && live.woken_for_ms != Some(at)
            {
                live.woken_for_ms = Some(at);
                self.sound.wake();
            }
            let was_ringing = live.timer.next_strike().is_some();
            let (Ok(effects) | Err((_, effects))) = live.timer.handle(Input::Tick, now);
            self.carry_out(live, effects, now, &mut signals);
            if now.boot_ms >= live.heartbeat_due_ms && !live.timer.is_over() {
                live.heartbeat_due_ms = now.boot_ms + HEARTBEAT_MS;
                self.recorder()
                    .heartbeat(live.timer.session_id(), self.heartbeat_of(&live.timer, now));
            }
            if was_ringing && live.timer.is_over() && live.timer.next_strike().is_none() {
                self.sound.release();
            }
        }
        self.signal_all(signals);
    }

    /// Gives `input` to the live sit, which must be `session_id`.
    pub(super) fn input(&self, session_id: SessionId, input: Input) -> Result<SitView, ApiError> {
        let mut signals = Vec::new();
        let result = {
            let mut seat = locked(&self.seat);
            let live = this_sit(seat.as_mut(), session_id)?;
            let now = self.clock.now();
            let (effects, result) = match live.timer.handle(input, now) {
                Ok(effects) => (effects, Ok(())),
                Err((wrong, effects)) => (effects, Err(wrong)),
            };
            self.carry_out(live, effects, now, &mut signals);
            if matches!(input, Input::Discard) && result.is_ok() {
                self.sound.silence();
                self.sound.release();
            }
            match result {
                Ok(()) => Ok(live.view(now)),
                Err(wrong) => Err(ApiError::new(ErrorCode::WrongState, wrong).about(session_id)),
            }
        };
        self.alarm.interrupt();
        self.signal_all(signals);
        result
    }

    /// Seats a sit, whose row is committed, and carries out its first effects.
    pub(super) fn seat(&self, mut live: Live, effects: Vec<Effect>, now: Now) -> SitView {
        let mut signals = Vec::new();
        let view = {
            let mut seat = locked(&self.seat);
            self.carry_out(&mut live, effects, now, &mut signals);
            let view = live.view(now);
            *seat = Some(live);
            view
        };
        self.alarm.interrupt();
        self.signal_all(signals);
        view
    }

    fn carry_out(
        &self,
        live: &mut Live,
        effects: Vec<Effect>,
        now: Now,
        signals: &mut Vec<Signal>,
    ) {
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
                    self.recorder()
                        .keep(self.entry(session_id, record, &live.timer, now));
                }
                Effect::EndReached => signals.push(Signal::EndReached(session_id)),
                Effect::Changed => changed = true,
            }
        }
        if changed && !live.dismissed {
            signals.push(Signal::Update(Update::Sit(Some(live.view(now)))));
        }
        self.awake.hold(!live.timer.is_over());
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

    fn entry(&self, session_id: SessionId, record: Record, timer: &SitTimer, now: Now) -> Entry {
        Entry {
            session_id,
            record,
            heartbeat: self.heartbeat_of(timer, now),
            stamped: self.stamped(now),
            delete_op: self.ids.op(now.wall_ms),
        }
    }

    pub(super) fn stamped(&self, now: Now) -> Stamped {
        Stamped {
            wall_ms: now.wall_ms,
            op_id: self.ids.op(now.wall_ms),
        }
    }

    pub(super) fn heartbeat_of(&self, timer: &SitTimer, now: Now) -> Heartbeat {
        Heartbeat {
            wall_ms: now.wall_ms,
            boot_ms: now.boot_ms,
            boot_id: self.boot_id.clone(),
            progress: timer.progress(now),
        }
    }

    /// Called by the writer thread.
    pub(super) fn recorded(&self, outcome: Outcome) {
        let mut signals = Vec::new();
        let (session_id, notice) = match &outcome {
            Outcome::Kept(session_id, _) => (*session_id, None),
            Outcome::Failing(session_id, error) | Outcome::Refused(session_id, error) => {
                (*session_id, Some(error.clone()))
            }
        };
        let is_final = matches!(
            &outcome,
            Outcome::Kept(_, Record::Complete(_) | Record::Discard(_))
        );
        {
            let mut seat = locked(&self.seat);
            if let Some(live) = seat.as_mut().filter(|l| l.timer.session_id() == session_id) {
                let before = live.recording();
                live.failing = notice.is_some();
                if !matches!(outcome, Outcome::Failing(..)) {
                    live.unrecorded = live.unrecorded.saturating_sub(1);
                }
                if is_final {
                    live.lock = None;
                }
                let dismissed = live.dismissed;
                if !dismissed && (is_final || before != live.recording()) {
                    let view = live.view(self.clock.now());
                    signals.push(Signal::Update(Update::Sit(Some(view))));
                }
                if is_final && dismissed {
                    *seat = None;
                }
            }
        }
        if is_final {
            signals.push(Signal::Update(Update::History));
        }
        self.notice(NoticeTopic::Recording, notice);
        self.signal_all(signals);
    }

    /// Puts the ended sit away; it stays seated, unseen, until its completion is committed.
    pub(super) fn dismiss(&self, session_id: SessionId) -> Result<(), ApiError> {
        let ending = {
            let mut seat = locked(&self.seat);
            let live = this_sit(seat.as_mut(), session_id)?;
            !live.timer.is_over()
        };
        if ending {
            self.input(session_id, Input::Finish)?;
        }
        {
            let mut seat = locked(&self.seat);
            this_sit(seat.as_mut(), session_id)?.dismissed = true;
            if seat.as_ref().is_some_and(Live::is_settled) {
                *seat = None;
            }
        }
        self.signal_all(vec![Signal::Update(Update::Sit(None))]);
        Ok(())
    }

    /// The sit as a window shows it now.
    pub(super) fn sit_view(&self) -> Option<SitView> {
        let seat = locked(&self.seat);
        seat.as_ref()
            .filter(|live| !live.dismissed)
            .map(|live| live.view(self.clock.now()))
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
