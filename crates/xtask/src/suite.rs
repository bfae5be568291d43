//! `cargo xtask test`: the definition of done, in order, cheapest first, ending at the first
//! failure.
//!
//! A step that looks at something and makes nothing is not repeated for exactly the files, tools and
//! packages that it has passed for; whoever names it, or says `--anew`, runs it all the same.
//!
//! The end-to-end tests wait for what a person would wait for, and leave half of the machine idle:
//! clippy, which wants nothing but a processor, has the other half. `cargo xtask check` lints at once.
//!
//! What cannot be run on a system is named at the end, and the exit code is then
//! [`INCOMPLETE`] instead of 0: a green that left tests out is not a green.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::beside::Beside;
use crate::packages::Purpose;
use crate::shell::{Stopwatch, Took};
use crate::stamp::Stamp;
use crate::{build, needs, npm, package, packages, saboteurs, shell, steps, types};

/// Kills in a test run; more on demand with `cargo xtask crash --runs N`.
pub const CRASH_RUNS: u32 = 300;

/// Exit code when all that can be run here passed, but something cannot be run here.
const INCOMPLETE: u8 = 3;

type MakeCommand = fn() -> Result<Command>;

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
    place: Place,
    /// Whether it looks at something and makes nothing that a later step needs.
    is_check: bool,
    /// What it does first, before anything may run beside it: builds, which have cargo's lock.
    prepare: Option<fn() -> Result<()>>,
    /// The later step that it runs beside, at the lowest priority, where both are run; and its
    /// command, which is all that it does.
    beside: Option<(&'static str, MakeCommand)>,
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
        is_check: false,
        prepare: None,
        beside: None,
    }
}

/// A step that makes nothing.
const fn check(name: &'static str, what: &'static str, run: fn() -> Result<()>) -> Step {
    Step {
        is_check: true,
        ..step(name, what, run)
    }
}

