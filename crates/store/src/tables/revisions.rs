//! `session_revisions`: what lost against a later edit; kept, never counted.

use mitta_domain::SessionId;
use mitta_domain::apply::Revision;
use mitta_domain::session::Stamp;
use rusqlite::{Connection, params};

use super::{from_json, signed, to_json};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static REVISIONS: Columns = Columns {
    table: "session_revisions",
    names: &["change", "hlc_ms", "device_id", "device_seq"],
};

pub(crate) fn append(
    connection: &Connection,
    session_id: SessionId,
    revision: &Revision,
) -> Result<(), WriteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO session_revisions \
         (session_id, revision_seq, change, hlc_ms, device_id, device_seq) \
         VALUES (?1, (SELECT coalesce(max(revision_seq), 0) + 1 FROM session_revisions \
                      WHERE session_id = ?1), ?2, ?3, ?4, ?5)",
    )?;
    let changed = statement.execute(params![
        session_id.to_string(),
        to_json(&revision.change)?,
        revision.stamp.hlc_ms,
        revision.stamp.device_id.to_string(),
        signed(revision.stamp.device_seq)
    ])?;
    one_row(REVISIONS.table, changed)
}

/// What lost in a session, in the order in which it lost.
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<Revision>, ReadError> {
    let sql = format!(
        "SELECT {} FROM session_revisions WHERE session_id = ?1 ORDER BY revision_seq",
        REVISIONS.list()
    );
    REVISIONS.query(connection, &sql, [session_id.to_string()], |cells| {
        Ok(Revision {
            change: cells.convert(from_json)?,
            stamp: Stamp {
                hlc_ms: cells.next()?,
                device_id: cells.convert(|text: String| text.parse().ok())?,
                device_seq: cells.convert(|seq: i64| u64::try_from(seq).ok())?,
            },
        })
    })
}
