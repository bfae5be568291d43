//! Every spelling that a file has shown, and times that never were or were twice.

use chrono::Datelike as _;
use rstest::rstest;

use super::*;

fn ms(rfc3339: &str) -> UnixMillis {
    UnixMillis(
        DateTime::parse_from_rfc3339(rfc3339)
            .unwrap()
            .timestamp_millis(),
    )
}

#[rstest]
#[case("04/20/2026 08:21:14", "2026-04-20T06:21:14Z")]
#[case("10/15/2024 6:30:00 AM", "2024-10-15T04:30:00Z")]
#[case("10/15/2024 12:00:00 AM", "2024-10-14T22:00:00Z")]
#[case("10/15/2024 12:05 pm", "2024-10-15T10:05:00Z")]
#[case("4/5/26 8:02", "2026-04-05T06:02:00Z")]
#[case("20.04.2026 08:21", "2026-04-20T06:21:00Z")]
#[case("2026-04-20 08:21", "2026-04-20T06:21:00Z")]
#[case("2026-04-20T08:21:14.25", "2026-04-20T06:21:14.250Z")]
#[case("2025-01-31 08:38:20 +0900", "2025-01-30T23:38:20Z")]
#[case("2026-04-20T08:21:14+05:30", "2026-04-20T02:51:14Z")]
#[case("2026-04-20T08:21:14Z", "2026-04-20T08:21:14Z")]
#[case("  2026-04-20 ", "2026-04-19T22:00:00Z")]
fn spellings(#[case] text: &str, #[case] expected: &str) {
    let when = When::parse(text).unwrap_or_else(|| panic!("{text}"));
    let settled = when.settle(Tz::Europe__Berlin, DateOrder::MonthFirst, TimesAre::Local);
    assert_eq!(settled, Settled::Once(ms(expected)), "{text}");
}

#[rstest]
#[case("")]
#[case("yesterday")]
#[case("2026-13-01 08:00")]
#[case("2026-02-30 08:00")]
#[case("31/31/2026 08:00")]
#[case("04/20/2026 25:00")]
#[case("04/20/2026 13:00 PM")]
#[case("04/20/2026 0:30 AM")]
#[case("04/20/2026 08:21:14:00")]
#[case("2026-04-20 08:21 +99:00")]
#[case("2026-04-20 08:21 é")]
#[case("4/5 08:00")]
#[case("99999999999-01-01")]
fn no_times(#[case] text: &str) {
    assert_eq!(When::parse(text), None, "{text}");
}

#[test]
fn an_open_order_is_settled_by_who_reads_it() {
    let when = When::parse("04/05/2026 12:00").unwrap();
    let month = |order| match when.settle(Tz::UTC, order, TimesAre::Local) {
        Settled::Once(at) => DateTime::from_timestamp_millis(at.0).unwrap().month(),
        other => panic!("{other:?}"),
    };
    assert_eq!(month(DateOrder::MonthFirst), 4);
    assert_eq!(month(DateOrder::DayFirst), 5);
    let only = When::parse("13/05/2026 12:00").unwrap();
    let settled = only.settle(Tz::UTC, DateOrder::MonthFirst, TimesAre::Local);
    assert_eq!(settled, Settled::NoSuchDay);
}

#[test]
fn a_time_that_never_was_and_one_that_was_twice() {
    let settle = |text: &str, times| {
        let when = When::parse(text).unwrap();
        when.settle(Tz::Europe__Berlin, DateOrder::MonthFirst, times)
    };
    assert_eq!(settle("2026-03-29 02:30", TimesAre::Local), Settled::Never);
    assert_eq!(
        settle("2026-10-25 02:30", TimesAre::Local),
        Settled::Twice(ms("2026-10-25T00:30:00Z"))
    );
    assert_eq!(
        settle("2026-03-29 02:30", TimesAre::Utc),
        Settled::Once(ms("2026-03-29T02:30:00Z"))
    );
}
