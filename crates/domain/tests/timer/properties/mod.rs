//! What holds for every plan and every sequence of inputs and clocks, however the clocks jump.

mod model;
mod steps;

use mitta_domain::BellKind;
use mitta_domain::bells::STRIKE_SPACING_MS;
use mitta_domain::plan::Plan;
use mitta_domain::session::Completion;
use mitta_domain::timer::{
    Effect, Input, Now, Phase, Question, Record, SitTimer, Strike, WrongState,
};
use mitta_domain::units::{Seconds, UnixMillis};
use proptest::prelude::*;

use crate::machine::{MINUTE_MS, Machine, SESSION};
use model::Model;
use steps::{Clocks, Step, any_plan, any_steps};

type Outcome = Result<Vec<Effect>, (WrongState, Vec<Effect>)>;

fn give(timer: &mut SitTimer, machine: &mut Machine, step: &Step) -> Outcome {
    step.clocks.apply(machine, timer.deadline());
    timer.handle(step.input, machine.0)
}

fn effects(outcome: Outcome) -> Vec<Effect> {
    outcome.unwrap_or_else(|(_, effects)| effects)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Credit, bells, deadlines and what is shown, held against [`Model`] after every step.
    #[test]
    fn every_sit_agrees_with_the_model(plan in any_plan(), steps in any_steps(Clocks::any())) {
        let mut machine = Machine(Machine::BEGIN);
        let (mut timer, begun) = SitTimer::begin(SESSION, plan.clone(), machine.0);
        let mut model = Model::begin(plan, machine.0);
        model.begun(&timer, &begun)?;
        for step in &steps {
            step.clocks.apply(&mut machine, timer.deadline());
            model.before(&timer, machine.0)?;
            let outcome = timer.handle(step.input, machine.0);
            model.after(&timer, step.input, &outcome)?;
        }
    }

    #[test]
    fn the_same_inputs_have_the_same_effects(
        plan in any_plan(),
        steps in any_steps(Clocks::any()),
    ) {
        let run = || {
            let mut machine = Machine(Machine::BEGIN);
            let (mut timer, begun) = SitTimer::begin(SESSION, plan.clone(), machine.0);
            let all: Vec<_> = steps.iter().map(|step| give(&mut timer, &mut machine, step)).collect();
            (timer, begun, all)
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn the_wall_clock_moves_no_bell_no_credit_and_nothing_shown(
        plan in any_plan(),
        steps in any_steps(Clocks::forward()),
        jumps in prop::collection::vec(-100_000_000_000_i64..100_000_000_000, 30),
    ) {
        let run = |jumps: &[i64]| {
            let mut machine = Machine(Machine::BEGIN);
            let (mut timer, _) = SitTimer::begin(SESSION, plan.clone(), machine.0);
            let mut seen = Vec::new();
            for (step, jump) in steps.iter().zip(jumps) {
                machine.wall_clock_moves(*jump);
                let outcome = give(&mut timer, &mut machine, step);
                let view = timer.view(machine.0);
                let did: Vec<_> = effects(outcome).into_iter().map(without_wall_clock).collect();
                seen.push((did, view.phase, view.elapsed_ms, timer.deadline()));
            }
            seen
        };
        prop_assert_eq!(run(&jumps), run(&[0; 30]));
    }

    #[test]
    fn deadlines_alone_ring_every_bell_and_further_ticks_change_nothing(
        plan in any_plan(),
        further in prop::collection::vec(0.0..1.0_f64, 0..20),
    ) {
        let (strikes, completion) = drive(plan.clone(), &[]);
        prop_assert_eq!(&strikes, &every_strike(&plan));
        let preparation_ms = plan.choice.preparation_s.as_ms();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "any moment will do")]
        let mut further: Vec<_> = further
            .iter()
            .map(|part| (part * (preparation_ms + plan.limit_ms() + MINUTE_MS) as f64) as u64)
            .collect();
        further.sort_unstable();
        prop_assert_eq!(drive(plan, &further), (strikes, completion));
    }

    #[test]
    fn a_sit_taken_up_from_its_progress_goes_on_the_same(
        plan in any_plan(),
        before in any_steps(Clocks::forward()),
        after in any_steps(Clocks::forward()),
    ) {
        let mut machine = Machine(Machine::BEGIN);
        let (mut timer, _) = SitTimer::begin(SESSION, plan.clone(), machine.0);
        for step in &before {
            let earlier = (timer.clone(), machine);
            let _ = give(&mut timer, &mut machine, step);
            if matches!(timer.view(machine.0).phase, Phase::Ending | Phase::Over { .. }) {
                (timer, machine) = earlier;
            }
        }
        let phase = timer.view(machine.0).phase;
        let (mut taken_up, _) =
            SitTimer::resume(SESSION, plan, timer.progress(machine.0), machine.0);
        let stands = |timer: &SitTimer| {
            let view = timer.view(machine.0);
            (view.phase, view.preparation_left_ms, view.elapsed_ms, view.ends_at_ms)
        };
        prop_assert_eq!(stands(&taken_up), stands(&timer));
        for step in &after {
            let at = machine;
            let went_on = effects(give(&mut timer, &mut machine, step));
            let took_up = effects(taken_up.handle(step.input, machine.0));
            let alike = |all: Vec<Effect>| -> Vec<Effect> {
                all.into_iter().filter_map(|effect| as_taken_up(effect, phase)).collect()
            };
            prop_assert_eq!(alike(took_up), alike(went_on), "{:?} from {:?}", step, at);
        }
    }
}

