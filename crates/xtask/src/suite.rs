//! `cargo xtask test`: the definition of done, in order, cheapest first, ending at the first
//! failure.
//!
//! What cannot be run on a system is named at the end, and the exit code is then
//! [`INCOMPLETE`] instead of 0: a green that left tests out is not a green.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::packages::Purpose;
use crate::shell::{Stopwatch, Took};
use crate::{build, needs, npm, package, saboteurs, steps, types};

/// Kills in a test run; more on demand with `cargo xtask crash --runs N`.
pub const CRASH_RUNS: u32 = 300;

/// Exit code when all that can be run here passed, but something cannot be run here.
const INCOMPLETE: u8 = 3;

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
    place: Place,
}

/// Where a step can be run.
#[derive(PartialEq)]
enum Place {
    Anywhere,
    /// On Linux; elsewhere the reason is told.
    Linux(&'static str),
    /// On Linux and macOS; elsewhere the reason is told.
    Unix(&'static str),
    /// Everywhere but on Linux, in the place of a step that only Linux has.
    Elsewhere,
}

impl Place {
    fn is_here(&self) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Linux(_) => cfg!(target_os = "linux"),
            Self::Unix(_) => cfg!(unix),
            Self::Elsewhere => !cfg!(target_os = "linux"),
        }
    }
}

const fn step(name: &'static str, what: &'static str, run: fn() -> Result<()>) -> Step {
    Step {
        name,
        what,
        run,
        place: Place::Anywhere,
    }
}

impl Step {
    const fn on(self, place: Place) -> Self {
        let Self {
            name, what, run, ..
        } = self;
        Self {
            name,
            what,
            run,
            place,
        }
    }
}

/// The pages are built before anything in Rust: `mitta-desktop` and `mitta-server` have them inside.
const STEPS: &[Step] = &[
    step("set-up", "packages, Node, cargo tools", || {
        needs::ensure(Purpose::Tests)
    }),
    step("fmt", "formatting", steps::fmt),
    step("patches", "every saboteur still applies", saboteurs::check),
    step("ui-install", "npm packages as locked", npm::install),
    step("ui-lint", "prettier", || npm::script("lint")),
    step("ui-check", "svelte-check", || npm::script("check")),
    step("ui-test", "vitest", || npm::script("test")),
    step("ui-build", "the window's page and the server's", npm::build),
    step("deny", "bans, licences, sources", steps::deny),
    step("clippy", "lints", steps::clippy),
    step(
        "types",
        "committed TypeScript types are those of the Rust declarations",
        || types::generate(true),
    ),
    step("build", "all programs and tests", build::all),
    step(
        "nextest",
        "all but the desktop: units, store, sync, simulation, server against a real Postgres",
        steps::nextest,
    ),
    step("doc", "examples in the documentation", steps::doc),
    step(
        "e2e",
        "the real window in a virtual display, policies",
        steps::end_to_end,
    )
    .on(Place::Linux(
        "needs a virtual display and WebKitGTK's driver",
    )),
    step(
        "policy",
        "crate edges, sources, released migrations",
        steps::policy,
    )
    .on(Place::Elsewhere),
    step(
        "package",
        "a .deb, installed on a clean root, started, removed",
        package::test,
    )
    .on(Place::Linux("is made with Debian's tools")),
    step("crash", "SIGKILL at random points", || {
        build::crash(CRASH_RUNS)
    })
    .on(Place::Unix("needs SIGKILL")),
];

/// Prints the steps.
pub fn list() {
    for step in STEPS {
        let note = if step.place.is_here() {
            ""
        } else {
            " (not on this system)"
        };
        println!("{:<12}{}{note}", step.name, step.what);
    }
}

/// Runs all steps, or those named in `only`.
///
/// # Errors
/// The first step that fails, or a name that is no step's.
pub fn run(only: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("no step is called {unknown}: see `cargo xtask test --list`");
    }
    let chosen = |step: &&Step| only.is_empty() || only.iter().any(|name| name == step.name);
    let all = Stopwatch::start();
    let mut done: Vec<(&str, Took)> = Vec::new();
    let mut left_out = Vec::new();
    for step in STEPS.iter().filter(chosen) {
        if !step.place.is_here() {
            if let Place::Linux(why) | Place::Unix(why) = step.place {
                left_out.push(format!("{} ({}): {why}", step.name, step.what));
            }
            continue;
        }
        println!("\n━━ {}: {}", step.name, step.what);
        let watch = Stopwatch::start();
        let result = (step.run)();
        let took = watch.read();
        println!(
            "━━ {}: {} in {took}",
            step.name,
            if result.is_ok() { "ok" } else { "FAILED" }
        );
        result.with_context(|| {
            format!(
                "step {} failed; to repeat it: `cargo xtask test {}`",
                step.name, step.name
            )
        })?;
        done.push((step.name, took));
    }
    println!();
    for (name, took) in &done {
        println!("{name:<12}{took}");
    }
    println!("All {} steps passed in {}.", done.len(), all.read());
    if left_out.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for line in left_out {
        println!("NOT RUN on this system: {line}");
    }
    println!("Exit code {INCOMPLETE}: what can be run here passed, the rest did not run.");
    Ok(ExitCode::from(INCOMPLETE))
}
