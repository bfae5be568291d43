//! Lists and sums over `sessions`, each read from a covering index alone: a test asserts the
//! query plans, because one column too many makes a million rows several times slower.

use chrono::NaiveDate;
use mitta_domain::calendar::DateSpan;
use mitta_domain::session::Words;
use mitta_domain::totals::{DayTotal, SpanTotal};
use mitta_domain::{
    Completion, PlannedLength, Seconds, SessionId, Sharing, Source, TogetherId, UnixMillis,
};
use rusqlite::{Connection, params};

use super::{from_name, seconds, sessions};
use crate::cells::{Cells, Columns};
use crate::error::ReadError;

pub(super) static HISTORY: Columns = Columns {
    table: "sessions",
    names: &[
        "session_id",
        "source",
        "started_at_ms",
        "utc_offset_s",
        "local_date",
        "planned_s",
        "interval_bells",
        "ended_at_ms",
        "completion_credited_s",
        "paused_s",
        "asleep_s",
        "overtime_s",
        "credited_s",
        "note",
        "mood",
        "label",
        "together_id",
        "shared",
        "note_shared",
    ],
};

static DAYS: Columns = Columns {
    table: "sessions",
    names: &["local_date", "count(*)", "sum(credited_s)"],
};

static SPANS: Columns = Columns {
    table: "sessions",
    names: &["started_at_ms", "ended_at_ms"],
};

/// Start and length in whole seconds, pauses included, of every completed sit that is not deleted.
pub(crate) fn spans(connection: &Connection) -> Result<Vec<(UnixMillis, u32)>, ReadError> {
    let sql = format!(
        "SELECT {} FROM sessions WHERE deleted = 0 AND ended_at_ms IS NOT NULL ORDER BY started_at_ms",
        SPANS.list()
    );
    SPANS.query(connection, &sql, [], |cells| {
        let started_at_ms = UnixMillis(cells.next()?);
        let ms = UnixMillis(cells.next()?).since_ms(started_at_ms);
        let length_s = u32::try_from(ms.unwrap_or_default() / 1000).unwrap_or(u32::MAX);
        Ok((started_at_ms, length_s))
    })
}

static SPAN: Columns = Columns {
    table: "sessions",
    names: &[
        "min(local_date)",
        "max(local_date)",
        "sum(sits)",
        "count(*)",
        "sum(credited_s)",
    ],
};

/// A session as a list shows it: without plan, device and zone name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The session.
    pub session_id: SessionId,
    /// Where it came from.
    pub source: Source,
    /// Start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
    /// Planned length; `None` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// How many interval bells its plan has.
    pub interval_bells: u32,
    /// What completion set; `None` while running.
    pub completion: Option<Completion>,
    /// Seconds that count, corrected or as completed; 0 while running.
    pub credited_s: Seconds,
    /// Note, mood, label.
    pub words: Words,
    /// The sitting together that it belongs to, if any.
    pub together_id: Option<TogetherId>,
    /// What partners may see.
    pub sharing: Sharing,
}

/// A place in the history: pages are read from before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Start of the last entry seen.
    pub started_at_ms: UnixMillis,
    /// Its session.
    pub session_id: SessionId,
}

/// `after` is the condition that cuts off what was seen.
fn page_sql(after: &str) -> String {
    format!(
        "SELECT {} FROM sessions WHERE deleted = 0 {after} \
         ORDER BY started_at_ms DESC, session_id DESC LIMIT ?1",
        HISTORY.list()
    )
}

