//! Settings: typed columns, one row, defaults until something is saved.

use std::fs::{self, File};

use chrono::Weekday;
use mitta_domain::settings::{Dial, Language, NotifyAtEnd, RestDays, Theme};
use mitta_domain::{
    IntervalBells, PlanChoice, Seconds, Settings, Shortcut, ShortcutDoes, ShortcutKeys, Sound,
};
use mitta_store::{OpenError, ReadError, WriteError, language};

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

/// By a program that has to speak before it opens anything.
#[test]
fn the_language_is_seen_at_a_glance_that_makes_nothing_and_waits_for_nobody() {
    let folder = Folder::new();
    assert_eq!(language(&folder.dir).unwrap(), Language::System);
    assert!(!folder.dir.path().exists(), "looking creates nothing");
    let mut writer = folder.writer();
    assert_eq!(language(&folder.dir).unwrap(), Language::System);
    let german = Settings {
        language: Language::De,
        ..Settings::default()
    };
    writer.save_settings(&german).unwrap();
    // Somebody opens it, and somebody writes.
    let gate = File::open(folder.dir.path().join("open.lock")).unwrap();
    gate.lock().unwrap();
    let other = folder.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(language(&folder.dir).unwrap(), Language::De);
    drop((gate, other, writer));
    let alone = folder.sqlite();
    alone
        .execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE")
        .unwrap();
    let found = language(&folder.dir);
    assert!(matches!(found, Err(OpenError::Busy)), "{found:?}");
}

#[test]
fn the_language_of_a_history_that_cannot_be_used_is_not_known() {
    let folder = Folder::new();
    folder.writer().save_settings(&Settings::default()).unwrap();
    folder
        .sqlite()
        .execute_batch(
            "INSERT INTO refinery_schema_history VALUES (99, 'future', '2030-01-01T00:00:00Z', '1')",
        )
        .unwrap();
    let found = language(&folder.dir);
    assert!(matches!(found, Err(OpenError::Newer { .. })), "{found:?}");
    fs::write(folder.dir.database(), "no database at all").unwrap();
    assert!(language(&folder.dir).is_err());
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
