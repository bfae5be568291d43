//! Filling a share that was opened just now with the past sits that it shows, and judging them again
//! when a pause begins or ends.
//!
//! Must hold: it is done under the lock of the owner's own feed, as a push is, so that what is pushed
//! meanwhile is in it and nothing is told twice (I7); it shows what `domain::share::visible` says and
//! nothing else (I10); its totals are summed from sessions, by the statement of a push (I8).

use std::collections::BTreeSet;

use mitta_domain::share::{ShareRule, visible};
use mitta_domain::{PersonId, ShareId, UnixMillis};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::days::sum_days;
use super::rows;
use crate::db::{DbError, Param, Transaction};
use crate::fold::ChangeKind;

/// Sessions that are looked at together: a long history never lies in memory.
const SESSIONS_AT_ONCE: i64 = 2_000;

const TELL: &str = "INSERT INTO mitta.changes AS c (person_id, share_id, seq, session_id, kind)
    SELECT $1, $2, $3 + u.place, u.session_id, u.kind
    FROM unnest($4, $5) WITH ORDINALITY AS u (session_id, kind, place)
    ON CONFLICT (person_id, share_id, session_id) DO UPDATE SET seq = excluded.seq, kind = excluded.kind";

/// Fills the share, whose feed has nothing yet, in the order of the sessions' ids.
pub(crate) async fn fill(
    transaction: &Transaction,
    person: PersonId,
    share_id: ShareId,
    rule: &ShareRule,
) -> Result<(), DbError> {
    judge(transaction, person, share_id, rule, UnixMillis(i64::MIN)).await
}

/// Makes the share tell what its rule shows of the sits that began at `from` or later: what it told
/// and hides now is withdrawn, what it shows now and did not tell is told, in the order of the
/// sessions' ids. A device's clock may be ahead, so that a sit of a pause that begins now is there.
pub(crate) async fn judge(
    transaction: &Transaction,
    person: PersonId,
    share_id: ShareId,
    rule: &ShareRule,
    from: UnixMillis,
) -> Result<(), DbError> {
    let (person, share) = (person.as_uuid(), share_id.as_uuid());
    let feed: [Param<'_>; _] = [(&person, Type::UUID), (&share, Type::UUID)];
    let sql = "SELECT head_seq FROM mitta.feeds WHERE person_id = $1 AND share_id = $2";
    let mut head: i64 = transaction.query_one(sql, &feed).await?.get(0);
    let read = format!(
        "SELECT {}, c.session_id IS NOT NULL FROM mitta.sessions s
        LEFT JOIN mitta.changes c ON c.person_id = $1 AND c.share_id = $5
            AND c.session_id = s.session_id AND c.kind = 'session'
        WHERE s.person_id = $1 AND s.session_id > $2 AND s.local_date >= $3 AND s.started_at_ms >= $6
        ORDER BY s.session_id LIMIT $4",
        *rows::DIGEST_COLUMNS
    );
    let mut after = Uuid::nil();
    let mut days = BTreeSet::new();
    loop {
        let params: [Param<'_>; _] = [
            (&person, Type::UUID),
            (&after, Type::UUID),
            (&rule.share_since, Type::DATE),
            (&SESSIONS_AT_ONCE, Type::INT8),
            (&share, Type::UUID),
            (&from.0, Type::INT8),
        ];
        let found = transaction.query(&read, &params).await?;
        let Some(last) = found.last() else {
            break;
        };
        after = last.get(0);
        let mut told: Vec<Uuid> = Vec::new();
        let mut kinds: Vec<&str> = Vec::new();
        for row in &found {
            let session = rows::session(row, 0)?;
            let kind = match (row.get(rows::SESSION_WIDTH), visible(&session, rule)) {
                (false, Some(_)) => ChangeKind::Session,
                (true, None) => ChangeKind::Withdrawn,
                (true, Some(_)) | (false, None) => continue,
            };
            told.push(session.start.session_id.as_uuid());
            kinds.push(kind.name());
            days.insert((share_id, session.start.local_date));
        }
        let params: [Param<'_>; _] = [
            (&person, Type::UUID),
            (&share, Type::UUID),
            (&head, Type::INT8),
            (&told, Type::UUID_ARRAY),
            (&kinds, Type::TEXT_ARRAY),
        ];
        let count = told.len() as u64;
        transaction
            .execute_exactly(count, "telling what a share shows", TELL, &params)
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
        .execute_exactly(1, "the head of a share", sql, &params)
        .await
}
