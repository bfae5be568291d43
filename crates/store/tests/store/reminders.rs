//! Reminders: kept, changed, deleted and brought back; what rang is remembered.

use chrono::{NaiveDate, Weekday};
use mitta_domain::reminder::{
    ClockMinute, MAX_REMINDERS, QuietHours, Reminder, ReminderRefused, Reminders, Weekdays,
};
use mitta_domain::{ReminderId, UnixMillis};
use mitta_store::{KEPT_AFTER_DELETION_MS, ReadError, WriteError, Writer};

use crate::support::{Folder, T0};

const NOW: UnixMillis = UnixMillis(T0);

fn minute(minute: u16) -> ClockMinute {
    ClockMinute::new(minute).unwrap()
}

fn id(n: u16) -> ReminderId {
    format!("0197a3c2-5f00-7000-8000-{n:012}").parse().unwrap()
}

/// At so many minutes after midnight, on Mondays and Saturdays.
pub fn reminder(n: u16) -> Reminder {
    Reminder {
        reminder_id: id(n),
        weekdays: Weekdays::new([Weekday::Mon, Weekday::Sat]).unwrap(),
        at_minute: minute(n),
        is_on: true,
        since_ms: NOW,
        rung_on: None,
    }
}

pub fn quiet() -> QuietHours {
    QuietHours {
        from_minute: minute(1320),
        to_minute: minute(360),
    }
}

fn date() -> NaiveDate {
    "2026-11-21".parse().unwrap()
}

fn with(count: u16) -> (Folder, Writer) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..=count {
        writer.add_reminder(&reminder(n)).unwrap();
    }
    (folder, writer)
}

fn kept(folder: &Folder) -> Reminders {
    folder.reader().reminders().unwrap()
}

#[track_caller]
fn check_refused(
    folder: &Folder,
    before: &[String],
    refused: Result<Reminders, WriteError>,
    why: ReminderRefused,
) {
    match refused {
        Err(WriteError::Reminder(found)) => assert_eq!(found, why),
        other => panic!("{other:?}"),
    }
    assert_eq!(folder.contents(), before);
}

#[test]
fn reminders_are_kept_by_their_time_of_day() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    assert_eq!(kept(&folder), Reminders::default());
    for n in [700, 400] {
        writer.add_reminder(&reminder(n)).unwrap();
    }
    let later = NOW.plus_ms(1000);
    let told = writer.set_quiet_hours(Some(quiet()), later).unwrap();
    let as_of_then = |n| Reminder {
        since_ms: later,
        ..reminder(n)
    };
    assert_eq!(told.all, [400, 700].map(as_of_then));
    assert_eq!(told.quiet, Some(quiet()));
    assert_eq!(kept(&folder), told);
    let none = writer.set_quiet_hours(None, later).unwrap();
    assert_eq!((none.quiet, none.all), (None, told.all));
}

#[test]
fn a_changed_reminder_has_not_rung_yet() {
    let (folder, mut writer) = with(2);
    writer.claim_rings(&[(id(1), date())]).unwrap();
    assert_eq!(kept(&folder).all[0].rung_on, Some(date()));
    let changed = Reminder {
        weekdays: Weekdays::new([Weekday::Sun]).unwrap(),
        is_on: false,
        since_ms: NOW.plus_ms(5),
        ..reminder(1)
    };
    let told = writer.change_reminder(&changed).unwrap();
    assert_eq!(told.all, [changed, reminder(2)]);
    let before = folder.contents();
    let unknown = ReminderRefused::Unknown(id(7));
    check_refused(
        &folder,
        &before,
        writer.change_reminder(&reminder(7)),
        unknown,
    );
}

#[test]
fn of_two_programs_one_rings() {
    let (folder, mut writer) = with(2);
    let mut other = folder.writer();
    let (both, first) = ([(id(1), date()), (id(2), date())], [(id(1), date())]);
    assert_eq!(other.claim_rings(&first).unwrap(), first);
    assert_eq!(writer.claim_rings(&both).unwrap(), [(id(2), date())]);
    assert_eq!(other.claim_rings(&both).unwrap(), []);
    let next_day = [(id(1), date().succ_opt().unwrap())];
    assert_eq!(other.claim_rings(&next_day).unwrap(), next_day);
}

#[test]
fn a_deleted_reminder_comes_back_and_makes_up_for_nothing() {
    let (folder, mut writer) = with(2);
    writer.delete_reminder(id(1), NOW).unwrap();
    assert_eq!(kept(&folder).all, [reminder(2)]);
    let before = folder.contents();
    let unknown = ReminderRefused::Unknown(id(1));
    check_refused(
        &folder,
        &before,
        writer.delete_reminder(id(1), NOW),
        unknown,
    );
    let claimed = writer.claim_rings(&[(id(1), date())]).unwrap();
    assert!(claimed.is_empty(), "{claimed:?}");
    assert_eq!(folder.contents(), before, "what is deleted rings no more");
    let later = NOW.plus_ms(1000);
    let told = writer.restore_reminder(id(1), later).unwrap();
    assert_eq!(told.all[0].since_ms, later);
    assert_eq!(writer.restore_reminder(id(1), later).unwrap(), told);
}

#[test]
fn what_was_deleted_long_ago_is_gone_for_good() {
    let (folder, mut writer) = with(2);
    writer.delete_reminder(id(1), NOW).unwrap();
    let later = NOW.plus_ms(KEPT_AFTER_DELETION_MS + 1);
    writer.delete_reminder(id(2), later).unwrap();
    let before = folder.contents();
    let gone = writer.restore_reminder(id(1), later);
    check_refused(&folder, &before, gone, ReminderRefused::Unknown(id(1)));
}

#[test]
fn there_are_so_many_and_no_more() {
    let most = u16::try_from(MAX_REMINDERS).unwrap();
    let (folder, mut writer) = with(most);
    let before = folder.contents();
    let refused = writer.add_reminder(&reminder(most + 1));
    check_refused(&folder, &before, refused, ReminderRefused::TooMany);
    writer.delete_reminder(id(1), NOW).unwrap();
    writer.add_reminder(&reminder(most + 1)).unwrap();
    let before = folder.contents();
    let refused = writer.restore_reminder(id(1), NOW);
    check_refused(&folder, &before, refused, ReminderRefused::TooMany);
}

#[test]
fn a_damaged_reminder_is_named() {
    let (folder, _writer) = with(1);
    let spoil = "PRAGMA ignore_check_constraints = 1; UPDATE reminders SET weekdays = 0";
    folder.sqlite().execute_batch(spoil).unwrap();
    let found = folder.reader().reminders().unwrap_err();
    let is_named = matches!(
        found,
        ReadError::Corrupt {
            table: "reminders",
            column: "weekdays"
        }
    );
    assert!(is_named, "{found:?}");
}
