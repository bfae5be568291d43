//! What a session, a bell, a week and a total are.
//!
//! Pure: no I/O, no clock, no randomness of its own. Time, time zone, ids and random draws come
//! in as values, so that a forty-minute sit is tested in microseconds and every device and the
//! server derive the same numbers.

pub mod apply;
pub mod bells;
pub mod calendar;
pub mod corrected;
pub mod digest;
pub mod event;
pub mod ids;
pub mod length;
pub mod offer;
pub mod op;
pub mod past;
pub mod plan;
pub mod preset;
pub mod recovery;
pub mod reminder;
pub mod session;
pub mod settings;
pub mod share;
pub mod shortcut;
pub mod stats;
#[cfg(test)]
mod testing;
pub mod timer;
pub mod together;
pub mod totals;
pub mod units;

pub use bells::{Bell, BellKind, IntervalBells, Sound, Volume};
pub use event::SessionEvent;
pub use ids::{
    DeviceId, OpId, PartnershipId, PersonId, PresetId, ReminderId, SessionId, ShareId, TogetherId,
};
pub use length::PlannedLength;
pub use plan::{AtEnd, Plan, PlanChoice};
pub use preset::{Preset, PresetName, Presets};
pub use session::{Completion, Session, SessionStart, Sharing, Source, State};
pub use settings::Settings;
pub use shortcut::{Shortcut, ShortcutDoes, ShortcutKeys};
pub use together::{Seat, TogetherBells};
pub use units::{Seconds, UnixMillis};
