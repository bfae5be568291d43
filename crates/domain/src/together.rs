//! Sitting together: one start and one end for several persons, each with a bell of their own.
//!
//! What is agreed on is a start on the server's clock, a length and when bells ring; what a bell sounds
//! like and how loud it is stays each person's own. Once a device knows the start on its own clock it
//! needs nobody any more: every device ends by itself, at the same moment.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::bells::IntervalBells;
use crate::ids::TogetherId;
use crate::length::PlannedLength;
use crate::plan::{AtEnd, InvalidPlan, MAX_PREPARATION, Plan, PlanChoice};
use crate::units::{Seconds, spoken};

/// How long before the common start a place can be taken: the countdown is its preparation.
pub const TAKEN_AHEAD: Seconds = MAX_PREPARATION;

/// The most strikes of a bell.
pub const MAX_STRIKES: u8 = 9;

/// When the bells of a sitting together ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherBells {
    /// Strikes at the start, 0 (none) to [`MAX_STRIKES`].
    pub start_strikes: u8,
    /// Strikes at the end, 0 (none) to [`MAX_STRIKES`].
    pub end_strikes: u8,
    /// Seconds between two interval bells, counted from the common start; `None` for no such bells.
    pub interval_every_s: Option<Seconds>,
}

/// Why the bells of a sitting together were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTogetherBells {
    /// More strikes than a bell may have.
    #[error("a bell has 0 to {MAX_STRIKES} strikes, not {0}")]
    Strikes(u8),
    /// Interval bells that cannot ring in a sit of that length.
    #[error(transparent)]
    Intervals(#[from] crate::bells::InvalidIntervals),
}

impl TogetherBells {
    /// When interval bells ring, as a plan says it.
    pub const fn intervals(self) -> IntervalBells {
        match self.interval_every_s {
            None => IntervalBells::None,
            Some(every_s) => IntervalBells::Every { every_s },
        }
    }

    /// Whether these bells can ring in a sit of that length.
    ///
    /// # Errors
    /// [`InvalidTogetherBells`].
    pub fn check(self, planned: PlannedLength) -> Result<(), InvalidTogetherBells> {
        for strikes in [self.start_strikes, self.end_strikes] {
            if strikes > MAX_STRIKES {
                return Err(InvalidTogetherBells::Strikes(strikes));
            }
        }
        Ok(self.intervals().check(Some(planned))?)
    }
}

/// A place in a sitting together, with its start on this machine's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Seat {
    /// The sitting together, which every session of it carries.
    pub together_id: TogetherId,
    /// The common start, in milliseconds on the clock that counts on while this machine sleeps
    /// (`CLOCK_BOOTTIME`, as [`crate::timer::Now::boot_ms`]). Below zero: before this machine started.
    pub starts_at_boot_ms: i64,
    /// The common length, in seconds.
    pub planned_s: PlannedLength,
    /// When bells ring.
    pub bells: TogetherBells,
}

impl Seat {
    /// The common end, on the clock of [`Seat::starts_at_boot_ms`].
    pub const fn ends_at_boot_ms(&self) -> i64 {
        self.starts_at_boot_ms
            .saturating_add(self.planned_s.seconds().0 as i64 * 1000)
    }

