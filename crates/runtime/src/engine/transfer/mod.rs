//! Sits from files and into files, beside whatever sit is going on.
//!
//! Must hold: a file is read by a connection of its own and written in small batches through the one
//! writer thread, between the records of a sit, so that neither the timer nor a record waits for more
//! than one batch (I9). One such work at a time, and of all programs on a data folder one that
//! writes; it can be cancelled, and what it did until then is whole.

mod export;
mod import;
mod preview;
mod rows;
mod target;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

use mitta_store::{ChosenError, ImportRow, Reader, TransferLock};
use mitta_transfer::{Span, Unreadable, meeting};

use super::{Shared, locked};
use crate::api::{
    ApiError, ErrorCode, ImportList, ImportView, TransferPhase, TransferProgress, Update,
};

/// How many sits are written in one transaction: some tenths of a second, for which a bell does not
/// wait and the record of a sit may. Each writes the pages of every index anew, so few are quick.
const BATCH: usize = 2_000;

/// What the engine keeps of it.
#[derive(Default)]
pub(super) struct Transfer {
    busy: Mutex<()>,
    cancelled: AtomicBool,
    /// The last progress that was told, in parts of a hundred and the phase.
    told: AtomicU64,
    rows: Mutex<Vec<rows::RowNote>>,
    /// The file that was last previewed or imported.
    source: Mutex<Option<PathBuf>>,
}

impl Transfer {
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// The turn to do such work.
    fn turn(&self) -> Result<MutexGuard<'_, ()>, ApiError> {
        let turn = match self.busy.try_lock() {
            Ok(turn) => turn,
            // Who held it has panicked; nothing is behind it that could be half.
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(another()),
        };
        self.cancelled.store(false, Ordering::Release);
        self.told.store(u64::MAX, Ordering::Release);
        Ok(turn)
    }
}

fn another() -> ApiError {
    let why = "Another import or export is going on. Wait for it or cancel it.";
    ApiError::new(ErrorCode::TransferBusy, why)
}

impl Shared {
    /// The turn to change the history by such work: no other program does meanwhile.
    fn turn_to_write(&self) -> Result<(MutexGuard<'_, ()>, TransferLock), ApiError> {
        let turn = self.transfer.turn()?;
        let lock = TransferLock::try_take(&self.dir)?;
        Ok((turn, lock.ok_or_else(another)?))
    }

