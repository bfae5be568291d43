//! What a feed holds, summed up: its rows with their digest, and the totals of its days (I8).
//!
//! Rows and digest are taken from the sessions themselves, totals from the stored days: where the two
//! drift apart, the client sees it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use mitta_domain::calendar::Week;
use mitta_domain::digest::Digest;
use mitta_protocol::pull::Summary;
use mitta_protocol::weeks::WeekSummary;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::feed::Feed;
use super::rows;
use crate::db::{DbError, Transaction, param};

const OWN_DAYS: &str = "SELECT d.local_date, d.sits, d.credited_s FROM mitta.day_totals d
    WHERE d.person_id = $1 AND d.share_id = $1";
const SHARED_DAYS: &str =
    "SELECT d.local_date, d.sits, d.credited_s FROM mitta.share_days($1, NULL, NULL) d";

fn nothing() -> Summary {
    Summary {
        rows: 0,
        digest: Digest::default(),
        sits: 0,
        credited_s: 0,
    }
}

/// Of the whole feed.
pub(super) async fn whole(transaction: &Transaction, feed: Feed) -> Result<Summary, DbError> {
    let one = by(transaction, feed, |_| ()).await?;
    Ok(one.into_values().next().unwrap_or_else(nothing))
}

/// Of its weeks that have rows, ascending.
pub(super) async fn weeks(
    transaction: &Transaction,
    feed: Feed,
    week_start: Weekday,
) -> Result<Vec<WeekSummary>, DbError> {
    let weeks = by(transaction, feed, |date| Week::of(date, week_start)).await?;
    let summary = |(week, it): (Week, Summary)| WeekSummary {
        first_date: week.start(),
        rows: it.rows,
        digest: it.digest,
        sits: it.sits,
        credited_s: it.credited_s,
    };
    Ok(weeks.into_iter().map(summary).collect())
}

/// The sums of what falls under the same key. A long history passes row by row.
async fn by<K: Ord>(
    transaction: &Transaction,
    feed: Feed,
    key: impl Fn(NaiveDate) -> K,
) -> Result<BTreeMap<K, Summary>, DbError> {
    let mut sums = BTreeMap::new();
    let id = feed.share_id.as_uuid();
    let of_feed = [param(&id, Type::UUID)];
    if feed.is_own() {
        let sql = format!(
            "SELECT {} FROM mitta.sessions s WHERE s.person_id = $1",
            *rows::DIGEST_COLUMNS
        );
        let add = |row: &Row| {
            let session = rows::session(row, 0)?;
            let sum = sums
                .entry(key(session.start.local_date))
                .or_insert_with(nothing);
            sum.rows += 1;
            sum.digest.add_session(&session);
            Ok(())
        };
        transaction.each(&sql, &of_feed, add).await?;
    } else {
        let columns = rows::SHARED_COLUMNS;
        let sql = format!("SELECT {columns} FROM mitta.share_rows($1, NULL, NULL) c");
        let add = |row: &Row| {
            let sit = rows::shared(row, 0)?;
            let sum = sums.entry(key(sit.local_date)).or_insert_with(nothing);
            sum.rows += 1;
            sum.digest.add_shared(&sit);
            Ok(())
        };
        transaction.each(&sql, &of_feed, add).await?;
    }
    let days = if feed.is_own() { OWN_DAYS } else { SHARED_DAYS };
    for row in transaction.query(days, &of_feed).await? {
        let (date, sits, credited_s) = rows::day(&row)?;
        let sum = sums.entry(key(date)).or_insert_with(nothing);
        sum.sits += sits;
        sum.credited_s += credited_s;
    }
    Ok(sums)
}
