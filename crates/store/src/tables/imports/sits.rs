//! `import_sits`: which sits an import brought, what counted before them, and what of them was taken back.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use mitta_domain::corrected::{self, Version};
use mitta_domain::{SessionId, UnixMillis};
use rusqlite::{Connection, params};

use super::super::{execute, versions};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static BROUGHT: Columns = Columns {
    table: "import_sits",
    names: &["session_id", "import_seq", "undone", "instead_of", "taken"],
};

/// A sit that an import brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brought {
    pub session_id: SessionId,
    pub import_seq: i64,
    /// Whether it was deleted because the import was taken back.
    pub is_undone: bool,
    /// The row of the sit that counted before it came.
    pub instead_of: Option<SessionId>,
    /// The row of the sit that counted when it was taken back.
    pub taken: Option<SessionId>,
}

/// What an import brought with that id.
pub(crate) fn brought(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Option<Brought>, ReadError> {
    let sql = "SELECT session_id, import_seq, undone, instead_of, taken FROM import_sits \
               WHERE session_id = ?1";
    BROUGHT.query_one(connection, sql, [session_id.to_string()], |cells| {
        Ok(Brought {
            session_id: cells.convert(PARSE)?,
            import_seq: cells.next()?,
            is_undone: cells.next()?,
            instead_of: cells.convert_if_there(PARSE)?,
            taken: cells.convert_if_there(PARSE)?,
        })
    })
}

/// To what an import brought a row of a sit belongs: to itself, or to the nearest in whose place it was put
/// since; to nothing that came when it was there already, as `later` did for sure.
pub(crate) fn brought_with(
    connection: &Connection,
    sit: &[Version],
    row: SessionId,
    later: &BTreeSet<SessionId>,
) -> Result<Option<Brought>, ReadError> {
    let line = corrected::line(sit, row).into_iter();
    for session_id in line.filter(|it| !later.contains(it)) {
        let brought = brought(connection, session_id)?;
        if brought.is_some() && (session_id == row || came_after(connection, row, session_id)?) {
            return Ok(brought);
        }
    }
    Ok(None)
}

/// Whether a row came here after another: rows are never removed, so their rowids are in that order, which a
/// copy keeps.
fn came_after(
    connection: &Connection,
    row: SessionId,
    other: SessionId,
) -> Result<bool, ReadError> {
    let sql = "SELECT 1 FROM sessions AS a, sessions AS b \
               WHERE a.session_id = ?1 AND b.session_id = ?2 AND a.rowid > b.rowid";
    let ids = [row.to_string(), other.to_string()];
    Ok(AFTER.query_one(connection, sql, ids, |_| Ok(()))?.is_some())
}

static AFTER: Columns = Columns {
    table: "sessions",
    names: &["came_after"],
};

/// Whether the sit was deleted because its import was taken back; `None` where no import brought it.
pub(crate) fn is_taken_back(
    connection: &Connection,
    session_id: SessionId,
) -> Result<Option<bool>, ReadError> {
    Ok(brought(connection, session_id)?.map(|it| it.is_undone))
}

static TAKEN_BACK: Columns = Columns {
    table: "sessions",
    names: &["session_id", "started_at_ms", "ended_at_ms", "is_corrected"],
};

/// Start and end of the sits of an import that bringing it back would restore: those that were deleted
/// with it and in whose place nothing counts.
pub(crate) fn to_bring_back(
    connection: &Connection,
    import_seq: i64,
) -> Result<Vec<(UnixMillis, UnixMillis)>, ReadError> {
    let sql = "SELECT s.session_id, s.started_at_ms, s.ended_at_ms, \
               s.replaces IS NOT NULL OR EXISTS ( \
                   SELECT 1 FROM sessions AS l INDEXED BY sessions_replaces \
                   WHERE l.replaces = s.session_id) \
               FROM import_sits AS i JOIN sessions AS s ON s.session_id = coalesce(i.taken, i.session_id) \
               WHERE i.import_seq = ?1 AND i.undone = 1 AND s.deleted = 1 AND s.ended_at_ms IS NOT NULL";
    let rows = TAKEN_BACK.query(connection, sql, [import_seq], |cells| {
        let session_id: SessionId = cells.convert(PARSE)?;
        let span = (UnixMillis(cells.next()?), UnixMillis(cells.next()?));
        Ok((session_id, span, cells.next::<bool>()?))
    })?;
    let mut found = Vec::new();
    for (session_id, span, is_corrected) in rows {
        let counts = is_corrected
            && versions::of(connection, [session_id])?
                .iter()
                .any(Version::counts);
        found.extend((!counts).then_some(span));
    }
    Ok(found)
}

/// Counts a sit to an import; it may have belonged to one that was taken back.
pub(crate) fn put(
    connection: &Connection,
    import_seq: i64,
    session_id: SessionId,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO import_sits (session_id, import_seq, undone) VALUES (?1, ?2, 0) \
               ON CONFLICT (session_id) \
               DO UPDATE SET import_seq = ?2, undone = 0, instead_of = NULL, taken = NULL";
    let changed = execute(connection, sql, params![session_id.to_string(), import_seq])?;
    one_row(BROUGHT.table, changed)
}

/// What was taken back with its import counts again, as it does or in another's place.
pub(crate) fn stands_again(
    connection: &Connection,
    session_id: SessionId,
) -> Result<(), WriteError> {
    let sql =
        "UPDATE import_sits SET undone = 0, taken = NULL WHERE session_id = ?1 AND undone = 1";
    let changed = execute(connection, sql, [session_id.to_string()])?;
    one_row(BROUGHT.table, changed)
}

/// A sit of an import that is none of it any more.
pub(crate) fn let_go(connection: &Connection, session_id: SessionId) -> Result<(), WriteError> {
    let sql = "DELETE FROM import_sits WHERE session_id = ?1";
    one_row(
        BROUGHT.table,
        execute(connection, sql, [session_id.to_string()])?,
    )
}

/// Keeps what counted before a row came, where an import brought it and nothing was kept yet.
pub(crate) fn put_instead_of(
    connection: &Connection,
    session_id: SessionId,
    counted: SessionId,
) -> Result<(), WriteError> {
    let sql = "UPDATE import_sits SET instead_of = ?2 \
               WHERE session_id = ?1 AND session_id <> ?2 AND instead_of IS NULL";
    let values = params![session_id.to_string(), counted.to_string()];
    execute(connection, sql, values).map(drop)
}

/// Marks a sit as deleted with its import, as the row that counted then.
pub(crate) fn mark(
    connection: &Connection,
    session_id: SessionId,
    taken: SessionId,
) -> Result<(), WriteError> {
    let sql = "UPDATE import_sits SET undone = 1, taken = ?2 WHERE session_id = ?1 AND undone = 0";
    let values = params![session_id.to_string(), taken.to_string()];
    one_row(BROUGHT.table, execute(connection, sql, values)?)
}

static GONE: Columns = Columns {
    table: "sessions",
    names: &["session_id", "started_at_ms", "ended_at_ms", "is_corrected"],
};

/// Imported sits that are deleted, but not with their import: id, start, end, and whether they are rows of
/// a corrected sit.
pub(crate) fn gone(
    connection: &Connection,
) -> Result<Vec<(SessionId, UnixMillis, UnixMillis, bool)>, ReadError> {
    let sql = "SELECT session_id, started_at_ms, ended_at_ms, \
               replaces IS NOT NULL OR EXISTS ( \
                   SELECT 1 FROM sessions AS l INDEXED BY sessions_replaces \
                   WHERE l.replaces = s.session_id) \
               FROM sessions AS s WHERE deleted = 1 AND source = 'import' \
               AND ended_at_ms IS NOT NULL AND NOT EXISTS ( \
                   SELECT 1 FROM import_sits AS i WHERE i.session_id = s.session_id AND i.undone = 1)";
    GONE.query(connection, sql, [], |cells| {
        Ok((
            cells.convert(PARSE)?,
            UnixMillis(cells.next()?),
            UnixMillis(cells.next()?),
            cells.next()?,
        ))
    })
}

/// At most `limit` sits of an import that are to be deleted with it: they count, or what counts in their
/// place was brought by no import itself.
pub(crate) fn next_to_undo(
    connection: &Connection,
    import_seq: i64,
    limit: u32,
) -> Result<Vec<SessionId>, ReadError> {
    let sql = "SELECT i.session_id, s.replaces IS NOT NULL OR EXISTS ( \
                   SELECT 1 FROM sessions AS l INDEXED BY sessions_replaces \
                   WHERE l.replaces = i.session_id) \
               FROM import_sits AS i \
               JOIN sessions AS s ON s.session_id = i.session_id \
               WHERE i.import_seq = ?1 AND i.undone = 0 AND (s.deleted = 0 OR EXISTS ( \
                   SELECT 1 FROM sessions AS l INDEXED BY sessions_replaces \
                   WHERE l.replaces = i.session_id))";
    let mut found = Vec::new();
    NEXT.each(connection, sql, [import_seq], |cells| {
        if found.len() == limit as usize {
            return Ok(ControlFlow::Break(()));
        }
        let session_id = cells.convert(PARSE)?;
        let is_corrected: bool = cells.next()?;
        // What is chosen here is what can be taken back: else the same would be next again.
        let counts = if is_corrected {
            let sit = versions::of(connection, [session_id])?;
            counting_with(connection, &sit, session_id)?.is_some()
        } else {
            true
        };
        found.extend(counts.then_some(session_id));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

static NEXT: Columns = Columns {
    table: "import_sits",
    names: &["session_id", "is_corrected"],
};

/// The row of a sit that counts, if it belongs to what an import brought with that id, and that.
pub(crate) fn counting_with(
    connection: &Connection,
    sit: &[Version],
    session_id: SessionId,
) -> Result<Option<(SessionId, Brought)>, ReadError> {
    for counting in sit.iter().filter(|version| version.counts()) {
        let with = brought_with(connection, sit, counting.session_id, &BTreeSet::new())?;
        if let Some(it) = with.filter(|it| it.session_id == session_id) {
            // What was there before it came, and counts again or has been corrected, is no correction of it.
            let line = corrected::line(sit, counting.session_id).into_iter();
            let mut since = line.take_while(|row| *row != session_id);
            if !since.any(|row| it.instead_of == Some(row)) {
                return Ok(Some((counting.session_id, it)));
            }
        }
    }
    Ok(None)
}

/// At most `limit` sits of an import that were deleted with it, to be brought back.
pub(crate) fn next_to_redo(
    connection: &Connection,
    import_seq: i64,
    limit: u32,
) -> Result<Vec<SessionId>, ReadError> {
    let sql = "SELECT session_id FROM import_sits WHERE import_seq = ?1 AND undone = 1 LIMIT ?2";
    BROUGHT.query(connection, sql, params![import_seq, limit], |cells| {
        cells.convert(PARSE)
    })
}

const PARSE: fn(String) -> Option<SessionId> = |text| text.parse().ok();
