//! Dates of sits in named nights and in every transition of a sample of zones; weeks and months.

use chrono::{NaiveDateTime, Timelike};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

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

fn at(utc: &str) -> UnixMillis {
    UnixMillis(
        utc.parse::<NaiveDateTime>()
            .unwrap()
            .and_utc()
            .timestamp_millis(),
    )
}

#[rstest]
#[case::an_evening("2026-11-21T20:00:00", "Europe/Berlin", 4, "2026-11-21", 3600)]
#[case::after_midnight_belongs_to_the_evening(
    "2026-11-22T00:30:00",
    "Europe/Berlin",
    4,
    "2026-11-21",
    3600
)]
#[case::last_minute_before_the_day_start(
    "2026-11-22T02:59:59.999",
    "Europe/Berlin",
    4,
    "2026-11-21",
    3600
)]
#[case::at_the_day_start("2026-11-22T03:00:00", "Europe/Berlin", 4, "2026-11-22", 3600)]
#[case::day_start_at_midnight("2026-11-21T23:00:00", "Europe/Berlin", 0, "2026-11-22", 3600)]
#[case::day_start_at_noon("2026-11-22T10:59:59", "Europe/Berlin", 12, "2026-11-21", 3600)]
#[case::spring_night_before_the_gap(
    "2026-03-29T00:59:59.999",
    "Europe/Berlin",
    4,
    "2026-03-28",
    3600
)]
#[case::spring_night_after_the_gap("2026-03-29T01:00:00", "Europe/Berlin", 4, "2026-03-28", 7200)]
#[case::spring_night_03_59("2026-03-29T01:59:59", "Europe/Berlin", 4, "2026-03-28", 7200)]
#[case::spring_night_04_00("2026-03-29T02:00:00", "Europe/Berlin", 4, "2026-03-29", 7200)]
#[case::day_start_inside_the_gap_before(
    "2026-03-29T00:59:59",
    "Europe/Berlin",
    2,
    "2026-03-28",
    3600
)]
#[case::day_start_inside_the_gap_after(
    "2026-03-29T01:00:00",
    "Europe/Berlin",
    2,
    "2026-03-29",
    7200
)]
#[case::autumn_first_02_30("2026-10-25T00:30:00", "Europe/Berlin", 4, "2026-10-24", 7200)]
#[case::autumn_second_02_30("2026-10-25T01:30:00", "Europe/Berlin", 4, "2026-10-24", 3600)]
#[case::autumn_03_59("2026-10-25T02:59:59", "Europe/Berlin", 4, "2026-10-24", 3600)]
#[case::autumn_04_00("2026-10-25T03:00:00", "Europe/Berlin", 4, "2026-10-25", 3600)]
#[case::day_start_inside_the_fold_first_time(
    "2026-10-25T00:00:00",
    "Europe/Berlin",
    2,
    "2026-10-25",
    7200
)]
#[case::day_start_inside_the_fold_second_time(
    "2026-10-25T01:00:00",
    "Europe/Berlin",
    2,
    "2026-10-25",
    3600
)]
#[case::clocks_back_over_midnight_first_time("2026-11-01T04:30:00", "America/Havana", 0, "2026-11-01", -14_400)]
#[case::clocks_back_over_midnight_second_time("2026-11-01T05:30:00", "America/Havana", 0, "2026-11-01", -18_000)]
#[case::no_midnight_in_beirut("2026-03-28T22:00:00", "Asia/Beirut", 0, "2026-03-29", 10_800)]
#[case::half_hour_summer_time(
    "2026-10-03T15:30:00",
    "Australia/Lord_Howe",
    4,
    "2026-10-03",
    39_600
)]
#[case::three_quarters_of_an_hour("2026-11-21T18:14:59", "Asia/Kathmandu", 0, "2026-11-21", 20_700)]
#[case::three_quarters_of_an_hour_later(
    "2026-11-21T18:15:00",
    "Asia/Kathmandu",
    0,
    "2026-11-22",
    20_700
)]
#[case::samoa_before_the_day_it_skipped("2011-12-30T09:59:59", "Pacific/Apia", 0, "2011-12-29", -36_000)]
#[case::samoa_after_the_day_it_skipped(
    "2011-12-30T10:00:00",
    "Pacific/Apia",
    0,
    "2011-12-31",
    50_400
)]
#[case::samoa_reaches_the_skipped_day_by_day_start(
    "2011-12-30T10:00:00",
    "Pacific/Apia",
    4,
    "2011-12-30",
    50_400
)]
#[case::the_furthest_east("2026-12-31T10:00:00", "Pacific/Kiritimati", 0, "2027-01-01", 50_400)]
#[case::the_furthest_west("2027-01-01T11:59:59", "Etc/GMT+12", 0, "2026-12-31", -43_200)]
#[case::an_offset_with_seconds("1930-06-01T12:00:00", "Africa/Monrovia", 0, "1930-06-01", -2670)]
#[case::leap_day("2028-02-29T12:00:00", "UTC", 4, "2028-02-29", 0)]
#[case::night_after_leap_day("2028-03-01T03:59:00", "UTC", 4, "2028-02-29", 0)]
#[case::no_leap_day_in_2026("2026-03-01T03:59:00", "UTC", 4, "2026-02-28", 0)]
#[case::new_years_night("2027-01-01T01:00:00", "UTC", 4, "2026-12-31", 0)]
#[case::before_1970("1969-12-31T23:59:59.999", "UTC", 0, "1969-12-31", 0)]
fn a_sit_belongs_to_the_date_its_clock_shows(
    #[case] utc: &str,
    #[case] zone_name: &str,
    #[case] day_start_hour: u8,
    #[case] local: &str,
    #[case] utc_offset_s: i32,
) {
    let expected = LocalDay {
        local_date: date(local),
        utc_offset_s,
    };
    assert_eq!(
        local_date(at(utc), zone(zone_name).unwrap(), day_start_hour),
        Ok(expected)
    );
}

