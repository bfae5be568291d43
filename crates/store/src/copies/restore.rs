//! The way back: every row of the history is replaced by the copy's in one transaction, so that a
//! process killed at any moment leaves the old history or the new one, and others that have it open
//! see the one and then the other.
//!
//! What is restored is a new device: ops that the old one had numbered after the copy was made are on
//! servers already, and their numbers are not to be given to others. It signs in again, reads every
//! share from the beginning and offers its rows, so that the server's later sits come back and nothing
//! counts twice (I3).

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Transaction, TransactionBehavior, params_from_iter};

use super::names::before_restore;
use super::staged::attach;
use super::{CopyError, CopyKind, CopyPhase, CopyProgress, RestoreError, Staged, Watch};
use super::{account, make};
use crate::error::WriteError;
use crate::sync::forget_server;
use crate::tables::{account as accounts, count, device, sync_state};
use crate::{DataDir, Opening, Reader, SittingLock, SyncLock, TransferLock, Writer};

/// So many rows go between two looks at whether to go on.
const ROWS_PER_LOOK: u64 = 2_000;
/// refinery's own table says of this database what was done to it.
const NOT_COPIED: &str = "refinery_schema_history";

/// What a restore has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was there before: restoring it undoes this.
    pub undo: PathBuf,
    /// A damaged history that was set aside, before there was a sound one to restore into.
    pub set_aside: Option<PathBuf>,
}

impl Staged {
    /// Replaces the history of `dir` by this copy, after what is there was kept. No sit runs, begins,
    /// is synced or imported while it lasts; other writers wait, or are told that the database is busy.
    ///
    /// # Errors
    /// [`RestoreError`]; the history is then as it was.
    pub fn restore(
        &self,
        dir: &DataDir,
        opening: Opening,
        watch: &mut Watch<'_>,
    ) -> Result<Restored, RestoreError> {
        let (mut writer, opened) = Writer::open(dir, opening)?;
        let reader = Reader::open(dir)?;
        let _nobody_sits = SittingLock::vacancy(dir)?;
        let turn = SyncLock::try_take(dir).map_err(|e| crate::OpenError::io(e, dir))?;
        let _nobody_syncs = turn.ok_or(RestoreError::Syncing)?;
        let turn = TransferLock::try_take(dir).map_err(|e| crate::OpenError::io(e, dir))?;
        let _nobody_imports = turn.ok_or(RestoreError::Importing)?;
        let connection = &mut writer.connection;
        // What they keep is replaced as a whole.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        attach(connection, self.path())?;
        // From here on nobody writes: what is kept is what is replaced.
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let undo = free_name(dir, opening.wall_ms.0);
        make::copy(dir, &reader.connection, &undo, watch).map_err(|error| match error {
            CopyError::Stopped => RestoreError::Stopped,
            other => RestoreError::NotKept(other),
        })?;
        let is_undo = is_undo(dir, self.source());
        match replace(&tx, opening, is_undo, watch).and_then(|()| Ok(tx.commit()?)) {
            Ok(()) => Ok(Restored {
                undo,
                set_aside: opened.set_aside,
            }),
            Err(error) => {
                // It is the history that is still there.
                let _ = std::fs::remove_file(&undo);
                Err(error)
            }
        }
    }
}

fn free_name(dir: &DataDir, wall_ms: i64) -> PathBuf {
    let name = |ms: i64| before_restore(dir, ms);
    (wall_ms..i64::MAX)
        .map(name)
        .find(|path| !path.exists())
        .unwrap_or_else(|| name(wall_ms))
}

/// Whether the copy is what a restore into this folder has kept.
fn is_undo(dir: &DataDir, copy: &Path) -> bool {
    let stem = copy.file_stem().unwrap_or_default().to_string_lossy();
    let here = copy.parent().and_then(|folder| folder.canonicalize().ok());
    CopyKind::of(&stem) == CopyKind::BeforeRestore
        && here.is_some()
        && here == dir.backups().canonicalize().ok()
}

