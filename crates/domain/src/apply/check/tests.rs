//! What is refused whatever the session, and what just passes.

use rstest::rstest;

use super::*;
use crate::apply::{Applied, apply};
use crate::event::EventKind;
use crate::length::PlannedLength;
use crate::plan::PlanChoice;
use crate::session::Words;
use crate::testing::ops::{begun, complete, credit, events, note, op, plan, sat, start};
use crate::testing::{STARTED_AT, completion};
use crate::{IntervalBells, SessionEvent, Sound, Volume};

/// Judged alone, without a session and onto one.
#[track_caller]
fn check_op(op: &Op, expected: Result<(), Rejection>) {
    assert_eq!(check(op), expected);
    let fits = match apply(None, op) {
        Applied::Rejected(rejection) => Err(rejection),
        _ => Ok(()),
    };
    assert_eq!(fits, expected, "onto nothing");
}

fn note_with(spoil: impl FnOnce(&mut Op)) -> Op {
    let mut op = note(2, "a");
    spoil(&mut op);
    op
}

const OK: Result<(), Rejection> = Ok(());
const TIME: Result<(), Rejection> = Err(Rejection::InvalidTime);
const ZONE: Result<(), Rejection> = Err(Rejection::InvalidZone);
const STAMP: Result<(), Rejection> = Err(Rejection::InvalidStamp);
const PLAN: Result<(), Rejection> = Err(Rejection::InvalidPlan);
const COUNT: Result<(), Rejection> = Err(Rejection::InvalidCompletion);
const EVENTS: Result<(), Rejection> = Err(Rejection::InvalidEvents);
const CREDIT: Result<(), Rejection> = Err(Rejection::CreditedOutOfRange);
const VERSION: Result<(), Rejection> = Err(Rejection::UnknownVersion);

#[rstest]
#[case::ours(1, OK)]
#[case::none(0, VERSION)]
#[case::newer(2, VERSION)]
#[case::nonsense(u32::MAX, VERSION)]
fn only_the_known_version_passes(#[case] v: u32, #[case] expected: Result<(), Rejection>) {
    check_op(&note_with(|op| op.v = v), expected);
}

#[rstest]
#[case::first(0, 1, OK)]
#[case::last(i64::MAX, i64::MAX as u64, OK)]
#[case::before_1970(-1, 1, STAMP)]
#[case::long_before(i64::MIN, 1, STAMP)]
#[case::no_number(1, 0, STAMP)]
#[case::a_number_that_no_column_holds(1, i64::MAX as u64 + 1, STAMP)]
#[case::the_largest(1, u64::MAX, STAMP)]
fn a_stamp_has_a_time_and_a_number(
    #[case] hlc_ms: i64,
    #[case] device_seq: u64,
    #[case] expected: Result<(), Rejection>,
) {
    let spoil = |op: &mut Op| (op.stamp.hlc_ms, op.stamp.device_seq) = (hlc_ms, device_seq);
    check_op(&note_with(spoil), expected);
}

/// The date as given: `-1` is the day before that of the start.
#[rstest]
#[case::now(STARTED_AT.0, 0, 0, OK)]
#[case::the_first_moment(0, 0, 0, OK)]
#[case::the_last_moment(MAX_MS, 0, 0, OK)]
#[case::before_1970(-1, 0, 0, TIME)]
#[case::in_1969_on_the_wall(0, -3600, 0, TIME)]
#[case::a_date_of_1969(0, 0, -1, TIME)]
#[case::after_9999(MAX_MS + 1, 0, 0, TIME)]
#[case::after_9999_on_the_wall(MAX_MS, 3600, 0, TIME)]
#[case::year_300_000(9_405_000_000_000_000, 0, 0, TIME)]
#[case::the_end_of_time(i64::MAX, 0, 0, TIME)]
#[case::the_beginning_of_time(i64::MIN, 0, 0, TIME)]
#[case::a_day_before(STARTED_AT.0, 3600, -1, OK)]
#[case::two_days_before(STARTED_AT.0, 3600, -2, OK)]
#[case::three_days_before(STARTED_AT.0, 3600, -3, TIME)]
#[case::two_days_after(STARTED_AT.0, 3600, 2, OK)]
#[case::three_days_after(STARTED_AT.0, 3600, 3, TIME)]
#[case::a_year_after(STARTED_AT.0, 3600, 365, TIME)]
fn a_sit_begins_between_1970_and_9999_on_its_date(
    #[case] started_at_ms: i64,
    #[case] utc_offset_s: i32,
    #[case] days: i64,
    #[case] expected: Result<(), Rejection>,
) {
    let spoil = |op: &mut Op| {
        let on_the_wall = started_at_ms.saturating_add(i64::from(utc_offset_s) * 1000);
        let date = DateTime::from_timestamp_millis(on_the_wall);
        let date = date.map_or(NaiveDate::MAX, |date| date.date_naive());
        op.session.started_at_ms = UnixMillis(started_at_ms);
        op.session.utc_offset_s = utc_offset_s;
        op.session.local_date = date
            .checked_add_signed(TimeDelta::days(days))
            .unwrap_or(date);
    };
    check_op(&note_with(spoil), expected);
}

