//! A place in a sitting together: a start and an end that others share.

use mitta_domain::event::EventKind;
use mitta_domain::plan::Plan;
use mitta_domain::timer::Input::{self, BeginNow, End, Pause, Resume, Tick, UndoEnd};
use mitta_domain::timer::{Phase, SitTimer};

use crate::bench::Act::{Crash, Do, Sleep};
use crate::bench::{Bench, ring_once_at_start_and_end};
use crate::machine::{Machine, SESSION, plan, short};

const START_MS: u64 = 4_321;

/// A minute that starts [`START_MS`] after the place was taken.
fn taken(plan: Plan) -> Bench {
    let machine = Machine(Machine::BEGIN);
    let start_boot_ms = Machine::BEGIN.boot_ms + START_MS;
    let (timer, effects) = SitTimer::begin_together(SESSION, plan, start_boot_ms, machine.0);
    assert_eq!(short(&effects, machine.0), "", "it counts down first");
    Bench { timer, machine }
}

#[test]
fn it_starts_and_ends_to_the_millisecond() {
    let mut bench = taken(ring_once_at_start_and_end());
    let starts_at_ms = Machine::BEGIN.wall_ms.plus_ms(4_321);
    assert_eq!(bench.timer.starts_at_ms(), starts_at_ms);
    assert_eq!(bench.view().preparation_left_ms, START_MS);
    assert_eq!(bench.act(START_MS - 1, Do(Tick)), "");
    assert_eq!(bench.act(START_MS, Do(Tick)), "start 0");
    assert_eq!(bench.act(START_MS + 59_999, Do(Tick)), "");
    let ended = bench.act(START_MS + 60_000, Do(Tick));
    assert_eq!(ended, "complete 60, reached, end 0");
}

#[test]
fn a_place_taken_at_the_start_rings_at_once() {
    let now = Machine::BEGIN;
    let plan = ring_once_at_start_and_end();
    let (timer, effects) = SitTimer::begin_together(SESSION, plan, now.boot_ms, now);
    assert_eq!(short(&effects, now), "start 0");
    assert_eq!(timer.view(now).phase, Phase::Sitting);
}

#[test]
fn nobody_moves_what_others_share() {
    let mut bench = taken(ring_once_at_start_and_end());
    let moments = [
        (1_000, Phase::Preparing),
        (10_000, Phase::Sitting),
        (20_000, Phase::Sitting),
    ];
    for (at_ms, phase) in moments {
        let _ = bench.act(at_ms, Do(Tick));
        assert_eq!(bench.view().phase, phase);
        for input in [BeginNow, Pause, Resume] {
            assert_eq!(bench.act(at_ms, Do(input)), "refused");
            let (wrong, _) = bench.timer.handle(input, bench.machine.0).unwrap_err();
            assert!(wrong.is_together, "{wrong}");
            assert!(wrong.to_string().contains("in a sitting together"));
        }
    }
}

#[test]
fn after_the_end_a_refusal_is_the_usual_one() {
    let mut bench = taken(ring_once_at_start_and_end());
    let _ = bench.act(START_MS + 60_000, Do(Tick));
    let (wrong, _) = bench.timer.handle(Pause, bench.machine.0).unwrap_err();
    assert!(!wrong.is_together, "{wrong}");
}

#[test]
fn end_and_its_undo_leave_the_common_end_where_it_is() {
    let mut bench = taken(ring_once_at_start_and_end());
    let _ = bench.act(START_MS, Do(Tick));
    let script = [
        (20_000, Do(End), "end_requested at 15679"),
        (40_000, Do(UndoEnd), "end_undone at 35679"),
        (START_MS + 59_999, Do(Tick), ""),
        (START_MS + 60_000, Do(Tick), "complete 60, reached, end 0"),
    ];
    for (at_ms, act, expected) in script {
        assert_eq!(bench.act(at_ms, act), expected, "{act:?} at {at_ms} ms");
    }
    let mut bench = taken(ring_once_at_start_and_end());
    assert_eq!(bench.act(1_000, Do(End)), "discard 0 ago -3321");
}

#[test]
fn a_machine_that_slept_ends_with_the_others() {
    let mut bench = taken(plan(Some(60), &[20], |_| {}));
    let _ = bench.act(START_MS, Do(Tick));
    let _ = bench.act(30_000, Sleep(Tick));
    let ended = bench.act(START_MS + 60_000, Do(Tick));
    assert_eq!(ended, "complete 60 asleep 25, reached");
}

#[test]
fn taken_up_again_it_is_as_bound_as_before() {
    for crash_ms in [2_000, 30_000] {
        let mut bench = taken(ring_once_at_start_and_end());
        let _ = bench.act(START_MS.min(crash_ms), Do(Tick));
        let _ = bench.act(crash_ms, Do(Tick));
        let now = bench.machine.0;
        let (plan, progress) = (bench.timer.plan().clone(), bench.timer.progress(now));
        let (timer, effects) = SitTimer::resume_together(SESSION, plan, progress, now);
        assert!(short(&effects, now).starts_with(EventKind::Recovered.name()));
        bench.timer = timer;
        for input in [Input::BeginNow, Pause] {
            let (wrong, _) = bench.timer.clone().handle(input, now).unwrap_err();
            assert!(wrong.is_together, "{wrong}");
        }
        if crash_ms < START_MS {
            assert_eq!(bench.act(START_MS, Do(Tick)), "start 0");
        }
        let ended = bench.act(START_MS + 60_000, Do(Tick));
        assert_eq!(ended, "complete 60, reached, end 0");
    }
}

#[test]
fn a_sit_alone_taken_up_again_can_be_paused() {
    let (mut bench, _) = Bench::begin(ring_once_at_start_and_end());
    let _ = bench.act(10_000, Crash);
    assert_eq!(bench.act(11_000, Do(Pause)), "paused at 11000");
}
