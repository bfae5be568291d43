//! What a person chose for a sit ([`PlanChoice`]) and the same frozen at Begin ([`Plan`]).

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::bells::{Bell, IntervalBells, InvalidIntervals, MAX_INTERVAL_BELLS, Sound, Volume};
use crate::length::PlannedLength;
use crate::units::Seconds;

/// The longest preparation: five minutes.
pub const MAX_PREPARATION: Seconds = Seconds(300);
/// The most strikes a bell may have.
pub const MAX_STRIKES: u8 = 9;
/// The longest label, in characters.
pub const MAX_LABEL_CHARS: usize = 80;

/// What happens when the planned length is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AtEnd {
    /// The sit is completed.
    #[default]
    Stop,
    /// The timer goes on silently and the person is asked whether to keep the overtime.
    CountOvertime,
}

/// The choices for a sit, as the person makes them and as presets keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PlanChoice {
    /// Planned length in seconds; `null` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// Preparation before the sit, 0 to 300 s, not counted.
    pub preparation_s: Seconds,
    /// Rung when the sit starts.
    pub start_bell: Bell,
    /// When interval bells ring.
    pub intervals: IntervalBells,
    /// What interval bells sound like. One strike each, whatever `strikes` says above zero.
    pub interval_bell: Bell,
    /// Rung when the planned length is reached.
    pub end_bell: Bell,
    /// What happens then.
    pub at_end: AtEnd,
    /// A word for this kind of sit, at most [`MAX_LABEL_CHARS`] characters.
    pub label: Option<String>,
}

impl Default for PlanChoice {
    fn default() -> Self {
        let bell = |strikes, volume| Bell {
            sound: Sound::Bowl,
            strikes,
            volume: Volume::new(volume).unwrap_or(Volume::FULL),
        };
        Self {
            planned_s: PlannedLength::from_seconds(20 * 60).ok(),
            preparation_s: Seconds(10),
            start_bell: bell(3, 80),
            intervals: IntervalBells::None,
            interval_bell: bell(1, 60),
            end_bell: bell(1, 80),
            at_end: AtEnd::Stop,
            label: None,
        }
    }
}

/// A [`PlanChoice`] frozen at Begin, with the interval bells drawn. Stored with its session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(from = "FlatPlan")]
pub struct Plan {
    /// What was chosen.
    #[serde(flatten)]
    pub choice: PlanChoice,
    /// Seconds from the start of the sit at which interval bells ring: ascending, before the end.
    pub interval_at_s: Vec<Seconds>,
}

/// A plan as it is written: serde cannot refuse unknown fields of a flattened struct, so it is read
/// through this one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatPlan {
    planned_s: Option<PlannedLength>,
    preparation_s: Seconds,
    start_bell: Bell,
    intervals: IntervalBells,
    interval_bell: Bell,
    end_bell: Bell,
    at_end: AtEnd,
    label: Option<String>,
    interval_at_s: Vec<Seconds>,
}

impl From<FlatPlan> for Plan {
    fn from(flat: FlatPlan) -> Self {
        Self {
            choice: PlanChoice {
                planned_s: flat.planned_s,
                preparation_s: flat.preparation_s,
                start_bell: flat.start_bell,
                intervals: flat.intervals,
                interval_bell: flat.interval_bell,
                end_bell: flat.end_bell,
                at_end: flat.at_end,
                label: flat.label,
            },
            interval_at_s: flat.interval_at_s,
        }
    }
}

/// Why a plan was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlan {
    /// Preparation above [`MAX_PREPARATION`].
    #[error("the preparation is 0 to 5 minutes, not {}", .0.spoken())]
    Preparation(Seconds),
    /// More than [`MAX_STRIKES`] strikes.
    #[error("a bell has 0 to {MAX_STRIKES} strikes, not {0}")]
    Strikes(u8),
    /// A label above [`MAX_LABEL_CHARS`].
    #[error("a label has at most {MAX_LABEL_CHARS} characters, not {0}")]
    Label(usize),
    /// The interval bells make no sense.
    #[error(transparent)]
    Intervals(#[from] InvalidIntervals),
}

impl PlanChoice {
    /// Checks every choice, as [`Plan::freeze`] does, without drawing anything.
    ///
    /// # Errors
    /// [`InvalidPlan`] naming the first choice that is out of its range.
    pub fn check(&self) -> Result<(), InvalidPlan> {
        if self.preparation_s > MAX_PREPARATION {
            return Err(InvalidPlan::Preparation(self.preparation_s));
        }
        for bell in [&self.start_bell, &self.interval_bell, &self.end_bell] {
            if bell.strikes > MAX_STRIKES {
                return Err(InvalidPlan::Strikes(bell.strikes));
            }
        }
        let label_chars = self
            .label
            .as_ref()
            .map_or(0, |label| label.trim().chars().count());
        if label_chars > MAX_LABEL_CHARS {
            return Err(InvalidPlan::Label(label_chars));
        }
        Ok(self.intervals.check(self.planned_s)?)
    }

    /// The same choices as they are kept: a label is trimmed; an empty one is none.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let label = self
            .label
            .map(|label| label.replace('\0', "").trim().to_owned());
        self.label = label.filter(|label| !label.is_empty());
        self
    }
}

impl Plan {
    /// Checks the choices and draws the interval bells: none, where they would not strike. A label is trimmed; an empty one is none.
    ///
    /// # Errors
    /// [`InvalidPlan`] naming the first choice that is out of its range.
    pub fn freeze(choice: PlanChoice, rng: &mut impl Rng) -> Result<Self, InvalidPlan> {
        choice.check()?;
        let interval_at_s = match choice.interval_bell.strikes {
            0 => Vec::new(),
            _ => choice.intervals.draw(choice.planned_s, rng)?,
        };
        Ok(Self {
            choice: choice.tidied(),
            interval_at_s,
        })
    }

    /// Whether every choice is in its range and there are no more interval bells than can be drawn.
    pub fn is_possible(&self) -> bool {
        self.choice.check().is_ok() && self.interval_at_s.len() <= MAX_INTERVAL_BELLS as usize
    }

    /// Planned length in milliseconds; open-ended sits end themselves after a day.
    pub fn limit_ms(&self) -> u64 {
        self.choice
            .planned_s
            .map_or(Seconds::DAY, PlannedLength::seconds)
            .as_ms()
    }
}

#[cfg(test)]
mod tests;
