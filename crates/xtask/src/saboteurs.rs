//! Saboteurs: small deliberate breaks, kept as patches, that the tests must catch.
//!
//! Each runs in a scratch worktree of HEAD, never in the checkout. A patch counts as caught only
//! if the tests ran and failed: one that does not compile proves nothing and is an error, as is a
//! command that fails, or finds no test, on the unharmed tree.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::postgres::Postgres;
use crate::shell::{Stopwatch, Took};
use crate::{build, npm, shell};

/// Cargo's exit code when something does not compile (and a panic's).
const DID_NOT_BUILD: i32 = 101;
/// nextest's exit code when its filter matched no test.
const NO_TESTS: i32 = 4;

struct Saboteur {
    name: String,
    patch: PathBuf,
    /// What it breaks, with the invariant.
    breaks: String,
    /// The command that must fail.
    caught_by: String,
}

impl Saboteur {
    /// Whether its tests speak to a Postgres, which they then share: each starting its own would take
    /// longer than the tests.
    fn needs_postgres(&self) -> bool {
        let mut words = self.caught_by.split_whitespace();
        words.any(|word| word == "mitta-server" || word == "mitta-simulation")
    }
}

/// Fails unless every patch has its headers and applies to the checkout.
pub fn check() -> Result<()> {
    let saboteurs = read(None)?;
    let failing: Vec<_> = saboteurs
        .iter()
        .filter(|it| apply(shell::root(), &it.patch, &["--check"]).is_err())
        .map(|it| it.name.as_str())
        .collect();
    ensure!(
        failing.is_empty(),
        "these no longer apply: {}. Make them anew against the code as it is.",
        failing.join(", ")
    );
    println!("{} saboteurs, all apply", saboteurs.len());
    Ok(())
}

/// Lets each saboteur loose (or those with `name` in their file name) and fails if one survives.
pub fn run(name: Option<&str>) -> Result<()> {
    let saboteurs = read(name)?;
    ensure!(
        !saboteurs.is_empty(),
        "no saboteur of that name in saboteurs/"
    );
    let needs_postgres = saboteurs.iter().any(Saboteur::needs_postgres);
    let scratch = Scratch::new(needs_postgres)?;

    let mut commands: Vec<_> = saboteurs.iter().map(|it| it.caught_by.as_str()).collect();
    commands.sort_unstable();
    commands.dedup();
    for command in commands {
        println!("\n━━ unharmed: {command}");
        let Ran { exit_code, .. } = scratch.run(command)?;
        ensure!(
            exit_code == 0,
            "`{command}` fails on the unharmed tree (exit code {exit_code})"
        );
    }

    let mut outcomes = Vec::new();
    for saboteur in &saboteurs {
        println!("\n━━ {}: {}", saboteur.name, saboteur.breaks);
        let watch = Stopwatch::start();
        apply(&scratch.tree, &saboteur.patch, &[])?;
        let ran = scratch.run(&saboteur.caught_by)?;
        scratch.restore()?;
        outcomes.push(Outcome {
            saboteur,
            verdict: Verdict::of(ran.exit_code),
            failed: ran.failed,
            took: watch.read(),
        });
    }
    tell(&outcomes)
}

/// What became of a saboteur.
struct Outcome<'a> {
    saboteur: &'a Saboteur,
    verdict: Verdict,
    /// The tests that caught it.
    failed: BTreeSet<String>,
    took: Took,
}

