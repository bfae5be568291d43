//! A command that runs beside a step, at the lowest priority: the step is hardly slower for it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::shell::{self, Stopwatch, Took};

/// It is running; whoever drops it ends it.
pub struct Beside {
    child: Child,
    line: String,
    /// What it says, until it is over: two that speak at once are understood by nobody.
    log: PathBuf,
    watch: Stopwatch,
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
        let child = child.with_context(|| format!("cannot start `{line}`"))?;
        let watch = Stopwatch::start();
        Ok(Self {
            child,
            line,
            log,
            watch,
        })
    }

    /// Waits for its end, shows what it said, and fails if it did. Tells how long it took.
    pub fn finish(mut self) -> Result<Took> {
        let status = self.child.wait()?;
        let took = self.watch.read();
        println!("$ {}", self.line);
        print!("{}", fs::read_to_string(&self.log)?);
        if !status.success() {
            bail!("`{}` failed ({status})", self.line);
        }
        Ok(took)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait()
            && let Err(error) = self.child.kill().and_then(|()| self.child.wait())
        {
            eprintln!("`{}` may still be running: {error}", self.line);
        }
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    fn beside(script: &str, name: &str) -> Beside {
        let log = std::env::temp_dir().join(format!("mitta-{name}-{}", std::process::id()));
        Beside::start(Command::new("sh").args(["-c", script]), log).unwrap()
    }

    #[test]
    fn one_that_fails_is_told_with_its_command() {
        let beside = beside("exit 3", "fails");
        let log = beside.log.clone();
        let error = beside.finish().err().unwrap();
        assert!(error.to_string().contains("exit 3"), "{error}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn it_has_the_lowest_priority_and_its_words_are_kept() {
        let beside = beside("nice; echo heard >&2", "speaks");
        let log = beside.log.clone();
        beside.finish().unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "19\nheard\n");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn one_that_is_dropped_has_ended() {
        let beside = beside("exec sleep 1000", "is-dropped");
        let (log, id) = (beside.log.clone(), beside.child.id());
        drop(beside);
        assert!(!PathBuf::from(format!("/proc/{id}")).exists());
        fs::remove_file(log).unwrap();
    }
}
