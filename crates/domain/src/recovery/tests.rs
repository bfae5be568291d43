//! The crash paragraph as a table.

mod properties;

use rstest::rstest;

use super::*;
use crate::length::PlannedLength;
use crate::plan::PlanChoice;
use crate::testing::{STARTED_AT as STARTED, completion, session_start};

const MIN: u64 = 60_000;
const SEC: u64 = 1000;
const NO_PAUSE: u64 = 0;

/// What was planned.
#[derive(Debug, Clone, Copy)]
struct Planned {
    planned_s: Option<u32>,
    at_end: AtEnd,
}

const TWENTY: Planned = Planned {
    planned_s: Some(1200),
    at_end: AtEnd::Stop,
};
const TEN_SECONDS: Planned = Planned {
    planned_s: Some(10),
    at_end: AtEnd::Stop,
};
const OVERTIME: Planned = Planned {
    planned_s: Some(1200),
    at_end: AtEnd::CountOvertime,
};
const OPEN: Planned = Planned {
    planned_s: None,
    at_end: AtEnd::Stop,
};

/// How long ago it was last seen, and by which clock that is known.
#[derive(Debug, Clone, Copy)]
enum Dead {
    /// The same boot; the wall clock is an hour off, and must not matter.
    SameBoot(u64),
    /// Another boot: only the wall clock tells.
    OtherBoot(u64),
    /// Another boot, and the wall clock stands before the last heartbeat.
    ClockWentBack,
}

fn seen(phase: ProgressPhase, elapsed_ms: u64, paused_ms: u64, asleep_ms: u64) -> Progress {
    Progress {
        phase,
        preparation_left_ms: 0,
        elapsed_ms,
        paused_ms,
        asleep_ms,
    }
}

fn preparing(preparation_left_ms: u64) -> Progress {
    Progress {
        preparation_left_ms,
        ..seen(ProgressPhase::Preparing, 0, 0, 0)
    }
}

fn sitting(elapsed_ms: u64) -> Progress {
    seen(ProgressPhase::Sitting, elapsed_ms, NO_PAUSE, 0)
}

fn unfinished(planned: Planned, last_seen: Option<Heartbeat>) -> Unfinished {
    let planned_s = planned
        .planned_s
        .map(|s| PlannedLength::from_seconds(s).unwrap());
    Unfinished {
        start: SessionStart {
            planned_s,
            ..session_start()
        },
        plan: Plan {
            choice: PlanChoice {
                planned_s,
                at_end: planned.at_end,
                ..PlanChoice::default()
            },
            interval_at_s: Vec::new(),
        },
        sharing: Sharing::default(),
        last_seen,
    }
}

fn recover(planned: Planned, progress: Progress, dead: Dead) -> Recovery {
    let since_start = progress.elapsed_ms + progress.paused_ms;
    let wall_ms = later(STARTED, since_start).plus_ms(-progress.preparation_left_ms.cast_signed());
    let last_seen = Heartbeat {
        wall_ms,
        boot_ms: 50 * MIN,
        boot_id: "boot-a".to_owned(),
        progress,
    };
    let (now, boot_id) = match dead {
        Dead::SameBoot(ms) => (moment(50 * MIN + ms, later(wall_ms, 60 * MIN)), "boot-a"),
        Dead::OtherBoot(ms) => (moment(MIN, later(wall_ms, ms)), "boot-b"),
        Dead::ClockWentBack => (moment(MIN, wall_ms.plus_ms(-1)), "boot-b"),
    };
    decide(&unfinished(planned, Some(last_seen)), now, boot_id)
}

fn moment(boot_ms: u64, wall_ms: UnixMillis) -> Now {
    Now {
        boot_ms,
        awake_ms: boot_ms,
        wall_ms,
    }
}

/// A completion without pause and sleep that ended after `credited_s`, overtime included.
fn sat(credited_s: u32, overtime_s: u32) -> Completion {
    Completion {
        overtime_s: Seconds(overtime_s),
        ..completion(credited_s)
    }
}

fn ask(as_planned: Option<Completion>, until_last_seen: Completion) -> Recovery {
    Recovery::Ask(Question {
        as_planned,
        until_last_seen,
    })
}

