//! Sits by their words, label, source and dates: the index `search`, and lists cut by it.
//!
//! What a person typed is never the query language of FTS5: it is cut into words, each of which is
//! given as a quoted string. Words of three letters and more are looked up in the index; shorter ones
//! are looked for in what was found by the others, or in the list itself.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use mitta_domain::Source;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::history::{HISTORY, HistoryEntry, Position, read_entry};
use super::name_of;
use crate::cells::Columns;
use crate::error::{ReadError, WriteError};

/// The longest text that is searched for, in characters.
pub const MAX_SEARCH_CHARS: usize = 200;
/// The shortest word that the index knows, in letters.
const INDEXED_CHARS: usize = 3;
/// Numbers of `search_rows` for each millisecond, as in its migration.
const ROWS_PER_MS: i64 = 4096;
/// How far the instant of a start may be from its civil date in UTC: zones, the day-start hour, and a
/// margin, as `domain::apply` allows.
const DATE_MARGIN: TimeDelta = TimeDelta::days(4);

/// Which sits of the history are wanted; all of it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFilter {
    /// Every word of it stands in note or label, capitals and accents aside.
    pub text: Option<String>,
    /// Exactly that label.
    pub label: Option<String>,
    /// Where it came from.
    pub source: Option<Source>,
    /// On that civil date or later.
    pub from: Option<NaiveDate>,
    /// On that civil date or earlier.
    pub to: Option<NaiveDate>,
}

/// A label, and how many sits that are not deleted have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// Sits.
    pub sits: u32,
}

static LABELS: Columns = Columns {
    table: "sessions",
    names: &["label", "count(*)"],
};

/// What the person typed, as it is looked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    /// A query of FTS5: quoted strings, all of which must be there. Empty: nothing for the index.
    indexed: String,
    /// Words that are too short for the index.
    short: Vec<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self::default();
        for word in text.split_whitespace() {
            // A mark alone is no letter to the index, nor is NUL, which would end the query.
            let word: String = word.chars().filter(|c| !c.is_control()).collect();
            let letters = word.chars().filter(|c| !is_mark(*c)).count();
            if letters >= INDEXED_CHARS {
                if !words.indexed.is_empty() {
                    words.indexed.push_str(" AND ");
                }
                words.indexed.push('"');
                words.indexed.push_str(&word.replace('"', "\"\""));
                words.indexed.push('"');
            } else if !word.is_empty() {
                words.short.push(word);
            }
        }
        words
    }
}

/// Accents that are written after their letter, and what chooses between pictures of an emoji.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// A SELECT that is put together, and its values in their order.
struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }
}

fn query(
    filter: &HistoryFilter,
    before: Option<(Position, i64)>,
    limit: u32,
) -> Result<Query, WriteError> {
    let words = Words::of(filter.text.as_deref().unwrap_or_default());
    let is_indexed = !words.indexed.is_empty();
    let columns = HISTORY.names.iter().map(|name| format!("s.{name}"));
    let columns: Vec<String> = columns.collect();
    let columns = columns.join(", ");
    // Which index is said where SQLite, which has no statistics here, would rather read all sits.
    let by_label = match filter.label {
        Some(_) => "INDEXED BY sessions_labels",
        None => "",
    };
    let mut query = if is_indexed {
        Query {
            sql: format!(
                "SELECT {columns} FROM search \
                 CROSS JOIN search_rows AS r ON r.search_id = search.rowid \
                 CROSS JOIN sessions AS s INDEXED BY sqlite_autoindex_sessions_1 ON s.session_id = r.session_id \
                 WHERE search MATCH ? AND s.deleted = 0"
            ),
            values: vec![words.indexed.into()],
        }
    } else {
        Query {
            sql: format!("SELECT {columns} FROM sessions AS s {by_label} WHERE s.deleted = 0"),
            values: Vec::new(),
        }
    };
    match before {
        Some((_, search_id)) if is_indexed => query.and("search.rowid < ?", [search_id.into()]),
        Some((position, _)) => query.and(
            "(s.started_at_ms, s.session_id) < (?, ?)",
            [
                position.started_at_ms.0.into(),
                position.session_id.to_string().into(),
            ],
        ),
        None => {}
    }
    if let Some(label) = &filter.label {
        query.and("s.label = ?", [label.clone().into()]);
    }
    if let Some(source) = filter.source {
        query.and("s.source = ?", [name_of(&source)?.into()]);
    }
    for word in &words.short {
        let patterns = like_patterns(word);
        let one =
            "coalesce(s.note, '') LIKE ? ESCAPE '\\' OR coalesce(s.label, '') LIKE ? ESCAPE '\\'";
        let all = vec![one; patterns.len()].join(" OR ");
        let values = patterns.into_iter().flat_map(|it| [it.clone(), it]);
        query.and(&format!("({all})"), values.map(Value::from));
    }
    if let Some(from) = filter.from {
        query.and("s.local_date >= ?", [from.to_string().into()]);
        let starts = from.checked_sub_signed(DATE_MARGIN).map(midnight_ms);
        query.and("s.started_at_ms >= ?", [starts.unwrap_or(i64::MIN).into()]);
    }
    if let Some(to) = filter.to {
        query.and("s.local_date <= ?", [to.to_string().into()]);
        let ends = to.checked_add_signed(DATE_MARGIN).map(midnight_ms);
        query.and("s.started_at_ms <= ?", [ends.unwrap_or(i64::MAX).into()]);
    }
    query.sql.push_str(if is_indexed {
        " ORDER BY search.rowid DESC LIMIT ?"
    } else {
        " ORDER BY s.started_at_ms DESC, s.session_id DESC LIMIT ?"
    });
    query.values.push(limit.into());
    Ok(query)
}

