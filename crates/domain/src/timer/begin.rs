//! How a sit comes to be run: begun, alone or together, or gone on with after a restart.

use super::bells::Schedule;
use super::{
    Effect, Ended, Now, Progress, ProgressPhase, Question, Running, SitTimer, State, earlier,
    origin,
};
use crate::event::EventKind;
use crate::ids::SessionId;
use crate::plan::Plan;

impl SitTimer {
    /// A sit that begins now; its row has been committed by the caller before.
    pub fn begin(session_id: SessionId, plan: Plan, now: Now) -> (Self, Vec<Effect>) {
        let start_boot_ms = now.boot_ms + plan.choice.preparation_s.as_ms();
        Self::starting(session_id, plan, start_boot_ms, false, now)
    }

    /// A place in a sitting together, which starts at `start_boot_ms` and at no other time; its row
    /// has been committed by the caller before.
    pub fn begin_together(
        session_id: SessionId,
        plan: Plan,
        start_boot_ms: u64,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        Self::starting(session_id, plan, start_boot_ms, true, now)
    }

    fn starting(
        session_id: SessionId,
        plan: Plan,
        start_boot_ms: u64,
        is_together: bool,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        let mut timer = Self::with(session_id, plan, State::Preparing { start_boot_ms }, now);
        timer.is_together = is_together;
        let mut effects = vec![Effect::Changed];
        timer.advance(now, &mut effects);
        (timer, effects)
    }

    /// As [`SitTimer::resume`], of a place in a sitting together.
    pub fn resume_together(
        session_id: SessionId,
        plan: Plan,
        progress: Progress,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        let (mut timer, effects) = Self::resume(session_id, plan, progress, now);
        timer.is_together = true;
        (timer, effects)
    }

    /// A sit that goes on after a crash or a restart. `progress` is that of `now`; bells that
    /// were due meanwhile are not made up for. Where End had been pressed it completes at once;
    /// a question is asked again.
    pub fn resume(
        session_id: SessionId,
        plan: Plan,
        progress: Progress,
        now: Now,
    ) -> (Self, Vec<Effect>) {
        let Progress {
            elapsed_ms,
            paused_ms,
            asleep_ms,
            ..
        } = progress;
        let at = Ended {
            elapsed_ms,
            asleep_ms,
            paused_ms,
            wall_ms: now.wall_ms,
        };
        let origin_boot_ms = origin(now, elapsed_ms);
        let sitting = Running::Sitting { origin_boot_ms };
        let state = match progress.phase {
            ProgressPhase::Preparing => State::Preparing {
                start_boot_ms: now.boot_ms + progress.preparation_left_ms,
            },
            ProgressPhase::Paused => State::Running(Running::Paused {
                elapsed_ms,
                since_boot_ms: now.boot_ms,
            }),
            ProgressPhase::Sitting => State::Running(sitting),
            ProgressPhase::Ending => State::Ending {
                before: sitting,
                at,
                until_boot_ms: now.boot_ms,
            },
            ProgressPhase::Asking => State::Asking {
                question: if elapsed_ms > plan.limit_ms() {
                    Question::KeepOvertime
                } else {
                    Question::Slept
                },
                at,
            },
        };
        let mut timer = Self::with(session_id, plan, state, now);
        timer.paused_ms = paused_ms;
        timer.asleep_ms = asleep_ms;
        if progress.phase != ProgressPhase::Preparing {
            timer.starts_at_ms = earlier(now.wall_ms, elapsed_ms.saturating_add(paused_ms));
            timer.rung_until_ms = Some(elapsed_ms);
        }
        // In overtime the end bell has rung before.
        if timer.state == State::Running(sitting)
            && timer.counts_overtime()
            && elapsed_ms >= timer.plan.limit_ms()
        {
            timer.state = State::Running(Running::Overtime { origin_boot_ms });
        }
        let mut effects = vec![timer.event(EventKind::Recovered, now), Effect::Changed];
        timer.advance(now, &mut effects);
        (timer, effects)
    }

    fn with(session_id: SessionId, plan: Plan, state: State, now: Now) -> Self {
        let mut timer = Self {
            session_id,
            schedule: Schedule::of(&plan),
            plan,
            is_together: false,
            state,
            last: now,
            starts_at_ms: now.wall_ms,
            paused_ms: 0,
            asleep_ms: 0,
            overtime_asleep_ms: 0,
            rung_until_ms: None,
            end_ring: None,
        };
        let left_ms = i64::try_from(timer.preparation_left_ms(now)).unwrap_or(i64::MAX);
        timer.starts_at_ms = now.wall_ms.plus_ms(left_ms);
        timer
    }
}
