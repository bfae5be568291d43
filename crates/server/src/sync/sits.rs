//! `GET /v1/sits`: the rows of some dates, for the repair of a week that differs.

use std::collections::HashMap;

use mitta_domain::{PersonId, Session, SessionEvent, SessionId};
use mitta_protocol::ErrorCode;
use mitta_protocol::weeks::{OwnSit, SitsAnswer, SitsQuery};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::feed::Feed;
use super::{rows, served};
use crate::AppState;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::error::ApiError;

/// How many days after the first the last date may be.
const MAX_DAYS_AFTER: i64 = 31;

/// The rows of a feed between two dates, in one snapshot.
///
/// # Errors
/// `no_such_share`; `invalid_field` where the dates are turned round or too far apart.
pub async fn sits(
    state: &AppState,
    person: PersonId,
    query: SitsQuery,
) -> Result<SitsAnswer, ApiError> {
    let apart = query.to.signed_duration_since(query.from).num_days();
    if !(0..=MAX_DAYS_AFTER).contains(&apart) {
        return Err(ApiError::new(
            ErrorCode::InvalidField,
            "The last date (to) is 0 to 31 days after the first (from).",
        ));
    }
    let transaction = state.db.as_person(person, Isolation::Snapshot).await?;
    let feed = Feed::find(&transaction, person, query.share_id).await?;
    let epoch = served(&transaction).await?.epoch;
    let id = feed.share_id.as_uuid();
    let params = [
        param(&id, Type::UUID),
        param(&query.from, Type::DATE),
        param(&query.to, Type::DATE),
    ];
    let mut answer = SitsAnswer {
        epoch,
        head_seq: feed.head_seq,
        sessions: Vec::new(),
        shared: Vec::new(),
    };
    if feed.is_own() {
        let columns = &*rows::SESSION_COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM mitta.sessions s
            WHERE s.person_id = $1 AND s.local_date BETWEEN $2 AND $3
            ORDER BY s.started_at_ms, s.session_id"
        );
        let found = transaction.query(&sql, &params).await?;
        let sessions: Result<Vec<Session>, DbError> =
            found.iter().map(|row| rows::session(row, 0)).collect();
        let sessions = sessions?;
        let mut events = events_of(&transaction, person, &sessions).await?;
        let own = |session: Session| OwnSit {
            events: events.remove(&session.start.session_id).unwrap_or_default(),
            session: session.into(),
        };
        answer.sessions = sessions.into_iter().map(own).collect();
    } else {
        let columns = rows::SHARED_COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM mitta.share_rows($1, $2, $3) c ORDER BY c.started_at_ms, c.session_id"
        );
        let found = transaction.query(&sql, &params).await?;
        let shared: Result<_, DbError> = found.iter().map(|row| rows::shared(row, 0)).collect();
        answer.shared = shared?;
    }
    transaction.commit().await?;
    Ok(answer)
}

/// What happened in these sits, in order.
pub(super) async fn events_of(
    transaction: &Transaction,
    person: PersonId,
    sessions: &[Session],
) -> Result<HashMap<SessionId, Vec<SessionEvent>>, DbError> {
    // Only a completion brings events.
    let completed = sessions
        .iter()
        .filter(|session| session.completion.is_some());
    let ids: Vec<Uuid> = completed
        .map(|session| session.start.session_id.as_uuid())
        .collect();
    let mut events: HashMap<SessionId, Vec<SessionEvent>> = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(events);
    }
    let columns = rows::EVENT_COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM mitta.session_events e
        WHERE e.person_id = $1 AND e.session_id = ANY ($2) ORDER BY e.session_id, e.event_seq"
    );
    let person = person.as_uuid();
    let params = [param(&person, Type::UUID), param(&ids, Type::UUID_ARRAY)];
    for row in transaction.query(&sql, &params).await? {
        let (session_id, event) = rows::event(&row, 0)?;
        events.entry(session_id).or_default().push(event);
    }
    Ok(events)
}
