//! Sleeps to an absolute time of the wall clock, and wakes up when that clock is set.
//!
//! Linux: a `timerfd` on `CLOCK_REALTIME` that is cancelled when the clock is set
//! (`TFD_TIMER_CANCEL_ON_SET`, `timerfd_create(2)`), and an `eventfd` to interrupt. It counts suspend:
//! what came due in it is seen at waking. Elsewhere a condition variable, which looks at the clock
//! again twice a minute while a time stands.

#[cfg(not(target_os = "linux"))]
pub use portable::WallAlarm;
#[cfg(target_os = "linux")]
pub use timerfd::WallAlarm;

#[cfg(target_os = "linux")]
mod timerfd {
    use std::io;
    use std::os::fd::OwnedFd;

    use mitta_domain::UnixMillis;
    use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
    use rustix::io::{Errno, read, write};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    /// One sleeper; any number of threads may [`WallAlarm::interrupt`] it.
    #[derive(Debug)]
    pub struct WallAlarm {
        timer: OwnedFd,
        interrupt: OwnedFd,
    }

    impl WallAlarm {
        /// # Errors
        /// What the system says when it has no file descriptors left.
        pub fn new() -> io::Result<Self> {
            let timer = timerfd_create(
                TimerfdClockId::Realtime,
                TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
            )?;
            let interrupt = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
            Ok(Self { timer, interrupt })
        }

        /// Returns when `at` has come, when the clock was set, or when interrupted: whoever waits
        /// looks at the clock afterwards. Without a time, only when interrupted.
        ///
        /// # Errors
        /// What the system says; it does not for a valid descriptor.
        pub fn wait(&self, at: Option<UnixMillis>) -> io::Result<()> {
            let zero = Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            // A zero time would disarm the timer, and one before 1970 is none.
            let value = at.map_or(zero, |at| Timespec {
                tv_sec: at.0.div_euclid(1000).max(0),
                tv_nsec: (at.0.rem_euclid(1000) * 1_000_000).max(1),
            });
            let spec = Itimerspec {
                it_interval: zero,
                it_value: value,
            };
            let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
            match timerfd_settime(&self.timer, flags, &spec) {
                Ok(_) => {}
                // Set between two waits.
                Err(Errno::CANCELED) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            let mut fds = [
                PollFd::new(&self.timer, PollFlags::IN),
                PollFd::new(&self.interrupt, PollFlags::IN),
            ];
            while let Err(error) = poll(&mut fds, None) {
                if error != Errno::INTR {
                    return Err(error.into());
                }
            }
            for fd in [&self.timer, &self.interrupt] {
                match read(fd, &mut [0u8; 8]) {
                    Ok(_) | Err(Errno::AGAIN | Errno::CANCELED) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        }

        /// Ends the present or the next [`WallAlarm::wait`].
        pub fn interrupt(&self) {
            // As of `Alarm::interrupt`.
            let _readable_already = write(&self.interrupt, &1u64.to_ne_bytes());
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::clock::{Clock as _, SystemClock};

        #[test]
        fn it_waits_for_its_time_and_not_longer() {
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
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::io;
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    use mitta_domain::UnixMillis;

    use crate::clock::{Clock as _, SystemClock};
    use crate::locked;

    /// No system call here tells that the clock was set.
    const LOOK_AGAIN: Duration = Duration::from_secs(30);

    /// One sleeper; any number of threads may [`WallAlarm::interrupt`] it.
    #[derive(Debug, Default)]
    pub struct WallAlarm {
        interrupted: Mutex<bool>,
        changed: Condvar,
        clock: SystemClock,
    }

    impl WallAlarm {
        /// # Errors
        /// Never here.
        pub fn new() -> io::Result<Self> {
            Ok(Self::default())
        }

        /// Returns when `at` has come, or when interrupted. Without a time, only when interrupted.
        ///
        /// # Errors
        /// Never here.
        pub fn wait(&self, at: Option<UnixMillis>) -> io::Result<()> {
            let mut interrupted = locked(&self.interrupted);
            while !*interrupted {
                let left_ms = at.map(|at| at.0.saturating_sub(self.clock.now().wall_ms.0));
                let wait = match left_ms.map(u64::try_from) {
                    Some(Ok(0) | Err(_)) => return Ok(()),
                    Some(Ok(ms)) => Duration::from_millis(ms).min(LOOK_AGAIN),
                    None => Duration::from_secs(3600),
                };
                interrupted = self
                    .changed
                    .wait_timeout(interrupted, wait)
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .0;
            }
            *interrupted = false;
            Ok(())
        }

        /// Ends the present or the next [`WallAlarm::wait`].
        pub fn interrupt(&self) {
            *locked(&self.interrupted) = true;
            self.changed.notify_all();
        }
    }
}
