//! What to do with a `running` row that is found at launch.
//!
//! Nothing that was seen is lost and nothing is made up: by itself a sit is credited only with
//! what it was planned to be or with what was seen of it; all else is asked. Only the holder of
//! the sitting lock may act on what is decided here.

use serde::{Deserialize, Serialize};

use crate::plan::{AtEnd, Plan};
use crate::session::{Completion, SessionStart, Sharing};
use crate::timer::{Now, Progress, ProgressPhase};
use crate::units::{Seconds, UnixMillis};

/// A sit last seen this long ago or longer does not go on by itself.
pub const RESUME_WITHIN_MS: u64 = 5 * 60_000;

/// A sit last seen this close to its end, one heartbeat, is taken to have reached it.
pub const END_WITHIN_MS: u64 = 15_000;

/// What the store knows of an unfinished sit: its row and its last heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The immutable part of the row.
    pub start: SessionStart,
    /// Its frozen plan.
    pub plan: Plan,
    /// What partners may see of it.
    pub sharing: Sharing,
    /// When it was last seen alive; `None` if it died before the first heartbeat.
    pub last_seen: Option<Heartbeat>,
}

/// "Last seen": written at Begin, every 15 s and at every change. Neither event nor op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Wall clock.
    pub wall_ms: UnixMillis,
    /// Suspend-aware clock of that boot.
    pub boot_ms: u64,
    /// Which boot (`/proc/sys/kernel/random/boot_id` on Linux).
    pub boot_id: String,
    /// How far the sit had come.
    pub progress: Progress,
}

/// What recovery decides for one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// It goes on by itself (or comes back paused) from this progress.
    Resume(Progress),
    /// Write this completion: it was within [`END_WITHIN_MS`] of its planned end, or End had been
    /// pressed. Credits at least 1 s.
    Complete(Completion),
    /// Nothing was sat that could be credited, for instance because it ended in the preparation:
    /// discard, with 0 credited seconds.
    DiscardUnstarted(Completion),
    /// Ask the person.
    Ask(Question),
}

/// The choices a person has for an unfinished sit, with what each would credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Question {
    /// *Keep as planned* would credit this; `None` for an open-ended sit, and for one that End
    /// had cut short already.
    pub as_planned: Option<Completion>,
    /// *Keep until last seen* would credit this. With 0 credited seconds it cannot be kept, and
    /// only the other answers make sense ([`Question::can_keep_until_last_seen`]).
    pub until_last_seen: Completion,
}

/// A person's answer to [`Recovery::Ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RecoveryChoice {
    /// Credit the planned length.
    KeepAsPlanned,
    /// Credit what had been sat when it was last seen.
    KeepUntilLastSeen,
    /// Complete and delete, with undo.
    Discard,
}

/// What a person's answer does to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Complete it.
    Keep(Completion),
    /// Complete and delete it in one transaction; restoring it would credit this.
    Discard(Completion),
}

/// An answer that was not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// The sit has no planned length that it could be kept as.
    #[error("this sit cannot be kept as planned: it was open-ended, or ended before its time")]
    AsPlanned,
    /// Not one whole second of the sit was seen.
    #[error("nothing was seen of this sit that could be kept")]
    UntilLastSeen,
}

impl Question {
    /// Whether *keep until last seen* is offered.
    pub const fn can_keep_until_last_seen(&self) -> bool {
        self.until_last_seen.credited_s.0 > 0
    }

    /// What restoring a discarded sit would credit: without overtime that nobody kept, and the
    /// planned length where nothing else is there to restore.
    fn restorable(&self) -> Completion {
        let seen = self.until_last_seen;
        let seen_counts = self.can_keep_until_last_seen() && seen.overtime_s == Seconds(0);
        self.as_planned.filter(|_| !seen_counts).unwrap_or(seen)
    }

    /// What `choice` does to the row.
    ///
    /// # Errors
    /// [`NotOffered`] where the question did not offer it; nothing is to be written then.
    pub fn answer(&self, choice: RecoveryChoice) -> Result<Answer, NotOffered> {
        match choice {
            RecoveryChoice::KeepAsPlanned => self
                .as_planned
                .map(Answer::Keep)
                .ok_or(NotOffered::AsPlanned),
            RecoveryChoice::KeepUntilLastSeen if self.can_keep_until_last_seen() => {
                Ok(Answer::Keep(self.until_last_seen))
            }
            RecoveryChoice::KeepUntilLastSeen => Err(NotOffered::UntilLastSeen),
            RecoveryChoice::Discard => Ok(Answer::Discard(self.restorable())),
        }
    }
}

