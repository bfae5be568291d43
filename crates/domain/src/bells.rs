//! Bells: what they sound like, how often they strike, and when interval bells are due.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::PlannedLength;
use crate::units::Seconds;

/// Time from one strike of a bell to its next.
pub const STRIKE_SPACING_MS: u64 = 5_000;

/// The most given times that interval bells may have.
pub const MAX_GIVEN_TIMES: usize = 200;

/// The shortest lower bound of random interval bells, so that a day's drawing stays small.
pub const MIN_RANDOM_SPACING: Seconds = Seconds(10);

/// Which bell of a sit is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "snake_case")]
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
        if percent <= 100 { Ok(Self(percent)) } else { Err(VolumeOutOfRange(percent)) }
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    /// The first bell would not ring before the end.
    #[error("the interval bells ({first}) would not ring before the end of the sit ({planned})")]
    LongerThanSit {
        /// Earliest possible bell.
        first: Seconds,
        /// Planned length.
        planned: Seconds,
    },
    /// Random bounds in the wrong order or below [`MIN_RANDOM_SPACING`].
    #[error("random bells need a shortest gap of at least {MIN_RANDOM_SPACING}, not above the longest")]
    RandomBounds,
}

impl IntervalBells {
    /// The times at which the bells are due, ascending, without repeats, all before the end.
    ///
    /// Drawn once, at Begin, and stored in the plan, so that nothing moves them afterwards.
    /// Given times at or after the end are left out as long as one is before it.
    ///
    /// # Errors
    /// [`InvalidIntervals`] where the choice makes no sense or nothing would ring.
    pub fn draw(
        &self,
        planned: Option<PlannedLength>,
        rng: &mut impl Rng,
    ) -> Result<Vec<Seconds>, InvalidIntervals> {
        let limit = planned.map_or(Seconds::DAY, PlannedLength::seconds);
        let in_range = |s: Seconds| (1..=Seconds::DAY.0).contains(&s.0);
        let mut times = match self {
            Self::None => return Ok(Vec::new()),
            Self::Every { every_s } => {
                if !in_range(*every_s) {
                    return Err(InvalidIntervals::OutOfRange);
                }
                let step = usize::try_from(every_s.0).unwrap_or(usize::MAX);
                (every_s.0..limit.0).step_by(step).map(Seconds).collect()
            }
            Self::At { at_s } => {
                if at_s.len() > MAX_GIVEN_TIMES {
                    return Err(InvalidIntervals::TooMany { given: at_s.len() });
                }
                if at_s.is_empty() || !at_s.iter().copied().all(in_range) {
                    return Err(InvalidIntervals::OutOfRange);
                }
                at_s.clone()
            }
            Self::Random { min_s, max_s } => {
                if *min_s < MIN_RANDOM_SPACING || max_s < min_s || !in_range(*max_s) {
                    return Err(InvalidIntervals::RandomBounds);
                }
                if *max_s >= limit && *min_s >= limit {
                    return Err(InvalidIntervals::LongerThanSit { first: *min_s, planned: limit });
                }
                return Ok(random_times(*min_s, *max_s, limit, rng));
            }
        };
        let first = times.iter().min().copied();
        times.retain(|t| *t < limit);
        times.sort_unstable();
        times.dedup();
        if times.is_empty() {
            let first = first.or(if let Self::Every { every_s } = self { Some(*every_s) } else { None });
            return Err(InvalidIntervals::LongerThanSit {
                first: first.unwrap_or_default(),
                planned: limit,
            });
        }
        Ok(times)
    }
}

fn random_times(min: Seconds, max: Seconds, limit: Seconds, rng: &mut impl Rng) -> Vec<Seconds> {
    let mut times = Vec::new();
    let mut at = 0u32;
    loop {
        at = at.saturating_add(rng.random_range(min.0..=max.0));
        if at >= limit.0 {
            return times;
        }
        times.push(Seconds(at));
    }
}
