//! An import is taken back and brought back, sit by sit; what was there before it counts again.

use std::collections::BTreeSet;

use mitta_domain::SessionId;
use mitta_domain::corrected::{self, Version};
use rusqlite::Transaction;

use super::super::Stamped;
use super::super::counting::say_of_sit;
use crate::error::WriteError;
use crate::tables::imports::{self, Brought};
use crate::tables::versions;

/// Keeps that a row came in the place of one that counted; where it is known already to have come in the place
/// of another of its own import, that this one did. Where what counted had been taken back with its import, a
/// person has restored it since: it is none of that import any more.
pub(super) fn put_instead_of(
    tx: &Transaction<'_>,
    sit: &[Version],
    session_id: SessionId,
    counted: SessionId,
) -> Result<(), WriteError> {
    let mut later = BTreeSet::from([session_id]);
    while let Some(it) = imports::brought_with(tx, sit, counted, &later)? {
        later.insert(it.session_id);
        if !it.is_undone && !is_undone(tx, it.import_seq)? {
            break;
        }
        imports::let_go(tx, it.session_id)?;
    }
    let Some(brought) = imports::brought_with(tx, sit, session_id, &BTreeSet::new())? else {
        return Ok(());
    };
    let mut first = brought;
    while let Some(row) = first.instead_of {
        match imports::brought_with(tx, sit, row, &later)? {
            Some(it) if it.import_seq == brought.import_seq && later.insert(it.session_id) => {
                first = it;
            }
            Some(_) | None => return Ok(()),
        }
    }
    imports::put_instead_of(tx, first.session_id, counted)
}

/// Deletes a sit with its import: it, or what a corrected date has put in its place. What counted before it
/// came counts again.
pub(super) fn take_back(
    tx: &Transaction<'_>,
    session_id: SessionId,
    at: &impl Fn() -> Stamped,
) -> Result<(), WriteError> {
    let sit = versions::of(tx, [session_id])?;
    let Some((counting, brought)) = imports::counting_with(tx, &sit, session_id)? else {
        return Ok(());
    };
    say_of_sit(tx, counting, true, at())?;
    imports::mark(tx, session_id, counting)?;
    let before = before_it(tx, &sit, &brought)?;
    for (session_id, counted) in before.gone {
        imports::mark(tx, session_id, counted)?;
    }
    match before.row {
        Some(row) => say_of_sit(tx, row, false, at()).map(drop),
        None => Ok(()),
    }
}

/// What was there before an import brought something to a sit.
#[derive(Default)]
struct Before {
    /// The row that counted, and that stands.
    row: Option<SessionId>,
    /// What others brought, with the row that counted then, of which the import was taken back while this
    /// one stood for it.
    gone: Vec<(SessionId, SessionId)>,
}

fn before_it(
    tx: &Transaction<'_>,
    sit: &[Version],
    brought: &Brought,
) -> Result<Before, WriteError> {
    let mut found = Before::default();
    let mut later = BTreeSet::from([brought.session_id]);
    let (mut seen, mut before) = (later.clone(), brought.instead_of);
    while let Some(row) = before.filter(|row| seen.insert(*row)) {
        let with = imports::brought_with(tx, sit, row, &later)?;
        later.extend(with.map(|it| it.session_id));
        match with {
            Some(it) if it.import_seq == brought.import_seq || it.is_undone => {}
            Some(it) if is_undone(tx, it.import_seq)? => found.gone.push((it.session_id, row)),
            Some(_) | None => {
                found.row = Some(row);
                break;
            }
        }
        before = with.and_then(|it| it.instead_of);
    }
    Ok(found)
}

/// Restores a sit that was deleted with its import, with the date that it had then.
pub(super) fn bring_back(
    tx: &Transaction<'_>,
    import_seq: i64,
    session_id: SessionId,
    at: Stamped,
) -> Result<(), WriteError> {
    let sit = versions::of(tx, [session_id])?;
    let counting = sit.iter().find(|version| version.counts());
    let counting = counting.map(|version| version.session_id);
    let brought = imports::brought(tx, session_id)?;
    let before = match &brought {
        Some(brought) => before_it(tx, &sit, brought)?.row,
        None => None,
    };
    let taken = brought.and_then(|it| it.taken).unwrap_or(session_id);
    if let Some(other) = counting {
        let is_it = other == session_id || corrected::stands_for(&sit, other, session_id);
        if is_it && before != Some(other) {
            // A person has restored it, or put another in its place meanwhile: that one stays.
            imports::stands_again(tx, session_id)?;
            return imports::put_instead_of(tx, other, taken);
        }
    }
    imports::put(tx, import_seq, session_id)?;
    if let Some(other) = counting {
        put_instead_of(tx, &sit, session_id, other)?;
    }
    say_of_sit(tx, taken, false, at).map(drop)
}

fn is_undone(tx: &Transaction<'_>, import_seq: i64) -> Result<bool, WriteError> {
    Ok(imports::find(tx, import_seq)?.is_some_and(|row| row.undone_at_ms.is_some()))
}
