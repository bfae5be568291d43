//! `reminders` and `quiet_hours`: when the person is reminded.

use chrono::NaiveDate;
use mitta_domain::reminder::{ClockMinute, QuietHours, Reminder, Reminders, Ring, Weekdays};
use mitta_domain::{ReminderId, UnixMillis};
use rusqlite::{Connection, params};

use super::execute;
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static REMINDERS: Columns = Columns {
    table: "reminders",
    names: &[
        "reminder_id",
        "weekdays",
        "at_minute",
        "is_on",
        "since_ms",
        "rung_on",
    ],
};
static QUIET: Columns = Columns {
    table: "quiet_hours",
    names: &["from_minute", "to_minute"],
};

fn minute(value: u16) -> Option<ClockMinute> {
    ClockMinute::new(value).ok()
}

fn read(cells: &mut Cells<'_>) -> Result<Reminder, ReadError> {
    Ok(Reminder {
        reminder_id: cells.convert(|text: String| text.parse().ok())?,
        weekdays: cells.convert(Weekdays::from_bits)?,
        at_minute: cells.convert(minute)?,
        is_on: cells.next()?,
        since_ms: UnixMillis(cells.next()?),
        rung_on: cells.convert_if_there(|text: String| text.parse::<NaiveDate>().ok())?,
    })
}

/// Those that are not deleted, by their time of day, and the hours of quiet.
pub(crate) fn all(connection: &Connection) -> Result<Reminders, ReadError> {
    let sql = format!(
        "SELECT {} FROM reminders WHERE deleted_at_ms IS NULL ORDER BY at_minute, reminder_id",
        REMINDERS.list()
    );
    let all = REMINDERS.query(connection, &sql, [], read)?;
    let sql = format!("SELECT {} FROM quiet_hours WHERE one = 1", QUIET.list());
    let quiet = QUIET.query_one(connection, &sql, [], |cells| {
        Ok(QuietHours {
            from_minute: cells.convert(minute)?,
            to_minute: cells.convert(minute)?,
        })
    })?;
    Ok(Reminders { all, quiet })
}

/// Adds one.
pub(crate) fn insert(connection: &Connection, reminder: &Reminder) -> Result<(), WriteError> {
    let sql = "INSERT INTO reminders (reminder_id, weekdays, at_minute, is_on, since_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    one_row(REMINDERS.table, write(connection, sql, reminder)?)
}

/// Changes one; says whether there was one to change. What was due before is not made up for.
pub(crate) fn update(connection: &Connection, reminder: &Reminder) -> Result<bool, WriteError> {
    let sql = "UPDATE reminders SET weekdays = ?2, at_minute = ?3, is_on = ?4, since_ms = ?5, \
               rung_on = NULL WHERE reminder_id = ?1 AND deleted_at_ms IS NULL";
    changed(write(connection, sql, reminder)?)
}

fn write(connection: &Connection, sql: &str, reminder: &Reminder) -> Result<usize, WriteError> {
    let values = params![
        reminder.reminder_id.to_string(),
        reminder.weekdays.bits(),
        reminder.at_minute.minute(),
        reminder.is_on,
        reminder.since_ms.0,
    ];
    execute(connection, sql, values)
}

/// Remembers for which date one rings; says whether it was to ring still: another program may have
/// rung it, or it was changed, switched off or deleted since it was read.
pub(crate) fn claim(connection: &Connection, ring: &Ring) -> Result<bool, WriteError> {
    let sql = "UPDATE reminders SET rung_on = ?2 \
               WHERE reminder_id = ?1 AND is_on = 1 AND since_ms = ?3 \
               AND deleted_at_ms IS NULL AND rung_on IS NOT ?2";
    let values = params![
        ring.reminder_id.to_string(),
        ring.local_date.to_string(),
        ring.since_ms.0,
    ];
    changed(execute(connection, sql, values)?)
}

/// As of this moment for all: what was due before is not made up for.
pub(crate) fn begin_anew(connection: &Connection, since_ms: UnixMillis) -> Result<(), WriteError> {
    let sql = "UPDATE reminders SET since_ms = ?1 WHERE deleted_at_ms IS NULL";
    execute(connection, sql, [since_ms.0]).map(drop)
}

/// Marks one as deleted; says whether there was one to delete.
pub(crate) fn mark_deleted(
    connection: &Connection,
    reminder_id: ReminderId,
    at_ms: UnixMillis,
) -> Result<bool, WriteError> {
    let sql =
        "UPDATE reminders SET deleted_at_ms = ?2 WHERE reminder_id = ?1 AND deleted_at_ms IS NULL";
    changed(execute(
        connection,
        sql,
        params![reminder_id.to_string(), at_ms.0],
    )?)
}

/// Takes the mark away, as of a moment; says whether there was one.
pub(crate) fn unmark_deleted(
    connection: &Connection,
    reminder_id: ReminderId,
    at_ms: UnixMillis,
) -> Result<bool, WriteError> {
    let sql = "UPDATE reminders SET deleted_at_ms = NULL, since_ms = ?2 \
               WHERE reminder_id = ?1 AND deleted_at_ms IS NOT NULL";
    changed(execute(
        connection,
        sql,
        params![reminder_id.to_string(), at_ms.0],
    )?)
}

/// Removes those that were deleted before a moment.
pub(crate) fn purge(connection: &Connection, before_ms: UnixMillis) -> Result<(), WriteError> {
    let sql = "DELETE FROM reminders WHERE deleted_at_ms < ?1";
    execute(connection, sql, [before_ms.0]).map(drop)
}

/// Sets the hours of quiet, or none.
pub(crate) fn set_quiet(
    connection: &Connection,
    quiet: Option<QuietHours>,
) -> Result<(), WriteError> {
    let Some(quiet) = quiet else {
        return execute(connection, "DELETE FROM quiet_hours", []).map(drop);
    };
    let sql = "INSERT OR REPLACE INTO quiet_hours (one, from_minute, to_minute) VALUES (1, ?1, ?2)";
    let values = params![quiet.from_minute.minute(), quiet.to_minute.minute()];
    one_row(QUIET.table, execute(connection, sql, values)?)
}

fn changed(found: usize) -> Result<bool, WriteError> {
    match found {
        0 => Ok(false),
        found => one_row(REMINDERS.table, found).map(|()| true),
    }
}
