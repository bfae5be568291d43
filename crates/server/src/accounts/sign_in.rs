//! Signing up, in and out, and getting back in with the recovery code.

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mitta_domain::PersonId;
use mitta_protocol::account::{Recover, SignIn, SignUp, SignedIn};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::types::Type;

use super::activity;
use super::attempts::{self, Bucket};
use super::names::Login;
use super::secret::{SecretHash, read_recovery_code, recovery_code};
use super::store::{AccountChange, Device, Known, Opened, revoke};
use super::{invalid_password, name_of, password, random, signed_out};
use crate::AppState;
use crate::db::{Isolation, Param};
use crate::http::address::ClientAddress;
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::StrictJson;

/// Sign up.
#[utoipa::path(
    post, path = "/v1/accounts", tag = "accounts", request_body = SignUp, security(()),
    responses((status = 201, body = SignedIn), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn sign_up(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
    StrictJson(asked): StrictJson<SignUp>,
) -> Result<Response, ApiError> {
    let login = Login::read(&asked.login).ok_or_else(|| {
        ApiError::new(
            ErrorCode::InvalidLogin,
            "A login has 3 to 64 characters: letters a to z, digits and . _ @ + -.",
        )
    })?;
    if !password::is_allowed(&asked.password) {
        return Err(invalid_password());
    }
    let display_name = name_of("display_name", &asked.display_name)?;
    let device = Device::read(asked.device)?;
    let now = state.clock.now_ms();

    let transaction = state.db.as_nobody().await?;
    let from = Bucket::SIGN_UP_FROM.of(address.counted_as().to_string());
    attempts::take(&transaction, &[from], now.0).await?;
    let is_taken = Known::find(&transaction, &login, None).await?.is_some();
    transaction.commit().await?;
    if is_taken {
        return Err(login_taken());
    }

    let hash = state
        .passwords
        .hash(&asked.password, random(&*state.random)?)
        .await?;
    let recovery = recovery_code(random(&*state.random)?);
    let person_id = PersonId::from_uuid(state.random.uuid(now)?);
    let transaction = state
        .db
        .as_person(person_id, Isolation::ReadCommitted)
        .await?;
    let sql = "SELECT mitta.account_create($1, $2, $3, $4, $5, $6)";
    let params: [Param<'_>; _] = [
        (&person_id.as_uuid(), Type::UUID),
        (&login.as_str(), Type::TEXT),
        (&display_name, Type::TEXT),
        (&hash, Type::TEXT),
        (&recovery.hash.to_hex(), Type::TEXT),
        (&now.0, Type::INT8),
    ];
    let is_made: bool = transaction.query_one(sql, &params).await?.get(0);
    if !is_made {
        return Err(login_taken());
    }
    let opened = Opened::make(&state, device, now)?;
    if !opened.store(&transaction, &hash, now).await? {
        return Err(ApiError::internal("an account just made was not there"));
    }
    activity::note(&transaction, ActivityKind::SignedUp, opened.about(), now).await?;
    transaction.commit().await?;
    let login = login.as_str().to_owned();
    Ok(opened.answer(
        StatusCode::CREATED,
        person_id,
        login,
        display_name,
        Some(recovery),
    ))
}

/// Sign in.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "accounts", request_body = SignIn, security(()),
    responses((status = 200, body = SignedIn), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
    StrictJson(asked): StrictJson<SignIn>,
) -> Result<Response, ApiError> {
    if password::is_too_long(&asked.password) {
        return Err(invalid_password());
    }
    let device = Device::read(asked.device)?;
    let device_id = device.as_ref().map(|device| device.device_id);
    let login = Login::read(&asked.login);
    let now = state.clock.now_ms();

    let transaction = state.db.as_nobody().await?;
    let known = match &login {
        Some(login) => Known::find(&transaction, login, device_id).await?,
        None => None,
    };
    // A device of the account has a bucket that a stranger cannot fill: they do not know its id.
    let own_device = known.as_ref().filter(|known| known.knows_device);
    let by_login = match (own_device, device_id) {
        (Some(known), Some(device_id)) => {
            Bucket::SIGN_IN_ON.of(format!("{} {device_id}", known.person_id))
        }
        _ => Bucket::SIGN_IN_AS.of(asked.login.trim().to_ascii_lowercase()),
    };
    let from = Bucket::SIGN_IN_FROM.of(address.counted_as().to_string());
    let tries = [by_login, from];
    attempts::take(&transaction, &tries, now.0).await?;
    transaction.commit().await?;

    let stored = known.as_ref().map(|known| known.password_hash.as_str());
    let is_right = state.passwords.verify(&asked.password, stored).await?;
    let (Some(login), Some(known), true) = (login, known, is_right) else {
        return Err(wrong_login());
    };
    let transaction = state
        .db
        .as_person(known.person_id, Isolation::ReadCommitted)
        .await?;
    let opened = Opened::make(&state, device, now)?;
    if !opened
        .store(&transaction, &known.password_hash, now)
        .await?
    {
        return Err(wrong_login());
    }
    activity::note(&transaction, ActivityKind::SignedIn, opened.about(), now).await?;
    attempts::give_back(&transaction, &tries).await?;
    transaction.commit().await?;
    let login = login.as_str().to_owned();
    Ok(opened.answer(
        StatusCode::OK,
        known.person_id,
        login,
        known.display_name,
        None,
    ))
}

/// Sign out this device, or this page.
#[utoipa::path(
    post, path = "/v1/sign-out", tag = "accounts",
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn sign_out(
    State(state): State<AppState>,
    person: Person,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    // None is deleted where it was signed out from elsewhere this moment, which is as well.
    revoke(&transaction, Some(person.token), None, None).await?;
    let now = state.clock.now_ms();
    activity::note(&transaction, ActivityKind::SignedOut, person.about(), now).await?;
    transaction.commit().await?;
    Ok((StatusCode::NO_CONTENT, signed_out(&person)))
}

/// Set a new password with the recovery code. Signs out everywhere else.
#[utoipa::path(
    post, path = "/v1/recover", tag = "accounts", request_body = Recover, security(()),
    responses((status = 200, body = SignedIn), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn recover(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
    StrictJson(asked): StrictJson<Recover>,
) -> Result<Response, ApiError> {
    if !password::is_allowed(&asked.new_password) {
        return Err(invalid_password());
    }
    let device = Device::read(asked.device)?;
    let login = Login::read(&asked.login);
    let now = state.clock.now_ms();

    // Nobody guesses a code of 160 bits; this only bounds the work, and so no login can be locked.
    let tries = [Bucket::RECOVER_FROM.of(address.counted_as().to_string())];
    let transaction = state.db.as_nobody().await?;
    attempts::take(&transaction, &tries, now.0).await?;
    let known = match &login {
        Some(login) => Known::find(&transaction, login, None).await?,
        None => None,
    };
    transaction.commit().await?;
    let given = read_recovery_code(&asked.recovery_code).map(SecretHash::to_hex);
    let known = known.filter(|known| given.is_some() && known.recovery_hash == given);
    let (Some(login), Some(known)) = (login, known) else {
        return Err(wrong_recovery_code());
    };

    let hash = state
        .passwords
        .hash(&asked.new_password, random(&*state.random)?)
        .await?;
    let recovery = recovery_code(random(&*state.random)?);
    let transaction = state
        .db
        .as_person(known.person_id, Isolation::ReadCommitted)
        .await?;
    let change = AccountChange {
        password_hash: Some(&hash),
        recovery_hash: Some(&recovery.hash.to_hex()),
        expected_recovery_hash: given.as_deref(),
        ..AccountChange::default()
    };
    // Of two that use the code at once, one finds another there.
    if !change.store(&transaction).await? {
        return Err(wrong_recovery_code());
    }
    revoke(&transaction, None, None, None).await?;
    let opened = Opened::make(&state, device, now)?;
    if !opened.store(&transaction, &hash, now).await? {
        return Err(ApiError::internal("a password just set was not there"));
    }
    activity::note(&transaction, ActivityKind::Recovered, opened.about(), now).await?;
    attempts::give_back(&transaction, &tries).await?;
    transaction.commit().await?;
    let login = login.as_str().to_owned();
    Ok(opened.answer(
        StatusCode::OK,
        known.person_id,
        login,
        known.display_name,
        Some(recovery),
    ))
}

fn login_taken() -> ApiError {
    ApiError::new(
        ErrorCode::LoginTaken,
        "This login is taken. Choose another, or sign in if it is yours.",
    )
}

fn wrong_login() -> ApiError {
    ApiError::new(
        ErrorCode::WrongLogin,
        "The login is not known here, or the password is wrong.",
    )
}

fn wrong_recovery_code() -> ApiError {
    ApiError::new(
        ErrorCode::WrongRecoveryCode,
        "The login or the recovery code is wrong, or the code was used already.",
    )
}
