//! A sit told from its inputs and clocks alone, much simpler than the timer: what it may ring,
//! credit, record and show.

use std::collections::BTreeSet;

use mitta_domain::BellKind;
use mitta_domain::bells::STRIKE_SPACING_MS;
use mitta_domain::plan::Plan;
use mitta_domain::session::Completion;
use mitta_domain::timer::{
    Effect, Input, Now, Phase, Question, Record, SLEEP_THRESHOLD_MS, SitTimer, SleepChoice, Strike,
};
use mitta_domain::units::{Seconds, UnixMillis};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::Outcome;

/// The latest that a bell may be.
const LATEST_MS: u64 = 2_000;

pub struct Model {
    plan: Plan,
    /// The greatest that the clocks have said.
    now: Now,
    start_boot_ms: u64,
    starts_at_ms: UnixMillis,
    paused_ms: u64,
    paused_since: Option<u64>,
    /// When the bells last went on after a pause or an End.
    went_on_boot_ms: Option<u64>,
    slept_ms: u64,
    phase: Phase,
    /// Milliseconds sat and paused when End was pressed or the question came.
    ended: Option<(u64, u64)>,
    rung: BTreeSet<(BellKind, u8, u64)>,
    shown_ms: u64,
    /// What stood on the screen when the input came, and how much sleep it spoke of.
    asked: (Phase, u64),
    next_strike: Option<u64>,
}

impl Model {
    pub fn begin(plan: Plan, now: Now) -> Self {
        let preparation_ms = plan.choice.preparation_s.as_ms();
        Self {
            now,
            start_boot_ms: now.boot_ms + preparation_ms,
            starts_at_ms: now.wall_ms.plus_ms(i64::try_from(preparation_ms).unwrap()),
            plan,
            paused_ms: 0,
            paused_since: None,
            went_on_boot_ms: None,
            slept_ms: 0,
            phase: Phase::Preparing,
            ended: None,
            rung: BTreeSet::new(),
            shown_ms: 0,
            asked: (Phase::Preparing, 0),
            next_strike: None,
        }
    }

    pub fn begun(&mut self, timer: &SitTimer, effects: &[Effect]) -> Result<(), TestCaseError> {
        self.carried_out(timer, Input::Tick, effects)
    }

    /// Looks at the timer at `now`, before it is told.
    pub fn before(&mut self, timer: &SitTimer, now: Now) -> Result<(), TestCaseError> {
        let shown = timer.view(now);
        self.shows(shown.phase, shown.elapsed_ms)?;
        prop_assert_eq!(shown.phase, self.phase, "looking changes nothing");
        let passed_ms = now.boot_ms.saturating_sub(self.now.boot_ms);
        let slept_ms = passed_ms.saturating_sub(now.awake_ms.saturating_sub(self.now.awake_ms));
        if slept_ms >= SLEEP_THRESHOLD_MS {
            self.slept_ms += slept_ms;
        }
        self.now = Now {
            boot_ms: self.now.boot_ms.max(now.boot_ms),
            awake_ms: self.now.awake_ms.max(now.awake_ms),
            wall_ms: now.wall_ms,
        };
        self.next_strike = timer.next_strike();
        let mut ticked = timer.clone();
        let _ = ticked.handle(Input::Tick, now);
        let view = ticked.view(now);
        self.asked = (view.phase, view.asleep_ms);
        Ok(())
    }

    pub fn after(
        &mut self,
        timer: &SitTimer,
        input: Input,
        outcome: &Outcome,
    ) -> Result<(), TestCaseError> {
        let (input, effects) = match outcome {
            Ok(effects) => (input, effects),
            Err((_, effects)) => (Input::Tick, effects),
        };
        let boot_ms = self.now.boot_ms;
        match input {
            Input::BeginNow => self.start_boot_ms = boot_ms,
            Input::Resume => {
                self.paused_ms += boot_ms - self.paused_since.take().unwrap();
                self.went_on_boot_ms = Some(boot_ms);
            }
            Input::UndoEnd => {
                self.ended = None;
                self.went_on_boot_ms = Some(boot_ms);
            }
            _ => {}
        }
        self.carried_out(timer, input, effects)?;
        if input == Input::Pause {
            self.paused_since = Some(boot_ms);
        }
        Ok(())
    }

