//! The way to Postgres: a pool, and transactions that carry their person.
//!
//! Must hold: every statement runs in a transaction whose person was set by [`Db::as_person`] or
//! to nobody (invariant I10); none is a named prepared statement, so that `PgBouncer` in transaction
//! mode may stand between; a transaction that was not committed is rolled back before its
//! connection serves anybody else.

pub mod check;
mod error;
mod transaction;

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use mitta_domain::PersonId;
use tokio_postgres::{NoTls, Row};

use crate::config::DatabaseArgs;
pub use error::DbError;
pub(crate) use transaction::counted;
pub use transaction::{Isolation, Param, Transaction, param};

/// The pool. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pool: Pool,
    statement_timeout: Duration,
}

/// How full the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections open.
    pub open: usize,
    /// Of those, free.
    pub free: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

impl Db {
    /// A pool; nothing is connected yet.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] only where the pool could not be built.
    pub fn new(args: &DatabaseArgs) -> Result<Self, DbError> {
        let fast = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(args.database_url.config().clone(), NoTls, fast);
        let wait = Some(args.pool_wait_s);
        let pool = Pool::builder(manager)
            .max_size(usize::from(args.pool_size))
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait,
                create: wait,
                recycle: wait,
            })
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self {
            pool,
            statement_timeout: args.statement_timeout_s,
        })
    }

    /// A transaction of `person`: row security lets it reach that person's rows.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] where no connection can be had in time.
    pub async fn as_person(
        &self,
        person: PersonId,
        isolation: Isolation,
    ) -> Result<Transaction, DbError> {
        self.begin(Some(person), isolation).await
    }

    /// A transaction of nobody: only definer functions answer it.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] where no connection can be had in time.
    pub async fn as_nobody(&self) -> Result<Transaction, DbError> {
        self.begin(None, Isolation::ReadCommitted).await
    }

    /// One statement of nobody, which is a transaction by itself: one way to the database and back.
    ///
    /// # Errors
    /// [`DbError`] where no connection can be had in time, or the statement failed or found several.
    pub async fn once(&self, sql: &str, params: &[Param<'_>]) -> Result<Option<Row>, DbError> {
        let connection = self.pool.get().await?;
        Ok(connection.query_typed_opt(sql, params).await?)
    }

    async fn begin(
        &self,
        person: Option<PersonId>,
        isolation: Isolation,
    ) -> Result<Transaction, DbError> {
        let connection = self.pool.get().await?;
        Transaction::begin(connection, person, isolation, self.statement_timeout).await
    }

    /// How full the pool is.
    pub fn pool_use(&self) -> PoolUse {
        let status = self.pool.status();
        PoolUse {
            open: status.size,
            free: status.available,
            waiting: status.waiting,
        }
    }

    /// Closes every connection that is free, and no more are had.
    pub fn close(&self) {
        self.pool.close();
    }
}