    /// What of the sitting together is left for whoever takes this place now. Whole seconds: whoever
    /// comes late starts within the next second, so that the end is the common one to the millisecond.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub fn place(&self, now_boot_ms: u64) -> Result<Place, NoPlace> {
        let now_boot_ms = i64::try_from(now_boot_ms).unwrap_or(i64::MAX);
        let ahead_ms = self.starts_at_boot_ms.saturating_sub(now_boot_ms);
        if let Ok(ahead_ms) = u64::try_from(ahead_ms) {
            return self.place_ahead(ahead_ms);
        }
        let rest_ms = self.ends_at_boot_ms().saturating_sub(now_boot_ms);
        let left_s = Seconds::floor_ms(u64::try_from(rest_ms).unwrap_or(0));
        let planned_s = PlannedLength::from_seconds(left_s.0).map_err(|_| NoPlace::Over)?;
        let start_boot_ms = self.ends_at_boot_ms() - i64::from(left_s.0) * 1000;
        Ok(Place {
            start_boot_ms: u64::try_from(start_boot_ms).unwrap_or(0),
            countdown_s: Seconds(0),
            planned_s,
            missed_s: Seconds(self.planned_s.seconds().0 - left_s.0),
        })
    }

    fn place_ahead(&self, ahead_ms: u64) -> Result<Place, NoPlace> {
        if ahead_ms > TAKEN_AHEAD.as_ms() {
            return Err(NoPlace::TooEarly {
                opens_in_s: (ahead_ms - TAKEN_AHEAD.as_ms()).div_ceil(1000),
            });
        }
        Ok(Place {
            start_boot_ms: u64::try_from(self.starts_at_boot_ms).unwrap_or(0),
            countdown_s: Seconds::floor_ms(ahead_ms),
            planned_s: self.planned_s,
            missed_s: Seconds(0),
        })
    }

    /// The plan of a session that takes `place`: when bells ring is agreed on, what they sound like
    /// and how loud they are is the person's `own` choice.
    ///
    /// # Errors
    /// [`InvalidPlan`] where the seat or the own choice is out of its range.
    pub fn plan(
        &self,
        place: &Place,
        own: PlanChoice,
        rng: &mut impl Rng,
    ) -> Result<Plan, InvalidPlan> {
        let mut choice = PlanChoice {
            planned_s: Some(self.planned_s),
            preparation_s: place.countdown_s,
            intervals: self.bells.intervals(),
            at_end: AtEnd::Stop,
            ..own
        };
        choice.start_bell.strikes = self.bells.start_strikes;
        choice.interval_bell.strikes = 1;
        choice.end_bell.strikes = self.bells.end_strikes;
        let whole = Plan::freeze(choice, rng)?;
        Ok(place.left_of(whole))
    }
}

/// What of a sitting together is left for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where this person's sit starts, in milliseconds on the clock of [`Seat::starts_at_boot_ms`]: at
    /// the common start, or, for whoever comes late, within the next second.
    pub start_boot_ms: u64,
    /// Whole seconds until then.
    pub countdown_s: Seconds,
    /// How long it is from there to the common end, in seconds.
    pub planned_s: PlannedLength,
    /// Seconds from the common start to this person's, of whoever comes late.
    pub missed_s: Seconds,
}

impl Place {
    /// The end of a plan: interval bells ring when they ring for the others.
    fn left_of(&self, mut whole: Plan) -> Plan {
        if self.missed_s == Seconds(0) {
            return whole;
        }
        let still_due = |at: &Seconds| at.0.checked_sub(self.missed_s.0).filter(|s| *s > 0);
        whole.interval_at_s = whole
            .interval_at_s
            .iter()
            .filter_map(still_due)
            .map(Seconds)
            .collect();
        let choice = &mut whole.choice;
        choice.planned_s = Some(self.planned_s);
        if choice.intervals.check(choice.planned_s).is_err() {
            // So little is left that at most one rings.
            choice.intervals = match whole.interval_at_s.as_slice() {
                [] => IntervalBells::None,
                at_s => IntervalBells::At {
                    at_s: at_s.to_vec(),
                },
            };
        }
        whole
    }
}

/// Why no place in a sitting together can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// The start is further ahead than [`TAKEN_AHEAD`].
    #[error(
        "A place can be taken from {} before the common start on: in {}. Nothing was recorded.",
        TAKEN_AHEAD.spoken(), spoken(*.opens_in_s)
    )]
    TooEarly {
        /// Seconds until then, rounded up.
        opens_in_s: u64,
    },
    /// Not one whole second of it is left.
    #[error("This sitting together is over. Nothing was recorded.")]
    Over,
}

#[cfg(test)]
mod tests;
