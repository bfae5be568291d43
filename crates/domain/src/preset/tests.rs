//! Names, limits and orders of presets.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::bells::IntervalBells;
use crate::length::PlannedLength;
use crate::testing::check_shape;
use crate::units::Seconds;

fn id(n: u32) -> PresetId {
    format!("0197a3c2-5f00-7000-8000-{n:012}").parse().unwrap()
}

fn name(text: &str) -> PresetName {
    PresetName::parse(text).unwrap()
}

fn preset(n: u32, text: &str) -> Preset {
    Preset {
        preset_id: id(n),
        name: name(text),
        choice: PlanChoice::default(),
    }
}

fn presets(names: &[&str]) -> Presets {
    let numbered = names.iter().zip(1..);
    Presets::new(numbered.map(|(text, n)| preset(n, text)).collect())
}

#[rstest]
#[case("Morning", "Morning")]
#[case("  Long \t evening\nsit ", "Long evening sit")]
#[case("nul\0and\u{7f}bell\u{7}", "nul and bell")]
#[case("座禅 🧘", "座禅 🧘")]
#[case("Cafe\u{301}", "Caf\u{e9}")]
#[case("\u{feff}Mor\u{ad}ning\u{200b}\u{202e}", "Morning")]
#[case("👩\u{200d}🦰", "👩\u{200d}🦰")]
fn a_name_is_kept_as_one_line(#[case] typed: &str, #[case] kept: &str) {
    assert_eq!(name(typed).as_str(), kept);
    check_shape(&name(typed), &format!("\"{kept}\""));
}

#[test]
fn a_name_that_is_none_or_too_long_is_refused_with_its_measure() {
    for empty in [
        "",
        "  ",
        "\n\t\0",
        "\u{200b}",
        "\u{200d} \u{fe0f}",
        "\u{202e}\u{2069}",
    ] {
        assert_eq!(PresetName::parse(empty), Err(InvalidName::Empty));
    }
    let long = "ü".repeat(MAX_NAME_CHARS);
    assert_eq!(name(&long).as_str(), long);
    assert_eq!(
        PresetName::parse(&format!("{long}ü")),
        Err(InvalidName::TooLong(MAX_NAME_CHARS + 1))
    );
    assert!(serde_json::from_str::<PresetName>("\" \"").is_err());
}

#[test]
fn a_name_is_taken_however_it_is_written() {
    let kept = presets(&["Morning", "Übung", "Straße", "ὁδός", "ﬁne"]);
    for text in [
        "morning",
        "MORNING ",
        "übung",
        "U\u{308}BUNG",
        "Ｍｏｒｎｉｎｇ",
        "STRASSE",
        "Ὁδόσ",
        "ὉΔΌΣ",
        "FINE",
        "mor\u{ad}ning",
    ] {
        let taken = kept.check_new(&preset(9, text)).unwrap_err();
        assert!(matches!(&taken, PresetRefused::NameTaken(_)), "{taken}");
    }
    let taken = kept.check_new(&preset(9, "mORning")).unwrap_err();
    assert_eq!(
        taken.to_string(),
        "there is a preset “Morning” already: choose another name, or change that one"
    );
    assert_eq!(kept.check_new(&preset(9, "Evening")), Ok(()));
    assert_eq!(kept.named(" MORNING").map(|one| one.preset_id), Some(id(1)));
    assert_eq!(kept.named("noon"), None);
}

#[test]
fn a_preset_may_keep_its_own_name_and_not_take_that_of_another() {
    let kept = presets(&["Morning", "Evening"]);
    assert_eq!(kept.check_changed(&preset(1, "MORNING")), Ok(()));
    assert_eq!(kept.check_changed(&preset(1, "Noon")), Ok(()));
    assert_eq!(
        kept.check_changed(&preset(1, "evening")),
        Err(PresetRefused::NameTaken(name("Evening")))
    );
    assert_eq!(
        kept.check_changed(&preset(7, "Noon")),
        Err(PresetRefused::Unknown(id(7)))
    );
}

#[test]
fn choices_that_could_not_be_sat_are_not_kept() {
    let mut short = preset(9, "Short");
    short.choice.planned_s = PlannedLength::from_seconds(60).ok();
    short.choice.intervals = IntervalBells::Every {
        every_s: Seconds(300),
    };
    let refused = presets(&[]).check_new(&short);
    assert!(
        matches!(refused, Err(PresetRefused::Plan(_))),
        "{refused:?}"
    );
}

#[test]
fn there_are_so_many_and_no_more() {
    let names: Vec<String> = (1..=MAX_PRESETS).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let full = presets(&names);
    assert_eq!(
        full.check_new(&preset(999, "one more")),
        Err(PresetRefused::TooMany)
    );
    assert_eq!(full.check_changed(&preset(1, "renamed")), Ok(()));
    let room = presets(&names[1..]);
    assert_eq!(room.check_new(&preset(999, "one more")), Ok(()));
}

#[test]
fn an_order_names_each_once() {
    let kept = presets(&["a", "b", "c"]);
    assert_eq!(kept.check_order(&[id(3), id(1), id(2)]), Ok(()));
    for wrong in [
        vec![],
        vec![id(1), id(2)],
        vec![id(1), id(2), id(2)],
        vec![id(1), id(2), id(3), id(3)],
        vec![id(1), id(2), id(4)],
    ] {
        assert_eq!(kept.check_order(&wrong), Err(PresetRefused::OtherSet));
    }
}

#[rstest]
#[case(&["Evening"], "Morning", "Morning")]
#[case(&["morning"], "Morning", "Morning 2")]
#[case(&["Morning", "Morning 2", "MORNING 3"], "Morning", "Morning 4")]
fn a_taken_name_gets_a_number(#[case] kept: &[&str], #[case] asked: &str, #[case] free: &str) {
    assert_eq!(presets(kept).free_name(&name(asked)).as_str(), free);
}

proptest! {
    #[test]
    fn a_free_name_is_a_name_and_free(
        kept in prop::collection::vec("[ab]{1,3}( [2-9])?", 0..12),
        asked in "[aAbB]{1,60}",
    ) {
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        let kept = presets(&kept);
        let free = kept.free_name(&name(&asked));
        prop_assert_eq!(PresetName::parse(free.as_str()), Ok(free.clone()));
        prop_assert!(kept.as_slice().iter().all(|one| !one.name.is_same(&free)));
    }

    #[test]
    fn whatever_is_typed_is_a_line_or_refused(text in any::<String>()) {
        if let Ok(name) = PresetName::parse(&text) {
            prop_assert_eq!(PresetName::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(!name.as_str().chars().any(char::is_control));
        }
    }
}