#[rstest]
#[case::name("Europe/Berlin", 3600, OK)]
#[case::longest(&"x".repeat(64), 0, OK)]
#[case::too_long(&"x".repeat(65), 0, ZONE)]
#[case::empty("", 0, ZONE)]
#[case::a_space("Europe/New Berlin", 0, ZONE)]
#[case::a_nul("UTC\0", 0, ZONE)]
#[case::an_umlaut("Europe/Köln", 0, ZONE)]
#[case::furthest_east("UTC", 64_800, OK)]
#[case::furthest_west("UTC", -64_800, OK)]
#[case::too_far_east("UTC", 64_801, ZONE)]
#[case::too_far_west("UTC", -64_801, ZONE)]
#[case::nonsense("UTC", i32::MIN, ZONE)]
fn a_zone_has_a_name_and_a_possible_offset(
    #[case] tz: &str,
    #[case] utc_offset_s: i32,
    #[case] expected: Result<(), Rejection>,
) {
    let spoil = |op: &mut Op| {
        op.session.tz = tz.to_owned();
        op.session.utc_offset_s = utc_offset_s;
    };
    check_op(&note_with(spoil), expected);
}

#[rstest]
#[case::as_it_is(|_: &mut Plan| {}, OK)]
#[case::another_length(|p: &mut Plan| p.choice.planned_s = None, PLAN)]
#[case::a_longer_length(
    |p: &mut Plan| p.choice.planned_s = PlannedLength::from_seconds(1201).ok(),
    PLAN
)]
#[case::strikes(|p: &mut Plan| p.choice.end_bell.strikes = 10, PLAN)]
#[case::preparation(|p: &mut Plan| p.choice.preparation_s = Seconds(u32::MAX), PLAN)]
#[case::label(|p: &mut Plan| p.choice.label = Some("x".repeat(81)), PLAN)]
#[case::intervals(
    |p: &mut Plan| p.choice.intervals = IntervalBells::Every { every_s: Seconds(0) },
    PLAN
)]
#[case::most_bells(|p: &mut Plan| p.interval_at_s = vec![Seconds(1); 10_000], OK)]
#[case::too_many_bells(|p: &mut Plan| p.interval_at_s = vec![Seconds(1); 10_001], PLAN)]
#[case::own_sound(
    |p: &mut Plan| {
        p.choice.end_bell.sound = Sound::File { file: "a.wav".into(), name: "A".into() };
        p.choice.end_bell.volume = Volume::FULL;
    },
    OK
)]
fn a_plan_is_possible_and_as_long_as_its_sit(
    #[case] spoil: fn(&mut Plan),
    #[case] expected: Result<(), Rejection>,
) {
    let mut plan = plan(None);
    spoil(&mut plan);
    let plan = Some(plan);
    let begin = op(1, Change::Start { plan: plan.clone() });
    check_op(&begin, expected);
    let sat = Change::Sat {
        plan,
        completion: completion(60),
        events: Vec::new(),
    };
    check_op(&op(1, sat), expected);
}

#[test]
fn a_sit_without_a_plan_may_have_any_length() {
    let mut begin = op(1, Change::Start { plan: None });
    check_op(&begin, OK);
    begin.session.planned_s = None;
    check_op(&begin, OK);
    let mut open_ended = start(1);
    open_ended.session.planned_s = None;
    check_op(&open_ended, PLAN);
    assert_eq!(begun().planned_s, PlanChoice::default().planned_s);
}

#[rstest]
#[case::nothing(|c: &mut Completion| c.credited_s = Seconds(0), OK)]
#[case::a_day(|c: &mut Completion| c.credited_s = Seconds(86_400), OK)]
#[case::more_than_a_day(|c: &mut Completion| c.credited_s = Seconds(86_401), CREDIT)]
#[case::credited_nonsense(|c: &mut Completion| c.credited_s = Seconds(u32::MAX), CREDIT)]
#[case::longest_pause(|c: &mut Completion| c.paused_s = Seconds(i32::MAX as u32), OK)]
#[case::paused_nonsense(|c: &mut Completion| c.paused_s = Seconds(i32::MAX as u32 + 1), COUNT)]
#[case::asleep_nonsense(|c: &mut Completion| c.asleep_s = Seconds(u32::MAX), COUNT)]
#[case::overtime_nonsense(|c: &mut Completion| c.overtime_s = Seconds(u32::MAX), COUNT)]
#[case::ended_before_1970(|c: &mut Completion| c.ended_at_ms = UnixMillis(-1), TIME)]
#[case::ended_in_9999(|c: &mut Completion| c.ended_at_ms = UnixMillis(MAX_MS), OK)]
#[case::ended_after_9999(|c: &mut Completion| c.ended_at_ms = UnixMillis(MAX_MS + 1), TIME)]
fn a_completion_counts_what_a_sit_can_have(
    #[case] spoil: fn(&mut Completion),
    #[case] expected: Result<(), Rejection>,
) {
    for mut op in [complete(2, 60), sat(2, 60)] {
        if let Change::Complete { completion, .. } | Change::Sat { completion, .. } = &mut op.change
        {
            spoil(completion);
        }
        check_op(&op, expected);
    }
}

