//! The clock and the ids of the real server, as a history decides them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mitta_domain::UnixMillis;
use mitta_server::source::{Clock, NoRandomness, Random};
use uuid::Uuid;

/// The clock of a history, and ids that it decides.
#[derive(Debug)]
pub(super) struct Scripted(Mutex<(i64, VecDeque<Uuid>, u64)>);

impl Scripted {
    pub(super) fn new(now_ms: i64) -> Self {
        Self(Mutex::new((now_ms, VecDeque::new(), 0)))
    }

    pub(super) fn set(&self, now_ms: i64, ids: &[Uuid]) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 = now_ms;
        inner.1 = ids.iter().copied().collect();
    }
}

impl Clock for Scripted {
    fn now_ms(&self) -> UnixMillis {
        UnixMillis(self.0.lock().unwrap_or_else(PoisonError::into_inner).0)
    }

    fn elapsed(&self) -> Duration {
        let since = self.now_ms().0 - crate::history::BEGIN_MS;
        Duration::from_millis(u64::try_from(since).unwrap_or(0))
    }
}

impl Random for Scripted {
    /// Other bytes each time, which nobody has to foretell here.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            inner.2 = inner
                .2
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = inner.2.to_be_bytes()[0];
        }
        Ok(())
    }

    fn uuid(&self, at: UnixMillis) -> Result<Uuid, NoRandomness> {
        let scripted = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .pop_front();
        if let Some(id) = scripted {
            return Ok(id);
        }
        let mut random = [0; 10];
        self.fill(&mut random)?;
        let ms = u64::try_from(at.0).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }
}