/// Decides, by the rules of the crash paragraph (ARCHITECTURE.md, “A crash”).
///
/// `now` and `boot_id` are those of the launch that recovers; an empty `boot_id` means that the
/// system does not tell. In the same boot the time since last seen is that of the suspend-aware
/// clock, else of the wall clock. Where the wall clock went back it is unknown, and the sit does
/// not go on by itself. How much of that time the machine slept is not known either; it counts as
/// sat, which [`RESUME_WITHIN_MS`] bounds.
///
/// A row without a heartbeat cannot come from Mitta, whose `start` writes both at once. It is
/// taken as last seen at its start; being near its end is then not evidence enough.
pub fn decide(unfinished: &Unfinished, now: Now, boot_id: &str) -> Recovery {
    let sit = Sit::of(unfinished, dead_ms(unfinished, now, boot_id));
    match sit.progress.phase {
        ProgressPhase::Preparing => sit.prepared(),
        ProgressPhase::Sitting => sit.sat(unfinished.last_seen.is_some()),
        ProgressPhase::Paused => sit.paused(),
        ProgressPhase::Ending => sit.ended(),
        ProgressPhase::Asking => sit.asked(),
    }
}

/// What a person may answer for a row that does not go on, whatever [`decide`] says of it: for
/// the second of several unfinished sits, or in a terminal, which resumes nothing by itself.
pub fn question(unfinished: &Unfinished) -> Question {
    Sit::of(unfinished, None).question()
}

/// Milliseconds since the sit was last seen; `None` where the clocks do not tell.
fn dead_ms(unfinished: &Unfinished, now: Now, boot_id: &str) -> Option<u64> {
    let Some(seen) = &unfinished.last_seen else {
        return now.wall_ms.since_ms(unfinished.start.started_at_ms);
    };
    let same_boot = !boot_id.is_empty() && seen.boot_id == boot_id;
    let by_boot_clock = now.boot_ms.checked_sub(seen.boot_ms).filter(|_| same_boot);
    by_boot_clock.or_else(|| now.wall_ms.since_ms(seen.wall_ms))
}

/// An unfinished sit as it was last seen; without a heartbeat, at its start.
struct Sit<'a> {
    start: &'a SessionStart,
    plan: &'a Plan,
    seen_wall_ms: UnixMillis,
    progress: Progress,
    dead_ms: Option<u64>,
}

const AT_START: Progress = Progress {
    phase: ProgressPhase::Sitting,
    preparation_left_ms: 0,
    elapsed_ms: 0,
    paused_ms: 0,
    asleep_ms: 0,
};

impl<'a> Sit<'a> {
    fn of(unfinished: &'a Unfinished, dead_ms: Option<u64>) -> Self {
        let Unfinished {
            start,
            plan,
            last_seen,
            ..
        } = unfinished;
        let (seen_wall_ms, progress) = match last_seen {
            Some(seen) => (seen.wall_ms, seen.progress),
            None => (start.started_at_ms, AT_START),
        };
        Self {
            start,
            plan,
            seen_wall_ms,
            progress,
            dead_ms,
        }
    }

    fn prepared(&self) -> Recovery {
        let progress = self.progress;
        match self.dead_ms {
            Some(dead_ms) if self.may_go_on() && dead_ms < progress.preparation_left_ms => {
                let preparation_left_ms = progress.preparation_left_ms - dead_ms;
                Recovery::Resume(Progress {
                    preparation_left_ms,
                    ..progress
                })
            }
            Some(dead_ms) => self
                .gone_on(dead_ms - progress.preparation_left_ms.min(dead_ms))
                .unwrap_or_else(|| self.discarded()),
            None => self.discarded(),
        }
    }

    fn sat(&self, was_seen: bool) -> Recovery {
        let elapsed_ms = self.progress.elapsed_ms;
        let gone_on = self
            .dead_ms
            .and_then(|ms| self.gone_on(elapsed_ms.saturating_add(ms)));
        if let Some(resume) = gone_on {
            return resume;
        }
        let limit_ms = self.plan.limit_ms();
        let in_overtime = self.counts_overtime() && elapsed_ms > limit_ms;
        if was_seen && !in_overtime && limit_ms.saturating_sub(elapsed_ms) <= END_WITHIN_MS {
            return Recovery::Complete(self.completion(limit_ms, 0));
        }
        self.asked()
    }

