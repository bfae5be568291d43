//! Writing a file that a person chose.
//!
//! Must hold: it has its name only when it is whole and on the disk; what is there until then is as it
//! was; and it is never a file that Mitta works with or has made, nor the one that was imported.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use mitta_store::{ChosenError, is_same_file};

use super::{chosen, not_writable};
use crate::api::{ApiError, ErrorCode};
use crate::engine::{Shared, locked};

impl Shared {
    /// Has `write` write a new file, which then takes the place of what is at `path`.
    pub(super) fn write_whole<T>(
        &self,
        path: &Path,
        write: impl FnOnce(&File) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.check_target(path)?;
        let failed = |error: &io::Error| not_writable(&path.display(), error);
        let folder = match path.parent() {
            Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
            Some(folder) => folder,
            None => return Err(failed(&io::ErrorKind::IsADirectory.into())),
        };
        let mut builder = tempfile::Builder::new();
        let mut begin = path.file_name().unwrap_or_default().to_owned();
        begin.push(".");
        // As any file that a person saves; the system takes away what it takes away of those.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // A name that nothing has yet. Gone again unless it is given its name.
        let partial = builder
            .prefix(&begin)
            .suffix(".partial")
            .tempfile_in(folder)
            .map_err(|e| failed(&e))?;
        let written = write(partial.as_file())?;
        partial.as_file().sync_all().map_err(|e| failed(&e))?;
        partial.persist(path).map_err(|e| failed(&e.error))?;
        #[cfg(unix)]
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|e| failed(&e))?;
        Ok(written)
    }

    fn check_target(&self, path: &Path) -> Result<(), ApiError> {
        if self.dir.works_with(path) || self.dir.has_made(path) {
            let error = ChosenError::Own(path.to_owned());
            return Err(chosen(&error, path));
        }
        let imported = locked(&self.transfer.source);
        if imported.as_ref().is_some_and(|it| is_same_file(it, path)) {
            let why = format_args!("{} is the file that was imported.", path.display());
            return Err(ApiError::new(ErrorCode::ImportedFile, why));
        }
        match fs::metadata(path) {
            Ok(there) if !there.is_file() => {
                let error = io::Error::other("it is no ordinary file");
                Err(not_writable(&path.display(), &error))
            }
            _ => Ok(()),
        }
    }
}
