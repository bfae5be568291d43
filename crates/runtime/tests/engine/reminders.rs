//! Reminders ring once, at their time, in the zone a person is in, and not into a sit.

use chrono::Weekday::{self, Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use mitta_domain::reminder::{ClockMinute, GRACE_MS, QuietHours, Weekdays};
use mitta_runtime::Signal;
use mitta_runtime::api::{
    BackUpArgs, Commands as _, ErrorCode, MovedReminder, Nothing, NoticeTopic, OfBackup, OfPreset,
    OfReminder, QuietHoursArgs, ReminderList, SavePresetArgs, SaveReminderArgs, Update,
};

use crate::harness::{House, Sit, instant_ms, of, plain};

const ALL: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

fn minute(text: &str) -> ClockMinute {
    let (h, m) = text.split_once(':').unwrap();
    ClockMinute::new(h.parse::<u16>().unwrap() * 60 + m.parse::<u16>().unwrap()).unwrap()
}

fn daily(at: &str) -> SaveReminderArgs {
    SaveReminderArgs {
        reminder_id: None,
        weekdays: Weekdays::new(ALL).unwrap(),
        at_minute: minute(at),
        is_on: true,
    }
}

fn add(sit: &Sit, at: &str) -> ReminderList {
    sit.engine.save_reminder(daily(at)).unwrap()
}

/// Looks at reminders as their thread does, and says how often one has rung by now.
fn rung(sit: &Sit) -> usize {
    sit.engine.remind();
    let signals = sit.signals().into_iter();
    signals.filter(|it| *it == Signal::Remind).count()
}

/// Sleeps to the next reminder.
fn sleep_to_it(sit: &Sit) {
    let now = sit.clock.now_ms();
    let at = sit.engine.reminder_due().unwrap();
    sit.clock.sleep(u64::try_from(at.0 - now.0).unwrap());
}

trait NowMs {
    fn now_ms(&self) -> mitta_domain::UnixMillis;
}

impl NowMs for mitta_runtime::clock::ManualClock {
    fn now_ms(&self) -> mitta_domain::UnixMillis {
        mitta_runtime::clock::Clock::now(self).wall_ms
    }
}

// A winter evening in Berlin: 19:00.

#[test]
fn a_reminder_rings_once_at_its_time_and_the_next_day_again() {
    let house = House::new();
    let sit = house.open();
    assert_eq!(sit.engine.reminder_due(), None);
    let list = add(&sit, "20:00");
    assert_eq!(list.next_ms, Some(instant_ms("2026-01-14T19:00:00Z")));
    assert_eq!(list.tz.as_deref(), Some("Europe/Berlin"));
    assert_eq!(rung(&sit), 0);
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    assert_eq!(rung(&sit), 1, "once");
    assert_eq!(
        sit.engine.reminder_due(),
        Some(instant_ms("2026-01-15T19:00:00Z"))
    );
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 2);
}

#[test]
fn several_of_one_moment_are_one() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    add(&sit, "20:00");
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
}

#[test]
fn what_rang_rings_no_more_after_a_restart() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    sit.quit();
    assert_eq!(rung(&house.open()), 0);
}

#[test]
fn started_a_little_late_it_rings_and_hours_later_not() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let dir = sit.quit();
    assert!(dir.database().exists());
    house
        .clock
        .reboot(3_600_000 + u64::try_from(GRACE_MS).unwrap());
    assert_eq!(rung(&house.open()), 1);

    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sit.clock.sleep(3 * 3_600_000);
    assert_eq!(rung(&sit), 0, "slept through by two hours");
}

#[test]
fn one_that_falls_into_a_sit_is_passed_over() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let view = sit.begin(plain(7200));
    sit.pass(3_600_000);
    assert_eq!(rung(&sit), 0);
    sit.engine.discard(of(&view)).unwrap();
    assert_eq!(rung(&sit), 0, "nor afterwards");
}

#[test]
fn one_that_falls_into_a_sit_in_a_terminal_is_passed_over_too() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let terminal = house.open_terminal();
    terminal.begin(plain(7200));
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 0);
}

#[test]
fn the_zone_that_a_person_travels_to_counts() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sit.clock.travel(Ok(chrono_tz::America::New_York));
    assert_eq!(
        sit.engine.reminder_due(),
        Some(instant_ms("2026-01-15T01:00:00Z"))
    );
    let list = sit.engine.reminders(Nothing {}).unwrap();
    assert_eq!(list.tz.as_deref(), Some("America/New_York"));
}

#[test]
fn a_clock_that_is_set_back_rings_nothing_twice() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    sit.clock.set_wall_by(-600_000);
    assert_eq!(
        sit.engine.reminder_due(),
        Some(instant_ms("2026-01-15T19:00:00Z"))
    );
    sit.clock.pass(600_000);
    assert_eq!(rung(&sit), 1);
    sit.clock.set_wall_by(24 * 3_600_000);
    assert_eq!(rung(&sit), 2, "set forward to the moment of the next day");
}

