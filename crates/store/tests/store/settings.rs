//! Settings: typed columns, one row, defaults until something is saved.

use chrono::Weekday;
use mitta_domain::settings::{Dial, Language, NotifyAtEnd, RestDays, Theme};
use mitta_domain::{
    IntervalBells, PlanChoice, Seconds, Settings, Shortcut, ShortcutDoes, ShortcutKeys, Sound,
};
use mitta_store::{ReadError, WriteError};

use crate::support::Folder;

pub fn shortcut() -> Shortcut {
    Shortcut {
        keys: ShortcutKeys::parse("Ctrl+Alt+M").unwrap(),
        does: ShortcutDoes::Begin,
    }
}

#[test]
fn settings_are_the_defaults_until_saved_and_then_what_was_saved() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    assert_eq!(folder.reader().settings().unwrap(), Settings::default());
    let mut choice = PlanChoice {
        planned_s: None,
        intervals: IntervalBells::At {
            at_s: vec![Seconds(5), Seconds(3)],
        },
        label: Some("metta".into()),
        ..PlanChoice::default()
    };
    choice.end_bell.sound = Sound::File {
        file: "a.flac".into(),
        name: "Großer Gong".into(),
    };
    let changed = Settings {
        choice,
        theme: Theme::Dark,
        language: Language::De,
        text_percent: 200,
        dial: Dial::Nothing,
        keep_display_awake: true,
        prevent_suspend: false,
        ask_mood: true,
        notify_at_end: NotifyAtEnd::Never,
        day_start_hour: 12,
        week_start: Weekday::Sun,
        close_to_tray: false,
        weekly_goal_s: Some(Seconds(9000)),
        show_streak: true,
        rest_days: RestDays([Weekday::Sun, Weekday::Wed].into_iter().collect()),
        shortcut: Some(shortcut()),
    };
    for settings in [&changed, &Settings::default(), &changed] {
        writer.save_settings(settings).unwrap();
        assert_eq!(&folder.reader().settings().unwrap(), settings);
    }
    assert_eq!(folder.value::<i64>("SELECT count(*) FROM settings"), 1);
}

#[test]
fn every_value_of_a_setting_can_be_saved() {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let folder = Folder::new();
    let mut writer = folder.writer();
    let mut check = |settings: Settings| {
        writer.save_settings(&settings).unwrap();
        assert_eq!(folder.reader().settings().unwrap(), settings);
    };
    for week_start in [Mon, Tue, Wed, Thu, Fri, Sat, Sun] {
        check(Settings {
            week_start,
            ..Settings::default()
        });
    }
    for theme in [Theme::System, Theme::Light, Theme::Dark] {
        check(Settings {
            theme,
            ..Settings::default()
        });
    }
    for language in [Language::System, Language::En, Language::De] {
        check(Settings {
            language,
            ..Settings::default()
        });
    }
    for text_percent in [80, 100, 200] {
        check(Settings {
            text_percent,
            ..Settings::default()
        });
    }
    for dial in [Dial::RingAndTime, Dial::Ring, Dial::Nothing] {
        check(Settings {
            dial,
            ..Settings::default()
        });
    }
    for notify_at_end in [NotifyAtEnd::WhenHidden, NotifyAtEnd::Never] {
        check(Settings {
            notify_at_end,
            ..Settings::default()
        });
    }
}

#[test]
fn a_setting_out_of_its_range_is_refused_and_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let wrong = Settings {
        day_start_hour: 13,
        ..Settings::default()
    };
    assert!(matches!(
        writer.save_settings(&wrong),
        Err(WriteError::InvalidSettings(_))
    ));
    assert_eq!(folder.value::<i64>("SELECT count(*) FROM settings"), 0);
}

#[test]
fn a_damaged_setting_is_named() {
    let folder = Folder::new();
    folder.writer().save_settings(&Settings::default()).unwrap();
    folder
        .sqlite()
        .execute("UPDATE settings SET choice = '{}'", [])
        .unwrap();
    let found = folder.reader().settings();
    assert!(
        matches!(
            found,
            Err(ReadError::Corrupt {
                table: "settings",
                column: "choice"
            })
        ),
        "{found:?}"
    );
}
