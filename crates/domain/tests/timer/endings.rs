//! How a sit ends: by itself, early, with overtime, or thrown away.

use mitta_domain::plan::{AtEnd, Plan};
use mitta_domain::timer::Input::{Choose, Discard, End, Finish, Pause, Tick, UndoEnd};
use mitta_domain::timer::SleepChoice::{Keep, Trim};
use mitta_domain::timer::{Phase, Progress, ProgressPhase, SleepChoice};

use crate::bench::Act::{Do, Sleep};
use crate::bench::{
    Script, check, minute, ring_once_at_start_and_end, with_overtime, with_preparation,
};
use crate::machine::{DAY_MS, HOUR_MS, MINUTE_MS, plan};

#[test]
fn a_sit_that_runs_to_its_end_is_credited_as_planned() {
    let done = "complete 60, reached, end 0";
    let script = [
        (59_999, Do(Tick), ""),
        (60_000, Do(Tick), done),
        (60_001, Do(Tick), ""),
    ];
    check("a minute", ring_once_at_start_and_end(), "start 0", &script);
    let one = plan(Some(1), &[], |_| {});
    check(
        "one second",
        one,
        "",
        &[
            (999, Do(Tick), ""),
            (1_000, Do(Tick), "complete 1, reached"),
        ],
    );
    let day = plan(Some(86_400), &[86_399], |p| p.at_end = AtEnd::CountOvertime);
    let script = [
        (DAY_MS - 1_000, Do(Tick), "interval 0"),
        (DAY_MS - 1, Do(Tick), ""),
        (DAY_MS, Do(Tick), "complete 86400, reached"),
    ];
    check(
        "a day, even where overtime would be counted",
        day,
        "",
        &script,
    );
    let open = || {
        plan(None, &[], |p| {
            p.end_bell.strikes = 1;
            p.at_end = AtEnd::CountOvertime;
        })
    };
    let script = [
        (DAY_MS - 1, Do(Tick), ""),
        (DAY_MS, Do(Tick), "complete 86400, reached, end 0"),
    ];
    let bench = check("open-ended ends itself after a day", open(), "", &script);
    assert_eq!(bench.view().phase, Phase::Over { discarded: false });
    let script = [
        (90_500, Do(End), "end_requested at 90500"),
        (91_000, Do(Finish), "complete 90 ago 500"),
    ];
    check("open-ended is credited what was sat", open(), "", &script);
}

#[test]
fn an_end_can_be_undone_for_half_a_minute_and_then_stands() {
    let script = [
        (20_700, Do(End), "end_requested at 20700"),
        (50_699, Do(Tick), ""),
        (50_700, Do(Tick), "complete 20 ago 30000"),
    ];
    check("it stands after 30 s", minute(), "", &script);
    let script = [
        (20_700, Do(End), "end_requested at 20700"),
        (50_700, Do(UndoEnd), "complete 20 ago 30000, refused"),
    ];
    check("then it is too late", minute(), "", &script);
    let bells = plan(Some(60), &[25, 40], |_| {});
    let script = [
        (20_000, Do(End), "end_requested at 20000"),
        (25_000, Do(Tick), ""),
        (26_000, Do(UndoEnd), "end_undone at 26000"),
        (26_001, Do(Tick), ""),
        (40_000, Do(Tick), "interval 0"),
        (60_000, Do(Tick), "complete 60, reached"),
    ];
    check("the sit goes on as if nothing had been", bells, "", &script);
    let ring = plan(Some(60), &[], |p| p.end_bell.strikes = 2);
    let script = [
        (50_000, Do(End), "end_requested at 50000"),
        (
            70_000,
            Do(UndoEnd),
            "end_undone at 60000, complete 60 ago 10000, reached, end 0",
        ),
        (75_000, Do(Tick), "end 1"),
    ];
    check("the planned end passed meanwhile", ring, "", &script);
    let script = [
        (20_000, Do(End), "end_requested at 20000"),
        (21_000, Do(Finish), "complete 20 ago 1000"),
    ];
    check("finish does not wait", minute(), "", &script);
    let script = [
        (20_000, Do(End), "end_requested at 20000"),
        (
            45_000,
            Sleep(UndoEnd),
            "slept at 20000 ago 25000, woke at 45000, end_undone at 45000",
        ),
        (60_000, Do(Tick), "complete 60 asleep 25, reached"),
    ];
    check(
        "a sleep before the undo is part of the sit",
        minute(),
        "",
        &script,
    );
}

#[test]
fn a_sit_without_one_whole_second_is_discarded() {
    let script = [(999, Do(End), "discard 0")];
    let bench = check("ended in the first second", minute(), "", &script);
    assert_eq!(bench.view().phase, Phase::Over { discarded: true });
    check(
        "one second counts",
        minute(),
        "",
        &[(1_000, Do(End), "end_requested at 1000")],
    );
    // The row says that the sit starts after the preparation, so it does not end before.
    check(
        "End in the preparation",
        with_preparation(),
        "",
        &[(4_000, Do(End), "discard 0 ago -6000")],
    );
}

