//! The own account: reading it, renaming, another password, another recovery code, erasing it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use mitta_domain::{PersonId, UnixMillis};
use mitta_protocol::account::{
    Account, ChangeAccount, ChangePassword, NewRecoveryCode, PasswordAgain,
};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::types::Type;

use super::attempts::{self, Bucket};
use super::secret::recovery_code;
use super::store::{AccountChange, revoke};
use super::{activity, invalid_password, name_of, password, random, signed_out};
use crate::db::{DbError, Isolation, Transaction};
use crate::http::auth::{Person, sign_in_needed};
use crate::http::error::ApiError;
use crate::http::json::StrictJson;
use crate::{AppState, partnerships};

/// The own account.
#[utoipa::path(
    get, path = "/v1/account", tag = "accounts",
    responses((status = 200, body = Account), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn account(
    State(state): State<AppState>,
    person: Person,
) -> Result<Json<Account>, ApiError> {
    own_account(&state, &person).await.map(Json)
}

/// What the person's own account says.
pub(crate) async fn own_account(state: &AppState, person: &Person) -> Result<Account, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let own = Own::load(&transaction).await?;
    transaction.rollback().await?;
    Ok(own.account)
}

/// Change the display name.
#[utoipa::path(
    patch, path = "/v1/account", tag = "accounts", request_body = ChangeAccount,
    responses((status = 200, body = Account), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    person: Person,
    StrictJson(asked): StrictJson<ChangeAccount>,
) -> Result<Json<Account>, ApiError> {
    let name = name_of("display_name", &asked.display_name)?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    // Partnerships before the account, as everywhere.
    partnerships::touch(&transaction, None).await?;
    let change = AccountChange {
        display_name: Some(&name),
        ..AccountChange::default()
    };
    if !change.store(&transaction).await? {
        return Err(sign_in_needed());
    }
    let own = Own::load(&transaction).await?;
    let partners = partnerships::partners(&transaction).await?;
    transaction.commit().await?;
    state.live.nudge(partners);
    Ok(Json(own.account))
}

/// Change the password. Signs out everywhere else.
#[utoipa::path(
    post, path = "/v1/account/password", tag = "accounts", request_body = ChangePassword,
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    person: Person,
    StrictJson(asked): StrictJson<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    if !password::is_allowed(&asked.new_password) {
        return Err(invalid_password());
    }
    let checked = check_again(&state, &person, &asked.current_password).await?;
    let salt = random(&*state.random)?;
    let hash = state.passwords.hash(&asked.new_password, salt).await?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let change = AccountChange {
        password_hash: Some(&hash),
        expected_password_hash: Some(&checked),
        ..AccountChange::default()
    };
    if !change.store(&transaction).await? {
        return Err(wrong_password());
    }
    revoke(&transaction, None, None, Some(person.token)).await?;
    let now = state.clock.now_ms();
    let kind = ActivityKind::PasswordChanged;
    activity::note(&transaction, kind, person.about(), now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new recovery code; the old one is void.
#[utoipa::path(
    post, path = "/v1/account/recovery-code", tag = "accounts", request_body = PasswordAgain,
    responses((status = 200, body = NewRecoveryCode), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn new_recovery_code(
    State(state): State<AppState>,
    person: Person,
    StrictJson(asked): StrictJson<PasswordAgain>,
) -> Result<Json<NewRecoveryCode>, ApiError> {
    let checked = check_again(&state, &person, &asked.password).await?;
    let recovery = recovery_code(random(&*state.random)?);
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let change = AccountChange {
        recovery_hash: Some(&recovery.hash.to_hex()),
        expected_password_hash: Some(&checked),
        ..AccountChange::default()
    };
    if !change.store(&transaction).await? {
        return Err(wrong_password());
    }
    let now = state.clock.now_ms();
    let kind = ActivityKind::RecoveryCodeMade;
    activity::note(&transaction, kind, person.about(), now).await?;
    transaction.commit().await?;
    Ok(Json(NewRecoveryCode {
        recovery_code: recovery.shown,
    }))
}

/// Erase everything of the person.
#[utoipa::path(
    delete, path = "/v1/account", tag = "accounts", request_body = PasswordAgain,
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn erase(
    State(state): State<AppState>,
    person: Person,
    StrictJson(asked): StrictJson<PasswordAgain>,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    let checked = check_again(&state, &person, &asked.password).await?;
    let _turn = state.turns.take(person.person_id).await?;
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let partners = partnerships::partners(&transaction).await?;
    partnerships::touch(&transaction, None).await?;
    let sql = "SELECT mitta.my_account_erase($1)";
    let row = transaction
        .query_one(sql, &[(&checked, Type::TEXT)])
        .await?;
    if row.get::<_, i64>(0) != 1 {
        return Err(wrong_password());
    }
    transaction.commit().await?;
    state.live.nudge(partners);
    tracing::info!("an account was erased");
    Ok((StatusCode::NO_CONTENT, signed_out(&person)))
}

/// Checks the password of somebody who is signed in; answers the hash that it was checked against, so
/// that what follows can insist on it.
async fn check_again(state: &AppState, person: &Person, given: &str) -> Result<String, ApiError> {
    if password::is_too_long(given) {
        return Err(invalid_password());
    }
    let tries = [Bucket::PASSWORD_AGAIN.of(person.person_id.to_string())];
    let begin = || {
        state
            .db
            .as_person(person.person_id, Isolation::ReadCommitted)
    };
    let transaction = begin().await?;
    attempts::take(&transaction, &tries, state.clock.now_ms().0).await?;
    let own = Own::load(&transaction).await?;
    transaction.commit().await?;
    if !state
        .passwords
        .verify(given, Some(&own.password_hash))
        .await?
    {
        return Err(wrong_password());
    }
    let transaction = begin().await?;
    attempts::give_back(&transaction, &tries).await?;
    transaction.commit().await?;
    Ok(own.password_hash)
}

struct Own {
    account: Account,
    password_hash: String,
}

impl Own {
    /// A token whose account is gone this moment is no token any more.
    async fn load(transaction: &Transaction) -> Result<Self, ApiError> {
        let row = own_row(transaction).await?;
        row.ok_or_else(sign_in_needed)
    }
}

async fn own_row(transaction: &Transaction) -> Result<Option<Own>, DbError> {
    let sql = "SELECT person_id, login, display_name, created_at_ms, password_hash FROM mitta.my_account()";
    let row = transaction.query_opt(sql, &[]).await?;
    Ok(row.map(|row| Own {
        account: Account {
            person_id: PersonId::from_uuid(row.get(0)),
            login: row.get(1),
            display_name: row.get(2),
            created_at_ms: UnixMillis(row.get(3)),
        },
        password_hash: row.get(4),
    }))
}

fn wrong_password() -> ApiError {
    ApiError::new(
        ErrorCode::WrongPassword,
        "The password is wrong. Nothing was changed.",
    )
}
