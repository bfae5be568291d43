//! A program under way: what it says, what is typed at it, how it ends.

use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// The longest that a line or an exit is waited for: far beyond any that is right.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` where a signal killed it.
    pub code: Option<i32>,
    /// Standard output; on a terminal, all that was shown.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// The lines of standard output, each a JSON document.
    ///
    /// # Errors
    /// Where a line is none.
    pub fn json(&self) -> Result<Vec<Value>> {
        let lines = self.stdout.lines().map(serde_json::from_str);
        Ok(lines.collect::<serde_json::Result<_>>()?)
    }

    /// The code of the error on standard error, as `--json` prints it.
    ///
    /// # Errors
    /// Where its last line is none.
    pub fn error_code(&self) -> Result<String> {
        let last = self.stderr.lines().last().context("no error")?;
        let error: Value = serde_json::from_str(last)?;
        Ok(error["error"]["code"]
            .as_str()
            .context("no code")?
            .to_owned())
    }
}

/// What a running program has said until now.
#[derive(Default)]
struct Said {
    stdout: String,
    stderr: String,
    ended: u32,
}

type Shared = Arc<(Mutex<Said>, Condvar)>;

/// A program under way; killed when dropped.
pub struct Running {
    child: Child,
    keys: Option<ChildStdin>,
    said: Shared,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// # Errors
    /// Where it does not start.
    pub fn start(mut command: Command) -> Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{command:?}"))?;
        let said = Shared::default();
        let stdout = child.stdout.take().context("a pipe")?;
        let stderr = child.stderr.take().context("a pipe")?;
        let readers = vec![
            reader(stdout, &said, |said| &mut said.stdout),
            reader(stderr, &said, |said| &mut said.stderr),
        ];
        let keys = child.stdin.take();
        Ok(Self {
            child,
            keys,
            said,
            readers,
        })
    }

    /// Waits until it has said `text`, on either stream, after `from` bytes of it; returns where
    /// that ends.
    ///
    /// # Errors
    /// Where it ends before, or does not say it in a minute.
    pub fn says_after(&self, from: usize, text: &str) -> Result<usize> {
        self.wait(text, |said| {
            let stdout = said.stdout.get(from..).and_then(|it| it.find(text));
            let on_stdout = stdout.map(|at| from + at + text.len());
            on_stdout.or_else(|| said.stderr.contains(text).then_some(from))
        })
    }

    /// As [`Running::says_after`], from the beginning.
    ///
    /// # Errors
    /// As there.
    pub fn says(&self, text: &str) -> Result<usize> {
        self.says_after(0, text)
    }

    /// Waits until the line that counts has said one of a few following seconds: on a busy
    /// machine one of them may be left out.
    ///
    /// # Errors
    /// As [`Running::says_after`].
    pub fn counts_to(&self, seconds: [&str; 4]) -> Result<()> {
        let is_said = |said: &Said| seconds.iter().any(|second| said.stdout.contains(second));
        self.wait(&format!("{seconds:?}"), |said| is_said(said).then_some(()))
    }

    fn wait<T>(&self, what: &str, found: impl Fn(&Said) -> Option<T>) -> Result<T> {
        let (said, changed) = &*self.said;
        let (said, _) = changed
            .wait_timeout_while(locked(said), PATIENCE, |said| {
                found(said).is_none() && said.ended < 2
            })
            .unwrap_or_else(PoisonError::into_inner);
        match found(&said) {
            Some(found) => Ok(found),
            None => bail!("never said {what}: {:?} {:?}", said.stdout, said.stderr),
        }
    }

    /// Types at its terminal.
    ///
    /// # Errors
    /// Where it has none.
    pub fn types(&mut self, keys: &str) -> Result<()> {
        let terminal = self.keys.as_mut().context("no terminal")?;
        terminal.write_all(keys.as_bytes())?;
        Ok(terminal.flush()?)
    }

    /// Sends a signal by its name, for instance `TERM`.
    ///
    /// # Errors
    /// Where there is no shell.
    pub fn signal(&self, name: &str) -> Result<()> {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("/bin/sh").args(["-c", &kill]).status()?;
        anyhow::ensure!(sent.success(), "{kill} failed");
        Ok(())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Where it does not end in a minute; it is killed then.
    pub fn end(mut self) -> Result<Ran> {
        {
            let (said, changed) = &*self.said;
            let waiting = changed.wait_timeout_while(locked(said), PATIENCE, |it| it.ended < 2);
            let (said, _) = waiting.unwrap_or_else(PoisonError::into_inner);
            if said.ended < 2 {
                bail!("does not end: {:?} {:?}", said.stdout, said.stderr);
            }
        }
        let status: ExitStatus = self.child.wait()?;
        let said = locked(&self.said.0);
        Ok(Ran {
            code: status.code(),
            stdout: said.stdout.clone(),
            stderr: said.stderr.clone(),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

fn locked(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reader(
    mut pipe: impl Read + Send + 'static,
    said: &Shared,
    stream: fn(&mut Said) -> &mut String,
) -> JoinHandle<()> {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        let mut bytes = [0u8; 4096];
        loop {
            let count = pipe.read(&mut bytes).unwrap_or(0);
            let mut all = locked(&said.0);
            if count == 0 {
                all.ended += 1;
            } else {
                stream(&mut all).push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            said.1.notify_all();
            if count == 0 {
                return;
            }
        }
    })
}
