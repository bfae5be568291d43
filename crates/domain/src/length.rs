//! The planned length of a sit, and how a person may write one.
//!
//! What Mitta itself writes ([`Seconds::dial`], [`Seconds::spoken`]) always reads back as the same
//! length.

use std::iter::Peekable;
use std::str::Chars;

use serde::{Deserialize, Serialize};

use crate::units::Seconds;

/// The planned length of a session, in whole seconds.
///
/// Invariant: one second to one day. [`PlannedLength::from_seconds`] is the only way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(try_from = "u32", into = "u32")]
pub struct PlannedLength(Seconds);

/// A length outside `1..=86_400` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sit lasts 1 second to 24 hours, not {0} s")]
pub struct LengthOutOfRange(pub u64);

/// Why a length as typed was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    /// The text cannot be read as a length.
    #[error(
        "“{text}” is not a length: write 25 for minutes, or 90s, 1:30 (minutes:seconds), 1h 30m"
    )]
    NotALength {
        /// The text as it was given, shortened to 80 characters.
        text: String,
    },
    /// The text was understood, but no sit is that long or short.
    #[error(transparent)]
    OutOfRange(#[from] LengthOutOfRange),
}

impl PlannedLength {
    /// # Errors
    /// [`LengthOutOfRange`] unless `seconds` is in `1..=86_400`.
    pub const fn from_seconds(seconds: u32) -> Result<Self, LengthOutOfRange> {
        if seconds >= 1 && seconds <= Seconds::DAY.0 {
            Ok(Self(Seconds(seconds)))
        } else {
            Err(LengthOutOfRange(seconds as u64))
        }
    }

    /// Reads a length as a person types it.
    ///
    /// | written | means |
    /// |---|---|
    /// | `25`, `2.5`, `2,5` | minutes |
    /// | `90s`, `45 min`, `1.5h` | with its unit: h, hr, hour(s) · m, min, minute(s) · s, sec, second(s) |
    /// | `1h 30m`, `1h30`, `1 h 05 min 30 s` | units from large to small; a last number alone has the next smaller unit |
    /// | `1:30` | minutes:seconds, as on the dial |
    /// | `1:30:00` | hours:minutes:seconds |
    ///
    /// Capitals and spaces do not matter; parts of a second are dropped.
    ///
    /// # Errors
    /// [`LengthError::NotALength`] for any other text, [`LengthError::OutOfRange`] for a length
    /// outside `1..=86_400` seconds.
    pub fn parse(text: &str) -> Result<Self, LengthError> {
        let lower = text.trim().to_lowercase();
        let seconds = if lower.contains(':') {
            read_dial(&lower)
        } else {
            read_words(&lower)
        };
        let seconds = seconds.ok_or_else(|| LengthError::NotALength {
            text: text.trim().chars().take(80).collect(),
        })?;
        let in_range = u32::try_from(seconds).ok().map(Self::from_seconds);
        Ok(in_range.unwrap_or(Err(LengthOutOfRange(seconds)))?)
    }

    /// Whole seconds.
    pub const fn seconds(self) -> Seconds {
        self.0
    }
}

impl TryFrom<u32> for PlannedLength {
    type Error = LengthOutOfRange;
    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        Self::from_seconds(seconds)
    }
}

impl From<PlannedLength> for u32 {
    fn from(length: PlannedLength) -> Self {
        length.0.0
    }
}

/// Reads a list of times, each as [`PlannedLength::parse`] reads one: `25, 30, 55`.
///
/// Commas part the times (so a decimal in a list is written with a point), or semicolons where
/// there is one. Order and repeats are kept as written.
///
/// # Errors
/// [`LengthError`] of the first time that was refused, or of the whole text where it names none.
pub fn parse_times(text: &str) -> Result<Vec<Seconds>, LengthError> {
    let separator = if text.contains(';') { ';' } else { ',' };
    let times: Vec<Seconds> = text
        .split(separator)
        .filter(|time| !time.trim().is_empty())
        .map(|time| PlannedLength::parse(time).map(PlannedLength::seconds))
        .collect::<Result<_, _>>()?;
    if times.is_empty() {
        return Err(LengthError::NotALength {
            text: text.trim().chars().take(80).collect(),
        });
    }
    Ok(times)
}

/// `m:ss` or `h:mm:ss`. The first number may be any, the others are two digits below 60.
fn read_dial(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(str::trim);
    let mut total = read_digits(parts.next()?)?;
    let mut further = 0;
    for part in parts {
        let number = read_digits(part).filter(|n| part.len() == 2 && *n < 60)?;
        total = total.saturating_mul(60).saturating_add(number);
        further += 1;
    }
    (further <= 2).then_some(total)
}

/// ASCII digits only; a number too large to hold stands as the largest there is.
fn read_digits(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Second,
    Minute,
    Hour,
}

impl Unit {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "h" | "hr" | "hrs" | "hour" | "hours" => Some(Self::Hour),
            "m" | "min" | "mins" | "minute" | "minutes" => Some(Self::Minute),
            "s" | "sec" | "secs" | "second" | "seconds" => Some(Self::Second),
            _ => None,
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Self::Hour => 3600,
            Self::Minute => 60,
            Self::Second => 1,
        }
    }

    const fn next_smaller(self) -> Option<Self> {
        match self {
            Self::Hour => Some(Self::Minute),
            Self::Minute => Some(Self::Second),
            Self::Second => None,
        }
    }
}

/// Numbers with units from large to small, each unit at most once, decimals only in the last.
fn read_words(text: &str) -> Option<u64> {
    let mut chars = text.chars().peekable();
    let mut total: u64 = 0;
    let mut before: Option<Unit> = None;
    while chars.peek().is_some() {
        let number = Decimal::read(&mut chars)?;
        let word = take_while(&mut chars, char::is_alphabetic);
        skip_spaces(&mut chars);
        let last = chars.peek().is_none();
        let unit = match (word.as_str(), before) {
            ("", None) if last => Unit::Minute,
            ("", Some(larger)) if last => larger.next_smaller()?,
            (word, _) => Unit::from_word(word)?,
        };
        if before.is_some_and(|larger| unit >= larger) || (number.has_fraction() && !last) {
            return None;
        }
        total = total.saturating_add(number.times(unit.seconds()));
        before = Some(unit);
    }
    before.map(|_| total)
}

/// A number as written: whole part and up to nine decimals.
struct Decimal {
    whole: u64,
    billionths: Option<u64>,
}

impl Decimal {
    fn read(chars: &mut Peekable<Chars<'_>>) -> Option<Self> {
        let whole = read_digits(&take_while(chars, |c| c.is_ascii_digit()))?;
        let mut billionths = None;
        if chars.next_if(|c| matches!(c, '.' | ',')).is_some() {
            let digits = take_while(chars, |c| c.is_ascii_digit());
            let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
            billionths = Some(read_digits(&nine).filter(|_| !digits.is_empty())?);
        }
        skip_spaces(chars);
        Some(Self { whole, billionths })
    }

    const fn has_fraction(&self) -> bool {
        self.billionths.is_some()
    }

    /// The product, rounded down.
    fn times(&self, factor: u64) -> u64 {
        let fraction = self.billionths.unwrap_or(0) * factor / 1_000_000_000;
        self.whole.saturating_mul(factor).saturating_add(fraction)
    }
}

fn take_while(chars: &mut Peekable<Chars<'_>>, keep: impl Fn(char) -> bool) -> String {
    std::iter::from_fn(|| chars.next_if(|c| keep(*c))).collect()
}

fn skip_spaces(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests;
