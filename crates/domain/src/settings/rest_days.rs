//! The weekdays on which a person plans not to sit.

use chrono::{Weekday, WeekdaySet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Planned rest days: a streak goes on over them. Written as a list from Monday on, each day once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestDays(pub WeekdaySet);

impl Serialize for RestDays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter(Weekday::Mon))
    }
}

impl<'de> Deserialize<'de> for RestDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let days = Vec::<Weekday>::deserialize(deserializer)?;
        Ok(Self(days.into_iter().collect()))
    }
}
