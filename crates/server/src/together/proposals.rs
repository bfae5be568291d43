//! Sittings together: proposing, answering, taking back.
//!
//! Must hold: a proposal made twice is one; only members see it, and only who proposed it takes it back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use mitta_domain::{
    PartnershipId, PersonId, PlannedLength, Seconds, TogetherBells, TogetherId, UnixMillis,
};
use mitta_protocol::now::{
    AnswerProposal, JoinAnswer, LEAD_S, MAX_DAYS_AHEAD, NewProposal, Proposal, ProposalAnswer,
};
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::AppState;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;
use crate::partnerships;

/// A start that lies so little in the past was meant for now.
const TOLERATED_MS: i64 = 5_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The most open proposals of one partnership.
const MAX_OPEN: i32 = 50;

/// Propose to sit together. Who proposes has joined.
#[utoipa::path(
    post, path = "/v1/partnerships/{partnership_id}/proposals", tag = "together",
    request_body = NewProposal, params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 201, body = Proposal), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn propose(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
    StrictJson(asked): StrictJson<NewProposal>,
) -> Result<(StatusCode, Json<Proposal>), ApiError> {
    let now = state.clock.now_ms();
    let soon = now.plus_ms(i64::from(LEAD_S) * 1000);
    let starts_at_ms = asked.starts_at_ms.unwrap_or(soon);
    let earliest = now.plus_ms(-TOLERATED_MS);
    let latest = now.plus_ms(i64::from(MAX_DAYS_AHEAD) * DAY_MS);
    asked
        .bells
        .check(asked.planned_s)
        .map_err(|error| ApiError::new(ErrorCode::InvalidField, sentence(&error.to_string())))?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let sql = "SELECT mitta.my_proposal_make($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (together, partnership) = (asked.together_id.as_uuid(), partnership_id.as_uuid());
    let is_soon = asked.starts_at_ms.is_none();
    let planned_s = whole(asked.planned_s.seconds());
    let interval_every_s = asked.bells.interval_every_s.map(whole);
    let (start, end) = (
        i32::from(asked.bells.start_strikes),
        i32::from(asked.bells.end_strikes),
    );
    let params = [
        param(&together, Type::UUID),
        param(&partnership, Type::UUID),
        param(&starts_at_ms.0, Type::INT8),
        param(&planned_s, Type::INT4),
        param(&start, Type::INT4),
        param(&end, Type::INT4),
        param(&interval_every_s, Type::INT4),
        param(&is_soon, Type::BOOL),
        param(&earliest.0, Type::INT8),
        param(&latest.0, Type::INT8),
        param(&MAX_OPEN, Type::INT4),
        param(&now.0, Type::INT8),
    ];
    let said = transaction.query_one(sql, &params).await?;
    match said.get(0) {
        "made" => {}
        "none" => return Err(partnerships::no_such_partnership()),
        said => return Err(refused(said)),
    }
    let proposal = one(&transaction, asked.together_id, now).await?;
    finish(&state, transaction).await?;
    Ok((StatusCode::CREATED, Json(proposal)))
}

/// Join, or decline. The last answer counts.
#[utoipa::path(
    post, path = "/v1/proposals/{together_id}/answer", tag = "together",
    request_body = AnswerProposal, params(("together_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Proposal), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn answer(
    State(state): State<AppState>,
    person: Person,
    Path(together_id): Path<TogetherId>,
    StrictJson(asked): StrictJson<AnswerProposal>,
) -> Result<Json<Proposal>, ApiError> {
    let now = state.clock.now_ms();
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let answer = match asked.answer {
        JoinAnswer::Joined => "joined",
        JoinAnswer::Declined => "declined",
    };
    let together = together_id.as_uuid();
    let params = [
        param(&together, Type::UUID),
        param(&answer, Type::TEXT),
        param(&now.0, Type::INT8),
    ];
    let sql = "SELECT mitta.my_proposal_answer($1, $2, $3)";
    found(&transaction.query_one(sql, &params).await?)?;
    let proposal = one(&transaction, together_id, now).await?;
    finish(&state, transaction).await?;
    Ok(Json(proposal))
}

/// Take an own proposal back. Who has joined and is offline sits all the same.
#[utoipa::path(
    delete, path = "/v1/proposals/{together_id}", tag = "together",
    params(("together_id" = String, Path, format = "uuid")),
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    person: Person,
    Path(together_id): Path<TogetherId>,
) -> Result<StatusCode, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let (together, now) = (together_id.as_uuid(), state.clock.now_ms());
    let params = [param(&together, Type::UUID), param(&now.0, Type::INT8)];
    let sql = "SELECT mitta.my_proposal_cancel($1, $2)";
    found(&transaction.query_one(sql, &params).await?)?;
    finish(&state, transaction).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Commits, and lets those know who see it.
