//! Totals and streaks against named cases and against slow, obvious second computations.

use chrono::{Days, Weekday};
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::session::SessionStart;
use crate::testing::{completion, session_start};
use crate::units::Seconds;

const ALL_WEEK_STARTS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn day(local_date: &str, sits: u32, credited_s: u64) -> DayTotal {
    DayTotal {
        local_date: date(local_date),
        sits,
        credited_s,
    }
}

fn session(local_date: NaiveDate, credited_s: Option<u32>) -> Session {
    let start = SessionStart {
        local_date,
        ..session_start()
    };
    Session {
        completion: credited_s.map(completion),
        ..Session::begun(start)
    }
}

#[test]
fn only_completed_and_undeleted_sits_count_and_corrections_win() {
    let (first, second) = (date("2026-11-20"), date("2026-11-21"));
    let running = session(first, None);
    let deleted = Session {
        deleted: true,
        ..session(first, Some(600))
    };
    let corrected = Session {
        credited_override_s: Some(Seconds(900)),
        ..session(second, Some(1200))
    };
    let sessions = [corrected, session(second, Some(300)), running, deleted];
    assert_eq!(day_totals(&sessions), [day("2026-11-21", 2, 1200)]);
    assert_eq!(
        day_totals(&[session(second, Some(60)), session(first, Some(30))]),
        [day("2026-11-20", 1, 30), day("2026-11-21", 1, 60),]
    );
    assert_eq!(day_totals([]), []);
}

#[test]
fn a_week_over_the_year_end_is_one_week() {
    let days = [
        day("2026-12-27", 9, 9),
        day("2026-12-31", 1, 60),
        day("2027-01-01", 2, 120),
    ];
    let weeks = by_week(&days, Week::of(date("2027-01-01"), Weekday::Mon), 2);
    let total = |from: &str, to: &str, sits, credited_s, days| SpanTotal {
        span: DateSpan {
            from: date(from),
            to: date(to),
        },
        sits,
        credited_s,
        days,
    };
    assert_eq!(
        weeks,
        [
            total("2026-12-21", "2026-12-27", 9, 9, 1),
            total("2026-12-28", "2027-01-03", 3, 180, 2),
        ]
    );
}

#[test]
fn leap_day_counts_in_its_month() {
    let days = [day("2028-02-29", 1, 60), day("2028-03-01", 1, 1)];
    assert_eq!(
        sum(&days, DateSpan::month_of(date("2028-02-01"))).credited_s,
        60
    );
}

#[rstest]
#[case::nothing_at_all(&[], &[], 0)]
#[case::today_only(&["2026-11-21"], &[], 1)]
#[case::today_is_not_over_yet(&["2026-11-19", "2026-11-20"], &[], 2)]
#[case::yesterday_was_missed(&["2026-11-19"], &[], 0)]
#[case::yesterday_was_missed_but_not_today(&["2026-11-19", "2026-11-21"], &[], 1)]
#[case::weeks_ago(&["2026-10-31", "2026-11-01"], &[], 0)]
#[case::a_rest_day_is_bridged(&["2026-11-19", "2026-11-21"], &[Weekday::Fri], 2)]
#[case::a_sit_on_a_rest_day_counts(&["2026-11-19", "2026-11-20", "2026-11-21"], &[Weekday::Fri], 3)]
#[case::another_rest_day_does_not_help(&["2026-11-19", "2026-11-21"], &[Weekday::Sat], 1)]
#[case::a_weekend_of_rest(&["2026-11-13", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"], &[Weekday::Sat, Weekday::Sun], 6)]
#[case::only_rest_days(&["2026-01-01"], &ALL_WEEK_STARTS, 1)]
#[case::a_sit_dated_tomorrow_does_not_count(&["2026-11-22", "2026-11-21"], &[], 1)]
#[case::only_tomorrow(&["2026-11-22"], &[], 0)]
fn a_streak_counts_days_in_a_row(
    #[case] sat: &[&str],
    #[case] rest_days: &[Weekday],
    #[case] expected: u32,
) {
    let days: Vec<DayTotal> = sat.iter().map(|text| day(text, 1, 60)).collect();
    assert_eq!(
        streak(
            &days,
            date("2026-11-21"),
            rest_days.iter().copied().collect()
        ),
        expected
    );
}