fn replace(
    tx: &Transaction<'_>,
    opening: Opening,
    is_undo: bool,
    watch: &mut Watch<'_>,
) -> Result<(), RestoreError> {
    let there = accounts::find_in(tx, "staged")?;
    let account = account::after(accounts::find(tx)?, there, is_undo)?;
    let before = device::last(tx)?;
    let changes = device::change_count(tx)?;
    // Rows come table by table; that each has its parent is seen at the end.
    tx.pragma_update(None, "defer_foreign_keys", true)?;
    let tables = tables(tx)?;
    let mut progress = CopyProgress {
        phase: CopyPhase::Replacing,
        done: 0,
        total: 0,
    };
    for table in &tables {
        progress.total += count(tx, &format!("SELECT count(*) FROM staged.{table}"), [])?;
    }
    for table in &tables {
        tx.execute(&format!("DELETE FROM main.{table}"), [])?;
        copy_rows(tx, table, &mut progress, watch)?;
    }
    rebuild_indexes(tx)?;
    forget_server(tx)?;
    if accounts::find(tx)?.is_some() {
        accounts::remove(tx)?;
    }
    if let Some(account) = account {
        accounts::save(tx, &account)?;
    }
    device::become_another(tx, opening.new_device_id, before)?;
    // The count of changes never shows a number that somebody has seen.
    sync_state::count_changes(tx, changes)?;
    Ok(())
}

/// The tables that hold rows of their own.
fn tables(tx: &Transaction<'_>) -> Result<Vec<String>, RestoreError> {
    let sql = "SELECT name FROM pragma_table_list \
               WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*' \
                 AND name <> ?1 ORDER BY name";
    let mut statement = tx.prepare(sql)?;
    let names = statement.query_map([NOT_COPIED], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn columns(tx: &Transaction<'_>, table: &str) -> Result<Vec<String>, RestoreError> {
    let mut statement = tx.prepare("SELECT name FROM pragma_table_info(?1, 'main')")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Each row is written anew, so that every check and index of the table looks at it.
fn copy_rows(
    tx: &Transaction<'_>,
    table: &str,
    progress: &mut CopyProgress,
    watch: &mut Watch<'_>,
) -> Result<(), RestoreError> {
    let columns = columns(tx, table)?;
    let names = columns.join(", ");
    let marks = vec!["?"; columns.len()].join(", ");
    let mut insert = tx.prepare(&format!(
        "INSERT INTO main.{table} ({names}) VALUES ({marks})"
    ))?;
    let mut select = tx.prepare(&format!("SELECT {names} FROM staged.{table}"))?;
    let mut rows = select.query([])?;
    let mut expected = 0_usize;
    while let Some(row) = rows.next()? {
        let values = (0..columns.len())
            .map(|at| row.get::<_, Value>(at))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let found = insert.execute(params_from_iter(values))?;
        if found != 1 {
            return Err(WriteError::RowCount {
                table: "a restored table",
                expected: 1,
                found,
            }
            .into());
        }
        expected += 1;
        progress.done += 1;
        if progress.done.is_multiple_of(ROWS_PER_LOOK) && watch(*progress).is_break() {
            return Err(RestoreError::Stopped);
        }
    }
    let found = count(tx, &format!("SELECT count(*) FROM main.{table}"), [])?;
    if usize::try_from(found).ok() != Some(expected) {
        return Err(WriteError::RowCount {
            table: "a restored table",
            expected,
            found: usize::try_from(found).unwrap_or(usize::MAX),
        }
        .into());
    }
    if watch(*progress).is_break() {
        return Err(RestoreError::Stopped);
    }
    Ok(())
}

/// Full-text indexes are made of the rows that are there now.
fn rebuild_indexes(tx: &Transaction<'_>) -> Result<(), RestoreError> {
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'";
    let mut statement = tx.prepare(sql)?;
    let names = statement
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for name in names {
        tx.execute(
            &format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"),
            [],
        )?;
    }
    Ok(())
}
