//! A machine that sleeps, and a wall clock that is set.

use mitta_domain::plan::AtEnd;
use mitta_domain::timer::Input::{Choose, End, Pause, Resume, Tick};
use mitta_domain::timer::SleepChoice;
use mitta_domain::timer::SleepChoice::{Keep, Trim};
use mitta_domain::units::Seconds;

use crate::bench::Act::{Do, SetWall, Sleep};
use crate::bench::{Bench, THROWN, check, minute, ring_once_at_start_and_end};
use crate::machine::{HOUR_MS, plan};

#[test]
fn a_sleep_inside_the_sit_counts_and_rings_nothing_afterwards() {
    let bells = || {
        plan(Some(1_200), &[60, 120, 180, 599], |p| {
            p.end_bell.strikes = 1;
        })
    };
    let slept = "slept at 30000 ago 570000, woke at 600000";
    let script = [
        (30_000, Do(Tick), ""),
        (
            600_000,
            Sleep(Tick),
            &format!("{slept}, interval 0 late 1000"),
        ),
        (
            1_200_000,
            Do(Tick),
            "complete 1200 asleep 570, reached, end 0",
        ),
    ];
    check("only the fresh one of four rings", bells(), "", &script);
    let answers = [
        (Keep, "complete 700 asleep 570 ago 1000"),
        (Trim, "complete 130 asleep 570 ago 1000"),
        (SleepChoice::Discard, "discard 700 asleep 570 ago 1000"),
    ];
    for (choice, credited) in answers {
        let script = [
            (30_000, Do(Tick), ""),
            (
                600_000,
                Sleep(Tick),
                &*format!("{slept}, interval 0 late 1000"),
            ),
            (700_000, Do(End), "end_requested at 700000"),
            (701_000, Do(Choose(choice)), credited),
        ];
        check("ending early asks about a long sleep", bells(), "", &script);
    }
    let script = [
        (1_000, Do(Tick), ""),
        (
            60_999,
            Sleep(Tick),
            "slept at 1000 ago 59999, woke at 60999, interval 0 late 999",
        ),
        (70_000, Do(End), "end_requested at 70000"),
        (100_000, Do(Tick), "complete 70 asleep 59 ago 30000"),
    ];
    check("and does not ask about a short one", bells(), "", &script);
    check(
        "a hiccup is no sleep",
        bells(),
        "",
        &[(1_999, Sleep(Tick), "")],
    );
}

#[test]
fn a_sleep_past_the_end_rings_one_series_and_asks() {
    let slept = "slept at 30000 ago 3570000, woke at 3600000, reached_end at 60000 ago 3540000";
    let answers = [
        (Choose(Keep), "complete 60 asleep 30"),
        (Choose(Trim), "complete 30 asleep 30"),
        (THROWN, "discard 60 asleep 30"),
    ];
    for (answer, credited) in answers {
        let script = [
            (30_000, Do(Tick), ""),
            (HOUR_MS, Sleep(Tick), &*format!("{slept}, reached, end 0")),
            (HOUR_MS + 1, Do(Tick), ""),
            (HOUR_MS + 5_000, Do(Tick), "end 1"),
            (HOUR_MS + 60_000, Do(Tick), ""),
            (
                HOUR_MS + 70_000,
                Do(answer),
                &*format!("{credited} ago 3610000"),
            ),
        ];
        let plan = plan(Some(60), &[40, 50], |p| {
            p.end_bell.strikes = 2;
            p.at_end = AtEnd::CountOvertime;
        });
        check("asleep from the middle", plan, "", &script);
    }
    let script = [
        (
            HOUR_MS,
            Sleep(Tick),
            "slept at 0 ago 3600000, woke at 3600000, reached_end at 60000 ago 3540000, reached",
        ),
        (HOUR_MS, Do(Choose(Trim)), "discard 0 asleep 60 ago 3540000"),
    ];
    check("nothing is left without the sleep", minute(), "", &script);
    let script = [(
        60_900,
        Sleep(Tick),
        "slept at 0 ago 60900, woke at 60900, complete 60 asleep 60 ago 900, reached",
    )];
    check("awake at the end", minute(), "", &script);
    let slept = "slept at 0 ago 61000, woke at 61000, reached_end at 60000 ago 1000, reached";
    let script = [(61_000, Sleep(Tick), slept)];
    check("asleep for a second past the end", minute(), "", &script);
    let script = [
        (70_000, Do(Pause), "complete 60 ago 10000, reached, refused"),
        (HOUR_MS, Sleep(Tick), ""),
    ];
    check("asleep once it is over", minute(), "", &script);
}

#[test]
fn a_sleep_that_began_after_the_end_is_no_question() {
    let (mut bench, _) = Bench::begin(ring_once_at_start_and_end());
    bench.machine.stays_awake(60_000);
    let did = bench.act(HOUR_MS, Sleep(Tick));
    assert!(
        did.contains("complete 60 ago 3540000, reached, end 0"),
        "{did}"
    );
}

#[test]
fn a_sleep_in_a_pause_is_pause_and_in_the_preparation_wakes_into_the_sit() {
    let script = [
        (20_000, Do(Pause), "paused at 20000"),
        (HOUR_MS, Sleep(Tick), ""),
        (HOUR_MS, Do(Resume), "resumed at 20000"),
        (
            HOUR_MS + 40_000,
            Do(Tick),
            "complete 60 paused 3580, reached",
        ),
    ];
    check("paused", minute(), "", &script);
    let prepared = || {
        plan(Some(60), &[], |p| {
            p.preparation_s = Seconds(10);
            p.start_bell.strikes = 3;
        })
    };
    check(
        "awake before the start",
        prepared(),
        "",
        &[(8_000, Sleep(Tick), ""), (10_000, Do(Tick), "start 0")],
    );
    let script = [
        (2_000, Do(Tick), ""),
        (
            15_500,
            Sleep(Tick),
            "slept at 0 ago 13500, woke at 5500, start 1 late 500",
        ),
        (70_000, Do(Tick), "complete 60 asleep 5, reached"),
    ];
    check("awake within the sit", prepared(), "", &script);
    let script = [(
        40_000,
        Sleep(Pause),
        "slept at 0 ago 40000, woke at 30000, paused at 30000",
    )];
    check(
        "the input after waking is one of the sit",
        prepared(),
        "",
        &script,
    );
}

#[test]
fn setting_the_wall_clock_moves_no_bell_and_no_credit() {
    let hour = i64::try_from(HOUR_MS).unwrap();
    for by_ms in [-hour, hour, -40 * 365 * 24 * hour] {
        let plan = plan(Some(60), &[40], |_| {});
        let (mut bench, _) = Bench::begin(plan);
        bench.act(20_000, SetWall(by_ms));
        assert_eq!(bench.view().elapsed_ms, 20_000);
        let ends_at = bench.view().ends_at_ms;
        assert_eq!(ends_at, Some(bench.machine.0.wall_ms.plus_ms(40_000)));
        assert_eq!(bench.act(40_000, Do(Tick)), "interval 0");
        let did = bench.act(60_000, Do(Tick));
        // Where the clock went back behind its start, the sit ends at its start.
        let expected = match by_ms {
            by_ms if by_ms > 0 => "complete 60, reached".to_owned(),
            by_ms => format!("complete 60 ago {}, reached", by_ms + 60_000),
        };
        assert_eq!(did, expected, "wall clock set by {by_ms} ms");
    }
}
