//! Reads a row's cells in the order of its column list, so that a value that does not fit is an
//! error which names its table and column.

use std::ops::ControlFlow;

use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};

use crate::error::ReadError;

/// A table's columns, in the order in which its rows are read.
pub(crate) struct Columns {
    pub(crate) table: &'static str,
    pub(crate) names: &'static [&'static str],
}

impl Columns {
    /// `a, b, c`, for a SELECT.
    pub(crate) fn list(&self) -> String {
        self.names.join(", ")
    }

    /// `?, ?, ?`, for an INSERT of all of them.
    pub(crate) fn marks(&self) -> String {
        vec!["?"; self.names.len()].join(", ")
    }

    /// Runs `sql`, which selects these columns, and reads every row.
    pub(crate) fn query<T>(
        &'static self,
        connection: &Connection,
        sql: &str,
        params: impl Params,
        read: impl Fn(&mut Cells<'_>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let mut found = Vec::new();
        self.each(connection, sql, params, |cells| {
            found.push(read(cells)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Runs `sql`, which selects these columns, and shows row after row until `visit` has enough.
    pub(crate) fn each(
        &'static self,
        connection: &Connection,
        sql: &str,
        params: impl Params,
        mut visit: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, ReadError>,
    ) -> Result<(), ReadError> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            let mut cells = Cells {
                row,
                columns: self,
                at: 0,
            };
            if visit(&mut cells)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Runs `sql`, which selects these columns of at most one row.
    pub(crate) fn query_one<T>(
        &'static self,
        connection: &Connection,
        sql: &str,
        params: impl Params,
        read: impl Fn(&mut Cells<'_>) -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        self.query(connection, sql, params, read)
            .map(|mut found| found.pop())
    }
}

/// The cells of one row, left to right.
pub(crate) struct Cells<'r> {
    row: &'r Row<'r>,
    columns: &'static Columns,
    at: usize,
}

impl Cells<'_> {
    /// The next cell as it is.
    pub(crate) fn next<T: FromSql>(&mut self) -> Result<T, ReadError> {
        let value = self.row.get(self.at).map_err(|error| match error {
            rusqlite::Error::SqliteFailure(..) => ReadError::from(error),
            _ => self.corrupt(),
        })?;
        self.at += 1;
        Ok(value)
    }

    /// The next cell, understood by `convert`.
    pub(crate) fn convert<T: FromSql, U>(
        &mut self,
        convert: impl FnOnce(T) -> Option<U>,
    ) -> Result<U, ReadError> {
        let value = self.next()?;
        convert(value).ok_or_else(|| {
            self.at -= 1;
            self.corrupt()
        })
    }

    /// The next cell, understood by `convert` unless it is NULL.
    pub(crate) fn convert_if_there<T: FromSql, U>(
        &mut self,
        convert: impl FnOnce(T) -> Option<U>,
    ) -> Result<Option<U>, ReadError> {
        self.convert(|value: Option<T>| match value {
            Some(value) => convert(value).map(Some),
            None => Some(None),
        })
    }

    /// The next cell, a text or NULL, understood by `read` where it lies: nothing is copied.
    pub(crate) fn text<U>(
        &mut self,
        read: impl FnOnce(Option<&str>) -> Option<U>,
    ) -> Result<U, ReadError> {
        let text = self.row.get_ref(self.at)?.as_str_or_null().ok();
        let value = text.and_then(read).ok_or_else(|| self.corrupt())?;
        self.at += 1;
        Ok(value)
    }

    fn corrupt(&self) -> ReadError {
        ReadError::Corrupt {
            table: self.columns.table,
            column: self.columns.names.get(self.at).copied().unwrap_or("?"),
        }
    }
}
