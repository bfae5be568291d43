//! `outbox_rejected`: the ops that a server refused. A person may put them away; they stay, so that
//! they are not offered again (I5).

use chrono::NaiveDate;
use mitta_domain::op::Op;
use mitta_domain::{OpId, SessionId, UnixMillis};
use rusqlite::{Connection, params};

use super::outbox::OutboxRow;
use super::{execute, signed, unsigned};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static REJECTED: Columns = Columns {
    table: "outbox_rejected",
    names: &[
        "device_seq",
        "op_id",
        "session_id",
        "payload",
        "code",
        "rejected_at_ms",
    ],
};

/// An op that a server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// Its place in this device's order.
    pub device_seq: u64,
    /// The op.
    pub op_id: OpId,
    /// The session that it would have changed.
    pub session_id: SessionId,
    /// What it says; `None` where this version cannot read it, which may be why it was refused.
    pub op: Option<Op>,
    /// The bytes that were refused, verbatim.
    pub payload: Vec<u8>,
    /// The server's stable code for why.
    pub code: String,
    /// When the refusal was recorded.
    pub rejected_at_ms: UnixMillis,
}

pub(crate) fn insert(
    connection: &Connection,
    row: &OutboxRow,
    code: &str,
    at_ms: UnixMillis,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO outbox_rejected \
               (device_seq, op_id, session_id, payload, code, rejected_at_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![
        signed(row.device_seq),
        row.op_id.to_string(),
        row.session_id.to_string(),
        row.payload,
        code,
        at_ms.0
    ];
    one_row(REJECTED.table, execute(connection, sql, values)?)
}

/// Puts an op away for good; it must be there, and not put away before.
pub(crate) fn dismiss(connection: &Connection, op_id: OpId) -> Result<(), WriteError> {
    let sql = "UPDATE outbox_rejected SET dismissed = 1 WHERE op_id = ?1 AND dismissed = 0";
    one_row(
        REJECTED.table,
        execute(connection, sql, [op_id.to_string()])?,
    )
}

/// All that were not put away, in order.
pub(crate) fn all(connection: &Connection) -> Result<Vec<RejectedRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM outbox_rejected WHERE dismissed = 0 ORDER BY device_seq",
        REJECTED.list()
    );
    REJECTED.query(connection, &sql, [], read)
}

/// Those of one session, in order, also those that were put away.
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<RejectedRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM outbox_rejected WHERE session_id = ?1 ORDER BY device_seq",
        REJECTED.list()
    );
    REJECTED.query(connection, &sql, [session_id.to_string()], read)
}

/// The dates of the sessions of which an op was refused, also where it was put away.
pub(crate) fn dates(connection: &Connection) -> Result<Vec<NaiveDate>, ReadError> {
    static DATES: Columns = Columns {
        table: "sessions",
        names: &["local_date"],
    };
    let sql = "SELECT DISTINCT local_date FROM sessions \
               WHERE session_id IN (SELECT session_id FROM outbox_rejected)";
    DATES.query(connection, sql, [], |cells| {
        cells.convert(|text: String| text.parse().ok())
    })
}

fn read(cells: &mut Cells<'_>) -> Result<RejectedRow, ReadError> {
    let device_seq = cells.convert(unsigned)?;
    let op_id = cells.convert(|text: String| text.parse().ok())?;
    let session_id = cells.convert(|text: String| text.parse().ok())?;
    let payload: Vec<u8> = cells.next()?;
    Ok(RejectedRow {
        device_seq,
        op_id,
        session_id,
        op: Op::from_bytes(&payload).ok(),
        payload,
        code: cells.next()?,
        rejected_at_ms: UnixMillis(cells.next()?),
    })
}
