//! Partnerships: two to twelve persons who share their sits and weekly totals.

use chrono::{NaiveDate, Weekday};
use mitta_domain::{PartnershipId, PersonId, UnixMillis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A partnership as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partnership {
    /// The partnership.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub partnership_id: PartnershipId,
    /// Its name, 1 to 80 characters.
    pub name: String,
    /// The first day of its weeks, `Mon` to `Sun`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub week_start: Weekday,
    /// Its members now, the one who asks first.
    pub members: Vec<Member>,
}

/// A member of a partnership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The person.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// How partners see them.
    pub display_name: String,
    /// What they aim to sit in a week, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_goal_s: Option<u32>,
    /// Sits of this date and later are shared.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub share_since: NaiveDate,
    /// Whether new sits are private at present; said only of the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_paused: Option<bool>,
    /// Whether partners see that one is sitting; said only of the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows_sitting: Option<bool>,
    /// When a device of theirs was last heard of, rounded down to a quarter of an hour, so that it says
    /// nothing of what the device did; absent of the one who asks and where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub heard_at_ms: Option<UnixMillis>,
}

/// `GET /v1/partnerships`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partnerships {
    /// Those that the person is a member of.
    pub partnerships: Vec<Partnership>,
}

/// `POST /v1/partnerships`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPartnership {
    /// 1 to 80 characters.
    pub name: String,
    /// `Mon` to `Sun`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub week_start: Weekday,
    /// Own sits of this date and later are shared.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub share_since: NaiveDate,
    /// Own goal, 1 to 604,800 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_goal_s: Option<u32>,
}

/// `PATCH /v1/partnerships/{partnership_id}`: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePartnership {
    /// 1 to 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Mon` to `Sun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub week_start: Option<Weekday>,
    /// What the name was when the change was made up. Another one by now: `changed_meanwhile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_name: Option<String>,
    /// The same of the first day of its weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub expected_week_start: Option<Weekday>,
}

/// `PATCH /v1/partnerships/{partnership_id}/membership`: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeMembership {
    /// Opens a new generation of the share, filled afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub share_since: Option<NaiveDate>,
    /// New sits are private while it is true. What is shared already stays shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_paused: Option<bool>,
    /// 1 to 604,800 s; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_goal_s: Option<u32>,
    /// Whether partners see that one is sitting. `false` for whoever has not said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows_sitting: Option<bool>,
}

/// How an invite is given to the other person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteKind {
    /// 128 bits to be sent; seven days.
    Link,
    /// Short, for reading aloud; ten minutes.
    Code,
}

/// `POST /v1/partnerships/{partnership_id}/invites`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// How it is given.
    pub kind: InviteKind,
}

/// An invite just made. The secret is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteMade {
    /// The invite, for withdrawing it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub invite_id: Uuid,
    /// What the other person gives back.
    pub secret: String,
    /// Of a link, where the server knows its public address: what to send, with the secret behind the
    /// `#`. The whole may be given back in place of the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it expires.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub expires_at_ms: UnixMillis,
}

/// `POST /v1/invites/accept`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    /// The secret of a link, the whole link, or a code; spaces, hyphens and case of a code do not count.
    pub secret: String,
    /// Own sits of this date and later will be shared.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub share_since: NaiveDate,
}

/// What was accepted. The inviter still has to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteAccepted {
    /// The partnership's name.
    pub partnership_name: String,
    /// Who invited.
    pub inviter_name: String,
}

/// Where an invite is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// Nobody has accepted it yet.
    Open,
    /// Accepted; the inviter has to confirm.
    Accepted,
}

/// An invite, as its inviter sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// The invite.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub invite_id: Uuid,
    /// How it was given.
    pub kind: InviteKind,
    /// Where it is.
    pub state: InviteState,
    /// Who accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    /// When it expires.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub expires_at_ms: UnixMillis,
}

/// `GET /v1/partnerships/{partnership_id}/invites`: the own ones that are open or wait for confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invites {
    /// Newest first.
    pub invites: Vec<Invite>,
}

/// `POST /v1/partnerships/{partnership_id}/invites/{invite_id}/confirm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmInvite {
    /// `false` turns the person away; the invite is used up in either case.
    pub accept: bool,
}
