//! The sit timer: the state machine that runs one session.
//!
//! It takes an input and a time and returns effects; it never sleeps, rings or writes. Two rules
//! hold in it: time is elapsed on a clock that counts suspend, so that a sit is neither stretched
//! nor cut by a closed lid; and one call strikes at most one bell, so that no jump of any size
//! rings a burst.

mod advance;
mod bells;
mod types;
mod view;

pub use types::{
    Effect, Input, Now, Phase, Progress, ProgressPhase, Question, Record, SleepChoice, Strike,
    TimerView, WrongState,
};

use bells::Schedule;

use crate::event::EventKind;
use crate::ids::SessionId;
use crate::plan::Plan;
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
    schedule: Schedule,
    state: State,
    last: Now,
    paused_ms: u64,
    asleep_ms: u64,
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
struct Ended {
    elapsed_ms: u64,
    asleep_ms: u64,
    paused_ms: u64,
    wall_ms: UnixMillis,
}

impl SitTimer {
    /// A sit that begins now; its row has been committed by the caller before.
    pub fn begin(session_id: SessionId, plan: Plan, now: Now) -> (Self, Vec<Effect>) {
        let start_boot_ms = now.boot_ms + plan.choice.preparation_s.as_ms();
        let mut timer = Self::with(session_id, plan, State::Preparing { start_boot_ms }, now);
        let mut effects = vec![Effect::Changed];
        timer.advance(now, &mut effects);
        (timer, effects)
    }

    /// A sit that goes on after a crash or a restart. `progress` is that of `now`; bells that
    /// were due meanwhile are not made up for.
    pub fn resume(
        session_id: SessionId,
        plan: Plan,
        progress: Progress,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        let sitting = Running::Sitting {
            origin_boot_ms: origin(now, progress.elapsed_ms),
        };
        let state = match progress.phase {
            ProgressPhase::Preparing => State::Preparing {
                start_boot_ms: now.boot_ms + progress.preparation_left_ms,
            },
            ProgressPhase::Paused => State::Running(Running::Paused {
                elapsed_ms: progress.elapsed_ms,
                since_boot_ms: now.boot_ms,
            }),
            ProgressPhase::Sitting | ProgressPhase::Ending | ProgressPhase::Asking => {
                State::Running(sitting)
            }
        };
        let mut timer = Self::with(session_id, plan, state, now);
        timer.paused_ms = progress.paused_ms;
        timer.asleep_ms = progress.asleep_ms;
        if progress.phase != ProgressPhase::Preparing {
            timer.rung_until_ms = Some(progress.elapsed_ms);
        }
        let mut effects = vec![timer.event(EventKind::Recovered, now), Effect::Changed];
        timer.advance(now, &mut effects);
        (timer, effects)
    }

    fn with(session_id: SessionId, plan: Plan, state: State, now: Now) -> Self {
        Self {
            session_id,
            schedule: Schedule::of(&plan),
            plan,
            state,
            last: now,
            paused_ms: 0,
            asleep_ms: 0,
            rung_until_ms: None,
            end_ring: None,
        }
    }

