//! Running other programs: from the root of the checkout, without a terminal to ask on, with
//! what `cargo xtask` installed found first.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
}

/// The target folder that this very program was built into.
pub fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where this program is")?;
    let folder = program
        .ancestors()
        .nth(2)
        .context("this program lies outside a target folder")?;
    Ok(folder.to_owned())
}

/// A command that runs in the root of the checkout with nothing on its standard input.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut paths = vec![target()?.join("tools").join("bin")];
    paths.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null()).env(
        "PATH",
        std::env::join_paths(paths).context("PATH holds a quote")?,
    );
    // What cargo tells this program of its package would reach the build scripts of others: ring's
    // watches it, and all that uses TLS would be compiled anew between `cargo xtask` and `cargo`.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// The cargo that started this program, so that the toolchain stays the same.
pub fn cargo() -> Result<Command> {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command, its output passing through, and fails if it does.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a command, its standard output going into a file, and fails if it does.
pub fn run_into(command: &mut Command, file: &Path) -> Result<()> {
    let folder = file.parent().context("a file in no folder")?;
    fs::create_dir_all(folder)?;
    let output = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    run(command.stdout(output))
}

/// The same command, so that it has what the rest of the machine leaves.
pub fn at_lowest_priority(command: &Command) -> Result<Command> {
    let mut nice = self::command("nice")?;
    // From the highest, too: beyond the lowest there is nothing.
    nice.args(["-n", "39"]).arg(command.get_program());
    nice.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => nice.env(name, value),
            None => nice.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        nice.current_dir(folder);
    }
    Ok(nice)
}

/// What a command prints on its standard output; `None` if it is missing or fails.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// How long something took.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "a build step's duration is shown, not recorded"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn read(&self) -> Took {
        Took(self.0.elapsed())
    }
}

/// A duration as people read it.
pub struct Took(Duration);

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if seconds < 60 {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        } else {
            write!(f, "{} min {:02} s", seconds / 60, seconds % 60)
        }
    }
}
