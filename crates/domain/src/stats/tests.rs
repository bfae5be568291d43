//! Statistics against named cases; the properties beside hold them against a slow, obvious second
//! computation.

mod goals;
mod properties;
mod zones;

use chrono::{Days, Weekday};
use rstest::rstest;

use super::*;
use crate::units::UnixMillis;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn day(local_date: &str, credited_s: u64) -> DayTotal {
    DayTotal {
        local_date: date(local_date),
        sits: 1,
        credited_s,
    }
}

fn as_of(today: &str) -> AsOf {
    AsOf {
        today: date(today),
        week_start: Weekday::Mon,
    }
}

fn of_days(days: &[DayTotal], today: &str, scope: Scope) -> Statistics {
    statistics(
        days,
        as_of(today),
        Wishes::default(),
        scope,
        &Tally::default(),
    )
    .unwrap()
}

fn sat(at: &str, utc_offset_s: i32, credited_s: u32) -> SatSit<'static> {
    let at: chrono::NaiveDateTime = at.parse().unwrap();
    SatSit {
        local_date: at.date(),
        started_at_ms: UnixMillis(at.and_utc().timestamp_millis()),
        utc_offset_s,
        credited_s: Seconds(credited_s),
        label: None,
    }
}

/// 2026-11-25 is a Wednesday.
#[test]
fn a_week_says_that_it_is_not_over_and_is_held_against_as_many_days() {
    let days = [
        day("2026-11-16", 100),
        day("2026-11-18", 200),
        day("2026-11-19", 400),
        day("2026-11-23", 1000),
        day("2026-11-25", 2000),
    ];
    let found = of_days(&days, "2026-11-25", Scope::PastYear);
    let week = found.week;
    assert_eq!(
        (week.from, week.to),
        (date("2026-11-23"), date("2026-11-29"))
    );
    assert_eq!((week.of_days, week.days_over, week.is_over), (7, 2, false));
    assert_eq!((week.credited_s, week.sits, week.days), (3000, 2, 2));
    let before = found.week_before_until_now;
    assert_eq!(
        (before.from, before.to),
        (date("2026-11-16"), date("2026-11-18"))
    );
    assert_eq!((before.credited_s, before.is_over), (300, true));
    assert_eq!(found.weeks.len(), 12);
    let whole = found.weeks[10];
    assert_eq!(
        (whole.credited_s, whole.days_over, whole.is_over),
        (700, 7, true)
    );
    assert_eq!(found.weeks[11], week);
    assert_eq!((found.today.days_over, found.today.is_over), (0, false));
    assert_eq!((found.month.of_days, found.month.days_over), (30, 24));
    assert_eq!(found.months.len(), 12);
    assert_eq!(found.months[0].from, date("2025-12-01"));
    assert!(found.months[..11].iter().all(|month| month.is_over));
}

#[test]
fn on_the_last_day_of_a_week_the_week_is_not_over_yet() {
    let found = of_days(&[day("2026-11-29", 60)], "2026-11-29", Scope::PastYear);
    assert_eq!((found.week.days_over, found.week.is_over), (6, false));
    let before = found.week_before_until_now;
    assert_eq!((before.of_days, before.to), (7, date("2026-11-22")));
}

/// A journey west over the date line: what was sat "tomorrow" is in its day, which is not over.
#[test]
fn a_sit_dated_tomorrow_belongs_to_tomorrow() {
    let days = [day("2026-11-30", 60)];
    let found = of_days(&days, "2026-11-29", Scope::All);
    assert_eq!(
        (found.today.sits, found.week.sits, found.month.sits),
        (0, 0, 1)
    );
    assert_eq!(
        (found.all.sits, found.all.days_over, found.all.is_over),
        (1, 0, false)
    );
    let scope = found.scope.total;
    assert_eq!(
        (scope.from, scope.to),
        (date("2026-11-29"), date("2026-11-30"))
    );
    assert_eq!(found.scope.average_day_s, None, "no day is over");
}

