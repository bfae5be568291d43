//! Who is sitting, and the server's clock.
//!
//! Must hold: a presence is only what one's own device said of the sit that runs; whether anybody sees
//! it is judged when they look, never when it is said.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::Datelike as _;
use mitta_domain::{PartnershipId, PersonId, TogetherId, UnixMillis};
use mitta_protocol::ErrorBody;
use mitta_protocol::now::{Now, Presence, ServerTime, SittingNow};
use tokio_postgres::types::Type;

use super::proposals;
use crate::AppState;
use crate::accounts::invalid;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;
use crate::partnerships;

const DAY_S: u32 = 86_400;

/// The server's clock. Open, and without the database: what is measured is the way there and back.
#[utoipa::path(
    get, path = "/v1/time", tag = "server", security(()),
    responses((status = 200, body = ServerTime), (status = "5XX", body = ErrorBody))
)]
pub(super) async fn time(State(state): State<AppState>) -> Json<ServerTime> {
    Json(ServerTime {
        server_time_ms: state.clock.now_ms(),
    })
}

/// Who is sitting and what is proposed, as far as one may see it.
#[utoipa::path(
    get, path = "/v1/now", tag = "together",
    responses((status = 200, body = Now), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn now(
    State(state): State<AppState>,
    person: Person,
) -> Result<Json<Now>, ApiError> {
    going_on(&state, &person).await.map(Json)
}

/// What goes on at this moment, as the person may see it.
pub(crate) async fn going_on(state: &AppState, person: &Person) -> Result<Now, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let now_ms = state.clock.now_ms();
    let sitting = sitting(&transaction, now_ms).await?;
    let proposals = proposals::load(&transaction, now_ms).await?;
    transaction.commit().await?;
    Ok(Now {
        now_ms,
        sitting,
        proposals,
    })
}

async fn sitting(
    transaction: &Transaction,
    now_ms: UnixMillis,
) -> Result<Vec<SittingNow>, DbError> {
    let sql = "SELECT s.partnership_id, s.person_id, s.started_at_ms, s.ends_at_ms, s.together_id
        FROM mitta.my_sitting($1) s";
    let found = transaction
        .query(sql, &[param(&now_ms.0, Type::INT8)])
        .await?;
    let one = |row: &tokio_postgres::Row| SittingNow {
        partnership_id: PartnershipId::from_uuid(row.get(0)),
        person_id: PersonId::from_uuid(row.get(1)),
        started_at_ms: UnixMillis(row.get(2)),
        ends_at_ms: row.get::<_, Option<i64>>(3).map(UnixMillis),
        together_id: row.get::<_, Option<_>>(4).map(TogetherId::from_uuid),
    };
    Ok(found.iter().map(one).collect())
}

/// Say that one is sitting.
#[utoipa::path(
    put, path = "/v1/presence", tag = "together", request_body = Presence,
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn sits_now(
    State(state): State<AppState>,
    person: Person,
    StrictJson(said): StrictJson<Presence>,
) -> Result<StatusCode, ApiError> {
    if said.elapsed_s > DAY_S {
        return Err(invalid("elapsed_s is 0 to 86400."));
    }
    if said.left_s.is_some_and(|left| !(1..=DAY_S).contains(&left)) {
        return Err(invalid("left_s is 1 to 86400."));
    }
    if !(1970..=9999).contains(&said.local_date.year()) {
        return Err(invalid("local_date is a date of the years 1970 to 9999."));
    }
    let now = state.clock.now_ms();
    let started_at_ms = now.0 - i64::from(said.elapsed_s) * 1000;
    let ends_at_ms = said.left_s.map(|left| now.0 + i64::from(left) * 1000);
    // Said in whole seconds, over a network: what moved by less than that is told as it was.
    let sql = "INSERT INTO mitta.presence AS p
            (person_id, session_id, local_date, started_at_ms, ends_at_ms, together_id, said_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (person_id) DO UPDATE SET session_id = excluded.session_id,
            local_date = excluded.local_date, together_id = excluded.together_id, said_at_ms = excluded.said_at_ms,
            started_at_ms = CASE WHEN p.session_id = excluded.session_id
                AND abs(p.started_at_ms - excluded.started_at_ms) <= 5000
                THEN p.started_at_ms ELSE excluded.started_at_ms END,
            ends_at_ms = CASE WHEN p.session_id = excluded.session_id
                AND abs(p.ends_at_ms - excluded.ends_at_ms) <= 5000
                THEN p.ends_at_ms ELSE excluded.ends_at_ms END";
    let (me, session_id) = (person.person_id.as_uuid(), said.session_id.as_uuid());
    let together_id = said.together_id.map(TogetherId::as_uuid);
    let params = [
        param(&me, Type::UUID),
        param(&session_id, Type::UUID),
        param(&said.local_date, Type::DATE),
        param(&started_at_ms, Type::INT8),
        param(&ends_at_ms, Type::INT8),
        param(&together_id, Type::UUID),
        param(&now.0, Type::INT8),
    ];
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    transaction
        .execute_exactly(1, "a presence", sql, &params)
        .await?;
    let partners = partnerships::partners(&transaction).await?;
    transaction.commit().await?;
    state.live.nudge(partners);
    Ok(StatusCode::NO_CONTENT)
}

/// Say that one sits no more.
#[utoipa::path(
    delete, path = "/v1/presence", tag = "together",
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn sits_no_more(
    State(state): State<AppState>,
    person: Person,
) -> Result<StatusCode, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let me = person.person_id.as_uuid();
    let sql = "DELETE FROM mitta.presence WHERE person_id = $1";
    // None where it was not said, or said twice.
    let _: u64 = transaction.execute(sql, &[param(&me, Type::UUID)]).await?;
    let partners = partnerships::partners(&transaction).await?;
    transaction.commit().await?;
    state.live.nudge(partners);
    Ok(StatusCode::NO_CONTENT)
}
