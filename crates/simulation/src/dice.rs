//! Every choice of a history, drawn from its seed.
//!
//! Must hold: the same seed gives the same draws, so nothing else here is random: no clock, no hash
//! map's order, no ids of the system.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};
use uuid::{Builder, Uuid};

/// The source of all choices.
#[derive(Debug, Clone)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// Draws by `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Dice of their own, so that what one part draws does not move what another draws.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::new(self.0.next_u64())
    }

    /// A number below `n`, evenly enough; 0 where `n` is.
    pub fn below(&mut self, n: usize) -> usize {
        let draw = usize::try_from(self.0.next_u64() >> 33).unwrap_or(0);
        draw.checked_rem(n).unwrap_or(0)
    }

    /// A number of `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        from + i64::try_from(self.below(span + 1)).unwrap_or(0)
    }

    /// True this many times in a thousand.
    pub fn chance(&mut self, permille: usize) -> bool {
        self.below(1000) < permille
    }

    /// One of them, if there is any.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).cloned()
    }

    /// One of `weighted`, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, weighted: &[(usize, T)]) -> Option<T> {
        let total = weighted.iter().map(|(weight, _)| weight).sum();
        let mut draw = self.below(total);
        weighted.iter().find_map(|(weight, value)| {
            if draw < *weight {
                return Some(*value);
            }
            draw -= weight;
            None
        })
    }

    /// A `UUIDv7` made at `now_ms`.
    pub fn uuid(&mut self, now_ms: i64) -> Uuid {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        let ms = u64::try_from(now_ms).unwrap_or(0);
        Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}
