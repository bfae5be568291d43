//! The planned length of a sit, and how a person may write one.

use serde::{Deserialize, Serialize};

use crate::units::Seconds;

/// The planned length of a session, in whole seconds.
///
/// Invariant: one second to one day. [`PlannedLength::from_seconds`] is the only way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(try_from = "u32", into = "u32")]
pub struct PlannedLength(Seconds);

/// A length outside `1..=86_400` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sit lasts 1 second to 24 hours, not {0} s")]
pub struct LengthOutOfRange(pub u64);

impl PlannedLength {
    /// # Errors
    /// [`LengthOutOfRange`] unless `seconds` is in `1..=86_400`.
    pub const fn from_seconds(seconds: u32) -> Result<Self, LengthOutOfRange> {
        if seconds >= 1 && seconds <= Seconds::DAY.0 {
            Ok(Self(Seconds(seconds)))
        } else {
            Err(LengthOutOfRange(seconds as u64))
        }
    }

    /// Whole seconds.
    pub const fn seconds(self) -> Seconds {
        self.0
    }
}

impl TryFrom<u32> for PlannedLength {
    type Error = LengthOutOfRange;
    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        Self::from_seconds(seconds)
    }
}

impl From<PlannedLength> for u32 {
    fn from(length: PlannedLength) -> Self {
        length.0.0
    }
}
