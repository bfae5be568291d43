//! Partnerships: who shares their sits with whom, and since when.
//!
//! Must hold: what a partner sees is decided by the domain alone (`domain::share::visible`); who is no
//! member is answered as if the partnership did not exist (invariant I10); nobody is a member whom an
//! inviter has not confirmed; a member has exactly one open share, and who leaves has none.
//!
//! Locks are taken in one order by everybody: the partnership, then the own feed of each person by
//! their ids, then whatever hangs on it.

mod invites;
mod membership;
mod share;

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{Datelike as _, NaiveDate};
use mitta_domain::{PartnershipId, PersonId, UnixMillis};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::partnership::{
    ChangePartnership, Member, NewPartnership, Partnership, Partnerships,
};
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::accounts::activity::{self, About};
use crate::accounts::attempts::{self, Bucket};
use crate::accounts::{invalid, name_of};
use crate::db::{DbError, Isolation, Param, Transaction};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;

/// How many persons a partnership may have. Nothing in the data forbids twelve.
pub const MAX_MEMBERS: i32 = 2;
/// The most seconds of a weekly goal: a week.
const MAX_GOAL_S: u32 = 7 * 86_400;

/// The routes of partnerships and invites.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change))
        .routes(routes!(invites::list, invites::create))
        .routes(routes!(invites::withdraw))
        .routes(routes!(invites::accept))
        .routes(routes!(invites::confirm))
        .routes(routes!(membership::change))
        .routes(routes!(membership::leave))
}

/// The partnerships of the transaction's person, with their members, as they are now.
///
/// # Errors
/// [`DbError`] where the database failed or holds what it cannot.
pub async fn load(transaction: &Transaction) -> Result<Vec<Partnership>, DbError> {
    let sql =
        "SELECT partnership_id, person_id, display_name, weekly_goal_s, share_since, is_paused,
            shows_sitting, heard_at_ms
        FROM mitta.my_members()";
    let mut members: HashMap<PartnershipId, Vec<Member>> = HashMap::new();
    for row in transaction.query(sql, &[]).await? {
        let partnership_id = PartnershipId::from_uuid(row.get(0));
        members
            .entry(partnership_id)
            .or_default()
            .push(member(&row)?);
    }
    let sql = "SELECT partnership_id, name, week_start FROM mitta.my_partnerships()";
    let rows = transaction.query(sql, &[]).await?;
    let partnership = |row: &Row| {
        let partnership_id = PartnershipId::from_uuid(row.get(0));
        let week_start: &str = row.get(2);
        Ok(Partnership {
            partnership_id,
            name: row.get(1),
            week_start: week_start.parse().map_err(|_| DbError::Corrupt {
                table: "partnerships",
                column: "week_start",
                detail: "no day of the week".to_owned(),
            })?,
            members: members.remove(&partnership_id).unwrap_or_default(),
        })
    };
    rows.iter().map(partnership).collect()
}

fn member(row: &Row) -> Result<Member, DbError> {
    let goal: Option<i32> = row.get(3);
    Ok(Member {
        person_id: PersonId::from_uuid(row.get(1)),
        display_name: row.get(2),
        weekly_goal_s: goal
            .map(u32::try_from)
            .transpose()
            .map_err(|_| DbError::Corrupt {
                table: "memberships",
                column: "weekly_goal_s",
                detail: "below zero".to_owned(),
            })?,
        share_since: row.get(4),
        is_paused: row.get(5),
        shows_sitting: row.get(6),
        heard_at_ms: row.get::<_, Option<i64>>(7).map(UnixMillis),
    })
}

/// Everybody who is in a partnership with the transaction's person, and that person: those who are to be
/// told when something of it is another.
///
/// # Errors
/// [`DbError`] where the database failed.
pub(crate) async fn partners(transaction: &Transaction) -> Result<Vec<PersonId>, DbError> {
    let sql = "SELECT DISTINCT person_id FROM mitta.my_members()";
    let found = transaction.query(sql, &[]).await?;
    Ok(found
        .iter()
        .map(|row| PersonId::from_uuid(row.get(0)))
        .collect())
}

/// Members see something else of the partnership now, or of all those of the transaction's person.
///
/// # Errors
/// [`DbError`] where the database failed.
pub(crate) async fn touch(
    transaction: &Transaction,
    partnership_id: Option<PartnershipId>,
) -> Result<(), DbError> {
    let partnership = partnership_id.map(PartnershipId::as_uuid);
    let sql = "SELECT mitta.my_partnerships_touch($1)";
    let params: [Param<'_>; _] = [(&partnership, Type::UUID)];
    transaction.query_one(sql, &params).await.map(drop)
}

/// One partnership of the transaction's person.
async fn load_one(
    transaction: &Transaction,
    partnership_id: PartnershipId,
) -> Result<Partnership, ApiError> {
    let mut all = load(transaction).await?.into_iter();
    all.find(|it| it.partnership_id == partnership_id)
        .ok_or_else(no_such_partnership)
}

/// The own partnerships.
#[utoipa::path(
    get, path = "/v1/partnerships", tag = "partnerships",
    responses((status = 200, body = Partnerships), (status = "4XX", body = ErrorBody))
)]
async fn list(
    State(state): State<AppState>,
    person: Person,
) -> Result<Json<Partnerships>, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let partnerships = load(&transaction).await?;
    transaction.rollback().await?;
    Ok(Json(Partnerships { partnerships }))
}

