//! What the handlers of accounts read and write: an account by its login, a new sign-in, a change.

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use mitta_domain::{DeviceId, PersonId, UnixMillis};
use mitta_protocol::account::{DeviceIntro, SignedIn};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::activity::About;
use super::names::Login;
use super::secret::{Made, SecretHash, token};
use super::{name_of, random};
use crate::AppState;
use crate::db::{DbError, Param, Transaction};
use crate::http::auth::{DEVICE_SLIDE_MS, WEB_AT_MOST_MS, WEB_SLIDE_MS, set_cookie};
use crate::http::error::ApiError;

/// An account found by its login.
pub(super) struct Known {
    pub(super) person_id: PersonId,
    pub(super) display_name: String,
    pub(super) password_hash: String,
    pub(super) recovery_hash: Option<String>,
    /// Whether they signed in on that device before.
    pub(super) knows_device: bool,
}

impl Known {
    pub(super) async fn find(
        transaction: &Transaction,
        login: &Login,
        device_id: Option<DeviceId>,
    ) -> Result<Option<Self>, DbError> {
        let sql = "SELECT person_id, display_name, password_hash, recovery_hash, knows_device
            FROM mitta.login_lookup($1, $2)";
        let params: [Param<'_>; _] = [
            (&login.as_str(), Type::TEXT),
            (&device_id.map(DeviceId::as_uuid), Type::UUID),
        ];
        let row = transaction.query_opt(sql, &params).await?;
        Ok(row.map(|row| Self {
            person_id: PersonId::from_uuid(row.get(0)),
            display_name: row.get(1),
            password_hash: row.get(2),
            recovery_hash: row.get(3),
            knows_device: row.get(4),
        }))
    }
}

/// A device that introduced itself properly.
pub(super) struct Device {
    pub(super) device_id: DeviceId,
    name: String,
}

impl Device {
    pub(super) fn read(intro: Option<DeviceIntro>) -> Result<Option<Self>, ApiError> {
        let Some(DeviceIntro { device_id, name }) = intro else {
            return Ok(None);
        };
        let name = name_of("device.name", &name)?;
        Ok(Some(Self { device_id, name }))
    }
}

/// A new sign-in.
pub(super) struct Opened {
    token: Made,
    device: Option<Device>,
    expires_at_ms: UnixMillis,
    latest_expiry_ms: Option<i64>,
}

impl Opened {
    pub(super) fn make(
        state: &AppState,
        device: Option<Device>,
        now: UnixMillis,
    ) -> Result<Self, ApiError> {
        let is_web = device.is_none();
        let slide_ms = if is_web {
            WEB_SLIDE_MS
        } else {
            DEVICE_SLIDE_MS
        };
        Ok(Self {
            token: token(random(&*state.random)?),
            device,
            expires_at_ms: now.plus_ms(slide_ms),
            latest_expiry_ms: is_web.then(|| now.plus_ms(WEB_AT_MOST_MS).0),
        })
    }

    /// Stores it; false where the password is no longer the one that was checked.
    pub(super) async fn store(
        &self,
        transaction: &Transaction,
        password_hash: &str,
        now: UnixMillis,
    ) -> Result<bool, DbError> {
        let device_id: Option<Uuid> = self
            .device
            .as_ref()
            .map(|device| device.device_id.as_uuid());
        let device_name = self.device.as_ref().map(|device| device.name.as_str());
        let sql = "SELECT mitta.my_sign_in($1, $2, $3, $4, $5, $6, $7)";
        let params: [Param<'_>; _] = [
            (&password_hash, Type::TEXT),
            (&self.token.hash.as_bytes(), Type::BYTEA),
            (&device_id, Type::UUID),
            (&device_name, Type::TEXT),
            (&now.0, Type::INT8),
            (&self.expires_at_ms.0, Type::INT8),
            (&self.latest_expiry_ms, Type::INT8),
        ];
        let made: i64 = transaction.query_one(sql, &params).await?.get(0);
        Ok(made == 1)
    }

    /// What an activity says of it.
    pub(super) fn about(&self) -> About {
        About {
            device: self.device.as_ref().map(|device| device.device_id),
            ..About::default()
        }
    }

    pub(super) fn answer(
        self,
        status: StatusCode,
        person_id: PersonId,
        login: String,
        display_name: String,
        recovery: Option<Made>,
    ) -> Response {
        let is_web = self.device.is_none();
        let mut headers = HeaderMap::new();
        if is_web {
            headers.insert(SET_COOKIE, set_cookie(Some(&self.token.shown)));
        }
        let body = SignedIn {
            person_id,
            login,
            display_name,
            token: (!is_web).then_some(self.token.shown),
            expires_at_ms: self.expires_at_ms,
            recovery_code: recovery.map(|made| made.shown),
        };
        (status, headers, Json(body)).into_response()
    }
}

/// What is to be another than before in the own account; what must still be as it was.
#[derive(Default)]
pub(super) struct AccountChange<'a> {
    pub(super) display_name: Option<&'a str>,
    pub(super) password_hash: Option<&'a str>,
    pub(super) recovery_hash: Option<&'a str>,
    pub(super) expected_password_hash: Option<&'a str>,
    pub(super) expected_recovery_hash: Option<&'a str>,
}

impl AccountChange<'_> {
    /// Stores it; false where the account is gone, or what was expected is no longer so.
    pub(super) async fn store(&self, transaction: &Transaction) -> Result<bool, DbError> {
        let sql = "SELECT mitta.my_account_change($1, $2, $3, $4, $5)";
        let params: [Param<'_>; _] = [
            (&self.display_name, Type::TEXT),
            (&self.password_hash, Type::TEXT),
            (&self.recovery_hash, Type::TEXT),
            (&self.expected_password_hash, Type::TEXT),
            (&self.expected_recovery_hash, Type::TEXT),
        ];
        let changed: i64 = transaction.query_one(sql, &params).await?.get(0);
        Ok(changed == 1)
    }
}

/// Revokes one token, those of a device, or, with neither, all but `kept`. Answers how many.
pub(super) async fn revoke(
    transaction: &Transaction,
    token: Option<SecretHash>,
    device_id: Option<DeviceId>,
    kept: Option<SecretHash>,
) -> Result<i64, DbError> {
    let bytes = |hash: Option<SecretHash>| hash.map(|hash| hash.as_bytes().to_vec());
    let sql = "SELECT mitta.my_tokens_revoke($1, $2, $3)";
    let params: [Param<'_>; _] = [
        (&bytes(token), Type::BYTEA),
        (&device_id.map(DeviceId::as_uuid), Type::UUID),
        (&bytes(kept), Type::BYTEA),
    ];
    Ok(transaction.query_one(sql, &params).await?.get(0))
}
