//! Linux: a `timerfd` on `CLOCK_BOOTTIME` or `CLOCK_REALTIME`, which both count suspend, and an `eventfd`
//! to interrupt. On the wall clock the timer is cancelled when that is set (`TFD_TIMER_CANCEL_ON_SET`,
//! `timerfd_create(2)`).

use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::{Errno, read, write};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::On;

#[derive(Debug)]
pub struct Sleeper {
    timer: OwnedFd,
    interrupt: OwnedFd,
    flags: TimerfdTimerFlags,
}

impl Sleeper {
    pub fn new(on: On) -> io::Result<Self> {
        let absolute = TimerfdTimerFlags::ABSTIME;
        let (clock, flags) = match on {
            On::Boot => (TimerfdClockId::Boottime, absolute),
            On::Wall => (
                TimerfdClockId::Realtime,
                absolute | TimerfdTimerFlags::CANCEL_ON_SET,
            ),
        };
        Ok(Self {
            timer: timerfd_create(clock, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?,
            interrupt: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            flags,
        })
    }

    pub fn wait(&self, at_ms: Option<u64>) -> io::Result<()> {
        let zero = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // A zero time would disarm the timer instead of ringing at once.
        let at = at_ms.map_or(zero, |ms| Timespec {
            tv_sec: i64::try_from(ms / 1000).unwrap_or(i64::MAX),
            tv_nsec: i64::try_from(ms % 1000 * 1_000_000).unwrap_or(0).max(1),
        });
        let spec = Itimerspec {
            it_interval: zero,
            it_value: at,
        };
        match timerfd_settime(&self.timer, self.flags, &spec) {
            Ok(_) => {}
            // The clock was set between two waits.
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

    pub fn interrupt(&self) {
        // The counter saturates only after 2^64 − 2 unread interrupts, and is then readable.
        let _readable_already = write(&self.interrupt, &1u64.to_ne_bytes());
    }
}