/// The table of all of them, each with the tests that caught it. Fails if one was not caught.
fn tell(outcomes: &[Outcome<'_>]) -> Result<()> {
    println!();
    for outcome in outcomes {
        let word = outcome.verdict.word();
        let Saboteur { name, breaks, .. } = outcome.saboteur;
        println!("{word:<9}{name} ({}): {breaks}", outcome.took);
        for test in &outcome.failed {
            println!("         by {test}");
        }
    }
    let is_free = |outcome: &&Outcome<'_>| outcome.verdict != Verdict::Caught;
    let free = outcomes.iter().filter(is_free).count();
    ensure!(
        free == 0,
        "{free} of {} saboteurs were not caught",
        outcomes.len()
    );
    println!("{} saboteurs, all caught", outcomes.len());
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Caught,
    Survived,
    /// The tests did not get to judge it.
    Broken,
}

impl Verdict {
    fn of(exit_code: i32) -> Self {
        match exit_code {
            0 => Self::Survived,
            DID_NOT_BUILD | NO_TESTS | i32::MIN..0 => Self::Broken,
            _ => Self::Caught,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Survived => "SURVIVED",
            Self::Broken => "BROKEN",
        }
    }
}

/// A worktree of HEAD under `target/saboteurs`, taken away again at the end; what it compiled
/// stays for the next time.
struct Scratch {
    tree: PathBuf,
    build: PathBuf,
    postgres: Option<Postgres>,
}

/// How a command ended.
struct Ran {
    /// Below zero where a signal ended it.
    exit_code: i32,
    /// The tests that failed, as nextest names them.
    failed: BTreeSet<String>,
}

impl Scratch {
    fn new(needs_postgres: bool) -> Result<Self> {
        let postgres = if needs_postgres && cfg!(unix) {
            build::server()?;
            Some(Postgres::for_tests()?)
        } else {
            None
        };
        let folder = shell::target()?.join("saboteurs");
        let scratch = Self {
            tree: folder.join("tree"),
            build: folder.join("build"),
            postgres,
        };
        scratch.remove()?;
        let mut add = git(shell::root())?;
        add.args(["worktree", "add", "--quiet", "--detach", "--force"])
            .arg(&scratch.tree);
        shell::run(add.arg("HEAD"))?;
        // Ignored by git, so that it stays there between the breaks.
        npm::hand_to(&scratch.tree)?;
        Ok(scratch)
    }

    /// Also when a run was killed half way and left its worktree.
    fn remove(&self) -> Result<()> {
        if self.tree.exists() {
            fs::remove_dir_all(&self.tree)
                .with_context(|| format!("cannot remove {}", self.tree.display()))?;
        }
        shell::run(git(shell::root())?.args(["worktree", "prune"]))
    }

    fn restore(&self) -> Result<()> {
        shell::run(git(&self.tree)?.args(["reset", "--hard", "--quiet", "HEAD"]))?;
        shell::run(git(&self.tree)?.args(["clean", "-fdq"]))
    }

    /// Runs a command line in the worktree, its output passing through.
    fn run(&self, line: &str) -> Result<Ran> {
        let mut words = line.split_whitespace();
        let program = words.next().context("an empty caught-by line")?;
        let mut command = if program == "cargo" {
            shell::cargo()?
        } else {
            shell::command(program)?
        };
        command
            .args(words)
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.build)
            .env("CARGO_TERM_COLOR", "never")
            .env("RUST_BACKTRACE", "0")
            .stderr(Stdio::piped());
        if let Some(postgres) = &self.postgres {
            postgres.hand_to(&mut command);
        }
        println!("$ {line}");
        let cannot_run = || format!("cannot run `{line}`");
        let mut child = command.spawn().with_context(cannot_run)?;
        let mut failed = BTreeSet::new();
        for said in child
            .stderr
            .take()
            .into_iter()
            .flat_map(|pipe| BufReader::new(pipe).split(b'\n'))
        {
            let said = said.with_context(cannot_run)?;
            let said = String::from_utf8_lossy(&said);
            eprintln!("{said}");
            failed.extend(failed_test(&said));
        }
        let status = child.wait().with_context(cannot_run)?;
        Ok(Ran {
            exit_code: status.code().unwrap_or(-1),
            failed,
        })
    }
}

