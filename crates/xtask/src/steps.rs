//! The checks and tests themselves, each a function that fails when what it looks at is wrong.

use std::process::Command;

use anyhow::Result;

use crate::postgres::Postgres;
use crate::{build, display, shell};

/// The crate that holds the end-to-end tests, as a nextest filter.
const END_TO_END: &str = "package(mitta-tests)";

/// Formatting.
pub fn fmt() -> Result<()> {
    shell::run(shell::cargo()?.args(["fmt", "--all", "--check"]))
}

/// Lints, all of them errors.
pub fn clippy() -> Result<()> {
    shell::run(&mut lints()?)
}

/// What lints.
pub fn lints() -> Result<Command> {
    let mut clippy = shell::cargo()?;
    clippy.args(["clippy", "--workspace", "--all-targets"]);
    clippy
        .args(build::WITH_TYPES)
        .args(["--", "-D", "warnings"]);
    Ok(clippy)
}

/// Licences, sources and banned crates.
pub fn deny() -> Result<()> {
    let mut deny = shell::command("cargo-deny")?;
    shell::run(deny.args([
        "--locked",
        "--log-level",
        "error",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// Everything but what needs the desktop: unit, store, runtime, sync, server against a real Postgres.
pub fn nextest() -> Result<()> {
    let mut nextest = nextest_in(
        shell::command("cargo-nextest")?,
        &format!("not {END_TO_END}"),
    )?;
    with_postgres(&mut nextest)
}

/// Runs tests beside a Postgres that they share, and that goes with them.
fn with_postgres(tests: &mut Command) -> Result<()> {
    if !cfg!(unix) {
        return shell::run(tests);
    }
    let postgres = Postgres::for_tests()?;
    shell::run(postgres.hand_to(tests))
}

/// Examples in the documentation.
pub fn doc() -> Result<()> {
    shell::run(
        shell::cargo()?
            .args(["test", "--doc"])
            .args(build::WORKSPACE)
            .args(build::WITH_TYPES),
    )
}

/// The real window, in a virtual display.
pub fn end_to_end() -> Result<()> {
    let mut nextest = nextest_in(display::within("cargo-nextest")?, END_TO_END)?;
    // Most of them wait for what a person would wait for: one more than there are cores.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    nextest.arg("--test-threads").arg((cores + 1).to_string());
    with_postgres(&mut nextest)
}

/// The policy tests of the end-to-end crate, for where the rest of it cannot be run.
pub fn policy() -> Result<()> {
    let filter = format!("{END_TO_END} & test(/^(architecture|migrations|sources)::/)");
    shell::run(&mut nextest_in(shell::command("cargo-nextest")?, &filter)?)
}

/// Tests that [`build::tests`] built and that match a filter. Cargo is not asked: it may be at work.
fn nextest_in(mut command: Command, filter: &str) -> Result<Command> {
    let (packages, programs) = build::described()?;
    command.args(["nextest", "run", "-E", filter]);
    command.arg("--cargo-metadata").arg(packages);
    command.arg("--binaries-metadata").arg(programs);
    Ok(command)
}
