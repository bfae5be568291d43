//! `outbox`: the ops that no server has answered, as the very bytes that will be sent.

use std::collections::HashSet;
use std::ops::ControlFlow;

use mitta_domain::op::{Change, Op};
use mitta_domain::{OpId, SessionId, UnixMillis};
use rusqlite::{Connection, params};

use super::{execute, signed, versions};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static OUTBOX: Columns = Columns {
    table: "outbox",
    names: &[
        "device_seq",
        "op_id",
        "session_id",
        "payload",
        "attempts",
        "next_attempt_at_ms",
    ],
};

/// The longest that a server puts an op off, in milliseconds: one day.
const LONGEST_PUT_OFF_MS: u64 = 24 * 60 * 60 * 1000;

/// An op that waits for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its place in this device's order, ascending from 1.
    pub device_seq: u64,
    /// The op.
    pub op_id: OpId,
    /// The session it changes.
    pub session_id: SessionId,
    /// What it says.
    pub op: Op,
    /// The bytes that are sent and hashed, verbatim.
    pub payload: Vec<u8>,
    /// How often it was offered.
    pub attempts: u32,
    /// Not before this moment; `None` is at once.
    pub next_attempt_at_ms: Option<UnixMillis>,
}

/// Puts an op in at a place in the device's order; its bytes are made here and never again.
pub(crate) fn append(connection: &Connection, device_seq: u64, op: &Op) -> Result<(), WriteError> {
    let payload = op
        .to_bytes()
        .map_err(|e| WriteError::Sqlite(rusqlite::Error::ToSqlConversionFailure(e.into())))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO outbox (device_seq, op_id, session_id, payload) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let changed = statement.execute(params![
        signed(device_seq),
        op.op_id.to_string(),
        op.session.session_id.to_string(),
        payload
    ])?;
    one_row(OUTBOX.table, changed)
}

/// Takes out the start of a session if it was never offered, and says whether there was one.
pub(crate) fn take_unoffered_start(
    connection: &Connection,
    session_id: SessionId,
) -> Result<bool, WriteError> {
    let mut taken = false;
    for row in of(connection, session_id)? {
        if row.attempts == 0 && matches!(row.op.change, Change::Start { .. }) {
            one_row(OUTBOX.table, remove(connection, row.op_id)?)?;
            taken = true;
        }
    }
    Ok(taken)
}

/// Takes an op out; 0 where it is not there.
pub(crate) fn remove(connection: &Connection, op_id: OpId) -> Result<usize, WriteError> {
    let mut statement = connection.prepare_cached("DELETE FROM outbox WHERE op_id = ?1")?;
    Ok(statement.execute([op_id.to_string()])?)
}

/// The written ids of those whose bytes are no op, in order.
pub(crate) fn unreadable(connection: &Connection) -> Result<Vec<String>, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT op_id, payload FROM outbox ORDER BY device_seq")?;
    let mut rows = statement.query([])?;
    let mut unreadable = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(1)?;
        if Op::from_bytes(&payload).is_err() {
            unreadable.push(row.get(0)?);
        }
    }
    Ok(unreadable)
}

/// Moves the row with that written id among the refused ones, as it is.
pub(crate) fn set_aside(
    connection: &Connection,
    op_id: &str,
    code: &str,
    at_ms: UnixMillis,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO outbox_rejected \
               (device_seq, op_id, session_id, payload, code, rejected_at_ms) \
               SELECT device_seq, op_id, session_id, payload, ?2, ?3 FROM outbox WHERE op_id = ?1";
    let moved = execute(connection, sql, params![op_id, code, at_ms.0])?;
    one_row("outbox_rejected", moved)?;
    let removed = execute(connection, "DELETE FROM outbox WHERE op_id = ?1", [op_id])?;
    one_row(OUTBOX.table, removed)
}

/// Lets all of them be offered now.
pub(crate) fn put_none_off(connection: &Connection) -> Result<(), WriteError> {
    let sql = "UPDATE outbox SET next_attempt_at_ms = NULL WHERE next_attempt_at_ms IS NOT NULL";
    execute(connection, sql, []).map(drop)
}

/// The op with that id, if it waits.
pub(crate) fn find(connection: &Connection, op_id: OpId) -> Result<Option<OutboxRow>, ReadError> {
    let sql = format!("SELECT {} FROM outbox WHERE op_id = ?1", OUTBOX.list());
    OUTBOX.query_one(connection, &sql, [op_id.to_string()], read)
}

