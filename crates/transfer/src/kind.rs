//! Which app wrote a file, told from its first line.

use serde::{Deserialize, Serialize};

use crate::text::Unreadable;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Insight Timer: `Started At,Duration,Preset,Activity`, no zone.
    InsightTimer,
    /// Insight Timer, older: `StartedAt (UTC),Duration,Preset,Activity`.
    InsightTimerUtc,
    /// Insight Timer, oldest: two leading lines, then a time in UTC and minutes.
    InsightTimerMinutes,
    /// Meditation Assistant: `ID,Length,Started,Completed,Message`.
    MeditationAssistant,
    /// Meditate for GNOME: `start_time_unix,duration_secs,mode,label,note`.
    Meditate,
    /// Apple Health's `export.xml`.
    AppleHealth,
    /// Mitta's own CSV.
    MittaCsv,
    /// Mitta's own JSON.
    MittaJson,
}

impl Kind {
    /// The name as stored and sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InsightTimer => "insight_timer",
            Self::InsightTimerUtc => "insight_timer_utc",
            Self::InsightTimerMinutes => "insight_timer_minutes",
            Self::MeditationAssistant => "meditation_assistant",
            Self::Meditate => "meditate",
            Self::AppleHealth => "apple_health",
            Self::MittaCsv => "mitta_csv",
            Self::MittaJson => "mitta_json",
        }
    }

    /// Whether its sits are Mitta's own, known by their ids.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::MittaCsv | Self::MittaJson)
    }
}

/// How a table is laid out: its kind, what divides its cells, and how many lines stand before its
/// rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub kind: Kind,
    pub delimiter: u8,
    /// Whether the first record names the columns.
    pub has_header: bool,
}

/// The most that is said of a line that was not understood.
const SHOWN: usize = 80;

/// Tells the kind of a file from its beginning.
///
/// # Errors
/// [`Unreadable::Empty`], [`Unreadable::UnknownKind`].
pub(crate) fn tell(beginning: &str) -> Result<Layout, Unreadable> {
    let text = beginning.trim_start();
    let first = text.lines().next().unwrap_or_default();
    if first.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let other = |kind| Layout {
        kind,
        delimiter: b',',
        has_header: false,
    };
    if text.starts_with('<') {
        return if text.contains("HealthData") {
            Ok(other(Kind::AppleHealth))
        } else {
            Err(unknown(first))
        };
    }
    if text.starts_with('{') {
        return if text.contains(crate::own::FORMAT) {
            Ok(other(Kind::MittaJson))
        } else {
            Err(unknown(first))
        };
    }
    for delimiter in *b",;\t" {
        let names = names(first, delimiter);
        if let Some(kind) = by_header(&names) {
            return Ok(Layout {
                kind,
                delimiter,
                has_header: true,
            });
        }
    }
    for delimiter in *b",;\t" {
        if text
            .lines()
            .take(3)
            .any(|line| is_time_and_minutes(line, delimiter))
        {
            return Ok(Layout {
                kind: Kind::InsightTimerMinutes,
                delimiter,
                has_header: false,
            });
        }
    }
    Err(unknown(first))
}

fn unknown(first: &str) -> Unreadable {
    Unreadable::UnknownKind {
        first_line: first
            .chars()
            .filter(|c| !c.is_control())
            .take(SHOWN)
            .collect(),
    }
}

/// The names of the columns in one spelling: lower case, without blanks and quotes.
fn names(line: &str, delimiter: u8) -> Vec<String> {
    line.split(char::from(delimiter)).map(column_name).collect()
}

/// One spelling of a column's name.
pub(crate) fn column_name(cell: &str) -> String {
    cell.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn by_header(names: &[String]) -> Option<Kind> {
    let has = |all: &[&str]| all.iter().all(|name| names.iter().any(|n| n == name));
    if has(&["started_at", "credited_s"]) {
        Some(Kind::MittaCsv)
    } else if has(&["start_time_unix", "duration_secs"]) {
        Some(Kind::Meditate)
    } else if has(&["length", "started", "completed"]) {
        Some(Kind::MeditationAssistant)
    } else if has(&["startedat(utc)", "duration"]) {
        Some(Kind::InsightTimerUtc)
    } else if has(&["startedat", "duration"]) {
        Some(Kind::InsightTimer)
    } else {
        None
    }
}

pub(crate) fn is_time_and_minutes(line: &str, delimiter: u8) -> bool {
    let mut cells = line
        .split(char::from(delimiter))
        .map(|c| c.trim().trim_matches('"'));
    let (Some(time), Some(minutes)) = (cells.next(), cells.next()) else {
        return false;
    };
    // A day and a number alone are what many a table has.
    time.contains(':')
        && crate::dates::When::parse(time).is_some()
        && crate::length::minutes(minutes).is_ok()
}
