//! Kills a process that records sits, at random moments, and looks at what is left (I1–I4).
//!
//! `crash --runs N [--seed S]`: each run starts this program again as a child that starts,
//! changes, completes and edits sessions, and prints each change after the call for it has
//! returned; then SIGKILL. What was printed must be in the database, once, with its ops and
//! events, and at most one change more. What this cannot show is a power cut: the pages that a
//! killed process wrote stay in the kernel's memory. As many first launches are killed while they
//! make the history, and the next launch must open it.

mod check;
mod child;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use check::Ledger;
use mitta_store::DataDir;
use tempfile::TempDir;

const DEFAULT_RUNS: u32 = 300;
/// Kills in one folder: its history grows over them, then a fresh one begins.
const RUNS_PER_FOLDER: u32 = 60;
/// The child is killed within this after it said that it is open…
const LIFE_MS: u64 = 100;
/// …or, one time in [`EARLY_ONE_IN`], within this after it was started: while it opens.
const OPENING_MS: u64 = 25;
const EARLY_ONE_IN: u64 = 5;

fn main() -> Result<ExitCode> {
    let mut runs = DEFAULT_RUNS;
    let mut seed = RandomState::new().hash_one(0) >> 16;
    let mut child = None;
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--runs" => runs = value.parse().context("--runs")?,
            "--seed" => seed = value.parse().context("--seed")?,
            "--child" => child = Some(value),
            _ => bail!("usage: crash [--runs N] [--seed S]"),
        }
    }
    match child {
        Some(dir) => child::run(&DataDir::new(dir), Random(seed)).map(|()| ExitCode::SUCCESS),
        None => kill_and_look(runs, seed),
    }
}

fn kill_and_look(runs: u32, seed: u64) -> Result<ExitCode> {
    println!("crash: {runs} runs, --seed {seed}");
    let mut random = Random(seed);
    let mut folder = TempDir::new()?;
    let mut ledger = Ledger::default();
    let mut total = check::Counts::default();
    let mut failed = 0;
    for run in 0..runs {
        let told = one_life(folder.path(), &mut random)?;
        let last = (run + 1) % RUNS_PER_FOLDER == 0 || run + 1 == runs;
        let verdict = ledger
            .look(&DataDir::new(folder.path()), &told)
            .and_then(|()| {
                if last {
                    ledger.look_closely(&DataDir::new(folder.path()))
                } else {
                    Ok(())
                }
            });
        if let Err(error) = &verdict {
            failed += 1;
            eprintln!("run {run}: {error:#}");
            eprintln!("  kept in {}", folder.path().display());
            folder.disable_cleanup(true);
        }
        if last || verdict.is_err() {
            total.add(ledger.counts());
            ledger = Ledger::default();
            folder = TempDir::new()?;
        }
    }
    println!("acknowledged before the kills: {total}");
    println!("{} passed, {failed} failed", runs - failed);
    first_launches(runs, &mut random)?;
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Kills first launches while they open; whatever that left, the next one opens it.
fn first_launches(runs: u32, random: &mut Random) -> Result<()> {
    let mut found = 0;
    for run in 0..runs {
        let folder = TempDir::new()?;
        let mut child = start(folder.path(), random)?;
        sleep(Duration::from_micros(random.below(OPENING_MS * 1000)));
        child.kill()?;
        child.wait()?;
        found += u32::from(DataDir::new(folder.path()).database().exists());
        let mut next = start(folder.path(), random)?;
        let opened = opens(&mut next);
        next.kill()?;
        next.wait()?;
        opened.with_context(|| format!("first launch {run}"))?;
    }
    println!("first launches: {runs} killed, {found} of them with a database begun; each opens");
    Ok(())
}

fn start(dir: &Path, random: &mut Random) -> Result<Child> {
    let child = Command::new(std::env::current_exe()?)
        .arg("--child")
        .arg(dir)
        .args(["--seed", &random.next().to_string()])
        .stdout(Stdio::piped())
        .spawn();
    Ok(child?)
}

/// Waits until the child has the history open; hands back what it prints from there.
fn opens(child: &mut Child) -> Result<BufReader<ChildStdout>> {
    let mut output = BufReader::new(child.stdout.take().context("no pipe")?);
    let mut open = String::new();
    output.read_line(&mut open)?;
    if open != "open\n" {
        bail!("the child could not open the database: {}", child.wait()?);
    }
    Ok(output)
}

/// Starts a child, kills it, and hands back the lines that it finished printing.
fn one_life(dir: &Path, random: &mut Random) -> Result<Vec<String>> {
    let mut child = start(dir, random)?;
    let mut output = if random.below(EARLY_ONE_IN) == 0 {
        sleep(Duration::from_micros(random.below(OPENING_MS * 1000)));
        BufReader::new(child.stdout.take().context("no pipe")?)
    } else {
        let output = opens(&mut child)?;
        sleep(Duration::from_micros(random.below(LIFE_MS * 1000)));
        output
    };
    let ended_by_itself = child.try_wait()?;
    child.kill()?;
    child.wait()?;
    if let Some(status) = ended_by_itself {
        bail!("the child ended by itself: {status}");
    }
    let mut rest = String::new();
    output.read_to_string(&mut rest)?;
    // A line without its end was cut off while it was being printed: not acknowledged.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    Ok(whole
        .lines()
        .filter(|line| *line != "open")
        .map(str::to_owned)
        .collect())
}

/// `SplitMix64`, so that a seed gives the same choices everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `0..bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
