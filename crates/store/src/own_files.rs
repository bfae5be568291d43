//! The one place where a path that a person chose is asked about before anything is done with it.
//!
//! Must hold: a file that a data folder works with is never opened but by what works with it. POSIX lets
//! go of all locks that a process holds on a file when it closes any descriptor of it, those of `SQLite`
//! too: whoever then opens and closes the history deletes a log that is still written to, and sits are
//! lost (I2). So files are told apart by device and inode, without opening either; symbolic and hard
//! links are the file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::DataDir;
use crate::copies::CopyKind;

/// What this program never makes but from a damaged history.
const SET_ASIDE: &str = "mitta.corrupt-";

/// Why a file that was chosen is not opened.
#[derive(Debug, thiserror::Error)]
pub enum ChosenError {
    /// This program works with it.
    #[error("{} is a file that Mitta works with itself", .0.display())]
    Own(PathBuf),
    /// A folder, a pipe, a device.
    #[error("{} is no ordinary file", .0.display())]
    NotAFile(PathBuf),
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl DataDir {
    /// Opens a file that a person chose, to be read.
    ///
    /// # Errors
    /// [`ChosenError`]; the file was not opened then.
    pub fn open_chosen(&self, path: &Path) -> Result<File, ChosenError> {
        // A copy of a whole folder may be read; no lock of this process is on it.
        if self.has_in_use(path) {
            return Err(ChosenError::Own(path.to_owned()));
        }
        // A pipe would be waited for.
        if !fs::metadata(path)?.is_file() {
            return Err(ChosenError::NotAFile(path.to_owned()));
        }
        Ok(File::open(path)?)
    }

    /// Whether a path is, or would be, a file that this data folder, or the one that it lies in, works
    /// with: the history, its log and index, the locks. Nobody else writes to it.
    pub fn works_with(&self, path: &Path) -> bool {
        self.has_in_use(path) || around(path).iter().any(|dir| dir.has_in_use(path))
    }

    fn has_in_use(&self, path: &Path) -> bool {
        self.in_use().iter().any(|own| is_same_file(path, own))
    }

    /// Whether a path is a file that a person may want to keep, of those that this program makes in data
    /// folders, besides those that it works with: a copy of the history, one that was set aside, a bell,
    /// the log.
    pub fn has_made(&self, path: &Path) -> bool {
        let is_here = |folder: PathBuf| is_in(path, &folder);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_one = |dir: &Self| {
            is_here(dir.sounds())
                || is_here(dir.logs())
                || is_here(dir.backups()) && CopyKind::of(&stem) != CopyKind::Other
                || is_here(dir.path().to_owned()) && name.starts_with(SET_ASIDE)
        };
        path.exists() && (is_one(self) || around(path).iter().any(is_one))
    }

    /// Every file that is opened while this program runs.
    fn in_use(&self) -> Vec<PathBuf> {
        let with_sidecars = |database: PathBuf| {
            let beside = ["-wal", "-shm", "-journal"].map(|suffix| {
                let mut name = database.as_os_str().to_owned();
                name.push(suffix);
                PathBuf::from(name)
            });
            [database].into_iter().chain(beside)
        };
        let mut files = self.locks();
        files.extend([self.change_sign(), self.token()]);
        files.extend(with_sidecars(self.database()));
        files.extend(with_sidecars(self.staged()));
        files
    }
}

/// The data folders that a file may belong to, by where it lies.
fn around(path: &Path) -> Vec<DataDir> {
    let Some(folder) = folder_of(path) else {
        return Vec::new();
    };
    let near = folder.ancestors().take(2).map(DataDir::new);
    near.filter(|dir| dir.use_lock().exists()).collect()
}

/// The folder that a file is in, or would be in, by its one name.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    folder.canonicalize().ok()
}

fn is_in(path: &Path, folder: &Path) -> bool {
    folder_of(path).is_some_and(|it| folder.canonicalize().is_ok_and(|folder| it == folder))
}

/// Whether two paths are one file, or would be.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let (Ok(a), Ok(b)) = (fs::metadata(a), fs::metadata(b)) {
            return (a.dev(), a.ino()) == (b.dev(), b.ino());
        }
    }
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.file_name() == b.file_name() && b.parent().is_some_and(|folder| is_in(a, folder)),
    }
}
