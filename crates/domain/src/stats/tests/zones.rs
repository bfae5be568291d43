//! Every IANA zone with its transitions from 2020 to 2035, and all seven week starts: which day, week and
//! hour a sit is counted in, against a person with a wall clock and a paper calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, Offset as _, TimeZone as _, Timelike as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::properties::WEEK_STARTS;
use super::*;
use crate::calendar::local_date;
use crate::session::{Session, SessionStart};
use crate::testing::{completion, session_start};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn utc_ms(date: &str) -> i64 {
    let at: chrono::NaiveDate = date.parse().unwrap();
    at.and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc()
        .timestamp_millis()
}

fn offset_s(ms: i64, tz: Tz) -> i32 {
    let utc = DateTime::from_timestamp_millis(ms).unwrap().naive_utc();
    tz.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

/// The first milliseconds of every new offset: found by looking twice a week, then by halving.
fn transitions(tz: Tz) -> Vec<i64> {
    let (mut at, end) = (utc_ms("2020-01-01"), utc_ms("2036-01-01"));
    let mut found = Vec::new();
    while at < end {
        let next = at + 3 * DAY_MS + DAY_MS / 2;
        let old = offset_s(at, tz);
        if offset_s(next, tz) != old {
            let (mut before, mut after) = (at, next);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if offset_s(middle, tz) == old {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push(after);
        }
        at = next;
    }
    found
}

/// What a person would note down: the date on the wall clock, yesterday's before the hour at which
/// their day starts; and the hour.
fn as_noted(ms: i64, tz: Tz, day_start_hour: u8) -> (NaiveDate, u32) {
    let face = DateTime::from_timestamp_millis(ms)
        .unwrap()
        .with_timezone(&tz);
    let date = face.date_naive();
    if face.hour() < u32::from(day_start_hour) {
        (date.pred_opt().unwrap(), face.hour())
    } else {
        (date, face.hour())
    }
}

/// The first day of the week of a date: back in the calendar until the weekday is right.
fn first_of_week(mut date: NaiveDate, week_start: Weekday) -> NaiveDate {
    while date.weekday() != week_start {
        date = date.pred_opt().unwrap();
    }
    date
}

/// Sits around every transition of `tz`, as a device records them, and as a person notes them.
fn check(tz: Tz, day_start_hour: u8, transitions: &[i64]) {
    let mut sessions = Vec::new();
    let mut noted: Vec<(NaiveDate, u64)> = Vec::new();
    let (mut tally, mut hours) = (Tally::default(), [0u64; 24]);
    for (n, change) in (1..).zip(transitions) {
        for hours_after in [-25, -13, -5, -4, -1, 0, 1, 4, 5, 12, 24] {
            for ms in [-1, 0] {
                let started_at_ms = UnixMillis(change + hours_after * HOUR_MS + ms);
                let credited_s = n * 100 + u32::try_from(hours_after + 30).unwrap();
                let day = local_date(started_at_ms, tz, day_start_hour).unwrap();
                let start = SessionStart {
                    started_at_ms,
                    tz: tz.name().to_owned(),
                    utc_offset_s: day.utc_offset_s,
                    local_date: day.local_date,
                    ..session_start()
                };
                tally.add(&SatSit {
                    local_date: start.local_date,
                    started_at_ms,
                    utc_offset_s: start.utc_offset_s,
                    credited_s: Seconds(credited_s),
                    label: None,
                });
                sessions.push(Session {
                    completion: Some(completion(credited_s)),
                    ..Session::begun(start)
                });
                let (date, hour) = as_noted(started_at_ms.0, tz, day_start_hour);
                noted.push((date, credited_s.into()));
                hours[hour as usize] += u64::from(credited_s);
            }
        }
    }
    let days = totals::day_totals(&sessions);
    let daily = Daily::new(&days, date("2036-02-01"));
    for week_start in WEEK_STARTS {
        let mut slow: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        for (date, credited_s) in &noted {
            *slow.entry(first_of_week(*date, week_start)).or_default() += credited_s;
        }
        let mut counted = 0;
        for (first, sum_s) in &slow {
            let week = Week::of(*first, week_start);
            assert_eq!(week.start(), *first);
            let found = daily.span(week.span());
            assert_eq!(
                (found.credited_s, found.is_over),
                (*sum_s, true),
                "{tz}, days from {day_start_hour}, weeks from {week_start}, {first}"
            );
            counted += found.sits as usize;
        }
        assert_eq!(counted, noted.len(), "{tz}: no sit in two weeks or none");
        let last = noted.last().unwrap().0;
        let listed = totals::by_week(&days, Week::of(last, week_start), 2);
        let slow_last = slow.get(&first_of_week(last, week_start));
        assert_eq!(Some(&listed[1].credited_s), slow_last, "{tz}, {week_start}");
    }
    let found: Vec<u64> = tally.hours().iter().map(|hour| hour.credited_s).collect();
    assert_eq!(found, hours, "{tz}: times of day");
}

#[test]
fn every_zone_with_its_transitions_and_every_week_start_is_counted_as_a_person_would() {
    let (mut zones, mut changes) = (0, 0);
    for tz in TZ_VARIANTS {
        let transitions = transitions(tz);
        // A zone without any has its New Year instead, so that each is checked.
        let moments = match transitions.len() {
            0 => vec![utc_ms("2028-01-01"), utc_ms("2028-02-29")],
            _ => transitions.clone(),
        };
        for day_start_hour in [0, 4] {
            check(tz, day_start_hour, &moments);
        }
        zones += 1;
        changes += transitions.len();
    }
    assert!(
        zones > 590 && changes > 5_000,
        "{zones} zones, {changes} transitions"
    );
}
