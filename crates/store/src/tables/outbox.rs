//! `outbox`: the ops that no server has answered, as the very bytes that will be sent.

use mitta_domain::op::{Change, Op};
use mitta_domain::{OpId, SessionId};
use rusqlite::{Connection, params};

use super::signed;
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static OUTBOX: Columns = Columns {
    table: "outbox",
    names: &["device_seq", "op_id", "session_id", "payload", "attempts"],
};

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

/// All that wait, in order.
pub(crate) fn all(connection: &Connection) -> Result<Vec<OutboxRow>, ReadError> {
    let sql = format!("SELECT {} FROM outbox ORDER BY device_seq", OUTBOX.list());
    OUTBOX.query(connection, &sql, [], read)
}

/// Those of one session, in order.
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<OutboxRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM outbox WHERE session_id = ?1 ORDER BY device_seq",
        OUTBOX.list()
    );
    OUTBOX.query(connection, &sql, [session_id.to_string()], read)
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
    })
}
