//! What can happen within a session. Events are state changes, not single strikes.

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
