//! What goes on at this moment: who is sitting, and what sittings together are proposed.
//!
//! `GET /v1/now` · `PUT` and `DELETE /v1/presence` · `POST /v1/partnerships/{partnership_id}/proposals` ·
//! `POST /v1/proposals/{together_id}/answer` · `DELETE /v1/proposals/{together_id}` · `GET /v1/time`.

use chrono::NaiveDate;
use mitta_domain::{
    PartnershipId, PersonId, PlannedLength, Seconds, SessionId, TogetherBells, TogetherId,
    UnixMillis,
};
use serde::{Deserialize, Serialize};

/// Seconds between two signs of presence of one who sits.
pub const PRESENCE_EVERY_S: u32 = 60;
/// Seconds after the last sign of presence from which on nobody is shown as sitting.
pub const PRESENCE_LASTS_S: u32 = 120;
/// Seconds from a proposal to sit *now* to its start, in which the others answer.
pub const LEAD_S: u32 = 30;
/// The most days ahead that a sitting together may be proposed.
pub const MAX_DAYS_AHEAD: u32 = 60;

/// `GET /v1/time`: the server's clock, for estimating how far a device's own is off. Needs no sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerTime {
    /// The server's clock while it answered.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub server_time_ms: UnixMillis,
}

/// What goes on at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Now {
    /// The clock on which the times below stand: the server's, where the server answers; this device's
    /// own, where a device hands it on.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub now_ms: UnixMillis,
    /// Partners who are sitting, and oneself, as far as partners see it.
    pub sitting: Vec<SittingNow>,
    /// Sittings together that are not over, by their start.
    pub proposals: Vec<Proposal>,
}

/// A member who is sitting and lets a partnership see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SittingNow {
    /// In which partnership it is seen.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub partnership_id: PartnershipId,
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// Since when.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub started_at_ms: UnixMillis,
    /// Until when it is planned; absent where it is open-ended or paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub ends_at_ms: Option<UnixMillis>,
    /// The sitting together it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub together_id: Option<TogetherId>,
}

/// `PUT /v1/presence`: a device's person is sitting. Said again every [`PRESENCE_EVERY_S`]; seen only
/// where the person lets a partnership see it, and never of a private sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// The session that runs.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub session_id: SessionId,
    /// The civil date it belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub local_date: NaiveDate,
    /// Seconds since it started, on the wall, 0 to 86,400.
    pub elapsed_s: u32,
    /// Seconds to its planned end, 1 to 86,400; absent where it is open-ended or paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_s: Option<u32>,
    /// The sitting together it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub together_id: Option<TogetherId>,
}

/// `POST /v1/partnerships/{partnership_id}/proposals`. Who proposes has joined. The same again answers
/// the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// The sitting together, made by the device that proposes.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub together_id: TogetherId,
    /// Its start on the server's clock, at most [`MAX_DAYS_AHEAD`] ahead; [`LEAD_S`] from now where it is
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub starts_at_ms: Option<UnixMillis>,
    /// Its length in seconds, 1 to 86,400.
    #[cfg_attr(feature = "openapi", schema(value_type = u32))]
    pub planned_s: PlannedLength,
    /// When its bells ring.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    #[serde(deserialize_with = "StrictBells::deserialize")]
    pub bells: TogetherBells,
}

/// As all that clients send: a field that is not known is refused.
#[derive(Deserialize)]
#[serde(remote = "TogetherBells", deny_unknown_fields)]
struct StrictBells {
    start_strikes: u8,
    end_strikes: u8,
    interval_every_s: Option<Seconds>,
}

/// A sitting together that is proposed, or goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Proposal {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub together_id: TogetherId,
    /// In which partnership.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub partnership_id: PartnershipId,
    /// Who proposed it; only they may take it back.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub proposed_by: PersonId,
    /// Its start, on the clock of [`Now::now_ms`] (in an answer of its own: the server's).
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub starts_at_ms: UnixMillis,
    /// Its length in seconds.
    #[cfg_attr(feature = "openapi", schema(value_type = u32))]
    pub planned_s: PlannedLength,
    /// When its bells ring.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub bells: TogetherBells,
    /// Who has answered, and how.
    pub answers: Vec<ProposalAnswer>,
}

/// A member's answer to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProposalAnswer {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// How.
    pub answer: JoinAnswer,
}

/// Whether one joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum JoinAnswer {
    /// One does.
    Joined,
    /// Not this time.
    Declined,
}

/// `POST /v1/proposals/{together_id}/answer`; the last answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerProposal {
    /// Whether one joins.
    pub answer: JoinAnswer,
}
