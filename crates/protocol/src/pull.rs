//! `GET /v1/pull`: what changed in one share after a position, and who shares what now.

use chrono::NaiveDate;
use mitta_domain::digest::Digest;
use mitta_domain::share::SharedSit;
use mitta_domain::{PersonId, SessionEvent, SessionId, ShareId, UnixMillis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::partnership::Partnership;
use crate::row::SessionRow;

/// The query of a pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct PullQuery {
    /// The share; the feed of the person's own devices where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub share_id: Option<ShareId>,
    /// The last position seen, 0 for none.
    pub after: u64,
    /// At most so many changes, 1 to [`crate::MAX_PAGE`]; [`crate::MAX_PAGE`] where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Whether a pull that reaches the head shall end with a [`Summary`].
    #[serde(default)]
    pub summary: bool,
}

/// A page of changes. All of it is one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PullAnswer {
    /// The server that answers.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub server_id: Uuid,
    /// The life of its database. Another one than before: positions mean nothing any more.
    pub epoch: String,
    /// The server's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub server_time_ms: UnixMillis,
    /// Whose token it is.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// The share that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub share_id: ShareId,
    /// The position of its newest change; 0 where there is none.
    pub head_seq: u64,
    /// Changes after the position asked with, ascending, without gaps that a later page would fill
    /// (I7). An entity stands once, at its newest position.
    pub changes: Vec<PulledChange>,
    /// The position to ask with next: that of the last change, or the head where none are left.
    pub next_after: u64,
    /// Whether none are left.
    pub complete: bool,
    /// Where it is complete and was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Every share that this person may read now, the own feed first. Rows of others are to be
    /// removed.
    pub shares: Vec<Share>,
    /// Every partnership that this person is a member of now.
    pub partnerships: Vec<Partnership>,
}

/// One change of a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PulledChange {
    /// Its position.
    pub seq: u64,
    /// What is there now.
    #[serde(flatten)]
    pub entity: Pulled,
}

/// What a change is about, whole: a child never comes without its parent (I6). A kind that this
/// program does not know is an error: passed over it would be a gap (I7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pulled {
    /// An own session, in the own feed only.
    Session {
        /// The row.
        session: Box<SessionRow>,
        /// What happened in it, where it is completed.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        events: Vec<SessionEvent>,
    },
    /// A sit of a member, in a share.
    Shared {
        /// What is shown of it.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        sit: SharedSit,
    },
    /// A sit that the share no longer shows.
    Withdrawn {
        /// Which.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        session_id: SessionId,
    },
}

/// What a share holds, at [`PullAnswer::head_seq`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Its rows: in the own feed all sessions, running and deleted ones too.
    pub rows: u64,
    /// Their digest.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// Completed, undeleted sits, from the stored day totals.
    pub sits: u64,
    /// Their credited seconds, from the stored day totals.
    pub credited_s: u64,
}

/// A share that a person may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// The share.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub share_id: ShareId,
    /// Whose sits it shows.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// The partnership it is for; none for the own feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub partnership_id: Option<mitta_domain::PartnershipId>,
    /// Counts up when the member changes since when past sits are shared.
    pub generation: u32,
    /// Sits of this date and later; none for the own feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub share_since: Option<NaiveDate>,
    /// The position of its newest change.
    pub head_seq: u64,
}
