//! How time passes in the sit timer: starts, bells, the end, and sleep.

use super::{
    Effect, EndRing, Ended, Now, Question, Record, Running, SLEEP_THRESHOLD_MS, SitTimer, State,
    Strike, bells, since,
};
use crate::bells::BellKind;
use crate::event::EventKind;
use crate::plan::AtEnd;
use crate::units::Seconds;

impl SitTimer {
    /// Lets time pass up to `now`; the suspend-aware clock never goes back in here.
    pub(super) fn advance(&mut self, now: Now, effects: &mut Vec<Effect>) -> Now {
        let now = Now {
            boot_ms: now.boot_ms.max(self.last.boot_ms),
            awake_ms: now.awake_ms.max(self.last.awake_ms),
            ..now
        };
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
                self.count_sleep(origin_boot_ms, u64::MAX, slept_ms, now, effects);
                if since(now, origin_boot_ms) >= Seconds::DAY.as_ms() {
                    let at = self.ended(now);
                    self.state = State::Asking {
                        question: Question::KeepOvertime,
                        at,
                    };
                    effects.push(Effect::Changed);
                }
            }
            State::Ending {
                at, until_boot_ms, ..
            } if now.boot_ms >= until_boot_ms => {
                self.complete_at(at, 0, effects);
                effects.push(Effect::Changed);
            }
            _ => {}
        }
        self.ring_end(now, effects);
        now
    }

    fn sit(&mut self, origin_boot_ms: i64, slept_ms: u64, now: Now, effects: &mut Vec<Effect>) {
        let limit_ms = self.plan.limit_ms();
        let elapsed_ms = since(now, origin_boot_ms);
        self.count_sleep(origin_boot_ms, limit_ms, slept_ms, now, effects);
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
            wall_ms: now
                .wall_ms
                .plus_ms(-i64::try_from(late_ms).unwrap_or(i64::MAX)),
            ..self.ended(now)
        };
        let reached = Record::Event {
            kind: EventKind::ReachedEnd,
            at_ms: at.wall_ms,
            elapsed_ms: limit_ms,
        };
        let slept_past_end = slept_ms > 0 && late_ms >= 1_000;
        if slept_past_end {
            effects.push(Effect::Record(reached));
            self.state = State::Asking {
                question: Question::Slept,
                at,
            };
        } else if self.plan.choice.at_end == AtEnd::CountOvertime
            && self.plan.choice.planned_s.is_some()
            && limit_ms < Seconds::DAY.as_ms()
        {
            effects.push(Effect::Record(reached));
            self.state = State::Running(Running::Overtime { origin_boot_ms });
        } else {
            self.complete_at(at, 0, effects);
        }
        effects.push(Effect::EndReached);
        effects.push(Effect::Changed);
    }

    /// The machine has just woken: its sleep ended now. What of it lay within the sit counts.
    fn count_sleep(
        &mut self,
        origin_boot_ms: i64,
        limit_ms: u64,
        slept_ms: u64,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        if slept_ms == 0 {
            return;
        }
        let elapsed_ms = since(now, origin_boot_ms);
        let from_ms = elapsed_ms.saturating_sub(slept_ms);
        self.asleep_ms += elapsed_ms.min(limit_ms).saturating_sub(from_ms);
        effects.push(Effect::Record(Record::Event {
            kind: EventKind::Slept,
            at_ms: now
                .wall_ms
                .plus_ms(-i64::try_from(slept_ms).unwrap_or(i64::MAX)),
            elapsed_ms: from_ms,
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
