//! How a sit ends: End and its undo, the questions, and what is credited.
//!
//! Must hold: whatever way it ends, one completion, and nothing credited without a whole second.

use super::{
    Effect, Ended, Now, Question, Record, Running, SLEEP_WORTH_ASKING_MS, SitTimer, SleepChoice,
    State, UNDO_END_MS, earlier,
};
use crate::event::EventKind;
use crate::session::Completion;
use crate::units::Seconds;

impl SitTimer {
    pub(super) fn end(&mut self, running: Running, now: Now, effects: &mut Vec<Effect>) {
        let at = self.ended(now);
        let overtime_ms = at.elapsed_ms.saturating_sub(self.plan.limit_ms());
        let in_overtime = matches!(running, Running::Overtime { .. });
        if in_overtime && Seconds::floor_ms(overtime_ms) == Seconds(0) {
            self.complete_at(self.without_overtime(at), 0, effects);
        } else if in_overtime {
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

    pub(super) fn answer(
        &mut self,
        question: Question,
        choice: SleepChoice,
        at: Ended,
        effects: &mut Vec<Effect>,
    ) {
        let planned = self.without_overtime(at);
        match (question, choice) {
            (_, SleepChoice::Discard) => self.discard_at(at, effects),
            (Question::KeepOvertime, SleepChoice::Keep) => {
                let overtime_ms = at.elapsed_ms.saturating_sub(self.plan.limit_ms());
                self.complete_at(at, overtime_ms, effects);
            }
            (Question::Slept, SleepChoice::Keep) | (Question::KeepOvertime, SleepChoice::Trim) => {
                self.complete_at(planned, 0, effects);
            }
            (Question::Slept, SleepChoice::Trim) => {
                let elapsed_ms = planned.elapsed_ms.saturating_sub(at.asleep_ms);
                let awake = Ended {
                    elapsed_ms,
                    ..planned
                };
                self.complete_at(awake, 0, effects);
            }
        }
    }

    /// Where nothing is left to credit, completing is discarding.
    pub(super) fn complete_at(&mut self, at: Ended, overtime_ms: u64, effects: &mut Vec<Effect>) {
        let completion = self.completion(at, overtime_ms);
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

    pub(super) fn discard_at(&mut self, at: Ended, effects: &mut Vec<Effect>) {
        let completion = self.completion(self.without_overtime(at), 0);
        self.state = State::Over {
            completion,
            discarded: true,
        };
        self.end_ring = None;
        effects.push(Effect::Record(Record::Discard(completion)));
    }

    /// The present moment as the end of the sit; where it has ended already, that moment.
    pub(super) fn ended(&self, now: Now) -> Ended {
        match self.state {
            State::Ending { at, .. } | State::Asking { at, .. } => at,
            State::Over { completion, .. } => Ended {
                elapsed_ms: completion.credited_s.as_ms(),
                asleep_ms: completion.asleep_s.as_ms(),
                paused_ms: completion.paused_s.as_ms(),
                wall_ms: completion.ended_at_ms,
            },
            _ => Ended {
                elapsed_ms: self.elapsed_ms(now),
                asleep_ms: self.asleep_ms + self.overtime_asleep_ms,
                paused_ms: self.paused_ms_until(now),
                wall_ms: now.wall_ms,
            },
        }
    }

    /// The planned end where `at` is beyond it, else `at`.
    fn without_overtime(&self, at: Ended) -> Ended {
        let overtime_ms = at.elapsed_ms.saturating_sub(self.plan.limit_ms());
        Ended {
            elapsed_ms: at.elapsed_ms - overtime_ms,
            asleep_ms: at.asleep_ms.saturating_sub(self.overtime_asleep_ms),
            wall_ms: earlier(at.wall_ms, overtime_ms),
            ..at
        }
    }

    /// The one place where milliseconds become credited seconds: floored once, here.
    pub(super) fn completion(&self, at: Ended, overtime_ms: u64) -> Completion {
        Completion {
            ended_at_ms: at.wall_ms.max(self.starts_at_ms),
            credited_s: Seconds::floor_ms(at.elapsed_ms),
            paused_s: Seconds::floor_ms(at.paused_ms),
            asleep_s: Seconds::floor_ms(at.asleep_ms),
            overtime_s: Seconds::floor_ms(overtime_ms),
        }
    }
}
