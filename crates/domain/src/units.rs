//! Units as types: a number of seconds is never mistaken for milliseconds (invariant I11).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z on the wall clock. May be negative in theory.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// This instant moved by `ms` milliseconds; saturates at the ends of the range.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// A length in whole seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// The longest a sit may be, and the most it may be credited: one day.
    pub const DAY: Self = Self(86_400);

    /// This length in milliseconds.
    pub const fn as_ms(self) -> u64 {
        self.0 as u64 * 1000
    }

    /// Whole seconds in `ms`, rounded down, at most [`Seconds::DAY`].
    ///
    /// The one rounding rule of the project, applied once, at completion.
    pub fn floor_ms(ms: u64) -> Self {
        u32::try_from(ms / 1000).map_or(Self::DAY, |s| Self(s).min(Self::DAY))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}
