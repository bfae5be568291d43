//! Notices what other processes write, for instance a sit from a terminal, without polling.
//!
//! Must hold: whoever has committed a change of the history says so by writing a file of its own,
//! afterwards. The database's files cannot tell: the log is written before the commit is seen by
//! others, and heartbeats write it too. A process that dies says nothing, but the system closes
//! its lock of the sit.

use std::fs;
use std::io;
use std::sync::{Arc, Weak};

use mitta_domain::Settings;
use mitta_store::{DataDir, LockError, SittingLock};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::begin::{LOCK_RETRY, LOCK_TRIES};
use super::{Shared, locked};
use crate::api::Update;

/// Tells every engine of this data folder, in this process and others, that rows have changed: for
/// whoever writes the history without an engine.
///
/// # Errors
/// What the system says; they then learn of it when they next look.
pub fn tell_of_change(dir: &DataDir) -> io::Result<()> {
    fs::write(dir.change_sign(), ".")
}

/// Stops watching when dropped.
pub(super) struct Watcher(
    #[expect(dead_code, reason = "kept alive, it watches")] RecommendedWatcher,
);

impl Watcher {
    pub(super) fn spawn(shared: &Arc<Shared>) -> notify::Result<Self> {
        let me: Weak<Shared> = Arc::downgrade(shared);
        let folder = shared.dir.path().to_owned();
        let mut last = locked(&shared.reader).change_count().ok();
        let mut settings = shared.settings().ok();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let (Ok(event), Some(shared)) = (event, me.upgrade()) else {
                return;
            };
            if is_lock_closed(&event, &shared.dir) {
                shared.lock_closed();
            }
            if !is_sign(&event) {
                return;
            }
            let count = locked(&shared.reader).change_count();
            match count {
                // Several events may tell of one change.
                Ok(count) if last == Some(count) => {}
                Ok(count) => {
                    last = Some(count);
                    shared.tell_copies();
                    shared.tell_settings(&mut settings);
                    shared.tell_presets();
                    shared.look_at_reminders();
                    shared.update(Update::History);
                    shared.update(Update::Unfinished);
                }
                Err(error) => {
                    tracing::warn!(%error, "a change of the database could not be read");
                }
            }
        })?;
        watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        Ok(Self(watcher))
    }
}

fn is_sign(event: &Event) -> bool {
    matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_))
        && event
            .paths
            .iter()
            .any(|path| path.ends_with(DataDir::CHANGE_SIGN))
}

fn is_lock_closed(event: &Event, dir: &DataDir) -> bool {
    let lock = dir.sitting_lock();
    event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write))
        && event
            .paths
            .iter()
            .any(|path| path.file_name() == lock.file_name())
}

impl Shared {
    /// Whoever drove a sit has gone, in order or not.
    fn lock_closed(&self) {
        // The closing is told a moment before the lock falls.
        for _ in 0..LOCK_TRIES {
            match SittingLock::vacancy(&self.dir) {
                Err(LockError::Held { .. }) => std::thread::sleep(LOCK_RETRY),
                Ok(_) | Err(LockError::Io(_)) => break,
            }
        }
        self.update(Update::Unfinished);
    }

    /// Settings are changed by another process only where it restores a copy.
    fn tell_settings(&self, last: &mut Option<Settings>) {
        match self.settings() {
            Ok(now) if last.as_ref() != Some(&now) => {
                self.awake.set(now.keep_display_awake, now.prevent_suspend);
                self.update(Update::Settings(now.clone()));
                *last = Some(now);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the settings cannot be read"),
        }
    }

    fn tell_copies(&self) {
        if let Some(weekly) = self.weekly.get() {
            weekly.history_changed();
        }
    }

    /// Tells the windows of this process, and those of others, that rows have changed.
    pub(super) fn history_changed(&self) {
        self.update(Update::History);
        self.tell_copies();
        // Others learn of it later: when they next look.
        if let Err(error) = tell_of_change(&self.dir) {
            tracing::warn!(%error, "other programs were not told of a change");
        }
    }
}
