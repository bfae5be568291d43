//! What a plan refuses, and what it freezes.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rstest::rstest;

use super::*;
use crate::testing::check_shape;

fn freeze(choice: PlanChoice) -> Result<Plan, InvalidPlan> {
    let check = choice.check();
    let plan = Plan::freeze(choice, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    assert_eq!(plan.as_ref().err(), check.as_ref().err());
    plan
}

fn choice(change: impl FnOnce(&mut PlanChoice)) -> PlanChoice {
    let mut choice = PlanChoice::default();
    change(&mut choice);
    choice
}

#[rstest]
#[case::preparation(
    choice(|c| c.preparation_s = Seconds(301)),
    InvalidPlan::Preparation(Seconds(301)),
    "the preparation is 0 to 5 minutes, not 5 min 01 s"
)]
#[case::start_strikes(
    choice(|c| c.start_bell.strikes = 10),
    InvalidPlan::Strikes(10),
    "a bell has 0 to 9 strikes, not 10"
)]
#[case::interval_strikes(
    choice(|c| c.interval_bell.strikes = 255),
    InvalidPlan::Strikes(255),
    "a bell has 0 to 9 strikes, not 255"
)]
#[case::end_strikes(
    choice(|c| c.end_bell.strikes = 10),
    InvalidPlan::Strikes(10),
    "a bell has 0 to 9 strikes, not 10"
)]
#[case::label(
    choice(|c| c.label = Some("ä".repeat(81))),
    InvalidPlan::Label(81),
    "a label has at most 80 characters, not 81"
)]
#[case::intervals(
    choice(|c| c.intervals = IntervalBells::Every { every_s: Seconds(1200) }),
    InvalidPlan::Intervals(InvalidIntervals::LongerThanSit {
        first: Seconds(1200),
        planned: Seconds(1200),
    }),
    "the interval bells would not ring: the first is due after 20 min, the sit ends after 20 min"
)]
fn a_choice_out_of_its_range_is_refused(
    #[case] choice: PlanChoice,
    #[case] expected: InvalidPlan,
    #[case] sentence: &str,
) {
    assert_eq!(expected.to_string(), sentence);
    assert_eq!(freeze(choice), Err(expected));
}

#[test]
fn the_ends_of_the_ranges_are_possible() {
    let plan = freeze(choice(|c| {
        c.preparation_s = MAX_PREPARATION;
        c.start_bell.strikes = MAX_STRIKES;
        c.end_bell.strikes = 0;
        c.label = Some("ä".repeat(MAX_LABEL_CHARS));
    }));
    assert!(plan.is_ok());
}

#[test]
fn a_plan_is_the_choice_and_its_drawn_bells() {
    let choice = choice(|c| {
        c.intervals = IntervalBells::Every {
            every_s: Seconds(500),
        }
    });
    let plan = freeze(choice.clone()).unwrap();
    assert_eq!(plan.choice, choice);
    assert_eq!(plan.interval_at_s, [Seconds(500), Seconds(1000)]);
}

#[test]
fn interval_bells_without_a_strike_are_checked_but_not_drawn() {
    let silent = |every_s| {
        freeze(choice(|c| {
            c.intervals = IntervalBells::Every { every_s };
            c.interval_bell.strikes = 0;
        }))
    };
    assert_eq!(silent(Seconds(500)).unwrap().interval_at_s, []);
    assert!(silent(Seconds(1200)).is_err());
}

#[rstest]
#[case::spaces_around("  Zazen ", Some("Zazen"))]
#[case::only_spaces("   ", None)]
#[case::a_character_that_shows_nothing("Za\0zen \0", Some("Zazen"))]
fn a_label_is_trimmed(#[case] typed: &str, #[case] kept: Option<&str>) {
    let plan = freeze(choice(|c| c.label = Some(typed.to_owned()))).unwrap();
    assert_eq!(plan.choice.label.as_deref(), kept);
}