use Dead::{ClockWentBack, OtherBoot, SameBoot};
use Recovery::{Complete, DiscardUnstarted, Resume};

#[rstest]
// A timed sit inside its time, seen less than five minutes ago.
#[case::goes_on(TWENTY, sitting(5 * MIN), SameBoot(2 * MIN), Resume(sitting(7 * MIN)))]
#[case::goes_on_after_a_reboot_by_the_wall_clock(TWENTY, sitting(5 * MIN), OtherBoot(2 * MIN), Resume(sitting(7 * MIN)))]
#[case::goes_on_at_once(TWENTY, sitting(5 * MIN), SameBoot(0), Resume(sitting(5 * MIN)))]
#[case::goes_on_just_within_five_minutes(TWENTY, sitting(5 * MIN), SameBoot(5 * MIN - 1), Resume(sitting(10 * MIN - 1)))]
#[case::asks_from_five_minutes_on(TWENTY, sitting(5 * MIN), SameBoot(5 * MIN), ask(Some(sat(1200, 0)), sat(300, 0)))]
#[case::asks_after_a_day(TWENTY, sitting(5 * MIN), OtherBoot(1440 * MIN), ask(Some(sat(1200, 0)), sat(300, 0)))]
#[case::asks_when_the_clock_went_back(TWENTY, sitting(5 * MIN), ClockWentBack, ask(Some(sat(1200, 0)), sat(300, 0)))]
#[case::asks_when_its_end_passed_unseen(TWENTY, sitting(18 * MIN), SameBoot(4 * MIN), ask(Some(sat(1200, 0)), sat(1080, 0)))]
#[case::parts_of_a_second_are_dropped(TWENTY, sitting(5 * MIN + 999), SameBoot(6 * MIN), ask(Some(sat(1200, 0)), Completion { ended_at_ms: later(STARTED, 5 * MIN + 999), ..sat(300, 0) }))]
#[case::nothing_seen_yet_still_asks(TWENTY, sitting(999), SameBoot(6 * MIN), ask(Some(sat(1200, 0)), Completion { ended_at_ms: later(STARTED, 999), ..sat(0, 0) }))]
#[case::counts_pause_and_sleep_on(TWENTY, seen(ProgressPhase::Sitting, 5 * MIN, 3 * MIN, MIN), SameBoot(MIN), Resume(seen(ProgressPhase::Sitting, 6 * MIN, 3 * MIN, MIN)))]
// Last seen within 15 s of its planned end.
#[case::near_its_end_and_not_over_goes_on(TWENTY, sitting(20 * MIN - 10 * SEC), SameBoot(9 * SEC), Resume(sitting(20 * MIN - SEC)))]
#[case::near_its_end_and_over_is_completed(TWENTY, sitting(20 * MIN - 10 * SEC), SameBoot(10 * SEC), Complete(sat(1200, 0)))]
#[case::near_its_end_long_ago_is_completed(TWENTY, sitting(20 * MIN - 15 * SEC), OtherBoot(9999 * MIN), Complete(sat(1200, 0)))]
#[case::near_its_end_when_the_clock_went_back(TWENTY, sitting(20 * MIN - 15 * SEC), ClockWentBack, Complete(sat(1200, 0)))]
#[case::not_near_enough_to_its_end(TWENTY, sitting(20 * MIN - 15 * SEC - 1), OtherBoot(9999 * MIN), ask(Some(sat(1200, 0)), Completion { ended_at_ms: later(STARTED, 20 * MIN - 15 * SEC - 1), ..sat(1184, 0) }))]
#[case::seen_at_its_end(TWENTY, sitting(20 * MIN), SameBoot(0), Complete(sat(1200, 0)))]
#[case::seen_past_its_end_credits_the_plan(TWENTY, sitting(21 * MIN), SameBoot(0), Complete(sat(1200, 0)))]
#[case::a_very_short_sit_was_near_its_end_all_along(TEN_SECONDS, sitting(0), SameBoot(10 * SEC), Complete(sat(10, 0)))]
// Overtime.
#[case::overtime_goes_on_before_its_end(OVERTIME, sitting(5 * MIN), SameBoot(MIN), Resume(sitting(6 * MIN)))]
#[case::overtime_near_its_end_is_completed(OVERTIME, sitting(20 * MIN - 5 * SEC), SameBoot(MIN), Complete(sat(1200, 0)))]
#[case::overtime_seen_exactly_at_its_end(OVERTIME, sitting(20 * MIN), SameBoot(MIN), Complete(sat(1200, 0)))]
#[case::overtime_that_was_seen_is_asked(OVERTIME, sitting(20 * MIN + 5 * SEC), SameBoot(SEC), ask(Some(sat(1200, 0)), sat(1205, 5)))]
#[case::overtime_ends_at_a_day(OVERTIME, sitting(1500 * MIN), SameBoot(SEC), ask(Some(sat(1200, 0)), sat(86_400, 85_200)))]
// Open-ended.
#[case::open_ended_is_asked(OPEN, sitting(5 * MIN), SameBoot(SEC), ask(None, sat(300, 0)))]
#[case::open_ended_with_nothing_seen(
    OPEN,
    sitting(999),
    SameBoot(SEC),
    DiscardUnstarted(sat(0, 0))
)]
#[case::open_ended_ends_itself_at_a_day(OPEN, sitting(1440 * MIN), SameBoot(SEC), Complete(sat(86_400, 0)))]
// Paused.
#[case::paused_comes_back_paused(TWENTY, seen(ProgressPhase::Paused, 5 * MIN, MIN, 0), SameBoot(2 * MIN), Resume(seen(ProgressPhase::Paused, 5 * MIN, 3 * MIN, 0)))]
#[case::paused_for_days(TWENTY, seen(ProgressPhase::Paused, 5 * MIN, 0, 0), OtherBoot(9999 * MIN), Resume(seen(ProgressPhase::Paused, 5 * MIN, 9999 * MIN, 0)))]
#[case::paused_and_the_clock_went_back(TWENTY, seen(ProgressPhase::Paused, 5 * MIN, MIN, 0), ClockWentBack, Resume(seen(ProgressPhase::Paused, 5 * MIN, MIN, 0)))]
#[case::open_ended_paused(OPEN, seen(ProgressPhase::Paused, 5 * MIN, 0, 0), SameBoot(MIN), Resume(seen(ProgressPhase::Paused, 5 * MIN, MIN, 0)))]
#[case::paused_near_its_end(TWENTY, seen(ProgressPhase::Paused, 20 * MIN - SEC, 0, 0), SameBoot(MIN), Resume(seen(ProgressPhase::Paused, 20 * MIN - SEC, MIN, 0)))]
// Preparation.
#[case::still_preparing(TWENTY, preparing(10 * SEC), SameBoot(4 * SEC), Resume(preparing(6 * SEC)))]
#[case::from_the_preparation_into_the_sit(TWENTY, preparing(10 * SEC), SameBoot(70 * SEC), Resume(sitting(MIN)))]
#[case::exactly_at_the_start(TWENTY, preparing(10 * SEC), OtherBoot(10 * SEC), Resume(sitting(0)))]
#[case::prepared_too_long_ago(TWENTY, preparing(10 * SEC), SameBoot(5 * MIN), DiscardUnstarted(sat(0, 0)))]
#[case::prepared_and_the_clock_went_back(TWENTY, preparing(10 * SEC), ClockWentBack, DiscardUnstarted(sat(0, 0)))]
#[case::prepared_and_its_whole_time_passed(TEN_SECONDS, preparing(5 * SEC), SameBoot(15 * SEC), DiscardUnstarted(sat(0, 0)))]
#[case::open_ended_in_the_preparation(OPEN, preparing(10 * SEC), SameBoot(SEC), DiscardUnstarted(sat(0, 0)))]
// End had been pressed.
#[case::ended_early_is_completed(TWENTY, seen(ProgressPhase::Ending, 5 * MIN + 400, 0, 0), OtherBoot(9999 * MIN), Complete(Completion { ended_at_ms: later(STARTED, 5 * MIN + 400), ..sat(300, 0) }))]
#[case::ended_within_the_first_second(
    TWENTY,
    seen(ProgressPhase::Ending, 999, 0, 0),
    SameBoot(SEC),
    DiscardUnstarted(sat(0, 0))
)]
#[case::ended_open_ended(OPEN, seen(ProgressPhase::Ending, 42 * MIN, 0, 0), SameBoot(SEC), Complete(sat(2520, 0)))]
#[case::overtime_had_been_kept(OVERTIME, seen(ProgressPhase::Ending, 22 * MIN, 0, 0), SameBoot(SEC), Complete(sat(1320, 120)))]
// A question stood on the screen.
#[case::slept_past_its_end(TWENTY, seen(ProgressPhase::Asking, 20 * MIN, 0, 15 * MIN), SameBoot(SEC), ask(Some(Completion { asleep_s: Seconds(900), ..sat(1200, 0) }), Completion { ended_at_ms: later(STARTED, 20 * MIN), asleep_s: Seconds(900), ..sat(300, 0) }))]
#[case::slept_all_of_it(TWENTY, seen(ProgressPhase::Asking, 20 * MIN, 0, 20 * MIN), SameBoot(SEC), ask(Some(Completion { asleep_s: Seconds(1200), ..sat(1200, 0) }), Completion { ended_at_ms: later(STARTED, 20 * MIN), asleep_s: Seconds(1200), ..sat(0, 0) }))]
#[case::asked_about_overtime(OVERTIME, seen(ProgressPhase::Asking, 25 * MIN, 0, 0), SameBoot(SEC), ask(Some(sat(1200, 0)), sat(1500, 300)))]
#[case::ended_early_after_sleep_is_never_the_whole_plan(TWENTY, seen(ProgressPhase::Asking, 10 * MIN, 0, 2 * MIN), SameBoot(SEC), ask(None, Completion { asleep_s: Seconds(120), ..sat(600, 0) }))]
fn a_row_found_at_launch(
    #[case] planned: Planned,
    #[case] progress: Progress,
    #[case] dead: Dead,
    #[case] expected: Recovery,
) {
    assert_eq!(recover(planned, progress, dead), expected);
}

