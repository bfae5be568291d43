//! Presets: told to every window, ready to begin with, and never in the way of a sit.

use mitta_domain::{Preset, PresetId};
use mitta_runtime::Signal;
use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, NoticeTopic, OfPreset, ReorderPresetsArgs, SavePresetArgs,
    Update,
};
use rstest::rstest;

use crate::harness::{House, Sit, every, of, plain};

fn saving(name: &str, seconds: u32) -> SavePresetArgs {
    SavePresetArgs {
        preset_id: None,
        name: name.to_owned(),
        choice: plain(seconds),
    }
}

fn save(sit: &Sit, name: &str, seconds: u32) -> Preset {
    sit.engine.save_preset(saving(name, seconds)).unwrap()
}

fn names(sit: &Sit) -> Vec<String> {
    let presets = sit.snapshot().presets.into_iter();
    presets.map(|it| it.name.to_string()).collect()
}

/// The names in every list that was told.
fn told(sit: &Sit) -> Vec<String> {
    let list = |signal| match signal {
        Signal::Update(Update::Presets(presets)) => {
            let names: Vec<_> = presets.iter().map(|it| it.name.as_str()).collect();
            Some(names.join(" "))
        }
        _ => None,
    };
    sit.signals().into_iter().filter_map(list).collect()
}

#[test]
fn what_becomes_of_presets_is_told_and_found_at_the_next_launch() {
    let house = House::new();
    let sit = house.open();
    let morning = save(&sit, "  Morning ", 600);
    let evening = save(&sit, "Evening", 1200);
    sit.engine
        .save_preset(SavePresetArgs {
            preset_id: Some(evening.preset_id),
            ..saving("Night", 1800)
        })
        .unwrap();
    let preset_ids = vec![evening.preset_id, morning.preset_id];
    sit.engine
        .reorder_presets(ReorderPresetsArgs { preset_ids })
        .unwrap();
    let of_morning = OfPreset {
        preset_id: morning.preset_id,
    };
    sit.engine.delete_preset(of_morning.clone()).unwrap();
    sit.engine.restore_preset(of_morning).unwrap();
    assert_eq!(
        told(&sit),
        [
            "Morning",
            "Morning Evening",
            "Morning Night",
            "Night Morning",
            "Night",
            "Night Morning"
        ]
    );
    sit.quit();
    let sit = house.open();
    assert_eq!(names(&sit), ["Night", "Morning"]);
    assert_eq!(sit.snapshot().presets[0].choice, plain(1800));
}

#[test]
fn a_sit_begun_with_a_preset_leaves_its_choices_ready() {
    let house = House::new();
    let sit = house.open();
    let mut args = saving("Zazen", 600);
    args.choice.label = Some(" Zazen  ".into());
    let preset = sit.engine.save_preset(args).unwrap();
    let view = sit.begin(preset.choice.clone());
    assert_eq!(view.label.as_deref(), Some("Zazen"));
    sit.flush();
    assert_eq!(
        sit.snapshot().settings.choice,
        preset.choice,
        "a window knows by this which preset is in use"
    );
    sit.engine
        .delete_preset(OfPreset {
            preset_id: preset.preset_id,
        })
        .unwrap();
    sit.pass(600_000);
    assert_eq!(sit.view().completion.unwrap().credited_s.0, 600);
    assert!(sit.engine.discard(of(&view)).is_err(), "it is over");
}

fn unknown() -> PresetId {
    "0197a3c2-5f00-7000-8000-000000000009".parse().unwrap()
}

type Act = fn(&Sit) -> Result<(), ApiError>;

#[rstest]
#[case::no_name(|s: &Sit| s.engine.save_preset(saving(" ", 60)).map(drop), ErrorCode::InvalidPresetName)]
#[case::long_name(
    |s: &Sit| s.engine.save_preset(saving(&"n".repeat(61), 60)).map(drop),
    ErrorCode::InvalidPresetName
)]
#[case::taken(|s: &Sit| s.engine.save_preset(saving("MORNING", 60)).map(drop), ErrorCode::PresetNameTaken)]
#[case::bells_that_do_not_fit(
    |s: &Sit| {
        let choice = every(600, plain(60));
        s.engine.save_preset(SavePresetArgs { choice, ..saving("New", 60) }).map(drop)
    },
    ErrorCode::IntervalsTooLong
)]
#[case::changed_elsewhere(
    |s: &Sit| {
        let preset_id = Some(unknown());
        s.engine.save_preset(SavePresetArgs { preset_id, ..saving("New", 60) }).map(drop)
    },
    ErrorCode::UnknownPreset
)]
#[case::never_there(
    |s: &Sit| s.engine.restore_preset(OfPreset { preset_id: unknown() }).map(drop),
    ErrorCode::UnknownPreset
)]
#[case::other_order(
    |s: &Sit| s.engine.reorder_presets(ReorderPresetsArgs { preset_ids: vec![unknown()] }).map(drop),
    ErrorCode::PresetsChanged
)]
fn what_is_refused_says_why_and_changes_nothing(#[case] act: Act, #[case] code: ErrorCode) {
    let house = House::new();
    let sit = house.open();
    save(&sit, "Morning", 600);
    let before = house.dump();
    assert_eq!(act(&sit).unwrap_err().code, code);
    assert_eq!(house.dump(), before);
}

#[test]
fn presets_that_cannot_be_read_keep_nobody_from_sitting() {
    let house = House::new();
    let sit = house.open();
    save(&sit, "Morning", 600);
    house
        .other_program()
        .execute("UPDATE presets SET choice = '{}'", [])
        .unwrap();
    let snapshot = sit.snapshot();
    assert!(snapshot.presets.is_empty());
    let said = snapshot
        .notices
        .iter()
        .find(|it| it.topic == NoticeTopic::Database);
    assert_eq!(
        said.map(|it| it.error.code),
        Some(ErrorCode::DatabaseUnusable)
    );
    sit.begin(plain(60));
}
