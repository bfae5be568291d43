//! What to do with a `running` row that is found at launch.

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::session::{Completion, SessionStart};
use crate::timer::{Now, Progress};
use crate::units::{Seconds, UnixMillis};

/// What the store knows of an unfinished sit: its row and its last heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The immutable part of the row.
    pub start: SessionStart,
    /// Its frozen plan.
    pub plan: Plan,
    /// When it was last seen alive; `None` if it died before the first heartbeat.
    pub last_seen: Option<Heartbeat>,
}

/// "Last seen": written at Begin, every 15 s and at every change. Neither event nor op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Wall clock.
    pub wall_ms: UnixMillis,
    /// Suspend-aware clock of that boot.
    pub boot_ms: u64,
    /// Which boot (`/proc/sys/kernel/random/boot_id` on Linux).
    pub boot_id: String,
    /// How far the sit had come.
    pub progress: Progress,
}

/// What recovery decides for one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// It goes on by itself (or comes back paused) from this progress.
    Resume(Progress),
    /// Write this completion: it was within 15 s of its planned end, or End had been pressed.
    Complete(Completion),
    /// It ended in the preparation: discard with 0 credited seconds.
    DiscardUnstarted(Completion),
    /// Ask the person.
    Ask(Question),
}

/// The choices a person has for an unfinished sit, with what each would credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Question {
    /// *Keep as planned* would credit this; `None` for an open-ended sit.
    pub as_planned: Option<Completion>,
    /// *Keep until last seen* would credit this.
    pub until_last_seen: Completion,
}

/// A person's answer to [`Recovery::Ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum RecoveryChoice {
    /// Credit the planned length.
    KeepAsPlanned,
    /// Credit what had been sat when it was last seen.
    KeepUntilLastSeen,
    /// Complete and delete, with undo.
    Discard,
}

/// Decides, by the rules of the crash paragraph (ARCHITECTURE.md, “A crash”).
///
/// `now` and `boot_id` are those of the launch that recovers. Same boot id: elapsed by the
/// suspend-aware clock, else by the wall clock, never below the last seen elapsed.
pub fn decide(_unfinished: &Unfinished, _now: Now, _boot_id: &str) -> Recovery {
    let _ = Seconds(0);
    unimplemented!("helper")
}
