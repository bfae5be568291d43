//! Bells: what they sound like, how often they strike, and when interval bells are due.

use std::iter;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::PlannedLength;
use crate::units::Seconds;

mod strict;

/// Time from one strike of a bell to its next.
pub const STRIKE_SPACING_MS: u64 = 5_000;

/// The most given times that interval bells may have.
pub const MAX_GIVEN_TIMES: usize = 200;

/// The most interval bells that one sit may have: they are kept with its plan and sent with it.
pub const MAX_INTERVAL_BELLS: u32 = 10_000;

/// The shortest lower bound of random interval bells, so that a day's drawing stays below
/// [`MAX_INTERVAL_BELLS`].
pub const MIN_RANDOM_SPACING: Seconds = Seconds(10);

/// Which bell of a sit is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BellKind {
    /// Rung when the sit starts.
    Start,
    /// Rung within the sit.
    Interval,
    /// Rung when the planned length is reached.
    End,
}

/// What a bell sounds like.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case", from = "strict::Sound")]
pub enum Sound {
    /// Singing bowl.
    Bowl,
    /// A larger, deeper singing bowl.
    LowBowl,
    /// Inkin: the small hand bell of the zendo.
    Inkin,
    /// Wood block, dry and short.
    WoodBlock,
    /// A file of the person's own, copied into the data folder's `sounds/`.
    File {
        /// File name inside `sounds/`, without any folder.
        file: String,
        /// The name it had when it was chosen, for showing.
        name: String,
    },
}

/// Loudness as the person sets it: 0 (silent) to 100 (as loud as the sound is), perceptual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(try_from = "u8", into = "u8")]
pub struct Volume(u8);

/// A volume above 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a volume is 0 to 100, not {0}")]
pub struct VolumeOutOfRange(pub u8);

impl Volume {
    /// Full volume.
    pub const FULL: Self = Self(100);

    /// # Errors
    /// [`VolumeOutOfRange`] above 100.
    pub const fn new(percent: u8) -> Result<Self, VolumeOutOfRange> {
        if percent <= 100 {
            Ok(Self(percent))
        } else {
            Err(VolumeOutOfRange(percent))
        }
    }

    /// 0 to 100.
    pub const fn percent(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Volume {
    type Error = VolumeOutOfRange;
    fn try_from(percent: u8) -> Result<Self, Self::Error> {
        Self::new(percent)
    }
}

impl From<Volume> for u8 {
    fn from(volume: Volume) -> Self {
        volume.0
    }
}

/// One bell: its sound, how many strikes, how loud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Bell {
    /// What it sounds like.
    pub sound: Sound,
    /// Strikes, 0 (none) to 9, [`STRIKE_SPACING_MS`] apart.
    pub strikes: u8,
    /// How loud.
    pub volume: Volume,
}

/// When interval bells ring, counted from the start of the sit, never at or after its end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    from = "strict::IntervalBells"
)]
pub enum IntervalBells {
    /// No interval bells.
    #[default]
    None,
    /// Every `every_s` seconds.
    Every {
        /// Whole seconds between two bells, at least 1.
        every_s: Seconds,
    },
    /// At the given times.
    At {
        /// Seconds from the start of the sit; at most [`MAX_GIVEN_TIMES`], each 1 s to 24 h.
        at_s: Vec<Seconds>,
    },
    /// At random: each gap is drawn evenly from `min_s..=max_s`.
    Random {
        /// Shortest gap, at least [`MIN_RANDOM_SPACING`].
        min_s: Seconds,
        /// Longest gap, at least `min_s`.
        max_s: Seconds,
    },
}

/// Why interval bells were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIntervals {
    /// More than [`MAX_GIVEN_TIMES`] given times.
    #[error("{given} bell times were given; at most {MAX_GIVEN_TIMES} are possible")]
    TooMany {
        /// How many were given.
        given: usize,
    },
    /// A bell or a gap of zero seconds, or above a day.
    #[error("an interval bell needs a time from 1 second to 24 hours")]
    OutOfRange,
    /// So often that there would be more than [`MAX_INTERVAL_BELLS`].
    #[error("that would be {bells} interval bells; at most {MAX_INTERVAL_BELLS} are possible")]
    TooOften {
        /// How many bells it would be.
        bells: u32,
    },
    /// The first bell could not ring before the end.
    #[error(
        "the interval bells would not ring: the first is due after {}, the sit ends after {}",
        .first.spoken(), .planned.spoken()
    )]
    LongerThanSit {
        /// Earliest possible bell.
        first: Seconds,
        /// Planned length; a day where it is open-ended.
        planned: Seconds,
    },
    /// Random bounds in the wrong order, below [`MIN_RANDOM_SPACING`] or above a day.
    #[error(
        "random bells need gaps of {} to 24 h, the shortest not above the longest",
        MIN_RANDOM_SPACING.spoken()
    )]
    RandomBounds,
}

