//! `GET /v1/activity`: what happened to an account that its owner should recognise.

use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

/// The newest activities of an account; at most a hundred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Activities {
    /// Newest first.
    pub activities: Vec<Activity>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Activity {
    /// When, on the server's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub happened_at_ms: UnixMillis,
    /// What.
    pub kind: ActivityKind,
    /// The device it is about, by its name, or the one that did it; absent for the web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub device_name: Option<String>,
    /// The partnership it is about, by its name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub partnership_name: Option<String>,
    /// The other person it is about, by their name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub person_name: Option<String>,
}

/// What may happen to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// The account was made.
    SignedUp,
    /// A device or the web page signed in.
    SignedIn,
    /// A device or the web page signed out.
    SignedOut,
    /// A device was signed out from elsewhere.
    DeviceRevoked,
    /// The password was changed.
    PasswordChanged,
    /// The password was set anew with the recovery code.
    Recovered,
    /// A new recovery code was made.
    RecoveryCodeMade,
    /// Everything was exported.
    Exported,
    /// One made a partnership.
    PartnershipMade,
    /// One made an invite.
    Invited,
    /// Somebody accepted an own invite.
    InviteAccepted,
    /// One became a member.
    Joined,
    /// Another person became a member, confirmed by oneself.
    MemberJoined,
    /// One left.
    Left,
    /// Another person left.
    MemberLeft,
    /// The date from which on one shares was changed.
    ShareSinceChanged,
    /// Sharing was paused.
    SharingPaused,
    /// Sharing goes on.
    SharingResumed,
    /// Partners see when one is sitting.
    SittingShown,
    /// Partners no longer see when one is sitting.
    SittingHidden,
    /// Something that this program does not know.
    #[serde(other)]
    Unknown,
}
