//! Days as shades of a heatmap.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::totals::DayTotal;
use crate::units::Seconds;

/// How many shades there are beside none.
pub const LEVELS: usize = 4;

/// A day with a sit, and how strong its shade is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HeatDay {
    /// The date.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub local_date: NaiveDate,
    /// Its sits; at least 1.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
    /// 1 (faint) to [`LEVELS`] (strong).
    pub level: u8,
}

/// The days of a span that have a sit, and from how many seconds on each shade begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Heat {
    /// Where each level begins, in seconds; rising, the first is 1.
    #[cfg_attr(feature = "ts", ts(type = "[number, number, number, number]"))]
    pub level_from_s: [u64; LEVELS],
    /// Ascending by date.
    pub days: Vec<HeatDay>,
}

impl Heat {
    /// **The shades.** A usual day is one of the third shade: from `usual` on; half of it is the second,
    /// twice as much the fourth. Usual is a seventh of the weekly goal or, without one, the median of the
    /// days that have a sit: one long day does not make all others pale, and whoever sits twenty minutes
    /// every day sees an even, clear colour. Usual is rounded up to two minutes, so that the limits can
    /// be read; below that to four seconds, so that they rise.
    pub fn of(days: &[DayTotal], weekly_goal_s: Option<Seconds>) -> Self {
        let usual_s = match weekly_goal_s {
            Some(goal) => u64::from(goal.0).div_ceil(7),
            None => median(days),
        };
        let step_s = if usual_s < 120 { 4 } else { 120 };
        let usual_s = usual_s.max(1).next_multiple_of(step_s);
        let level_from_s = [1, usual_s / 2, usual_s, usual_s * 2];
        let level = |credited_s| {
            let reached = level_from_s.iter().filter(|from_s| credited_s >= **from_s);
            u8::try_from(reached.count()).unwrap_or(0).max(1)
        };
        Self {
            level_from_s,
            days: days
                .iter()
                .map(|day| HeatDay {
                    local_date: day.local_date,
                    sits: day.sits,
                    credited_s: day.credited_s,
                    level: level(day.credited_s),
                })
                .collect(),
        }
    }
}

/// The lower median of the days' seconds; 0 without a day.
fn median(days: &[DayTotal]) -> u64 {
    let mut sums: Vec<u64> = days.iter().map(|day| day.credited_s).collect();
    sums.sort_unstable();
    let middle = sums.len().saturating_sub(1) / 2;
    sums.get(middle).copied().unwrap_or(0)
}