#[test]
fn an_empty_history_has_figures_of_nothing() {
    for scope in [Scope::PastYear, Scope::Year { year: 2026 }, Scope::All] {
        let found = of_days(&[], "2026-11-25", scope);
        assert_eq!((found.all.sits, found.all.from), (0, date("2026-11-25")));
        assert_eq!(
            (found.years.len(), found.goal, found.streak),
            (0, None, None)
        );
        let scope = found.scope;
        assert_eq!((scope.average_sit_s, scope.average_day_s), (None, None));
        assert_eq!((scope.longest, scope.labels.len()), (None, 0));
        assert!(scope.hours.iter().all(|hour| hour.sits == 0));
        assert_eq!(scope.heat.map(|heat| heat.days.len()), Some(0));
    }
}

#[test]
fn the_past_year_is_this_week_so_far_and_the_52_before_it() {
    let found = of_days(&[], "2026-11-25", Scope::PastYear);
    let total = found.scope.total;
    assert_eq!(
        (total.from, total.to),
        (date("2025-11-24"), date("2026-11-25"))
    );
    assert_eq!(total.from.weekday(), Weekday::Mon);
}

#[test]
fn years_are_those_with_sits_and_a_year_may_be_looked_at() {
    let days = [
        day("2019-12-31", 1),
        day("2024-02-29", 2),
        day("2024-12-31", 4),
    ];
    let found = of_days(&days, "2026-11-25", Scope::Year { year: 2024 });
    let year = |year: &Span| (year.from.year(), year.credited_s);
    let years: Vec<_> = found.years.iter().map(year).collect();
    assert_eq!(years, [(2019, 1), (2024, 6)]);
    let total = found.scope.total;
    assert_eq!((total.of_days, total.days, total.is_over), (366, 2, true));
    assert_eq!(found.scope.average_day_s, Some(0));
    let all = of_days(&days, "2026-11-25", Scope::All).scope;
    assert_eq!(
        (all.total.sits, all.heat),
        (3, None),
        "seven years are no heatmap"
    );
}

#[rstest]
#[case(0)]
#[case(10_000)]
#[case(i32::MAX)]
fn a_year_outside_the_calendar_is_refused(#[case] year: i32) {
    let scope = Scope::Year { year };
    let refused = YearOutOfRange(year);
    assert_eq!(scope.span(&[], as_of("2026-11-25")), Err(refused));
    let wishes = Wishes::default();
    let found = statistics(&[], as_of("2026-11-25"), wishes, scope, &Tally::default());
    assert_eq!(found, Err(refused));
}

#[rstest]
#[case::summer_morning("2026-07-01T04:30:00", 7200, 6)]
#[case::the_last_second_of_an_hour("2026-07-01T04:59:59.999", 7200, 6)]
#[case::the_first_of_the_next("2026-07-01T05:00:00", 7200, 7)]
#[case::past_midnight_by_the_own_clock("2026-07-01T22:30:00", 7200, 0)]
#[case::before_midnight_by_the_own_clock("2026-07-01T02:30:00", -18_000, 21)]
#[case::half_an_hour_zone("2026-07-01T00:00:00", 19_800, 5)]
#[case::before_1970("1969-12-31T23:00:00", 0, 23)]
#[case::before_1970_by_a_moment("1969-12-31T23:59:59.999", 0, 23)]
fn a_sit_counts_whole_in_the_hour_in_which_it_began(
    #[case] at_utc: &str,
    #[case] utc_offset_s: i32,
    #[case] hour: u8,
) {
    let mut tally = Tally::default();
    tally.add(&sat(at_utc, utc_offset_s, 7200));
    let hours = tally.hours();
    assert_eq!(hours.len(), 24);
    for total in hours {
        let expected = if total.hour == hour {
            (1, 7200)
        } else {
            (0, 0)
        };
        assert_eq!((total.sits, total.credited_s), expected, "{}", total.hour);
    }
}

#[test]
fn labels_come_with_most_time_first_and_those_without_last_of_equals() {
    let mut tally = Tally::default();
    let label = |label, credited_s| SatSit {
        label,
        ..sat("2026-11-25T06:00:00", 0, credited_s)
    };
    for (text, credited_s) in [
        (Some("Zazen"), 10),
        (None, 30),
        (Some("Metta"), 30),
        (Some("Zazen"), 10),
        (Some("zazen"), 5),
    ] {
        tally.add(&label(text, credited_s));
    }
    let labels = tally.labels();
    let found: Vec<_> = labels
        .iter()
        .map(|total| (total.label.as_deref(), total.sits, total.credited_s))
        .collect();
    let expected = [
        (Some("Metta"), 1, 30),
        (None, 1, 30),
        (Some("Zazen"), 2, 20),
        (Some("zazen"), 1, 5),
    ];
    assert_eq!(found, expected);
}

