//! Tables: the rows of every CSV that Mitta knows.

use std::ops::ControlFlow;

use csv::{ReaderBuilder, StringRecord, Trim};
use mitta_domain::UnixMillis;

use crate::dates::When;
use crate::judge::{Foreign, Found, Refusal, RefusalCode};
use crate::kind::{Kind, Layout, column_name, is_time_and_minutes};
use crate::text::{Counted, Unreadable};
use crate::{length, own};

mod quotes;

use quotes::{Quotes, Watched};

/// A row as it was found, with its line.
pub(crate) type OnRow<'a> = &'a mut dyn FnMut(u64, Result<Found, Refusal>) -> ControlFlow<()>;

/// Longer cells than that are no words of a sit.
const LONGEST_CELL: usize = 100_000;

/// Reads every row. Whether the file is whole: a line that it breaks off is refused, since of half a
/// row nobody can tell half a number.
pub(crate) fn read<R: std::io::BufRead>(
    text: &mut Counted<'_, R>,
    layout: Layout,
    on_row: OnRow<'_>,
) -> Result<(ControlFlow<()>, bool), Unreadable> {
    let quotes = Quotes::new();
    let mut reader = ReaderBuilder::new()
        .has_headers(layout.has_header)
        .delimiter(layout.delimiter)
        .flexible(true)
        .trim(Trim::None)
        .from_reader(Watched {
            text: &mut *text,
            delimiter: layout.delimiter,
            quotes: quotes.clone(),
        });
    let columns = if layout.has_header {
        let header = reader.headers().map_err(|e| broken(&e));
        match header {
            Ok(header) => Columns(header.iter().map(column_name).collect()),
            Err(error) => return failed(text, error),
        }
    } else {
        Columns(Vec::new())
    };
    let width = columns.0.len();
    let mut record = StringRecord::new();
    let mut leading = if layout.has_header { 0 } else { 2 };
    let mut held: Option<Held> = None;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return failed(text, broken(&error)),
        }
        let end = reader.position().byte();
        let line = quotes.line_before(end).unwrap_or_default();
        let has_stray = quotes.has_stray_before(end);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if leading > 0 {
            leading -= 1;
            let written = record.iter().collect::<Vec<_>>().join(",");
            if !is_time_and_minutes(&written, b',') {
                continue;
            }
            leading = 0;
        }
        // A quote that was never closed has taken other rows with it.
        let spans_lines = record.iter().any(|cell| cell.contains(['\n', '\r']));
        let has_another_width = layout.has_header && record.len() != width;
        let row = if spans_lines && (has_stray || has_another_width) {
            Err(RefusalCode::UnclosedQuote.into())
        } else {
            row(layout.kind, &columns, &record)
        };
        let now = Held {
            line,
            row,
            cells: record.len(),
            cells_before: held.as_ref().map(|held| held.cells),
        };
        // One row is held back: of the last one it must be known that it is the last.
        if let Some(before) = held.replace(now)
            && on_row(before.line, before.row).is_break()
        {
            return Ok((ControlFlow::Break(()), true));
        }
    }
    let Some(last) = held else {
        return Ok((ControlFlow::Continue(()), true));
    };
    // In a file whose rows are all that short, this is one of them.
    let is_short = last.cells < width && last.cells_before != Some(last.cells);
    let breaks_off = !quotes.ends_with_a_line() && (is_short || quotes.is_open());
    let row = if quotes.is_open() {
        Err(RefusalCode::UnclosedQuote.into())
    } else if breaks_off {
        Err(RefusalCode::BreaksOff.into())
    } else {
        last.row
    };
    Ok((on_row(last.line, row), !breaks_off))
}

/// A row that is handed on once the next one is there.
struct Held {
    line: u64,
    row: Result<Found, Refusal>,
    cells: usize,
    /// How many the row before it has.
    cells_before: Option<usize>,
}

fn failed<R>(
    text: &Counted<'_, R>,
    error: Unreadable,
) -> Result<(ControlFlow<()>, bool), Unreadable> {
    Err(if text.is_cancelled() {
        Unreadable::Cancelled
    } else {
        error
    })
}

