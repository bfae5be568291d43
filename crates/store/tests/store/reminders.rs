//! Reminders: kept, changed, deleted and brought back; what rang is remembered.

use chrono::Weekday;
use mitta_domain::reminder::{
    ClockMinute, MAX_REMINDERS, QuietHours, Reminder, ReminderRefused, Reminders, Ring, Weekdays,
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

/// Of [`reminder`] as it was added.
pub fn ring(n: u16, date: &str) -> Ring {
    Ring {
        reminder_id: id(n),
        since_ms: NOW,
        local_date: date.parse().unwrap(),
        at_ms: NOW,
    }
}

fn rings(n: u16) -> Ring {
    ring(n, "2026-11-21")
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
    writer.claim_rings(&[rings(1)]).unwrap();
    assert_eq!(kept(&folder).all[0].rung_on, Some(rings(1).local_date));
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
    let (both, first) = ([rings(1), rings(2)], [rings(1)]);
    assert_eq!(other.claim_rings(&first).unwrap(), first);
    assert_eq!(writer.claim_rings(&both).unwrap(), [rings(2)]);
    assert_eq!(other.claim_rings(&both).unwrap(), []);
    let next_day = [ring(1, "2026-11-22")];
    assert_eq!(other.claim_rings(&next_day).unwrap(), next_day);
}

#[test]
fn what_was_changed_since_it_was_read_does_not_ring_as_it_was() {
    let later = NOW.plus_ms(5);
    let check = |case: &str, change: &dyn Fn(&mut Writer)| {
        let (folder, mut writer) = with(1);
        change(&mut folder.writer());
        let before = folder.contents();
        assert_eq!(writer.claim_rings(&[rings(1)]).unwrap(), [], "{case}");
        assert_eq!(folder.contents(), before, "{case}");
    };
    let put = |reminder: Reminder| {
        move |writer: &mut Writer| {
            writer.change_reminder(&reminder).unwrap();
        }
    };
    let to_another_time = Reminder {
        at_minute: minute(700),
        since_ms: later,
        ..reminder(1)
    };
    check("another time", &put(to_another_time));
    // By a clock that shows the same moment again.
    let off = Reminder {
        is_on: false,
        ..reminder(1)
    };
    check("switched off", &put(off));
    check("quiet hours", &|writer| {
        writer.set_quiet_hours(Some(quiet()), later).unwrap();
    });
    check("deleted", &|writer| {
        writer.delete_reminder(id(1), later).unwrap();
    });
    check("deleted and brought back", &|writer| {
        writer.delete_reminder(id(1), later).unwrap();
        writer.restore_reminder(id(1), later).unwrap();
    });
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
