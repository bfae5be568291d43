//! Sleeps to an absolute time on one clock, and can be interrupted: [`Alarm`] on the clock that counts
//! suspend, [`WallAlarm`] on the wall clock, which wakes up when that is set, too.
//!
//! Must hold: a time that passes in suspend is seen at waking. Whoever waited looks at the clock
//! afterwards.

#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(target_os = "linux")]
mod timerfd;

use std::io;

use mitta_domain::UnixMillis;
#[cfg(not(target_os = "linux"))]
use portable::Sleeper;
#[cfg(target_os = "linux")]
use timerfd::Sleeper;

/// The clock that is slept on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// Milliseconds since the machine was started, suspend included.
    Boot,
    /// Milliseconds since 1970.
    Wall,
}

/// One sleeper; any number of threads may [`Alarm::interrupt`] it.
#[derive(Debug)]
pub struct Alarm(Sleeper);

impl Alarm {
    /// # Errors
    /// What the system says when it has no file descriptors left.
    pub fn new() -> io::Result<Self> {
        Sleeper::new(On::Boot).map(Self)
    }

    /// Returns when `deadline_boot_ms` has come (never before), or when interrupted. Without
    /// a deadline, only when interrupted.
    ///
    /// # Errors
    /// What the system says; it does not for a valid descriptor.
    pub fn wait(&self, deadline_boot_ms: Option<u64>) -> io::Result<()> {
        self.0.wait(deadline_boot_ms)
    }

    /// Ends the present or the next [`Alarm::wait`].
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

/// One sleeper; any number of threads may [`WallAlarm::interrupt`] it.
#[derive(Debug)]
pub struct WallAlarm(Sleeper);

impl WallAlarm {
    /// # Errors
    /// What the system says when it has no file descriptors left.
    pub fn new() -> io::Result<Self> {
        Sleeper::new(On::Wall).map(Self)
    }

    /// Returns when `at` has come, when the clock was set, or when interrupted. Without a time, only
    /// when interrupted.
    ///
    /// # Errors
    /// What the system says; it does not for a valid descriptor.
    pub fn wait(&self, at: Option<UnixMillis>) -> io::Result<()> {
        // A time before 1970 is none that a clock waits for.
        self.0.wait(at.map(|at| u64::try_from(at.0).unwrap_or(0)))
    }

    /// Ends the present or the next [`WallAlarm::wait`].
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    #[test]
    fn the_wall_alarm_waits_for_its_time_and_not_longer() {
        let alarm = WallAlarm::new().unwrap();
        let clock = SystemClock::new();
        alarm.wait(Some(UnixMillis(-5))).unwrap();
        let at = clock.now().wall_ms.plus_ms(30);
        alarm.wait(Some(at)).unwrap();
        assert!(clock.now().wall_ms >= at);
    }

    #[test]
    fn an_interrupt_ends_one_wait_also_one_that_comes_after_it() {
        let alarm = WallAlarm::new().unwrap();
        let far = SystemClock::new().now().wall_ms.plus_ms(3_600_000);
        alarm.interrupt();
        alarm.wait(Some(far)).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| alarm.interrupt());
            alarm.wait(None).unwrap();
        });
    }
}
