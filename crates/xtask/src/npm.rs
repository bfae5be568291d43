//! The window's packages, checks and build, through npm in `ui/`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell;
use crate::stamp::Stamp;

/// Entries of `ui/` that are made, not written.
const MADE: &[&str] = &["node_modules", "dist", "paraglide", ".svelte-kit", ".vite"];

fn ui() -> PathBuf {
    shell::root().join("ui")
}

/// What npm is called.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// npm, in `ui/`.
fn npm() -> Result<Command> {
    let mut npm = shell::command(NPM)?;
    npm.current_dir(ui());
    Ok(npm)
}

/// Runs a script of `ui/package.json`.
pub fn script(name: &str) -> Result<()> {
    shell::run(npm()?.args(["run", name]))
}

/// Installs exactly what the lock file names, where it is not installed yet.
pub fn install() -> Result<()> {
    let lock = Stamp::of("npm-ci", &[ui().join("package-lock.json")], &[])?;
    if lock.is_current() && ui().join("node_modules").is_dir() {
        println!("npm packages: up to date");
        return Ok(());
    }
    shell::run(npm()?.args(["ci", "--no-audit", "--no-fund"]))?;
    lock.write()
}

/// Builds the window's page into `ui/dist`, where it is not built of these sources yet.
pub fn build() -> Result<()> {
    install()?;
    let sources = Stamp::of("ui-build", &[ui()], MADE)?;
    if sources.is_current() && ui().join("dist").join("index.html").is_file() {
        println!("ui/dist: up to date");
        return Ok(());
    }
    script("build")?;
    sources.write()
}
