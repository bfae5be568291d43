//! What was promised: all that a device's store has said is written.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::{Completion, SessionId, SessionStart};

/// What devices have committed, by what their stores returned.
#[derive(Debug, Default)]
pub struct Promised {
    /// Every session that was begun: by which device, and how.
    pub begun: BTreeMap<SessionId, (usize, SessionStart)>,
    /// Every completion.
    pub completed: BTreeMap<SessionId, Completion>,
    /// Every session that a person has deleted, whatever was done with it later.
    pub deleted: BTreeSet<SessionId>,
    /// Every note.
    pub notes: Vec<(SessionId, String)>,
}