    /// Comes back paused however long ago: the time since then is pause, as far as it is known.
    fn paused(&self) -> Recovery {
        let progress = self.progress;
        let paused_ms = progress.paused_ms.saturating_add(self.dead_ms.unwrap_or(0));
        Recovery::Resume(Progress {
            paused_ms,
            ..progress
        })
    }

    fn ended(&self) -> Recovery {
        let completion = self.completion(self.progress.elapsed_ms, 0);
        if completion.credited_s == Seconds(0) {
            return self.discarded();
        }
        Recovery::Complete(completion)
    }

    fn asked(&self) -> Recovery {
        let question = self.question();
        if question.as_planned.is_none() && !question.can_keep_until_last_seen() {
            return self.discarded();
        }
        Recovery::Ask(question)
    }

    /// Where a question stood on the screen already, it was about overtime, about a sleep past the
    /// end, or about a sleep before End; the answers stay as near to that as they can.
    fn question(&self) -> Question {
        let Progress {
            phase,
            elapsed_ms,
            asleep_ms,
            ..
        } = self.progress;
        let limit_ms = self.plan.limit_ms();
        let asked_before = phase == ProgressPhase::Asking;
        let ended_early = phase == ProgressPhase::Ending || asked_before && elapsed_ms < limit_ms;
        let in_overtime = self.counts_overtime() && elapsed_ms > limit_ms;
        let slept_past_end = asked_before && !ended_early && !in_overtime;
        Question {
            as_planned: if ended_early { None } else { self.as_planned() },
            until_last_seen: self
                .completion(elapsed_ms, if slept_past_end { asleep_ms } else { 0 }),
        }
    }

    /// On by itself at `elapsed_ms`, if it is timed, inside its time and was seen lately.
    fn gone_on(&self, elapsed_ms: u64) -> Option<Recovery> {
        let progress = self.progress;
        let goes_on = self.may_go_on() && elapsed_ms < self.plan.limit_ms();
        goes_on.then_some(Recovery::Resume(Progress {
            phase: ProgressPhase::Sitting,
            preparation_left_ms: 0,
            elapsed_ms,
            ..progress
        }))
    }

    fn may_go_on(&self) -> bool {
        let seen_lately = self.dead_ms.is_some_and(|ms| ms < RESUME_WITHIN_MS);
        seen_lately && self.plan.choice.planned_s.is_some()
    }

    fn counts_overtime(&self) -> bool {
        self.plan.choice.at_end == AtEnd::CountOvertime && self.plan.choice.planned_s.is_some()
    }

    fn as_planned(&self) -> Option<Completion> {
        self.plan
            .choice
            .planned_s
            .map(|_| self.completion(self.plan.limit_ms(), 0))
    }

    fn discarded(&self) -> Recovery {
        Recovery::DiscardUnstarted(self.completion(0, 0))
    }

    /// The sit as if it had ended after `elapsed_ms`, of which `trimmed_ms` do not count. Without
    /// overtime nothing beyond the planned length counts.
    ///
    /// It ended at the earlier of what its start and what its last heartbeat say, so that neither
    /// *begin now* nor time spent on a question makes it end late; never before its start.
    fn completion(&self, elapsed_ms: u64, trimmed_ms: u64) -> Completion {
        let limit_ms = self.plan.limit_ms();
        let most_ms = if self.counts_overtime() {
            Seconds::DAY.as_ms()
        } else {
            limit_ms
        };
        let elapsed_ms = elapsed_ms.min(most_ms);
        let credited_s = Seconds::floor_ms(elapsed_ms.saturating_sub(trimmed_ms));
        let Progress {
            elapsed_ms: seen_ms,
            paused_ms,
            asleep_ms,
            ..
        } = self.progress;
        let from_start = later(
            self.start.started_at_ms,
            elapsed_ms.saturating_add(paused_ms),
        );
        let from_last_seen = later(self.seen_wall_ms, elapsed_ms.saturating_sub(seen_ms));
        Completion {
            ended_at_ms: from_start.min(from_last_seen).max(self.start.started_at_ms),
            credited_s,
            paused_s: Seconds::floor_ms(paused_ms),
            asleep_s: Seconds::floor_ms(asleep_ms),
            overtime_s: Seconds(credited_s.0.saturating_sub(Seconds::floor_ms(limit_ms).0)),
        }
    }
}

fn later(instant: UnixMillis, by_ms: u64) -> UnixMillis {
    instant.plus_ms(i64::try_from(by_ms).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
