//! What can only be seen sit by sit: times of day, labels, the longest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::units::{Seconds, UnixMillis};

const DAY_S: i64 = 86_400;

/// A completed, undeleted sit, as much of it as statistics need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SatSit<'a> {
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
    /// Its start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// Seconds that count.
    pub credited_s: Seconds,
    /// Its label.
    pub label: Option<&'a str>,
}

impl SatSit<'_> {
    /// The hour, 0 to 23, that the person's clock showed at the start.
    pub fn start_hour(&self) -> u8 {
        let face_s = self.started_at_ms.0.div_euclid(1000) + i64::from(self.utc_offset_s);
        let hour = face_s.rem_euclid(DAY_S) / 3600;
        u8::try_from(hour).unwrap_or(0)
    }
}

/// What was begun within an hour of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HourTotal {
    /// 0 to 23, as the person's clock showed it.
    pub hour: u8,
    /// Sits begun in it.
    pub sits: u32,
    /// All their credited seconds, also those past the hour.
    pub credited_s: u64,
}

/// What was sat under a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabelTotal {
    /// The label, as it was written; `null`: without one.
    pub label: Option<String>,
    /// Sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
}

/// The longest sit: of several, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LongestSit {
    /// Seconds that count.
    pub credited_s: Seconds,
    /// The civil date it belongs to.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub local_date: NaiveDate,
}

/// Sums over sits that are shown one by one.
///
/// **A sit counts whole in the hour in which it began.** What is asked of times of day is when one sits
/// down; and which of its seconds were sat in which hour is not recorded (pauses, trimmed sleep,
/// corrections), so spreading them would be a guess.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    hours: [(u32, u64); 24],
    unlabelled: (u32, u64),
    labels: BTreeMap<String, (u32, u64)>,
    longest: Option<LongestSit>,
}

fn count((sits, sum_s): &mut (u32, u64), credited_s: Seconds) {
    *sits += 1;
    *sum_s += u64::from(credited_s.0);
}

impl Tally {
    /// Counts a sit.
    pub fn add(&mut self, sit: &SatSit<'_>) {
        let credited_s = sit.credited_s;
        if let Some(hour) = self.hours.get_mut(usize::from(sit.start_hour())) {
            count(hour, credited_s);
        }
        match sit.label {
            None => count(&mut self.unlabelled, credited_s),
            Some(label) => match self.labels.get_mut(label) {
                Some(sums) => count(sums, credited_s),
                None => count(self.labels.entry(label.to_owned()).or_default(), credited_s),
            },
        }
        let longest = LongestSit {
            credited_s,
            local_date: sit.local_date,
        };
        let rank = |it: &LongestSit| (it.credited_s, std::cmp::Reverse(it.local_date));
        if self
            .longest
            .is_none_or(|known| rank(&longest) > rank(&known))
        {
            self.longest = Some(longest);
        }
    }

    /// The 24 hours from midnight on, also those without a sit.
    pub fn hours(&self) -> Vec<HourTotal> {
        let hours = (0..).zip(self.hours);
        hours
            .map(|(hour, (sits, credited_s))| HourTotal {
                hour,
                sits,
                credited_s,
            })
            .collect()
    }

    /// The labels, most time first; then in the order of their letters, those without one last.
    pub fn labels(&self) -> Vec<LabelTotal> {
        let labelled = self.labels.iter().map(|(label, sums)| (Some(label), sums));
        let all = labelled.chain([(None, &self.unlabelled)]);
        let mut totals: Vec<_> = all
            .filter(|(_, (sits, _))| *sits > 0)
            .map(|(label, (sits, credited_s))| LabelTotal {
                label: label.cloned(),
                sits: *sits,
                credited_s: *credited_s,
            })
            .collect();
        totals.sort_by_key(|total| std::cmp::Reverse(total.credited_s));
        totals
    }

    /// The longest sit.
    pub const fn longest(&self) -> Option<LongestSit> {
        self.longest
    }
}
