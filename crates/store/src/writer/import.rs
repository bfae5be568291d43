//! Sits from files: taken over batch by batch, and taken back as a whole.
//!
//! Must hold: a sit, its ops and that it came with this import are one transaction (I4); the same
//! row again changes nothing (I3); a killed import or undo goes on where it was; and each call
//! writes one bounded batch, so that a sit beside it never waits long (I9).

use mitta_domain::event::EventKind;
use mitta_domain::offer::Whole;
use mitta_domain::op::Change;
use mitta_domain::{OpId, SessionId, UnixMillis};
use rusqlite::Transaction;

use super::record::{Subject, is_so_already, known, record};
use super::{Stamped, Writer};
use crate::error::WriteError;
use crate::tables::imports::{ImportRow, NewImport};
use crate::tables::{device, events, imports, outbox, sessions};

/// What became of a sit that was offered from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is in the history now.
    New,
    /// It had been taken back with an import, and is there again.
    Again,
    /// It was there.
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
            let ids = imports::next(tx, import_seq, !undo, limit)?;
            for session_id in &ids {
                let at = Stamped {
                    wall_ms,
                    op_id: op_id(),
                };
                set_deleted(tx, *session_id, undo, at)?;
                imports::mark(tx, *session_id, undo)?;
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
    match sessions::is_deleted(tx, session_id)? {
        None => {}
        Some(false) => return Ok(Imported::Known),
        Some(true) if imports::is_taken_back(tx, session_id)? == Some(true) => {
            set_deleted(tx, session_id, false, at())?;
            imports::put(tx, import_seq, session_id)?;
            return Ok(Imported::Again);
        }
        Some(true) => return Ok(Imported::Deleted),
    }
    sessions::insert(tx, session)?;
    events::insert_all(tx, session_id, whole.events())?;
    for op in whole.ops() {
        // The op is as old as the sit; only its place in the outbox is of this device.
        outbox::append(tx, device::next_seq(tx)?, op)?;
    }
    imports::put(tx, import_seq, session_id)?;
    Ok(Imported::New)
}

fn set_deleted(
    tx: &Transaction<'_>,
    session_id: SessionId,
    deleted: bool,
    at: Stamped,
) -> Result<(), WriteError> {
    let session = known(tx, session_id)?;
    let change = Change::Deleted { deleted };
    // It was brought back, or deleted, meanwhile.
    if is_so_already(&session, &change) {
        return Ok(());
    }
    record(tx, Subject::Known(Box::new(session)), change, at)?;
    events::append(tx, session_id, EventKind::Edited, at.wall_ms, None)
}
