//! Looking the whole database over, for a person who asks whether all is well.

use super::Reader;
use crate::error::ReadError;

/// How many faults are listed: the first few say what is wrong.
const MOST_FAULTS: u32 = 20;

impl Reader {
    /// What is wrong with the database: pages, indexes, constraints, and rows whose session is
    /// missing. Empty is well. Reads every page, so a large history takes seconds.
    ///
    /// # Errors
    /// [`ReadError`] where it is so damaged that it cannot even be looked over.
    pub fn faults(&self) -> Result<Vec<String>, ReadError> {
        let mut statement = self
            .connection
            .prepare(&format!("PRAGMA integrity_check({MOST_FAULTS})"))?;
        let mut faults = statement
            .query_map([], |row| row.get::<_, String>(0))?
            .filter(|verdict| !matches!(verdict, Ok(verdict) if verdict == "ok"))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut statement = self.connection.prepare(&format!(
            "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT {MOST_FAULTS}"
        ))?;
        let orphans = statement.query_map([], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of {table} points to none of {parent}"))
        })?;
        for orphan in orphans {
            faults.push(orphan?);
        }
        Ok(faults)
    }

    /// How many ops wait for a server.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn outbox_count(&self) -> Result<u32, ReadError> {
        let sql = "SELECT count(*) FROM outbox";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }
}
