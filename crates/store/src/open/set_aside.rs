//! Moves a damaged database out of the way, with its log: never overwritten, never deleted.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_domain::UnixMillis;

use crate::DataDir;
use crate::error::OpenError;

/// The log and its index beside a database, and the journal that it has while it has no log yet, or where
/// the file system allows none.
pub(crate) fn sidecars(database: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Renames database, log and index to `mitta.corrupt-<ms>.sqlite3…`. The database goes first: a
/// log that is left alone by a crash in between is noticed and follows at the next opening.
pub(super) fn database(dir: &DataDir, wall_ms: UnixMillis) -> Result<PathBuf, OpenError> {
    let target = (wall_ms.0..i64::MAX)
        .map(|ms| dir.path().join(format!("mitta.corrupt-{ms}.sqlite3")))
        .find(|path| !path.exists() && sidecars(path).iter().all(|file| !file.exists()))
        .ok_or(OpenError::InUse)?;
    let files = [dir.database()]
        .into_iter()
        .chain(sidecars(&dir.database()));
    let targets = [target.clone()].into_iter().chain(sidecars(&target));
    for (from, to) in files.zip(targets) {
        if from.exists() {
            fs::rename(from, to).map_err(|error| OpenError::io(error, dir))?;
        }
    }
    Ok(target)
}
