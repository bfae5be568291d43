//! What a session, a bell, a week and a total are.
//!
//! Pure: no I/O, no clock, no randomness of its own. Time, time zone, ids and random draws come
//! in as values, so that a forty-minute sit is tested in microseconds and every device and the
//! server derive the same numbers.

pub mod apply;
pub mod bells;
pub mod calendar;
pub mod digest;
pub mod event;
pub mod ids;
pub mod length;
pub mod offer;
pub mod op;
pub mod plan;
pub mod recovery;
pub mod session;
pub mod settings;
pub mod share;
#[cfg(test)]
mod testing;
pub mod timer;
pub mod totals;
pub mod units;

pub use bells::{Bell, BellKind, IntervalBells, Sound, Volume};
pub use event::SessionEvent;
pub use ids::{DeviceId, OpId, PartnershipId, PersonId, SessionId, ShareId, TogetherId};
pub use length::PlannedLength;
pub use plan::{AtEnd, Plan, PlanChoice};
pub use session::{Completion, Session, SessionStart, Sharing, Source, State};
pub use settings::Settings;
pub use units::{Seconds, UnixMillis};
