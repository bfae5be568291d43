//! The sit timer: the state machine that runs one session.
//!
//! It takes an input and a time and returns effects; it never sleeps, rings or writes. Two rules
//! hold in it: time is elapsed on a clock that counts suspend, so that a sit is neither stretched
//! nor cut by a closed lid; and one call strikes at most one bell, so that no jump of any size
//! rings a burst.

mod advance;
mod begin;
mod bells;
mod ending;
mod types;
mod view;

pub use types::{
    Effect, Input, Now, Phase, Progress, ProgressPhase, Question, Record, SleepChoice, Strike,
    TimerView, WrongState,
};

use bells::Schedule;

use crate::event::EventKind;
use crate::ids::SessionId;
use crate::plan::{AtEnd, Plan};
use crate::session::Completion;
use crate::units::{Seconds, UnixMillis};

/// How long an accidental End can be taken back.
pub const UNDO_END_MS: u64 = 30_000;

/// A gap between the two clocks from which on the machine is taken to have slept.
pub const SLEEP_THRESHOLD_MS: u64 = 2_000;

/// Sleep from which on ending early asks whether to count it.
pub const SLEEP_WORTH_ASKING_MS: u64 = 60_000;

/// Runs one session, from Begin to its completion.
#[derive(Debug, Clone, PartialEq)]
pub struct SitTimer {
    session_id: SessionId,
    plan: Plan,
    /// Its start and end are those of others too: it is neither paused nor begun now.
    is_together: bool,
    schedule: Schedule,
    state: State,
    last: Now,
    /// When the sit starts on the wall clock, as its row says: it never ends before that.
    starts_at_ms: UnixMillis,
    paused_ms: u64,
    /// Slept by the machine up to the planned end.
    asleep_ms: u64,
    /// Slept by the machine in the overtime.
    overtime_asleep_ms: u64,
    /// Bells due up to and including this elapsed time were struck or dropped.
    rung_until_ms: Option<u64>,
    end_ring: Option<EndRing>,
}

/// The end bell's strikes, which go on after the session is completed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct EndRing {
    first_boot_ms: u64,
    next: u8,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Preparing {
        start_boot_ms: u64,
    },
    Running(Running),
    Ending {
        before: Running,
        at: Ended,
        until_boot_ms: u64,
    },
    Asking {
        question: Question,
        at: Ended,
    },
    Over {
        completion: Completion,
        discarded: bool,
    },
}

/// Time is counted from `origin`, which every pause moves; it may lie before this boot.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Running {
    Sitting { origin_boot_ms: i64 },
    Paused { elapsed_ms: u64, since_boot_ms: u64 },
    Overtime { origin_boot_ms: i64 },
}

/// The moment a sit ended, or would end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_field_names, reason = "units are in names (I11)")]
struct Ended {
    elapsed_ms: u64,
    asleep_ms: u64,
    paused_ms: u64,
    wall_ms: UnixMillis,
}

impl SitTimer {
    /// The session it runs.
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// When it starts or started on the wall clock, as its row says.
    pub const fn starts_at_ms(&self) -> UnixMillis {
        self.starts_at_ms
    }

    /// The plan it runs by.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Brings the timer up to `now` and then gives it `input`.
    ///
    /// # Errors
    /// [`WrongState`] where the input makes no sense now; time has advanced all the same, and the
    /// effects of that are returned with it.
    pub fn handle(
        &mut self,
        input: Input,
        now: Now,
    ) -> Result<Vec<Effect>, (WrongState, Vec<Effect>)> {
        let mut effects = Vec::new();
        let now = self.advance(now, &mut effects);
        match self.apply(input, now, &mut effects) {
            Ok(()) => Ok(effects),
            Err(wrong) => Err((wrong, effects)),
        }
    }