    fn carried_out(
        &mut self,
        timer: &SitTimer,
        input: Input,
        effects: &[Effect],
    ) -> Result<(), TestCaseError> {
        let strikes: Vec<_> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Strike(strike) => Some(*strike),
                _ => None,
            })
            .collect();
        prop_assert!(strikes.len() <= 1, "one call, one strike");
        for strike in &strikes {
            self.may_ring(*strike)?;
        }
        if input == Input::Tick
            && let Some(foretold) = self.next_strike
        {
            let boot_ms = self.now.boot_ms;
            let fresh = foretold <= boot_ms && boot_ms - foretold <= LATEST_MS;
            // A late call that finds the sit at its end drops what was due within it.
            let has_ended = matches!(
                timer.view(self.now).phase,
                Phase::Overtime | Phase::Asking(_) | Phase::Over { .. }
            );
            let is_dropped = has_ended && timer.plan().choice.end_bell.strikes == 0;
            prop_assert!(
                !fresh || is_dropped || strikes.len() == 1,
                "what was foretold rings"
            );
            let late = strikes.iter().any(|strike| strike.due_boot_ms < foretold);
            prop_assert!(!late, "the sound is made ready too late for {strikes:?}");
        }
        let view = timer.view(self.now);
        for effect in effects {
            if let Effect::Record(record) = effect {
                let over = matches!(self.phase, Phase::Over { .. });
                prop_assert!(!over, "nothing is recorded after the completion");
                self.may_record(record, input)?;
            }
        }
        let finals = effects.iter().filter(|effect| {
            matches!(
                effect,
                Effect::Record(Record::Complete(_) | Record::Discard(_))
            )
        });
        let was_over = matches!(self.phase, Phase::Over { .. });
        let is_over = matches!(view.phase, Phase::Over { .. });
        prop_assert_eq!(
            finals.count(),
            usize::from(is_over && !was_over),
            "one completion"
        );
        prop_assert!(is_over || !was_over, "over is over");
        prop_assert_eq!(timer.is_over(), is_over);

        let ended = matches!(view.phase, Phase::Ending | Phase::Asking(_));
        if ended && self.ended.is_none() {
            self.ended = Some((self.sat_ms(self.now.boot_ms), self.paused_ms()));
        }
        self.shows(view.phase, view.elapsed_ms)?;
        self.phase = view.phase;
        prop_assert!(view.asleep_ms <= self.slept_ms.min(self.sat_ms(self.now.boot_ms)));
        if let Some(deadline) = timer.deadline() {
            prop_assert!(
                deadline > self.now.boot_ms,
                "a deadline that has passed: a busy loop"
            );
        }
        Ok(())
    }

    /// What is shown as sat never goes back but at the completion, which shows what it credits.
    fn shows(&mut self, phase: Phase, elapsed_ms: u64) -> Result<(), TestCaseError> {
        if !matches!(phase, Phase::Over { .. }) {
            prop_assert!(
                elapsed_ms >= self.shown_ms,
                "{elapsed_ms} < {}",
                self.shown_ms
            );
        }
        self.shown_ms = elapsed_ms;
        Ok(())
    }

    /// Milliseconds sat at `boot_ms`, beyond the planned end too.
    fn sat_ms(&self, boot_ms: u64) -> u64 {
        let until = self
            .paused_since
            .map_or(boot_ms, |since| since.min(boot_ms));
        until
            .saturating_sub(self.start_boot_ms)
            .saturating_sub(self.paused_ms)
    }

    fn paused_ms(&self) -> u64 {
        self.paused_ms
            + self
                .paused_since
                .map_or(0, |since| self.now.boot_ms - since)
    }

    fn may_ring(&mut self, strike: Strike) -> Result<(), TestCaseError> {
        let Strike {
            kind,
            index,
            due_boot_ms,
        } = strike;
        prop_assert!(due_boot_ms <= self.now.boot_ms, "never early");
        prop_assert!(
            self.now.boot_ms - due_boot_ms <= LATEST_MS,
            "not long after its time"
        );
        prop_assert!(due_boot_ms >= self.start_boot_ms, "not in the preparation");
        prop_assert!(self.paused_since.is_none(), "not in a pause");
        prop_assert!(
            self.phase != Phase::Over { discarded: true },
            "a discard is silent"
        );
        let due_ms = self.sat_ms(due_boot_ms);
        if kind == BellKind::End {
            prop_assert!(due_ms >= self.plan.limit_ms() + u64::from(index) * STRIKE_SPACING_MS);
            prop_assert!(index < self.plan.choice.end_bell.strikes);
            prop_assert!(self.rung.insert((kind, index, 0)), "{strike:?} once");
            return Ok(());
        }
        prop_assert!(due_ms < self.plan.limit_ms(), "not at or after the end");
        prop_assert!(
            self.went_on_boot_ms.is_none_or(|at| due_boot_ms > at),
            "not made up for"
        );
        let planned = match kind {
            BellKind::Start => due_ms == u64::from(index) * STRIKE_SPACING_MS,
            _ => self
                .plan
                .interval_at_s
                .iter()
                .any(|at| at.as_ms() == due_ms),
        };
        prop_assert!(planned, "{strike:?} at {due_ms} ms");
        prop_assert!(self.rung.insert((kind, index, due_ms)), "{strike:?} once");
        Ok(())
    }

    fn may_record(&self, record: &Record, input: Input) -> Result<(), TestCaseError> {
        let (completion, discarded) = match record {
            Record::Event { .. } => return Ok(()),
            Record::Complete(completion) => (completion, false),
            Record::Discard(completion) => (completion, true),
        };
        let Completion {
            ended_at_ms,
            credited_s,
            paused_s,
            asleep_s,
            overtime_s,
        } = *completion;
        let limit_ms = self.plan.limit_ms();
        let sat_ms = self.sat_ms(self.now.boot_ms);
        let (ended_ms, paused_ms) = self.ended.unwrap_or((sat_ms, self.paused_ms()));
        let planned_ms = ended_ms.min(limit_ms);
        let day_ms = Seconds::DAY.as_ms();

        prop_assert!(ended_at_ms >= self.starts_at_ms, "not before its start");
        prop_assert_eq!(paused_s, Seconds::floor_ms(paused_ms));
        prop_assert!(asleep_s.as_ms() <= self.slept_ms.min(ended_ms));
        prop_assert!(credited_s.as_ms() <= sat_ms, "not more than was sat");
        prop_assert!(credited_s <= Seconds::DAY);
        prop_assert!(
            discarded || credited_s >= Seconds(1),
            "0 only with the deletion"
        );

        let kept = input == Input::Choose(SleepChoice::Keep);
        let trimmed = input == Input::Choose(SleepChoice::Trim);
        let (asked, asleep_ms) = self.asked;
        let credited_ms = match asked {
            _ if input == Input::UndoEnd => limit_ms,
            Phase::Asking(Question::KeepOvertime) if kept => ended_ms.min(day_ms),
            Phase::Asking(Question::Slept) if trimmed => planned_ms.saturating_sub(asleep_ms),
            _ => planned_ms,
        };
        prop_assert_eq!(credited_s, Seconds::floor_ms(credited_ms));
        let overtime_ms = credited_ms.saturating_sub(limit_ms);
        prop_assert_eq!(overtime_s, Seconds::floor_ms(overtime_ms));
        Ok(())
    }
}
