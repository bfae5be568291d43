//! Shares: opening one, filled with the past sits that it shows, closing it, pausing it.
//!
//! Must hold: a share is changed only while the own feed of its owner is locked, as a push locks it (I7);
//! a closed one has no feed, so that nothing of it can be read.

use chrono::NaiveDate;
use mitta_domain::share::{Pause, ShareRule};
use mitta_domain::{PartnershipId, PersonId, ShareId, UnixMillis};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::AppState;
use crate::db::{DbError, Param, Transaction};
use crate::http::error::ApiError;
use crate::sync::fill::{fill, judge};

/// Lets the transaction act for `person` from here on. See who calls it.
pub(super) async fn act_for(transaction: &Transaction, person: PersonId) -> Result<(), DbError> {
    let sql = "SELECT pg_catalog.set_config('mitta.person_id', $1, true)";
    let text = person.to_string();
    transaction.query_one(sql, &[(&text, Type::TEXT)]).await?;
    Ok(())
}

/// Locks the person's own feed, which everybody locks first who changes any of their feeds.
pub(super) async fn lock_feeds(transaction: &Transaction, person: PersonId) -> Result<(), DbError> {
    let sql = "SELECT FROM mitta.feeds WHERE person_id = $1 AND share_id = $1 FOR UPDATE";
    let person = person.as_uuid();
    transaction.query_one(sql, &[(&person, Type::UUID)]).await?;
    Ok(())
}

/// An open share.
pub(super) struct Shown {
    share_id: Uuid,
    /// Sits of this date and later.
    pub(super) share_since: NaiveDate,
}

/// The open share of the person in the partnership.
///
/// # Errors
/// [`DbError`], also where there is none: a member has one.
pub(super) async fn shown(
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
) -> Result<Shown, DbError> {
    let found = find(transaction, person, partnership).await?;
    found.ok_or(DbError::RowCount {
        what: "an open share",
        expected: 1,
        affected: 0,
    })
}

async fn find(
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
) -> Result<Option<Shown>, DbError> {
    let sql = "SELECT share_id, share_since FROM mitta.shares
        WHERE person_id = $1 AND partnership_id = $2 AND closed_at_ms IS NULL";
    let params: [Param<'_>; _] = [
        (&person.as_uuid(), Type::UUID),
        (&partnership.as_uuid(), Type::UUID),
    ];
    let row = transaction.query_opt(sql, &params).await?;
    Ok(row.map(|row| Shown {
        share_id: row.get(0),
        share_since: row.get(1),
    }))
}

/// Closes the open share: its feed goes, and with it all that partners could read.
pub(super) async fn close(
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
    now: UnixMillis,
) -> Result<(), DbError> {
    let share = shown(transaction, person, partnership).await?;
    close_one(transaction, person, &share, now).await
}

