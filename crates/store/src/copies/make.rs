//! One copy: pages by the backup API, checked, on the disk, and only then named.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{CopyError, CopyPhase, CopyProgress, Watch, left};
use crate::DataDir;

/// How many pages are copied between two looks at whether to go on: 4 MiB.
const PAGES_PER_STEP: i32 = 1024;

/// Copies what `source`, of that folder, sees to `target`, in place of what is there.
///
/// A read transaction holds the state that is copied. In WAL mode no writer waits for a reader, so
/// a sit goes on recording; and what it records in the meantime does not make the copy begin anew.
pub(crate) fn copy(
    dir: &DataDir,
    source: &Connection,
    target: &Path,
    watch: &mut Watch<'_>,
) -> Result<(), CopyError> {
    // Where the folder of copies cannot be written nobody leaves anything there.
    let _copying = left::copying(dir).ok();
    let partial = Partial::beside(target)?;
    pages(source, &partial.0, watch)?;
    check(&partial.0)?;
    name(&partial.0, target).map_err(|error| CopyError::io(&error, target))
}

/// A file that is removed unless it was given its name.
struct Partial(PathBuf);

impl Partial {
    /// Empty, and nobody else's to read.
    fn beside(target: &Path) -> Result<Self, CopyError> {
        let mut path = OsString::from(target);
        path.push(".partial");
        let path = PathBuf::from(path);
        new_file(&path).map_err(|error| CopyError::io(&error, target))?;
        Ok(Self(path))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already where all went well; where it cannot go, the next copy clears it away.
        let _ = fs::remove_file(&self.0);
    }
}

/// Makes an empty file that only its owner can read, in place of what a crash left.
pub(super) fn new_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn pages(source: &Connection, partial: &Path, watch: &mut Watch<'_>) -> Result<(), CopyError> {
    let failed = |error| CopyError::sqlite(error, partial);
    let snapshot = source.unchecked_transaction().map_err(failed)?;
    let mut target = Connection::open(partial).map_err(failed)?;
    // Nobody looks at it before it is synced as a whole.
    target
        .pragma_update(None, "synchronous", "off")
        .map_err(failed)?;
    {
        // The transaction begins with what is first read in it.
        let _version: u32 = snapshot
            .query_row("PRAGMA schema_version", [], |row| row.get(0))
            .map_err(failed)?;
        let backup = Backup::new(&snapshot, &mut target).map_err(failed)?;
        loop {
            let step = backup.step(PAGES_PER_STEP).map_err(failed)?;
            let at = backup.progress();
            let pages = |n: i32| u64::try_from(n).unwrap_or_default();
            let progress = CopyProgress {
                phase: CopyPhase::Copying,
                done: pages(at.pagecount - at.remaining),
                total: pages(at.pagecount),
            };
            if watch(progress).is_break() {
                return Err(CopyError::Stopped);
            }
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                // A reader in WAL mode waits for nobody, and the target is nobody else's.
                _ => return Err(CopyError::Open(crate::OpenError::Busy)),
            }
        }
    }
    // One file, that opens on a read-only disk too.
    target
        .pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
        .map_err(failed)?;
    target
        .close()
        .map_err(|(_, error)| CopyError::sqlite(error, partial))
}

/// Whether what was written can be read again, and is sound.
fn check(partial: &Path) -> Result<(), CopyError> {
    let failed = |error| CopyError::sqlite(error, partial);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(partial, flags).map_err(failed)?;
    copy.pragma_update(None, "cell_size_check", true)
        .map_err(failed)?;
    let verdict: String = copy
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(CopyError::Unsound { detail: verdict })
    }
}

/// On the disk first, then the name, then the name on the disk.
fn name(partial: &Path, target: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(partial)?.sync_all()?;
    fs::rename(partial, target)?;
    #[cfg(unix)]
    if let Some(folder) = target.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
