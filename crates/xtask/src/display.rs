//! A desktop made of air: a session bus and a virtual display of their own, so that a test needs
//! no screen and touches nobody's.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// A command that runs `program` in a virtual display; without one, where Linux's is not to be had.
pub fn within(program: impl AsRef<OsStr>) -> Result<Command> {
    if !cfg!(target_os = "linux") {
        return shell::command(program);
    }
    let mut command = shell::command("dbus-run-session")?;
    command
        .args(["--", "xvfb-run", "-a", "-s", "-screen 0 1280x900x24"])
        .arg(program)
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY");
    Ok(command)
}