impl IntervalBells {
    /// Whether these bells can ring in a sit of that length.
    ///
    /// Given times at or after the end are no error as long as one lies before it.
    ///
    /// # Errors
    /// [`InvalidIntervals`] where the choice makes no sense or nothing could ring.
    pub fn check(&self, planned: Option<PlannedLength>) -> Result<(), InvalidIntervals> {
        let limit = limit(planned);
        let in_range = |s: &Seconds| (1..=Seconds::DAY.0).contains(&s.0);
        let first = match self {
            Self::None => return Ok(()),
            Self::Every { every_s } => Some(*every_s).filter(in_range),
            Self::At { at_s } if at_s.len() > MAX_GIVEN_TIMES => {
                return Err(InvalidIntervals::TooMany { given: at_s.len() });
            }
            Self::At { at_s } if !at_s.iter().all(in_range) => None,
            Self::At { at_s } => at_s.iter().min().copied(),
            Self::Random { min_s, max_s } => {
                if *min_s < MIN_RANDOM_SPACING || max_s < min_s || !in_range(max_s) {
                    return Err(InvalidIntervals::RandomBounds);
                }
                Some(*min_s)
            }
        };
        let first = first.ok_or(InvalidIntervals::OutOfRange)?;
        if first >= limit {
            return Err(InvalidIntervals::LongerThanSit {
                first,
                planned: limit,
            });
        }
        match self {
            Self::Every { every_s } if (limit.0 - 1) / every_s.0 > MAX_INTERVAL_BELLS => {
                Err(InvalidIntervals::TooOften {
                    bells: (limit.0 - 1) / every_s.0,
                })
            }
            _ => Ok(()),
        }
    }

    /// The times at which the bells are due, ascending, without repeats, all before the end.
    ///
    /// Drawn once, at Begin, and stored in the plan, so that nothing moves them afterwards. The
    /// same state of `rng` draws the same times. Random bells may by chance be none, where the
    /// longest gap reaches beyond the end.
    ///
    /// # Errors
    /// As [`IntervalBells::check`].
    pub fn draw(
        &self,
        planned: Option<PlannedLength>,
        rng: &mut impl Rng,
    ) -> Result<Vec<Seconds>, InvalidIntervals> {
        self.check(planned)?;
        let limit = limit(planned);
        let mut times: Vec<Seconds> = match self {
            Self::None => Vec::new(),
            Self::Every { every_s } => multiples(*every_s, limit).collect(),
            Self::At { at_s } => at_s.iter().copied().filter(|at| *at < limit).collect(),
            Self::Random { min_s, max_s } => random_times(*min_s, *max_s, limit, rng),
        };
        times.sort_unstable();
        times.dedup();
        Ok(times)
    }
}

/// Bells ring before this time: an open-ended sit ends itself after a day.
fn limit(planned: Option<PlannedLength>) -> Seconds {
    planned.map_or(Seconds::DAY, PlannedLength::seconds)
}

fn multiples(every: Seconds, limit: Seconds) -> impl Iterator<Item = Seconds> {
    let next = move |at: &Seconds| at.0.checked_add(every.0).map(Seconds);
    iter::successors(Some(every), next).take_while(move |at| *at < limit)
}

fn random_times(min: Seconds, max: Seconds, limit: Seconds, rng: &mut impl Rng) -> Vec<Seconds> {
    let mut gap = || rng.random_range(min.0..=max.0);
    let first = Seconds(gap());
    let next = |at: &Seconds| at.0.checked_add(gap()).map(Seconds);
    iter::successors(Some(first), next)
        .take_while(|at| *at < limit)
        .collect()
}

#[cfg(test)]
mod tests;