#[test]
fn of_equally_long_sits_the_first_is_the_longest() {
    let mut tally = Tally::default();
    for (at, credited_s) in [
        ("2026-11-25T06:00:00", 50),
        ("2026-11-24T06:00:00", 50),
        ("2026-11-26T06:00:00", 50),
        ("2026-11-20T06:00:00", 49),
    ] {
        tally.add(&sat(at, 0, credited_s));
    }
    let longest = tally.longest().unwrap();
    assert_eq!(
        (longest.credited_s, longest.local_date),
        (Seconds(50), date("2026-11-24"))
    );
}

#[rstest]
#[case::an_even_habit(&[1200, 1200, 1200], None, [1, 600, 1200, 2400], &[3, 3, 3])]
#[case::one_retreat_day(&[600, 1200, 1200, 1300, 36_000], None, [1, 600, 1200, 2400], &[2, 3, 3, 3, 4])]
#[case::by_the_goal(&[100, 900, 1800, 3600], Some(12_600), [1, 900, 1800, 3600], &[1, 2, 3, 4])]
#[case::rounded_up_to_what_can_be_read(&[1231], None, [1, 660, 1320, 2640], &[2])]
#[case::a_few_seconds(&[1, 2, 3], None, [1, 2, 4, 8], &[1, 2, 2])]
#[case::nothing(&[], None, [1, 2, 4, 8], &[])]
fn a_usual_day_has_the_third_shade(
    #[case] credited_s: &[u64],
    #[case] goal: Option<u32>,
    #[case] level_from_s: [u64; LEVELS],
    #[case] levels: &[u8],
) {
    let days: Vec<DayTotal> = (0..)
        .zip(credited_s)
        .map(|(after, credited_s)| DayTotal {
            local_date: date("2026-11-01") + Days::new(after),
            sits: 1,
            credited_s: *credited_s,
        })
        .collect();
    let heat = Heat::of(&days, goal.map(Seconds));
    assert_eq!(heat.level_from_s, level_from_s);
    let found: Vec<u8> = heat.days.iter().map(|day| day.level).collect();
    assert_eq!(found, levels);
}

#[test]
fn an_average_day_counts_days_without_a_sit_and_not_today() {
    let days = [
        day("2026-11-20", 600),
        day("2026-11-22", 300),
        day("2026-11-25", 99_999),
    ];
    let scope = of_days(&days, "2026-11-25", Scope::All).scope;
    // 20 to 24 November: five days that are over.
    assert_eq!(scope.average_day_s, Some(180));
    assert_eq!(scope.average_sit_s, Some((600 + 300 + 99_999) / 3));
}

#[test]
fn the_longest_streak_may_lie_behind() {
    let days = [
        "2026-11-02",
        "2026-11-03",
        "2026-11-04",
        "2026-11-24",
        "2026-11-25",
    ];
    let days = days.map(|text| day(text, 60));
    let streak = |rest_days| {
        let wishes = Wishes {
            weekly_goal: None,
            streak_with_rest: Some(rest_days),
        };
        let found = statistics(
            &days,
            as_of("2026-11-25"),
            wishes,
            Scope::All,
            &Tally::default(),
        );
        let streak = found.unwrap().streak.unwrap();
        (streak.days, streak.longest_days)
    };
    assert_eq!(streak(WeekdaySet::EMPTY), (2, 3));
    assert_eq!(
        streak(WeekdaySet::ALL),
        (5, 5),
        "rest on every day breaks nothing"
    );
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    for end in ["0001-01-01", "9999-12-31"] {
        let days = [day(end, 60)];
        for scope in [Scope::PastYear, Scope::Year { year: 9999 }, Scope::All] {
            let found = of_days(&days, end, scope);
            assert_eq!((found.today.sits, found.all.sits), (1, 1));
        }
    }
}
