//! Corrected sits: of all rows that stand for each other by `replaces` one counts, or none if a person
//! has deleted the sit.
//!
//! Judged by what persons did and by what the rows say, never by the rule that the product settles by.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::session::Stamp;
use mitta_domain::{Session, SessionId, State};

use super::{Broken, World};

impl World {
    /// After healing: each sit counts once, by what was said of it last.
    pub(super) fn check_corrected(&mut self) -> Result<(), Broken> {
        let tables = self.host.memory.tables.clone();
        for person in self.persons.clone() {
            for sit in sits(tables.sessions_of(person)) {
                self.check_sit(&sit)?;
            }
        }
        Ok(())
    }

    fn check_sit(&mut self, sit: &[&Session]) -> Result<(), Broken> {
        let counting: Vec<_> = sit.iter().filter(|row| counts(row)).collect();
        let last = sit.iter().map(|row| row.deleted_stamp).max();
        let last = last.unwrap_or(Stamp::UNWRITTEN);
        let said_last = sit.iter().filter(|row| row.deleted_stamp == last);
        let holds = match counting[..] {
            [row] => !sit
                .iter()
                .any(|other| is_later(other.deleted_stamp, row.deleted_stamp)),
            [] => said_last
                .clone()
                .any(|row| self.promised.deleted.contains(&row.start.session_id)),
            _ => false,
        };
        if !holds {
            let rows = sit.iter().map(|row| {
                let what = self.name(row.start.session_id);
                let counts = counts(row);
                format!("{what}: counts {counts}, by {:?}", row.deleted_stamp)
            });
            let rows: Vec<_> = rows.collect();
            return Err(Broken::new(
                "a corrected sit counts once, by what was said of it last (I3)",
                rows.join("\n  "),
            ));
        }
        self.counts.corrected += 1;
        self.counts.settled += said_last.count() - 1;
        Ok(())
    }

    /// As soon as something was said at a device of a sit, one of its rows counts there at most.
    pub(super) fn counts_once_here(
        &mut self,
        device: usize,
        session_id: SessionId,
    ) -> Result<(), Broken> {
        let look = self.look_at(device)?;
        for sit in sits(look.sessions.values()) {
            let is_it = sit.iter().any(|row| row.start.session_id == session_id);
            let counting = sit.iter().filter(|row| counts(row)).count();
            if is_it && counting > 1 {
                let what = format!("{counting} rows count: {}", self.name(session_id));
                return Err(Broken::new("a sit of which something was said here", what));
            }
        }
        Ok(())
    }
}

/// What a device said earlier is not later, whatever its clock was set back to.
fn is_later(a: Stamp, b: Stamp) -> bool {
    a > b && (a.device_id != b.device_id || a.device_seq > b.device_seq)
}

pub(super) fn counts(row: &Session) -> bool {
    row.state() == State::Completed && !row.deleted
}

/// Those of more than one row.
fn sits<'a>(rows: impl Iterator<Item = &'a Session>) -> Vec<Vec<&'a Session>> {
    let mut sits = families(rows);
    sits.retain(|sit| sit.len() > 1);
    sits
}

/// The rows of each sit.
pub(super) fn families<'a>(rows: impl Iterator<Item = &'a Session>) -> Vec<Vec<&'a Session>> {
    let rows: BTreeMap<_, _> = rows.map(|row| (row.start.session_id, row)).collect();
    let mut of: BTreeMap<SessionId, BTreeSet<SessionId>> = BTreeMap::new();
    for row in rows.values() {
        let mut root = row.start.session_id;
        while let Some(older) = rows.get(&root).and_then(|row| row.start.replaces) {
            root = older;
        }
        of.entry(root).or_default().insert(row.start.session_id);
    }
    of.into_values()
        .map(|sit| sit.iter().filter_map(|id| rows.get(id).copied()).collect())
        .collect()
}
