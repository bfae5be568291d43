//! Sits from files: taken over batch by batch, and taken back as a whole.
//!
//! Must hold: a sit, its ops and that it came with this import are one transaction (I4); the same
//! row again changes nothing (I3); a killed import or undo goes on where it was; and each call
//! writes one bounded batch, so that a sit beside it never waits long (I9).

use mitta_domain::offer::Whole;
use mitta_domain::{OpId, SessionId, UnixMillis};
use rusqlite::Transaction;

use super::counting::say_of_sit;
use super::record::known;
use super::{Stamped, Writer, this_device};
use crate::error::WriteError;
use crate::reader::transfer::{Presence, presence};
use crate::tables::imports::{ImportRow, NewImport};
use crate::tables::{device, events, imports, in_place, outbox, sessions};

/// What became of a sit that was offered from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is in the history now.
    New,
    /// It is in the history now, in the place of a sit whose date it corrects.
    Corrects,
    /// It had been taken back with an import, and is there again.
    Again,
    /// It was there, or what a corrected date has put in its place.
    Known,
    /// It was there and a person has deleted it: it stays deleted.
    Deleted,
}

/// How far taking back, or bringing back, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportStep {
    /// Sits that this step changed.
    pub changed: u64,
    /// Whether all is done.
    pub is_done: bool,
}

impl Writer {
    /// Begins an import and gives its number. One of the same content in the same reading that was
    /// cut short goes on instead.
    ///
    /// # Errors
    /// What the disk says.
    pub fn begin_import(&mut self, new: &NewImport) -> Result<i64, WriteError> {
        self.transaction(|tx| {
            let cut_short = imports::standing(tx, &new.content_sha256)?
                .filter(|row| row.finished_at_ms.is_none() && row.reading == new.reading);
            match cut_short {
                Some(row) => Ok(row.import_seq),
                None => imports::insert(tx, new),
            }
        })
    }

    /// Takes sits over: rows, events, ops. Answers for each, in order.
    ///
    /// # Errors
    /// What the disk says; nothing of the batch was kept then.
    pub fn import(
        &mut self,
        import_seq: i64,
        sits: &[Whole],
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<Vec<Imported>, WriteError> {
        self.transaction(|tx| {
            let at = || Stamped {
                wall_ms,
                op_id: op_id(),
            };
            let take = |whole| take(tx, import_seq, whole, &at);
            sits.iter().map(take).collect()
        })
    }

    /// Ends an import; of one that brought nothing, nothing is kept.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish_import(
        &mut self,
        import_seq: i64,
        wall_ms: UnixMillis,
    ) -> Result<Option<ImportRow>, WriteError> {
        self.transaction(|tx| {
            let row = imports::find(tx, import_seq)?;
            if row.is_some_and(|row| row.sits == 0) {
                imports::remove(tx, import_seq)?;
                return Ok(None);
            }
            imports::finish(tx, import_seq, wall_ms)?;
            Ok(imports::find(tx, import_seq)?)
        })
    }

    /// Deletes at most `limit` sits that an import brought, as a person would, and remembers which:
    /// those that a person has deleted stay so when it is brought back.
    ///
    /// # Errors
    /// What the disk says; nothing of the step was kept then.
    pub fn undo_import(
        &mut self,
        import_seq: i64,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.step(import_seq, true, limit, wall_ms, &op_id)
    }

    /// Brings at most `limit` sits back that were deleted with their import.
    ///
    /// # Errors
    /// What the disk says; nothing of the step was kept then.
    pub fn redo_import(
        &mut self,
        import_seq: i64,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.step(import_seq, false, limit, wall_ms, &op_id)
    }

    fn step(
        &mut self,
        import_seq: i64,
        undo: bool,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: &impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.transaction(|tx| {
            let at = || Stamped {
                wall_ms,
                op_id: op_id(),
            };
            let ids = if undo {
                imports::next_to_undo(tx, import_seq, limit)?
            } else {
                imports::next_to_redo(tx, import_seq, limit)?
            };
            for session_id in &ids {
                if undo {
                    take_back(tx, import_seq, *session_id, &at)?;
                } else {
                    bring_back(tx, *session_id, &at)?;
                    imports::mark(tx, *session_id, false)?;
                }
            }
            let is_done = ids.len() < limit as usize;
            if is_done {
                imports::set_undone(tx, import_seq, undo.then_some(wall_ms))?;
            }
            Ok(ImportStep {
                changed: ids.len() as u64,
                is_done,
            })
        })
    }
}

