//! Which row of a corrected sit counts.
//!
//! A corrected date is a new session that `replaces` another, so one sit may have many rows, and devices
//! that do not know of each other may each let another one count. Must hold: the deletion groups of all
//! these rows are one register. Whatever was said last of any of them, by [`Stamp`], is said of the sit: a
//! row that was made or restored last is the one that counts, and after a deletion none does. Nothing is
//! decided by what came first to a device, so all that hold the same rows decide the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::SessionId;
use crate::offer;
use crate::op::{Change, Op};
use crate::session::{Session, SessionStart, Stamp};

/// What has to be known of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The row.
    pub session_id: SessionId,
    /// In whose place it stands.
    pub replaces: Option<SessionId>,
    /// Whether it is completed.
    pub is_completed: bool,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Who said so last.
    pub deleted_stamp: Stamp,
}

impl Version {
    /// Whether it counts toward totals.
    pub const fn counts(&self) -> bool {
        self.is_completed && !self.deleted
    }
}

impl From<&Session> for Version {
    fn from(session: &Session) -> Self {
        Self {
            session_id: session.start.session_id,
            replaces: session.start.replaces,
            is_completed: session.completion.is_some(),
            deleted: session.deleted,
            deleted_stamp: session.deleted_stamp,
        }
    }
}

/// What is to be done with the rows of one sit, so that it counts once at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The word that stands, and the stamp with which `losers` are deleted: so none of them takes more
    /// from what somebody says of it elsewhere than that word itself does.
    pub stamp: Stamp,
    /// Rows that count and shall not.
    pub losers: Vec<SessionId>,
}

/// Parts `versions` into sits: rows that stand for each other, at any remove.
pub fn sits(versions: Vec<Version>) -> Vec<Vec<Version>> {
    let parents = parents(&versions);
    let mut of_roots: BTreeMap<SessionId, Vec<Version>> = BTreeMap::new();
    for version in versions {
        let line = line_of(&parents, version.session_id);
        let root = line.last().copied().unwrap_or(version.session_id);
        of_roots.entry(root).or_default().push(version);
    }
    of_roots.into_values().collect()
}

/// The row and all in whose place it stands, known or not. Of a circle, which a broken server could
/// send, each of its rows once.
fn line_of(parents: &BTreeMap<SessionId, SessionId>, session_id: SessionId) -> Vec<SessionId> {
    let mut line = vec![session_id];
    let mut seen = BTreeSet::from([session_id]);
    let mut at = session_id;
    while let Some(parent) = parents.get(&at).copied().filter(|id| seen.insert(*id)) {
        line.push(parent);
        at = parent;
    }
    line
}

fn parents(versions: &[Version]) -> BTreeMap<SessionId, SessionId> {
    let replacing = versions.iter();
    replacing
        .filter_map(|v| Some((v.session_id, v.replaces?)))
        .collect()
}

/// The row and all in whose place it stands, the nearest first, known or not.
pub fn line(sit: &[Version], session_id: SessionId) -> Vec<SessionId> {
    line_of(&parents(sit), session_id)
}

/// Whether a row was put in the place of the other, at any remove. In a circle none was.
pub fn stands_for(sit: &[Version], row: SessionId, other: SessionId) -> bool {
    line(sit, row).contains(&other) && !line(sit, other).contains(&row)
}

/// The row of one sit of which something was said last, with the stamp of that; `None` where none is
/// completed.
///
/// A correction of which nobody has said anything yet counts as said with the word of what it replaces,
/// and before that: its own is on its way, or it is as old as the first versions of Mitta.
pub fn last(sit: &[Version]) -> Option<(Stamp, Version)> {
    let sit = &in_their_order(sit)[..];
    let rows: BTreeMap<_, _> = sit.iter().map(|v| (v.session_id, v)).collect();
    let parents = parents(sit);
    let word = |version: &Version| {
        let line = line_of(&parents, version.session_id);
        let mut stamps = line
            .iter()
            .filter_map(|id| Some(rows.get(id)?.deleted_stamp));
        let said = stamps.find(|stamp| *stamp != Stamp::UNWRITTEN);
        let said = said.unwrap_or(Stamp::UNWRITTEN);
        (said, version.counts(), line.len(), version.session_id)
    };
    let completed = sit.iter().filter(|version| version.is_completed);
    let words = completed.map(|version| (word(version), *version));
    let ((stamp, ..), version) = words.max_by_key(|(word, _)| *word)?;
    Some((stamp, version))
}

/// The rows with the words of each device in the order in which it said them. A server sets a clock that is
/// ahead back by when an op comes to it, so a deletion that comes over after what was put in the place of the
/// row (from a file, say) looks later than that, and nothing would count. Against the words of other devices
/// such a clock still counts as later than it was.
fn in_their_order(sit: &[Version]) -> Vec<Version> {
    let not_before = |stamp: Stamp| {
        let said = sit.iter().map(|version| version.deleted_stamp);
        let earlier =
            said.filter(|it| it.device_id == stamp.device_id && it.device_seq <= stamp.device_seq);
        let hlc_ms = earlier.map(|it| it.hlc_ms).max().unwrap_or(stamp.hlc_ms);
        Stamp { hlc_ms, ..stamp }
    };
    let in_order = |version: &Version| Version {
        deleted_stamp: not_before(version.deleted_stamp),
        ..*version
    };
    sit.iter().map(in_order).collect()
}

/// What is to be done with the rows of one sit; `None` where nothing is.
pub fn settle(sit: &[Version]) -> Option<Settlement> {
    let (stamp, last) = last(sit)?;
    let sit = in_their_order(sit);
    let is_loser = |version: &&Version| {
        version.counts() && version.session_id != last.session_id && version.deleted_stamp < stamp
    };
    let losers: Vec<_> = sit.iter().filter(is_loser).map(|v| v.session_id).collect();
    (!losers.is_empty()).then_some(Settlement { stamp, losers })
}

/// The deletion of a row that lost: on every device the same op, so that many of them are one.
///
/// # Errors
/// Only if an op could not be written as JSON, which its types rule out.
pub fn deletion(loser: &SessionStart, stamp: Stamp) -> Result<Op, serde_json::Error> {
    offer::op_of(loser, Change::Deleted { deleted: true }, stamp)
}

#[cfg(test)]
mod tests;
