//! Filling a share that was opened just now with the past sits that it shows.
//!
//! Must hold: it is done under the lock of the owner's own feed, as a push is, so that what is pushed
//! meanwhile is in it and nothing is told twice (I7); it shows what `domain::share::visible` says and
//! nothing else (I10); its totals are summed from sessions, by the statement of the push (I8).

use std::collections::BTreeSet;

use mitta_domain::share::{ShareRule, visible};
use mitta_domain::{PersonId, ShareId};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::push::sum_days;
use super::rows;
use crate::db::{DbError, Param, Transaction};

/// Sessions that are looked at together: a long history never lies in memory.
const SESSIONS_AT_ONCE: i64 = 2_000;

const TELL: &str = "INSERT INTO mitta.changes (person_id, share_id, seq, kind, session_id)
    SELECT $1, $2, $3 + u.place, 'session', u.session_id
    FROM unnest($4) WITH ORDINALITY AS u (session_id, place)";

/// Fills the share, whose feed has nothing yet, in the order of the sessions' ids.
pub(crate) async fn fill(
    transaction: &Transaction,
    person: PersonId,
    share_id: ShareId,
    rule: &ShareRule,
) -> Result<(), DbError> {
    let (person, share) = (person.as_uuid(), share_id.as_uuid());
    let read = format!(
        "SELECT {} FROM mitta.sessions s
        WHERE s.person_id = $1 AND s.session_id > $2 AND s.local_date >= $3
        ORDER BY s.session_id LIMIT $4",
        *rows::DIGEST_COLUMNS
    );
    let (mut head, mut after) = (0_i64, Uuid::nil());
    let mut days = BTreeSet::new();
    loop {
        let params: [Param<'_>; _] = [
            (&person, Type::UUID),
            (&after, Type::UUID),
            (&rule.share_since, Type::DATE),
            (&SESSIONS_AT_ONCE, Type::INT8),
        ];
        let found = transaction.query(&read, &params).await?;
        let Some(last) = found.last() else {
            break;
        };
        after = last.get(0);
        let mut shown: Vec<Uuid> = Vec::new();
        for row in &found {
            if let Some(sit) = visible(&rows::session(row, 0)?, rule) {
                shown.push(sit.session_id.as_uuid());
                days.insert((share_id, sit.local_date));
            }
        }
        let params: [Param<'_>; _] = [
            (&person, Type::UUID),
            (&share, Type::UUID),
            (&head, Type::INT8),
            (&shown, Type::UUID_ARRAY),
        ];
        let count = shown.len() as u64;
        transaction
            .execute_exactly(count, "filling a share", TELL, &params)
            .await?;
        head = head.saturating_add_unsigned(count);
    }
    sum_days(transaction, person, &days).await?;
    let sql = "UPDATE mitta.feeds SET head_seq = $3 WHERE person_id = $1 AND share_id = $2";
    let params: [Param<'_>; _] = [
        (&person, Type::UUID),
        (&share, Type::UUID),
        (&head, Type::INT8),
    ];
    transaction
        .execute_exactly(1, "the head of a new share", sql, &params)
        .await
}
