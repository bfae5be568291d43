//! What others see of the sit timer: its next deadline, its progress, and how it stands.

use super::{Now, Phase, Progress, ProgressPhase, Running, SitTimer, State, TimerView, bells};
use crate::units::Seconds;

impl SitTimer {
    /// When the timer next has something to do, on the suspend-aware clock.
    pub fn deadline(&self) -> Option<u64> {
        let at = |origin: i64, elapsed_ms: u64| {
            u64::try_from(origin.saturating_add_unsigned(elapsed_ms)).unwrap_or(0)
        };
        let state = match self.state {
            State::Preparing { start_boot_ms } => Some(start_boot_ms),
            State::Running(Running::Sitting { origin_boot_ms }) => {
                let limit_ms = self.plan.limit_ms();
                let next = self.schedule.next(self.rung_until_ms).unwrap_or(limit_ms);
                Some(at(origin_boot_ms, next.min(limit_ms)))
            }
            State::Running(Running::Overtime { origin_boot_ms }) => {
                Some(at(origin_boot_ms, Seconds::DAY.as_ms()))
            }
            State::Ending { until_boot_ms, .. } => Some(until_boot_ms),
            State::Running(Running::Paused { .. }) | State::Asking { .. } | State::Over { .. } => {
                None
            }
        };
        let ring = self
            .end_ring
            .map(|ring| bells::end_due(ring.first_boot_ms, ring.next));
        [state, ring].into_iter().flatten().min()
    }

    /// How far the sit has come: what a heartbeat keeps.
    pub fn progress(&self, now: Now) -> Progress {
        let now = self.forward(now);
        let phase = match self.state {
            State::Preparing { .. } => ProgressPhase::Preparing,
            State::Running(Running::Paused { .. }) => ProgressPhase::Paused,
            State::Running(_) => ProgressPhase::Sitting,
            State::Ending { .. } | State::Over { .. } => ProgressPhase::Ending,
            State::Asking { .. } => ProgressPhase::Asking,
        };
        let at = self.ended(now);
        Progress {
            phase,
            preparation_left_ms: self.preparation_left_ms(now),
            elapsed_ms: at.elapsed_ms,
            paused_ms: at.paused_ms,
            asleep_ms: at.asleep_ms,
        }
    }

    pub(super) fn preparation_left_ms(&self, now: Now) -> u64 {
        let State::Preparing { start_boot_ms } = self.state else {
            return 0;
        };
        start_boot_ms.saturating_sub(now.boot_ms)
    }

    /// The sit as it stands at `now`, for showing.
    pub fn view(&self, now: Now) -> TimerView {
        let now = self.forward(now);
        let (phase, completion) = match self.state {
            State::Preparing { .. } => (Phase::Preparing, None),
            State::Running(Running::Sitting { .. }) => (Phase::Sitting, None),
            State::Running(Running::Paused { .. }) => (Phase::Paused, None),
            State::Running(Running::Overtime { .. }) => (Phase::Overtime, None),
            State::Ending { at, .. } => (Phase::Ending, Some(self.completion(at, 0))),
            State::Asking { question, at } => {
                let overtime_ms = at.elapsed_ms.saturating_sub(self.plan.limit_ms());
                (
                    Phase::Asking(question),
                    Some(self.completion(at, overtime_ms)),
                )
            }
            State::Over {
                completion,
                discarded,
            } => (Phase::Over { discarded }, Some(completion)),
        };
        let at = self.ended(now);
        let left_ms = self.preparation_left_ms(now)
            + self.plan.limit_ms().saturating_sub(self.elapsed_ms(now));
        let ends = matches!(phase, Phase::Preparing | Phase::Sitting)
            && self.plan.choice.planned_s.is_some();
        TimerView {
            phase,
            preparation_left_ms: self.preparation_left_ms(now),
            elapsed_ms: self.elapsed_ms(now),
            asleep_ms: at.asleep_ms,
            undo_left_ms: match self.state {
                State::Ending { until_boot_ms, .. } => until_boot_ms.saturating_sub(now.boot_ms),
                _ => 0,
            },
            ends_at_ms: ends.then(|| {
                now.wall_ms
                    .plus_ms(i64::try_from(left_ms).unwrap_or(i64::MAX))
            }),
            completion,
        }
    }

    /// When the next bell rings, on the suspend-aware clock: the sound is made ready before.
    pub fn next_strike(&self) -> Option<u64> {
        let start = match self.state {
            State::Preparing { start_boot_ms } => i64::try_from(start_boot_ms).ok(),
            State::Running(Running::Sitting { origin_boot_ms }) => Some(origin_boot_ms),
            _ => None,
        };
        let limit_ms = self.plan.limit_ms();
        let end = (self.plan.choice.end_bell.strikes > 0).then_some(limit_ms);
        let due_ms = self.schedule.next(self.rung_until_ms).or(end);
        let sit = start
            .zip(due_ms)
            .and_then(|(start, due_ms)| u64::try_from(start.saturating_add_unsigned(due_ms)).ok());
        let ring = self
            .end_ring
            .map(|ring| bells::end_due(ring.first_boot_ms, ring.next));
        [sit, ring].into_iter().flatten().min()
    }
}
