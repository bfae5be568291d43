//! The one place where the real time, the zone and the boot are read.
//!
//! Elapsed time comes from a clock that counts on while the machine sleeps; a second one that
//! stops tells how long it slept. Linux: `CLOCK_BOOTTIME` and `CLOCK_MONOTONIC`. macOS:
//! `CLOCK_MONOTONIC` counts sleep there, and Rust's `Instant` does not. Windows: one clock for
//! both, so sleep is not told apart there.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_domain::timer::Now;

/// Time, zone and boot as they are handed to everything else.
pub trait Clock: Send + Sync {
    /// This moment on the three clocks.
    fn now(&self) -> Now;

    /// The zone the person is in.
    ///
    /// # Errors
    /// [`ZoneUnknown`] where the system does not say, or says what is no IANA name.
    fn zone(&self) -> Result<Tz, ZoneUnknown>;

    /// Which boot of the machine this is; empty where the system does not tell.
    fn boot_id(&self) -> String;
}

/// The system's time zone could not be found out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the system's time zone is unknown ({0}); dates are taken in UTC. Set the zone in the system's settings"
)]
pub struct ZoneUnknown(pub String);

/// The clocks of this machine.
#[derive(Debug)]
pub struct SystemClock {
    #[cfg(not(target_os = "linux"))]
    launched: std::time::Instant,
}

impl SystemClock {
    /// The clocks of this machine.
    pub fn new() -> Self {
        Self {
            #[cfg(not(target_os = "linux"))]
            launched: instant_now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "this is the one Clock")]
fn instant_now() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "this is the one Clock")]
fn wall_now() -> UnixMillis {
    let ms = |passed: Duration| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(passed) => UnixMillis(ms(passed)),
        Err(before) => UnixMillis(-ms(before.duration())),
    }
}

#[cfg(unix)]
fn clock_ms(id: rustix::time::ClockId) -> u64 {
    let at = rustix::time::clock_gettime(id);
    let ms = at
        .tv_sec
        .saturating_mul(1000)
        .saturating_add(at.tv_nsec / 1_000_000);
    u64::try_from(ms).unwrap_or(0)
}

impl Clock for SystemClock {
    #[cfg(target_os = "linux")]
    fn now(&self) -> Now {
        use rustix::time::ClockId;
        Now {
            boot_ms: clock_ms(ClockId::Boottime),
            awake_ms: clock_ms(ClockId::Monotonic),
            wall_ms: wall_now(),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn now(&self) -> Now {
        let awake = instant_now().duration_since(self.launched).as_millis();
        let awake_ms = u64::try_from(awake).unwrap_or(u64::MAX);
        #[cfg(unix)]
        let boot_ms = clock_ms(rustix::time::ClockId::Monotonic);
        #[cfg(not(unix))]
        let boot_ms = awake_ms;
        Now {
            boot_ms,
            awake_ms,
            wall_ms: wall_now(),
        }
    }

    fn zone(&self) -> Result<Tz, ZoneUnknown> {
        let name = iana_time_zone::get_timezone().map_err(|e| ZoneUnknown(e.to_string()))?;
        name.parse().map_err(|_| ZoneUnknown(name))
    }

    fn boot_id(&self) -> String {
        // Elsewhere the wall clock decides after a restart (see `recovery`).
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map(|id| id.trim().to_owned())
            .unwrap_or_default()
    }
}

/// A clock that stands until it is moved: for tests of everything above the timer.
#[derive(Debug)]
pub struct ManualClock(Mutex<Manual>);

#[derive(Debug)]
struct Manual {
    now: Now,
    zone: Result<Tz, ZoneUnknown>,
    boots: u32,
}

impl ManualClock {
    /// Stands at `now` in `zone`.
    pub fn new(now: Now, zone: Tz) -> Self {
        Self(Mutex::new(Manual {
            now,
            zone: Ok(zone),
            boots: 1,
        }))
    }

    /// Lets `ms` pass, awake.
    pub fn pass(&self, ms: u64) {
        self.change(|manual| {
            manual.now.boot_ms += ms;
            manual.now.awake_ms += ms;
            manual.now.wall_ms = later(manual.now.wall_ms, ms);
        });
    }

    /// Lets `ms` pass, asleep.
    pub fn sleep(&self, ms: u64) {
        self.change(|manual| {
            manual.now.boot_ms += ms;
            manual.now.wall_ms = later(manual.now.wall_ms, ms);
        });
    }

    /// Sets the wall clock by `ms`, which may be negative; no time passes.
    pub fn set_wall_by(&self, ms: i64) {
        self.change(|manual| manual.now.wall_ms = manual.now.wall_ms.plus_ms(ms));
    }

    /// Starts the machine again, which takes `ms`: its own clocks begin anew.
    pub fn reboot(&self, ms: u64) {
        self.change(|manual| {
            manual.now = Now {
                boot_ms: 0,
                awake_ms: 0,
                wall_ms: later(manual.now.wall_ms, ms),
            };
            manual.boots += 1;
        });
    }

    /// Travels.
    pub fn travel(&self, zone: Result<Tz, ZoneUnknown>) {
        self.change(|manual| manual.zone = zone);
    }

    fn change(&self, f: impl FnOnce(&mut Manual)) {
        f(&mut crate::locked(&self.0));
    }
}

fn later(wall_ms: UnixMillis, by_ms: u64) -> UnixMillis {
    wall_ms.plus_ms(i64::try_from(by_ms).unwrap_or(i64::MAX))
}

impl Clock for ManualClock {
    fn now(&self) -> Now {
        crate::locked(&self.0).now
    }

    fn zone(&self) -> Result<Tz, ZoneUnknown> {
        crate::locked(&self.0).zone.clone()
    }

    fn boot_id(&self) -> String {
        format!("manual {}", crate::locked(&self.0).boots)
    }
}
