//! Values and checks that the tests of several modules share.

pub(crate) mod ops;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ids::{DeviceId, SessionId};
use crate::session::{Completion, SessionStart, Source};
use crate::units::{Seconds, UnixMillis};

/// 2026-11-18, 11:06:40 UTC.
pub(crate) const STARTED_AT: UnixMillis = UnixMillis(1_795_000_000_000);

/// An open-ended sit in Berlin, begun at [`STARTED_AT`].
pub(crate) fn session_start() -> SessionStart {
    SessionStart {
        session_id: SessionId::from_uuid(Uuid::from_u128(
            0x0197_a3c2_5f00_7000_8000_0000_0000_0001,
        )),
        device_id: DeviceId::from_uuid(Uuid::from_u128(0x0197_a3c2_5f00_7000_8000_0000_0000_0002)),
        source: Source::Timer,
        started_at_ms: STARTED_AT,
        tz: "Europe/Berlin".to_owned(),
        utc_offset_s: 3600,
        local_date: "2026-11-18".parse().unwrap(),
        planned_s: None,
        together_id: None,
        replaces: None,
    }
}

/// A completion without pause, sleep and overtime.
pub(crate) fn completion(credited_s: u32) -> Completion {
    Completion {
        ended_at_ms: UnixMillis(STARTED_AT.0 + i64::from(credited_s) * 1000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    }
}

/// `value` is written as exactly `json`, which reads back as the same value.
#[track_caller]
pub(crate) fn check_shape<T>(value: &T, json: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
}
