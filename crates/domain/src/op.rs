//! An op: one change that a device will send to the server, exactly once in effect.
//!
//! Written in the same transaction as the change itself (invariant I4), stored as bytes, later
//! sent and hashed verbatim. Where a server has lost a session, the same ops are made from the
//! session again ([`crate::offer`]). Every op carries its session's immutable part, and a completion
//! its events, so that no child comes before its parent (invariant I6). What is unknown anywhere in
//! an op is refused: a field more is a new version ([`version_of`]).

use serde::{Deserialize, Serialize};

use crate::event::SessionEvent;
use crate::ids::OpId;
use crate::plan::Plan;
use crate::session::{Completion, SessionStart, Sharing, Stamp, Words};
use crate::units::Seconds;

/// The version of the op format: of every op but those about a session that replaces another.
pub const OP_VERSION: u32 = 1;

/// The version of an op about a session that replaces another.
pub const OP_VERSION_REPLACING: u32 = 2;

/// The version that an op about such a session is written in: the oldest that can say it. So a
/// server that knows only the first one refuses nothing but what it could not keep, by
/// [`crate::apply::Rejection::UnknownVersion`], and the op stays on the device, in sight.
pub const fn version_of(session: &SessionStart) -> u32 {
    match session.replaces {
        None => OP_VERSION,
        Some(_) => OP_VERSION_REPLACING,
    }
}

/// One change of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// Format version, by [`version_of`].
    pub v: u32,
    /// This op; the same through all retries.
    pub op_id: OpId,
    /// When and by which device it was made.
    pub stamp: Stamp,
    /// The immutable part of the session it changes.
    pub session: SessionStart,
    /// What changes.
    pub change: Change,
}

/// What an op does to its session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The session began.
    Start {
        /// The frozen plan, for own devices only.
        plan: Option<Plan>,
    },
    /// The session was completed.
    Complete {
        /// What completion sets.
        completion: Completion,
        /// What happened in the sit, in order, the completion included.
        events: Vec<SessionEvent>,
    },
    /// The session began and was completed: both in one op, where no server was ever offered
    /// the start by itself.
    Sat {
        /// The frozen plan, for own devices only.
        plan: Option<Plan>,
        /// What completion sets.
        completion: Completion,
        /// What happened in the sit, in order, the completion included.
        events: Vec<SessionEvent>,
    },
    /// Note, mood and label, as one group.
    Words {
        /// The new words.
        words: Words,
    },
    /// Corrected credited seconds, 1 to 86,400.
    Credited {
        /// The new credited seconds.
        credited_s: Seconds,
    },
    /// What partners may see.
    Sharing {
        /// The new sharing.
        sharing: Sharing,
    },
    /// Deleted or restored.
    Deleted {
        /// Whether the session is deleted now.
        deleted: bool,
    },
}

impl Op {
    /// The bytes that are stored, sent and hashed.
    ///
    /// # Errors
    /// Only if the op could not be written as JSON, which its types rule out.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads an op back.
    ///
    /// # Errors
    /// Where the bytes are not an op of a known shape.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

#[cfg(test)]
mod tests;
