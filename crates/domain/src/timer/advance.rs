//! How time passes in the sit timer: starts, bells, the end, and sleep.

use std::ops::Range;

use super::{
    Effect, EndRing, Ended, Now, Question, Record, Running, SLEEP_THRESHOLD_MS, SitTimer, State,
    Strike, bells, earlier, since,
};
use crate::bells::BellKind;
use crate::event::EventKind;
use crate::units::Seconds;

impl SitTimer {
    /// Lets time pass up to `now`; the suspend-aware clock never goes back in here.
    pub(super) fn advance(&mut self, now: Now, effects: &mut Vec<Effect>) -> Now {
        let now = self.forward(now);
        let passed_ms = now.boot_ms - self.last.boot_ms;
        let slept_ms = passed_ms.saturating_sub(now.awake_ms - self.last.awake_ms);
        let slept_ms = if slept_ms >= SLEEP_THRESHOLD_MS {
            slept_ms
        } else {
            0
        };
        self.last = now;
        if let State::Preparing { start_boot_ms } = self.state
            && now.boot_ms >= start_boot_ms
        {
            let origin_boot_ms = i64::try_from(start_boot_ms).unwrap_or(i64::MAX);
            self.state = State::Running(Running::Sitting { origin_boot_ms });
            effects.push(Effect::Changed);
        }
        match self.state {
            State::Running(Running::Sitting { origin_boot_ms }) => {
                self.sit(origin_boot_ms, slept_ms, now, effects);
            }
            State::Running(Running::Overtime { origin_boot_ms }) => {
                Self::record_sleep(since(now, origin_boot_ms), slept_ms, now, effects);
            }
            State::Ending {
                at, until_boot_ms, ..
            } if now.boot_ms >= until_boot_ms => {
                self.complete_at(at, 0, effects);
                effects.push(Effect::Changed);
            }
            // The sit goes on through this sleep if End is undone.
            State::Ending {
                before: Running::Sitting { origin_boot_ms },
                ..
            } => self.sleep_in_sit(since(now, origin_boot_ms), slept_ms, now, effects),
            _ => {}
        }
        if let State::Running(Running::Overtime { origin_boot_ms }) = self.state {
            self.sit_on(origin_boot_ms, slept_ms, now, effects);
        }
        self.ring_end(now, effects);
        now
    }

    fn sit(&mut self, origin_boot_ms: i64, slept_ms: u64, now: Now, effects: &mut Vec<Effect>) {
        let limit_ms = self.plan.limit_ms();
        let elapsed_ms = since(now, origin_boot_ms);
        self.sleep_in_sit(elapsed_ms, slept_ms, now, effects);
        if elapsed_ms < limit_ms {
            if let Some((kind, index, due_ms)) = self.schedule.due(self.rung_until_ms, elapsed_ms) {
                effects.push(Effect::Strike(Strike {
                    kind,
                    index,
                    due_boot_ms: now.boot_ms - (elapsed_ms - due_ms),
                }));
            }
            self.rung_until_ms = Some(elapsed_ms);
            return;
        }
        let late_ms = elapsed_ms - limit_ms;
        let on_time = late_ms <= bells::LATEST_STRIKE_MS;
        let end_boot_ms = now.boot_ms - late_ms.min(now.boot_ms);
        let first_boot_ms = if on_time { end_boot_ms } else { now.boot_ms };
        self.end_ring = Some(EndRing {
            first_boot_ms,
            next: 0,
        });
        let at = Ended {
            elapsed_ms: limit_ms,
            wall_ms: earlier(now.wall_ms, late_ms),
            ..self.ended(now)
        };
        let reached = Record::Event {
            kind: EventKind::ReachedEnd,
            at_ms: at.wall_ms,
            elapsed_ms: limit_ms,
        };
        let fell_asleep_before = elapsed_ms.saturating_sub(slept_ms) < limit_ms;
        let slept_past_end = slept_ms > 0 && late_ms >= 1_000 && fell_asleep_before;
        if slept_past_end {
            effects.push(Effect::Record(reached));
            self.state = State::Asking {
                question: Question::Slept,
                at,
            };
        } else if self.counts_overtime() {
            effects.push(Effect::Record(reached));
            self.state = State::Running(Running::Overtime { origin_boot_ms });
        } else {
            self.complete_at(at, 0, effects);
        }
        effects.push(Effect::EndReached);
        effects.push(Effect::Changed);
    }

    /// Overtime, be it reached only now.
    fn sit_on(&mut self, origin_boot_ms: i64, slept_ms: u64, now: Now, effects: &mut Vec<Effect>) {
        let elapsed_ms = since(now, origin_boot_ms);
        let (limit_ms, day_ms) = (self.plan.limit_ms(), Seconds::DAY.as_ms());
        self.overtime_asleep_ms += Self::asleep_within(limit_ms..day_ms, elapsed_ms, slept_ms);
        if elapsed_ms < day_ms {
            return;
        }
        let at = Ended {
            wall_ms: earlier(now.wall_ms, elapsed_ms - day_ms),
            ..self.ended(now)
        };
        self.state = State::Asking {
            question: Question::KeepOvertime,
            at,
        };
        effects.push(Effect::Changed);
    }

    /// The machine has just woken, `elapsed_ms` into the sit: what it slept before the planned
    /// end counts.
    fn sleep_in_sit(
        &mut self,
        elapsed_ms: u64,
        slept_ms: u64,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        self.asleep_ms += Self::asleep_within(0..self.plan.limit_ms(), elapsed_ms, slept_ms);
        Self::record_sleep(elapsed_ms, slept_ms, now, effects);
    }

    /// What lies within `span` of a sleep that ended at `elapsed_ms`.
    fn asleep_within(span: Range<u64>, elapsed_ms: u64, slept_ms: u64) -> u64 {
        let from_ms = elapsed_ms.saturating_sub(slept_ms).max(span.start);
        elapsed_ms.min(span.end).saturating_sub(from_ms)
    }

    fn record_sleep(elapsed_ms: u64, slept_ms: u64, now: Now, effects: &mut Vec<Effect>) {
        if slept_ms == 0 {
            return;
        }
        effects.push(Effect::Record(Record::Event {
            kind: EventKind::Slept,
            at_ms: earlier(now.wall_ms, slept_ms),
            elapsed_ms: elapsed_ms.saturating_sub(slept_ms),
        }));
        effects.push(Effect::Record(Record::Event {
            kind: EventKind::Woke,
            at_ms: now.wall_ms,
            elapsed_ms,
        }));
        effects.push(Effect::Changed);
    }

    fn ring_end(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Some(ring) = self.end_ring else { return };
        let strikes = self.plan.choice.end_bell.strikes;
        let (strike, next) = bells::end_strike(ring.first_boot_ms, ring.next, strikes, now.boot_ms);
        if let Some((index, due_boot_ms)) = strike {
            effects.push(Effect::Strike(Strike {
                kind: BellKind::End,
                index,
                due_boot_ms,
            }));
        }
        self.end_ring = (next < strikes).then_some(EndRing { next, ..ring });
    }
}
