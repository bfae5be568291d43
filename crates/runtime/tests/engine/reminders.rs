//! Reminders ring once, at their time, in the zone a person is in, and not into a sit.

use chrono::Weekday::{self, Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use mitta_domain::UnixMillis;
use mitta_domain::reminder::{ClockMinute, GRACE_MS, QuietHours, Weekdays};
use mitta_runtime::Signal;
use mitta_runtime::api::{
    ApiError, Commands as _, Nothing, QuietHoursArgs, ReminderList, ReminderView, SaveReminderArgs,
};

use crate::harness::{House, Sit, instant_ms, of, plain};

const ALL: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

pub fn minute(text: &str) -> ClockMinute {
    let (h, m) = text.split_once(':').unwrap();
    ClockMinute::new(h.parse::<u16>().unwrap() * 60 + m.parse::<u16>().unwrap()).unwrap()
}

pub fn daily(at: &str) -> SaveReminderArgs {
    SaveReminderArgs {
        reminder_id: None,
        weekdays: Weekdays::new(ALL).unwrap(),
        at_minute: minute(at),
        is_on: true,
    }
}

pub fn add(sit: &Sit, at: &str) -> ReminderList {
    sit.engine.save_reminder(daily(at)).unwrap()
}

/// Looks at reminders as their thread does, and says how often one has rung by now.
pub fn rung(sit: &Sit) -> usize {
    sit.engine.remind();
    let signals = sit.signals().into_iter();
    signals.filter(|it| *it == Signal::Remind).count()
}

/// When the next one rings, as of now.
pub fn due(sit: &Sit) -> Option<UnixMillis> {
    sit.engine.reminder_due(sit.clock.now_ms())
}

pub fn change(sit: &Sit, to: &ReminderView, at: &str) -> Result<ReminderList, ApiError> {
    sit.engine.save_reminder(SaveReminderArgs {
        reminder_id: Some(to.reminder_id),
        ..daily(at)
    })
}

pub fn set_quiet(sit: &Sit, from: &str, to: &str) -> ReminderList {
    let quiet_hours = Some(QuietHours {
        from_minute: minute(from),
        to_minute: minute(to),
    });
    let quiet = sit.engine.save_quiet_hours(QuietHoursArgs { quiet_hours });
    quiet.unwrap()
}

/// Sleeps to the next reminder.
pub fn sleep_to_it(sit: &Sit) {
    let now = sit.clock.now_ms();
    let at = due(sit).unwrap();
    sit.clock.sleep(u64::try_from(at.0 - now.0).unwrap());
}

pub trait NowMs {
    fn now_ms(&self) -> UnixMillis;
}

impl NowMs for mitta_runtime::clock::ManualClock {
    fn now_ms(&self) -> UnixMillis {
        mitta_runtime::clock::Clock::now(self).wall_ms
    }
}

// A winter evening in Berlin: 19:00.

#[test]
fn a_reminder_rings_once_at_its_time_and_the_next_day_again() {
    let house = House::new();
    let sit = house.open();
    assert_eq!(due(&sit), None);
    let list = add(&sit, "20:00");
    assert_eq!(list.next_ms, Some(instant_ms("2026-01-14T19:00:00Z")));
    assert_eq!(list.tz.as_deref(), Some("Europe/Berlin"));
    assert_eq!(rung(&sit), 0);
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    assert_eq!(rung(&sit), 1, "once");
    assert_eq!(due(&sit), Some(instant_ms("2026-01-15T19:00:00Z")));
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
    assert_eq!(due(&sit), Some(instant_ms("2026-01-15T01:00:00Z")));
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
    assert_eq!(due(&sit), Some(instant_ms("2026-01-15T19:00:00Z")));
    sit.clock.pass(600_000);
    assert_eq!(rung(&sit), 1);
    sit.clock.set_wall_by(24 * 3_600_000);
    assert_eq!(rung(&sit), 2, "set forward to the moment of the next day");
}

#[test]
fn in_quiet_hours_nothing_rings() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    set_quiet(&sit, "19:30", "20:30");
    assert_eq!(due(&sit), None);
    sit.clock.pass(3_600_000);
    assert_eq!(rung(&sit), 0);
}

#[test]
fn what_was_quiet_a_moment_ago_is_not_made_up_for() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    set_quiet(&sit, "19:30", "20:30");
    sit.clock.pass(3_600_000 + 300_000);
    let none = QuietHoursArgs { quiet_hours: None };
    sit.engine.save_quiet_hours(none).unwrap();
    assert_eq!(rung(&sit), 0);
    assert_eq!(due(&sit), Some(instant_ms("2026-01-15T19:00:00Z")));
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
fn what_is_claimed_or_changed_elsewhere_between_look_and_claim_does_not_ring_here() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    let other = house.other_program();
    // As the claim finds it: the row as it was read is not there to be changed any more.
    let elsewhere = "CREATE TRIGGER elsewhere BEFORE UPDATE ON reminders \
                     BEGIN SELECT RAISE(IGNORE); END";
    other.execute_batch(elsewhere).unwrap();
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 0);
    other.execute_batch("DROP TRIGGER elsewhere").unwrap();
    assert_eq!(rung(&sit), 1, "it has not rung here, so it still may");
}

#[test]
fn what_becomes_due_while_it_looks_rings_at_once() {
    let house = House::new();
    let sit = house.open();
    add(&sit, "20:00");
    sit.clock.pass(3_600_000 - 1);
    let looked_at = sit.engine.remind();
    sit.clock.pass(60_000);
    let due = sit.engine.reminder_due(looked_at);
    assert_eq!(due, Some(instant_ms("2026-01-14T19:00:00Z")));
    assert_eq!(rung(&sit), 1);
}

#[test]
fn a_changed_reminder_rings_again_that_day() {
    let house = House::new();
    let sit = house.open();
    let list = add(&sit, "20:00");
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    change(&sit, &list.reminders[0], "20:10").unwrap();
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 2);
}

#[test]
fn on_a_disk_that_cannot_be_written_it_rings_once_also_where_a_change_is_refused() {
    let house = House::new();
    let sit = house.open();
    let list = add(&sit, "20:00");
    let refuse = "CREATE TRIGGER refused BEFORE UPDATE ON reminders \
                  BEGIN SELECT RAISE(ABORT, 'a test'); END";
    house.other_program().execute_batch(refuse).unwrap();
    sleep_to_it(&sit);
    assert_eq!(rung(&sit), 1);
    change(&sit, &list.reminders[0], "20:00").unwrap_err();
    assert_eq!(rung(&sit), 1);
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
