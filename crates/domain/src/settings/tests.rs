//! The defaults, and the shape that windows send and get.

use rstest::rstest;

use super::*;
use crate::testing::check_shape;

#[rstest]
#[case(0)]
#[case(4)]
#[case(12)]
fn a_day_may_start_until_noon(#[case] day_start_hour: u8) {
    assert_eq!(
        Settings {
            day_start_hour,
            ..Settings::default()
        }
        .check(),
        Ok(())
    );
}

#[rstest]
#[case(13)]
#[case(24)]
#[case(255)]
fn a_day_does_not_start_in_the_afternoon(#[case] day_start_hour: u8) {
    let refused = Settings {
        day_start_hour,
        ..Settings::default()
    }
    .check()
    .unwrap_err();
    assert_eq!(refused, DayStartOutOfRange(day_start_hour).into());
    let sentence = format!("a day starts at an hour from 0 to 12, not {day_start_hour}");
    assert_eq!(refused.to_string(), sentence);
}

#[rstest]
#[case(None, true)]
#[case(Some(1), true)]
#[case(Some(604_800), true)]
#[case(Some(0), false)]
#[case(Some(604_801), false)]
fn a_weekly_goal_fits_into_a_week(#[case] goal_s: Option<u32>, #[case] is_one: bool) {
    let weekly_goal_s = goal_s.map(Seconds);
    let checked = Settings {
        weekly_goal_s,
        ..Settings::default()
    }
    .check();
    let refused = weekly_goal_s.filter(|_| !is_one);
    assert_eq!(checked.err(), refused.map(InvalidSettings::WeeklyGoal));
}

#[test]
fn rest_days_are_written_from_monday_on_each_once() {
    let read: RestDays = serde_json::from_str(r#"["Sun","Tue","Sun"]"#).unwrap();
    check_shape(&read, r#"["Tue","Sun"]"#);
    assert!(serde_json::from_str::<RestDays>(r#"["Someday"]"#).is_err());
}

#[rstest]
#[case(0, false)]
#[case(79, false)]
#[case(80, true)]
#[case(200, true)]
#[case(201, false)]
fn text_has_eighty_to_two_hundred_percent_of_its_usual_size(
    #[case] text_percent: u16,
    #[case] is_well: bool,
) {
    let settings = Settings {
        text_percent,
        ..Settings::default()
    };
    let refused = InvalidSettings::TextSize(text_percent);
    assert_eq!(
        settings.check(),
        if is_well { Ok(()) } else { Err(refused) }
    );
}

#[test]
fn the_defaults_are_those_of_the_product_in_the_shape_that_windows_know() {
    check_shape(
        &Settings::default(),
        concat!(
            r#"{"choice":{"planned_s":1200,"preparation_s":10,"#,
            r#""start_bell":{"sound":{"kind":"bowl"},"strikes":3,"volume":80},"#,
            r#""intervals":{"kind":"none"},"#,
            r#""interval_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":60},"#,
            r#""end_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":80},"#,
            r#""at_end":"stop","label":null},"#,
            r#""theme":"system","language":"system","text_percent":100,"dial":"ring_and_time","keep_display_awake":false,"#,
            r#""prevent_suspend":true,"ask_mood":false,"notify_at_end":"when_hidden","#,
            r#""day_start_hour":4,"week_start":"Mon","close_to_tray":true,"#,
            r#""weekly_goal_s":null,"show_streak":false,"rest_days":[],"shortcut":null}"#,
        ),
    );
}

#[test]
fn every_choice_has_its_name() {
    check_shape(
        &[Theme::System, Theme::Light, Theme::Dark],
        r#"["system","light","dark"]"#,
    );
    check_shape(
        &[Language::System, Language::En, Language::De],
        r#"["system","en","de"]"#,
    );
    check_shape(
        &[Dial::RingAndTime, Dial::Ring, Dial::Nothing],
        r#"["ring_and_time","ring","nothing"]"#,
    );
    check_shape(
        &[NotifyAtEnd::WhenHidden, NotifyAtEnd::Never],
        r#"["when_hidden","never"]"#,
    );
}
