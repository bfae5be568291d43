//! Moments as other apps write them: with or without a zone, in any order of day and month.
//!
//! Must hold: nothing is guessed. A date whose order is open stays open until the whole file, or
//! the person, has settled it; a time without a zone stays a clock's face until the zone is known.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

/// Which number of `04/05/2026` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// April 5.
    MonthFirst,
    /// 4 May.
    DayFirst,
}

/// What the times in a file are that does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TimesAre {
    /// What a clock on the wall showed.
    Local,
    /// UTC.
    Utc,
}

/// A moment as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// An instant, of which only the instant is known.
    Instant(UnixMillis),
    /// An instant and what the clock showed.
    Offset(DateTime<FixedOffset>),
    /// What a clock showed.
    Wall(NaiveDateTime),
    /// The same, where day and month stand in an order that is not known yet.
    Slashed {
        first: u32,
        second: u32,
        year: i32,
        time: NaiveTime,
    },
}

/// A moment, as far as the file and its zone settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    Once(UnixMillis),
    /// The clock showed it twice; this is the first.
    Twice(UnixMillis),
    /// The clock never showed it.
    Never,
    /// No such day in the calendar.
    NoSuchDay,
}

impl When {
    /// Understands ISO 8601 (`2026-04-20 08:21:14`, with `T`, `Z`, an offset or a fraction),
    /// `04/20/2026 08:21:14`, `10/15/2024 6:30:00 AM`, `20.04.2026 08:21`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() > 40 {
            return None;
        }
        let (date, rest) = match text.find([' ', 'T']) {
            Some(at) => (&text[..at], text[at + 1..].trim()),
            None => (text, ""),
        };
        let numbers = |divider: char| -> Option<[u32; 3]> {
            let parts: Option<Vec<u32>> = date.split(divider).map(number).collect();
            parts?.try_into().ok()
        };
        if let Some([year, month, day]) = numbers('-') {
            let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
            return iso(date, rest);
        }
        let time = clock(rest)?;
        if let Some([day, month, year]) = numbers('.') {
            let date = NaiveDate::from_ymd_opt(full_year(year)?, month, day)?;
            return Some(Self::Wall(date.and_time(time)));
        }
        let [first, second, year] = numbers('/')?;
        let year = full_year(year)?;
        // A date that is none in either order.
        NaiveDate::from_ymd_opt(year, first, second)
            .or_else(|| NaiveDate::from_ymd_opt(year, second, first))?;
        Some(Self::Slashed {
            first,
            second,
            year,
            time,
        })
    }

    /// The moment, if `zone` is where the clock hung.
    pub(crate) fn settle(self, zone: Tz, order: DateOrder, times: TimesAre) -> Settled {
        let wall = match self {
            Self::Instant(at) => return Settled::Once(at),
            Self::Offset(at) => return Settled::Once(UnixMillis(at.timestamp_millis())),
            Self::Wall(wall) => wall,
            Self::Slashed {
                first,
                second,
                year,
                time,
            } => {
                let (month, day) = match order {
                    DateOrder::MonthFirst => (first, second),
                    DateOrder::DayFirst => (second, first),
                };
                match NaiveDate::from_ymd_opt(year, month, day) {
                    Some(date) => date.and_time(time),
                    None => return Settled::NoSuchDay,
                }
            }
        };
        let at = |at: i64| UnixMillis(at);
        if times == TimesAre::Utc {
            return Settled::Once(at(wall.and_utc().timestamp_millis()));
        }
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(one) => Settled::Once(at(one.timestamp_millis())),
            LocalResult::Ambiguous(a, b) => {
                Settled::Twice(at(a.timestamp_millis().min(b.timestamp_millis())))
            }
            LocalResult::None => Settled::Never,
        }
    }

    /// The moment under one order, for telling which orders are possible at all; zones are left
    /// out, so it is right within a day.
    pub(crate) fn roughly(self, order: DateOrder) -> Option<i64> {
        match self.settle(Tz::UTC, order, TimesAre::Utc) {
            Settled::Once(at) | Settled::Twice(at) => Some(at.0),
            Settled::Never | Settled::NoSuchDay => None,
        }
    }
}

/// What stands behind an ISO date.
fn iso(date: NaiveDate, rest: &str) -> Option<When> {
    let (time, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => (rest[..at].trim(), Some(rest[at..].trim())),
        None => (rest, None),
    };
    let wall = date.and_time(clock(time)?);
    let Some(offset) = offset else {
        return Some(When::Wall(wall));
    };
    let offset_s = if offset == "Z" {
        0
    } else {
        offset_seconds(offset)?
    };
    let at = FixedOffset::east_opt(offset_s)?
        .from_local_datetime(&wall)
        .single()?;
    Some(When::Offset(at))
}

/// `+0900`, `+09:00`, `-03`.
fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(two) => two,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_possible = hours <= 18 && minutes < 60;
    is_possible
        .then(|| i32::try_from(hours * 3600 + minutes * 60).ok())
        .flatten()
        .map(|s| sign * s)
}

/// `08:21:14`, `08:21`, `6:30:00 AM`, `08:21:14.250`; nothing is midnight.
fn clock(text: &str) -> Option<NaiveTime> {
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    let upper = text.to_ascii_uppercase();
    let (face, half) = if let Some(face) = upper.strip_suffix("AM") {
        (face.trim(), Some(0))
    } else if let Some(face) = upper.strip_suffix("PM") {
        (face.trim(), Some(12))
    } else {
        (upper.as_str(), None)
    };
    let (face, milli) = match face.split_once('.') {
        Some((face, fraction)) => {
            let places = fraction.get(..fraction.len().min(3))?;
            let scale = 10_u32.pow(3 - u32::try_from(places.len()).ok()?);
            (face, number(places)? * scale)
        }
        None => (face, 0),
    };
    let parts: Option<Vec<u32>> = face.split(':').map(number).collect();
    let (hour, minute, second) = match parts?[..] {
        [h, m] => (h, m, 0),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
    };
    NaiveTime::from_hms_milli_opt(hour, minute, second, milli)
}

fn full_year(year: u32) -> Option<i32> {
    let year = if year < 100 { 2000 + year } else { year };
    i32::try_from(year)
        .ok()
        .filter(|y| (1900..=9999).contains(y))
}

fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
