//! Copies of the history: made by hand, by themselves once a week, before a migration and before a
//! restore; and the way back.
//!
//! Must hold: a copy appears under its name only when it is whole, checked and on the disk; a sit
//! beside it never waits; what this program did not make by itself is never removed; and a restore
//! either has happened whole or not at all (I2).

mod account;
mod error;
mod left;
mod make;
mod names;
mod restore;
mod rotation;
mod schema;
mod staged;

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use chrono::{DateTime, NaiveDate};
use mitta_domain::UnixMillis;

use crate::error::ReadError;
use crate::lock::try_lock;
use crate::{DataDir, Reader};

pub use error::{CopyError, RestoreError};
pub(crate) use make::copy;
pub(crate) use names::before_migration;
pub use names::by_hand;
use names::{EXTENSION, weekly, weekly_date};
pub use restore::Restored;
pub use staged::{Against, Contents, Staged};

/// Told how far a long work is; it says whether to go on.
pub type Watch<'a> = dyn FnMut(CopyProgress) -> ControlFlow<()> + 'a;

/// How far a long work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyProgress {
    /// What is being done.
    pub phase: CopyPhase,
    /// Pages or rows done.
    pub done: u64,
    /// Pages or rows to do.
    pub total: u64,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyPhase {
    /// Pages of the history are copied.
    Copying,
    /// Rows of the history are replaced by those of a copy.
    Replacing,
}

/// Why there is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyKind {
    /// By itself, once a week; these are rotated.
    Weekly,
    /// Before the database was brought to another format.
    BeforeMigration,
    /// What was there before a restore: its undo.
    BeforeRestore,
    /// A person asked for it.
    ByHand,
    /// A file that somebody else put there.
    Other,
}

/// A copy in the folder of copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyInfo {
    /// The file.
    pub path: PathBuf,
    /// Why it is there.
    pub kind: CopyKind,
    /// When its content was written.
    pub made_at_ms: UnixMillis,
    /// How large it is.
    pub bytes: u64,
}

/// The copies in the folder of copies, newest first; none where there is no such folder.
///
/// # Errors
/// What the system says of the folder. A file that goes while it is looked at is left out.
pub fn list(dir: &DataDir) -> io::Result<Vec<CopyInfo>> {
    let entries = match fs::read_dir(dir.backups()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut copies = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == EXTENSION)
            && let Ok(info) = info(path)
        {
            copies.push(info);
        }
    }
    copies.sort_by(|a, b| (b.made_at_ms, &b.path).cmp(&(a.made_at_ms, &a.path)));
    Ok(copies)
}

/// When the content of a copy was written.
///
/// # Errors
/// [`RestoreError::Unreadable`].
pub fn written_at(path: &Path) -> Result<UnixMillis, RestoreError> {
    let info = info(path.to_owned()).map_err(|error| RestoreError::Unreadable {
        path: path.to_owned(),
        detail: error.to_string(),
    })?;
    Ok(info.made_at_ms)
}

fn modified(metadata: &fs::Metadata) -> io::Result<UnixMillis> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH);
    let ms = since.map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
    Ok(UnixMillis(ms))
}

/// A copy that was itself copied without its times, or touched, was still made when its name says.
fn info(path: PathBuf) -> io::Result<CopyInfo> {
    let metadata = fs::metadata(&path)?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    let written = modified(&metadata)?;
    let (kind, made_at_ms) = match names::made(&stem.unwrap_or_default()) {
        Some((kind, from, to)) => (kind, written.clamp(from, to)),
        None => (CopyKind::Other, written),
    };
    Ok(CopyInfo {
        path,
        kind,
        made_at_ms,
        bytes: metadata.len(),
    })
}

/// Copies the history to a file, beside whoever reads and writes it: one state of it, whole, checked
/// and on the disk before the file has its name. `replaces`: a file that is there may be replaced.
///
/// # Errors
/// [`CopyError`]; nothing is left of the copy, and a file that was to be replaced is as it was.
pub fn back_up(
    dir: &DataDir,
    target: &Path,
    replaces: bool,
    watch: &mut Watch<'_>,
) -> Result<CopyInfo, CopyError> {
    if dir.works_with(target) {
        return Err(CopyError::Own {
            path: target.to_owned(),
        });
    }
    if !replaces && target.try_exists().unwrap_or(true) {
        return Err(CopyError::Exists {
            path: target.to_owned(),
        });
    }
    let reader = Reader::open(dir)?;
    make::copy(dir, &reader.connection, target, watch)?;
    info(target.to_owned()).map_err(|error| CopyError::io(&error, target))
}

/// What became of the weekly copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weekly {
    /// It was made.
    Made(CopyInfo),
    /// There is one of the last seven days, there is nothing to copy, or another process is at it.
    NotDue,
}

/// Makes the weekly copy if it is due, and then removes the weekly ones that are too many: the last 4
/// stay, and the last of each of the last 6 months. No other file is removed, and none where no new
/// copy was made.
///
/// # Errors
/// [`CopyError`]; the copies that are there stay.
pub fn weekly_copy(dir: &DataDir, wall_ms: UnixMillis) -> Result<Weekly, CopyError> {
    let Some(today) = DateTime::from_timestamp_millis(wall_ms.0).map(|at| at.date_naive()) else {
        return Ok(Weekly::NotDue);
    };
    let failed = |error: &io::Error| CopyError::io(error, &dir.backups());
    // Also in a week that has its copy; where it cannot be, the copy itself says so.
    drop(left::copying(dir));
    if !rotation::is_due(&weekly_dates(dir).map_err(|e| failed(&e))?, today) {
        return Ok(Weekly::NotDue);
    }
    let Some(_turn) = turn(dir).map_err(|error| failed(&error))? else {
        return Ok(Weekly::NotDue);
    };
    let dates = weekly_dates(dir).map_err(|error| failed(&error))?;
    let reader = Reader::open(dir)?;
    if !rotation::is_due(&dates, today) || is_empty(&reader).map_err(CopyError::of_read)? {
        return Ok(Weekly::NotDue);
    }
    let target = weekly(dir, today);
    make::copy(dir, &reader.connection, &target, &mut |_| {
        ControlFlow::Continue(())
    })?;
    let dates = weekly_dates(dir).map_err(|error| failed(&error))?;
    for date in rotation::expired(dates, today) {
        let old = weekly(dir, date);
        match fs::remove_file(&old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(CopyError::io(&error, &old));
            }
            _ => {}
        }
    }
    let made = info(target.clone()).map_err(|error| CopyError::io(&error, &target))?;
    Ok(Weekly::Made(made))
}

/// Before the first sit, and after a damaged history was set aside.
fn is_empty(reader: &Reader) -> Result<bool, ReadError> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM sessions)";
    Ok(reader.connection.query_row(sql, [], |row| row.get(0))?)
}

fn weekly_dates(dir: &DataDir) -> io::Result<Vec<NaiveDate>> {
    let copies = list(dir)?;
    let dates = copies.iter().filter_map(|copy| {
        let stem = copy.path.file_stem()?.to_str()?;
        weekly_date(stem)
    });
    Ok(dates.collect())
}

/// One process makes the weekly copy.
fn turn(dir: &DataDir) -> io::Result<Option<File>> {
    try_lock(&dir.weekly_lock())
}
