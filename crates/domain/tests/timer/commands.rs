//! What can be commanded when, and what a window is told.

use mitta_domain::plan::Plan;
use mitta_domain::timer::Input::{
    BeginNow, Choose, Discard, End, Finish, Pause, Resume, Tick, UndoEnd,
};
use mitta_domain::timer::SleepChoice::{Keep, Trim};
use mitta_domain::timer::{Input, Phase, Question, TimerView, WrongState};
use mitta_domain::units::Seconds;

use crate::bench::Act::{Do, Sleep};
use crate::bench::{Act, Bench, THROWN, minute, with_overtime, with_preparation};
use crate::machine::{HOUR_MS, plan};

type Moments = &'static [(u64, Act)];

#[test]
fn a_command_in_a_wrong_phase_is_refused_and_changes_nothing() {
    let preparing: Moments = &[(1_000, Do(Tick))];
    let sitting: Moments = &[(20_000, Do(Tick))];
    let paused: Moments = &[(20_000, Do(Pause))];
    let ending: Moments = &[(20_000, Do(End))];
    let overtime: Moments = &[(70_000, Do(Tick))];
    let asked: Moments = &[(70_000, Do(Tick)), (75_000, Do(End))];
    let asleep: Moments = &[(HOUR_MS, Sleep(Tick))];
    let over: Moments = &[(20_000, Do(End)), (20_001, Do(Finish))];
    let discarded: Moments = &[(20_000, Do(Discard))];
    let (slept, keep) = (
        Phase::Asking(Question::Slept),
        Phase::Asking(Question::KeepOvertime),
    );
    let cases: &[(Phase, Plan, Moments, &[Input])] = &[
        (
            Phase::Preparing,
            with_preparation(),
            preparing,
            &[BeginNow, End, Discard],
        ),
        (Phase::Sitting, minute(), sitting, &[Pause, End, Discard]),
        (Phase::Paused, minute(), paused, &[Resume, End, Discard]),
        (Phase::Ending, minute(), ending, &[UndoEnd, Finish, Discard]),
        (Phase::Overtime, with_overtime(), overtime, &[End, Discard]),
        (
            keep,
            with_overtime(),
            asked,
            &[Choose(Keep), Choose(Trim), THROWN, Discard],
        ),
        (
            slept,
            minute(),
            asleep,
            &[Choose(Keep), Choose(Trim), THROWN, Discard],
        ),
        (Phase::Over { discarded: false }, minute(), over, &[]),
        (Phase::Over { discarded: true }, minute(), discarded, &[]),
    ];
    let commands = [
        BeginNow,
        Pause,
        Resume,
        End,
        UndoEnd,
        Finish,
        Discard,
        Choose(Keep),
        Choose(Trim),
        THROWN,
    ];
    for (phase, plan, script, possible) in cases {
        for command in commands {
            let (mut bench, _) = Bench::begin(plan.clone());
            for (at_ms, act) in *script {
                bench.act(*at_ms, *act);
            }
            assert_eq!(bench.view().phase, *phase);
            let now = bench.at_ms();
            let refused = bench.act(now, Do(command)) == "refused";
            assert_eq!(
                refused,
                !possible.contains(&command),
                "{command:?} while {phase:?}"
            );
        }
    }
}

#[test]
fn a_refusal_is_said_in_words_and_not_in_code() {
    let check = |input: Input, phase: Phase, words: &str| {
        let said = WrongState {
            input,
            phase,
            is_together: false,
        }
        .to_string();
        assert_eq!(said, format!("{words}; nothing was changed"));
    };
    check(Pause, Phase::Paused, "Pause is not possible in a pause");
    check(
        BeginNow,
        Phase::Sitting,
        "Begin now is not possible while sitting",
    );
    check(
        Choose(Keep),
        Phase::Over { discarded: false },
        "An answer is not possible after the sit has ended",
    );
    check(
        Finish,
        Phase::Asking(Question::Slept),
        "Done is not possible while a question waits for its answer",
    );
}

#[test]
fn a_window_is_told_how_the_sit_stands() {
    let plan = plan(Some(60), &[], |p| p.preparation_s = Seconds(10));
    let (mut bench, _) = Bench::begin(plan);
    let stands = |bench: &Bench| {
        let TimerView {
            phase,
            preparation_left_ms,
            elapsed_ms,
            undo_left_ms,
            ..
        } = bench.view();
        (phase, preparation_left_ms, elapsed_ms, undo_left_ms)
    };
    let ends_in_ms = |bench: &Bench| {
        bench
            .view()
            .ends_at_ms
            .map(|at| at.0 - bench.machine.0.wall_ms.0)
    };
    bench.act(4_000, Do(Tick));
    assert_eq!(stands(&bench), (Phase::Preparing, 6_000, 0, 0));
    assert_eq!(ends_in_ms(&bench), Some(66_000));
    bench.act(30_000, Do(Tick));
    assert_eq!(stands(&bench), (Phase::Sitting, 0, 20_000, 0));
    assert_eq!(ends_in_ms(&bench), Some(40_000));
    bench.act(30_000, Do(Pause));
    assert_eq!(ends_in_ms(&bench), None);
    bench.act(31_000, Do(Resume));
    bench.act(31_500, Do(End));
    bench.act(40_000, Do(Tick));
    assert_eq!(stands(&bench), (Phase::Ending, 0, 20_500, 21_500));
    assert_eq!(
        bench.view().completion.map(|c| c.credited_s),
        Some(Seconds(20))
    );
    bench.act(70_000, Do(Tick));
    assert_eq!(
        stands(&bench),
        (Phase::Over { discarded: false }, 0, 20_000, 0)
    );
}

#[test]
fn between_ticks_a_view_does_not_run_past_the_planned_end() {
    let (mut bench, _) = Bench::begin(minute());
    bench.machine.stays_awake(90_000);
    assert_eq!(bench.view().elapsed_ms, 60_000);
    assert_eq!(bench.timer.progress(bench.machine.0).elapsed_ms, 60_000);
}
