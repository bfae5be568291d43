//! `GET /v1/pull`: what changed in a feed after a position (I7, I8).
//!
//! Must hold: a page is one snapshot, its head and its summary included. Writers hold a feed's lock
//! from before they read its head until they have committed, so a snapshot that shows a position shows
//! every earlier one. A change stands with the row as it is now, which may be newer than the position
//! says; it then stands again at its newest position, on a later page.

use mitta_domain::{PersonId, Session, ShareId};
use mitta_protocol::pull::{PullAnswer, PullQuery, Pulled, PulledChange, Share};
use mitta_protocol::{ErrorCode, MAX_PAGE};
use tokio_postgres::types::Type;

use super::feed::Feed;
use super::sits::events_of;
use super::{rows, served, summary};
use crate::AppState;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::error::ApiError;
use crate::partnerships;

/// The most events of one page: a page has fewer changes rather than more than this, unless one
/// session alone has them.
const MAX_PAGE_EVENTS: i64 = 20_000;

/// A page of changes.
///
/// # Errors
/// `no_such_share`; `invalid_field` where the limit is out of its range.
pub async fn pull(
    state: &AppState,
    person: PersonId,
    query: PullQuery,
) -> Result<PullAnswer, ApiError> {
    let limit = query.limit.unwrap_or(MAX_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(ApiError::new(
            ErrorCode::InvalidField,
            "A page (limit) has 1 to 500 changes.",
        ));
    }
    // Positions are bigint; whoever asks beyond them is beyond the head.
    let after = i64::try_from(query.after).unwrap_or(i64::MAX);
    let transaction = state.db.as_person(person, Isolation::Snapshot).await?;
    let feed = Feed::find(&transaction, person, query.share_id).await?;
    let page = if feed.is_own() {
        own(&transaction, person, after, limit).await?
    } else {
        shared(&transaction, feed.share_id, after, limit).await?
    };
    let last = page.changes.last().map(|change| change.seq);
    let complete = page.is_last || last == Some(feed.head_seq);
    let next_after = match last {
        Some(last) if !complete => last,
        _ => feed.head_seq,
    };
    let summary = if complete && query.summary {
        Some(summary::whole(&transaction, feed).await?)
    } else {
        None
    };
    let server = served(&transaction).await?;
    let shares = shares(&transaction, person).await?;
    let partnerships = partnerships::load(&transaction).await?;
    transaction.commit().await?;
    Ok(PullAnswer {
        server_id: server.server_id,
        epoch: server.epoch,
        server_time_ms: state.clock.now_ms(),
        person_id: person,
        share_id: feed.share_id,
        head_seq: feed.head_seq,
        changes: page.changes,
        next_after,
        complete,
        summary,
        shares,
        partnerships,
    })
}

struct Page {
    changes: Vec<PulledChange>,
    /// Whether there is nothing behind it.
    is_last: bool,
}

impl Page {
    fn of(changes: Vec<PulledChange>, limit: u32) -> Self {
        Self {
            is_last: changes.len() < limit as usize,
            changes,
        }
    }
}

async fn own(
    transaction: &Transaction,
    person: PersonId,
    after: i64,
    limit: u32,
) -> Result<Page, DbError> {
    let columns = &*rows::SESSION_COLUMNS;
    let sql = format!(
        "SELECT {columns}, c.seq, CASE s.state WHEN 'completed' THEN
            (SELECT count(*) FROM mitta.session_events e WHERE e.person_id = $1 AND e.session_id = s.session_id)
            ELSE 0 END
        FROM mitta.changes c JOIN mitta.sessions s ON s.person_id = c.person_id AND s.session_id = c.session_id
        WHERE c.person_id = $1 AND c.share_id = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3"
    );
    let me = person.as_uuid();
    let at_most = i64::from(limit);
    let params = [
        param(&me, Type::UUID),
        param(&after, Type::INT8),
        param(&at_most, Type::INT8),
    ];
    let mut found = transaction.query(&sql, &params).await?;
    let of_limit = found.len();
    let mut events = 0;
    let fitting = found.iter().take_while(|row| {
        events += row.get::<_, i64>(rows::SESSION_WIDTH + 1);
        events <= MAX_PAGE_EVENTS
    });
    let fitting = fitting.count().max(1);
    found.truncate(fitting);

    let seqs: Result<Vec<u64>, DbError> = found
        .iter()
        .map(|row| rows::position("changes", "seq", row.get(rows::SESSION_WIDTH)))
        .collect();
    let sessions: Result<Vec<Session>, DbError> =
        found.iter().map(|row| rows::session(row, 0)).collect();
    let (seqs, sessions) = (seqs?, sessions?);
    drop(found);
    let mut events = events_of(transaction, person, &sessions).await?;
    let change = |(seq, session): (u64, Session)| PulledChange {
        seq,
        entity: Pulled::Session {
            events: events.remove(&session.start.session_id).unwrap_or_default(),
            session: Box::new(session.into()),
        },
    };
    let changes: Vec<PulledChange> = seqs.into_iter().zip(sessions).map(change).collect();
    let is_cut = changes.len() < of_limit;
    let mut page = Page::of(changes, limit);
    page.is_last &= !is_cut;
    Ok(page)
}

async fn shared(
    transaction: &Transaction,
    share_id: ShareId,
    after: i64,
    limit: u32,
) -> Result<Page, DbError> {
    let columns = rows::SHARED_COLUMNS;
    let sql = format!(
        "SELECT c.seq, c.visible, {columns} FROM mitta.share_changes($1, $2, $3) c ORDER BY c.seq"
    );
    let share_id = share_id.as_uuid();
    let at_most = i32::try_from(limit).unwrap_or(i32::MAX);
    let params = [
        param(&share_id, Type::UUID),
        param(&after, Type::INT8),
        param(&at_most, Type::INT4),
    ];
    let found = transaction.query(&sql, &params).await?;
    let changes = found.iter().map(|row| {
        let entity = if row.get(1) {
            Pulled::Shared {
                sit: rows::shared(row, 2)?,
            }
        } else {
            Pulled::Withdrawn {
                session_id: mitta_domain::SessionId::from_uuid(row.get(2)),
            }
        };
        let seq = rows::position("changes", "seq", row.get(0))?;
        Ok(PulledChange { seq, entity })
    });
    let changes: Result<Vec<PulledChange>, DbError> = changes.collect();
    Ok(Page::of(changes?, limit))
}

/// Every feed that the person may read, the own one first.
async fn shares(transaction: &Transaction, person: PersonId) -> Result<Vec<Share>, ApiError> {
    let own = Feed::find(transaction, person, None).await?;
    let mut shares = vec![Share {
        share_id: own.share_id,
        person_id: person,
        partnership_id: None,
        generation: 1,
        share_since: None,
        head_seq: own.head_seq,
    }];
    let sql =
        "SELECT s.share_id, s.person_id, s.partnership_id, s.generation, s.share_since, s.head_seq
        FROM mitta.my_shares() s";
    for row in transaction.query(sql, &[]).await? {
        let generation: i32 = row.get(3);
        shares.push(Share {
            share_id: ShareId::from_uuid(row.get(0)),
            person_id: PersonId::from_uuid(row.get(1)),
            partnership_id: Some(mitta_domain::PartnershipId::from_uuid(row.get(2))),
            generation: u32::try_from(generation).map_err(|_| DbError::Corrupt {
                table: "shares",
                column: "generation",
                detail: "it is below zero".to_owned(),
            })?,
            share_since: row.get(4),
            head_seq: rows::position("feeds", "head_seq", row.get(5))?,
        });
    }
    Ok(shares)
}