#[test]
fn a_discard_credits_nothing_that_counts_whatever_the_phase() {
    let cases: &[(&str, Plan, Script<'_>)] = &[
        (
            "preparing",
            with_preparation(),
            &[(4_000, Do(Discard), "discard 0 ago -6000")],
        ),
        ("sitting", minute(), &[(20_500, Do(Discard), "discard 20")]),
        (
            "paused",
            minute(),
            &[
                (20_000, Do(Pause), "paused at 20000"),
                (25_000, Do(Discard), "discard 20 paused 5"),
            ],
        ),
        (
            "ending",
            minute(),
            &[
                (20_000, Do(End), "end_requested at 20000"),
                (25_000, Do(Discard), "discard 20 ago 5000"),
            ],
        ),
        (
            "overtime",
            with_overtime(),
            &[
                (60_000, Do(Tick), "reached_end at 60000, reached"),
                (90_000, Do(Discard), "discard 60 ago 30000"),
            ],
        ),
        (
            "asking",
            with_overtime(),
            &[
                (60_000, Do(Tick), "reached_end at 60000, reached"),
                (90_000, Do(End), "end_requested at 90000"),
                (95_000, Do(Discard), "discard 60 ago 35000"),
            ],
        ),
    ];
    for (case, plan, script) in cases {
        let mut bench = check(case, plan.clone(), "", script);
        assert_eq!(
            bench.view().phase,
            Phase::Over { discarded: true },
            "{case}"
        );
        assert_eq!(bench.act(2 * MINUTE_MS, Do(Discard)), "refused", "{case}");
        assert_eq!(bench.timer.deadline(), None, "{case}");
    }
}

#[test]
fn overtime_is_counted_silently_and_asked_about() {
    let answers = [
        (Keep, "complete 92 overtime 32 ago 8000"),
        (Trim, "complete 60 ago 40999"),
        (SleepChoice::Discard, "discard 60 ago 40999"),
    ];
    for (choice, credited) in answers {
        let script = [
            (60_000, Do(Tick), "reached_end at 60000, reached, end 0"),
            (65_000, Do(Tick), ""),
            (92_999, Do(End), "end_requested at 92999"),
            (93_500, Do(Tick), ""),
            (100_999, Do(Choose(choice)), credited),
        ];
        let plan = plan(Some(60), &[], |p| {
            p.at_end = AtEnd::CountOvertime;
            p.end_bell.strikes = 1;
        });
        check("overtime", plan, "", &script);
    }
    let script = [
        (60_000, Do(Tick), "reached_end at 60000, reached"),
        (DAY_MS - 1, Do(Tick), ""),
        (DAY_MS + 5_000, Do(Tick), ""),
        (
            DAY_MS + HOUR_MS,
            Do(Choose(Keep)),
            "complete 86400 overtime 86340 ago 3600000",
        ),
    ];
    check("a day is the most", with_overtime(), "", &script);
    let ringing = plan(Some(60), &[], |p| {
        p.at_end = AtEnd::CountOvertime;
        p.end_bell.strikes = 3;
    });
    let script = [
        (60_000, Do(Tick), "reached_end at 60000, reached, end 0"),
        (63_000, Do(Discard), "discard 60 ago 3000"),
        (65_000, Do(Tick), ""),
    ];
    check("a discard silences the end bell", ringing, "", &script);
    let script = [
        (60_000, Do(Tick), "reached_end at 60000, reached"),
        (60_999, Do(End), "complete 60 ago 999"),
    ];
    check(
        "without a whole second of it nothing is asked",
        with_overtime(),
        "",
        &script,
    );
    let script = [
        (30_000, Do(Tick), ""),
        (
            40_000,
            Sleep(Tick),
            "slept at 30000 ago 10000, woke at 40000",
        ),
        (60_000, Do(Tick), "reached_end at 60000, reached"),
        (
            HOUR_MS,
            Sleep(Tick),
            "slept at 60000 ago 3540000, woke at 3600000",
        ),
        (HOUR_MS, Do(End), "end_requested at 3600000"),
        (
            HOUR_MS,
            Do(Choose(Trim)),
            "complete 60 asleep 10 ago 3540000",
        ),
    ];
    check(
        "a sleep in the overtime goes with it",
        with_overtime(),
        "",
        &script,
    );
}

#[test]
fn a_completed_sit_is_seen_as_what_was_recorded() {
    let script = [
        (20_000, Do(Pause), "paused at 20000"),
        (25_000, Do(End), "end_requested at 20000"),
        (26_000, Do(Finish), "complete 20 paused 5 ago 1000"),
    ];
    let bench = check("ended in a pause", minute(), "", &script);
    let expected = Progress {
        phase: ProgressPhase::Ending,
        preparation_left_ms: 0,
        elapsed_ms: 20_000,
        paused_ms: 5_000,
        asleep_ms: 0,
    };
    assert_eq!(bench.timer.progress(bench.machine.0), expected);
}
