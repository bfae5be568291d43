//! Totals of days, for the person and for each share.
//!
//! Must hold: they are summed from sessions, never counted along (I8).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mitta_domain::ShareId;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::db::{DbError, Transaction, param};

/// Sums the touched days again: of the own feed ($2) all completed, undeleted sits, of shares ($3, $4)
/// those that their feeds show. A day without any has no row. Fast also where Postgres knows nothing of
/// the tables yet: no two lists are joined, and `IS TRUE` leaves but the index by session for what a
/// share shows (by share alone, each look would read its whole feed).
const SUM_DAYS: &str = "WITH touched AS (
        SELECT $1 AS share_id, local_date FROM unnest($2) AS t (local_date)
        UNION ALL SELECT * FROM unnest($3, $4)
    ), sums AS MATERIALIZED (
        SELECT $1 AS share_id, s.local_date, count(*)::int4 AS sits, sum(s.credited_s) AS credited_s
        FROM mitta.sessions s
        WHERE s.person_id = $1 AND s.local_date = ANY ($2) AND s.state = 'completed' AND NOT s.deleted
        GROUP BY s.local_date
        UNION ALL
        SELECT c.share_id, s.local_date, count(*)::int4, sum(s.credited_s)
        FROM mitta.sessions s CROSS JOIN LATERAL (
            SELECT c.share_id FROM mitta.changes c
            WHERE c.person_id = $1 AND c.session_id = s.session_id AND c.kind = 'session'
                AND (c.share_id = ANY ($3)) IS TRUE
            OFFSET 0) c
        WHERE s.person_id = $1 AND s.local_date = ANY ($4) AND s.state = 'completed' AND NOT s.deleted
        GROUP BY c.share_id, s.local_date
    ), emptied AS (
        DELETE FROM mitta.day_totals d USING touched t
        WHERE d.person_id = $1 AND d.share_id = t.share_id AND d.local_date = t.local_date
            AND (t.share_id, t.local_date) NOT IN (SELECT sums.share_id, sums.local_date FROM sums)
    ), summed AS (
        INSERT INTO mitta.day_totals AS d (person_id, share_id, local_date, sits, credited_s)
        SELECT $1, share_id, local_date, sits, credited_s FROM sums
        ON CONFLICT (person_id, share_id, local_date)
            DO UPDATE SET sits = excluded.sits, credited_s = excluded.credited_s
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM sums), (SELECT count(*) FROM summed)";

/// Sums these days of these feeds again.
pub(super) async fn sum_days(
    transaction: &Transaction,
    person: Uuid,
    touched_days: &BTreeSet<(ShareId, NaiveDate)>,
) -> Result<(), DbError> {
    if touched_days.is_empty() {
        return Ok(());
    }
    let days = touched_days.iter().map(|(id, date)| (id.as_uuid(), *date));
    let (own, shared): (Vec<_>, Vec<_>) = days.partition(|(share_id, _)| *share_id == person);
    let own: Vec<NaiveDate> = own.into_iter().map(|(_, date)| date).collect();
    let (share_id, local_date): (Vec<Uuid>, Vec<NaiveDate>) = shared.into_iter().unzip();
    let params = [
        param(&person, Type::UUID),
        param(&own, Type::DATE_ARRAY),
        param(&share_id, Type::UUID_ARRAY),
        param(&local_date, Type::DATE_ARRAY),
    ];
    let row = transaction.query_one(SUM_DAYS, &params).await?;
    let (sums, summed): (i64, i64) = (row.get(0), row.get(1));
    if sums == summed {
        return Ok(());
    }
    Err(DbError::RowCount {
        what: "summing days",
        expected: sums.unsigned_abs(),
        affected: summed.unsigned_abs(),
    })
}
