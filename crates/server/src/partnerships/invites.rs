//! Invites: a link to send or a code to read aloud; the other accepts, the inviter confirms.

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use mitta_domain::{PartnershipId, PersonId, UnixMillis};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::partnership::{
    AcceptInvite, ConfirmInvite, Invite, InviteAccepted, InviteKind, InviteMade, InviteState,
    Invites, NewInvite,
};
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{MAX_MEMBERS, check_date, lock, members, no_such_partnership, note, share, touch};
use crate::AppState;
use crate::accounts::activity::{self, About};
use crate::accounts::attempts::{self, Bucket};
use crate::accounts::random;
use crate::accounts::secret::{SecretHash, invite_code, invite_link, read_invite};
use crate::db::{DbError, Isolation, Param, Transaction};
use crate::http::address::ClientAddress;
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;

/// How long a link may be accepted, and how long an inviter has to confirm: seven days.
const LINK_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a code may be accepted: ten minutes.
const CODE_MS: i64 = 10 * 60 * 1000;
/// How many invites of a partnership are open at a time.
const MAX_OPEN: i32 = 10;

/// Make an invite. Its secret is shown once.
#[utoipa::path(
    post, path = "/v1/partnerships/{partnership_id}/invites", tag = "invites", request_body = NewInvite,
    params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 201, body = InviteMade), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
    StrictJson(asked): StrictJson<NewInvite>,
) -> Result<(StatusCode, Json<InviteMade>), ApiError> {
    let now = state.clock.now_ms();
    let (made, kind, lasts_ms) = match asked.kind {
        InviteKind::Link => (invite_link(random(&*state.random)?), "link", LINK_MS),
        InviteKind::Code => (invite_code(random(&*state.random)?), "code", CODE_MS),
    };
    let invite_id = state.random.uuid(now)?;
    let expires_at_ms = now.plus_ms(lasts_ms);
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let sql =
        "SELECT said, next_expiry_ms FROM mitta.my_invite_create($1, $2, $3, $4, $5, $6, $7, $8)";
    let params: [Param<'_>; _] = [
        (&invite_id, Type::UUID),
        (&partnership_id.as_uuid(), Type::UUID),
        (&kind, Type::TEXT),
        (&made.hash.as_bytes(), Type::BYTEA),
        (&now.0, Type::INT8),
        (&expires_at_ms.0, Type::INT8),
        (&MAX_MEMBERS, Type::INT4),
        (&MAX_OPEN, Type::INT4),
    ];
    let row = transaction.query_one(sql, &params).await?;
    match row.get(0) {
        "made" => {}
        "none" => return Err(no_such_partnership()),
        "full" => return Err(full()),
        "many" => return Err(many(row.get(1), now)),
        other => return Err(unexpected(other)),
    }
    note(
        &transaction,
        ActivityKind::Invited,
        &person,
        partnership_id,
        now,
    )
    .await?;
    transaction.commit().await?;
    let link = (asked.kind == InviteKind::Link).then(|| {
        let url = state.public_url.as_ref();
        url.map(|url| url.invite(&made.shown))
    });
    let made = InviteMade {
        invite_id,
        link: link.flatten(),
        secret: made.shown,
        expires_at_ms,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// The own invites that are open or wait for confirmation.
#[utoipa::path(
    get, path = "/v1/partnerships/{partnership_id}/invites", tag = "invites",
    params(("partnership_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Invites), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    person: Person,
    Path(partnership_id): Path<PartnershipId>,
) -> Result<Json<Invites>, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    lock(&transaction, partnership_id).await?;
    let sql = "SELECT invite_id, kind, accepted_by, is_accepted, expires_at_ms FROM mitta.my_invites($1, $2)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&state.clock.now_ms().0, Type::INT8),
    ];
    let rows = transaction.query(sql, &params).await?;
    transaction.rollback().await?;
    let invites = rows.iter().map(invite).collect::<Result<_, _>>()?;
    Ok(Json(Invites { invites }))
}

fn invite(row: &Row) -> Result<Invite, DbError> {
    let kind = match row.get(1) {
        "link" => InviteKind::Link,
        "code" => InviteKind::Code,
        other => {
            return Err(DbError::Corrupt {
                table: "invites",
                column: "kind",
                detail: format!("{other} is none"),
            });
        }
    };
    let is_accepted: bool = row.get(3);
    Ok(Invite {
        invite_id: row.get(0),
        kind,
        state: if is_accepted {
            InviteState::Accepted
        } else {
            InviteState::Open
        },
        accepted_by: row.get(2),
        expires_at_ms: UnixMillis(row.get(4)),
    })
}

/// Take an own invite back, accepted or not.
#[utoipa::path(
    delete, path = "/v1/partnerships/{partnership_id}/invites/{invite_id}", tag = "invites",
    params(("partnership_id" = String, Path, format = "uuid"), ("invite_id" = String, Path, format = "uuid")),
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    person: Person,
    Path((partnership_id, invite_id)): Path<(PartnershipId, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    lock(&transaction, partnership_id).await?;
    let sql = "SELECT mitta.my_invite_withdraw($1, $2, $3)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&invite_id, Type::UUID),
        (&state.clock.now_ms().0, Type::INT8),
    ];
    if transaction.query_one(sql, &params).await?.get::<_, i64>(0) != 1 {
        return Err(no_such_invite());
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invite. One is a member once the inviter has confirmed.
#[utoipa::path(
    post, path = "/v1/invites/accept", tag = "invites", request_body = AcceptInvite,
    responses((status = 200, body = InviteAccepted), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn accept(
    State(state): State<AppState>,
    person: Person,
    Extension(address): Extension<ClientAddress>,
    StrictJson(asked): StrictJson<AcceptInvite>,
) -> Result<Json<InviteAccepted>, ApiError> {
    check_date(asked.share_since)?;
    let now = state.clock.now_ms();
    let tries = [
        Bucket::INVITE_BY.of(person.person_id.to_string()),
        Bucket::INVITE_FROM.of(address.counted_as().to_string()),
    ];
    let begin = || {
        state
            .db
            .as_person(person.person_id, Isolation::ReadCommitted)
    };
    let transaction = begin().await?;
    attempts::take(&transaction, &tries, now.0).await?;
    transaction.commit().await?;

    let Some(hash) = read_invite(&asked.secret) else {
        return Err(no_such_invite());
    };
    let transaction = begin().await?;
    let hold = "SELECT mitta.invite_hold_inviter($1)";
    let secret: [Param<'_>; _] = [(&SecretHash::as_bytes(&hash), Type::BYTEA)];
    transaction.query_one(hold, &secret).await?;
    let sql =
        "SELECT said, partnership_name, inviter_name FROM mitta.invite_accept($1, $2, $3, $4, $5)";
    let params: [Param<'_>; _] = [
        (&SecretHash::as_bytes(&hash), Type::BYTEA),
        (&asked.share_since, Type::DATE),
        (&now.0, Type::INT8),
        (&LINK_MS, Type::INT8),
        (&MAX_MEMBERS, Type::INT4),
    ];
    let row = transaction.query_one(sql, &params).await?;
    let said: &str = row.get(0);
    if said == "none" {
        return Err(no_such_invite());
    }
    // The secret was right: no wrong try, whatever follows from it.
    attempts::give_back(&transaction, &tries).await?;
    let sql = "SELECT mitta.invite_activity_note($1, $2)";
    let params: [Param<'_>; _] = [
        (&SecretHash::as_bytes(&hash), Type::BYTEA),
        (&now.0, Type::INT8),
    ];
    let inviter: Option<Uuid> = transaction.query_one(sql, &params).await?.get(0);
    transaction.commit().await?;
    state.live.nudge(inviter.map(PersonId::from_uuid));
    match said {
        "accepted" => Ok(Json(InviteAccepted {
            partnership_name: row.get(1),
            inviter_name: row.get(2),
        })),
        "member" => Err(already_member()),
        "full" => Err(full()),
        other => Err(unexpected(other)),
    }
}

/// Welcome who accepted, or turn them away. The invite is used up in either case.
#[utoipa::path(
    post, path = "/v1/partnerships/{partnership_id}/invites/{invite_id}/confirm", tag = "invites",
    request_body = ConfirmInvite,
    params(("partnership_id" = String, Path, format = "uuid"), ("invite_id" = String, Path, format = "uuid")),
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn confirm(
    State(state): State<AppState>,
    person: Person,
    Path((partnership_id, invite_id)): Path<(PartnershipId, Uuid)>,
    StrictJson(asked): StrictJson<ConfirmInvite>,
) -> Result<StatusCode, ApiError> {
    let _turn = state.turns.take(person.person_id).await?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    lock(&transaction, partnership_id).await?;
    let now = state.clock.now_ms();
    let sql = "SELECT said, new_member FROM mitta.my_invite_decide($1, $2, $3, $4, $5)";
    let params: [Param<'_>; _] = [
        (&partnership_id.as_uuid(), Type::UUID),
        (&invite_id, Type::UUID),
        (&asked.accept, Type::BOOL),
        (&now.0, Type::INT8),
        (&MAX_MEMBERS, Type::INT4),
    ];
    let row = transaction.query_one(sql, &params).await?;
    let members = match row.get(0) {
        "accepted" => {
            let members =
                open_shares(&state, &transaction, person.person_id, partnership_id).await?;
            let joined: Uuid = row.get(1);
            let joined = PersonId::from_uuid(joined);
            welcome(&transaction, &person, joined, partnership_id, now).await?;
            members
        }
        "declined" | "member" => Vec::new(),
        "none" => return Err(no_such_invite()),
        "full" => return Err(full()),
        other => return Err(unexpected(other)),
    };
    transaction.commit().await?;
    state.live.nudge(members);
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a share of every member, filled afresh: who joins sees nothing of what the others shared and
/// took back before, not even that it was there. Answers the members.
///
/// It is the one place where a transaction acts for several persons, one after the other: for the
/// members of a partnership that its first person is in, and that is locked.
async fn open_shares(
    state: &AppState,
    transaction: &Transaction,
    inviter: PersonId,
    partnership_id: PartnershipId,
) -> Result<Vec<PersonId>, ApiError> {
    let members = members(transaction, partnership_id).await?;
    for &member in &members {
        share::act_for(transaction, member).await?;
        share::lock_feeds(transaction, member).await?;
    }
    for &member in &members {
        share::act_for(transaction, member).await?;
        share::open(state, transaction, member, partnership_id, None).await?;
    }
    share::act_for(transaction, inviter).await?;
    Ok(members)
}

/// Notes for everybody that there is one more, as that person.
async fn welcome(
    transaction: &Transaction,
    inviter: &Person,
    joined: PersonId,
    partnership_id: PartnershipId,
    now: UnixMillis,
) -> Result<(), ApiError> {
    let about = About {
        partnership: Some(partnership_id),
        ..About::default()
    };
    share::act_for(transaction, joined).await?;
    activity::note(transaction, ActivityKind::Joined, about, now).await?;
    let kind = ActivityKind::MemberJoined;
    activity::note_for_partners(transaction, kind, partnership_id, now).await?;
    touch(transaction, Some(partnership_id)).await?;
    share::act_for(transaction, inviter.person_id).await?;
    Ok(())
}

fn no_such_invite() -> ApiError {
    ApiError::new(
        ErrorCode::NoSuchInvite,
        "There is no such invite: it was mistyped, used, taken back, or has expired.",
    )
}

fn full() -> ApiError {
    ApiError::new(
        ErrorCode::PartnershipFull,
        "The partnership has as many members as it may.",
    )
}

fn already_member() -> ApiError {
    ApiError::new(
        ErrorCode::AlreadyMember,
        "You are a member of this partnership already.",
    )
}

fn many(next_expiry_ms: Option<i64>, now: UnixMillis) -> ApiError {
    let wait_ms = next_expiry_ms.map_or(0, |next| next.saturating_sub(now.0));
    let seconds = u32::try_from(wait_ms / 1000 + 1).unwrap_or(u32::MAX);
    ApiError::new(
        ErrorCode::RateLimited,
        "There are many open invites. Take one back, or wait until one expires.",
    )
    .retry_after_s(seconds)
}

fn unexpected(said: &str) -> ApiError {
    ApiError::internal(format!("an invite function said {said}"))
}