#[rstest]
#[case::nothing(0, CREDIT)]
#[case::least(1, OK)]
#[case::most(86_400, OK)]
#[case::more(86_401, CREDIT)]
#[case::nonsense(u32::MAX, CREDIT)]
fn a_correction_credits_1_to_86400(
    #[case] credited_s: u32,
    #[case] expected: Result<(), Rejection>,
) {
    check_op(&credit(2, credited_s), expected);
}

fn event(event_seq: u32) -> SessionEvent {
    SessionEvent {
        event_seq,
        kind: EventKind::Slept,
        at_ms: STARTED_AT,
        elapsed_ms: None,
    }
}

#[rstest]
#[case::none(vec![], OK)]
#[case::in_order(vec![event(1), event(2)], OK)]
#[case::some_missing(vec![event(3), event(9)], OK)]
#[case::unsorted(vec![event(2), event(1)], EVENTS)]
#[case::twice(vec![event(1), event(1)], EVENTS)]
#[case::number_zero(vec![event(0)], EVENTS)]
#[case::largest_number(vec![event(i32::MAX as u32)], OK)]
#[case::a_number_that_no_column_holds(vec![event(i32::MAX as u32 + 1)], EVENTS)]
#[case::as_many_as_there_may_be(events(5_000), OK)]
#[case::too_many(events(5_001), EVENTS)]
#[case::before_1970(vec![SessionEvent { at_ms: UnixMillis(-1), ..event(1) }], EVENTS)]
#[case::year_300_000(
    vec![SessionEvent { at_ms: UnixMillis(9_405_000_000_000_000), ..event(1) }],
    EVENTS
)]
#[case::longest(vec![SessionEvent { elapsed_ms: Some(i64::MAX as u64), ..event(1) }], OK)]
#[case::too_long(vec![SessionEvent { elapsed_ms: Some(u64::MAX), ..event(1) }], EVENTS)]
#[case::the_last_is_wrong(vec![event(1), event(2), SessionEvent { at_ms: UnixMillis(-1), ..event(3) }], EVENTS)]
fn events_come_in_order_and_within_reason(
    #[case] events: Vec<SessionEvent>,
    #[case] expected: Result<(), Rejection>,
) {
    let completion = completion(60);
    let complete = Change::Complete {
        completion,
        events: events.clone(),
    };
    check_op(&op(2, complete), expected);
    let sat = Change::Sat {
        plan: None,
        completion,
        events,
    };
    check_op(&op(2, sat), expected);
}

/// A line of UTC+14 and a day that starts at noon: the civil date of every zone passes.
#[test]
fn the_dates_that_the_calendar_gives_pass() {
    for hours in 0..24 {
        for (zone, day_start_hour) in [
            (chrono_tz::Pacific::Kiritimati, 0),
            (
                chrono_tz::Pacific::Kiritimati,
                crate::settings::MAX_DAY_START_HOUR,
            ),
            (chrono_tz::Pacific::Pago_Pago, 0),
            (
                chrono_tz::Pacific::Pago_Pago,
                crate::settings::MAX_DAY_START_HOUR,
            ),
        ] {
            let at = STARTED_AT.plus_ms(hours * 3_600_000);
            let day = crate::calendar::local_date(at, zone, day_start_hour).unwrap();
            let op = note_with(|op| {
                op.session.started_at_ms = at;
                op.session.utc_offset_s = day.utc_offset_s;
                op.session.local_date = day.local_date;
            });
            check_op(&op, OK);
        }
    }
}

#[test]
fn words_out_of_their_range_are_refused_by_the_fold() {
    let too_long = note(2, &"x".repeat(10_001));
    let refused = Applied::Rejected(Rejection::InvalidWords);
    assert_eq!(apply(None, &too_long), refused);
    let mood = Words {
        mood: Some(6),
        ..Words::default()
    };
    assert_eq!(apply(None, &op(2, Change::Words { words: mood })), refused);
}
