//! What was changed of a sit since it was recorded.

use mitta_domain::session::{Sharing, Words};
use mitta_domain::{DeviceId, Seconds, UnixMillis};
use serde::{Deserialize, Serialize};

/// When a sit was, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SitDate {
    /// Start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// The civil date, `YYYY-MM-DD`.
    pub local_date: String,
}

/// One change: what it says now, and what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the pair of the value now and before")]
pub enum Changed {
    /// Note, mood or label.
    Words { now: Words, before: Words },
    /// How long it counts.
    Credited { now: Seconds, before: Seconds },
    /// What partners may see.
    Sharing { now: Sharing, before: Sharing },
    /// Deleted or restored.
    Deleted { now: bool },
    /// When it was.
    Date { now: SitDate, before: SitDate },
    /// Another device had it end otherwise; that did not count.
    OtherEnd { credited_s: Seconds },
}

/// A change, when and on which device it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChangeView {
    /// On the wall clock of that device.
    pub at_ms: UnixMillis,
    /// That device.
    pub device_id: DeviceId,
    /// Whether it is this one.
    pub is_here: bool,
    /// What was changed.
    pub change: Changed,
}

/// The changes of a sit, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionChanges {
    /// Also those of the sessions that stood for the same sit before its date was corrected.
    pub changes: Vec<ChangeView>,
}
