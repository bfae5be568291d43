//! Many histories, and of one that fails the few steps that it takes.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::history::{Broken, Counts, Ended, Options, run};
use crate::server::Postgres;

/// More histories than this are not tried to shrink one.
const MOST_TRIES: usize = 400;

/// What became of many histories.
#[derive(Debug, Default)]
pub struct Report {
    /// How many were run.
    pub runs: u64,
    /// What they saw, all together.
    pub counts: Counts,
    /// The first that failed, shrunk.
    pub failed: Option<Failed>,
}

/// A history in which something that must not happen happened.
#[derive(Debug)]
pub struct Failed {
    /// How to run it again.
    pub options: Options,
    /// What happened.
    pub broken: Broken,
    /// All of it, line by line.
    pub lines: Vec<String>,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Options {
            seed, steps, skip, ..
        } = &self.options;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "\nseed {seed} failed: {}", self.broken)?;
        write!(f, "again: simulate --seed {seed} --runs 1 --trace")?;
        if let Some(steps) = steps {
            write!(f, " --steps {steps}")?;
        }
        if !skip.is_empty() {
            let skip: Vec<_> = skip.iter().map(ToString::to_string).collect();
            write!(f, " --skip {}", skip.join(","))?;
        }
        writeln!(f)
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.edits += other.edits;
        self.rounds += other.rounds;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.cut += other.cut;
        self.crashes += other.crashes;
        self.restores += other.restores;
        self.shared_rows += other.shared_rows;
        self.corrected += other.corrected;
        self.settled += other.settled;
        self.imported += other.imported;
        self.heal_passes = self.heal_passes.max(other.heal_passes);
    }
}

/// Runs the histories of `runs` seeds from `first` on, on all cores; stops at the first that fails.
pub fn many(first: u64, runs: u64, postgres: Option<&Postgres>) -> Report {
    let next = AtomicU64::new(0);
    let is_over = AtomicBool::new(false);
    let report = Mutex::new(Report::default());
    let work = || {
        while !is_over.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= runs {
                return;
            }
            let options = Options::new(first.wrapping_add(number));
            let ended = run(&options, postgres);
            let is_broken = ended.broken.is_some();
            if let Ok(mut report) = report.lock() {
                report.runs += 1;
                report.counts.add(&ended.counts);
                if is_broken && !is_over.swap(true, Ordering::Relaxed) {
                    report.failed = shrunk(options, ended, postgres);
                }
            }
        }
    };
    let cores = thread::available_parallelism().map_or(2, NonZeroUsize::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    report.into_inner().unwrap_or_default()
}

/// Leaves out of a failed history what it fails without.
pub fn shrunk(options: Options, ended: Ended, postgres: Option<&Postgres>) -> Option<Failed> {
    let mut smallest = (options, ended);
    let mut tries = 0;
    let mut attempt = |options: Options, smallest: &mut (Options, Ended)| {
        tries += 1;
        if tries > MOST_TRIES {
            return false;
        }
        let ended = run(&options, postgres);
        let fails = ended.broken.is_some();
        if fails {
            *smallest = (options, ended);
        }
        fails
    };
    let mut chunk = smallest.1.steps;
    while chunk > 0 {
        let fewer = smallest.1.steps.saturating_sub(chunk);
        let steps = Some(fewer);
        let options = Options {
            steps,
            ..smallest.0.clone()
        };
        if fewer == smallest.1.steps || !attempt(options, &mut smallest) {
            chunk /= 2;
        }
    }
    let steps = smallest.1.steps;
    let mut chunk = steps.div_ceil(4).max(1);
    loop {
        for from in (0..steps).step_by(chunk) {
            let more: BTreeSet<_> = (from..(from + chunk).min(steps)).collect();
            if more.is_subset(&smallest.0.skip) {
                continue;
            }
            let mut options = smallest.0.clone();
            options.skip.extend(more);
            attempt(options, &mut smallest);
        }
        if chunk == 1 {
            break;
        }
        chunk /= 2;
    }
    let (options, ended) = smallest;
    Some(Failed {
        options: Options {
            steps: Some(ended.steps),
            ..options
        },
        broken: ended.broken?,
        lines: ended.trace.lines().to_vec(),
    })
}
