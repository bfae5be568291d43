//! `GET /v1/sits`: the rows of some dates, for the repair of a week that differs.
//!
//! Must hold: however much somebody recorded on these dates, an answer has a bounded size: what would be
//! larger is refused, and never cut.

use std::collections::HashMap;

use mitta_domain::share::SharedSit;
use mitta_domain::{PersonId, Session, SessionEvent, SessionId};
use mitta_protocol::ErrorCode;
use mitta_protocol::weeks::{OwnSit, SitsAnswer, SitsQuery};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::feed::Feed;
use super::{rows, served};
use crate::AppState;
use crate::db::{DbError, Isolation, Param, Transaction, param};
use crate::http::error::ApiError;

/// How many days after the first the last date may be.
const MAX_DAYS_AFTER: i64 = 31;
/// The most rows of an answer: no month of anybody's.
pub const MAX_ROWS: usize = 10_000;
/// The most bytes of all notes of an answer.
pub const MAX_NOTE_BYTES: usize = 16 * 1024 * 1024;
/// The most events of all rows of an answer.
pub const MAX_EVENTS: i64 = 100_000;

/// The rows of a feed between two dates, in one snapshot.
///
/// # Errors
/// `no_such_share`; `invalid_field` where the dates are turned round or too far apart, or too much is
/// between them.
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
        let note = |session: &Session| session.words.note.as_ref().map_or(0, String::len);
        let read = |row: &Row| rows::session(row, 0);
        let sessions = bounded(&transaction, &sql, &params, read, note).await?;
        check_events(&transaction, person, &sessions).await?;
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
        let note = |sit: &SharedSit| sit.note.as_ref().map_or(0, String::len);
        let read = |row: &Row| rows::shared(row, 0);
        answer.shared = bounded(&transaction, &sql, &params, read, note).await?;
    }
    transaction.commit().await?;
    Ok(answer)
}

/// The rows of a statement, unless they are too many or too large for an answer.
async fn bounded<T>(
    transaction: &Transaction,
    sql: &str,
    params: &[Param<'_>],
    read: impl Fn(&Row) -> Result<T, DbError>,
    note_bytes: impl Fn(&T) -> usize,
) -> Result<Vec<T>, ApiError> {
    let mut kept = Vec::new();
    let mut bytes = 0;
    let mut is_too_much = false;
    let visit = |row: &Row| {
        // What follows passes by, and is not kept.
        if is_too_much {
            return Ok(());
        }
        let one = read(row)?;
        bytes += note_bytes(&one);
        kept.push(one);
        is_too_much = kept.len() > MAX_ROWS || bytes > MAX_NOTE_BYTES;
        Ok(())
    };
    transaction.each(sql, params, visit).await?;
    if is_too_much {
        Err(too_much())
    } else {
        Ok(kept)
    }
}

/// Refuses sits with more events than an answer may have.
async fn check_events(
    transaction: &Transaction,
    person: PersonId,
    sessions: &[Session],
) -> Result<(), ApiError> {
    let ids = sessions.iter().map(|it| it.start.session_id.as_uuid());
    let ids: Vec<Uuid> = ids.collect();
    let sql = "SELECT count(*) FROM mitta.session_events e WHERE e.person_id = $1 AND e.session_id = ANY ($2)";
    let person = person.as_uuid();
    let params = [param(&person, Type::UUID), param(&ids, Type::UUID_ARRAY)];
    let events: i64 = transaction.query_one(sql, &params).await?.get(0);
    if events > MAX_EVENTS {
        Err(too_much())
    } else {
        Ok(())
    }
}

fn too_much() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidField,
        "There is more between these dates than one answer has. Ask for fewer days, or pull instead.",
    )
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