#[test]
fn what_becomes_of_reminders_is_told() {
    let house = House::new();
    let sit = house.open();
    let made = add(&sit, "20:00").reminders[0].clone();
    let reminder_id = made.reminder_id;
    let changed = sit.engine.save_reminder(SaveReminderArgs {
        reminder_id: Some(reminder_id),
        is_on: false,
        ..daily("21:00")
    });
    assert_eq!(changed.unwrap().next_ms, None);
    let quiet_hours = Some(QuietHours {
        from_minute: minute("20:30"),
        to_minute: minute("06:00"),
    });
    let quiet = sit.engine.save_quiet_hours(QuietHoursArgs { quiet_hours });
    assert!(quiet.unwrap().reminders[0].is_quiet);
    let deleted = sit.engine.delete_reminder(OfReminder { reminder_id });
    assert!(deleted.unwrap().reminders.is_empty());
    let restored = sit.engine.restore_reminder(OfReminder { reminder_id });
    let restored = restored.unwrap();
    let told = sit.signals().into_iter().filter_map(|signal| match signal {
        Signal::Update(Update::Reminders(list)) => Some(list),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!((told.len(), told.last()), (5, Some(&restored)));
    sit.engine
        .delete_reminder(OfReminder { reminder_id })
        .unwrap();
    let again = sit.engine.delete_reminder(OfReminder { reminder_id });
    assert_eq!(again.unwrap_err().code, ErrorCode::UnknownReminder);
}

#[test]
fn in_quiet_hours_nothing_rings() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let quiet_hours = Some(QuietHours {
        from_minute: minute("19:30"),
        to_minute: minute("20:30"),
    });
    sit.engine
        .save_quiet_hours(QuietHoursArgs { quiet_hours })
        .unwrap();
    assert_eq!(sit.engine.reminder_due(), None);
    sit.clock.pass(3_600_000);
    assert_eq!(rung(&sit), 0);
}

#[test]
fn what_was_quiet_a_moment_ago_is_not_made_up_for() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let quiet = |quiet_hours| sit.engine.save_quiet_hours(QuietHoursArgs { quiet_hours });
    quiet(Some(QuietHours {
        from_minute: minute("19:30"),
        to_minute: minute("20:30"),
    }))
    .unwrap();
    sit.clock.pass(3_600_000 + 300_000);
    quiet(None).unwrap();
    assert_eq!(rung(&sit), 0);
    assert_eq!(
        sit.engine.reminder_due(),
        Some(instant_ms("2026-01-15T19:00:00Z"))
    );
}

#[test]
fn of_two_programs_on_one_folder_one_rings() {
    let house = House::new();
    let (sit, other) = (house.open(), house.open_terminal());
    add(&sit, "20:00");
    sleep_to_it(&sit);
    assert_eq!(rung(&other), 1);
    assert_eq!(rung(&sit), 0);
}

#[test]
fn a_restored_copy_brings_its_presets_and_reminders_and_windows_are_told() {
    let house = House::new();
    let sit = house.open();
    let kept = add(&sit, "20:00");
    let preset = sit.engine.save_preset(SavePresetArgs {
        preset_id: None,
        name: "Morning".to_owned(),
        choice: plain(600),
    });
    let preset = preset.unwrap();
    let args = BackUpArgs {
        path: None,
        replaces: false,
    };
    let path = sit.engine.back_up(args).unwrap().path;
    let reminder_id = kept.reminders[0].reminder_id;
    sit.engine
        .delete_reminder(OfReminder { reminder_id })
        .unwrap();
    let preset_id = preset.preset_id;
    sit.engine.delete_preset(OfPreset { preset_id }).unwrap();
    assert_eq!(sit.engine.reminder_due(), None);
    let seen = sit.signals().len();
    sit.engine.restore(OfBackup { path }).unwrap();
    assert_eq!(sit.engine.reminder_due(), kept.next_ms);
    for told in [Update::Presets(vec![preset]), Update::Reminders(kept)] {
        let told = Signal::Update(told);
        sit.ears.until_after(seen, |signal| *signal == told);
    }
}

#[test]
fn a_night_that_leaves_out_its_time_is_said() {
    let house = House::new();
    let sit = house.open();
    let list = add(&sit, "02:30");
    let moved = list.reminders[0].moved.clone();
    assert_eq!(
        moved,
        Some(MovedReminder {
            local_date: "2026-03-29".to_owned(),
            at_minute: minute("03:00"),
        })
    );
    assert_eq!(add(&sit, "07:00").reminders[1].moved, None);
}

#[test]
fn reminders_that_cannot_be_read_are_said_and_looked_at_again() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let spoil = "PRAGMA ignore_check_constraints = 1; UPDATE reminders SET weekdays = ";
    let other = house.other_program();
    other.execute_batch(&format!("{spoil} 0")).unwrap();
    sit.engine.remind();
    let said = sit.notice(NoticeTopic::Reminders).unwrap();
    assert_eq!(said.code, ErrorCode::DatabaseUnusable);
    let soon = sit.engine.reminder_due().unwrap();
    assert_eq!(soon, sit.clock.now_ms().plus_ms(60_000));
    other.execute_batch(&format!("{spoil} 127")).unwrap();
    sit.engine.remind();
    assert_eq!(sit.notice(NoticeTopic::Reminders), None);
    sit.begin(plain(60));
}

#[test]
fn the_thread_rings_and_ends_with_the_engine() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "19:00");
    // Due a minute ago by a clock that stands: the first look of the thread finds it.
    sit.clock.set_wall_by(24 * 3_600_000 + 60_000);
    sit.engine.start_reminding().unwrap();
    sit.ears.until(|signal| *signal == Signal::Remind);
    sit.engine.start_reminding().unwrap();
    sit.engine.stop();
    let rung = sit.ears.all(&sit.engine);
    let rung = rung.iter().filter(|it| **it == Signal::Remind).count();
    assert_eq!(rung, 1);
    assert!(sit.engine.start_reminding().is_err(), "it has been stopped");
}
