//! When interval bells ring, which are refused, and what holds for every drawing.

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rstest::rstest;

use super::*;

const NONE: IntervalBells = IntervalBells::None;

fn every(every_s: u32) -> IntervalBells {
    IntervalBells::Every {
        every_s: Seconds(every_s),
    }
}

fn at(times: &[u32]) -> IntervalBells {
    IntervalBells::At {
        at_s: times.iter().copied().map(Seconds).collect(),
    }
}

fn random(min_s: u32, max_s: u32) -> IntervalBells {
    IntervalBells::Random {
        min_s: Seconds(min_s),
        max_s: Seconds(max_s),
    }
}

/// The times drawn for a sit of `planned_s` seconds, 0 for an open-ended one.
fn draw(bells: &IntervalBells, planned_s: u32, seed: u64) -> Result<Vec<u32>, InvalidIntervals> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let planned = PlannedLength::from_seconds(planned_s).ok();
    let times = bells.draw(planned, &mut rng);
    assert_eq!(times.as_ref().err(), bells.check(planned).as_ref().err());
    Ok(times?.into_iter().map(|time| time.0).collect())
}

#[rstest]
#[case::none(NONE, 1200, &[])]
#[case::every_five_minutes(every(300), 1200, &[300, 600, 900])]
#[case::never_at_the_end(every(600), 1200, &[600])]
#[case::just_before_the_end(every(1199), 1200, &[1199])]
#[case::each_second(every(1), 4, &[1, 2, 3])]
#[case::given_times(at(&[1500, 1800, 3300]), 3600, &[1500, 1800, 3300])]
#[case::given_in_any_order_with_repeats(at(&[900, 300, 900, 300]), 1200, &[300, 900])]
#[case::given_times_past_the_end_are_left_out(at(&[300, 1200, 3300]), 1200, &[300])]
#[case::random_without_a_choice(random(100, 100), 350, &[100, 200, 300])]
#[case::open_ended(every(40_000), 0, &[40_000, 80_000])]
#[case::open_ended_never_at_its_end(every(43_200), 0, &[43_200])]
fn interval_bells_ring_within_the_sit(
    #[case] bells: IntervalBells,
    #[case] planned_s: u32,
    #[case] expected: &[u32],
) {
    assert_eq!(draw(&bells, planned_s, 1), Ok(expected.to_vec()));
}

fn longer(first: u32, planned: u32) -> InvalidIntervals {
    InvalidIntervals::LongerThanSit {
        first: Seconds(first),
        planned: Seconds(planned),
    }
}

#[rstest]
#[case::every_zero(every(0), 1200, InvalidIntervals::OutOfRange)]
#[case::above_a_day(every(86_401), 1200, InvalidIntervals::OutOfRange)]
#[case::as_long_as_the_sit(every(1200), 1200, longer(1200, 1200))]
#[case::longer_than_the_sit(every(1500), 1200, longer(1500, 1200))]
#[case::longer_than_an_open_ended_sit_can_be(every(86_400), 0, longer(86_400, 86_400))]
#[case::no_bell_fits_in_one_second(every(1), 1, longer(1, 1))]
#[case::too_often(every(1), 0, InvalidIntervals::TooOften { bells: 86_399 })]
#[case::no_given_time(at(&[]), 1200, InvalidIntervals::OutOfRange)]
#[case::a_given_time_of_zero(at(&[300, 0]), 1200, InvalidIntervals::OutOfRange)]
#[case::a_given_time_above_a_day(at(&[300, 86_401]), 1200, InvalidIntervals::OutOfRange)]
#[case::all_given_times_past_the_end(at(&[1300, 1200]), 1200, longer(1200, 1200))]
#[case::too_many(at(&[300; 201]), 1200, InvalidIntervals::TooMany { given: 201 })]
#[case::random_bounds_in_the_wrong_order(random(60, 59), 1200, InvalidIntervals::RandomBounds)]
#[case::random_too_close(random(9, 60), 1200, InvalidIntervals::RandomBounds)]
#[case::random_zero(random(0, 0), 1200, InvalidIntervals::RandomBounds)]
#[case::random_above_a_day(random(60, 86_401), 1200, InvalidIntervals::RandomBounds)]
#[case::random_beyond_the_sit(random(1200, 1300), 1200, longer(1200, 1200))]
fn interval_bells_that_make_no_sense_are_refused(
    #[case] bells: IntervalBells,
    #[case] planned_s: u32,
    #[case] expected: InvalidIntervals,
) {
    assert_eq!(draw(&bells, planned_s, 1), Err(expected));
}

