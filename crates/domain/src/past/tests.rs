//! Times that were, were twice, and never were; lengths that no sit has.

use rstest::rstest;

use super::*;

const NOW: UnixMillis = UnixMillis(1_795_248_000_000); // 2026-11-21T08:00:00Z

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

fn at(wall: &str, tz: &str, occurrence: Occurrence, took_s: u32) -> Result<Placed, PastError> {
    let wall = parse_wall(wall).unwrap();
    place(wall, zone(tz), occurrence, 4, Seconds(took_s), NOW)
}

#[rstest]
#[case::plain(
    "2026-11-20T07:30",
    "Europe/Berlin",
    "2026-11-20T06:30:00Z",
    3600,
    "2026-11-20"
)]
#[case::seconds("2026-11-20 07:30:05", "UTC", "2026-11-20T07:30:05Z", 0, "2026-11-20")]
#[case::before_the_day_starts("2026-11-20T03:59", "UTC", "2026-11-20T03:59:00Z", 0, "2026-11-19")]
#[case::far_east(
    "2026-01-01T12:00",
    "Pacific/Kiritimati",
    "2025-12-31T22:00:00Z",
    50_400,
    "2026-01-01"
)]
fn a_time_of_the_wall_clock_is_an_instant_and_a_day(
    #[case] wall: &str,
    #[case] tz: &str,
    #[case] instant: &str,
    #[case] utc_offset_s: i32,
    #[case] local_date: &str,
) {
    let placed = at(wall, tz, Occurrence::First, 600).unwrap();
    let instant = chrono::DateTime::parse_from_rfc3339(instant).unwrap();
    assert_eq!(placed.started_at_ms.0, instant.timestamp_millis());
    assert_eq!(placed.utc_offset_s, utc_offset_s);
    assert_eq!(placed.local_date.to_string(), local_date);
    assert_eq!(placed.twice, None);
}

#[test]
fn a_time_that_was_twice_is_the_one_that_was_meant() {
    let first = at("2026-10-25T02:30", "Europe/Berlin", Occurrence::First, 60).unwrap();
    let second = at("2026-10-25T02:30", "Europe/Berlin", Occurrence::Second, 60).unwrap();
    let both = Some([first.started_at_ms, second.started_at_ms]);
    assert_eq!((first.twice, second.twice), (both, both));
    assert_eq!(second.started_at_ms.0 - first.started_at_ms.0, 3_600_000);
    assert_eq!((first.utc_offset_s, second.utc_offset_s), (7200, 3600));
}

#[rstest]
#[case::berlin("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:30")]
#[case::half_an_hour("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-04T02:40")]
#[case::a_whole_day("2011-12-30T12:00", "Pacific/Apia", "2011-12-31T12:00")]
fn a_time_that_never_was_is_refused_with_what_may_be_meant(
    #[case] wall: &str,
    #[case] tz: &str,
    #[case] instead: &str,
) {
    let expected = PastError::NeverWas {
        wall: parse_wall(wall).unwrap(),
        tz: zone(tz),
        instead: parse_wall(instead).unwrap(),
    };
    assert_eq!(at(wall, tz, Occurrence::First, 60), Err(expected));
}

#[test]
fn a_sit_that_is_added_is_over() {
    assert!(at("2026-11-21T07:50", "UTC", Occurrence::First, 600).is_ok());
    let not_over = at("2026-11-21T07:50", "UTC", Occurrence::First, 601);
    assert_eq!(not_over, Err(PastError::NotOver(1)));
    let not_begun = at("2026-11-21T08:01", "UTC", Occurrence::First, 1);
    assert_eq!(not_begun, Err(PastError::NotBegun(60)));
}

#[rstest]
#[case::before_the_epoch("1969-12-31T23:59", "UTC")]
#[case::of_the_day_before_it("1970-01-01T03:59", "UTC")]
#[case::long_ago("0001-01-01T00:00", "UTC")]
fn what_no_device_could_have_recorded_is_too_long_ago(#[case] wall: &str, #[case] tz: &str) {
    let refused = at(wall, tz, Occurrence::First, 60);
    assert!(
        matches!(refused, Err(PastError::TooLongAgo(_))),
        "{refused:?}"
    );
}

#[rstest]
#[case(i64::MIN, Err(PastError::TooShort(i64::MIN)))]
#[case(-1, Err(PastError::TooShort(-1)))]
#[case(0, Err(PastError::TooShort(0)))]
#[case(1, Ok(Seconds(1)))]
#[case(86_400, Ok(Seconds::DAY))]
#[case(86_401, Err(PastError::TooLong(86_401)))]
#[case(i64::MAX, Err(PastError::TooLong(i64::MAX)))]
fn a_sit_is_credited_a_second_to_a_day(
    #[case] seconds: i64,
    #[case] expected: Result<Seconds, PastError>,
) {
    assert_eq!(credited(seconds), expected);
}

#[rstest]
#[case("")]
#[case("yesterday")]
#[case("2026-02-30T07:00")]
#[case("2026-11-20T25:00")]
#[case("2026-11-20")]
fn what_is_no_time_is_refused(#[case] text: &str) {
    assert!(matches!(parse_wall(text), Err(PastError::NotATime { .. })));
}

#[rstest]
#[case("25", Ok(Seconds(1500)))]
#[case("1h 30m", Ok(Seconds(5400)))]
#[case("24h", Ok(Seconds::DAY))]
#[case("0", Err(PastError::TooShort(0)))]
#[case("-5", Err(PastError::TooShort(-300)))]
#[case("\u{2212} 5", Err(PastError::TooShort(-300)))]
#[case("25h", Err(PastError::TooLong(90_000)))]
fn a_length_as_typed_is_one_that_a_sit_can_have(
    #[case] text: &str,
    #[case] expected: Result<Seconds, PastError>,
) {
    assert_eq!(parse_length(text), expected);
}

#[rstest]
#[case("")]
#[case("-")]
#[case("long")]
fn what_is_no_length_is_refused(#[case] text: &str) {
    assert!(matches!(parse_length(text), Err(PastError::Length(_))));
}