    /// Whether such work is to go on: neither cancelled nor the engine stopped.
    fn goes_on(&self) -> ControlFlow<()> {
        if self.transfer.is_cancelled() || self.stopping.load(Ordering::Acquire) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Tells how far it is, once for each hundredth.
    fn tell_progress(&self, phase: TransferPhase, done: u64, total: u64, sits: u64) {
        let part = done.saturating_mul(100) / total.max(1);
        let key = part * 8 + phase as u64;
        if self.transfer.told.swap(key, Ordering::AcqRel) != key {
            self.update(Update::Transfer(TransferProgress {
                phase,
                done,
                total,
                sits,
            }));
        }
    }

    pub(super) fn imports(&self) -> Result<ImportList, ApiError> {
        let rows = locked(&self.reader).imports()?;
        let imports = rows.iter().filter(|row| row.sits > 0).map(view).collect();
        Ok(ImportList { imports })
    }

    /// Takes an import back, or brings it back, batch by batch.
    pub(super) fn undo_import(&self, import_seq: u32, undo: bool) -> Result<ImportView, ApiError> {
        let _turn = self.turn_to_write()?;
        let seq = i64::from(import_seq);
        let row = self.import_row(import_seq)?;
        if !undo {
            self.refuse_twice(seq)?;
        }
        let limit = u32::try_from(BATCH).unwrap_or(u32::MAX);
        let (mut done, total) = (0, row.sits);
        while self.goes_on().is_continue() {
            let wall_ms = self.clock.now().wall_ms;
            let ids = self.ids;
            let step = self.recorder().call(move |writer| {
                let op_id = || ids.op(wall_ms);
                if undo {
                    writer.undo_import(seq, limit, wall_ms, op_id)
                } else {
                    writer.redo_import(seq, limit, wall_ms, op_id)
                }
            });
            let step = match step {
                Ok(step) => step,
                Err(error) => {
                    self.history_changed();
                    return Err(error);
                }
            };
            done += step.changed;
            self.tell_progress(TransferPhase::Undoing, done, total, done);
            if step.is_done {
                break;
            }
        }
        self.history_changed();
        Ok(view(&self.import_row(import_seq)?))
    }

    /// What an import brought may have come in another way since it was taken back: it would count
    /// twice (I3).
    fn refuse_twice(&self, import_seq: i64) -> Result<(), ApiError> {
        let reader = Reader::open(&self.dir)?;
        let span = |(started_at_ms, length_s)| Span {
            started_at_ms,
            length_s,
        };
        let sits: Vec<Span> = reader
            .to_bring_back(import_seq)?
            .into_iter()
            .map(span)
            .collect();
        let history = reader.spans()?.into_iter().map(span).collect();
        match meeting(history, &sits) {
            0 => Ok(()),
            there => {
                let why = format_args!(
                    "{there} of the sits of this import are in the history in another way by now, \
                     and would count twice. Undo the import that brought those, or import the file \
                     again: that brings only what is missing."
                );
                Err(ApiError::new(ErrorCode::ImportThere, why))
            }
        }
    }

    fn import_row(&self, import_seq: u32) -> Result<ImportRow, ApiError> {
        let rows = locked(&self.reader).imports()?;
        let row = rows
            .into_iter()
            .find(|row| row.import_seq == i64::from(import_seq));
        row.ok_or_else(|| {
            let why = format_args!("There is no import {import_seq}.");
            ApiError::new(ErrorCode::UnknownImport, why)
        })
    }
}

fn view(row: &ImportRow) -> ImportView {
    ImportView {
        import_seq: u32::try_from(row.import_seq).unwrap_or(u32::MAX),
        file_name: row.file_name.clone(),
        kind: row.kind.clone(),
        begun_at_ms: row.begun_at_ms,
        is_finished: row.finished_at_ms.is_some(),
        is_undone: row.undone_at_ms.is_some(),
        sits: small(row.sits),
        taken_back: small(row.undone),
    }
}

/// A count as windows get it.
fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What keeps a chosen file from being read.
fn chosen(error: &ChosenError, path: &Path) -> ApiError {
    match error {
        ChosenError::Own(_) => ApiError::new(ErrorCode::OwnFile, format_args!("{error}.")),
        ChosenError::NotAFile(_) => ApiError::new(ErrorCode::FileUnreadable, error),
        ChosenError::Io(error) => {
            let why = format_args!("{} cannot be read: {error}", path.display());
            ApiError::new(ErrorCode::FileUnreadable, why)
        }
    }
}

fn not_writable(what: &dyn std::fmt::Display, error: &io::Error) -> ApiError {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::ExportNotWritable,
    };
    ApiError::new(code, format_args!("{what} cannot be written: {error}"))
}

fn cancelled() -> ApiError {
    let why = "Cancelled. What was done until then stays.";
    ApiError::new(ErrorCode::TransferCancelled, why)
}

impl From<Unreadable> for ApiError {
    fn from(error: Unreadable) -> Self {
        let (code, then) = match &error {
            Unreadable::Empty => (ErrorCode::ImportEmpty, ""),
            Unreadable::Zip => (
                ErrorCode::ImportZip,
                " Unpack it first; of Apple Health's export choose apple_health_export/export.xml.",
            ),
            Unreadable::Database => (
                ErrorCode::ImportDatabase,
                " A backup of Mitta is restored, not imported.",
            ),
            Unreadable::Binary => (ErrorCode::ImportBinary, ""),
            Unreadable::UnknownKind { .. } => (ErrorCode::ImportUnknown, ""),
            Unreadable::Newer { .. } => (ErrorCode::ImportNewer, ""),
            Unreadable::Broken { .. } => (ErrorCode::ImportBroken, " Nothing after it was read."),
            Unreadable::Cancelled => return cancelled(),
            Unreadable::Io(_) => (ErrorCode::FileUnreadable, ""),
        };
        Self::new(code, format_args!("{error}.{then}"))
    }
}
