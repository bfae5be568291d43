//! Where this person's data is: decided once, before anything is opened.

use std::path::PathBuf;
use std::sync::OnceLock;

use mitta_store::DataDir;

use crate::api::{ApiError, ErrorCode};

/// The profile that this process was started with.
static PROFILE: OnceLock<String> = OnceLock::new();

/// From now on [`data_dir`] is that of a profile: the sits of another person, kept apart. Once, before
/// anything is opened.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] for a name that is no folder's: 1 to 40 ASCII letters, digits, `-`, `_`.
pub fn name_profile(name: &str) -> Result<(), ApiError> {
    check(name)?;
    PROFILE
        .set(name.to_owned())
        .map_err(|_| ApiError::internal(&"the profile was named twice"))
}

fn check(name: &str) -> Result<(), ApiError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !(1..=40).contains(&name.len()) || !name.chars().all(is_plain) {
        return Err(ApiError::new(
            ErrorCode::InvalidRequest,
            "A profile's name has 1 to 40 letters (a to z), digits, hyphens or underscores.",
        ));
    }
    Ok(())
}

/// The data folder: `MITTA_DATA_DIR` if set, else the system's place for a program's data; within it
/// that of the profile, where one was named.
///
/// # Errors
/// Where the system has no home folder for this person and none was named.
pub fn data_dir() -> Result<DataDir, ApiError> {
    data_dir_of(profile())
}

/// The data folder of a profile, or the one that is nobody's, whatever this process was started with.
///
/// # Errors
/// As [`name_profile`] and [`data_dir`].
pub fn data_dir_of(profile: Option<&str>) -> Result<DataDir, ApiError> {
    let dir = first_data_dir()?;
    let Some(name) = profile else {
        return Ok(dir);
    };
    check(name)?;
    Ok(DataDir::new(dir.path().join("profiles").join(name)))
}

/// The profile that this process was started with.
pub fn profile() -> Option<&'static str> {
    PROFILE.get().map(String::as_str)
}

fn first_data_dir() -> Result<DataDir, ApiError> {
    if let Some(path) = std::env::var_os("MITTA_DATA_DIR").filter(|path| !path.is_empty()) {
        return Ok(DataDir::new(PathBuf::from(path)));
    }
    directories::ProjectDirs::from("org", "mitta", "Mitta")
        .map(|dirs| DataDir::new(dirs.data_dir().to_owned()))
        .ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotWritable,
                "There is no home folder for Mitta's data. Set MITTA_DATA_DIR to a folder.",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_a_plain_name_and_named_once() {
        for name in ["", "a/b", "..", "ä", &"x".repeat(41)] {
            let error = name_profile(name).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest, "{name:?}");
        }
        assert!(data_dir_of(Some("..")).is_err());
        let before = data_dir().unwrap();
        name_profile("anna").unwrap();
        let after = data_dir().unwrap();
        assert_eq!(after.path(), before.path().join("profiles").join("anna"));
        assert!(name_profile("anna").is_err());
        assert_eq!(data_dir_of(None).unwrap(), before);
    }
}
