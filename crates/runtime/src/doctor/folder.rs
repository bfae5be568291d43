//! The data folder: can it be written, and is there room?

use std::path::Path;

use mitta_store::DataDir;

use crate::api::{Advice, Check, CheckName, Found};

/// Below this, in bytes, a disk is as good as full: 50 MiB.
#[cfg(unix)]
const LITTLE: u64 = 50 * 1024 * 1024;

/// Writes a file that has no name, so that nothing is left.
pub(super) fn writable(dir: &DataDir) -> Check {
    let name = CheckName::DataFolder;
    let there = nearest(dir.path());
    match tempfile::tempfile_in(there).and_then(|mut file| {
        use std::io::Write as _;
        file.write_all(b"mitta")?;
        file.sync_all()
    }) {
        Ok(()) if dir.path().is_dir() => {
            Check::well(name, Found::FolderWritable).text(dir.path().display())
        }
        Ok(()) => Check::well(name, Found::FolderToBe).text(dir.path().display()),
        Err(error) => Check::bad(name, Found::FolderNotWritable, Advice::CheckPermission)
            .text(format_args!("{}: {error}", there.display())),
    }
}

/// The folder, or the nearest one above it that exists.
fn nearest(path: &Path) -> &Path {
    path.ancestors()
        .find(|path| path.exists())
        .unwrap_or_else(|| Path::new("."))
}

#[cfg(unix)]
pub(super) fn space(dir: &DataDir) -> Check {
    let name = CheckName::FreeSpace;
    match rustix::fs::statvfs(nearest(dir.path())) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let check = if free >= LITTLE {
                Check::well(name, Found::Free)
            } else {
                Check::bad(name, Found::Free, Advice::MakeRoom)
            };
            check.count(free / (1024 * 1024))
        }
        Err(error) => Check::bad(name, Found::Failed, Advice::CheckPermission).text(error),
    }
}

#[cfg(not(unix))]
pub(super) fn space(_dir: &DataDir) -> Check {
    Check::well(CheckName::FreeSpace, Found::NotLookedAt)
}
