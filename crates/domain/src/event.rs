//! What can happen within a session. Events are state changes, not single strikes.

use serde::{Deserialize, Serialize};

use crate::units::UnixMillis;

/// The most events that an op may carry. A device that has more sends the first ones and the last.
pub const MAX_EVENTS: usize = 5_000;

/// Something that happened within a session, as devices and server keep and send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionEvent {
    /// Its place among the session's events, from 1, ascending.
    pub event_seq: u32,
    /// What happened.
    pub kind: EventKind,
    /// When, on the wall clock.
    pub at_ms: UnixMillis,
    /// Milliseconds sat by then; `None` where the timer had no part in it (edits, completion).
    pub elapsed_ms: Option<u64>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Begin: the row was written; the preparation runs.
    Started,
    /// The preparation was cut short.
    BeganNow,
    /// Paused.
    Paused,
    /// Resumed.
    Resumed,
    /// The machine went to sleep.
    Slept,
    /// The machine woke.
    Woke,
    /// The planned length was reached.
    ReachedEnd,
    /// End was pressed; it can still be undone.
    EndRequested,
    /// End was undone.
    EndUndone,
    /// Taken up again after a crash or a restart.
    Recovered,
    /// Completed.
    Completed,
    /// Completed and deleted.
    Discarded,
    /// Words, credited seconds or the deletion changed afterwards.
    Edited,
}

impl EventKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 13] = [
        Self::Started,
        Self::BeganNow,
        Self::Paused,
        Self::Resumed,
        Self::Slept,
        Self::Woke,
        Self::ReachedEnd,
        Self::EndRequested,
        Self::EndUndone,
        Self::Recovered,
        Self::Completed,
        Self::Discarded,
        Self::Edited,
    ];

    /// The stable name, as stored and sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::BeganNow => "began_now",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Slept => "slept",
            Self::Woke => "woke",
            Self::ReachedEnd => "reached_end",
            Self::EndRequested => "end_requested",
            Self::EndUndone => "end_undone",
            Self::Recovered => "recovered",
            Self::Completed => "completed",
            Self::Discarded => "discarded",
            Self::Edited => "edited",
        }
    }

    /// The kind of a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
