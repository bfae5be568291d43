//! What is said about sound before a sit; none of it stops one (I9).

use std::fs::{self, File};

use mitta_domain::bells::Sound;
use mitta_domain::{IntervalBells, PlanChoice};
use mitta_runtime::api::{
    CheckPlanArgs, Commands as _, ErrorCode, ImportSoundArgs, Nothing, NoticeTopic, PreviewArgs,
};
use mitta_runtime::sound::{Recorded, SoundProblem};
use rstest::rstest;

use crate::harness::{House, every, plain};

#[test]
fn a_missing_device_is_said_before_the_sit_and_does_not_stop_it() {
    let house = House::new();
    let sit = house.open();
    let no_device = SoundProblem::NoDevice {
        detail: "none".to_owned(),
    };
    sit.bells.answer_check_with(vec![no_device]);
    let check = sit
        .engine
        .check_plan(CheckPlanArgs { choice: plain(60) })
        .unwrap();
    assert_eq!(check.problems[0].code, ErrorCode::NoSoundDevice);
    assert_eq!(
        sit.notice(NoticeTopic::Sound).unwrap().code,
        ErrorCode::NoSoundDevice
    );
    sit.begin(plain(60));

    sit.bells.answer_check_with(Vec::new());
    let check = sit
        .engine
        .check_plan(CheckPlanArgs { choice: plain(60) })
        .unwrap();
    assert!(check.problems.is_empty());
    assert_eq!(sit.notice(NoticeTopic::Sound), None);
}

#[test]
fn a_plan_is_checked_before_the_sit() {
    let house = House::new();
    let sit = house.open();
    let check = |choice: PlanChoice| {
        let problems = sit
            .engine
            .check_plan(CheckPlanArgs { choice })
            .unwrap()
            .problems;
        problems
            .into_iter()
            .map(|error| error.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(check(every(60, plain(60))), [ErrorCode::IntervalsTooLong]);
    assert_eq!(check(plain(60)), []);
}

#[test]
fn a_preview_rings_once_and_can_be_stopped() {
    let house = House::new();
    let sit = house.open();
    let bell = plain(60).end_bell;
    sit.engine
        .preview(PreviewArgs { bell: bell.clone() })
        .unwrap();
    sit.engine.stop_preview(Nothing {}).unwrap();
    assert_eq!(
        sit.bells.calls(),
        [Recorded::Preview(bell), Recorded::StopPreview]
    );
}

#[rstest]
#[case::not_a_sound("bell.wav", 4_000, ErrorCode::SoundUnreadable)]
#[case::a_gigabyte("bell.wav", 1 << 30, ErrorCode::SoundTooLarge)]
fn a_file_that_is_no_bell_is_refused_and_not_copied(
    #[case] name: &str,
    #[case] bytes: u64,
    #[case] code: ErrorCode,
) {
    let house = House::new();
    let sit = house.open();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    File::create(&path).unwrap().set_len(bytes).unwrap();
    let path = path.to_string_lossy().into_owned();
    let error = sit
        .engine
        .import_sound(ImportSoundArgs { path })
        .unwrap_err();
    assert_eq!(error.code, code);
    assert_eq!(fs::read_dir(house.dir().sounds()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    let house = House::new();
    let sit = house.open();
    let path = "/no/such/bell.wav".to_owned();
    let error = sit
        .engine
        .import_sound(ImportSoundArgs { path })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::SoundMissing);
}

#[test]
fn a_sit_with_a_bell_whose_file_went_away_begins_all_the_same() {
    let house = House::new();
    let sit = house.open();
    let mut choice = plain(60);
    choice.intervals = IntervalBells::None;
    choice.end_bell.sound = Sound::File {
        file: "gone.wav".to_owned(),
        name: "Gong".to_owned(),
    };
    sit.begin(choice);
    sit.pass(60_000);
    assert_eq!(sit.bells.kinds().len(), 2);
}
