//! Tries at passwords and invites, counted.
//!
//! Counted in Postgres, so that it holds for all servers in front of it together. Each bucket drains
//! with time: whoever fills somebody's bucket from outside holds them up for the seconds until one try
//! has drained, never for good, and not at all on a device on which they signed in before, which has a
//! bucket of its own that a stranger cannot name.
//!
//! Must hold: a try is counted before it is judged, so that many at once are no way around.

use mitta_protocol::ErrorCode;
use sha2::{Digest as _, Sha256};
use tokio_postgres::types::Type;

use crate::db::{DbError, Param, Transaction};
use crate::http::error::ApiError;

/// How many tries, and how fast they drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// What is tried, and by what it is counted.
    scope: &'static str,
    /// Tries at once.
    burst: i32,
    /// Milliseconds after which one drains.
    each_ms: i64,
}

impl Bucket {
    /// Accounts made from one address.
    pub const SIGN_UP_FROM: Self = Self::new("sign_up.address", 100, 36);
    /// Wrong passwords from one address.
    pub const SIGN_IN_FROM: Self = Self::new("sign_in.address", 60, 15);
    /// Wrong passwords for one login, from devices that do not know it.
    pub const SIGN_IN_AS: Self = Self::new("sign_in.login", 20, 30);
    /// Wrong passwords for one login on one of its devices.
    pub const SIGN_IN_ON: Self = Self::new("sign_in.device", 10, 30);
    /// Wrong recovery codes from one address.
    pub const RECOVER_FROM: Self = Self::new("recover.address", 60, 15);
    /// Wrong passwords of one person who is signed in.
    pub const PASSWORD_AGAIN: Self = Self::new("password_again.person", 10, 60);
    /// Exports of one person.
    pub const EXPORT: Self = Self::new("export.person", 10, 60);
    /// Partnerships made by one person.
    pub const PARTNERSHIP_BY: Self = Self::new("partnership.person", 20, 3600);
    /// Wrong invites of one person.
    pub const INVITE_BY: Self = Self::new("invite.person", 10, 60);
    /// Wrong invites from one address.
    pub const INVITE_FROM: Self = Self::new("invite.address", 30, 30);

    const fn new(scope: &'static str, burst: i32, each_s: i64) -> Self {
        Self {
            scope,
            burst,
            each_ms: each_s * 1000,
        }
    }

    /// The bucket of this login, person, device or address.
    pub fn of(self, key: impl AsRef<[u8]>) -> Counted {
        Counted {
            bucket: self,
            key: Sha256::digest(key).to_vec(),
        }
    }
}

/// One bucket of one key.
#[derive(Debug, Clone)]
pub struct Counted {
    bucket: Bucket,
    key: Vec<u8>,
}

/// Counts one try in each bucket, or answers `rate_limited` and counts none. The transaction is to be
/// committed before the try is judged.
///
/// # Errors
/// `rate_limited` with the time to wait, or what the database said.
pub async fn take(
    transaction: &Transaction,
    counted: &[Counted],
    now_ms: i64,
) -> Result<(), ApiError> {
    let columns = Columns::of(counted);
    let sql = "SELECT mitta.attempts_take($1, $2, $3, $4, $5)";
    let params: [Param<'_>; _] = [
        (&columns.scopes, Type::TEXT_ARRAY),
        (&columns.keys, Type::BYTEA_ARRAY),
        (&columns.bursts, Type::INT4_ARRAY),
        (&columns.each_ms, Type::INT8_ARRAY),
        (&now_ms, Type::INT8),
    ];
    let wait_ms: i64 = transaction.query_one(sql, &params).await?.get(0);
    if wait_ms <= 0 {
        return Ok(());
    }
    let seconds = u32::try_from(wait_ms.unsigned_abs().div_ceil(1000)).unwrap_or(u32::MAX);
    Err(ApiError::new(
        ErrorCode::RateLimited,
        "There were too many tries. Wait a moment and try again.",
    )
    .retry_after_s(seconds))
}

/// The try was a good one: it does not count.
///
/// # Errors
/// What the database said.
pub async fn give_back(transaction: &Transaction, counted: &[Counted]) -> Result<(), DbError> {
    let columns = Columns::of(counted);
    let sql = "SELECT mitta.attempts_give_back($1, $2, $3)";
    let params: [Param<'_>; _] = [
        (&columns.scopes, Type::TEXT_ARRAY),
        (&columns.keys, Type::BYTEA_ARRAY),
        (&columns.each_ms, Type::INT8_ARRAY),
    ];
    // Fewer than were taken, where one has drained and was swept away meanwhile.
    transaction.query_one(sql, &params).await?;
    Ok(())
}

/// The buckets as the functions take them, in the one order in which everybody locks them.
struct Columns {
    scopes: Vec<&'static str>,
    keys: Vec<Vec<u8>>,
    bursts: Vec<i32>,
    each_ms: Vec<i64>,
}

impl Columns {
    fn of(counted: &[Counted]) -> Self {
        let mut sorted: Vec<&Counted> = counted.iter().collect();
        sorted.sort_by_key(|counted| (counted.bucket.scope, &counted.key));
        let each = |of: fn(Bucket) -> i64| sorted.iter().map(|it| of(it.bucket)).collect();
        Self {
            scopes: sorted.iter().map(|it| it.bucket.scope).collect(),
            keys: sorted.iter().map(|it| it.key.clone()).collect(),
            bursts: sorted.iter().map(|it| it.bucket.burst).collect(),
            each_ms: each(|bucket| bucket.each_ms),
        }
    }
}
