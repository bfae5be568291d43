//! Accounts and devices.

use mitta_domain::{DeviceId, PersonId, UnixMillis};
use serde::{Deserialize, Serialize};

/// The device that signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceIntro {
    /// Its id, as in its local history.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub device_id: DeviceId,
    /// What the person calls it, 1 to 80 characters.
    pub name: String,
}

/// `POST /v1/accounts`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// 3 to 64 of `a-z 0-9 . _ @ + -`; upper case counts as lower.
    pub login: String,
    /// 8 characters to 1,024 bytes.
    pub password: String,
    /// How partners see the person, 1 to 80 characters.
    pub display_name: String,
    /// The device; none for the web page, which gets a cookie instead of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceIntro>,
}

/// `POST /v1/sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The device; none for the web page, which gets a cookie instead of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceIntro>,
}

/// `POST /v1/recover`: a new password in exchange for the recovery code. Signs every other device out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Recover {
    /// The login.
    pub login: String,
    /// The code as it was shown; spaces, hyphens and case do not count.
    pub recovery_code: String,
    /// The new password.
    pub new_password: String,
    /// The device; none for the web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceIntro>,
}

/// The answer to sign-up, sign-in and recovery.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The person, minted at sign-up.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// The login as it is kept.
    pub login: String,
    /// How partners see the person.
    pub display_name: String,
    /// For `Authorization: Bearer`; none where a cookie was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When it expires unless it is used.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub expires_at_ms: UnixMillis,
    /// Shown once, after sign-up and recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
}

/// `GET /v1/account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// The person.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// The login.
    pub login: String,
    /// How partners see the person.
    pub display_name: String,
    /// When they signed up.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at_ms: UnixMillis,
}

/// `PATCH /v1/account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// 1 to 80 characters.
    pub display_name: String,
}

/// `POST /v1/account/password`. Signs every other device and page out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is.
    pub current_password: String,
    /// As it shall be.
    pub new_password: String,
}

/// `DELETE /v1/account` and `POST /v1/account/recovery-code`: what cannot be undone asks again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordAgain {
    /// The password.
    pub password: String,
}

/// A new recovery code; the old one is void.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRecoveryCode {
    /// Shown once.
    pub recovery_code: String,
}

/// A device that is or was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The device.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub device_id: DeviceId,
    /// What the person calls it.
    pub name: String,
    /// When it first signed in.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at_ms: UnixMillis,
    /// When it was last heard of, to the hour.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub last_seen_at_ms: UnixMillis,
    /// When its sign-in expires; none where it is signed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub expires_at_ms: Option<UnixMillis>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// `GET /v1/devices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// Last heard of first.
    pub devices: Vec<Device>,
}