/// Counts an op as offered; it must be there.
pub(crate) fn count_attempt(connection: &Connection, op_id: OpId) -> Result<(), WriteError> {
    let sql =
        "UPDATE outbox SET attempts = attempts + 1, next_attempt_at_ms = NULL WHERE op_id = ?1";
    one_row(OUTBOX.table, execute(connection, sql, [op_id.to_string()])?)
}

/// Puts an op off; it must be there.
pub(crate) fn put_off(
    connection: &Connection,
    op_id: OpId,
    until_ms: UnixMillis,
) -> Result<(), WriteError> {
    let sql = "UPDATE outbox SET next_attempt_at_ms = ?2 WHERE op_id = ?1";
    let changed = execute(connection, sql, params![op_id.to_string(), until_ms.0])?;
    one_row(OUTBOX.table, changed)
}

/// What may be offered now: in order, at most so much of it, but at least one op. A session of which
/// an op has to wait is passed over from there on, with all that stand for it or that it stands for: a
/// server that sets a clock back by its own must not come to order them otherwise. The others go on.
pub(crate) fn batch(
    connection: &Connection,
    max_ops: usize,
    max_bytes: usize,
    now_ms: UnixMillis,
) -> Result<Vec<OutboxRow>, ReadError> {
    let sql = format!("SELECT {} FROM outbox ORDER BY device_seq", OUTBOX.list());
    let (mut batch, mut bytes, mut held) = (Vec::new(), 0, HashSet::new());
    OUTBOX.each(connection, &sql, [], |cells| {
        let row = read(cells)?;
        let wait_ms = row.next_attempt_at_ms.and_then(|at| at.since_ms(now_ms));
        if wait_ms.is_some_and(|ms| (1..=LONGEST_PUT_OFF_MS).contains(&ms)) {
            let sit = versions::of(connection, [row.session_id])?;
            held.extend(sit.iter().map(|version| version.session_id));
            held.insert(row.session_id);
        }
        if held.contains(&row.session_id) {
            return Ok(ControlFlow::Continue(()));
        }
        bytes += row.payload.len();
        if batch.len() >= max_ops || (bytes > max_bytes && !batch.is_empty()) {
            return Ok(ControlFlow::Break(()));
        }
        batch.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(batch)
}

/// Shows every op that waits; one that cannot be read is passed over, as by [`of`].
pub(crate) fn each(
    connection: &Connection,
    mut visit: impl FnMut(&OutboxRow),
) -> Result<(), ReadError> {
    let sql = format!("SELECT {} FROM outbox", OUTBOX.list());
    OUTBOX.each(connection, &sql, [], |cells| {
        match read(cells) {
            Err(ReadError::Corrupt { .. }) => {}
            row => visit(&row?),
        }
        Ok(ControlFlow::Continue(()))
    })
}

/// All that wait, in order.
pub(crate) fn all(connection: &Connection) -> Result<Vec<OutboxRow>, ReadError> {
    let sql = format!("SELECT {} FROM outbox ORDER BY device_seq", OUTBOX.list());
    OUTBOX.query(connection, &sql, [], read)
}

/// Those of one session, in order. One that cannot be read is passed over: it keeps no sit from being
/// completed, and is set aside when it would be offered.
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<OutboxRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM outbox WHERE session_id = ?1 ORDER BY device_seq",
        OUTBOX.list()
    );
    let read = |cells: &mut Cells<'_>| match read(cells) {
        Err(ReadError::Corrupt { .. }) => Ok(None),
        row => row.map(Some),
    };
    let rows = OUTBOX.query(connection, &sql, [session_id.to_string()], read)?;
    Ok(rows.into_iter().flatten().collect())
}

fn read(cells: &mut Cells<'_>) -> Result<OutboxRow, ReadError> {
    let device_seq = cells.convert(|seq: i64| u64::try_from(seq).ok())?;
    let op_id = cells.convert(|text: String| text.parse().ok())?;
    let session_id = cells.convert(|text: String| text.parse().ok())?;
    let (payload, op) = cells.convert(|payload: Vec<u8>| {
        let op = Op::from_bytes(&payload).ok()?;
        Some((payload, op))
    })?;
    Ok(OutboxRow {
        device_seq,
        op_id,
        session_id,
        op,
        payload,
        attempts: cells.next()?,
        next_attempt_at_ms: cells.next::<Option<i64>>()?.map(UnixMillis),
    })
}
