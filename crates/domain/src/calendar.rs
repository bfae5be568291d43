//! Which civil date a sit belongs to, and weeks and months of civil dates.
//!
//! **The rule for a sit's date.** Take the wall time that the person's zone shows at the start
//! (for an instant there is exactly one, in a gap or a fold too), turn the clock face back by the
//! day-start hour, and read the date. The shift is done on the clock face, not on elapsed time:
//! with a day start of 04:00, 03:59 belongs to the day before and 04:00 to its own day in every
//! night, also in one that is 23 or 25 hours long.
//!
//! After the start nothing here looks at zones again: a session keeps its `local_date`.

use chrono::{DateTime, Datelike, Days, NaiveDate, Offset, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::settings::{DayStartOutOfRange, MAX_DAY_START_HOUR};
use crate::units::UnixMillis;

/// Why an instant has no civil date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No IANA zone has that name.
    #[error("“{name}” is no time zone: expected a name such as Europe/Berlin or UTC")]
    UnknownZone {
        /// The name as it was given, shortened to 80 characters.
        name: String,
    },
    /// The instant lies outside the years 1 to 9999, which `YYYY-MM-DD` can write.
    #[error("the instant {} ms lies outside the years 1 to 9999: is the clock right?", .0.0)]
    Unrepresentable(UnixMillis),
    /// A day cannot start at that hour.
    #[error(transparent)]
    DayStart(#[from] DayStartOutOfRange),
}

/// The civil date a sit belongs to, and the offset of its zone at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDay {
    /// The date, shifted by the day-start hour; within the years 1 to 9999.
    pub local_date: NaiveDate,
    /// Seconds east of UTC at that instant.
    pub utc_offset_s: i32,
}

/// The IANA zone of that name, written exactly so.
///
/// # Errors
/// [`CalendarError::UnknownZone`]; what then applies is for the caller to choose and to say.
pub fn zone(name: &str) -> Result<Tz, CalendarError> {
    name.parse().map_err(|_| CalendarError::UnknownZone {
        name: name.chars().take(80).collect(),
    })
}

/// The civil date that a sit begun at `started_at` in `tz` belongs to (see the module's rule).
///
/// # Errors
/// [`CalendarError::DayStart`] above [`MAX_DAY_START_HOUR`], [`CalendarError::Unrepresentable`]
/// outside the years 1 to 9999.
pub fn local_date(
    started_at: UnixMillis,
    tz: Tz,
    day_start_hour: u8,
) -> Result<LocalDay, CalendarError> {
    if day_start_hour > MAX_DAY_START_HOUR {
        return Err(DayStartOutOfRange(day_start_hour).into());
    }
    let unrepresentable = || CalendarError::Unrepresentable(started_at);
    let utc = DateTime::from_timestamp_millis(started_at.0).ok_or_else(unrepresentable)?;
    let utc = utc.naive_utc();
    let offset = tz.offset_from_utc_datetime(&utc).fix();
    let local_date = utc
        .checked_add_offset(offset)
        .and_then(|wall| wall.checked_sub_signed(TimeDelta::hours(i64::from(day_start_hour))))
        .map(|shifted| shifted.date())
        .filter(|date| (1..=9999).contains(&date.year()))
        .ok_or_else(unrepresentable)?;
    Ok(LocalDay {
        local_date,
        utc_offset_s: offset.local_minus_utc(),
    })
}

/// A span of civil dates, both ends included. Empty where `to` lies before `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateSpan {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl DateSpan {
    /// The span of one day.
    pub const fn day(date: NaiveDate) -> Self {
        Self {
            from: date,
            to: date,
        }
    }

    /// The calendar month in which `date` lies.
    pub fn month_of(date: NaiveDate) -> Self {
        let from = minus_days(date, u64::from(date.day0()));
        Self {
            from,
            to: plus_days(from, u64::from(date.num_days_in_month()) - 1),
        }
    }

    /// The calendar year; `None` outside the years 1 to 9999.
    pub fn year(year: i32) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        Some(Self {
            from: NaiveDate::from_ymd_opt(year, 1, 1)?,
            to: NaiveDate::from_ymd_opt(year, 12, 31)?,
        })
    }

    /// Whether `date` lies within.
    pub fn contains(self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }
}

/// Seven civil days from the agreed week start.
///
/// Invariant: made only by [`Week::of`] and steps of seven days from there. At the ends of
/// chrono's calendar, a quarter of a million years away, a week is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    start: NaiveDate,
}

impl Week {
    /// The week in which `date` lies, where weeks start on `week_start`.
    pub fn of(date: NaiveDate, week_start: Weekday) -> Self {
        let into_the_week = date.weekday().days_since(week_start);
        Self {
            start: minus_days(date, u64::from(into_the_week)),
        }
    }

    /// Its first day.
    pub const fn start(self) -> NaiveDate {
        self.start
    }

    /// Its seven days.
    pub fn span(self) -> DateSpan {
        DateSpan {
            from: self.start,
            to: plus_days(self.start, 6),
        }
    }

    /// The week `weeks` before this one.
    #[must_use]
    pub fn back(self, weeks: u32) -> Self {
        Self {
            start: minus_days(self.start, u64::from(weeks) * 7),
        }
    }

    /// The last `count` weeks, oldest first; this one is the last of them.
    pub fn last_weeks(self, count: u32) -> impl Iterator<Item = Self> {
        (0..count).rev().map(move |weeks| self.back(weeks))
    }
}

fn minus_days(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDate::MIN)
}

pub(crate) fn plus_days(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
