//! `mitta` without arguments: the window, which is a program of its own.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// Becomes the desktop program: the one beside this one, else one on the `PATH`.
pub fn start(profile: Option<&str>, output: &mut Output) -> Exit {
    let name = format!("mitta-desktop{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()
        .ok()
        .and_then(|me| Some(me.canonicalize().unwrap_or(me).parent()?.join(&name)))
        .filter(|path| path.is_file());
    let program = beside.map_or_else(|| OsString::from(&name), OsString::from);
    let mut command = Command::new(program);
    if let Some(profile) = profile {
        command.args(["--profile", profile]);
    }
    match become_program(command) {
        Ok(exit) => exit,
        Err(error) => {
            output.note(words::no_desktop(&error));
            Exit::Failed
        }
    }
}

#[cfg(unix)]
fn become_program(mut program: Command) -> io::Result<Exit> {
    Err(std::os::unix::process::CommandExt::exec(&mut program))
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> io::Result<Exit> {
    program.spawn().map(|_runs_on| Exit::Done)
}
