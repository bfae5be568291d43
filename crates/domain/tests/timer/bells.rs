//! When bells ring, and when they do not.

use mitta_domain::plan::Plan;
use mitta_domain::timer::Input::{BeginNow, End, Pause, Resume, Tick, UndoEnd};
use mitta_domain::units::Seconds;

use crate::bench::Act::Do;
use crate::bench::{check, minute, ring_once_at_start_and_end, strikes};
use crate::machine::{HOUR_MS, MINUTE_MS, plan};

#[test]
fn the_start_bell_waits_for_the_preparation() {
    let settled = || {
        plan(Some(60), &[], |p| {
            p.preparation_s = Seconds(10);
            p.start_bell.strikes = 2;
        })
    };
    let late = [
        (9_999, Do(Tick), ""),
        (10_000, Do(Tick), "start 0"),
        (15_000, Do(Tick), "start 1"),
    ];
    check("preparation", settled(), "", &late);
    let script = [
        (4_000, Do(BeginNow), "began_now at 0, start 0"),
        (9_000, Do(Tick), "start 1"),
    ];
    check("begin now", settled(), "", &script);
    check("none", ring_once_at_start_and_end(), "start 0", &[]);
}

#[test]
fn every_bell_rings_at_its_time_and_none_at_or_after_the_end() {
    let cases: &[(&str, Plan, &str)] = &[
        ("no bells", minute(), ""),
        (
            "three at the start, two at the end",
            plan(Some(60), &[], |p| {
                p.start_bell.strikes = 3;
                p.end_bell.strikes = 2;
            }),
            "start 0@0, start 1@5000, start 2@10000, end 0@60000, end 1@65000",
        ),
        (
            "nine at each end of one second",
            plan(Some(1), &[], |p| {
                p.start_bell.strikes = 9;
                p.end_bell.strikes = 2;
            }),
            "start 0@0, end 0@1000, end 1@6000",
        ),
        (
            "a start strike that would fall on the end",
            plan(Some(5), &[], |p| {
                p.start_bell.strikes = 2;
                p.end_bell.strikes = 1;
            }),
            "start 0@0, end 0@5000",
        ),
        (
            "every twenty seconds",
            plan(Some(60), &[20, 40], |_| {}),
            "interval 0@20000, interval 0@40000",
        ),
        (
            "given times, after a preparation",
            plan(Some(60), &[1, 30, 59], |p| p.preparation_s = Seconds(10)),
            "interval 0@11000, interval 0@40000, interval 0@69000",
        ),
        (
            "given times at and after the end",
            plan(Some(60), &[30, 60, 61], |p| p.end_bell.strikes = 1),
            "interval 0@30000, end 0@60000",
        ),
        (
            "interval and start strike at one moment are one strike",
            plan(Some(60), &[5], |p| p.start_bell.strikes = 3),
            "start 0@0, interval 0@5000, start 2@10000",
        ),
        (
            "interval bells without strikes",
            plan(Some(60), &[20, 40], |p| p.interval_bell.strikes = 0),
            "",
        ),
        (
            "several strikes of an interval bell are one",
            plan(Some(60), &[20], |p| p.interval_bell.strikes = 9),
            "interval 0@20000",
        ),
    ];
    for (case, plan, expected) in cases {
        assert_eq!(strikes(plan.clone(), 2 * MINUTE_MS), *expected, "{case}");
    }
}

#[test]
fn a_late_tick_rings_what_is_fresh_and_drops_what_is_not() {
    let bells = || plan(Some(60), &[20, 21, 40], |p| p.end_bell.strikes = 3);
    let script = [
        (20_300, Do(Tick), "interval 0 late 300"),
        (23_001, Do(Tick), ""),
        (42_000, Do(Tick), "interval 0 late 2000"),
        (
            60_500,
            Do(Tick),
            "complete 60 ago 500, reached, end 0 late 500",
        ),
        (65_000, Do(Tick), "end 1"),
        (90_000, Do(Tick), ""),
    ];
    let bench = check("a little late", bells(), "", &script);
    assert_eq!(bench.timer.deadline(), None);
    check(
        "two due at once are one strike",
        bells(),
        "",
        &[(21_900, Do(Tick), "interval 0 late 900")],
    );
    let script = [
        (62_001, Do(Tick), "complete 60 ago 2001, reached, end 0"),
        (67_001, Do(Tick), "end 1"),
        (72_001, Do(Tick), "end 2"),
        (77_001, Do(Tick), ""),
    ];
    check("the end bell always rings, whole", bells(), "", &script);
    let script = [
        (60_000, Do(Tick), "complete 60, reached, end 0"),
        (71_000, Do(Tick), "end 2 late 1000"),
    ];
    check("of two end strikes the fresh one", bells(), "", &script);
}

#[test]
fn a_pause_moves_the_bells_and_is_not_credited() {
    let bells = plan(Some(60), &[20], |p| p.start_bell.strikes = 2);
    let script = [
        (3_000, Do(Pause), "paused at 3000"),
        (5_000, Do(Tick), ""),
        (33_500, Do(Resume), "resumed at 3000"),
        (35_499, Do(Tick), ""),
        (35_500, Do(Tick), "start 1"),
        (50_500, Do(Tick), "interval 0"),
        (60_500, Do(Pause), "paused at 30000"),
        (HOUR_MS, Do(Resume), "resumed at 30000"),
        (HOUR_MS + 29_999, Do(Tick), ""),
        (
            HOUR_MS + 30_000,
            Do(Tick),
            "complete 60 paused 3570, reached",
        ),
    ];
    check("two pauses", bells, "start 0", &script);
    let at_a_bell = plan(Some(60), &[20], |_| {});
    let script = [
        (20_000, Do(Pause), "interval 0, paused at 20000"),
        (30_000, Do(Resume), "resumed at 20000"),
        (30_001, Do(Tick), ""),
    ];
    check("a bell at the pause rings once", at_a_bell, "", &script);
    let script = [
        (20_000, Do(Pause), "paused at 20000"),
        (30_000, Do(End), "end_requested at 20000"),
        (35_000, Do(UndoEnd), "end_undone at 20000"),
        (40_000, Do(Resume), "resumed at 20000"),
        (80_000, Do(Tick), "complete 60 paused 20, reached"),
    ];
    check(
        "End undone in a pause is still the pause",
        minute(),
        "",
        &script,
    );
}

#[test]
fn no_bell_is_foretold_that_will_not_ring() {
    let start_strike_on_the_end = plan(Some(5), &[], |p| p.start_bell.strikes = 2);
    let bench = check("5 s", start_strike_on_the_end, "start 0", &[]);
    assert_eq!(bench.timer.next_strike(), None);
    let script = [(20_000, Do(Pause), "paused at 20000")];
    let bench = check("paused", ring_once_at_start_and_end(), "start 0", &script);
    assert_eq!(bench.timer.next_strike(), None);
}