fn take(
    tx: &Transaction<'_>,
    import_seq: i64,
    whole: &Whole,
    at: &impl Fn() -> Stamped,
) -> Result<Imported, WriteError> {
    let session = whole.session();
    let session_id = session.start.session_id;
    let presence = presence(tx, session)?;
    match presence {
        Presence::There => return Ok(Imported::Known),
        Presence::Deleted => return Ok(Imported::Deleted),
        Presence::TakenBack => {
            bring_back(tx, session_id, at)?;
            imports::put(tx, import_seq, session_id)?;
            return Ok(Imported::Again);
        }
        Presence::Unknown | Presence::Corrects | Presence::Replaced => {}
    }
    sessions::insert(tx, session)?;
    events::insert_all(tx, session_id, whole.events())?;
    // The ops are as old as the sit; only their places in the outbox are of this device.
    let first_seq = device::next_seqs(tx, whole.ops().len())?;
    for (device_seq, op) in (first_seq..).zip(whole.ops()) {
        outbox::append(tx, device_seq, op)?;
    }
    if presence != Presence::Replaced {
        imports::put(tx, import_seq, session_id)?;
    }
    if presence == Presence::Unknown {
        return Ok(Imported::New);
    }
    // A sit and its correction count once (I3): the last of them. What it stands for is kept as what was
    // corrected, so that the correction can be undone.
    let counting = in_place::counting_after(tx, session_id)?;
    say_of_sit(tx, counting.unwrap_or(session_id), false, at())?;
    Ok(match presence {
        Presence::Replaced => Imported::Known,
        _ => Imported::Corrects,
    })
}

/// Deletes a sit with its import: it, or what a corrected date has put in its place. What it was put
/// in the place of by this import counts again.
fn take_back(
    tx: &Transaction<'_>,
    import_seq: i64,
    brought: SessionId,
    at: &impl Fn() -> Stamped,
) -> Result<(), WriteError> {
    set_deleted(tx, brought, true, at())?;
    for session_id in without_import(tx, brought)? {
        set_deleted(tx, session_id, true, at())?;
    }
    imports::mark(tx, brought, true)?;
    restore_replaced(tx, import_seq, brought, at)
}

/// Restores a sit that was deleted with its import, with the date that it had then.
fn bring_back(
    tx: &Transaction<'_>,
    brought: SessionId,
    at: &impl Fn() -> Stamped,
) -> Result<(), WriteError> {
    // Where another was put in its place meanwhile, that one stays.
    if in_place::counting_after(tx, brought)?.is_some() {
        return Ok(());
    }
    let mut last = known(tx, brought)?;
    for session_id in without_import(tx, brought)? {
        let session = known(tx, session_id)?;
        if session.deleted_stamp > last.deleted_stamp {
            last = session;
        }
    }
    set_deleted(tx, last.start.session_id, false, at())
}

/// What stands in the place of a sit and was brought by no import itself.
fn without_import(tx: &Transaction<'_>, brought: SessionId) -> Result<Vec<SessionId>, WriteError> {
    let mut found = Vec::new();
    for link in in_place::after(tx, brought)? {
        if link.is_completed && imports::brought_by(tx, link.session_id)?.is_none() {
            found.push(link.session_id);
        }
    }
    Ok(found)
}

/// Restores what this import has deleted because it brought the correction that is taken back now.
fn restore_replaced(
    tx: &Transaction<'_>,
    import_seq: i64,
    brought: SessionId,
    at: &impl Fn() -> Stamped,
) -> Result<(), WriteError> {
    let replaces = known(tx, brought)?.start.replaces;
    let Some(import) = replaces.and(imports::find(tx, import_seq)?) else {
        return Ok(());
    };
    let here = this_device(tx)?;
    for link in in_place::before(tx, replaces)? {
        let before = known(tx, link.session_id)?;
        let by = before.deleted_stamp;
        let was_deleted_by_it =
            before.deleted && by.device_id == here && by.hlc_ms >= import.begun_at_ms.0;
        if !was_deleted_by_it || in_place::counting_after(tx, link.session_id)?.is_some() {
            continue;
        }
        match imports::brought_by(tx, link.session_id)? {
            Some((_, true)) => continue,
            Some((seq, false)) if seq == import_seq => continue,
            // Its own import was taken back while the correction stood for it.
            Some((seq, false)) if is_undone(tx, seq)? => imports::mark(tx, link.session_id, true)?,
            Some(_) | None => set_deleted(tx, link.session_id, false, at())?,
        }
        break;
    }
    Ok(())
}

fn is_undone(tx: &Transaction<'_>, import_seq: i64) -> Result<bool, WriteError> {
    Ok(imports::find(tx, import_seq)?.is_some_and(|row| row.undone_at_ms.is_some()))
}

fn set_deleted(
    tx: &Transaction<'_>,
    session_id: SessionId,
    deleted: bool,
    at: Stamped,
) -> Result<(), WriteError> {
    // It may have been brought back, or deleted, meanwhile.
    if known(tx, session_id)?.deleted != deleted {
        say_of_sit(tx, session_id, deleted, at)?;
    }
    Ok(())
}
