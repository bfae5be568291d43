//! The data folder: can it be written, and is there room?

use std::path::Path;

use mitta_store::DataDir;

use super::Check;
use crate::words;

/// Below this, in bytes, a disk is as good as full: 50 MiB.
#[cfg(unix)]
const LITTLE: u64 = 50 * 1024 * 1024;

/// Writes a file that has no name, so that nothing is left.
pub fn writable(dir: &DataDir) -> Check {
    let name = "data_folder";
    let there = nearest(dir.path());
    match tempfile::tempfile_in(there).and_then(|mut file| {
        use std::io::Write as _;
        file.write_all(b"mitta")?;
        file.sync_all()
    }) {
        Ok(()) if dir.path().is_dir() => Check::well(name, dir.path().display().to_string()),
        Ok(()) => Check::well(name, words::folder_to_be(dir.path())),
        Err(error) => Check::bad(
            name,
            words::not_written(there, &error),
            words::CHECK_PERMISSION,
        ),
    }
}

/// The folder, or the nearest one above it that exists.
fn nearest(path: &Path) -> &Path {
    path.ancestors()
        .find(|path| path.exists())
        .unwrap_or_else(|| Path::new("."))
}

#[cfg(unix)]
pub fn space(dir: &DataDir) -> Check {
    let name = "free_space";
    match rustix::fs::statvfs(nearest(dir.path())) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let mib = free / (1024 * 1024);
            if free >= LITTLE {
                Check::well(name, words::free(mib))
            } else {
                Check::bad(name, words::free(mib), words::MAKE_ROOM)
            }
        }
        Err(error) => Check::bad(name, error.to_string(), words::CHECK_PERMISSION),
    }
}

#[cfg(not(unix))]
pub fn space(_dir: &DataDir) -> Check {
    Check::well("free_space", words::SPACE_UNKNOWN)
}
