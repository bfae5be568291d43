//! A sit that a person adds afterwards, or whose date they correct: from a time as the clock on the
//! wall showed it to an instant.
//!
//! Must hold: a time that the clock never showed (it was put forward) is refused, and one that it
//! showed twice (it was put back) is asked about, never guessed silently.

use chrono::{LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarError, local_date};
use crate::length::{LengthError, LengthOutOfRange, PlannedLength};
use crate::units::{Seconds, UnixMillis};

/// Which of the two instants is meant where the clock showed a time twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// The earlier one, before the clock was put back.
    #[default]
    First,
    /// The later one.
    Second,
}

/// Where a past sit lies in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its start.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at its start.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
    /// Both instants, where the clock showed that time twice.
    pub twice: Option<[UnixMillis; 2]>,
}

/// Why there can be no such past sit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PastError {
    /// The text is no date with a time of day.
    #[error("“{text}” is no date and time: write 2026-11-28T07:30")]
    NotATime {
        /// The text as it was given, shortened to 80 characters.
        text: String,
    },
    /// The clock never showed that time.
    #[error(
        "{} on {} never was in {tz}: the clocks were put forward. Perhaps {} is meant",
        wall.format("%H:%M"), wall.date(), instead.format("%H:%M")
    )]
    NeverWas {
        /// The time as it was given.
        wall: NaiveDateTime,
        /// The zone.
        tz: Tz,
        /// What a clock that was not put forward in time should have shown.
        instead: NaiveDateTime,
    },
    /// Zero or less.
    #[error("a sit lasts at least 1 second, not {0} s")]
    TooShort(i64),
    /// Above a day.
    #[error("a sit lasts at most 24 hours, not {0} s")]
    TooLong(i64),
    /// It has not begun yet.
    #[error("that sit has not begun yet: it would begin in {} s", .0)]
    NotBegun(u64),
    /// It is not over yet.
    #[error("that sit is not over yet: it would end in {} s", .0)]
    NotOver(u64),
    /// Before 1970, which no device could have recorded.
    #[error("a sit of {0} is too long ago: the earliest year is 1970")]
    TooLongAgo(NaiveDate),
    /// The text cannot be read as a length.
    #[error(transparent)]
    Length(#[from] LengthError),
    /// No zone of that name, or no civil date.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// Reads a time of the wall clock: `2026-11-28T07:30`, with or without seconds, a space for the `T`.
///
/// # Errors
/// [`PastError::NotATime`].
pub fn parse_wall(text: &str) -> Result<NaiveDateTime, PastError> {
    let typed = text.trim().replacen(' ', "T", 1);
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&typed, format).ok())
        .ok_or_else(|| PastError::NotATime {
            text: text.trim().chars().take(80).collect(),
        })
}

/// How long a sit was, as a person types it.
///
/// # Errors
/// [`PastError::Length`], [`PastError::TooShort`], [`PastError::TooLong`].
pub fn parse_length(text: &str) -> Result<Seconds, PastError> {
    let typed = text.trim();
    let (typed, sign) = match typed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (rest.trim_start(), -1),
        None => (typed, 1),
    };
    let seconds = match PlannedLength::parse(typed) {
        Ok(length) => i64::from(length.seconds().0),
        Err(LengthError::OutOfRange(LengthOutOfRange(s))) => i64::try_from(s).unwrap_or(i64::MAX),
        Err(error @ LengthError::NotALength { .. }) => return Err(error.into()),
    };
    credited(seconds.saturating_mul(sign))
}

/// Credited seconds as a person gave them.
///
/// # Errors
/// [`PastError::TooShort`], [`PastError::TooLong`].
pub fn credited(seconds: i64) -> Result<Seconds, PastError> {
    match u32::try_from(seconds) {
        Ok(s) if (1..=Seconds::DAY.0).contains(&s) => Ok(Seconds(s)),
        Ok(0) | Err(_) if seconds <= 0 => Err(PastError::TooShort(seconds)),
        _ => Err(PastError::TooLong(seconds)),
    }
}

/// Where a sit lies that began when the clock in `tz` showed `wall`, and took `took_s`.
///
/// # Errors
/// [`PastError`] but for the text and the credited seconds.
pub fn place(
    wall: NaiveDateTime,
    tz: Tz,
    occurrence: Occurrence,
    day_start_hour: u8,
    took_s: Seconds,
    now: UnixMillis,
) -> Result<Placed, PastError> {
    let ms = |at: chrono::DateTime<Tz>| UnixMillis(at.timestamp_millis());
    let (started_at_ms, twice) = match tz.from_local_datetime(&wall) {
        LocalResult::Single(at) => (ms(at), None),
        LocalResult::Ambiguous(first, second) => {
            let both = [ms(first), ms(second)];
            let chosen = match occurrence {
                Occurrence::First => both[0],
                Occurrence::Second => both[1],
            };
            (chosen, Some(both))
        }
        LocalResult::None => return Err(never_was(wall, tz)),
    };
    if started_at_ms.0 < 0 {
        return Err(PastError::TooLongAgo(wall.date()));
    }
    if let Some(ms) = started_at_ms.since_ms(now).filter(|ms| *ms > 0) {
        return Err(PastError::NotBegun(ms.div_ceil(1000)));
    }
    let ended_at_ms = started_at_ms.plus_ms(i64::from(took_s.0) * 1000);
    if let Some(ms) = ended_at_ms.since_ms(now).filter(|ms| *ms > 0) {
        return Err(PastError::NotOver(ms.div_ceil(1000)));
    }
    let day = local_date(started_at_ms, tz, day_start_hour)?;
    if day.local_date < UNIX_DAY {
        return Err(PastError::TooLongAgo(day.local_date));
    }
    Ok(Placed {
        started_at_ms,
        utc_offset_s: day.utc_offset_s,
        local_date: day.local_date,
        twice,
    })
}

/// The first civil date that an op may carry.
const UNIX_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// The hour that was left out is added, as whoever forgot to put their clock forward would.
fn never_was(wall: NaiveDateTime, tz: Tz) -> PastError {
    let offset = |at: NaiveDateTime| tz.offset_from_utc_datetime(&at).fix().local_minus_utc();
    let day = TimeDelta::days(1);
    let before = wall.checked_sub_signed(day).map_or(0, offset);
    let after = wall.checked_add_signed(day).map_or(0, offset);
    let gap = TimeDelta::seconds(i64::from(after.saturating_sub(before)));
    let instead = wall.checked_add_signed(gap).unwrap_or(wall);
    PastError::NeverWas { wall, tz, instead }
}

#[cfg(test)]
mod tests;