#[rstest]
#[case::lately(TWENTY, (2 * MIN).cast_signed(), Resume(sitting(2 * MIN)))]
#[case::long_ago(TWENTY, (10 * MIN).cast_signed(), ask(Some(sat(1200, 0)), sat(0, 0)))]
#[case::before_its_start(TWENTY, -5000, ask(Some(sat(1200, 0)), sat(0, 0)))]
#[case::short_and_over_is_no_evidence(TEN_SECONDS, MIN.cast_signed(), ask(Some(sat(10, 0)), sat(0, 0)))]
#[case::open_ended(OPEN, MIN.cast_signed(), DiscardUnstarted(sat(0, 0)))]
fn a_row_that_was_never_seen_is_taken_as_seen_at_its_start(
    #[case] planned: Planned,
    #[case] since_start_ms: i64,
    #[case] expected: Recovery,
) {
    let now = moment(MIN, STARTED.plus_ms(since_start_ms));
    assert_eq!(decide(&unfinished(planned, None), now, "boot-a"), expected);
    assert_eq!(decide(&unfinished(planned, None), now, ""), expected);
}

#[rstest]
#[case::the_system_does_not_tell_the_boot("", "", 51 * MIN)]
#[case::the_boot_clock_went_back("boot-a", "boot-a", 50 * MIN - 1)]
fn where_the_boot_clock_says_nothing_the_wall_clock_decides(
    #[case] boot_id_then: &str,
    #[case] boot_id_now: &str,
    #[case] boot_ms_now: u64,
) {
    let wall_ms = later(STARTED, 5 * MIN);
    let boot_id = boot_id_then.to_owned();
    let last_seen = Heartbeat {
        wall_ms,
        boot_ms: 50 * MIN,
        boot_id,
        progress: sitting(5 * MIN),
    };
    let now = moment(boot_ms_now, later(wall_ms, 3 * MIN));
    let decision = decide(&unfinished(TWENTY, Some(last_seen)), now, boot_id_now);
    assert_eq!(decision, Resume(sitting(8 * MIN)));
}