    /// The session it runs.
    pub const fn session_id(&self) -> SessionId {
        self.session_id
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
            (Input::End, State::Preparing { .. }) => self.discard_at(self.ended(now), effects),
            (Input::End, State::Running(running)) => self.end(running, now, effects),
            (Input::UndoEnd, State::Ending { before, .. }) => {
                self.state = State::Running(before);
                self.rung_until_ms = Some(self.elapsed_ms(now));
                effects.push(self.event(EventKind::EndUndone, now));
                self.advance(now, effects);
            }
            (Input::Finish, State::Ending { at, .. }) => self.complete_at(at, 0, effects),
            (Input::Discard, State::Over { .. }) => return Err(self.wrong(input, now)),
            (Input::Discard, _) => self.discard_at(self.ended(now), effects),
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
        }
    }

    fn end(&mut self, running: Running, now: Now, effects: &mut Vec<Effect>) {
        let at = self.ended(now);
        if matches!(running, Running::Overtime { .. }) {
            self.state = State::Asking {
                question: Question::KeepOvertime,
                at,
            };
            effects.push(self.event(EventKind::EndRequested, now));
        } else if Seconds::floor_ms(at.elapsed_ms) == Seconds(0) {
            self.discard_at(at, effects);
        } else if at.asleep_ms >= SLEEP_WORTH_ASKING_MS {
            self.state = State::Asking {
                question: Question::Slept,
                at,
            };
            effects.push(self.event(EventKind::EndRequested, now));
        } else {
            let until_boot_ms = now.boot_ms + UNDO_END_MS;
            effects.push(self.event(EventKind::EndRequested, now));
            self.state = State::Ending {
                before: running,
                at,
                until_boot_ms,
            };
        }
    }

    fn answer(
        &mut self,
        question: Question,
        choice: SleepChoice,
        at: Ended,
        effects: &mut Vec<Effect>,
    ) {
        let limit_ms = self.plan.limit_ms();
        let kept = Ended {
            elapsed_ms: at.elapsed_ms.min(Seconds::DAY.as_ms()),
            ..at
        };
        let planned = Ended {
            elapsed_ms: at.elapsed_ms.min(limit_ms),
            ..at
        };
        let overtime_ms = kept.elapsed_ms.saturating_sub(limit_ms);
        match (question, choice) {
            (_, SleepChoice::Discard) => self.discard_at(planned, effects),
            (Question::KeepOvertime, SleepChoice::Keep) => {
                self.complete_at(kept, overtime_ms, effects);
            }
            (Question::Slept, SleepChoice::Keep) | (Question::KeepOvertime, SleepChoice::Trim) => {
                self.complete_at(planned, 0, effects);
            }
            (Question::Slept, SleepChoice::Trim) => {
                let elapsed_ms = planned.elapsed_ms.saturating_sub(at.asleep_ms);
                self.complete_at(
                    Ended {
                        elapsed_ms,
                        ..planned
                    },
                    0,
                    effects,
                );
            }
        }
    }

    /// Where nothing is left to credit, completing is discarding.
    fn complete_at(&mut self, at: Ended, overtime_ms: u64, effects: &mut Vec<Effect>) {
        let completion = completion(at, overtime_ms);
        if completion.credited_s == Seconds(0) {
            self.discard_at(at, effects);
            return;
        }
        self.state = State::Over {
            completion,
            discarded: false,
        };
        effects.push(Effect::Record(Record::Complete(completion)));
    }

    fn discard_at(&mut self, at: Ended, effects: &mut Vec<Effect>) {
        let at = Ended {
            elapsed_ms: at.elapsed_ms.min(self.plan.limit_ms()),
            ..at
        };
        let completion = completion(at, 0);
        self.state = State::Over {
            completion,
            discarded: true,
        };
        self.end_ring = None;
        effects.push(Effect::Record(Record::Discard(completion)));
    }

    fn elapsed_ms(&self, now: Now) -> u64 {
        match self.state {
            State::Preparing { .. } => 0,
            State::Running(running) => running.elapsed_ms(now),
            State::Ending { at, .. } | State::Asking { at, .. } => at.elapsed_ms,
            State::Over { completion, .. } => completion.credited_s.as_ms(),
        }
    }

    /// The present moment as the end of the sit; where it has ended already, that moment.
    fn ended(&self, now: Now) -> Ended {
        match self.state {
            State::Ending { at, .. } | State::Asking { at, .. } => at,
            _ => Ended {
                elapsed_ms: self.elapsed_ms(now),
                asleep_ms: self.asleep_ms,
                paused_ms: self.paused_ms_until(now),
                wall_ms: now.wall_ms,
            },
        }
    }

    fn paused_ms_until(&self, now: Now) -> u64 {
        let State::Running(Running::Paused { since_boot_ms, .. }) = self.state else {
            return self.paused_ms;
        };
        self.paused_ms + now.boot_ms.saturating_sub(since_boot_ms)
    }

    fn event(&self, kind: EventKind, now: Now) -> Effect {
        Effect::Record(Record::Event {
            kind,
            at_ms: now.wall_ms,
            elapsed_ms: self.elapsed_ms(now),
        })
    }

    /// Whether the session's completion has been decided.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over { .. })
    }
}

impl Running {
    fn elapsed_ms(self, now: Now) -> u64 {
        match self {
            Self::Sitting { origin_boot_ms } | Self::Overtime { origin_boot_ms } => {
                since(now, origin_boot_ms)
            }
            Self::Paused { elapsed_ms, .. } => elapsed_ms,
        }
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

/// The one place where milliseconds become credited seconds: floored once, here.
fn completion(at: Ended, overtime_ms: u64) -> Completion {
    Completion {
        ended_at_ms: at.wall_ms,
        credited_s: Seconds::floor_ms(at.elapsed_ms),
        paused_s: Seconds::floor_ms(at.paused_ms),
        asleep_s: Seconds::floor_ms(at.asleep_ms),
        overtime_s: Seconds::floor_ms(overtime_ms),
    }
}