/// The test that a line of nextest's says to have failed: `FAIL [   0.04s] (1/2) crate::tests name`,
/// or TIMEOUT, or the signal that ended it.
fn failed_test(line: &str) -> Option<String> {
    let (word, rest) = line.trim_start().split_once(" [")?;
    let has_failed = matches!(word, "FAIL" | "TIMEOUT" | "ABORT") || word.starts_with("SIG");
    let (_, named) = rest.split_once(']')?;
    let named = named.trim_start();
    let named = match named.strip_prefix('(') {
        Some(counted) => counted.split_once(')')?.1,
        None => named,
    };
    has_failed.then(|| named.trim().to_owned())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            eprintln!("{error:#}");
        }
    }
}

/// All patches, in order of their names.
fn read(name: Option<&str>) -> Result<Vec<Saboteur>> {
    let mut saboteurs = Vec::new();
    for entry in fs::read_dir(shell::root().join("saboteurs")).context("no folder saboteurs/")? {
        let patch = entry?.path();
        if patch.extension().is_none_or(|it| it != "patch") {
            continue;
        }
        let stem = patch
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.is_some_and(|name| !stem.contains(name)) {
            continue;
        }
        let text = fs::read_to_string(&patch)?;
        let header = |key| {
            header(&text, key).with_context(|| format!("{stem}.patch has no line `# {key}: …`"))
        };
        let (breaks, caught_by) = (header("breaks")?, header("caught-by")?);
        saboteurs.push(Saboteur {
            name: stem.clone(),
            patch,
            breaks,
            caught_by,
        });
    }
    saboteurs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(saboteurs)
}

/// The value of a line `# key: value` above the patch itself.
fn header(patch: &str, key: &str) -> Option<String> {
    let above = patch
        .lines()
        .take_while(|line| !line.starts_with("diff --git"));
    let mut values = above.filter_map(|line| {
        line.strip_prefix("# ")?
            .strip_prefix(key)?
            .strip_prefix(':')
            .map(str::trim)
    });
    values
        .next()
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

fn apply(tree: &Path, patch: &Path, args: &[&str]) -> Result<()> {
    shell::run(git(tree)?.arg("apply").args(args).arg(patch))
}

/// git in a folder, deaf to an outer git (a hook) that names another.
fn git(folder: &Path) -> Result<Command> {
    let mut git = shell::command("git")?;
    git.current_dir(folder);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    Ok(git)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_above_the_patch_only() {
        let patch = "# breaks: I1, by filter\n# caught-by: cargo test\n\ndiff --git a/x b/x\n\
                     # late: value\n";
        assert_eq!(header(patch, "breaks").as_deref(), Some("I1, by filter"));
        assert_eq!(header(patch, "caught-by").as_deref(), Some("cargo test"));
        assert_eq!(header(patch, "late"), None);
        assert_eq!(header("# breaks:\n", "breaks"), None);
    }

    #[test]
    fn the_tests_that_failed_are_named() {
        for (line, test) in [
            (
                "        FAIL [   0.012s] (1/2) mitta-store::store life::a_sit",
                Some("mitta-store::store life::a_sit"),
            ),
            (
                "     TIMEOUT [ 180.001s] mitta-server::server live::a_stream",
                Some("mitta-server::server live::a_stream"),
            ),
            (
                "     SIGABRT [   0.2s] (2/2) mitta-domain apply::tests::x",
                Some("mitta-domain apply::tests::x"),
            ),
            ("        PASS [   0.012s] mitta-store::store x", None),
            ("        SLOW [> 60.000s] mitta-store::store x", None),
            (
                "     Summary [   0.1s] 1 test run: 0 passed, 1 failed",
                None,
            ),
            ("error: test run failed", None),
        ] {
            assert_eq!(failed_test(line).as_deref(), test, "{line}");
        }
    }

    #[test]
    fn only_tests_that_ran_and_failed_catch_a_saboteur() {
        for (code, verdict) in [
            (0, Verdict::Survived),
            (1, Verdict::Caught),
            (100, Verdict::Caught),
            (DID_NOT_BUILD, Verdict::Broken),
            (NO_TESTS, Verdict::Broken),
            (-1, Verdict::Broken),
        ] {
            assert_eq!(Verdict::of(code), verdict, "exit code {code}");
        }
    }
}