async fn close_one(
    transaction: &Transaction,
    person: PersonId,
    share: &Shown,
    now: UnixMillis,
) -> Result<(), DbError> {
    let person = person.as_uuid();
    let ids: [Param<'_>; _] = [(&person, Type::UUID), (&share.share_id, Type::UUID)];
    let sql = "UPDATE mitta.shares SET closed_at_ms = $3
        WHERE person_id = $1 AND share_id = $2 AND closed_at_ms IS NULL";
    let at: [Param<'_>; _] = [ids[0].clone(), ids[1].clone(), (&now.0, Type::INT8)];
    transaction
        .execute_exactly(1, "closing a share", sql, &at)
        .await?;
    let sql = "DELETE FROM mitta.feeds WHERE person_id = $1 AND share_id = $2";
    transaction
        .execute_exactly(1, "the feed of a closed share", sql, &ids)
        .await
}

/// Opens a share for the member, in place of the one that is open, if any, with its pauses. Where
/// `share_since` is given it is the membership's from now on.
pub(super) async fn open(
    state: &AppState,
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
    share_since: Option<NaiveDate>,
) -> Result<(), ApiError> {
    let now = state.clock.now_ms();
    let before = find(transaction, person, partnership).await?;
    let membership = renew(
        transaction,
        person,
        partnership,
        share_since,
        before.is_some(),
    );
    let (generation, share_since) = membership.await?;
    if let Some(before) = &before {
        close_one(transaction, person, before, now).await?;
    }
    let share_id = state.random.uuid(now)?;
    let person_uuid = person.as_uuid();
    let ids: [Param<'_>; _] = [(&person_uuid, Type::UUID), (&share_id, Type::UUID)];
    let sql =
        "INSERT INTO mitta.shares (person_id, share_id, partnership_id, generation, share_since)
        VALUES ($1, $2, $3, $4, $5)";
    let values: [Param<'_>; _] = [
        ids[0].clone(),
        ids[1].clone(),
        (&partnership.as_uuid(), Type::UUID),
        (&generation, Type::INT4),
        (&share_since, Type::DATE),
    ];
    transaction
        .execute_exactly(1, "a new share", sql, &values)
        .await?;
    let pauses = match before {
        Some(before) => copy_pauses(transaction, person, before.share_id, share_id).await?,
        None => Vec::new(),
    };
    let sql = "INSERT INTO mitta.feeds (person_id, share_id, head_seq) VALUES ($1, $2, 0)";
    transaction
        .execute_exactly(1, "the feed of a new share", sql, &ids)
        .await?;
    let rule = ShareRule {
        share_since,
        pauses,
    };
    fill(transaction, person, ShareId::from_uuid(share_id), &rule).await?;
    Ok(())
}

/// The generation and date of the membership, counted up where there is a share already.
async fn renew(
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
    share_since: Option<NaiveDate>,
    counts_up: bool,
) -> Result<(i32, NaiveDate), DbError> {
    let sql = "UPDATE mitta.memberships
        SET generation = generation + $3, share_since = coalesce($4, share_since)
        WHERE person_id = $1 AND partnership_id = $2 AND left_at_ms IS NULL
        RETURNING generation, share_since";
    let params: [Param<'_>; _] = [
        (&person.as_uuid(), Type::UUID),
        (&partnership.as_uuid(), Type::UUID),
        (&i32::from(counts_up), Type::INT4),
        (&share_since, Type::DATE),
    ];
    let row = transaction.query_one(sql, &params).await?;
    Ok((row.get(0), row.get(1)))
}

async fn copy_pauses(
    transaction: &Transaction,
    person: PersonId,
    from: Uuid,
    to: Uuid,
) -> Result<Vec<Pause>, DbError> {
    let sql = "INSERT INTO mitta.pauses (person_id, share_id, from_ms, until_ms)
        SELECT person_id, $3, from_ms, until_ms FROM mitta.pauses WHERE person_id = $1 AND share_id = $2
        RETURNING from_ms, until_ms";
    let params: [Param<'_>; _] = [
        (&person.as_uuid(), Type::UUID),
        (&from, Type::UUID),
        (&to, Type::UUID),
    ];
    let rows = transaction.query(sql, &params).await?;
    Ok(rows.iter().map(read_pause).collect())
}

/// Begins or ends a pause of the open share, and judges the sits that began in it: where a device's
/// clock is ahead, some of them are there already.
pub(super) async fn pause(
    transaction: &Transaction,
    person: PersonId,
    partnership: PartnershipId,
    is_paused: bool,
    now: UnixMillis,
) -> Result<(), DbError> {
    let share = shown(transaction, person, partnership).await?;
    let person_uuid = person.as_uuid();
    let params: [Param<'_>; _] = [
        (&person_uuid, Type::UUID),
        (&share.share_id, Type::UUID),
        (&now.0, Type::INT8),
    ];
    let open =
        "SELECT FROM mitta.pauses WHERE person_id = $1 AND share_id = $2 AND until_ms IS NULL";
    let was_paused = transaction.query_opt(open, &params[..2]).await?.is_some();
    let sql = match (was_paused, is_paused) {
        (false, true) => {
            // Paused, resumed and paused within a millisecond, or under a clock that went back.
            "INSERT INTO mitta.pauses (person_id, share_id, from_ms) VALUES ($1, $2, $3)
            ON CONFLICT (person_id, share_id, from_ms) DO UPDATE SET until_ms = NULL
            RETURNING from_ms"
        }
        (true, false) => {
            "UPDATE mitta.pauses SET until_ms = greatest(from_ms, $3)
            WHERE person_id = $1 AND share_id = $2 AND until_ms IS NULL
            RETURNING from_ms"
        }
        (true, true) | (false, false) => return Ok(()),
    };
    let from = UnixMillis(transaction.query_one(sql, &params).await?.get(0));
    let sql = "SELECT from_ms, until_ms FROM mitta.pauses WHERE person_id = $1 AND share_id = $2";
    let pauses = transaction.query(sql, &params[..2]).await?;
    let rule = ShareRule {
        share_since: share.share_since,
        pauses: pauses.iter().map(read_pause).collect(),
    };
    let share_id = ShareId::from_uuid(share.share_id);
    judge(transaction, person, share_id, &rule, from).await
}

fn read_pause(row: &Row) -> Pause {
    Pause {
        from_ms: UnixMillis(row.get(0)),
        until_ms: row.get::<_, Option<i64>>(1).map(UnixMillis),
    }
}
