//! Settings, and the choices that the next sit begins with.

use chrono::Weekday;
use mitta_domain::plan::MAX_PREPARATION;
use mitta_domain::settings::Theme;
use mitta_domain::{IntervalBells, Seconds, Settings};
use mitta_runtime::Signal;
use mitta_runtime::api::{Commands as _, ErrorCode, Update};
use rstest::rstest;

use crate::harness::{House, every, of, plain};

#[test]
fn the_last_choice_is_ready_at_the_next_launch() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(every(60, plain(600)));
    sit.flush();
    let told = sit.signals().into_iter().any(|signal| {
        matches!(signal, Signal::Update(Update::Settings(s)) if s.choice == every(60, plain(600)))
    });
    assert!(told, "windows hear of it");
    sit.engine.discard(of(&view)).unwrap();
    sit.quit();
    assert_eq!(
        house.open().snapshot().settings.choice,
        every(60, plain(600))
    );
}

#[test]
fn what_is_usual_in_a_country_holds_until_a_person_changes_something() {
    let mut house = House::new();
    house.usual.week_start = Weekday::Sun;
    let sit = house.open();
    assert_eq!(sit.snapshot().settings.week_start, Weekday::Sun);
    sit.begin(plain(600));
    sit.flush();
    sit.quit();
    house.usual.week_start = Weekday::Sat;
    let sit = house.open();
    assert_eq!(
        sit.snapshot().settings.week_start,
        Weekday::Sun,
        "with the first choice that is kept, the days stay where they were"
    );
}

#[test]
fn remembering_a_choice_leaves_the_other_settings_as_they_are() {
    let house = House::new();
    let sit = house.open();
    let settings = Settings {
        theme: Theme::Dark,
        day_start_hour: 3,
        ..Settings::default()
    };
    sit.engine.save_settings(settings.clone()).unwrap();
    sit.begin(plain(600));
    sit.flush();
    let expected = Settings {
        choice: plain(600),
        ..settings
    };
    assert_eq!(sit.snapshot().settings, expected);
}

#[test]
fn settings_saved_right_after_begin_are_not_undone_by_it() {
    let house = House::new();
    let sit = house.open();
    for seconds in 1..=20 {
        let view = sit.begin(plain(seconds));
        let settings = Settings {
            choice: plain(3000 + seconds),
            ..Settings::default()
        };
        sit.engine.save_settings(settings.clone()).unwrap();
        sit.flush();
        assert_eq!(sit.snapshot().settings, settings);
        sit.engine.discard(of(&view)).unwrap();
    }
}

#[rstest]
#[case::day_start(|s: &mut Settings| s.day_start_hour = 13, ErrorCode::InvalidSetting)]
#[case::preparation(
    |s: &mut Settings| s.choice.preparation_s = Seconds(MAX_PREPARATION.0 + 1),
    ErrorCode::InvalidPreparation
)]
#[case::strikes(|s: &mut Settings| s.choice.end_bell.strikes = 10, ErrorCode::InvalidBell)]
#[case::label(|s: &mut Settings| s.choice.label = Some("l".repeat(81)), ErrorCode::LabelTooLong)]
#[case::too_many_bells(
    |s: &mut Settings| s.choice.intervals = IntervalBells::At { at_s: vec![Seconds(1); 201] },
    ErrorCode::TooManyIntervals
)]
fn a_setting_out_of_its_range_is_refused_and_nothing_saved(
    #[case] spoil: fn(&mut Settings),
    #[case] code: ErrorCode,
) {
    let house = House::new();
    let sit = house.open();
    let before = house.dump();
    let mut settings = Settings::default();
    spoil(&mut settings);
    assert_eq!(sit.engine.save_settings(settings).unwrap_err().code, code);
    assert_eq!(house.dump(), before);
}

#[test]
fn bells_that_do_not_fit_the_length_yet_may_be_saved() {
    let house = House::new();
    let sit = house.open();
    let settings = Settings {
        choice: every(600, plain(60)),
        ..Settings::default()
    };
    sit.engine.save_settings(settings).unwrap();
    let error = sit.engine.begin(every(600, plain(60))).unwrap_err();
    assert_eq!(error.code, ErrorCode::IntervalsTooLong);
}
