//! The one place where the real time and real randomness are read.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mitta_domain::UnixMillis;
use uuid::Uuid;

/// Time, as it is handed to everything else.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall clock.
    fn now_ms(&self) -> UnixMillis;

    /// Time that passed since an arbitrary start; never goes back.
    fn elapsed(&self) -> Duration;
}

/// Randomness that nobody can foretell: ids, tokens, codes.
pub trait Random: fmt::Debug + Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`NoRandomness`] where the system has none to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;

    /// A new `UUIDv7` (RFC 9562) made at `at`.
    ///
    /// # Errors
    /// [`NoRandomness`] where the system has none to give.
    fn uuid(&self, at: UnixMillis) -> Result<Uuid, NoRandomness> {
        let mut random = [0; 10];
        self.fill(&mut random)?;
        let ms = u64::try_from(at.0).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }
}

/// The system gave no randomness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no randomness: {0}")]
pub struct NoRandomness(pub String);

/// The clocks of this machine.
#[derive(Debug)]
pub struct SystemClock {
    launched: Instant,
}

impl SystemClock {
    /// The clocks of this machine.
    #[expect(clippy::disallowed_methods, reason = "this is the server's one Clock")]
    pub fn new() -> Self {
        Self {
            launched: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the server's one Clock")]
    fn now_ms(&self) -> UnixMillis {
        let ms = |passed: Duration| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(passed) => UnixMillis(ms(passed)),
            Err(before) => UnixMillis(-ms(before.duration())),
        }
    }

    fn elapsed(&self) -> Duration {
        self.launched.elapsed()
    }
}

/// A clock that stands until it is moved: for tests.
#[derive(Debug)]
pub struct ManualClock(Mutex<(UnixMillis, Duration)>);

impl ManualClock {
    /// Stands at `now`.
    pub const fn new(now: UnixMillis) -> Self {
        Self(Mutex::new((now, Duration::ZERO)))
    }

    /// Lets `ms` pass.
    pub fn pass(&self, ms: u64) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.0 = at.0.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX));
        at.1 += Duration::from_millis(ms);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> UnixMillis {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// The randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|error| NoRandomness(error.to_string()))
    }
}
