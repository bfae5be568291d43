//! Of `sessions`: the rows of sits whose date was corrected, which stand for each other by `replaces`.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::corrected::Version;
use mitta_domain::{SessionId, State};
use rusqlite::Connection;

use super::{from_name, sessions};
use crate::cells::{Cells, Columns};
use crate::error::ReadError;

static VERSIONS: Columns = Columns {
    table: "sessions",
    names: &[
        "session_id",
        "replaces",
        "state",
        "deleted",
        "deleted_hlc_ms",
        "deleted_device_id",
        "deleted_device_seq",
    ],
};

// Without the index's name SQLite, which has no statistics here, would read all sits.
const CORRECTIONS: &str = "sessions INDEXED BY sessions_replaces WHERE replaces";

/// Every row that replaces another or is replaced.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Version>, ReadError> {
    let columns = VERSIONS.list();
    let sql = format!(
        "SELECT {columns} FROM {CORRECTIONS} IS NOT NULL UNION \
         SELECT {columns} FROM sessions \
         WHERE session_id IN (SELECT replaces FROM {CORRECTIONS} IS NOT NULL)"
    );
    VERSIONS.query(connection, &sql, [], read)
}

/// The rows of the sit that the session is a row of: most are of one.
pub(crate) fn of(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<Version>, ReadError> {
    let columns = VERSIONS.list();
    let one = format!("SELECT {columns} FROM sessions WHERE session_id = ?1");
    let replacing = format!("SELECT {columns} FROM {CORRECTIONS} = ?1");
    let mut found: BTreeMap<SessionId, Version> = BTreeMap::new();
    let mut asked = BTreeSet::from([session_id]);
    let mut to_ask = vec![session_id];
    // What it replaces is asked for also where it is not here: others may replace it too.
    while let Some(id) = to_ask.pop() {
        let this = VERSIONS.query_one(connection, &one, [id.to_string()], read)?;
        let others = VERSIONS.query(connection, &replacing, [id.to_string()], read)?;
        for version in this.into_iter().chain(others) {
            found.insert(version.session_id, version);
            for next in [Some(version.session_id), version.replaces]
                .into_iter()
                .flatten()
            {
                if asked.insert(next) {
                    to_ask.push(next);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

fn read(cells: &mut Cells<'_>) -> Result<Version, ReadError> {
    let session_id = cells.convert(|text: String| text.parse().ok())?;
    let replaces = cells.convert_if_there(|text: String| text.parse().ok())?;
    let state: State = cells.convert(from_name)?;
    Ok(Version {
        session_id,
        replaces,
        is_completed: state == State::Completed,
        deleted: cells.next()?,
        deleted_stamp: sessions::read_stamp(cells)?,
    })
}
