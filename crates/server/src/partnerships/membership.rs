//! The own membership: since when one shares, whether just now, the goal, and leaving.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use mitta_domain::{PartnershipId, PersonId};
use mitta_protocol::ErrorBody;
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::partnership::{ChangeMembership, Member, Partnership};
use tokio_postgres::types::Type;

use super::{check_date, load_one, lock, members, note, read_goal, share, touch};
use crate::AppState;
use crate::accounts::activity;
use crate::db::{DbError, Isolation, Param, Transaction, counted};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;

/// Change what one shares, or the own goal.
#[utoipa::path(
    patch, path = "/v1/partnerships/{partnership_id}/membership", tag = "partnerships",
    request_body = ChangeMembership, params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Partnership), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
    StrictJson(asked): StrictJson<ChangeMembership>,
) -> Result<Json<Partnership>, ApiError> {
    asked.share_since.map_or(Ok(()), check_date)?;
    let goal = asked.weekly_goal_s.map(read_goal).transpose()?;
    let person_id = person.person_id;
    let _turn = state.turns.take(person_id).await?;
    let transaction = state
        .db
        .as_person(person_id, Isolation::ReadCommitted)
        .await?;
    lock(&transaction, partnership_id).await?;
    share::lock_feeds(&transaction, person_id).await?;
    let shown = share::shown(&transaction, person_id, partnership_id).await?;
    let before = load_one(&transaction, partnership_id).await?;
    if let Some(since) = asked.share_since
        && since != shown.share_since
    {
        share::open(&state, &transaction, person_id, partnership_id, Some(since)).await?;
    }
    let now = state.clock.now_ms();
    if let Some(is_paused) = asked.is_paused {
        share::pause(&transaction, person_id, partnership_id, is_paused, now).await?;
    }
    if let Some(goal) = goal {
        set_goal(&transaction, person_id, partnership_id, goal).await?;
    }
    if let Some(shows) = asked.shows_sitting {
        set_shows_sitting(&transaction, person_id, partnership_id, shows).await?;
    }
    let partnership = load_one(&transaction, partnership_id).await?;
    if seen_by_partners(&before, person_id) != seen_by_partners(&partnership, person_id) {
        touch(&transaction, Some(partnership_id)).await?;
    }
    for kind in differences(&before, &partnership, person_id) {
        note(&transaction, kind, &person, partnership_id, now).await?;
    }
    transaction.commit().await?;
    let members = partnership.members.iter();
    state.live.nudge(members.map(|member| member.person_id));
    Ok(Json(partnership))
}

fn member(of: &Partnership, person: PersonId) -> Option<&Member> {
    of.members.iter().find(|it| it.person_id == person)
}

/// What partners see of the membership. They are not told that anything else of it was changed.
fn seen_by_partners(of: &Partnership, person: PersonId) -> Option<(NaiveDate, Option<u32>)> {
    member(of, person).map(|it| (it.share_since, it.weekly_goal_s))
}

/// What is another than before of what the person shares.
fn differences(before: &Partnership, now: &Partnership, person: PersonId) -> Vec<ActivityKind> {
    let (Some(before), Some(now)) = (member(before, person), member(now, person)) else {
        return Vec::new();
    };
    let mut kinds = Vec::new();
    if before.share_since != now.share_since {
        kinds.push(ActivityKind::ShareSinceChanged);
    }
    if before.is_paused != now.is_paused {
        let paused = now.is_paused == Some(true);
        let kind = [ActivityKind::SharingResumed, ActivityKind::SharingPaused];
        kinds.push(kind[usize::from(paused)]);
    }
    if before.shows_sitting != now.shows_sitting {
        let shown = now.shows_sitting == Some(true);
        let kind = [ActivityKind::SittingHidden, ActivityKind::SittingShown];
        kinds.push(kind[usize::from(shown)]);
    }
    kinds
}

async fn set_shows_sitting(
    transaction: &Transaction,
    person_id: PersonId,
    partnership_id: PartnershipId,
    shows: bool,
) -> Result<(), DbError> {
    let sql = "UPDATE mitta.memberships SET shows_sitting = $3
        WHERE person_id = $1 AND partnership_id = $2 AND left_at_ms IS NULL";
    let params: [Param<'_>; _] = [
        (&person_id.as_uuid(), Type::UUID),
        (&partnership_id.as_uuid(), Type::UUID),
        (&shows, Type::BOOL),
    ];
    let what = "a consent to be seen sitting";
    transaction.execute_exactly(1, what, sql, &params).await
}

async fn set_goal(
    transaction: &Transaction,
    person_id: PersonId,
    partnership_id: PartnershipId,
    goal_s: Option<i32>,
) -> Result<(), DbError> {
    let sql = "UPDATE mitta.memberships SET weekly_goal_s = $3
        WHERE person_id = $1 AND partnership_id = $2 AND left_at_ms IS NULL";
    let params: [Param<'_>; _] = [
        (&person_id.as_uuid(), Type::UUID),
        (&partnership_id.as_uuid(), Type::UUID),
        (&goal_s, Type::INT4),
    ];
    transaction.execute_exactly(1, "a goal", sql, &params).await
}

/// Leave. Neither sees the other's sits any more; what one recorded stays one's own.
#[utoipa::path(
    post, path = "/v1/partnerships/{partnership_id}/leave", tag = "partnerships",
    params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn leave(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
) -> Result<StatusCode, ApiError> {
    let person_id = person.person_id;
    let now = state.clock.now_ms();
    let _turn = state.turns.take(person_id).await?;
    let transaction = state
        .db
        .as_person(person_id, Isolation::ReadCommitted)
        .await?;
    lock(&transaction, partnership_id).await?;
    share::lock_feeds(&transaction, person_id).await?;
    let members = members(&transaction, partnership_id).await?;
    share::close(&transaction, person_id, partnership_id, now).await?;
    note(
        &transaction,
        ActivityKind::Left,
        &person,
        partnership_id,
        now,
    )
    .await?;
    let kind = ActivityKind::MemberLeft;
    activity::note_for_partners(&transaction, kind, partnership_id, now).await?;
    touch(&transaction, Some(partnership_id)).await?;
    let end = "SELECT mitta.my_together_end($1)";
    let params: [Param<'_>; _] = [(&partnership_id.as_uuid(), Type::UUID)];
    transaction.query_one(end, &params).await?;
    let sql = "SELECT mitta.my_membership_end($1, $2)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&now.0, Type::INT8),
    ];
    let ended: i64 = transaction.query_one(sql, &params).await?.get(0);
    counted("the end of a membership", 1, ended.unsigned_abs())?;
    transaction.commit().await?;
    state.live.nudge(members);
    Ok(StatusCode::NO_CONTENT)
}
