//! Sleeps to an absolute deadline on the suspend-aware clock, and can be interrupted.
//!
//! Linux: a `timerfd` on `CLOCK_BOOTTIME` and an `eventfd` to interrupt, so that a deadline that
//! passes in suspend is seen at waking. Elsewhere a condition variable, which does not count
//! suspend, looks at the clock again at least once a second while a deadline stands.

mod wall;

#[cfg(not(target_os = "linux"))]
pub use portable::Alarm;
#[cfg(target_os = "linux")]
pub use timerfd::Alarm;
pub use wall::WallAlarm;

#[cfg(target_os = "linux")]
mod timerfd {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
    use rustix::io::{Errno, read, write};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    /// One sleeper; any number of threads may [`Alarm::interrupt`] it.
    #[derive(Debug)]
    pub struct Alarm {
        timer: OwnedFd,
        interrupt: OwnedFd,
    }

    impl Alarm {
        /// # Errors
        /// What the system says when it has no file descriptors left.
        pub fn new() -> io::Result<Self> {
            let timer = timerfd_create(
                TimerfdClockId::Boottime,
                TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
            )?;
            let interrupt = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
            Ok(Self { timer, interrupt })
        }

        /// Returns when `deadline_boot_ms` has come (never before), or when interrupted. Without
        /// a deadline, only when interrupted.
        ///
        /// # Errors
        /// What the system says; it does not for a valid descriptor.
        pub fn wait(&self, deadline_boot_ms: Option<u64>) -> io::Result<()> {
            let zero = Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            // A zero time would disarm the timer instead of ringing at once.
            let at = deadline_boot_ms.map_or(zero, |ms| Timespec {
                tv_sec: i64::try_from(ms / 1000).unwrap_or(i64::MAX),
                tv_nsec: i64::try_from(ms % 1000 * 1_000_000).unwrap_or(0).max(1),
            });
            let spec = Itimerspec {
                it_interval: zero,
                it_value: at,
            };
            timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &spec)?;
            let mut fds = [
                PollFd::new(&self.timer, PollFlags::IN),
                PollFd::new(&self.interrupt, PollFlags::IN),
            ];
            while let Err(error) = poll(&mut fds, None) {
                if error != Errno::INTR {
                    return Err(error.into());
                }
            }
            let mut count = [0u8; 8];
            match read(&self.interrupt, &mut count) {
                Ok(_) | Err(Errno::AGAIN) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }

        /// Ends the present or the next [`Alarm::wait`].
        pub fn interrupt(&self) {
            // The counter saturates only after 2^64 − 2 unread interrupts, and is then readable.
            let _readable_already = write(&self.interrupt, &1u64.to_ne_bytes());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::io;
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    use crate::clock::{Clock as _, SystemClock};
    use crate::locked;

    /// One sleeper; any number of threads may [`Alarm::interrupt`] it.
    #[derive(Debug, Default)]
    pub struct Alarm {
        interrupted: Mutex<bool>,
        changed: Condvar,
        clock: SystemClock,
    }

    impl Alarm {
        /// # Errors
        /// Never here.
        pub fn new() -> io::Result<Self> {
            Ok(Self::default())
        }

        /// Returns when `deadline_boot_ms` has come (never before), or when interrupted.
        ///
        /// # Errors
        /// Never here.
        pub fn wait(&self, deadline_boot_ms: Option<u64>) -> io::Result<()> {
            let mut interrupted = locked(&self.interrupted);
            while !*interrupted {
                let left_ms =
                    deadline_boot_ms.map(|at| at.saturating_sub(self.clock.now().boot_ms));
                let wait = match left_ms {
                    Some(0) => return Ok(()),
                    Some(ms) => Duration::from_millis(ms.min(1000)),
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

        /// Ends the present or the next [`Alarm::wait`].
        pub fn interrupt(&self) {
            *locked(&self.interrupted) = true;
            self.changed.notify_all();
        }
    }
}
