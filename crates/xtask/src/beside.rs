//! A command that runs beside a step, at the lowest priority: the step is hardly slower for it.
//!
//! It is in the same process group, so that Ctrl+C ends it too.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::shell::{self, Stopwatch, Took};

/// It is running, and somebody has to wait for its end.
#[must_use]
pub struct Beside {
    ending: JoinHandle<std::io::Result<(ExitStatus, Took)>>,
    line: String,
    /// What it says, until it is over: two that speak at once are understood by nobody.
    log: PathBuf,
}

impl Beside {
    /// Starts `command`; what it says goes to `log`.
    pub fn start(command: &Command, log: PathBuf) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let words =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let line = shell::line(command);
        println!(
            "$ {line} # beside this, what it says is in {}",
            log.display()
        );
        let mut command = shell::at_lowest_priority(command)?;
        command.stdout(words.try_clone()?).stderr(words);
        let child = command.stdin(Stdio::null()).spawn();
        let mut child = child.with_context(|| format!("cannot start `{line}`"))?;
        let watch = Stopwatch::start();
        let ending = thread::spawn(move || Ok((child.wait()?, watch.read())));
        Ok(Self { ending, line, log })
    }

    /// Waits for its end, shows what it said, and fails if it did. Tells how long it took.
    pub fn finish(self) -> Result<Took> {
        let ended = self.ending.join();
        let (status, took) = ended.map_err(|_| anyhow!("nobody has seen the end of it"))??;
        println!("$ {}", self.line);
        let words = fs::read(&self.log);
        let words = words.with_context(|| format!("cannot read {}", self.log.display()));
        print!("{}", String::from_utf8_lossy(&words?));
        if !status.success() {
            bail!("`{}` failed ({status})", self.line);
        }
        Ok(took)
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    fn beside(script: &str, name: &str) -> (Beside, PathBuf) {
        let log = std::env::temp_dir().join(format!("mitta-{name}-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("SAID", "heard");
        (Beside::start(&command, log.clone()).unwrap(), log)
    }

    #[test]
    fn one_that_fails_is_told_with_its_command() {
        let (beside, log) = beside("exit 3", "fails");
        let error = beside.finish().err().unwrap();
        assert!(error.to_string().contains("exit 3"), "{error}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn it_has_the_lowest_priority_and_its_words_are_kept() {
        let (beside, log) = beside("nice; echo $SAID >&2", "speaks");
        beside.finish().unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "19\nheard\n");
        fs::remove_file(log).unwrap();
    }
}
