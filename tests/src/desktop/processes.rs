//! The processes of one test, known by the data folder in their environment.

use std::collections::HashSet;
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

/// A socket of a process on an internet protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// `tcp`, `udp` and so on.
    pub protocol: &'static str,
    /// The port here.
    pub port: u16,
    /// The port there; 0 without a peer.
    pub peer_port: u16,
    /// Whether it waits for others to connect.
    pub is_listening: bool,
}

/// The internet sockets that a process has open.
///
/// # Errors
/// If the process is gone.
pub fn sockets(pid: u32) -> Result<Vec<Socket>> {
    const LISTENING: &str = "0A";
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let mut inodes = HashSet::new();
    for entry in fs::read_dir(folder.join("fd"))? {
        // A file may be closed meanwhile.
        let Ok(target) = fs::read_link(entry?.path()) else {
            continue;
        };
        let target = target.to_string_lossy();
        let inode = target.strip_prefix("socket:[");
        inodes.extend(inode.and_then(|it| it.strip_suffix(']')).map(str::to_owned));
    }
    let mut sockets = Vec::new();
    for protocol in ["tcp", "tcp6", "udp", "udp6"] {
        // A kernel without IPv6 has no table of it.
        let table = fs::read_to_string(folder.join("net").join(protocol)).unwrap_or_default();
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, here, there, state, _, _, _, _, _, inode, ..] = columns[..] else {
                continue;
            };
            if !inodes.contains(inode) {
                continue;
            }
            let port = |address: &str| -> Result<u16> {
                let (_, port) = address.rsplit_once(':').context("an address")?;
                Ok(u16::from_str_radix(port, 16)?)
            };
            sockets.push(Socket {
                protocol,
                port: port(here)?,
                peer_port: port(there)?,
                is_listening: state == LISTENING,
            });
        }
    }
    Ok(sockets)
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