fn midnight_ms(date: NaiveDate) -> i64 {
    date.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

/// `LIKE` knows capitals of ASCII alone.
fn like_patterns(word: &str) -> Vec<String> {
    let mut patterns: Vec<String> = [word.to_owned(), word.to_lowercase(), word.to_uppercase()]
        .into_iter()
        .map(|it| {
            let literal = it
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            format!("%{literal}%")
        })
        .collect();
    patterns.sort_unstable();
    patterns.dedup();
    patterns
}

/// Sits that the filter wants and that are not deleted, newest first, from before a position.
pub(crate) fn page(
    connection: &Connection,
    filter: &HistoryFilter,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<HistoryEntry>, ReadError> {
    let before = match before {
        None => None,
        Some(position) => Some((position, search_id(connection, position)?)),
    };
    let query = query(filter, before, limit).map_err(|_| ReadError::Corrupt {
        table: "sessions",
        column: "source",
    })?;
    HISTORY.query(
        connection,
        &query.sql,
        params_from_iter(query.values),
        read_entry,
    )
}

/// The number of that row in the index; of one that is not in it, the one before which it would be.
fn search_id(connection: &Connection, position: Position) -> Result<i64, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT search_id FROM search_rows WHERE session_id = ?1")?;
    let found = statement
        .query_row([position.session_id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or_else(|| position.started_at_ms.0.saturating_mul(ROWS_PER_MS)))
}

/// From label to label in their index: as many looks as there are labels, however many sits.
const LABELS_SQL: &str = "WITH RECURSIVE one (label) AS ( \
         SELECT min(label) FROM sessions WHERE deleted = 0 AND label IS NOT NULL \
         UNION ALL \
         SELECT (SELECT min(s.label) FROM sessions AS s \
                 WHERE s.deleted = 0 AND s.label IS NOT NULL AND s.label > one.label) \
         FROM one WHERE one.label IS NOT NULL) \
     SELECT label, (SELECT count(*) FROM sessions AS s WHERE s.deleted = 0 AND s.label = one.label) \
     FROM one WHERE label IS NOT NULL ORDER BY label LIMIT ?1";

/// The labels of sits that are not deleted, in the order of their letters.
pub(crate) fn labels(connection: &Connection, limit: u32) -> Result<Vec<LabelCount>, ReadError> {
    LABELS.query(connection, LABELS_SQL, [limit], |cells| {
        Ok(LabelCount {
            label: cells.next()?,
            sits: cells.next()?,
        })
    })
}

/// Makes the index anew from what the sits say.
pub(crate) fn rebuild(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')", [])?;
    Ok(())
}

/// Whether what `SQLite` says of a file is about the index alone, which is made anew from the rest.
pub(crate) fn is_about_index(verdict: &str) -> bool {
    ["FTS5 table main.search", "from table \"search\""]
        .iter()
        .any(|names_it| verdict.contains(names_it))
}

#[cfg(test)]
mod tests;
