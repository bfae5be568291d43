//! What a database of a format is made of, to the letter: a copy that came from elsewhere may hold a
//! trigger or a view that would act on its own when rows are touched.

use refinery::{Migration, Runner, Target};
use rusqlite::Connection;

/// Kind, name, table and text of a table, index, trigger or view.
type Part = (String, String, String, Option<String>);

/// Every part but those that `SQLite` and refinery make for themselves.
pub(super) fn of(connection: &Connection) -> rusqlite::Result<Vec<Part>> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
               WHERE name NOT GLOB 'sqlite_*' AND tbl_name <> 'refinery_schema_history' \
                 AND tbl_name NOT IN (SELECT name FROM pragma_table_list \
                                      WHERE schema = 'main' AND type = 'shadow') \
               ORDER BY type, name";
    let mut statement = connection.prepare(sql)?;
    statement
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect()
}

/// What these migrations make, up to and with `version`.
///
/// # Errors
/// What refinery says, which would be a defect: the same migrations made the history.
pub(super) fn at(migrations: &[Migration], version: u32) -> Result<Vec<Part>, String> {
    let mut fresh = Connection::open_in_memory().map_err(|error| error.to_string())?;
    let target = i32::try_from(version).map_err(|error| error.to_string())?;
    Runner::new(migrations)
        .set_target(Target::Version(target))
        .run(&mut fresh)
        .map_err(|error| error.to_string())?;
    of(&fresh).map_err(|error| error.to_string())
}
