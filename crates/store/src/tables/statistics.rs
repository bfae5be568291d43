//! What statistics are read from: days of the whole history, and sits of a span of dates, each from its
//! covering index alone.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use mitta_domain::UnixMillis;
use mitta_domain::calendar::DateSpan;
use mitta_domain::stats::SatSit;
use mitta_domain::totals::DayTotal;
use rusqlite::Connection;

use super::{seconds, unsigned};
use crate::cells::Columns;
use crate::error::ReadError;

static SAT: Columns = Columns {
    table: "sessions",
    names: &[
        "local_date",
        "started_at_ms",
        "utc_offset_s",
        "credited_s",
        "label",
    ],
};

static DAYS: Columns = Columns {
    table: "sessions",
    names: &["local_date", "count(*)", "sum(credited_s)"],
};

fn days_sql() -> String {
    format!(
        "SELECT {} FROM sessions WHERE deleted = 0 AND state = 'completed' \
         GROUP BY local_date ORDER BY local_date",
        DAYS.list()
    )
}

/// The totals of all dates that have any, in order.
pub(crate) fn all_days(connection: &Connection) -> Result<Vec<DayTotal>, ReadError> {
    DAYS.query(connection, &days_sql(), [], |cells| {
        Ok(DayTotal {
            local_date: cells.convert(|text: String| text.parse().ok())?,
            sits: cells.next()?,
            credited_s: cells.convert(unsigned)?,
        })
    })
}

fn sat_sql() -> String {
    format!(
        "SELECT {} FROM sessions \
         WHERE deleted = 0 AND state = 'completed' AND local_date BETWEEN ?1 AND ?2",
        SAT.list()
    )
}

/// Shows every sit of the span that counts.
pub(crate) fn each_sat(
    connection: &Connection,
    span: DateSpan,
    mut visit: impl FnMut(&SatSit<'_>),
) -> Result<(), ReadError> {
    let dates = [span.from.to_string(), span.to.to_string()];
    // The index is in the order of dates: each date is understood once, not once a sit.
    let mut last = (String::new(), NaiveDate::MIN);
    SAT.each(connection, &sat_sql(), dates, |cells| {
        let local_date = cells.text(|text| {
            let text = text?;
            if text != last.0 {
                last = (text.to_owned(), text.parse().ok()?);
            }
            Some(last.1)
        })?;
        let started_at_ms = UnixMillis(cells.next()?);
        let utc_offset_s = cells.next()?;
        let credited_s = cells.convert(seconds)?;
        cells.text(|label| {
            visit(&SatSit {
                local_date,
                started_at_ms,
                utc_offset_s,
                credited_s,
                label,
            });
            Some(())
        })?;
        Ok(ControlFlow::Continue(()))
    })
}

#[cfg(test)]
mod tests {
    use mitta_domain::{DeviceId, UnixMillis};
    use rusqlite::Connection;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::{days_sql, sat_sql};
    use crate::DataDir;
    use crate::open::{Opening, for_writing};

    #[test]
    fn statistics_are_read_from_their_covering_indexes_alone() {
        let folder = TempDir::new().unwrap();
        let dir = DataDir::new(folder.path());
        let device_id = DeviceId::from_uuid(Uuid::from_u128(1));
        let (connection, ..) = for_writing(&dir, Opening::new(UnixMillis(0), device_id)).unwrap();
        let plan = |connection: &Connection, sql: &str| -> Vec<String> {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let mut statement = connection.prepare(&sql).unwrap();
            let rows = statement.raw_query();
            rows.mapped(|row| row.get(3))
                .collect::<Result<_, _>>()
                .unwrap()
        };
        let sat = "SEARCH sessions USING COVERING INDEX sessions_sat \
                   (deleted=? AND state=? AND local_date>? AND local_date<?)";
        let days = "SEARCH sessions USING COVERING INDEX sessions_days (deleted=? AND state=?)";
        // And so with statistics, which another program may make SQLite collect.
        for preparation in ["", "ANALYZE"] {
            connection.execute_batch(preparation).unwrap();
            assert_eq!(plan(&connection, &sat_sql()), [sat]);
            assert_eq!(plan(&connection, &days_sql()), [days]);
        }
    }
}