#[rstest]
#[case("")]
#[case("Berlin")]
#[case("europe/berlin")]
#[case("UTC+2")]
#[case("Europe/Berlin ")]
#[case("../../etc/localtime")]
fn an_unknown_zone_is_named_and_never_replaced(#[case] name: &str) {
    assert_eq!(
        zone(name),
        Err(CalendarError::UnknownZone {
            name: name.to_owned()
        })
    );
}

#[test]
fn a_day_cannot_start_in_the_afternoon() {
    let answer = local_date(at("2026-11-21T20:00:00"), Tz::UTC, 13);
    assert_eq!(answer, Err(CalendarError::DayStart(DayStartOutOfRange(13))));
}

#[test]
fn an_instant_outside_the_calendar_is_an_error() {
    let first = at("0001-01-01T04:00:00");
    let last = at("9999-12-31T23:59:59.999");
    assert_eq!(
        local_date(first, Tz::UTC, 4).map(|d| d.local_date),
        Ok(date("0001-01-01"))
    );
    assert_eq!(
        local_date(last, Tz::UTC, 4).map(|d| d.local_date),
        Ok(date("9999-12-31"))
    );
    for outside in [first.plus_ms(-1), last.plus_ms(4 * 3_600_000 + 1)] {
        assert_eq!(
            local_date(outside, Tz::UTC, 4),
            Err(CalendarError::Unrepresentable(outside))
        );
    }
    let chrono_ends = [NaiveDateTime::MIN, NaiveDateTime::MAX].map(|d| d.and_utc());
    for ms in chrono_ends
        .map(|d| d.timestamp_millis())
        .into_iter()
        .chain([i64::MIN, i64::MAX])
    {
        for tz in [
            Tz::UTC,
            Tz::Pacific__Kiritimati,
            Tz::Etc__GMTPlus12,
            Tz::Europe__Berlin,
        ] {
            let expected = Err(CalendarError::Unrepresentable(UnixMillis(ms)));
            assert_eq!(local_date(UnixMillis(ms), tz, 0), expected);
        }
    }
}

/// The date by plain integers: count days since 1970 on the shifted clock face.
fn date_by_counting(instant: UnixMillis, utc_offset_s: i32, day_start_hour: u8) -> NaiveDate {
    let face_ms =
        instant.0 + i64::from(utc_offset_s) * 1000 - i64::from(day_start_hour) * 3_600_000;
    let days = i32::try_from(face_ms.div_euclid(86_400_000)).unwrap();
    NaiveDate::from_epoch_days(days).unwrap()
}

/// The date as a person would say it: before the day-start hour it is still yesterday.
fn date_as_said(instant: UnixMillis, tz: Tz, day_start_hour: u8) -> NaiveDate {
    let face = DateTime::from_timestamp_millis(instant.0)
        .unwrap()
        .with_timezone(&tz);
    if face.hour() < u32::from(day_start_hour) {
        face.date_naive().pred_opt().unwrap()
    } else {
        face.date_naive()
    }
}

fn check_both_ways(instant: UnixMillis, tz: Tz, day_start_hour: u8) {
    let day = local_date(instant, tz, day_start_hour).unwrap();
    let case = (instant, tz, day_start_hour);
    assert_eq!(
        day.local_date,
        date_by_counting(instant, day.utc_offset_s, day_start_hour),
        "{case:?}"
    );
    assert_eq!(
        day.local_date,
        date_as_said(instant, tz, day_start_hour),
        "{case:?}"
    );
}

fn offset_s(ms: i64, tz: Tz) -> i32 {
    local_date(UnixMillis(ms), tz, 0).unwrap().utc_offset_s
}

