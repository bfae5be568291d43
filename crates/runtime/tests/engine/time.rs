//! Clocks and zones: elapsed time is not the wall clock, and a date never changes by travel.

use chrono_tz::Tz;
use mitta_domain::{PlanChoice, Seconds};
use mitta_runtime::api::{Commands as _, ErrorCode, HistoryArgs, NoticeTopic, SitPhase};
use mitta_runtime::clock::{Clock as _, ZoneUnknown};
use rstest::rstest;

use crate::harness::{House, instant_ms, plain};

const HOUR: i64 = 3_600_000;

#[rstest]
#[case::back(-HOUR)]
#[case::ahead(HOUR)]
#[case::years_back(-10 * 365 * 24 * HOUR)]
fn a_wall_clock_that_is_set_moves_neither_bell_nor_credit(#[case] by_ms: i64) {
    let house = House::new();
    let sit = house.open();
    let begun_ms = house.clock.now().boot_ms;
    let view = sit.begin(plain(1200));
    sit.pass(300_000);
    house.clock.set_wall_by(by_ms);
    assert_eq!(sit.view().elapsed_ms, 300_000);
    sit.pass(900_000);

    assert_eq!(
        sit.bells.struck_since(begun_ms).last().unwrap().0,
        1_200_000
    );
    sit.flush();
    let session = house.session(view.session_id);
    let completion = session.completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(1200));
    assert!(completion.ended_at_ms >= session.start.started_at_ms);
}

#[test]
fn a_sit_keeps_the_date_and_zone_that_it_began_with() {
    let house = House::at("2026-01-14T22:50:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(300_000);
    house.clock.travel(Ok(chrono_tz::Pacific::Auckland));
    sit.pass(900_000);
    sit.flush();

    let first = house.session(view.session_id).start;
    assert_eq!(first.local_date.to_string(), "2026-01-14");
    assert_eq!(
        (first.tz.as_str(), first.utc_offset_s),
        ("Europe/Berlin", 3600)
    );
    let second = house.session(sit.begin(plain(60)).session_id).start;
    assert_eq!(second.local_date.to_string(), "2026-01-15");
    assert_eq!(
        (second.tz.as_str(), second.utc_offset_s),
        ("Pacific/Auckland", 13 * 3600)
    );
}

#[rstest]
#[case::before_the_day_starts(
    "2026-03-10T02:59:00Z",
    chrono_tz::Europe::Berlin,
    "2026-03-09",
    3600
)]
#[case::when_the_day_starts("2026-03-10T03:00:00Z", chrono_tz::Europe::Berlin, "2026-03-10", 3600)]
#[case::before_the_gap("2026-03-29T00:59:00Z", chrono_tz::Europe::Berlin, "2026-03-28", 3600)]
#[case::after_the_gap("2026-03-29T01:00:00Z", chrono_tz::Europe::Berlin, "2026-03-28", 7200)]
#[case::day_start_on_a_short_night(
    "2026-03-29T02:00:00Z",
    chrono_tz::Europe::Berlin,
    "2026-03-29",
    7200
)]
#[case::first_half_past_two("2026-10-25T00:30:00Z", chrono_tz::Europe::Berlin, "2026-10-24", 7200)]
#[case::second_half_past_two("2026-10-25T01:30:00Z", chrono_tz::Europe::Berlin, "2026-10-24", 3600)]
#[case::leap_day("2028-02-29T12:00:00Z", chrono_tz::Europe::Berlin, "2028-02-29", 3600)]
#[case::night_after_a_leap_day(
    "2028-03-01T01:00:00Z",
    chrono_tz::Europe::Berlin,
    "2028-02-29",
    3600
)]
#[case::new_year_at_night("2027-01-01T00:30:00Z", chrono_tz::Europe::Berlin, "2026-12-31", 3600)]
#[case::half_an_hour_off("2026-06-01T12:00:00Z", chrono_tz::Asia::Kolkata, "2026-06-01", 19_800)]
fn a_sit_belongs_to_the_day_on_which_it_began(
    #[case] instant: &str,
    #[case] zone: Tz,
    #[case] local_date: &str,
    #[case] utc_offset_s: i32,
) {
    let house = House::at(instant, zone);
    let sit = house.open();
    let start = house.session(sit.begin(plain(60)).session_id).start;
    assert_eq!(start.local_date.to_string(), local_date);
    assert_eq!(start.utc_offset_s, utc_offset_s);
}

/// Begun before the day starts, but sat after it.
#[test]
fn the_preparation_does_not_decide_the_day() {
    let house = House::at("2026-03-10T02:59:55Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let start = house
        .session(sit.begin(PlanChoice::default()).session_id)
        .start;
    assert_eq!(start.started_at_ms, instant_ms("2026-03-10T03:00:05Z"));
    assert_eq!(start.local_date.to_string(), "2026-03-10");
}

#[test]
fn twenty_minutes_in_the_night_that_loses_an_hour_are_twenty_minutes() {
    let house = House::at("2026-03-29T00:50:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(1_200_000);
    let shown = sit.view();
    assert_eq!(shown.phase, SitPhase::Ended);
    assert_eq!(shown.completion.unwrap().credited_s, Seconds(1200));
    let start = house.session(view.session_id).start;
    assert_eq!(
        (start.local_date.to_string().as_str(), start.utc_offset_s),
        ("2026-03-28", 3600)
    );
}

#[test]
fn an_unknown_zone_is_said_dates_are_taken_in_utc_and_the_sit_begins() {
    let house = House::new();
    let sit = house.open();
    house
        .clock
        .travel(Err(ZoneUnknown("no /etc/localtime".to_owned())));
    let view = sit.begin(plain(10));
    let start = house.session(view.session_id).start;
    assert_eq!((start.tz.as_str(), start.utc_offset_s), ("UTC", 0));
    assert_eq!(
        sit.notice(NoticeTopic::Clock).unwrap().code,
        ErrorCode::ZoneUnknown
    );

    sit.pass(10_000);
    house.clock.travel(Ok(chrono_tz::Europe::Berlin));
    sit.begin(plain(10));
    assert_eq!(sit.notice(NoticeTopic::Clock), None);
}

#[test]
fn the_history_has_the_newest_first_and_pages_that_join() {
    let house = House::new();
    let sit = house.open();
    let mut begun = Vec::new();
    for _ in 0..7 {
        begun.push(sit.begin(plain(10)).session_id);
        sit.pass(20_000);
    }
    sit.flush();
    begun.reverse();
    let (mut before, mut read) = (None, Vec::new());
    loop {
        let page = sit
            .engine
            .history(HistoryArgs { before, limit: 3 })
            .unwrap();
        read.extend(page.sits.iter().map(|sit| sit.session_id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(read, begun);
}
