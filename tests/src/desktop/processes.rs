//! The processes of one test, known by the data folder in their environment.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, kill_process};

pub use rustix::process::Signal;

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The name of its program.
    pub program: String,
}

/// Every running process with `data` as its `MITTA_DATA_DIR`.
pub fn of(data: &Path) -> Vec<Process> {
    let mut wanted = OsString::from("MITTA_DATA_DIR=");
    wanted.push(data);
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            // Gone meanwhile, or ended and not yet waited for: no longer running.
            let environ = fs::read(entry.path().join("environ")).ok()?;
            let ours = environ
                .split(|byte| *byte == 0)
                .any(|pair| pair == wanted.as_bytes());
            let program = fs::read_link(entry.path().join("exe")).ok()?;
            ours.then(|| Process {
                pid,
                program: name_of(&program),
            })
        })
        .collect()
}

fn name_of(program: &Path) -> String {
    let name = program
        .file_name()
        .map_or_else(PathBuf::new, PathBuf::from)
        .to_string_lossy()
        .into_owned();
    // A program that was built anew while it runs.
    name.trim_end_matches(" (deleted)").to_owned()
}

/// Sends a signal.
///
/// # Errors
/// If there is no such process.
pub fn signal(pid: u32, signal: Signal) -> Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    Ok(kill_process(pid.context("no process")?, signal)?)
}
