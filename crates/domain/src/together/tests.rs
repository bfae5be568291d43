//! Seats: which bells can ring, and what is left for whom.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rstest::rstest;

use super::*;

const fn bells(start_strikes: u8, end_strikes: u8, every_s: Option<u32>) -> TogetherBells {
    TogetherBells {
        start_strikes,
        end_strikes,
        interval_every_s: match every_s {
            None => None,
            Some(s) => Some(Seconds(s)),
        },
    }
}

#[rstest]
#[case(bells(3, 1, None), true)]
#[case(bells(0, 0, Some(300)), true)]
#[case(bells(9, 9, Some(1)), true)]
#[case(bells(10, 1, None), false)]
#[case(bells(1, 10, None), false)]
#[case(bells(1, 1, Some(0)), false)]
#[case(bells(1, 1, Some(1200)), false)]
fn bells_that_cannot_ring_are_refused(#[case] bells: TogetherBells, #[case] is_fine: bool) {
    let planned = PlannedLength::from_seconds(1200).unwrap();
    assert_eq!(bells.check(planned).is_ok(), is_fine, "{bells:?}");
}

fn seat(starts_at_boot_ms: i64, planned_s: u32) -> Seat {
    Seat {
        together_id: "0197a3c2-5f00-7000-8000-000000000001".parse().unwrap(),
        starts_at_boot_ms,
        planned_s: PlannedLength::from_seconds(planned_s).unwrap(),
        bells: bells(3, 2, None),
    }
}

#[test]
fn the_end_is_the_start_and_the_length() {
    assert_eq!(seat(-500, 2).ends_at_boot_ms(), 1500);
}

/// Twenty minutes from 1,000,000 ms on: where the own sit starts, in how many whole seconds, how long
/// it is.
#[rstest]
#[case::first(700_000, 1_000_000, 300, 1200)]
#[case::soon(995_500, 1_000_000, 4, 1200)]
#[case::on_time(1_000_000, 1_000_000, 0, 1200)]
#[case::just_late(1_000_001, 1_001_000, 0, 1199)]
#[case::a_second_late(1_001_000, 1_001_000, 0, 1199)]
#[case::late(1_300_400, 1_301_000, 0, 899)]
#[case::last(2_199_000, 2_199_000, 0, 1)]
fn a_place_is_what_is_left(
    #[case] now_boot_ms: u64,
    #[case] start_boot_ms: u64,
    #[case] countdown_s: u32,
    #[case] planned_s: u32,
) {
    let place = seat(1_000_000, 1200).place(now_boot_ms).unwrap();
    let expected = Place {
        start_boot_ms,
        countdown_s: Seconds(countdown_s),
        planned_s: PlannedLength::from_seconds(planned_s).unwrap(),
        missed_s: Seconds(1200 - planned_s),
    };
    assert_eq!(place, expected);
}

#[rstest]
#[case::before_it_opens(699_999, NoPlace::TooEarly { opens_in_s: 1 })]
#[case::long_before(0, NoPlace::TooEarly { opens_in_s: 700 })]
#[case::no_whole_second(2_199_001, NoPlace::Over)]
#[case::at_the_end(2_200_000, NoPlace::Over)]
#[case::long_after(u64::MAX, NoPlace::Over)]
fn there_is_a_time_for_taking_a_place(#[case] now_boot_ms: u64, #[case] why: NoPlace) {
    assert_eq!(seat(1_000_000, 1200).place(now_boot_ms), Err(why));
}

#[test]
fn who_comes_too_early_is_told_when_to_come() {
    let said = NoPlace::TooEarly { opens_in_s: 125 }.to_string();
    let expected = "A place can be taken from 5 min before the common start on: in 2 min 05 s. \
                    Nothing was recorded.";
    assert_eq!(said, expected);
}

fn plan_of(seat: &Seat, now_boot_ms: u64, own: &PlanChoice) -> Plan {
    let place = seat.place(now_boot_ms).unwrap();
    let mut rng = SmallRng::seed_from_u64(1);
    seat.plan(&place, own.clone(), &mut rng).unwrap()
}

