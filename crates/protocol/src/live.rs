//! `GET /v1/live`: server-sent events that say only where something is to be fetched. The event's
//! name is the `kind`, its data the JSON of [`LiveEvent`]; a comment every 25 s keeps the line open.

use mitta_domain::ShareId;
use serde::{Deserialize, Serialize};

/// Seconds between two signs of life.
pub const HEARTBEAT_S: u32 = 25;

/// What a live stream tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A share is at this position; sent for every share at the start, then at each change.
    Head {
        /// The share.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        share_id: ShareId,
        /// The position of its newest change.
        head_seq: u64,
    },
    /// Partnerships, members or shares are others than before, or what is said of them: pull.
    Membership,
    /// Who is sitting or what is proposed is another than before: ask `GET /v1/now`. Sent at the start.
    Now,
    /// An event that this program does not know.
    #[serde(other)]
    Unknown,
}
