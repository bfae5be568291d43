//! A sit that goes on in another process.

use mitta_domain::plan::AtEnd;
use mitta_domain::timer::Input::{Choose, End, Pause, Resume, Tick, UndoEnd};
use mitta_domain::timer::SleepChoice::{Keep, Trim};
use mitta_domain::timer::{Progress, ProgressPhase, SitTimer};
use mitta_domain::units::Seconds;

use crate::bench::Act::{Crash, Do, Sleep};
use crate::bench::{check, minute, ring_once_at_start_and_end};
use crate::machine::{HOUR_MS, MINUTE_MS, Machine, SESSION, plan, short};

#[test]
fn a_crash_goes_on_from_where_the_sit_was() {
    let rings = || {
        plan(Some(60), &[20], |p| {
            p.preparation_s = Seconds(10);
            p.start_bell.strikes = 2;
            p.end_bell.strikes = 1;
        })
    };
    let script = [
        (4_000, Crash, "recovered at 0"),
        (9_999, Do(Tick), ""),
        (10_000, Do(Tick), "start 0"),
        (12_000, Crash, "recovered at 2000"),
        (15_000, Do(Tick), "start 1"),
        (30_000, Crash, "recovered at 20000"),
        (30_001, Do(Tick), ""),
        (31_000, Do(Pause), "paused at 21000"),
        (35_000, Crash, "recovered at 21000"),
        (36_000, Do(Tick), ""),
        (41_000, Do(Resume), "resumed at 21000"),
        (79_999, Do(Tick), ""),
        (80_000, Do(Tick), "complete 60 paused 10, reached, end 0"),
    ];
    check("preparing, sitting, paused", rings(), "", &script);
    let script = [
        (20_500, Do(End), "end_requested at 20500"),
        (25_000, Crash, "recovered at 20500, complete 20"),
        (25_001, Do(UndoEnd), "refused"),
    ];
    check("ending: what End credited stands", minute(), "", &script);
    let overtime = plan(Some(60), &[], |p| {
        p.at_end = AtEnd::CountOvertime;
        p.end_bell.strikes = 1;
    });
    let script = [
        (60_000, Do(Tick), "reached_end at 60000, reached, end 0"),
        (61_000, Crash, "recovered at 61000"),
        (61_500, Do(Tick), ""),
        (90_000, Do(End), "end_requested at 90000"),
        (91_000, Crash, "recovered at 90000"),
        (92_000, Do(Choose(Keep)), "complete 90 overtime 30 ago 1000"),
    ];
    check(
        "overtime: the end bell has rung before",
        overtime,
        "",
        &script,
    );
    let script = [
        (30_000, Do(Tick), ""),
        (
            HOUR_MS,
            Sleep(Tick),
            "slept at 30000 ago 3570000, woke at 3600000, reached_end at 60000 ago 3540000, reached",
        ),
        (HOUR_MS + 1_000, Crash, "recovered at 60000"),
        (
            HOUR_MS + 2_000,
            Do(Choose(Trim)),
            "complete 30 asleep 30 ago 1000",
        ),
    ];
    check("asking: it is asked again", minute(), "", &script);
}

#[test]
fn a_sit_taken_up_after_its_end_rings_once_and_is_credited_as_planned() {
    let progress = Progress {
        phase: ProgressPhase::Sitting,
        preparation_left_ms: 0,
        elapsed_ms: 3 * MINUTE_MS,
        paused_ms: 5_000,
        asleep_ms: 0,
    };
    let now = Machine::BEGIN;
    let (timer, effects) = SitTimer::resume(SESSION, ring_once_at_start_and_end(), progress, now);
    let expected = "recovered at 60000, complete 60 paused 5 ago 120000, reached, end 0";
    assert_eq!(short(&effects, now), expected);
    assert!(timer.is_over());
}

#[test]
fn the_boot_clock_of_a_new_boot_may_be_younger_than_the_sit() {
    let progress = Progress {
        phase: ProgressPhase::Sitting,
        preparation_left_ms: 0,
        elapsed_ms: 30_000,
        paused_ms: 0,
        asleep_ms: 0,
    };
    let mut now = Machine::BEGIN;
    now.boot_ms = 100;
    now.awake_ms = 100;
    let (mut timer, _) = SitTimer::resume(SESSION, minute(), progress, now);
    assert_eq!(timer.deadline(), Some(30_100));
    now.boot_ms = 30_100;
    now.awake_ms = 30_100;
    let effects = timer.handle(Tick, now).unwrap();
    assert_eq!(short(&effects, now), "complete 60, reached");
}
