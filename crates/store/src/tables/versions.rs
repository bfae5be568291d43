//! Of `sessions`: the rows of sits whose date was corrected, which stand for each other by `replaces`.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::LazyLock;

use mitta_domain::corrected::Version;
use mitta_domain::{Session, SessionId, State};
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

static AROUND: LazyLock<String> = LazyLock::new(|| {
    let columns = VERSIONS.list();
    format!(
        "SELECT {columns} FROM sessions WHERE session_id = ?1 UNION ALL \
         SELECT {columns} FROM {CORRECTIONS} = ?1"
    )
});

/// The rows of the sit that these are rows of, here or not: most are of one.
pub(crate) fn of(
    connection: &Connection,
    rows: impl IntoIterator<Item = SessionId>,
) -> Result<Vec<Version>, ReadError> {
    let mut found: BTreeMap<SessionId, Version> = BTreeMap::new();
    let mut to_ask: Vec<_> = rows.into_iter().collect();
    let mut asked: BTreeSet<_> = to_ask.iter().copied().collect();
    // What a row replaces is asked for also where it is not here: others may replace it too.
    while let Some(id) = to_ask.pop() {
        for version in VERSIONS.query(connection, &AROUND, [id.to_string()], read)? {
            found.insert(version.session_id, version);
            let around = [Some(version.session_id), version.replaces];
            to_ask.extend(around.into_iter().flatten().filter(|id| asked.insert(*id)));
        }
    }
    Ok(found.into_values().collect())
}

/// The rows that are here of the sit that the session is a row of, or would be.
pub(crate) fn around(
    connection: &Connection,
    session: &Session,
) -> Result<Vec<Version>, ReadError> {
    let start = &session.start;
    of(
        connection,
        iter::once(start.session_id).chain(start.replaces),
    )
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