#[rstest]
#[case::timed(Some(1), 1000)]
#[case::open_ended(None, 86_400_000)]
fn a_sit_ends_at_its_length_or_after_a_day(#[case] planned_s: Option<u32>, #[case] limit_ms: u64) {
    let planned_s = planned_s.map(|s| PlannedLength::from_seconds(s).unwrap());
    assert_eq!(
        freeze(choice(|c| c.planned_s = planned_s))
            .unwrap()
            .limit_ms(),
        limit_ms
    );
}

#[test]
fn the_defaults_are_those_of_the_product() {
    let choice = PlanChoice::default();
    assert!(choice.check().is_ok());
    assert_eq!(choice.planned_s.map(u32::from), Some(1200));
    assert_eq!(choice.preparation_s, Seconds(10));
    assert_eq!((choice.start_bell.strikes, choice.end_bell.strikes), (3, 1));
    assert_eq!(choice.intervals, IntervalBells::None);
    assert_eq!(choice.at_end, AtEnd::Stop);
    assert!(
        choice.interval_bell.volume < choice.end_bell.volume,
        "quieter than the end bell"
    );
}

/// A choice with everything in it that a person can set.
fn full_choice() -> PlanChoice {
    let bell = |sound, strikes, volume| Bell {
        sound,
        strikes,
        volume: Volume::new(volume).unwrap(),
    };
    let own = Sound::File {
        file: "3f2a.wav".to_owned(),
        name: "Temple.wav".to_owned(),
    };
    PlanChoice {
        planned_s: None,
        preparation_s: Seconds(0),
        start_bell: bell(Sound::LowBowl, 0, 0),
        intervals: IntervalBells::At {
            at_s: vec![Seconds(1500), Seconds(60)],
        },
        interval_bell: bell(Sound::WoodBlock, 1, 5),
        end_bell: bell(own, 9, 100),
        at_end: AtEnd::CountOvertime,
        label: Some("Zazen".to_owned()),
    }
}

const FULL_CHOICE: &str = concat!(
    r#"{"planned_s":null,"preparation_s":0,"#,
    r#""start_bell":{"sound":{"kind":"low_bowl"},"strikes":0,"volume":0},"#,
    r#""intervals":{"kind":"at","at_s":[1500,60]},"#,
    r#""interval_bell":{"sound":{"kind":"wood_block"},"strikes":1,"volume":5},"#,
    r#""end_bell":{"sound":{"kind":"file","file":"3f2a.wav","name":"Temple.wav"},"strikes":9,"volume":100},"#,
    r#""at_end":"count_overtime","label":"Zazen"}"#,
);

#[test]
fn a_choice_keeps_its_shape() {
    check_shape(&full_choice(), FULL_CHOICE);
    check_shape(&Sound::Inkin, r#"{"kind":"inkin"}"#);
}

#[test]
fn a_plan_is_its_choice_with_the_drawn_bells_beside() {
    let plan = freeze(full_choice()).unwrap();
    let json = FULL_CHOICE.replace(
        r#""label":"Zazen"}"#,
        r#""label":"Zazen","interval_at_s":[60,1500]}"#,
    );
    check_shape(&plan, &json);
}

#[rstest]
#[case(IntervalBells::None, r#"{"kind":"none"}"#)]
#[case(IntervalBells::Every { every_s: Seconds(300) }, r#"{"kind":"every","every_s":300}"#)]
#[case(
    IntervalBells::Random { min_s: Seconds(60), max_s: Seconds(600) },
    r#"{"kind":"random","min_s":60,"max_s":600}"#
)]
fn interval_bells_keep_their_shape(#[case] intervals: IntervalBells, #[case] json: &str) {
    check_shape(&intervals, json);
}

#[rstest]
#[case::length(r#""planned_s":null"#, r#""planned_s":0"#)]
#[case::volume(r#""volume":100"#, r#""volume":101"#)]
#[case::sound(r#""kind":"low_bowl""#, r#""kind":"gong""#)]
#[case::negative(r#""preparation_s":0"#, r#""preparation_s":-1"#)]
fn json_cannot_bring_in_what_the_types_rule_out(#[case] right: &str, #[case] wrong: &str) {
    assert!(FULL_CHOICE.contains(right));
    let json = FULL_CHOICE.replace(right, wrong);
    assert!(serde_json::from_str::<PlanChoice>(&json).is_err());
}
