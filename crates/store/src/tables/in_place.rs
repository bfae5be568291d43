//! Which session stands in the place of which: a corrected date is another session that names the one
//! that it replaces, and may be corrected again.

use mitta_domain::SessionId;
use rusqlite::Connection;

use crate::cells::Columns;
use crate::error::ReadError;

static CHAIN: Columns = Columns {
    table: "sessions",
    names: &["session_id", "replaces", "is_completed", "deleted"],
};

/// A session of such a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub session_id: SessionId,
    /// What it replaces itself.
    pub replaces: Option<SessionId>,
    pub is_completed: bool,
    deleted: bool,
}

impl Link {
    /// Completed, and not deleted.
    pub(crate) const fn counts(&self) -> bool {
        self.is_completed && !self.deleted
    }
}

// Without the index's name SQLite, which has no statistics here, would read all sits.
const AFTER: &str = "
    WITH RECURSIVE later (session_id) AS (
        SELECT s.session_id FROM sessions AS s INDEXED BY sessions_replaces WHERE s.replaces = ?1
        UNION
        SELECT s.session_id FROM later
            JOIN sessions AS s INDEXED BY sessions_replaces ON s.replaces = later.session_id
    )
    SELECT s.session_id, s.replaces, s.state = 'completed', s.deleted
    FROM later JOIN sessions AS s ON s.session_id = later.session_id
    WHERE s.session_id <> ?1";

const LINK: &str = "SELECT session_id, replaces, state = 'completed', deleted \
     FROM sessions WHERE session_id = ?1";

/// All that stand in the place of that session, at any remove.
pub(crate) fn after(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Vec<Link>, ReadError> {
    links(connection, AFTER, session_id)
}

/// One of those that counts.
pub(crate) fn counting_after(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Option<SessionId>, ReadError> {
    let all = after(connection, session_id)?;
    Ok(all.iter().find(|link| link.counts()).map(|l| l.session_id))
}

/// What a session that replaces `replaced` stands for, the nearest first, as far as it is known.
pub(crate) fn before(
    connection: &Connection,
    replaced: Option<SessionId>,
) -> Result<Vec<Link>, ReadError> {
    let mut found: Vec<Link> = Vec::new();
    let mut next = replaced;
    while let Some(session_id) = next {
        // A file may say that each replaces the other.
        if found.iter().any(|link| link.session_id == session_id) {
            break;
        }
        let link = links(connection, LINK, session_id)?.pop();
        next = link.and_then(|link| link.replaces);
        found.extend(link);
    }
    Ok(found)
}

fn links(
    connection: &Connection,
    sql: &str,
    session_id: SessionId,
) -> Result<Vec<Link>, ReadError> {
    CHAIN.query(connection, sql, [session_id.to_string()], |cells| {
        Ok(Link {
            session_id: cells.convert(|text: String| text.parse().ok())?,
            replaces: cells.convert_if_there(|text: String| text.parse().ok())?,
            is_completed: cells.next()?,
            deleted: cells.next()?,
        })
    })
}
