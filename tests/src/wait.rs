//! Waiting for what another process does: by condition, with a deadline, never for a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Long enough for anything that does not itself take time, on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(20);

/// Polls until `look` finds something.
///
/// # Errors
/// What `look` fails with, or that nothing came within `limit`.
#[expect(
    clippy::disallowed_methods,
    reason = "waits for another process, in real time"
)]
pub fn find<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if started.elapsed() > limit {
            bail!("waited {limit:?} in vain: {what}");
        }
        sleep(PAUSE);
    }
}

/// Polls until `is_so`.
///
/// # Errors
/// As [`find`].
pub fn until(what: &str, limit: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    find(what, limit, || Ok(is_so()?.then_some(())))
}
