//! All that the server has of the person, streamed into a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use reqwest::Method;

use super::{HttpRemote, answer};
use crate::remote::RemoteError;

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The server.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The file.
    #[error("the file cannot be written: {0}")]
    File(#[from] io::Error),
}

impl HttpRemote {
    /// Writes the export into a file that is not there yet, and says its size in bytes. A file that
    /// was begun and not ended is taken away again.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn export(&self, path: &Path) -> Result<u64, ExportError> {
        let request = self.request(Method::GET, &["account", "export"]);
        let mut response = self.respond(request).await?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let mut written = 0;
        let done = loop {
            match answer::chunk(&mut response).await {
                Ok(Some(chunk)) => {
                    if let Err(error) = file.write_all(&chunk) {
                        break Err(error.into());
                    }
                    written += chunk.len() as u64;
                }
                Ok(None) => break file.sync_all().map_err(ExportError::from),
                Err(error) => break Err(error.into()),
            }
        };
        if done.is_err() {
            // A part of an export must not be taken for the whole.
            drop(file);
            let _ = fs::remove_file(path);
        }
        done.map(|()| written)
    }
}
