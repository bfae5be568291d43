//! Building and starting Mitta's own programs.
//!
//! Everything is built with the features of the whole workspace, and for tests also with what writes
//! the TypeScript types: whoever runs and tests in turn compiles each library once. `xtask` is left
//! out, as Windows cannot replace a program that is running.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{display, package, shell};

/// Arguments that select the workspace.
pub const WORKSPACE: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// What debug builds have besides: the generators of types, which no program of a release needs.
pub const WITH_TYPES: [&str; 2] = ["--features", "mitta-runtime/ts,mitta-sync/ts"];

/// A debug build of the workspace.
fn debug() -> Result<Command> {
    let mut cargo = shell::cargo()?;
    cargo.arg("build").args(WORKSPACE).args(WITH_TYPES);
    Ok(cargo)
}

/// Builds every library, program and test, as nextest does.
pub fn all() -> Result<()> {
    shell::run(debug()?.arg("--all-targets"))
}

/// Builds [`all`], and writes down for nextest what there is.
pub fn tests() -> Result<()> {
    all()?;
    let (packages, programs) = described()?;
    let mut metadata = shell::cargo()?;
    metadata.args(["metadata", "--format-version", "1"]);
    shell::run_into(&mut metadata, &packages)?;
    let mut list = shell::command("cargo-nextest")?;
    // This program's own tests too: their program is another.
    list.args(["nextest", "list", "--workspace"])
        .args(WITH_TYPES);
    list.args(["--list-type", "binaries-only", "--message-format", "json"]);
    shell::run_into(&mut list, &programs)
}

/// Where [`tests`] writes down the packages, and where the programs with tests.
pub fn described() -> Result<(PathBuf, PathBuf)> {
    let folder = shell::target()?.join("xtask");
    Ok((folder.join("packages.json"), folder.join("tests.json")))
}

/// Builds programs that stand in the workspace as examples.
pub fn examples(names: &[&str]) -> Result<()> {
    let mut build = debug()?;
    for name in names {
        build.args(["--example", name]);
    }
    shell::run(&mut build)
}

/// Builds the app and the terminal, and opens the window; ends when the app does.
pub fn open_window() -> Result<ExitCode> {
    shell::run(debug()?.args(["--bin", "mitta-desktop", "--bin", "mitta"]))?;
    let mut desktop = shell::command(program("debug", "mitta-desktop")?)?;
    println!("$ {}", shell::line(&desktop));
    let status = desktop.status().context("cannot start mitta-desktop")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Builds the server, and what keeps a Postgres for it.
pub fn server() -> Result<()> {
    shell::run(debug()?.args(["--bin", "mitta-server", "--bin", "mitta-pgtest"]))
}

/// Lets devices sync over a simulated network: `runs` histories from `seed` on.
pub fn simulate(runs: u32, seed: Option<u64>) -> Result<()> {
    let mut build = shell::cargo()?;
    build
        .args(["build", "--release"])
        .args(WORKSPACE)
        .args(["--bin", "simulate"]);
    shell::run(&mut build)?;
    let mut simulate = shell::command(program("release", "simulate")?)?;
    simulate.arg("--runs").arg(runs.to_string());
    if let Some(seed) = seed {
        simulate.arg("--seed").arg(seed.to_string());
    }
    shell::run(&mut simulate)
}

/// Builds programs for giving away, with the features that the tests have them with.
pub fn release(programs: &[&str]) -> Result<()> {
    let mut build = shell::cargo()?;
    build
        .args(["build", "--release", "--locked"])
        .args(WORKSPACE);
    for program in programs {
        build.args(["--bin", program]);
    }
    shell::run(&mut build)
}

/// Kills Mitta `runs` times and looks at what is left.
pub fn crash(runs: u32) -> Result<()> {
    all()?;
    let mut crash = shell::command(program("debug", "crash")?)?;
    shell::run(crash.arg("--runs").arg(runs.to_string()))
}

/// Measures, in a release build: what begins with `sync` beside a Postgres, all else in the window's
/// display.
pub fn bench(names: &[String]) -> Result<()> {
    shell::run(
        shell::cargo()?
            .args(["build", "--release", "--bins", "--example", "bare_window"])
            .args(WORKSPACE),
    )?;
    let (sync, other): (Vec<_>, Vec<_>) = names.iter().partition(|name| name.starts_with("sync"));
    let (package, other): (Vec<_>, Vec<_>) = other.into_iter().partition(|name| *name == "package");
    if names.is_empty() || !other.is_empty() {
        let mut bench = display::within(program("release", "bench")?)?;
        shell::run(bench.args(other))?;
    }
    // Its Postgres is one of the system's package.
    if cfg!(unix) && (names.is_empty() || !sync.is_empty()) {
        let mut bench = shell::command(program("release", "sync-bench")?)?;
        shell::run(bench.args(sync))?;
    }
    if cfg!(target_os = "linux") && (names.is_empty() || !package.is_empty()) {
        package::sizes()?;
    }
    Ok(())
}

/// Takes pictures of the window on every screen.
pub fn pictures() -> Result<()> {
    all()?;
    shell::run(&mut display::within(program("debug", "pictures")?)?)
}

/// Where a program of the workspace lies once it is built.
pub fn program(profile: &str, name: &str) -> Result<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(shell::target()?.join(profile).join(file))
}
