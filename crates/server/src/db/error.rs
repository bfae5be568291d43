//! What can go wrong with the database, and what the one who asked is told.

use deadpool_postgres::PoolError;
use mitta_protocol::ErrorCode;
use tokio_postgres::error::SqlState;

use crate::http::error::ApiError;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection, or one that broke: later it may work.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// It met another transaction, or took too long: the same again may work.
    #[error("the database was busy: {0}")]
    Busy(#[source] tokio_postgres::Error),
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Sql(#[source] tokio_postgres::Error),
    /// A write changed another number of rows than it must (invariant I1).
    #[error("{what}: {affected} rows changed instead of {expected}")]
    RowCount {
        /// What was written.
        what: &'static str,
        /// How many rows it must change.
        expected: u64,
        /// How many it changed.
        affected: u64,
    },
    /// A stored row is none that this program could have written.
    #[error("{table}.{column} holds what it cannot: {detail}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong, without the value.
        detail: String,
    },
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            // No SQL state: it was not Postgres that answered, or not with an error of SQL.
            return if error.is_closed() || std::error::Error::source(&error).is_some_and(is_io) {
                Self::Unavailable(said(&error))
            } else {
                Self::Sql(error)
            };
        };
        match state {
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            | &SqlState::LOCK_NOT_AVAILABLE
            | &SqlState::QUERY_CANCELED => Self::Busy(error),
            state if lost_connection(state) => Self::Unavailable(said(&error)),
            _ => Self::Sql(error),
        }
    }
}

/// In Postgres's own words where it has some: a login it knows no password of, a database that is
/// not there.
fn said(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |db| db.message().to_owned())
}

fn is_io(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<std::io::Error>()
}

/// Classes 08 (connection), 53 (resources) and 57P (somebody stopped it).
fn lost_connection(state: &SqlState) -> bool {
    let code = state.code();
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")
}

impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::Unavailable(said(&error)),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match &error {
            DbError::Unavailable(_) | DbError::Busy(_) => {
                Self::new(ErrorCode::Unavailable, "The server's database does not answer just now. Nothing is lost; try again in a moment.")
                    .retry_after_s(2)
                    .because(error)
            }
            DbError::Sql(_) | DbError::RowCount { .. } | DbError::Corrupt { .. } => {
                Self::internal(error)
            }
        }
    }
}