#[test]
fn a_sit_begun_before_its_preparation_was_over_does_not_end_after_it_was_last_seen() {
    let wall_ms = STARTED.plus_ms(MIN.cast_signed());
    let last_seen = Heartbeat {
        wall_ms,
        boot_ms: 0,
        boot_id: String::new(),
        progress: sitting(6 * MIN),
    };
    let now = moment(0, later(wall_ms, 60 * MIN));
    let Recovery::Ask(question) = decide(&unfinished(TWENTY, Some(last_seen)), now, "") else {
        panic!("asked");
    };
    assert_eq!(question.until_last_seen.ended_at_ms, wall_ms);
    assert_eq!(question.until_last_seen.credited_s, Seconds(360));
    assert_eq!(
        question.as_planned.unwrap().ended_at_ms,
        later(wall_ms, 14 * MIN)
    );
}

#[test]
fn an_answer_does_what_was_offered() {
    let full = Question {
        as_planned: Some(sat(1200, 0)),
        until_last_seen: sat(300, 0),
    };
    let bare = Question {
        as_planned: None,
        until_last_seen: sat(0, 0),
    };
    let as_planned = RecoveryChoice::KeepAsPlanned;
    let until_last_seen = RecoveryChoice::KeepUntilLastSeen;
    assert_eq!(full.answer(as_planned), Ok(Answer::Keep(sat(1200, 0))));
    assert_eq!(full.answer(until_last_seen), Ok(Answer::Keep(sat(300, 0))));
    assert_eq!(
        full.answer(RecoveryChoice::Discard),
        Ok(Answer::Discard(sat(300, 0)))
    );
    assert_eq!(bare.answer(as_planned), Err(NotOffered::AsPlanned));
    assert_eq!(bare.answer(until_last_seen), Err(NotOffered::UntilLastSeen));
    assert_eq!(
        bare.answer(RecoveryChoice::Discard),
        Ok(Answer::Discard(sat(0, 0)))
    );
}