fn broken(error: &csv::Error) -> Unreadable {
    let line = error.position().map_or(0, csv::Position::line);
    Unreadable::Broken {
        line,
        detail: error.to_string(),
    }
}

/// The names of the columns, in one spelling.
pub(crate) struct Columns(Vec<String>);

/// A row with its cells by name.
pub(crate) struct Row<'a> {
    columns: &'a Columns,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// The cell, without blanks around it; `None` if it is empty or not there.
    pub(crate) fn cell(&self, name: &str) -> Option<&str> {
        let at = self.columns.0.iter().position(|column| column == name)?;
        self.at(at)
    }

    pub(crate) fn at(&self, at: usize) -> Option<&str> {
        let cell = self.record.get(at)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    /// The cell as it is, blanks too.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let at = self.columns.0.iter().position(|column| column == name)?;
        self.record
            .get(at)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.cell(name).ok_or_else(|| Refusal::missing(name))
    }
}

fn row(kind: Kind, columns: &Columns, record: &StringRecord) -> Result<Found, Refusal> {
    if record.iter().any(|cell| cell.len() > LONGEST_CELL) {
        let why = "a cell of more than 100,000 characters";
        return Err(Refusal::about(RefusalCode::NotUnderstood, why));
    }
    let row = Row { columns, record };
    match kind {
        Kind::InsightTimer => insight(&row, "startedat"),
        Kind::InsightTimerUtc => insight(&row, "startedat(utc)"),
        Kind::InsightTimerMinutes => insight_minutes(&row),
        Kind::MeditationAssistant => assistant(&row),
        Kind::Meditate => meditate(&row),
        Kind::MittaCsv => own::csv::found(&row),
        Kind::AppleHealth | Kind::MittaJson => {
            Err(Refusal::about(RefusalCode::NotUnderstood, "no table"))
        }
    }
}

/// A moment as written.
pub(crate) fn when(text: &str) -> Result<When, Refusal> {
    When::parse(text).ok_or_else(|| Refusal::about(RefusalCode::NotATime, text))
}

fn foreign(when: When, length_s: u32) -> Foreign {
    Foreign {
        when,
        zone: None,
        length_s,
        label: None,
        note: None,
        mood: None,
    }
}

fn insight(row: &Row<'_>, started: &str) -> Result<Found, Refusal> {
    let when = when(row.needed(started)?)?;
    let length_s = length::clock(row.needed("duration")?, false)?;
    // `Meditation` is what an activity is unless somebody chose another.
    let activity = row
        .cell("activity")
        .filter(|a| !a.eq_ignore_ascii_case("meditation"));
    let label = match (row.cell("preset"), activity) {
        (Some(preset), Some(activity)) => Some(format!("{preset} · {activity}")),
        (one, other) => one.or(other).map(str::to_owned),
    };
    Ok(Found::Foreign(Foreign {
        label,
        ..foreign(when, length_s)
    }))
}

fn insight_minutes(row: &Row<'_>) -> Result<Found, Refusal> {
    let when = when(row.at(0).ok_or_else(|| Refusal::missing("1"))?)?;
    let length_s = length::minutes(row.at(1).ok_or_else(|| Refusal::missing("2"))?)?;
    Ok(Found::Foreign(foreign(when, length_s)))
}

fn assistant(row: &Row<'_>) -> Result<Found, Refusal> {
    let when = when(row.needed("started")?)?;
    let length_s = length::clock(row.needed("length")?, true)?;
    Ok(Found::Foreign(Foreign {
        note: row.cell("message").map(str::to_owned),
        ..foreign(when, length_s)
    }))
}

fn meditate(row: &Row<'_>) -> Result<Found, Refusal> {
    let text = row.needed("start_time_unix")?;
    let seconds: i64 = text
        .parse()
        .map_err(|_| Refusal::about(RefusalCode::NotATime, text))?;
    let ms = seconds
        .checked_mul(1000)
        .ok_or_else(|| Refusal::from(RefusalCode::OutOfCalendar))?;
    let length_s = length::seconds(row.needed("duration_secs")?)?;
    Ok(Found::Foreign(Foreign {
        label: row.cell("label").map(str::to_owned),
        note: row.cell("note").map(str::to_owned),
        ..foreign(When::Instant(UnixMillis(ms)), length_s)
    }))
}