fn without_wall_clock(effect: Effect) -> Effect {
    let zero = UnixMillis(0);
    let timeless = |completion: Completion| Completion {
        ended_at_ms: zero,
        ..completion
    };
    match effect {
        Effect::Record(Record::Event {
            kind, elapsed_ms, ..
        }) => Effect::Record(Record::Event {
            kind,
            at_ms: zero,
            elapsed_ms,
        }),
        Effect::Record(Record::Complete(completion)) => {
            Effect::Record(Record::Complete(timeless(completion)))
        }
        Effect::Record(Record::Discard(completion)) => {
            Effect::Record(Record::Discard(timeless(completion)))
        }
        other => other,
    }
}

/// What progress does not tell: at which moment the row says that the sit starts, and, once the
/// end was passed, how much of its bell has rung and how much of the sleep was overtime.
fn as_taken_up(effect: Effect, phase: Phase) -> Option<Effect> {
    let past_end = matches!(phase, Phase::Overtime | Phase::Asking(_));
    let with_overtime = matches!(
        phase,
        Phase::Overtime | Phase::Asking(Question::KeepOvertime)
    );
    let untold = |completion: Completion| Completion {
        asleep_s: if with_overtime {
            Seconds(0)
        } else {
            completion.asleep_s
        },
        ..completion
    };
    match without_wall_clock(effect) {
        Effect::Strike(strike) if past_end && strike.kind == BellKind::End => None,
        Effect::Record(Record::Complete(completion)) => {
            Some(Effect::Record(Record::Complete(untold(completion))))
        }
        Effect::Record(Record::Discard(completion)) => {
            Some(Effect::Record(Record::Discard(untold(completion))))
        }
        other => Some(other),
    }
}

/// Ticks at the timer's own deadlines and at `further` moments after Begin, until the end bell
/// has rung out.
fn drive(plan: Plan, further: &[u64]) -> (Vec<Strike>, Option<Completion>) {
    let last_ms = plan.choice.preparation_s.as_ms() + plan.limit_ms() + MINUTE_MS;
    let mut machine = Machine(Machine::BEGIN);
    let (mut timer, mut all) = SitTimer::begin(SESSION, plan, machine.0);
    let mut further = further
        .iter()
        .map(|ms| Machine::BEGIN.boot_ms + ms)
        .peekable();
    loop {
        let now_boot_ms = machine.0.boot_ms;
        assert!(
            timer.deadline().is_none_or(|at| at > now_boot_ms),
            "a busy loop"
        );
        let next = timer
            .deadline()
            .into_iter()
            .chain(further.peek().copied())
            .min();
        let Some(at) = next.filter(|at| at - Machine::BEGIN.boot_ms <= last_ms) else {
            break;
        };
        while further.next_if(|ms| *ms <= at).is_some() {}
        machine.stays_awake(at - machine.0.boot_ms);
        all.extend(effects(timer.handle(Input::Tick, machine.0)));
    }
    let strikes = all.iter().filter_map(|effect| match effect {
        Effect::Strike(strike) => Some(*strike),
        _ => None,
    });
    (strikes.collect(), timer.view(machine.0).completion)
}

/// When every bell of a plan is due, told from the plan alone.
fn every_strike(plan: &Plan) -> Vec<Strike> {
    let Now { boot_ms, .. } = Machine::BEGIN;
    let start_boot_ms = boot_ms + plan.choice.preparation_s.as_ms();
    let end_boot_ms = start_boot_ms + plan.limit_ms();
    let series = |kind, strikes: u8, first_boot_ms: u64| {
        (0..strikes).map(move |index| Strike {
            kind,
            index,
            due_boot_ms: first_boot_ms + u64::from(index) * STRIKE_SPACING_MS,
        })
    };
    let rings = plan.choice.interval_bell.strikes > 0;
    let intervals = plan
        .interval_at_s
        .iter()
        .filter(|_| rings)
        .map(|at| Strike {
            kind: BellKind::Interval,
            index: 0,
            due_boot_ms: start_boot_ms + at.as_ms(),
        });
    // An interval bell takes the place of a start strike at the same moment.
    let mut all: Vec<_> = series(
        BellKind::Start,
        plan.choice.start_bell.strikes,
        start_boot_ms,
    )
    .filter(|start| {
        intervals
            .clone()
            .all(|bell| bell.due_boot_ms != start.due_boot_ms)
    })
    .chain(intervals.clone())
    .filter(|strike| strike.due_boot_ms < end_boot_ms)
    .collect();
    all.sort_by_key(|strike| strike.due_boot_ms);
    all.extend(series(
        BellKind::End,
        plan.choice.end_bell.strikes,
        end_boot_ms,
    ));
    all
}
