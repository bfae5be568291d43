//! Start at login: whether the session begins Mitta by itself.
//!
//! Must hold: what is answered is read from the system each time, never remembered, since a person
//! may change it in the desktop's own settings too. Linux: a file of the Desktop Application
//! Autostart Specification (freedesktop.org). Elsewhere the system's settings do it.

use std::io;
use std::path::PathBuf;

use crate::api::{ApiError, StartAtLogin};

/// Given by the system where Mitta starts at login: no window is asked for.
pub const AT_LOGIN: &str = "--at-login";

/// Whether a program with these arguments was started by the session, not by a person.
pub fn is_at_login(arguments: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
    let mut arguments = arguments.into_iter();
    arguments.any(|argument| argument.as_ref() == AT_LOGIN)
}

/// Whether the session starts Mitta, and where that is written.
///
/// # Errors
/// [`ErrorCode::NoStartAtLogin`](crate::api::ErrorCode::NoStartAtLogin) where the system has no place
/// for it; [`StartAtLoginFailed`](crate::api::ErrorCode::StartAtLoginFailed) where it cannot be read.
pub fn read() -> Result<StartAtLogin, ApiError> {
    entry::Entry::here()?.read()
}

/// Has the session start Mitta, or no more.
///
/// # Errors
/// As [`read`], or what the disk says.
pub fn set(on: bool) -> Result<StartAtLogin, ApiError> {
    let entry = entry::Entry::here()?;
    if on { entry.write() } else { entry.remove() }?;
    entry.read()
}

/// What the session starts, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The file, whether it is there or not.
    pub file: PathBuf,
    /// The program; `None` where nothing is started.
    pub program: Option<String>,
    /// Whether there is such a program.
    pub is_there: bool,
}

/// Looks what the session starts.
///
/// # Errors
/// As [`read`].
pub fn look() -> Result<Started, ApiError> {
    entry::Entry::here()?.look()
}

/// The window's program: this one, or what lies beside the terminal's.
fn program() -> io::Result<PathBuf> {
    const NAME: &str = "mitta-desktop";
    let this = std::env::current_exe()?;
    // What replaces a running program, an update, leaves the old name with this after it.
    let name = this.file_name().and_then(|name| name.to_str());
    let name = name.map(|name| name.trim_end_matches(" (deleted)"));
    if name.is_some_and(|name| name.starts_with(NAME)) {
        return Ok(this.with_file_name(NAME));
    }
    Ok(this.with_file_name(format!("{NAME}{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(target_os = "linux")]
mod entry;

#[cfg(not(target_os = "linux"))]
mod entry {
    use crate::api::{ApiError, ErrorCode, StartAtLogin};

    /// Nothing is read or written here.
    pub(super) struct Entry;

    fn refused() -> ApiError {
        let why = "on this system its own settings start programs at login";
        ApiError::new(ErrorCode::NoStartAtLogin, why)
    }

    impl Entry {
        pub(super) fn here() -> Result<Self, ApiError> {
            Err(refused())
        }

        pub(super) fn read(&self) -> Result<StartAtLogin, ApiError> {
            Err(refused())
        }

        pub(super) fn look(&self) -> Result<super::Started, ApiError> {
            Err(refused())
        }

        pub(super) fn write(&self) -> Result<(), ApiError> {
            Err(refused())
        }

        pub(super) fn remove(&self) -> Result<(), ApiError> {
            Err(refused())
        }
    }
}