async fn finish(state: &AppState, transaction: Transaction) -> Result<(), ApiError> {
    let partners = partnerships::partners(&transaction).await?;
    transaction.commit().await?;
    state.live.nudge(partners);
    Ok(())
}

fn found(row: &Row) -> Result<(), ApiError> {
    let is_there: bool = row.get(0);
    is_there.then_some(()).ok_or_else(no_such_proposal)
}

fn no_such_proposal() -> ApiError {
    ApiError::new(
        ErrorCode::NoSuchProposal,
        "There is no such sitting together: it is over, or was taken back.",
    )
}

/// Why none was made.
fn refused(said: &str) -> ApiError {
    let (code, message) = match said {
        "past" => (
            ErrorCode::InvalidTime,
            "This time is past. Choose one that is still to come.",
        ),
        "ahead" => (
            ErrorCode::InvalidTime,
            "This is too far ahead. Choose a time within the next 60 days.",
        ),
        "other" => (
            ErrorCode::ChangedMeanwhile,
            "This proposal stands already, with another time or length. Make a new one.",
        ),
        "many" => {
            let message = "There are many open proposals. Take one back first.";
            return ApiError::new(ErrorCode::RateLimited, message).retry_after_s(60);
        }
        other => return ApiError::internal(format!("a proposal function said {other}")),
    };
    ApiError::new(code, message)
}

/// Whole seconds as Postgres has them; a day at most.
fn whole(seconds: Seconds) -> i32 {
    i32::try_from(seconds.0).unwrap_or(i32::MAX)
}

fn sentence(reason: &str) -> String {
    format!("The bells cannot ring so: {reason}.")
}

/// One that the person may see.
async fn one(
    transaction: &Transaction,
    together_id: TogetherId,
    now: UnixMillis,
) -> Result<Proposal, ApiError> {
    let all = load(transaction, now).await?;
    let mut all = all.into_iter();
    all.find(|it| it.together_id == together_id)
        .ok_or_else(no_such_proposal)
}

/// All that the person may see.
///
/// # Errors
/// [`DbError`] where the database failed or holds what it cannot.
pub(super) async fn load(
    transaction: &Transaction,
    now: UnixMillis,
) -> Result<Vec<Proposal>, DbError> {
    let sql = "SELECT p.together_id, p.partnership_id, p.proposed_by, p.starts_at_ms, p.planned_s,
            p.start_strikes, p.end_strikes, p.interval_every_s, p.answered, p.answers
        FROM mitta.my_proposals($1) p";
    let found = transaction.query(sql, &[param(&now.0, Type::INT8)]).await?;
    found.iter().map(proposal).collect()
}

fn proposal(row: &Row) -> Result<Proposal, DbError> {
    let corrupt = |column| DbError::Corrupt {
        table: "proposals",
        column,
        detail: "it is out of its range".to_owned(),
    };
    let planned = u32::try_from(row.get::<_, i32>(4)).ok();
    let planned = planned.and_then(|s| PlannedLength::from_seconds(s).ok());
    let strikes = |at, column| u8::try_from(row.get::<_, i32>(at)).map_err(|_| corrupt(column));
    let every = row.get::<_, Option<i32>>(7).map(u32::try_from).transpose();
    let answers: Vec<&str> = row.get(9);
    let answered: Vec<Uuid> = row.get(8);
    let answer = |(person_id, answer)| {
        let answer = match answer {
            "joined" => JoinAnswer::Joined,
            "declined" => JoinAnswer::Declined,
            _ => return Err(corrupt("answer")),
        };
        Ok(ProposalAnswer {
            person_id: PersonId::from_uuid(person_id),
            answer,
        })
    };
    let answers: Result<Vec<_>, DbError> = answered.into_iter().zip(answers).map(answer).collect();
    Ok(Proposal {
        together_id: TogetherId::from_uuid(row.get(0)),
        partnership_id: PartnershipId::from_uuid(row.get(1)),
        proposed_by: PersonId::from_uuid(row.get(2)),
        starts_at_ms: UnixMillis(row.get(3)),
        planned_s: planned.ok_or_else(|| corrupt("planned_s"))?,
        bells: TogetherBells {
            start_strikes: strikes(5, "start_strikes")?,
            end_strikes: strikes(6, "end_strikes")?,
            interval_every_s: every.map_err(|_| corrupt("interval_every_s"))?.map(Seconds),
        },
        answers: answers?,
    })
}
