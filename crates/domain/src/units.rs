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
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant, or `None` where `earlier` is in fact later, as
    /// happens when the wall clock was set back.
    pub fn since_ms(self, earlier: Self) -> Option<u64> {
        u64::try_from(i128::from(self.0) - i128::from(earlier.0)).ok()
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

    /// The length in words: `45 s`, `25 min`, `1 min 05 s`, `1 h 05 min`.
    pub fn spoken(self) -> String {
        spoken(u64::from(self.0))
    }

    /// The length as on the dial: `m:ss`, from an hour on `h:mm:ss`.
    pub fn dial(self) -> String {
        let (h, m, s) = split(u64::from(self.0));
        if h > 0 {
            format!("{h}:{m:02}:{s:02}")
        } else {
            format!("{m}:{s:02}")
        }
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// Any number of whole seconds in words, as [`Seconds::spoken`] says one sit; for totals, which
/// may be above a day: `27 h 15 min`.
pub fn spoken(total_s: u64) -> String {
    match split(total_s) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s:02} s"),
        (h, 0, 0) => format!("{h} h"),
        (h, m, 0) => format!("{h} h {m:02} min"),
        (h, m, s) => format!("{h} h {m:02} min {s:02} s"),
    }
}

const fn split(total_s: u64) -> (u64, u64, u64) {
    (total_s / 3600, total_s / 60 % 60, total_s % 60)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0 s", "0:00")]
    #[case(5, "5 s", "0:05")]
    #[case(60, "1 min", "1:00")]
    #[case(65, "1 min 05 s", "1:05")]
    #[case(1500, "25 min", "25:00")]
    #[case(3600, "1 h", "1:00:00")]
    #[case(3605, "1 h 00 min 05 s", "1:00:05")]
    #[case(3900, "1 h 05 min", "1:05:00")]
    #[case(86_400, "24 h", "24:00:00")]
    fn a_length_is_written_in_words_and_as_on_the_dial(
        #[case] seconds: u32,
        #[case] words: &str,
        #[case] dial: &str,
    ) {
        assert_eq!(Seconds(seconds).spoken(), words);
        assert_eq!(Seconds(seconds).dial(), dial);
    }

    #[test]
    fn a_total_above_a_day_is_said_in_hours() {
        assert_eq!(spoken(27 * 3600 + 15 * 60), "27 h 15 min");
    }

    #[rstest]
    #[case(0, 0)]
    #[case(999, 0)]
    #[case(1000, 1)]
    #[case(1_199_999, 1199)]
    #[case(86_400_999, 86_400)]
    #[case(u64::MAX, 86_400)]
    fn milliseconds_are_rounded_down_and_end_at_a_day(#[case] ms: u64, #[case] seconds: u32) {
        assert_eq!(Seconds::floor_ms(ms), Seconds(seconds));
    }

    #[rstest]
    #[case(1000, 400, Some(600))]
    #[case(1000, 1000, Some(0))]
    #[case(400, 1000, None)]
    #[case(i64::MAX, i64::MIN, Some(u64::MAX))]
    fn a_wall_clock_that_went_back_is_no_length(
        #[case] later: i64,
        #[case] earlier: i64,
        #[case] ms: Option<u64>,
    ) {
        assert_eq!(UnixMillis(later).since_ms(UnixMillis(earlier)), ms);
    }

    #[test]
    fn moving_an_instant_stays_within_the_range() {
        assert_eq!(UnixMillis(5).plus_ms(-10), UnixMillis(-5));
        assert_eq!(UnixMillis(i64::MAX).plus_ms(1), UnixMillis(i64::MAX));
        assert_eq!(UnixMillis(i64::MIN).plus_ms(-1), UnixMillis(i64::MIN));
    }
}