#[rstest]
#[case::overtime_that_nobody_kept(Some(sat(1200, 0)), sat(1300, 100), sat(1200, 0))]
#[case::nothing_was_seen(Some(sat(1200, 0)), sat(0, 0), sat(1200, 0))]
#[case::what_was_seen(Some(sat(1200, 0)), sat(300, 0), sat(300, 0))]
#[case::open_ended(None, sat(300, 0), sat(300, 0))]
fn a_discarded_sit_can_be_restored(
    #[case] as_planned: Option<Completion>,
    #[case] until_last_seen: Completion,
    #[case] restored: Completion,
) {
    let question = Question {
        as_planned,
        until_last_seen,
    };
    assert_eq!(
        question.answer(RecoveryChoice::Discard),
        Ok(Answer::Discard(restored))
    );
}

#[rstest]
#[case::goes_on_elsewhere(TWENTY, sitting(5 * MIN), Some(sat(1200, 0)), sat(300, 0))]
#[case::near_its_end(TWENTY, sitting(20 * MIN - SEC), Some(sat(1200, 0)), sat(1199, 0))]
#[case::paused(TWENTY, seen(ProgressPhase::Paused, 5 * MIN, 0, 0), Some(sat(1200, 0)), sat(300, 0))]
#[case::preparing(TWENTY, preparing(10 * SEC), Some(sat(1200, 0)), sat(0, 0))]
#[case::ended_early(TWENTY, seen(ProgressPhase::Ending, 5 * MIN, 0, 0), None, sat(300, 0))]
#[case::open_ended(OPEN, sitting(5 * MIN), None, sat(300, 0))]
fn a_row_that_may_not_go_on_can_be_asked_about(
    #[case] planned: Planned,
    #[case] progress: Progress,
    #[case] as_planned: Option<Completion>,
    #[case] until_last_seen: Completion,
) {
    let wall_ms = later(STARTED, progress.elapsed_ms);
    let last_seen = Heartbeat {
        wall_ms,
        boot_ms: 0,
        boot_id: String::new(),
        progress,
    };
    let asked = question(&unfinished(planned, Some(last_seen)));
    assert_eq!(
        asked,
        Question {
            as_planned,
            until_last_seen
        }
    );
}

#[test]
fn a_row_that_was_never_seen_can_be_asked_about() {
    let expected = Question {
        as_planned: Some(sat(1200, 0)),
        until_last_seen: sat(0, 0),
    };
    assert_eq!(question(&unfinished(TWENTY, None)), expected);
}
