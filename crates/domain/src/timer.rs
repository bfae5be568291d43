//! The sit timer (placeholder signatures; being written).

use serde::{Deserialize, Serialize};

use crate::units::UnixMillis;

/// One moment, read from three clocks at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Milliseconds on a clock that counts on while the machine sleeps (`CLOCK_BOOTTIME`).
    pub boot_ms: u64,
    /// Milliseconds on a clock that stops while the machine sleeps (`CLOCK_MONOTONIC`).
    pub awake_ms: u64,
    /// Wall clock.
    pub wall_ms: UnixMillis,
}

/// Where a sit was when it was last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressPhase {
    /// In the preparation; `elapsed_ms` is 0.
    Preparing,
    /// Sitting (or in overtime, where `elapsed_ms` is beyond the plan).
    Sitting,
    /// Paused.
    Paused,
    /// End had been pressed and could still be undone; `elapsed_ms` is what End credited.
    Ending,
    /// The planned end was passed asleep and the person is being asked.
    Asking,
}

/// How far a sit had come at one moment: enough to go on from after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where it was.
    pub phase: ProgressPhase,
    /// Milliseconds until the start, in the preparation, else 0.
    pub preparation_left_ms: u64,
    /// Milliseconds sat: without pauses, with sleep.
    pub elapsed_ms: u64,
    /// Milliseconds paused.
    pub paused_ms: u64,
    /// Milliseconds the machine slept while sitting.
    pub asleep_ms: u64,
}

/// The answer to a question at the end of a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum SleepChoice {
    /// Credit all: the planned length, and the overtime where there is some.
    Keep,
    /// Without the sleep, or without the overtime.
    Trim,
    /// Complete and delete, with undo.
    Discard,
}
