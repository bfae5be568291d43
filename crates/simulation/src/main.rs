//! `simulate`: histories over a simulated network, by seed.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use mitta_simulation::history::{Options, run};
use mitta_simulation::runs::{Report, many};
use mitta_simulation::server::Postgres;

/// Lets devices sync over a network that loses, doubles, reorders and cuts, by seed.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// How many histories.
    #[arg(long, default_value_t = 2_000)]
    runs: u64,
    /// The first history's seed; each next one's is one more.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// At most so many steps of it (with --trace).
    #[arg(long)]
    steps: Option<usize>,
    /// Steps that are left out of it (with --trace).
    #[arg(long, value_delimiter = ',')]
    skip: Vec<usize>,
    /// Tell what happens in the one history of --seed.
    #[arg(long)]
    trace: bool,
    /// Behind a real Postgres as well, row by row: its admin URL, or `private` to start one.
    #[arg(long, value_name = "URL|private")]
    postgres: Option<String>,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let postgres = match args.postgres.as_deref() {
        None => None,
        Some("private") => Some(Postgres::private()?),
        Some(url) => Some(Postgres::at(url)),
    };
    if args.trace {
        let options = Options {
            steps: args.steps,
            skip: args.skip.into_iter().collect(),
            ..Options::new(args.seed)
        };
        let ended = run(&options, postgres.as_ref());
        let mut out = std::io::stdout().lock();
        for line in ended.trace.lines() {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "trace {} ({} steps)", ended.trace.hash(), ended.steps)?;
        return Ok(code(ended.broken.is_none()));
    }
    let report = many(args.seed, args.runs, postgres.as_ref());
    let Report {
        runs,
        counts,
        failed,
    } = &report;
    let mut out = std::io::stdout().lock();
    if let Some(failed) = failed {
        writeln!(out, "{failed}")?;
    }
    writeln!(out, "{runs} histories from seed {}: {counts:?}", args.seed)?;
    Ok(code(failed.is_none()))
}

fn code(is_well: bool) -> ExitCode {
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
