//! The processes of a cluster, and the one that sees to it that none of them stays behind.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::PgError;

/// What the guardian does when its pipe closes without a word: `$1` is the file with Postgres's
/// process id, which goes when Postgres has ended; the rest are folders to remove then.
const GUARDIAN: &str = r#"
read -r word
[ "$word" = done ] && exit
file=$1; shift
kill -INT "$(head -n 1 "$file")"
while [ -e "$file" ]; do sleep 0.05; done
[ $# -eq 0 ] || rm -rf -- "$@"
"#;

/// Somebody who sees this process end, however it does: Postgres is stopped, and what was
/// temporary removed.
pub(crate) fn guardian(pid_file: &Path, temporary: &[&Path]) -> Result<Child, PgError> {
    Command::new("/bin/sh")
        .args(["-c", GUARDIAN, "guardian"])
        .arg(pid_file)
        .args(temporary)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(PgError::io("starting the guardian"))
}

pub(crate) fn end_guardian(mut guardian: Child) {
    if let Some(mut pipe) = guardian.stdin.take() {
        // A guardian that is gone already has nothing left to hear.
        let _ = pipe.write_all(b"done\n");
    }
    let _ = guardian.wait();
}

pub(crate) fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

pub(crate) fn signal(pid: Option<Pid>, signal: Signal) {
    if let Some(pid) = pid {
        // Who is gone already needs no signal.
        let _ = kill_process(pid, signal);
    }
}

pub(crate) fn children_of(pid: u32) -> Vec<i32> {
    let listed = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let listed = listed.unwrap_or_default();
    listed.split(' ').filter_map(|it| it.parse().ok()).collect()
}
