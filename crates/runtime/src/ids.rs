//! The one source of ids.

use mitta_domain::{DeviceId, OpId, PresetId, ReminderId, SessionId, UnixMillis};
use rand::RngExt as _;
use uuid::Uuid;

/// Makes `UUIDv7` ids (RFC 9562): sortable by the time they were made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

impl Ids {
    fn uuid(at: UnixMillis) -> Uuid {
        let random: [u8; 10] = rand::rng().random();
        let ms = u64::try_from(at.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    /// A new session's id.
    pub fn session(self, at: UnixMillis) -> SessionId {
        SessionId::from_uuid(Self::uuid(at))
    }

    /// A new op's id.
    pub fn op(self, at: UnixMillis) -> OpId {
        OpId::from_uuid(Self::uuid(at))
    }

    /// A new preset's id.
    pub fn preset(self, at: UnixMillis) -> PresetId {
        PresetId::from_uuid(Self::uuid(at))
    }

    /// A new reminder's id.
    pub fn reminder(self, at: UnixMillis) -> ReminderId {
        ReminderId::from_uuid(Self::uuid(at))
    }

    /// A new installation's id.
    pub fn device(self, at: UnixMillis) -> DeviceId {
        DeviceId::from_uuid(Self::uuid(at))
    }
}
