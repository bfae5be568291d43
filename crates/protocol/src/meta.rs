//! `GET /v1/meta`: who the server is and what it speaks. Needs no sign-in.

use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// Always `mitta`: how a client knows that it talks to a Mitta server.
    pub product: String,
    /// The server's program version.
    pub version: String,
    /// This server; minted when its database was made.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub server_id: Uuid,
    /// Which life of the database this is: changes when it was restored from a backup.
    pub epoch: String,
    /// The oldest protocol that it speaks.
    pub oldest_protocol: u32,
    /// The newest protocol that it speaks.
    pub newest_protocol: u32,
    /// The server's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub server_time_ms: UnixMillis,
}

impl Meta {
    /// What [`Meta::product`] says.
    pub const PRODUCT: &str = "mitta";
}
