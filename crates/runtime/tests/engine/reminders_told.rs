//! What windows are told of reminders: what is next, what is quiet, which night leaves out a time.

use mitta_runtime::Signal;
use mitta_runtime::api::{
    BackUpArgs, Commands as _, ErrorCode, MovedReminder, Nothing, NoticeTopic, OfBackup, OfPreset,
    OfReminder, ReminderList, SavePresetArgs, SaveReminderArgs, Update,
};

use crate::harness::{House, Sit, instant_ms, plain};
use crate::reminders::{NowMs as _, add, daily, due, minute, rung, set_quiet, sleep_to_it};

/// What windows were told so far.
fn told(sit: &Sit) -> Vec<ReminderList> {
    let told = sit.signals().into_iter().filter_map(|signal| match signal {
        Signal::Update(Update::Reminders(list)) => Some(list),
        _ => None,
    });
    told.collect()
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
    assert!(set_quiet(&sit, "20:30", "06:00").reminders[0].is_quiet);
    let deleted = sit.engine.delete_reminder(OfReminder { reminder_id });
    assert!(deleted.unwrap().reminders.is_empty());
    let restored = sit.engine.restore_reminder(OfReminder { reminder_id });
    let restored = restored.unwrap();
    let told = told(&sit);
    assert_eq!((told.len(), told.last()), (5, Some(&restored)));
    sit.engine
        .delete_reminder(OfReminder { reminder_id })
        .unwrap();
    let again = sit.engine.delete_reminder(OfReminder { reminder_id });
    assert_eq!(again.unwrap_err().code, ErrorCode::UnknownReminder);
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
    assert_eq!(due(&sit), None);
    let seen = sit.signals().len();
    sit.engine.restore(OfBackup { path }).unwrap();
    assert_eq!(due(&sit), kept.next_ms);
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
            is_quiet: false,
        })
    );
    assert_eq!(add(&sit, "07:00").reminders[1].moved, None);
}

#[test]
fn quiet_hours_count_where_that_night_moves_it_to() {
    let house = House::new();
    let sit = house.open();
    let last_that_night = add(&sit, "02:30").next_ms;
    let into_them = set_quiet(&sit, "03:00", "06:00");
    let moved = into_them.reminders[0].moved.as_ref();
    assert_eq!(moved.map(|moved| moved.is_quiet), Some(true));
    assert_eq!(
        (into_them.reminders[0].is_quiet, into_them.next_ms),
        (false, last_that_night)
    );
    let out_of_them = set_quiet(&sit, "22:00", "03:00");
    let moved = out_of_them.reminders[0].moved.as_ref();
    assert_eq!(moved.map(|moved| moved.is_quiet), Some(false));
    let that_night = Some(instant_ms("2026-03-29T01:00:00Z"));
    assert_eq!(
        (out_of_them.reminders[0].is_quiet, out_of_them.next_ms),
        (true, that_night)
    );
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
}

#[test]
fn windows_are_told_what_is_next_when_one_rang_and_when_the_clock_was_set() {
    let house = House::new();
    let sit = house.open();
    let list = add(&sit, "20:00");
    sit.engine.remind();
    assert_eq!(told(&sit), [list], "nothing has changed");
    let check = |at: &str| {
        sit.engine.remind();
        let told = told(&sit);
        assert_eq!(told.last().unwrap().next_ms, Some(instant_ms(at)));
        assert_eq!(told.last(), sit.engine.reminders(Nothing {}).ok().as_ref());
        told.len()
    };
    sleep_to_it(&sit);
    assert_eq!(check("2026-01-15T19:00:00Z"), 2);
    sit.clock.set_wall_by(24 * 3_600_000 + 60_000);
    assert_eq!(check("2026-01-16T19:00:00Z"), 3);
    sit.clock.set_wall_by(-3 * 24 * 3_600_000);
    assert_eq!(check("2026-01-13T19:00:00Z"), 4);
}

#[test]
fn before_anybody_asks_no_window_is_told_what_is_next() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sit.quit();
    let sit = house.open();
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    assert_eq!(told(&sit), []);
    let asked = sit.engine.reminders(Nothing {}).unwrap();
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 2);
    let next = told(&sit).last().and_then(|list| list.next_ms);
    assert_eq!(next, asked.next_ms.map(|at| at.plus_ms(24 * 3_600_000)));
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
    let soon = due(&sit).unwrap();
    assert_eq!(soon, sit.clock.now_ms().plus_ms(60_000));
    other.execute_batch(&format!("{spoil} 127")).unwrap();
    sit.engine.remind();
    assert_eq!(sit.notice(NoticeTopic::Reminders), None);
    sit.begin(plain(60));
}
