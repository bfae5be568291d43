//! `partner_sessions`: the sits of members, as their shares show them.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use mitta_domain::share::SharedSit;
use mitta_domain::totals::DayTotal;
use mitta_domain::{SessionId, ShareId, UnixMillis};
use rusqlite::{Connection, params};

use super::history::Position;
use super::{execute, seconds, unsigned};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static SITS: Columns = Columns {
    table: "partner_sessions",
    names: &[
        "session_id",
        "started_at_ms",
        "utc_offset_s",
        "local_date",
        "planned_s",
        "credited_s",
        "together_id",
        "note",
        "label",
    ],
};

static DAYS: Columns = Columns {
    table: "partner_sessions",
    names: &["local_date", "count(*)", "sum(credited_s)"],
};

fn read(cells: &mut Cells<'_>) -> Result<SharedSit, ReadError> {
    Ok(SharedSit {
        session_id: cells.convert(|text: String| text.parse().ok())?,
        started_at_ms: UnixMillis(cells.next()?),
        utc_offset_s: cells.next()?,
        local_date: cells.convert(|text: String| text.parse().ok())?,
        planned_s: cells.convert_if_there(|s: u32| s.try_into().ok())?,
        credited_s: cells.convert(seconds)?,
        together_id: cells.convert_if_there(|text: String| text.parse().ok())?,
        note: cells.next()?,
        label: cells.next()?,
    })
}

/// Writes a sit, whether the share had it or not.
pub(crate) fn save(
    connection: &Connection,
    share_id: ShareId,
    sit: &SharedSit,
) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT OR REPLACE INTO partner_sessions (share_id, {}) VALUES (?, {})",
        SITS.list(),
        SITS.marks()
    );
    let values = params![
        share_id.to_string(),
        sit.session_id.to_string(),
        sit.started_at_ms.0,
        sit.utc_offset_s,
        sit.local_date.to_string(),
        sit.planned_s.map(|length| length.seconds().0),
        sit.credited_s.0,
        sit.together_id.map(|id| id.to_string()),
        sit.note,
        sit.label
    ];
    one_row(SITS.table, execute(connection, &sql, values)?)
}

/// The sit as the share shows it.
pub(crate) fn find(
    connection: &Connection,
    share_id: ShareId,
    session_id: SessionId,
) -> Result<Option<SharedSit>, ReadError> {
    let sql = format!(
        "SELECT {} FROM partner_sessions WHERE share_id = ?1 AND session_id = ?2",
        SITS.list()
    );
    let key = [share_id.to_string(), session_id.to_string()];
    SITS.query_one(connection, &sql, key, read)
}

/// Takes a sit out, and says whether it was in: the share may withdraw what was never read.
pub(crate) fn remove(
    connection: &Connection,
    share_id: ShareId,
    session_id: SessionId,
) -> Result<bool, WriteError> {
    let sql = "DELETE FROM partner_sessions WHERE share_id = ?1 AND session_id = ?2";
    let key = [share_id.to_string(), session_id.to_string()];
    match execute(connection, sql, key)? {
        0 => Ok(false),
        changed => one_row(SITS.table, changed).map(|()| true),
    }
}

/// Takes out the sits of some dates.
pub(crate) fn remove_dates(
    connection: &Connection,
    share_id: ShareId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<usize, WriteError> {
    let sql = "DELETE FROM partner_sessions WHERE share_id = ?1 AND local_date BETWEEN ?2 AND ?3";
    let key = [share_id.to_string(), from.to_string(), to.to_string()];
    execute(connection, sql, key)
}

/// Takes out all sits of a share.
pub(crate) fn remove_all(connection: &Connection, share_id: ShareId) -> Result<usize, WriteError> {
    let sql = "DELETE FROM partner_sessions WHERE share_id = ?1";
    execute(connection, sql, [share_id.to_string()])
}

/// Shows every sit of a share.
pub(crate) fn each(
    connection: &Connection,
    share_id: ShareId,
    mut visit: impl FnMut(&SharedSit),
) -> Result<(), ReadError> {
    let sql = format!(
        "SELECT {} FROM partner_sessions WHERE share_id = ?1",
        SITS.list()
    );
    SITS.each(connection, &sql, [share_id.to_string()], |cells| {
        visit(&read(cells)?);
        Ok(ControlFlow::Continue(()))
    })
}

/// A page of a share, newest first, from before a position.
pub(crate) fn page(
    connection: &Connection,
    share_id: ShareId,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<SharedSit>, ReadError> {
    let after = match before {
        None => "",
        Some(_) => "AND (started_at_ms, session_id) < (?3, ?4)",
    };
    let sql = format!(
        "SELECT {} FROM partner_sessions WHERE share_id = ?1 {after} \
         ORDER BY started_at_ms DESC, session_id DESC LIMIT ?2",
        SITS.list()
    );
    let share_id = share_id.to_string();
    match before {
        None => SITS.query(connection, &sql, params![share_id, limit], read),
        Some(Position {
            started_at_ms,
            session_id,
        }) => SITS.query(
            connection,
            &sql,
            params![share_id, limit, started_at_ms.0, session_id.to_string()],
            read,
        ),
    }
}

/// The totals of the dates `from..=to` that have any, in order.
pub(crate) fn days(
    connection: &Connection,
    share_id: ShareId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<DayTotal>, ReadError> {
    let sql = format!(
        "SELECT {} FROM partner_sessions \
         WHERE share_id = ?1 AND local_date BETWEEN ?2 AND ?3 \
         GROUP BY local_date ORDER BY local_date",
        DAYS.list()
    );
    let key = [share_id.to_string(), from.to_string(), to.to_string()];
    DAYS.query(connection, &sql, key, |cells| {
        Ok(DayTotal {
            local_date: cells.convert(|text: String| text.parse().ok())?,
            sits: cells.next()?,
            credited_s: cells.convert(unsigned)?,
        })
    })
}
