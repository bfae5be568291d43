//! Saboteurs: small deliberate breaks, kept as patches, that the tests must catch.
//!
//! Each runs in a scratch worktree of HEAD, never in the checkout. A patch counts as caught only
//! if the tests ran and failed: one that does not compile proves nothing and is an error, as is a
//! command that fails, or finds no test, on the unharmed tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::shell;
use crate::shell::Stopwatch;

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
    let scratch = Scratch::new()?;

    let mut commands: Vec<_> = saboteurs.iter().map(|it| it.caught_by.as_str()).collect();
    commands.sort_unstable();
    commands.dedup();
    for command in commands {
        println!("\n━━ unharmed: {command}");
        let code = scratch.exit_code(command)?;
        ensure!(
            code == 0,
            "`{command}` fails on the unharmed tree (exit code {code})"
        );
    }

    let mut verdicts = Vec::new();
    for saboteur in &saboteurs {
        println!("\n━━ {}: {}", saboteur.name, saboteur.breaks);
        let watch = Stopwatch::start();
        apply(&scratch.tree, &saboteur.patch, &[])?;
        let code = scratch.exit_code(&saboteur.caught_by)?;
        scratch.restore()?;
        verdicts.push((saboteur, Verdict::of(code), watch.read()));
    }

    println!();
    for (saboteur, verdict, took) in &verdicts {
        println!(
            "{:<9}{} ({took}): {}",
            verdict.word(),
            saboteur.name,
            saboteur.breaks
        );
    }
    let free = verdicts
        .iter()
        .filter(|(_, verdict, _)| *verdict != Verdict::Caught)
        .count();
    ensure!(
        free == 0,
        "{free} of {} saboteurs were not caught",
        verdicts.len()
    );
    println!("{} saboteurs, all caught", verdicts.len());
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
}

impl Scratch {
    fn new() -> Result<Self> {
        let folder = shell::target()?.join("saboteurs");
        let scratch = Self {
            tree: folder.join("tree"),
            build: folder.join("build"),
        };
        scratch.remove()?;
        let mut add = git(shell::root())?;
        add.args(["worktree", "add", "--quiet", "--detach", "--force"])
            .arg(&scratch.tree);
        shell::run(add.arg("HEAD"))?;
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

    /// Runs a command line in the worktree; below zero where a signal ended it.
    fn exit_code(&self, line: &str) -> Result<i32> {
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
            .env("RUST_BACKTRACE", "0");
        println!("$ {line}");
        let status = command
            .status()
            .with_context(|| format!("cannot start `{line}`"))?;
        Ok(status.code().unwrap_or(-1))
    }
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
