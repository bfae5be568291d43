use mitta_domain::TogetherBells;
use mitta_domain::{PartnershipId, PersonId, PlannedLength, TogetherId};
use rstest::rstest;
use uuid::Uuid;

use super::*;

/// The wall clock of these tests is the boot clock and this.
const WALL_MS: i64 = 1_795_248_000_000;

fn at(boot_ms: u64) -> Moment {
    Moment {
        wall_ms: UnixMillis(WALL_MS + i64::try_from(boot_ms).unwrap()),
        boot_ms,
        boot_id: "one".into(),
    }
}

fn sample(asked: u64, server_minus_wall: i64, heard: u64, there_after: u64) -> Sample {
    let there = i64::try_from(asked + there_after).unwrap();
    Sample {
        asked: at(asked),
        server_time_ms: UnixMillis(WALL_MS + there + server_minus_wall),
        heard: at(heard),
    }
}

fn row(starts_in: i64) -> SeatRow {
    SeatRow {
        together_id: TogetherId::from_uuid(Uuid::from_u128(1)),
        partnership_id: PartnershipId::from_uuid(Uuid::from_u128(2)),
        proposed_by: PersonId::from_uuid(Uuid::from_u128(3)),
        starts_at_ms: UnixMillis(WALL_MS + starts_in),
        planned_s: PlannedLength::from_seconds(1200).unwrap(),
        bells: TogetherBells {
            start_strikes: 3,
            end_strikes: 1,
            interval_every_s: None,
        },
    }
}

#[test]
fn the_shortest_round_trip_counts_and_says_how_far_off_it_may_be() {
    // The answer of the first one was long on its way; the offset is really 5,000 ms.
    let slow = sample(0, 5_000, 400, 20);
    let quick = sample(1_000, 5_000, 1_041, 20);
    let medium = sample(2_000, 5_000, 2_100, 90);
    let clock = best(&[slow, quick.clone(), medium]).unwrap();
    assert_eq!(clock, best(&[quick]).unwrap());
    assert_eq!(clock.error_ms, 21, "half of 41, rounded up");
    assert_eq!(clock.server_minus_wall_ms, 5_000);
    assert_eq!(clock.server_minus_boot_ms, WALL_MS + 5_000);
    assert_eq!(clock.measured_at_ms, at(1_041).wall_ms);
    assert_eq!(best(&[]), None);
}

/// Wherever in the round trip the server read its clock, the error holds what is off.
#[rstest]
#[case(0)]
#[case(37)]
#[case(100)]
#[case(101)]
fn the_error_holds_what_is_off(#[case] there_after: u64) {
    let clock = best(&[sample(50, -9_000, 151, there_after)]).unwrap();
    let off = (clock.server_minus_wall_ms + 9_000).unsigned_abs();
    assert!(off <= u64::from(clock.error_ms), "{off} {clock:?}");
}

#[rstest]
#[case::a_wall_clock_that_was_set("one", 7_000, 99_000, 3_000)]
#[case::another_boot("two", 40, 0, 9_960)]
#[case::a_system_that_tells_no_boot("", 40, 0, 9_960)]
fn a_start_is_known_on_the_own_clock(
    #[case] boot_id: &str,
    #[case] boot_ms: u64,
    #[case] wall_set_by: i64,
    #[case] expected_in: i64,
) {
    let clock = ClockRow {
        measured_at_ms: UnixMillis(WALL_MS),
        server_minus_wall_ms: 0,
        boot_id: if boot_id.is_empty() { "" } else { "one" }.into(),
        server_minus_boot_ms: WALL_MS,
        error_ms: 1,
    };
    let here = Moment {
        wall_ms: UnixMillis(WALL_MS + i64::try_from(boot_ms).unwrap() + wall_set_by),
        boot_ms,
        boot_id: boot_id.into(),
    };
    let seat = seat(&row(10_000), &clock, &here);
    let in_ms = seat.starts_at_boot_ms - i64::try_from(boot_ms).unwrap();
    assert_eq!(in_ms, expected_in);
    assert_eq!(seat.planned_s.seconds().0, 1200);
}

#[test]
fn a_start_before_this_boot_lies_below_zero() {
    let clock = best(&[sample(0, 0, 0, 0)]).unwrap();
    let here = Moment {
        boot_id: "two".into(),
        ..at(20)
    };
    assert_eq!(seat(&row(-5_000), &clock, &here).starts_at_boot_ms, -5_000);
}

#[rstest]
#[case("one", 599_999, true)]
#[case("one", 600_000, false)]
#[case("two", 0, false)]
fn what_was_measured_grows_old(#[case] boot_id: &str, #[case] later_ms: u64, #[case] fresh: bool) {
    let clock = best(&[sample(0, 0, 0, 0)]).unwrap();
    let here = Moment {
        boot_id: boot_id.into(),
        ..at(later_ms)
    };
    assert_eq!(is_fresh(&clock, &here, 600_000), fresh);
    let set_back = Moment {
        wall_ms: UnixMillis(0),
        ..here
    };
    assert!(!is_fresh(&clock, &set_back, 600_000));
}
