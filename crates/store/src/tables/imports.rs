//! `imports`: which files were imported; and `import_sits`: which sits came from which of them.

mod sits;

use mitta_domain::UnixMillis;
use rusqlite::{Connection, params};

use super::{execute, unsigned};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

pub(crate) use sits::{
    Brought, brought, brought_with, counting_with, gone, is_taken_back, let_go, mark, next_to_redo,
    next_to_undo, put, put_instead_of, stands_again, to_bring_back,
};

static IMPORTS: Columns = Columns {
    table: "imports",
    names: &[
        "import_seq",
        "file_name",
        "kind",
        "content_sha256",
        "reading",
        "begun_at_ms",
        "finished_at_ms",
        "undone_at_ms",
        // Counted.
        "sits",
        "undone",
    ],
};

const FROM: &str = "SELECT i.import_seq, file_name, kind, content_sha256, reading, begun_at_ms, \
     finished_at_ms, undone_at_ms, \
     (SELECT count(*) FROM import_sits AS s WHERE s.import_seq = i.import_seq), \
     (SELECT count(*) FROM import_sits AS s WHERE s.import_seq = i.import_seq AND s.undone = 1) \
     FROM imports AS i";

/// An import of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number in this data folder, from 1.
    pub import_seq: i64,
    /// The file's name, without its folder.
    pub file_name: String,
    /// Which app wrote the file.
    pub kind: String,
    /// SHA-256 of the file's content, in lowercase hexadecimal.
    pub content_sha256: String,
    /// Zone, and what else a person settled about its times, as text.
    pub reading: String,
    /// When it began.
    pub begun_at_ms: UnixMillis,
    /// When it was finished; `None` where it was cut short.
    pub finished_at_ms: Option<UnixMillis>,
    /// When it was taken back; `None` while it stands.
    pub undone_at_ms: Option<UnixMillis>,
    /// The sits that it brought.
    pub sits: u64,
    /// Those of them that were deleted because it was taken back.
    pub undone: u64,
}

/// What begins an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// The file's name, without its folder.
    pub file_name: String,
    /// Which app wrote the file.
    pub kind: String,
    /// SHA-256 of the file's content, in lowercase hexadecimal.
    pub content_sha256: String,
    /// Zone, and what else a person settled about its times, as text.
    pub reading: String,
    /// Now.
    pub begun_at_ms: UnixMillis,
}

/// All of them, the newest first.
pub(crate) fn all(connection: &Connection) -> Result<Vec<ImportRow>, ReadError> {
    let sql = format!("{FROM} ORDER BY i.import_seq DESC");
    IMPORTS.query(connection, &sql, [], read)
}

/// The import with that number.
pub(crate) fn find(
    connection: &Connection,
    import_seq: i64,
) -> Result<Option<ImportRow>, ReadError> {
    let sql = format!("{FROM} WHERE i.import_seq = ?1");
    IMPORTS.query_one(connection, &sql, [import_seq], read)
}

/// The newest import of that content that stands, and has brought something.
pub(crate) fn standing_with_sits(
    connection: &Connection,
    content_sha256: &str,
) -> Result<Option<ImportRow>, ReadError> {
    let sql = format!(
        "{FROM} WHERE content_sha256 = ?1 AND undone_at_ms IS NULL \
         AND EXISTS (SELECT 1 FROM import_sits AS s WHERE s.import_seq = i.import_seq) \
         ORDER BY i.import_seq DESC LIMIT 1"
    );
    IMPORTS.query_one(connection, &sql, [content_sha256], read)
}

/// The newest import of that content that stands.
pub(crate) fn standing(
    connection: &Connection,
    content_sha256: &str,
) -> Result<Option<ImportRow>, ReadError> {
    let sql = format!(
        "{FROM} WHERE content_sha256 = ?1 AND undone_at_ms IS NULL ORDER BY i.import_seq DESC LIMIT 1"
    );
    IMPORTS.query_one(connection, &sql, [content_sha256], read)
}

fn read(cells: &mut Cells<'_>) -> Result<ImportRow, ReadError> {
    Ok(ImportRow {
        import_seq: cells.next()?,
        file_name: cells.next()?,
        kind: cells.next()?,
        content_sha256: cells.next()?,
        reading: cells.next()?,
        begun_at_ms: UnixMillis(cells.next()?),
        finished_at_ms: cells.next::<Option<i64>>()?.map(UnixMillis),
        undone_at_ms: cells.next::<Option<i64>>()?.map(UnixMillis),
        sits: cells.convert(unsigned)?,
        undone: cells.convert(unsigned)?,
    })
}

/// Writes a new import and gives its number.
pub(crate) fn insert(connection: &Connection, new: &NewImport) -> Result<i64, WriteError> {
    let sql = "INSERT INTO imports (file_name, kind, content_sha256, reading, begun_at_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let NewImport {
        file_name,
        kind,
        content_sha256,
        reading,
        begun_at_ms,
    } = new;
    let values = params![file_name, kind, content_sha256, reading, begun_at_ms.0];
    one_row(IMPORTS.table, execute(connection, sql, values)?)?;
    Ok(connection.last_insert_rowid())
}

/// Writes when an import was finished.
pub(crate) fn finish(
    connection: &Connection,
    import_seq: i64,
    at_ms: UnixMillis,
) -> Result<(), WriteError> {
    let sql = "UPDATE imports SET finished_at_ms = ?2 WHERE import_seq = ?1";
    one_row(
        IMPORTS.table,
        execute(connection, sql, params![import_seq, at_ms.0])?,
    )
}

/// Writes that an import is taken back, or stands again.
pub(crate) fn set_undone(
    connection: &Connection,
    import_seq: i64,
    at_ms: Option<UnixMillis>,
) -> Result<(), WriteError> {
    let sql = "UPDATE imports SET undone_at_ms = ?2 WHERE import_seq = ?1";
    let values = params![import_seq, at_ms.map(|at| at.0)];
    one_row(IMPORTS.table, execute(connection, sql, values)?)
}

/// Removes an import that brought nothing.
pub(crate) fn remove(connection: &Connection, import_seq: i64) -> Result<(), WriteError> {
    let sql = "DELETE FROM imports WHERE import_seq = ?1";
    one_row(IMPORTS.table, execute(connection, sql, [import_seq])?)
}
