//! One transaction of one person.

use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::Object;
use futures_util::TryStreamExt as _;
use mitta_domain::PersonId;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::DbError;

/// What a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see the same moment, and write nothing.
    Snapshot,
}

/// A parameter with its type: given, it needs no prepared statement.
pub type Param<'a> = (&'a (dyn ToSql + Sync), Type);

/// A parameter with its type.
pub fn param(value: &(dyn ToSql + Sync), its_type: Type) -> Param<'_> {
    (value, its_type)
}

/// A transaction, rolled back unless it is committed.
#[derive(Debug)]
pub struct Transaction {
    /// `None` once it has ended.
    connection: Option<Object>,
}

impl Transaction {
    pub(super) async fn begin(
        connection: Object,
        person: Option<PersonId>,
        isolation: Isolation,
        statement_timeout: Duration,
    ) -> Result<Self, DbError> {
        let mode = match isolation {
            Isolation::ReadCommitted => "ISOLATION LEVEL READ COMMITTED",
            Isolation::Snapshot => "ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let person = person.map(|person| person.to_string()).unwrap_or_default();
        let timeout_ms = statement_timeout.as_millis();
        // One round trip. All of it holds for this transaction only, as a pooler between needs it.
        let begin = format!(
            "BEGIN {mode}; SELECT pg_catalog.set_config('mitta.person_id', '{person}', true), \
             pg_catalog.set_config('statement_timeout', '{timeout_ms}', true), \
             pg_catalog.set_config('idle_in_transaction_session_timeout', '{timeout_ms}', true)"
        );
        let transaction = Self {
            connection: Some(connection),
        };
        transaction.connection()?.batch_execute(&begin).await?;
        Ok(transaction)
    }

    fn connection(&self) -> Result<&Object, DbError> {
        let ended = || DbError::Unavailable("the transaction has ended".to_owned());
        self.connection.as_ref().ok_or_else(ended)
    }

    /// All rows.
    ///
    /// # Errors
    /// [`DbError`] where the statement failed.
    pub async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, DbError> {
        Ok(self.connection()?.query_typed(sql, params).await?)
    }

    /// Shows row after row: for what must never lie in memory as a whole.
    ///
    /// # Errors
    /// [`DbError`] where the statement failed, or what `visit` says; then the rest is not shown.
    pub async fn each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        mut visit: impl FnMut(&Row) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let params = params
            .iter()
            .map(|(value, its_type)| (*value, its_type.clone()));
        let rows = self.connection()?.query_typed_raw(sql, params).await?;
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await? {
            visit(&row)?;
        }
        Ok(())
    }

    /// The row, or none.
    ///
    /// # Errors
    /// [`DbError`] where the statement failed or found several.
    pub async fn query_opt(&self, sql: &str, params: &[Param<'_>]) -> Result<Option<Row>, DbError> {
        Ok(self.connection()?.query_typed_opt(sql, params).await?)
    }

    /// The one row.
    ///
    /// # Errors
    /// [`DbError`] where the statement failed or did not find exactly one.
    pub async fn query_one(&self, sql: &str, params: &[Param<'_>]) -> Result<Row, DbError> {
        Ok(self.connection()?.query_typed_one(sql, params).await?)
    }

    /// Runs a statement; answers how many rows it changed, which the caller must judge. Where the
    /// number is known beforehand, use [`Transaction::execute_exactly`].
    ///
    /// # Errors
    /// [`DbError`] where the statement failed.
    #[must_use = "every write counts its rows (I1)"]
    pub async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, DbError> {
        Ok(self.connection()?.execute_typed(sql, params).await?)
    }

    /// Runs a statement that must change exactly `expected` rows; `what` names it in the log.
    ///
    /// # Errors
    /// [`DbError::RowCount`] where it changed another number (invariant I1): row security leaves
    /// rows out without a word.
    pub async fn execute_exactly(
        &self,
        expected: u64,
        what: &'static str,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<(), DbError> {
        let affected = self.execute(sql, params).await?;
        counted(what, expected, affected)
    }

    /// Commits.
    ///
    /// # Errors
    /// [`DbError`] where it is not known to be committed.
    pub async fn commit(mut self) -> Result<(), DbError> {
        self.connection()?.batch_execute("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    /// Rolls back, and waits for it.
    ///
    /// # Errors
    /// [`DbError`] where the connection broke; then it is rolled back as well.
    pub async fn rollback(mut self) -> Result<(), DbError> {
        self.connection()?.batch_execute("ROLLBACK").await?;
        self.connection = None;
        Ok(())
    }
}

/// Whether a write changed as many rows as it must.
///
/// # Errors
/// [`DbError::RowCount`] where not.
pub(crate) fn counted(what: &'static str, expected: u64, affected: u64) -> Result<(), DbError> {
    if affected == expected {
        return Ok(());
    }
    Err(DbError::RowCount {
        what,
        expected,
        affected,
    })
}

impl Drop for Transaction {
    /// An error, or a request that was given up, left it open: the connection goes back to the
    /// pool only after the rollback, or not at all.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(Object::take(connection));
            return;
        };
        runtime.spawn(async move {
            if connection.batch_execute("ROLLBACK").await.is_err() {
                drop(Object::take(connection));
            }
        });
    }
}
