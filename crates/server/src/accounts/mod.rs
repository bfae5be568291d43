//! Accounts: signing up, in and out, devices, recovery, export, erasure.
//!
//! Must hold: a login that does not exist is answered as a wrong password is, after the same work;
//! passwords, tokens and codes are stored hashed and logged never; what cannot be undone asks for the
//! password again.

pub(crate) mod activity;
pub mod attempts;
mod devices;
mod export;
mod names;
mod own;
pub mod password;
pub mod secret;
mod sign_in;
mod store;

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use mitta_protocol::ErrorCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::http::auth::{Person, set_cookie};
use crate::http::error::ApiError;
use crate::source::{NoRandomness, Random};
use password::HashError;

pub use export::EXPORTED;
pub(crate) use names::name_of;
pub(crate) use own::own_account;

/// The routes of accounts and devices.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_up))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::recover))
        .routes(routes!(own::account, own::change, own::erase))
        .routes(routes!(own::change_password))
        .routes(routes!(own::new_recovery_code))
        .routes(routes!(export::export))
        .routes(routes!(devices::devices))
        .routes(routes!(devices::revoke))
        .routes(routes!(activity::activity))
}

impl From<HashError> for ApiError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::new(
                ErrorCode::RateLimited,
                "The server is checking many passwords just now. Try again in a moment.",
            )
            .retry_after_s(2),
            HashError::Unreadable(_) | HashError::Lost => Self::internal(error),
        }
    }
}

/// Random bytes for a secret or a salt.
pub(crate) fn random<const N: usize>(source: &dyn Random) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    source.fill(&mut bytes)?;
    Ok(bytes)
}

/// A field that is not as it must be; `said` names it and what it may be.
pub(crate) fn invalid(said: &'static str) -> ApiError {
    ApiError::new(ErrorCode::InvalidField, said)
}

fn invalid_password() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidPassword,
        "A password has at least 8 characters and at most 1024 bytes.",
    )
}

/// Headers that have the web page forget its cookie.
fn signed_out(person: &Person) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if person.is_web {
        headers.insert(SET_COOKIE, set_cookie(None));
    }
    headers
}