/// Sessions that are not deleted, newest first.
pub(crate) fn page(
    connection: &Connection,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<HistoryEntry>, ReadError> {
    match before {
        None => HISTORY.query(connection, &page_sql(""), [limit], read_entry),
        Some(Position {
            started_at_ms,
            session_id,
        }) => HISTORY.query(
            connection,
            &page_sql("AND (started_at_ms, session_id) < (?2, ?3)"),
            params![limit, started_at_ms.0, session_id.to_string()],
            read_entry,
        ),
    }
}

/// The longest that a sit may take, pauses and all, to be found by [`overlapping`]: with a bound the
/// index is read in a narrow range.
const WEEK_MS: i64 = 7 * 86_400_000;

fn overlapping_sql() -> String {
    format!(
        "SELECT {} FROM sessions WHERE deleted = 0 \
         AND started_at_ms > ?1 AND started_at_ms < ?2 AND coalesce(ended_at_ms, ?2) > ?3 \
         ORDER BY started_at_ms, session_id LIMIT ?4",
        HISTORY.list()
    )
}

/// Sits of which some part lies within `from..to`, oldest first.
pub(crate) fn overlapping(
    connection: &Connection,
    from: UnixMillis,
    to: UnixMillis,
    limit: u32,
) -> Result<Vec<HistoryEntry>, ReadError> {
    HISTORY.query(
        connection,
        &overlapping_sql(),
        params![from.plus_ms(-WEEK_MS).0, to.0, from.0, limit],
        read_entry,
    )
}

pub(super) fn read_entry(cells: &mut Cells<'_>) -> Result<HistoryEntry, ReadError> {
    Ok(HistoryEntry {
        session_id: cells.convert(|text: String| text.parse().ok())?,
        source: cells.convert(from_name)?,
        started_at_ms: UnixMillis(cells.next()?),
        utc_offset_s: cells.next()?,
        local_date: cells.convert(|text: String| text.parse().ok())?,
        planned_s: cells.convert_if_there(|s: u32| s.try_into().ok())?,
        interval_bells: cells.next()?,
        completion: sessions::read_completion(cells)?,
        credited_s: cells.convert_if_there(seconds)?.unwrap_or_default(),
        words: sessions::read_words(cells)?,
        together_id: cells.convert_if_there(|text: String| text.parse().ok())?,
        sharing: sessions::read_sharing(cells)?,
    })
}

fn days_sql() -> String {
    format!(
        "SELECT {} FROM sessions \
         WHERE deleted = 0 AND state = 'completed' AND local_date BETWEEN ?1 AND ?2 \
         GROUP BY local_date ORDER BY local_date",
        DAYS.list()
    )
}

/// The totals of the dates `from..=to` that have any, in order.
pub(crate) fn days(
    connection: &Connection,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<DayTotal>, ReadError> {
    DAYS.query(
        connection,
        &days_sql(),
        [from.to_string(), to.to_string()],
        |cells| {
            Ok(DayTotal {
                local_date: cells.convert(|text: String| text.parse().ok())?,
                sits: cells.next()?,
                credited_s: cells.convert(|s: i64| u64::try_from(s).ok())?,
            })
        },
    )
}

/// By way of the days: counting distinct dates of all rows would build a table of them.
fn span_sql() -> String {
    format!(
        "SELECT {} FROM (SELECT local_date, count(*) AS sits, sum(credited_s) AS credited_s \
         FROM sessions WHERE deleted = 0 AND state = 'completed' GROUP BY local_date)",
        SPAN.list()
    )
}

/// The total of the whole history, from its first to its last date; `None` while it is empty.
pub(crate) fn span(connection: &Connection) -> Result<Option<SpanTotal>, ReadError> {
    let total = SPAN.query_one(connection, &span_sql(), [], |cells| {
        let Some(from) = cells.convert_if_there(|text: String| text.parse().ok())? else {
            return Ok(None);
        };
        let to = cells.convert(|text: String| text.parse().ok())?;
        Ok(Some(SpanTotal {
            span: DateSpan { from, to },
            sits: cells.next()?,
            days: cells.next()?,
            credited_s: cells.convert(|s: i64| u64::try_from(s).ok())?,
        }))
    })?;
    Ok(total.flatten())
}

#[cfg(test)]
mod tests;
