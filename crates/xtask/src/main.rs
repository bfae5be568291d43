//! `cargo xtask`: set-up, building, running and testing Mitta, in Rust.
//!
//! Must hold: few dependencies (it compiles before everything else), nothing asks a question
//! (it runs with no terminal), and a step that fails ends the run with a non-zero exit code.

mod beside;
mod build;
mod display;
mod needs;
mod npm;
mod package;
mod packages;
mod postgres;
mod saboteurs;
mod shell;
mod stamp;
mod steps;
mod suite;
mod tools;
mod types;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::packages::Purpose;

/// The chores of Mitta. Without a verb: this list.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Set up what is missing, build, and open the window
    Run,
    /// Set up what is missing, then everything the definition of done names
    Test {
        /// Only these steps (`--list` names them); they build what they need themselves
        #[arg(value_name = "STEP")]
        only: Vec<String>,
        /// Also the steps that have passed for exactly these files, tools and packages
        #[arg(long)]
        anew: bool,
        /// List the steps and stop
        #[arg(long)]
        list: bool,
    },
    /// Formatting, clippy and cargo-deny
    Check,
    /// Write the window's TypeScript types from the Rust declarations
    Types {
        /// Change nothing; fail if the committed files differ
        #[arg(long)]
        check: bool,
    },
    /// Install npm's packages where the lock changed, and build the window's page and the server's
    Ui,
    /// Apply each deliberate break in a scratch worktree and see that the tests catch it
    Saboteurs {
        /// Only check that every patch still applies
        #[arg(long)]
        check: bool,
        /// Only the patches whose file name contains this
        name: Option<String>,
    },
    /// Kill Mitta with SIGKILL at random points and look for anything lost or doubled
    Crash {
        /// How many kills
        #[arg(long, default_value_t = suite::CRASH_RUNS)]
        runs: u32,
    },
    /// Let devices sync over a simulated network that loses, doubles and reorders
    Simulate {
        /// How many histories
        #[arg(long, default_value_t = 2_000)]
        runs: u32,
        /// The first seed; a failure names its own
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Try the partnership server on this machine: a private Postgres, migrated, and the server
    Serve {
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8743")]
        listen: String,
        /// Where its database stays
        #[arg(long, default_value_os_t = postgres::trial_dir())]
        dir: std::path::PathBuf,
    },
    /// Measure against references, in a release build
    Bench {
        /// Only these figures
        names: Vec<String>,
    },
    /// Build for giving away and make a Debian package of the window and the terminal program
    Package,
    /// Take the pictures of the window in docs/pictures anew
    Pictures,
    /// Install what building needs; `setup tests` and `setup bench`: what those need too
    Setup {
        /// What to be ready for
        #[arg(default_value = "build")]
        purpose: Purpose,
    },
}

fn main() -> ExitCode {
    match act(Args::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act(verb: Option<Verb>) -> Result<ExitCode> {
    let Some(verb) = verb else {
        Args::command().print_help()?;
        return Ok(ExitCode::SUCCESS);
    };
    match verb {
        Verb::Run => {
            needs::ensure(Purpose::Build)?;
            npm::build()?;
            return build::open_window();
        }
        Verb::Test { list: true, .. } => suite::list(),
        Verb::Test { only, anew, .. } => return suite::run(&only, anew),
        Verb::Check => {
            needs::ensure(Purpose::Build)?;
            tools::ensure(&[tools::DENY])?;
            npm::build()?;
            steps::fmt()?;
            steps::clippy()?;
            steps::deny()?;
        }
        Verb::Types { check } => {
            needs::ensure(Purpose::Build)?;
            npm::build()?;
            types::generate(check)?;
        }
        Verb::Ui => {
            needs::node()?;
            npm::build()?;
        }
        Verb::Saboteurs { check: true, .. } => saboteurs::check()?,
        Verb::Saboteurs { check: false, name } => {
            needs::ensure(Purpose::Build)?;
            tools::ensure(&[tools::NEXTEST])?;
            npm::build()?;
            saboteurs::run(name.as_deref())?;
        }
        Verb::Crash { runs } => {
            needs::ensure(Purpose::Build)?;
            npm::build()?;
            build::crash(runs)?;
        }
        Verb::Simulate { runs, seed } => {
            needs::ensure(Purpose::Build)?;
            npm::build()?;
            build::simulate(runs, seed)?;
        }
        Verb::Serve { listen, dir } => {
            needs::ensure(Purpose::Serve)?;
            npm::build()?;
            return postgres::serve(&dir, &listen);
        }
        Verb::Bench { names } => {
            needs::ensure(Purpose::Bench)?;
            npm::build()?;
            build::bench(&names)?;
        }
        Verb::Package => {
            needs::ensure(Purpose::Build)?;
            npm::build()?;
            package::release()?;
        }
        Verb::Pictures => {
            needs::ensure(Purpose::Tests)?;
            npm::build()?;
            build::pictures()?;
        }
        Verb::Setup { purpose } => needs::ensure(purpose)?,
    }
    Ok(ExitCode::SUCCESS)
}