#[test]
fn two_hundred_given_times_are_possible() {
    let times: Vec<u32> = (1..=200).collect();
    assert_eq!(draw(&at(&times), 1200, 1), Ok(times));
}

#[test]
fn the_sentences_help() {
    let sentence =
        |bells: IntervalBells, planned_s| draw(&bells, planned_s, 1).unwrap_err().to_string();
    assert_eq!(
        sentence(every(1500), 1200),
        "the interval bells would not ring: the first is due after 25 min, the sit ends after 20 min"
    );
    assert_eq!(
        sentence(random(1, 60), 1200),
        "random bells need gaps of 10 s to 24 h, the shortest not above the longest"
    );
    assert_eq!(
        sentence(at(&[1; 300]), 1200),
        "300 bell times were given; at most 200 are possible"
    );
    assert_eq!(
        sentence(every(2), 86_400),
        "that would be 43199 interval bells; at most 10000 are possible"
    );
}

#[test]
fn every_gap_between_the_bounds_is_drawn() {
    let times = draw(&random(10, 13), 86_400, 7).unwrap();
    let mut gaps: Vec<u32> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let drawn = gaps.len();
    gaps.sort_unstable();
    for gap in 10..=13 {
        let times = gaps.iter().filter(|g| **g == gap).count();
        assert!(
            times * 5 > drawn,
            "{gap} s was drawn {times} of {drawn} times"
        );
    }
}

#[test]
fn another_seed_draws_other_times() {
    assert_ne!(
        draw(&random(10, 600), 86_400, 1),
        draw(&random(10, 600), 86_400, 2)
    );
}

fn any_bells() -> impl Strategy<Value = IntervalBells> {
    prop_oneof![
        Just(NONE),
        (0u32..90_000).prop_map(every),
        proptest::collection::vec(0u32..90_000, 0..210).prop_map(|times| at(&times)),
        proptest::collection::vec(1u32..2000, 1..20).prop_map(|times| at(&times)),
        (0u32..3000, 0u32..90_000).prop_map(|(min, more)| random(min, min + more)),
    ]
}

proptest! {
    #[test]
    fn no_bell_rings_at_the_start_at_the_end_or_twice(
        bells in any_bells(),
        planned_s in prop_oneof![Just(0u32), 1u32..4000, 1u32..=86_400],
        seed in any::<u64>(),
    ) {
        let limit = if planned_s == 0 { 86_400 } else { planned_s };
        let Ok(times) = draw(&bells, planned_s, seed) else { return Ok(()) };
        prop_assert!(times.is_sorted_by(|a, b| a < b));
        prop_assert!(times.iter().all(|time| (1..limit).contains(time)));
        prop_assert!(times.len() <= MAX_INTERVAL_BELLS as usize);
        prop_assert_eq!(Ok(times.clone()), draw(&bells, planned_s, seed), "the same seed");
        match bells {
            IntervalBells::None => prop_assert!(times.is_empty()),
            IntervalBells::Every { every_s } => {
                let slow: Vec<u32> = (1..limit).filter(|t| t % every_s.0 == 0).collect();
                prop_assert_eq!(times, slow);
            }
            IntervalBells::At { at_s } => {
                let slow: Vec<u32> = (1..limit).filter(|t| at_s.contains(&Seconds(*t))).collect();
                prop_assert_eq!(times, slow);
            }
            IntervalBells::Random { min_s, max_s } => {
                let mut before = 0;
                for time in times {
                    prop_assert!((min_s.0..=max_s.0).contains(&(time - before)));
                    before = time;
                }
                prop_assert!(limit - before <= max_s.0, "a bell is missing at the end");
            }
        }
    }
}

#[test]
fn a_volume_is_a_hundred_at_most() {
    assert_eq!(Volume::new(100), Ok(Volume::FULL));
    assert_eq!(Volume::new(101), Err(VolumeOutOfRange(101)));
    assert!(serde_json::from_str::<Volume>("101").is_err());
    assert_eq!(
        VolumeOutOfRange(101).to_string(),
        "a volume is 0 to 100, not 101"
    );
}
