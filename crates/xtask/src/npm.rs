//! The packages, checks and builds of the window and of the web page, through npm in `ui/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell;
use crate::stamp::Stamp;

/// Entries of `ui/` that are made, not written (the last four by inlang, in its project), and the tests
/// of what was built.
const MADE: &[&str] = &[
    "node_modules",
    "dist",
    "dist-web",
    "paraglide",
    ".svelte-kit",
    ".vite",
    "e2e",
    ".lix",
    ".meta.json",
    ".gitignore",
    "README.md",
];

/// Where the page's sources and packages are.
pub fn folder() -> PathBuf {
    shell::root().join("ui")
}

/// What npm is called.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// npm, in `ui/`.
fn npm() -> Result<Command> {
    let mut npm = shell::command(NPM)?;
    npm.current_dir(folder());
    Ok(npm)
}

/// Runs a script of `ui/package.json`.
pub fn script(name: &str) -> Result<()> {
    shell::run(npm()?.args(["run", name]))
}

/// Installs exactly what the lock file names, where it is not installed yet.
pub fn install() -> Result<()> {
    let lock = Stamp::of("npm-ci", &[folder().join("package-lock.json")], &[])?;
    if lock.is_current() && folder().join("node_modules").is_dir() {
        println!("npm packages: up to date");
        return Ok(());
    }
    shell::run(npm()?.args(["ci", "--no-audit", "--no-fund"]))?;
    lock.write()
}

/// Builds the window's page into `ui/dist` and the server's into `ui/dist-web`, where they are not built
/// of these sources yet.
pub fn build() -> Result<()> {
    install()?;
    let sources = Stamp::of("ui-build", &[folder()], MADE)?;
    let built = ["dist/index.html", "dist-web/signed-in.de.html"];
    if sources.is_current() && built.iter().all(|it| folder().join(it).is_file()) {
        println!("ui/dist, ui/dist-web: up to date");
        return Ok(());
    }
    script("build")?;
    script("build:web")?;
    sources.write()
}

/// Hands what was built to another checkout of the same sources, where nothing of npm is.
pub fn hand_to(checkout: &Path) -> Result<()> {
    for built in ["dist", "dist-web"] {
        copy(&folder().join(built), &checkout.join("ui").join(built))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
