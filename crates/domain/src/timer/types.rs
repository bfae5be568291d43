//! What goes into the sit timer and what comes out of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bells::BellKind;
use crate::event::EventKind;
use crate::session::Completion;
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SleepChoice {
    /// Credit all: the planned length, and the overtime where there is some.
    Keep,
    /// Without the sleep, or without the overtime.
    Trim,
    /// Complete and delete, with undo.
    Discard,
}

/// What a person or the clock gives the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// Time has passed.
    Tick,
    /// End the preparation.
    BeginNow,
    /// Pause.
    Pause,
    /// Go on.
    Resume,
    /// End early; in the preparation, discard; in overtime, ask.
    End,
    /// Take End back.
    UndoEnd,
    /// Complete an ending sit without waiting for the undo to pass.
    Finish,
    /// Complete and delete.
    Discard,
    /// Answer a question.
    Choose(SleepChoice),
}

/// As a terminal calls it: `Begin now`.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tick => "A tick",
            Self::BeginNow => "Begin now",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::End => "End",
            Self::UndoEnd => "Undo",
            Self::Finish => "Done",
            Self::Discard => "Discard",
            Self::Choose(_) => "An answer",
        })
    }
}

/// What is asked at the end of a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// The machine slept: keep, trim the sleep, or discard?
    Slept,
    /// Keep the overtime?
    KeepOvertime,
}

/// Where a sit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Settling.
    Preparing,
    /// Sitting.
    Sitting,
    /// Paused.
    Paused,
    /// Past the planned length, counting silently.
    Overtime,
    /// End was pressed and can be undone.
    Ending,
    /// The person is asked.
    Asking(Question),
    /// Over.
    Over {
        /// Whether it was discarded.
        discarded: bool,
    },
}

/// When something is or is not possible: `in a pause`.
impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preparing => "in the preparation",
            Self::Sitting => "while sitting",
            Self::Paused => "in a pause",
            Self::Overtime => "beyond the planned end",
            Self::Ending => "while End can be taken back",
            Self::Asking(_) => "while a question waits for its answer",
            Self::Over { discarded: false } => "after the sit has ended",
            Self::Over { discarded: true } => "after the sit was discarded",
        })
    }
}

/// A command that makes no sense in the present phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct WrongState {
    /// The command.
    pub input: Input,
    /// The phase.
    pub phase: Phase,
    /// Whether it is refused because the sit starts and ends together with others.
    pub is_together: bool,
}

impl fmt::Display for WrongState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, phase, .. } = self;
        if self.is_together {
            let why = "it starts and ends for all at the same time";
            write!(f, "{input} is not possible in a sitting together: {why}")?;
        } else {
            write!(f, "{input} is not possible {phase}")?;
        }
        f.write_str("; nothing was changed")
    }
}

/// One sounding of a bell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// Which bell.
    pub kind: BellKind,
    /// Which of its strikes, from 0.
    pub index: u8,
    /// When it is due, on the suspend-aware clock.
    pub due_boot_ms: u64,
}

/// What the store is to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Something happened within the session.
    Event {
        /// What.
        kind: EventKind,
        /// When, on the wall clock.
        at_ms: UnixMillis,
        /// Milliseconds sat by then.
        elapsed_ms: u64,
    },
    /// The session is completed.
    Complete(Completion),
    /// The session is completed and deleted, in one transaction.
    Discard(Completion),
}

/// What the shell is to carry out, in this order but strikes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Strike a bell.
    Strike(Strike),
    /// Write this down.
    Record(Record),
    /// The planned end was reached: tell a person who does not look at the window.
    EndReached,
    /// What a window shows has changed.
    Changed,
}

/// A sit as it stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerView {
    /// Where it is.
    pub phase: Phase,
    /// Milliseconds until the start, in the preparation, else 0.
    pub preparation_left_ms: u64,
    /// Milliseconds sat: without pauses, with sleep.
    pub elapsed_ms: u64,
    /// Milliseconds the machine slept while sitting.
    pub asleep_ms: u64,
    /// Milliseconds until the undo of End is over, else 0.
    pub undo_left_ms: u64,
    /// Wall clock at which it ends if nothing is pressed; `None` where that is open.
    pub ends_at_ms: Option<UnixMillis>,
    /// What is or would be recorded.
    pub completion: Option<Completion>,
}