#[test]
fn what_bells_sound_like_is_ones_own_and_when_they_ring_is_agreed_on() {
    let mut own = PlanChoice {
        planned_s: None,
        preparation_s: Seconds(42),
        at_end: AtEnd::CountOvertime,
        label: Some("zazen".into()),
        ..PlanChoice::default()
    };
    own.interval_bell.strikes = 0;
    own.end_bell.strikes = 9;
    let seat = Seat {
        bells: bells(3, 2, Some(500)),
        ..seat(100_000, 1200)
    };
    let plan = plan_of(&seat, 90_000, &own);
    assert_eq!(plan.interval_at_s, [Seconds(500), Seconds(1000)]);
    let mut expected = PlanChoice {
        planned_s: Some(seat.planned_s),
        preparation_s: Seconds(10),
        intervals: seat.bells.intervals(),
        at_end: AtEnd::Stop,
        ..own
    };
    expected.start_bell.strikes = 3;
    expected.interval_bell.strikes = 1;
    expected.end_bell.strikes = 2;
    assert_eq!(plan.choice, expected);
}

#[rstest]
#[case(100_000, &[300, 600, 900])]
#[case(100_001, &[299, 599, 899])]
#[case(399_500, &[300, 600])]
#[case(700_000, &[300])]
#[case(999_000, &[1])]
#[case(999_001, &[])]
fn interval_bells_ring_when_they_ring_for_the_others(
    #[case] now_boot_ms: u64,
    #[case] at_s: &[u32],
) {
    let seat = Seat {
        bells: bells(1, 1, Some(300)),
        ..seat(100_000, 1200)
    };
    let plan = plan_of(&seat, now_boot_ms, &PlanChoice::default());
    let rings: Vec<_> = plan.interval_at_s.iter().map(|at| at.0).collect();
    assert_eq!(rings, at_s);
    assert!(plan.is_possible(), "{plan:?}");
}

#[test]
fn a_seat_whose_bells_cannot_ring_has_no_plan() {
    let own = PlanChoice::default();
    for bells in [bells(10, 1, None), bells(1, 1, Some(1200))] {
        let seat = Seat {
            bells,
            ..seat(100_000, 1200)
        };
        let place = seat.place(100_000).unwrap();
        let plan = seat.plan(&place, own.clone(), &mut SmallRng::seed_from_u64(1));
        assert!(plan.is_err(), "{bells:?}");
    }
}

proptest! {
    #[test]
    fn every_place_ends_at_the_common_end(
        starts_at_boot_ms in -100_000_000_i64..100_000_000,
        planned_s in 1..=86_400_u32,
        now_boot_ms in 0..200_000_000_u64,
        every_s in 1..100_000_u32,
    ) {
        let intervals = every_s < planned_s && planned_s / every_s < 10_000;
        let seat = Seat {
            bells: bells(1, 1, intervals.then_some(every_s)),
            ..seat(starts_at_boot_ms, planned_s)
        };
        let now = i64::try_from(now_boot_ms).unwrap();
        let Ok(place) = seat.place(now_boot_ms) else {
            let left_ms = seat.ends_at_boot_ms() - now;
            prop_assert!(left_ms < 1000 || starts_at_boot_ms - now > 300_000);
            return Ok(());
        };
        let start = i64::try_from(place.start_boot_ms).unwrap();
        prop_assert_eq!(start + i64::from(place.planned_s.seconds().0) * 1000, seat.ends_at_boot_ms());
        prop_assert!(start >= now, "nobody starts in the past");
        prop_assert!(start == starts_at_boot_ms || start < now + 1000, "no second is lost");

        let plan = plan_of(&seat, now_boot_ms, &PlanChoice::default());
        prop_assert!(plan.is_possible());
        for at in &plan.interval_at_s {
            let common_ms = start + i64::from(at.0) * 1000 - starts_at_boot_ms;
            prop_assert_eq!(common_ms % (i64::from(every_s) * 1000), 0);
            prop_assert!(*at < place.planned_s.seconds());
        }
    }
}
