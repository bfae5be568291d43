//! What happened to one sit, from its start to the server's answer.

use mitta_domain::UnixMillis;
use mitta_domain::event::EventKind;
use serde::{Deserialize, Serialize};

use super::views::SessionView;

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

/// The part of a sit that a change is about. Each is sent, answered and refused by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ChangedPart {
    /// That it began.
    Start,
    /// How it was completed.
    Completion,
    /// Note, mood and label.
    Words,
    /// A corrected length.
    Credited,
    /// What partners may see.
    Sharing,
    /// That it was deleted or restored.
    Deleted,
    /// Something that this version cannot read.
    Unknown,
}

/// Where a change is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// In the outbox: for an account, or for the next sync.
    Waiting,
    /// A server has answered it, and has it. Nothing leaves the outbox without that.
    Answered,
    /// A server refused it; it is kept and shown.
    Refused,
}

/// Where a sit or a change of it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Whence {
    /// On this computer.
    Here,
    /// On another device.
    Elsewhere,
    /// In a file of another app.
    File,
}

shape!(
    /// One change of a sit.
    StoryChange {
        /// What it is about.
        part: ChangedPart,
        /// Where it is.
        state: ChangeState,
        /// When it was made, by the clock of its device; `null` where only the answer is known.
        made_at_ms: Option<UnixMillis>,
        /// Where it was made.
        whence: Whence,
        /// How often it was offered, while it waits.
        attempts: u32,
        /// Not offered again before this moment.
        next_attempt_at_ms: Option<UnixMillis>,
        /// Why it was refused: the server's stable code.
        code: Option<String>,
        /// When the refusal came.
        refused_at_ms: Option<UnixMillis>,
    }
);
shape!(
    /// Something that happened within a sit.
    StoryEvent {
        /// Its place, from 1.
        event_seq: u32,
        /// What.
        kind: EventKind,
        /// When, on the wall clock.
        at_ms: UnixMillis,
        /// Milliseconds sat by then; `null` where the timer had no part in it.
        elapsed_ms: Option<u64>,
    }
);
shape!(
    /// What happened to one sit.
    SessionStory {
        /// The sit as it is now.
        sit: SessionView,
        /// Where it was begun.
        whence: Whence,
        /// The name of the file from which it was imported on this computer.
        imported_from: Option<String>,
        /// The time zone of its start.
        tz: String,
        /// What happened in it, in order.
        events: Vec<StoryEvent>,
        /// What became of its changes, in the order in which they were made.
        changes: Vec<StoryChange>,
        /// Earlier values that lost against later ones and are kept.
        lost: u32,
        /// Whether there is an account to send it to.
        has_account: bool,
        /// Whether it is to be offered once more, since the server may have lost it.
        is_to_be_offered: bool,
        /// When all was last in step with the server.
        in_step_ms: Option<UnixMillis>,
    }
);