#[test]
fn a_streak_runs_over_leap_day_and_the_year_end() {
    let all_year: Vec<DayTotal> = date("2027-12-30")
        .iter_days()
        .take_while(|day| *day <= date("2028-03-02"))
        .map(|local_date| DayTotal {
            local_date,
            sits: 1,
            credited_s: 1,
        })
        .collect();
    assert_eq!(streak(&all_year, date("2028-03-02"), WeekdaySet::EMPTY), 64);
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    let at_end = |local_date| {
        [DayTotal {
            local_date,
            sits: 1,
            credited_s: 1,
        }]
    };
    assert_eq!(
        streak(&at_end(NaiveDate::MIN), NaiveDate::MIN, WeekdaySet::ALL),
        1
    );
    assert_eq!(
        streak(&at_end(NaiveDate::MAX), NaiveDate::MAX, WeekdaySet::EMPTY),
        1
    );
}

/// Sits as (days after 2027-12-20, credited seconds, kept): over a year end and a leap day.
fn any_sits() -> impl Strategy<Value = Vec<(u64, u32, bool)>> {
    proptest::collection::vec((0u64..90, 1u32..=86_400, any::<bool>()), 0..60)
}

fn any_rest_days() -> impl Strategy<Value = WeekdaySet> {
    proptest::collection::vec(any::<bool>(), 7).prop_map(|rests| {
        ALL_WEEK_STARTS
            .into_iter()
            .zip(rests)
            .filter(|(_, rest)| *rest)
            .map(|(day, _)| day)
            .collect()
    })
}

fn first_day() -> NaiveDate {
    date("2027-12-20")
}

proptest! {
    #[test]
    fn totals_equal_a_count_sit_by_sit(sits in any_sits(), offset in 0u64..110) {
        let sessions: Vec<Session> = sits.iter().map(|(after, credited_s, kept)| Session {
            deleted: !kept,
            ..session(first_day() + Days::new(*after), Some(*credited_s))
        }).collect();
        let kept = || sessions.iter().filter(|session| !session.deleted);
        let days = day_totals(&sessions);
        prop_assert!(days.is_sorted_by(|a, b| a.local_date < b.local_date));
        let today = first_day() + Days::new(offset);
        let months = [first_day(), date("2028-01-01"), date("2028-02-29"), date("2028-03-01")];
        let weeks = ALL_WEEK_STARTS.iter().flat_map(|start| by_week(&days, Week::of(today, *start), 20));
        let months = months.map(|month| sum(&days, DateSpan::month_of(month)));
        for total in weeks.chain(months).chain([sum(&days, DateSpan::day(today))]) {
            let (mut sits, mut credited_s, mut with_a_sit) = (0, 0, 0);
            let mut day = total.span.from;
            while day <= total.span.to {
                let of_day: Vec<_> = kept().filter(|s| s.start.local_date == day).collect();
                sits += of_day.len();
                credited_s += of_day.iter().map(|s| u64::from(s.credited_s().0)).sum::<u64>();
                with_a_sit += usize::from(!of_day.is_empty());
                day = day.succ_opt().unwrap();
            }
            prop_assert_eq!(total.sits as usize, sits);
            prop_assert_eq!(total.credited_s, credited_s);
            prop_assert_eq!(total.days as usize, with_a_sit);
        }
    }

    #[test]
    fn whatever_the_week_start_the_weeks_add_up_to_all_of_it(sits in any_sits()) {
        let sessions: Vec<Session> = sits.iter()
            .map(|(after, credited_s, _)| session(first_day() + Days::new(*after), Some(*credited_s)))
            .collect();
        let days = day_totals(&sessions);
        let all: u64 = sits.iter().map(|(_, credited_s, _)| u64::from(*credited_s)).sum();
        for week_start in ALL_WEEK_STARTS {
            let last = Week::of(first_day() + Days::new(90), week_start);
            let weeks = by_week(&days, last, 16);
            prop_assert_eq!(weeks.iter().map(|week| week.credited_s).sum::<u64>(), all);
            prop_assert_eq!(weeks.iter().map(|week| week.days as usize).sum::<usize>(), days.len());
        }
    }

    /// Slow and obvious: a streak of n is broken at the first missed day before today that is no
    /// rest day; count the sits after it.
    #[test]
    fn a_streak_equals_the_sits_since_the_last_missed_day(
        sat in proptest::collection::btree_set(0u64..40, 0..40),
        rest_days in any_rest_days(),
        today in 0u64..45,
    ) {
        let at = |after: u64| first_day() + Days::new(after);
        let days: Vec<DayTotal> = sat.iter()
            .map(|after| DayTotal { local_date: at(*after), sits: 1, credited_s: 1 })
            .collect();
        let missed = |after: &u64| !sat.contains(after) && !rest_days.contains(at(*after).weekday());
        let last_missed = (0..today).rev().find(missed);
        let expected = sat.iter()
            .filter(|after| **after <= today && last_missed.is_none_or(|missed| **after > missed))
            .count();
        prop_assert_eq!(streak(&days, at(today), rest_days) as usize, expected);
    }
}
