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
    assert_eq!(refused, DayStartOutOfRange(day_start_hour));
    let sentence = format!("a day starts at an hour from 0 to 12, not {day_start_hour}");
    assert_eq!(refused.to_string(), sentence);
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
            r#""theme":"system","dial":"ring_and_time","keep_display_awake":false,"#,
            r#""prevent_suspend":true,"ask_mood":false,"notify_at_end":"when_hidden","#,
            r#""day_start_hour":4,"week_start":"Mon","close_to_tray":true}"#,
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
        &[Dial::RingAndTime, Dial::Ring, Dial::Nothing],
        r#"["ring_and_time","ring","nothing"]"#,
    );
    check_shape(
        &[NotifyAtEnd::WhenHidden, NotifyAtEnd::Never],
        r#"["when_hidden","never"]"#,
    );
}