impl Step {
    const fn on(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    const fn after(mut self, prepare: fn() -> Result<()>) -> Self {
        self.prepare = Some(prepare);
        self
    }

    const fn beside(mut self, step: &'static str, command: MakeCommand) -> Self {
        self.beside = Some((step, command));
        self
    }

    /// What it looks at, where that can be told.
    fn stamp(&self) -> Result<Option<Stamp>> {
        if !self.is_check {
            return Ok(None);
        }
        let Some(facts) = facts()? else {
            return Ok(None);
        };
        Stamp::of_checkout(&format!("passed-{}", self.name), shell::root(), &facts)
    }

    /// It is about to run: that it passed before counts no more.
    fn begin(&self) -> Result<Option<Stamp>> {
        let stamp = self.stamp()?;
        if let Some(stamp) = &stamp {
            stamp.remove()?;
        }
        Ok(stamp)
    }

    /// It has passed for what was there when it began. What was changed meanwhile may or may not
    /// have been seen.
    fn passed(&self, began: Option<Stamp>) -> Result<()> {
        if let Some(stamp) = began
            && self.stamp()?.as_ref() == Some(&stamp)
        {
            stamp.write()?;
        }
        Ok(())
    }
}

/// What of the machine a check depends on besides the files; `None` where it does not tell.
fn facts() -> Result<Option<Vec<String>>> {
    let told = |program: &str, argument: &str| -> Result<String> {
        let told = shell::output_of(shell::command(program)?.arg(argument));
        Ok(told.unwrap_or_default())
    };
    let Some(packages) = packages::versions() else {
        return Ok(None);
    };
    let named = ["MITTA_CHROMIUM", "MITTA_POSTGRES_BIN"];
    let named = named.map(|name| format!("{:?}", std::env::var_os(name)));
    let mut facts = vec![
        told("rustc", "-vV")?,
        told("node", "--version")?,
        told("cargo-nextest", "--version")?,
        packages,
    ];
    facts.extend(named);
    Ok(Some(facts))
}

/// The pages are built before anything in Rust: `mitta-desktop` and `mitta-server` have them inside.
const STEPS: &[Step] = &[
    step("set-up", "packages, Node, cargo tools", || {
        needs::ensure(Purpose::Tests)
    }),
    check("fmt", "formatting", steps::fmt),
    check("patches", "every saboteur still applies", saboteurs::check),
    step("ui-install", "npm packages as locked", npm::install),
    check("ui-lint", "prettier", || npm::script("lint")),
    check("ui-check", "svelte-check", || npm::script("check")),
    check("ui-test", "vitest", || npm::script("test")),
    step("ui-build", "the window's page and the server's", npm::build),
    check("deny", "bans, licences, sources", steps::deny),
    check("clippy", "lints", steps::clippy).beside("e2e", steps::lints),
    check(
        "types",
        "committed TypeScript types are those of the Rust declarations",
        || types::generate(true),
    ),
    step("build", "all programs and tests", build::all),
    check(
        "nextest",
        "all but the desktop: units, store, sync, simulation, server against a real Postgres",
        steps::nextest,
    )
    .after(build::tests),
    check("doc", "examples in the documentation", steps::doc),
    check(
        "e2e",
        "the real window in a virtual display, policies",
        steps::end_to_end,
    )
    .after(build::tests)
    .on(Place::Linux(
        "needs a virtual display and WebKitGTK's driver",
    )),
    check(
        "policy",
        "crate edges, sources, released migrations",
        steps::policy,
    )
    .after(build::tests)
    .on(Place::Elsewhere),
    check(
        "package",
        "a .deb, installed on a clean root, started, removed",
        package::test,
    )
    .on(Place::Linux("is made with Debian's tools")),
    check("crash", "SIGKILL at random points", || {
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

/// Runs all steps, or those named in `only`; also those that have passed for what is here, if `anew`.
///
/// # Errors
/// The first step that fails, or a name that is no step's.
pub fn run(only: &[String], anew: bool) -> Result<ExitCode> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("no step is called {unknown}: see `cargo xtask test --list`");
    }
    let chosen = |step: &&Step| only.is_empty() || only.iter().any(|name| name == step.name);
    let settled = |stamp: &Option<Stamp>| {
        let has_passed = stamp.as_ref().is_some_and(Stamp::is_current);
        has_passed && only.is_empty() && !anew
    };
    let all = Stopwatch::start();
    let mut done: Vec<(&str, String)> = Vec::new();
    let mut as_before = 0;
    let mut left_out = Vec::new();
    let mut waiting = Vec::new();
    for step in STEPS.iter().filter(chosen) {
        if !step.place.is_here() {
            if let Place::Linux(why) | Place::Unix(why) = step.place {
                left_out.push(format!("{} ({}): {why}", step.name, step.what));
            }
            continue;
        }
        println!("\n━━ {}: {}", step.name, step.what);
        if settled(&step.stamp()?) {
            println!("━━ {}: passed before, for exactly these files", step.name);
            done.push((step.name, "as before".to_owned()));
            as_before += 1;
            continue;
        }
        if let Some((other, _)) = step.beside
            && let Some(other) = STEPS.iter().filter(chosen).find(|it| it.name == other)
            && other.place.is_here()
            && !settled(&other.stamp()?)
        {
            println!("━━ {}: later, beside {}", step.name, other.name);
            waiting.push(step);
            continue;
        }
        let (with_it, later) = waiting
            .into_iter()
            .partition(|it: &&Step| it.beside.is_some_and(|(other, _)| other == step.name));
        waiting = later;
        done.extend(perform(step, &with_it)?);
    }
    // What they waited for has passed meanwhile, by another run.
    for step in waiting {
        println!("\n━━ {}: {}", step.name, step.what);
        done.extend(perform(step, &[])?);
    }
    println!();
    for (name, how) in &done {
        println!("{name:<12}{how}");
    }
    println!("All {} steps passed in {}.", done.len(), all.read());
    if as_before > 0 {
        println!(
            "{as_before} of them have passed before for exactly these files, tools and packages, and were \
             not repeated: `cargo xtask test --anew` does."
        );
    }
    if left_out.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for line in left_out {
        println!("NOT RUN on this system: {line}");
    }
    println!("Exit code {INCOMPLETE}: what can be run here passed, the rest did not run.");
    Ok(ExitCode::from(INCOMPLETE))
}

/// Runs a step, and beside it those that have waited for it; tells how long each took. Where one fails,
/// the others go to their end all the same, and are told.
fn perform(step: &'static Step, with_it: &[&'static Step]) -> Result<Vec<(&'static str, String)>> {
    let stamp = step.begin()?;
    let watch = Stopwatch::start();
    let prepared = step.prepare.map_or(Ok(()), |prepare| prepare());
    let mut beside = Vec::new();
    if prepared.is_ok() {
        for other in with_it {
            beside.push((*other, other.begin()?, start_beside(other)));
        }
    }
    let result = prepared.and_then(|()| (step.run)());
    let mut told = vec![told(step, stamp, result.map(|()| watch.read()), "")];
    let where_it_ran = format!(", beside {}", step.name);
    for (other, stamp, running) in beside {
        let result = running.and_then(Beside::finish);
        told.push(self::told(other, stamp, result, &where_it_ran));
    }
    told.into_iter().collect()
}

fn start_beside(step: &Step) -> Result<Beside> {
    let (_, command) = step.beside.context("nothing that runs beside another")?;
    let log = shell::target()?.join(format!("xtask/{}.log", step.name));
    Beside::start(&command()?, log)
}

/// Says how a step ended, and remembers it where it passed.
fn told(
    step: &Step,
    stamp: Option<Stamp>,
    result: Result<Took>,
    where_it_ran: &str,
) -> Result<(&'static str, String)> {
    let name = step.name;
    match result {
        Ok(took) => {
            println!("━━ {name}: ok in {took}");
            step.passed(stamp)?;
            Ok((name, format!("{took}{where_it_ran}")))
        }
        Err(error) => {
            println!("━━ {name}: FAILED");
            let again = format!("step {name} failed; to repeat it: `cargo xtask test {name}`");
            Err(error.context(again))
        }
    }
}