/// The first millisecond of the new offset, where the offsets at `before` and `after` differ.
fn transition(mut before: i64, mut after: i64, tz: Tz) -> i64 {
    let old = offset_s(before, tz);
    while after - before > 1 {
        let middle = before.midpoint(after);
        if offset_s(middle, tz) == old {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

#[test]
fn the_rule_holds_around_every_transition_of_sampled_zones_from_2020_to_2035() {
    const DAY_MS: i64 = 86_400_000;
    let (first, last) = (at("2020-01-01T00:00:00").0, at("2036-01-01T00:00:00").0);
    let mut transitions = 0;
    for tz in chrono_tz::TZ_VARIANTS.iter().copied().step_by(7) {
        let mut day = first;
        while day < last {
            if offset_s(day, tz) != offset_s(day + 4 * DAY_MS, tz) {
                transitions += 1;
                let change = transition(day, day + 4 * DAY_MS, tz);
                for hours in -14..=14 {
                    for ms in [-1, 0, 1, 1_799_999] {
                        let instant = UnixMillis(change + hours * 3_600_000 + ms);
                        for day_start_hour in [0, 2, 4, 12] {
                            check_both_ways(instant, tz, day_start_hour);
                        }
                    }
                }
            }
            day += 4 * DAY_MS;
        }
    }
    assert!(
        transitions > 500,
        "only {transitions} transitions were found"
    );
}

proptest! {
    #[test]
    fn the_rule_holds_at_any_time_in_any_zone(
        ms in at("1900-01-01T00:00:00").0..at("2200-01-01T00:00:00").0,
        zone_index in 0..chrono_tz::TZ_VARIANTS.len(),
        day_start_hour in 0..=MAX_DAY_START_HOUR,
    ) {
        check_both_ways(UnixMillis(ms), chrono_tz::TZ_VARIANTS[zone_index], day_start_hour);
    }
}

#[rstest]
#[case::monday_weeks("2026-11-21", Weekday::Mon, "2026-11-16", "2026-11-22")]
#[case::sunday_weeks("2026-11-21", Weekday::Sun, "2026-11-15", "2026-11-21")]
#[case::saturday_weeks("2026-11-21", Weekday::Sat, "2026-11-21", "2026-11-27")]
#[case::over_the_year_end("2027-01-01", Weekday::Mon, "2026-12-28", "2027-01-03")]
#[case::the_last_day_of_the_year("2026-12-31", Weekday::Sun, "2026-12-27", "2027-01-02")]
#[case::over_leap_day("2028-02-29", Weekday::Mon, "2028-02-28", "2028-03-05")]
#[case::over_a_february_without_leap_day("2026-03-01", Weekday::Wed, "2026-02-25", "2026-03-03")]
fn a_week_is_seven_days_from_its_start(
    #[case] day: &str,
    #[case] week_start: Weekday,
    #[case] from: &str,
    #[case] to: &str,
) {
    let week = Week::of(date(day), week_start);
    assert_eq!(
        week.span(),
        DateSpan {
            from: date(from),
            to: date(to)
        }
    );
}

#[test]
fn every_day_lies_in_exactly_one_week_for_every_week_start() {
    for week_start in ALL_WEEK_STARTS {
        let mut slow_start = date("2019-12-22");
        while slow_start.weekday() != week_start {
            slow_start = slow_start.succ_opt().unwrap();
        }
        let mut day = slow_start;
        while day < date("2036-01-10") {
            if day.weekday() == week_start {
                slow_start = day;
            }
            let week = Week::of(day, week_start);
            assert_eq!(week.start(), slow_start, "{day} in weeks from {week_start}");
            assert!(week.span().contains(day));
            assert!(!week.back(1).span().contains(day));
            day = day.succ_opt().unwrap();
        }
    }
}

#[test]
fn the_last_weeks_come_oldest_first_without_a_gap() {
    let week = Week::of(date("2027-01-05"), Weekday::Mon);
    let starts: Vec<NaiveDate> = week.last_weeks(3).map(Week::start).collect();
    assert_eq!(starts, ["2026-12-21", "2026-12-28", "2027-01-04"].map(date));
    assert_eq!(week.last_weeks(0).count(), 0);
}

#[rstest]
#[case("2026-11-21", "2026-11-01", "2026-11-30")]
#[case("2028-02-29", "2028-02-01", "2028-02-29")]
#[case("2026-02-01", "2026-02-01", "2026-02-28")]
#[case("2026-12-31", "2026-12-01", "2026-12-31")]
fn a_month_has_its_own_days(#[case] day: &str, #[case] from: &str, #[case] to: &str) {
    assert_eq!(
        DateSpan::month_of(date(day)),
        DateSpan {
            from: date(from),
            to: date(to)
        }
    );
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    for end in [NaiveDate::MIN, NaiveDate::MAX] {
        for week_start in ALL_WEEK_STARTS {
            let week = Week::of(end, week_start);
            assert!(week.span().contains(end));
            assert!(week.back(u32::MAX).start() <= week.start());
        }
        assert!(DateSpan::month_of(end).contains(end));
    }
}

#[test]
fn a_span_that_ends_before_it_begins_contains_nothing() {
    let empty = DateSpan {
        from: date("2026-11-22"),
        to: date("2026-11-21"),
    };
    assert!(!empty.contains(empty.from) && !empty.contains(empty.to));
    assert!(DateSpan::day(empty.from).contains(empty.from));
}
