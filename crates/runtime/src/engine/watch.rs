//! Notices what other processes write, for instance a sit from a terminal, without polling: the
//! system tells when the database's files change.

use std::sync::{Arc, Weak};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{Shared, Signal, locked};
use crate::api::Update;

/// Stops watching when dropped.
pub(super) struct Watcher(
    #[expect(dead_code, reason = "kept alive, it watches")] RecommendedWatcher,
);

impl Watcher {
    pub(super) fn spawn(shared: &Arc<Shared>) -> notify::Result<Self> {
        let me: Weak<Shared> = Arc::downgrade(shared);
        let folder = shared.dir.path().to_owned();
        let mut last = locked(&shared.reader).change_count().ok();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let concerns_database = event.as_ref().is_ok_and(|event| {
                    matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_))
                        && event.paths.iter().any(|path| {
                            path.file_name()
                                .is_some_and(|n| n.to_string_lossy().ends_with(".sqlite3-wal"))
                        })
                });
                let Some(shared) = me.upgrade().filter(|_| concerns_database) else {
                    return;
                };
                // Heartbeats make no op; only a changed history is told.
                let count = match locked(&shared.reader).change_count() {
                    Ok(count) => Some(count),
                    Err(error) => {
                        tracing::warn!(%error, "a change of the database could not be read");
                        return;
                    }
                };
                if count != last {
                    last = count;
                    shared.signal_all(vec![
                        Signal::Update(Update::History),
                        Signal::Update(Update::Unfinished),
                    ]);
                }
            })?;
        watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        Ok(Self(watcher))
    }
}
