//! Elsewhere than on Linux: a condition variable. It does not count suspend and is not told when a clock
//! is set, so it looks at the clock again while a time stands.

use std::io;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use super::On;
use crate::clock::{Clock as _, SystemClock};
use crate::locked;

#[derive(Debug)]
pub struct Sleeper {
    on: On,
    interrupted: Mutex<bool>,
    changed: Condvar,
    clock: SystemClock,
}

impl Sleeper {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "on Linux the system may have no descriptors left"
    )]
    pub fn new(on: On) -> io::Result<Self> {
        Ok(Self {
            on,
            interrupted: Mutex::default(),
            changed: Condvar::default(),
            clock: SystemClock::default(),
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "on Linux the system may fail")]
    pub fn wait(&self, at_ms: Option<u64>) -> io::Result<()> {
        let mut interrupted = locked(&self.interrupted);
        while !*interrupted {
            let wait = match at_ms.map(|at_ms| at_ms.saturating_sub(self.now_ms())) {
                Some(0) => return Ok(()),
                Some(ms) => Duration::from_millis(ms).min(self.look_again()),
                None => Duration::from_hours(1),
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

    pub fn interrupt(&self) {
        *locked(&self.interrupted) = true;
        self.changed.notify_all();
    }

    fn now_ms(&self) -> u64 {
        let now = self.clock.now();
        match self.on {
            On::Boot => now.boot_ms,
            On::Wall => u64::try_from(now.wall_ms.0).unwrap_or(0),
        }
    }

    /// A bell is late by a second at most, a reminder by half a minute.
    const fn look_again(&self) -> Duration {
        match self.on {
            On::Boot => Duration::from_secs(1),
            On::Wall => Duration::from_secs(30),
        }
    }
}
