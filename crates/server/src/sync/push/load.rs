//! What is known of a person before a push, read under the lock of their feeds.

use std::collections::{HashMap, HashSet};

use mitta_domain::share::{Pause, ShareRule};
use mitta_domain::{DeviceId, OpId, PersonId, Session, SessionId, ShareId, UnixMillis};
use mitta_protocol::push::Outcome;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::db::{DbError, Transaction, param};
use crate::fold::{Batch, Known, LedgerRow, ShareState};
use crate::sync::rows;

/// Everybody who writes to a feed of a person locks their own feed first: so positions are given in
/// the order of commits, and a reader never sees a later one before an earlier one (I7).
const LOCK: &str =
    "SELECT FROM mitta.feeds f WHERE f.person_id = $1 AND f.share_id = $1 FOR UPDATE";

/// Read after that lock, since a share may have been opened while this waited for it.
const FEEDS: &str = "SELECT f.share_id, f.head_seq, s.share_since FROM mitta.feeds f
    LEFT JOIN mitta.shares s ON s.person_id = f.person_id AND s.share_id = f.share_id AND s.closed_at_ms IS NULL
    WHERE f.person_id = $1 AND (f.share_id = f.person_id OR s.share_id IS NOT NULL)
    ORDER BY f.share_id
    FOR UPDATE OF f";

const PAUSES: &str =
    "SELECT p.share_id, p.from_ms, p.until_ms FROM mitta.pauses p WHERE p.person_id = $1";

const LEDGER: &str = "SELECT o.op_id, o.device_id, o.request_sha256, o.outcome, o.code
    FROM mitta.applied_ops o WHERE o.person_id = $1 AND o.op_id = ANY ($2)";

const CONTAINED: &str = "SELECT c.share_id, c.session_id FROM mitta.changes c
    WHERE c.person_id = $1 AND c.session_id = ANY ($2) AND c.kind = 'session' AND c.share_id <> $1";

/// What a push works with.
pub(super) struct Loaded {
    pub(super) known: Known,
    /// The newest position of the own feed and of each open share.
    pub(super) heads: HashMap<ShareId, i64>,
}

/// Locks the person's feeds and reads what the batch needs. `None` where the person is gone.
pub(super) async fn load(
    transaction: &Transaction,
    person_id: PersonId,
    batch: &Batch,
) -> Result<Option<Loaded>, DbError> {
    let person = person_id.as_uuid();
    let me = param(&person, Type::UUID);
    let op_ids: Vec<Uuid> = batch.op_ids().map(OpId::as_uuid).collect();
    let session_ids = batch.session_ids().map(SessionId::as_uuid);
    // Once each: a device's edits name the same session again and again.
    let session_ids: Vec<Uuid> = session_ids.collect::<HashSet<_>>().into_iter().collect();
    let by_op = [me.clone(), param(&op_ids, Type::UUID_ARRAY)];
    let by_session = [me.clone(), param(&session_ids, Type::UUID_ARRAY)];
    let sessions = format!(
        "SELECT {} FROM mitta.sessions s WHERE s.person_id = $1 AND s.session_id = ANY ($2)",
        *rows::SESSION_COLUMNS
    );
    // Sent one behind the other without waiting, and run in this order: nothing is read before the lock
    // is had, and each statement sees what was committed until then.
    let (locked, feeds, pauses, ledger, sessions, contained) = tokio::try_join!(
        biased;
        transaction.query_opt(LOCK, std::slice::from_ref(&me)),
        transaction.query(FEEDS, std::slice::from_ref(&me)),
        transaction.query(PAUSES, std::slice::from_ref(&me)),
        transaction.query(LEDGER, &by_op),
        transaction.query(&sessions, &by_session),
        transaction.query(CONTAINED, &by_session),
    )?;
    if locked.is_none() {
        return Ok(None);
    }

    let mut heads = HashMap::with_capacity(feeds.len());
    let mut shares = Vec::with_capacity(feeds.len());
    for row in &feeds {
        let share_id = ShareId::from_uuid(row.get(0));
        heads.insert(share_id, row.get(1));
        if let Some(share_since) = row.get(2) {
            shares.push(ShareState {
                share_id,
                rule: ShareRule {
                    share_since,
                    pauses: Vec::new(),
                },
                contains: HashSet::new(),
            });
        }
    }
    let place: HashMap<Uuid, usize> = shares
        .iter()
        .map(|it| it.share_id.as_uuid())
        .zip(0..)
        .collect();
    for row in &pauses {
        if let Some(at) = place.get(&row.get(0)) {
            shares[*at].rule.pauses.push(Pause {
                from_ms: UnixMillis(row.get(1)),
                until_ms: row.get::<_, Option<i64>>(2).map(UnixMillis),
            });
        }
    }
    for row in &contained {
        if let Some(at) = place.get(&row.get(0)) {
            shares[*at]
                .contains
                .insert(SessionId::from_uuid(row.get(1)));
        }
    }
    let session = |row| {
        let session = rows::session(row, 0)?;
        Ok((session.start.session_id, session))
    };
    let sessions: Result<HashMap<SessionId, Session>, DbError> =
        sessions.iter().map(session).collect();
    let ledger: Result<HashMap<OpId, LedgerRow>, DbError> = ledger.iter().map(remembered).collect();
    let known = Known {
        person_id,
        sessions: sessions?,
        ledger: ledger?,
        shares,
    };
    Ok(Some(Loaded { known, heads }))
}

fn remembered(row: &tokio_postgres::Row) -> Result<(OpId, LedgerRow), DbError> {
    let corrupt = |column, detail: &str| DbError::Corrupt {
        table: "applied_ops",
        column,
        detail: detail.to_owned(),
    };
    let sha256: &[u8] = row.get(2);
    let request_sha256 = sha256
        .try_into()
        .map_err(|_| corrupt("request_sha256", "it has not 32 bytes"))?;
    let outcome = match (row.get(3), row.get::<_, Option<String>>(4)) {
        ("applied", None) => Outcome::Applied,
        ("superseded", None) => Outcome::Superseded,
        ("rejected", Some(code)) => Outcome::Rejected { code },
        _ => return Err(corrupt("outcome", "it is no outcome")),
    };
    let row = (
        OpId::from_uuid(row.get(0)),
        LedgerRow {
            device_id: DeviceId::from_uuid(row.get(1)),
            request_sha256,
            outcome,
        },
    );
    Ok(row)
}