    fn apply(
        &mut self,
        input: Input,
        now: Now,
        effects: &mut Vec<Effect>,
    ) -> Result<(), WrongState> {
        match (input, self.state) {
            (Input::Tick, _) => return Ok(()),
            _ if self.is_bound(input) => return Err(self.wrong(input, now)),
            (Input::BeginNow, State::Preparing { .. }) => {
                self.state = State::Preparing {
                    start_boot_ms: now.boot_ms,
                };
                effects.push(self.event(EventKind::BeganNow, now));
                self.advance(now, effects);
            }
            (Input::Pause, State::Running(Running::Sitting { origin_boot_ms })) => {
                let elapsed_ms = since(now, origin_boot_ms);
                self.state = State::Running(Running::Paused {
                    elapsed_ms,
                    since_boot_ms: now.boot_ms,
                });
                effects.push(self.event(EventKind::Paused, now));
            }
            (
                Input::Resume,
                State::Running(Running::Paused {
                    elapsed_ms,
                    since_boot_ms,
                }),
            ) => {
                self.paused_ms += now.boot_ms - since_boot_ms;
                self.state = State::Running(Running::Sitting {
                    origin_boot_ms: origin(now, elapsed_ms),
                });
                effects.push(self.event(EventKind::Resumed, now));
            }
            (Input::End, State::Running(running)) => self.end(running, now, effects),
            (Input::UndoEnd, State::Ending { before, .. }) => {
                self.state = State::Running(before);
                self.rung_until_ms = Some(self.elapsed_ms(now));
                effects.push(self.event(EventKind::EndUndone, now));
                self.advance(now, effects);
            }
            (Input::Finish, State::Ending { at, .. }) => self.complete_at(at, 0, effects),
            (Input::Discard, State::Over { .. }) => return Err(self.wrong(input, now)),
            (Input::End, State::Preparing { .. }) | (Input::Discard, _) => {
                self.discard_at(self.ended(now), effects);
            }
            (Input::Choose(choice), State::Asking { question, at }) => {
                self.answer(question, choice, at, effects);
            }
            _ => return Err(self.wrong(input, now)),
        }
        effects.push(Effect::Changed);
        Ok(())
    }

    fn wrong(&self, input: Input, now: Now) -> WrongState {
        WrongState {
            input,
            phase: self.view(now).phase,
            is_together: self.is_bound(input),
        }
    }

    /// Whether `input` would move a start or an end that others share.
    const fn is_bound(&self, input: Input) -> bool {
        let moves = matches!(input, Input::BeginNow | Input::Pause | Input::Resume);
        self.is_together && moves && !self.is_over()
    }

    /// What has been sat by `now`: held at the planned end until time is told to pass it.
    fn elapsed_ms(&self, now: Now) -> u64 {
        match self.state {
            State::Preparing { .. } => 0,
            State::Running(Running::Sitting { origin_boot_ms }) => {
                since(now, origin_boot_ms).min(self.plan.limit_ms())
            }
            State::Running(Running::Overtime { origin_boot_ms }) => {
                since(now, origin_boot_ms).min(Seconds::DAY.as_ms())
            }
            State::Running(Running::Paused { elapsed_ms, .. }) => elapsed_ms,
            State::Ending { at, .. } | State::Asking { at, .. } => at.elapsed_ms,
            State::Over { completion, .. } => completion.credited_s.as_ms(),
        }
    }

    fn paused_ms_until(&self, now: Now) -> u64 {
        let State::Running(Running::Paused { since_boot_ms, .. }) = self.state else {
            return self.paused_ms;
        };
        self.paused_ms + now.boot_ms.saturating_sub(since_boot_ms)
    }

    fn counts_overtime(&self) -> bool {
        self.plan.choice.at_end == AtEnd::CountOvertime
            && self.plan.choice.planned_s.is_some()
            && self.plan.limit_ms() < Seconds::DAY.as_ms()
    }

    fn event(&self, kind: EventKind, now: Now) -> Effect {
        Effect::Record(Record::Event {
            kind,
            at_ms: now.wall_ms,
            elapsed_ms: self.elapsed_ms(now),
        })
    }

    /// The suspend-aware and the awake clock never go back in here, whatever they are said to be.
    fn forward(&self, now: Now) -> Now {
        Now {
            boot_ms: now.boot_ms.max(self.last.boot_ms),
            awake_ms: now.awake_ms.max(self.last.awake_ms),
            ..now
        }
    }

    /// Whether the session's completion has been decided.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over { .. })
    }
}

fn since(now: Now, origin_boot_ms: i64) -> u64 {
    let now = i64::try_from(now.boot_ms).unwrap_or(i64::MAX);
    u64::try_from(now.saturating_sub(origin_boot_ms)).unwrap_or(0)
}

fn origin(now: Now, elapsed_ms: u64) -> i64 {
    i64::try_from(now.boot_ms)
        .unwrap_or(i64::MAX)
        .saturating_sub_unsigned(elapsed_ms)
}

/// An instant moved back, as far as there is room.
fn earlier(instant: UnixMillis, by_ms: u64) -> UnixMillis {
    instant.plus_ms(i64::try_from(by_ms).unwrap_or(i64::MAX).saturating_neg())
}
