//! A reminder rings once, as a notification, in the real window.

use anyhow::Result;
use chrono::{Timelike as _, Weekday};
use mitta_domain::reminder::{ClockMinute, Reminder, Weekdays};
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::seed::Seed;
use mitta_tests::wait::{SOON, until};

use super::{at_once, with};

pub(super) const TOLD: [&str; 1] = ["It is time to sit."];

/// A daily reminder that was due two minutes ago, which is not too late.
pub(super) fn due(seed: &mut Seed) -> Result<Reminder> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let now = seed.now().wall_ms;
    let at = chrono::DateTime::from_timestamp_millis(now.0 - 120_000)
        .unwrap_or_default()
        .with_timezone(&seed.zone);
    let reminder = Reminder {
        reminder_id: "0197a3c2-5f00-7000-8000-000000000001".parse()?,
        weekdays: Weekdays::new([Mon, Tue, Wed, Thu, Fri, Sat, Sun])?,
        at_minute: ClockMinute::new(u16::try_from(at.hour() * 60 + at.minute())?)?,
        is_on: true,
        since_ms: now.plus_ms(-3_600_000),
        rung_on: None,
    };
    seed.reminder(&reminder)?;
    Ok(reminder)
}

#[test]
fn where_no_service_shows_it_the_window_says_so_until_one_does() {
    with(|desktop| {
        desktop.seed(|seed| {
            seed.settings(at_once)?;
            due(seed)
        })?;
        desktop.launch()?;
        let said = desktop.text("line-notification")?;
        assert!(
            said.contains("Notifications cannot be shown here"),
            "{said}"
        );
        let rung = "SELECT count(*) FROM reminders WHERE rung_on IS NOT NULL";
        assert_eq!(desktop.value::<u32>(rung)?, 1);
        // A service has come, and another program's change has it ring once more. It is looked at again
        // where another is added.
        let host = Host::without_tray(&desktop.place)?;
        let again = "UPDATE reminders SET rung_on = NULL, since_ms = since_ms - 1";
        desktop.sqlite()?.execute(again, [])?;
        desktop.click("nav-settings")?;
        desktop.click("reminder-add")?;
        until("it is shown", SOON, || Ok(host.notifications() == TOLD))?;
        desktop.wait("nothing is said any more", |it| {
            Ok(!it.has("line-notification")?)
        })
    });
}

#[test]
fn a_reminder_that_came_due_a_moment_before_the_launch_is_shown_once() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        desktop.seed(|seed| {
            seed.settings(at_once)?;
            due(seed)
        })?;
        desktop.launch()?;
        until("it is shown", SOON, || Ok(host.notifications() == TOLD))?;
        let rung: u32 =
            desktop.value("SELECT count(*) FROM reminders WHERE rung_on IS NOT NULL")?;
        assert_eq!(rung, 1);
        // Killed and started again, it has been shown.
        desktop.kill()?;
        desktop.launch()?;
        desktop.click("nav-settings")?;
        desktop.wait_for("reminder-time")?;
        assert_eq!(host.notifications(), TOLD);
        Ok(())
    });
}