/// Make a partnership, of oneself for now.
#[utoipa::path(
    post, path = "/v1/partnerships", tag = "partnerships", request_body = NewPartnership,
    responses((status = 201, body = Partnership), (status = "4XX", body = ErrorBody))
)]
async fn create(
    State(state): State<AppState>,
    person: Person,
    StrictJson(asked): StrictJson<NewPartnership>,
) -> Result<(StatusCode, Json<Partnership>), ApiError> {
    let name = name_of("name", &asked.name)?;
    check_date(asked.share_since)?;
    let goal = match asked.weekly_goal_s {
        Some(0) => return Err(invalid_goal()),
        Some(goal) => read_goal(goal)?,
        None => None,
    };
    let now = state.clock.now_ms();
    let partnership_id = PartnershipId::from_uuid(state.random.uuid(now)?);
    let _turn = state.turns.take(person.person_id).await?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let by = Bucket::PARTNERSHIP_BY.of(person.person_id.to_string());
    attempts::take(&transaction, &[by], now.0).await?;
    let sql = "SELECT mitta.partnership_create($1, $2, $3, $4, $5, $6)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&name, Type::TEXT),
        (&asked.week_start.to_string(), Type::TEXT),
        (&asked.share_since, Type::DATE),
        (&goal, Type::INT4),
        (&now.0, Type::INT8),
    ];
    let made: i64 = transaction.query_one(sql, &params).await?.get(0);
    crate::db::counted("a new partnership", 1, made.unsigned_abs())?;
    share::lock_feeds(&transaction, person.person_id).await?;
    share::open(&state, &transaction, person.person_id, partnership_id, None).await?;
    note(
        &transaction,
        ActivityKind::PartnershipMade,
        &person,
        partnership_id,
        now,
    )
    .await?;
    let partnership = load_one(&transaction, partnership_id).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(partnership)))
}

/// Rename a partnership, or begin its weeks on another day.
#[utoipa::path(
    patch, path = "/v1/partnerships/{partnership_id}", tag = "partnerships", request_body = ChangePartnership,
    params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Partnership), (status = "4XX", body = ErrorBody))
)]
async fn change(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
    StrictJson(asked): StrictJson<ChangePartnership>,
) -> Result<Json<Partnership>, ApiError> {
    let name = asked.name.as_deref();
    let name = name.map(|name| name_of("name", name)).transpose()?;
    let week_start = asked.week_start.map(|day| day.to_string());
    let expected_week_start = asked.expected_week_start.map(|day| day.to_string());
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let sql = "SELECT mitta.my_partnership_change($1, $2, $3, $4, $5)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&name, Type::TEXT),
        (&week_start, Type::TEXT),
        (&asked.expected_name, Type::TEXT),
        (&expected_week_start, Type::TEXT),
    ];
    match transaction.query_one(sql, &params).await?.get(0) {
        "changed" => {}
        "none" => return Err(no_such_partnership()),
        "meanwhile" => {
            return Err(ApiError::new(
                ErrorCode::ChangedMeanwhile,
                "Somebody else has changed this meanwhile. Look at what is there now, then change it again.",
            ));
        }
        other => {
            return Err(ApiError::internal(format!(
                "a partnership function said {other}"
            )));
        }
    }
    let partnership = load_one(&transaction, partnership_id).await?;
    transaction.commit().await?;
    let members = partnership.members.iter();
    state.live.nudge(members.map(|member| member.person_id));
    Ok(Json(partnership))
}

/// Locks the partnership, if the transaction's person is a member of it.
async fn lock(transaction: &Transaction, partnership_id: PartnershipId) -> Result<(), ApiError> {
    let sql = "SELECT mitta.my_partnership_lock($1)";
    let params: [Param<'_>; _] = [(&partnership_id.as_uuid(), Type::UUID)];
    if transaction.query_one(sql, &params).await?.get(0) {
        Ok(())
    } else {
        Err(no_such_partnership())
    }
}

/// The members of the partnership, by their ids; none where the transaction's person is none of them.
async fn members(
    transaction: &Transaction,
    partnership_id: PartnershipId,
) -> Result<Vec<PersonId>, DbError> {
    let sql = "SELECT person_id FROM mitta.my_partnership_members($1)";
    let params: [Param<'_>; _] = [(&partnership_id.as_uuid(), Type::UUID)];
    let rows = transaction.query(sql, &params).await?;
    Ok(rows
        .iter()
        .map(|row| PersonId::from_uuid(row.get(0)))
        .collect())
}

/// Notes what the transaction's person did in a partnership.
async fn note(
    transaction: &Transaction,
    kind: ActivityKind,
    person: &Person,
    partnership_id: PartnershipId,
    now: UnixMillis,
) -> Result<(), DbError> {
    let about = About {
        partnership: Some(partnership_id),
        ..person.about()
    };
    activity::note(transaction, kind, about, now).await
}

/// A date from which on one shares: within what a session may have.
fn check_date(date: NaiveDate) -> Result<(), ApiError> {
    if (1970..=9999).contains(&date.year()) {
        Ok(())
    } else {
        Err(invalid("share_since is a date of the years 1970 to 9999."))
    }
}

/// A weekly goal; 0 is none.
fn read_goal(goal_s: u32) -> Result<Option<i32>, ApiError> {
    match i32::try_from(goal_s) {
        Ok(0) => Ok(None),
        Ok(goal) if goal_s <= MAX_GOAL_S => Ok(Some(goal)),
        _ => Err(invalid_goal()),
    }
}

fn invalid_goal() -> ApiError {
    invalid("weekly_goal_s has 1 to 604800 seconds.")
}

pub(crate) fn no_such_partnership() -> ApiError {
    ApiError::new(
        ErrorCode::NoSuchPartnership,
        "You are in no such partnership.",
    )
}
