//! Copies of the history and the way back, for windows and terminals.
//!
//! Must hold: a copy is made on the thread that asks, beside a sit that does not notice; nothing is
//! restored while one runs (I9).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

use mitta_store::Opening;
use mitta_store::copies::{
    self, CopyInfo, CopyKind, CopyPhase, CopyProgress, RestoreError, Staged,
};

use super::{Shared, locked};
use crate::api::{
    ApiError, BackUpArgs, BackupAccount, BackupFile, BackupKind, BackupPhase, BackupProgress,
    BackupView, Backups, ErrorCode, NoticeTopic, Restored, Update,
};

/// Another process that syncs is done with its round after so many looks, or is told of.
const TURN_TRIES: u32 = 200;
const TURN_PAUSE: Duration = Duration::from_millis(50);
/// A program that has just started has other things to do.
const AFTER_START: Duration = Duration::from_mins(3);
const DAY_MS: i64 = 86_400_000;

impl Shared {
    pub(super) fn backups(&self) -> Result<Backups, ApiError> {
        let found = copies::list(&self.dir)?;
        Ok(Backups {
            folder: shown(&self.dir.backups()),
            backups: found.iter().map(file).collect(),
        })
    }

    pub(super) fn back_up(&self, args: BackUpArgs) -> Result<BackupFile, ApiError> {
        self.stop_copying.store(false, Ordering::Release);
        let target = match args.path {
            Some(path) => PathBuf::from(path),
            None => self.by_hand()?,
        };
        let made = copies::back_up(&self.dir, &target, args.replaces, &mut self.watch());
        self.update(Update::Backup(None));
        let made = made?;
        self.notice(NoticeTopic::Backup, None);
        Ok(file(&made))
    }

    fn by_hand(&self) -> Result<PathBuf, ApiError> {
        let zone = self.clock.zone().unwrap_or(chrono_tz::UTC);
        let at = chrono::DateTime::from_timestamp_millis(self.clock.now().wall_ms.0)
            .ok_or_else(|| ApiError::new(ErrorCode::Storage, "The clock shows no date."))?;
        let local = at.with_timezone(&zone).naive_local();
        Ok(copies::by_hand(&self.dir, local))
    }

    pub(super) fn look_at_backup(&self, path: &str) -> Result<BackupView, ApiError> {
        let staged = Staged::of(&self.dir, Path::new(path))?;
        let (contents, against) = (staged.contents(), staged.against(&self.dir)?);
        let made_at_ms = copies::written_at(staged.source())?;
        let here = locked(&self.reader).account()?;
        Ok(BackupView {
            path: path.to_owned(),
            made_at_ms,
            sits: contents.sits,
            credited_s: contents.credited_s,
            first_date: contents.dates.map(|(first, _)| first.to_string()),
            last_date: contents.dates.map(|(_, last)| last.to_string()),
            unfinished: contents.unfinished,
            only_here: against.only_here,
            only_here_unsent: against.only_here_unsent,
            only_there: against.only_there,
            account: contents.account.as_ref().map(|account| BackupAccount {
                login: account.login.clone(),
                server_url: account.server_url.clone(),
                is_new_here: here.is_none(),
            }),
            signs_out: contents.account.is_some() || here.is_some(),
        })
    }

    /// Replaces the history by a copy. A window may have been drawn from what was there: it is told
    /// everything anew.
    pub(super) fn restore(&self, path: &str) -> Result<Restored, ApiError> {
        // Nothing begins in the meantime.
        let _one_at_a_time = locked(&self.beginning);
        self.check_running()?;
        self.stop_copying.store(false, Ordering::Release);
        self.recorder().call(|_| Ok(()))?;
        let now = self.clock.now();
        let opening = Opening::new(now.wall_ms, self.ids.device(now.wall_ms));
        let staged = Staged::of(&self.dir, Path::new(path))?;
        let mut watch = self.watch();
        let mut tries = 0;
        let restored = loop {
            tries += 1;
            match staged.restore(&self.dir, opening, &mut watch) {
                Err(RestoreError::Syncing) if tries < TURN_TRIES => {
                    std::thread::sleep(TURN_PAUSE);
                }
                done => break done,
            }
        };
        self.update(Update::Backup(None));
        let restored = restored?;
        self.put_away_if_over();
        match self.settings() {
            Ok(settings) => {
                self.awake
                    .set(settings.keep_display_awake, settings.prevent_suspend);
                self.update(Update::Settings(settings));
            }
            Err(error) => self.database_notice(Some(error)),
        }
        self.history_changed();
        self.update(Update::Unfinished);
        Ok(Restored {
            undo_path: shown(&restored.undo),
        })
    }

    pub(super) fn stop_backup(&self) {
        self.stop_copying.store(true, Ordering::Release);
    }

    /// Tells the windows, once for each hundredth, and stops where a person wants it.
    fn watch(&self) -> impl FnMut(CopyProgress) -> ControlFlow<()> + '_ {
        let mut told = None;
        move |progress: CopyProgress| {
            let percent = (progress.done * 100).checked_div(progress.total);
            let now = BackupProgress {
                phase: match progress.phase {
                    CopyPhase::Copying => BackupPhase::Copying,
                    CopyPhase::Replacing => BackupPhase::Replacing,
                },
                percent: u32::try_from(percent.unwrap_or(100)).unwrap_or(100),
            };
            if told.as_ref() != Some(&now) {
                self.update(Update::Backup(Some(now.clone())));
                told = Some(now);
            }
            if self.stop_copying.load(Ordering::Acquire) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
    }

    /// Makes the weekly copy if it is due. That it could not be made is said until one is.
    pub(super) fn copy_weekly(&self) {
        match copies::weekly_copy(&self.dir, self.clock.now().wall_ms) {
            Ok(copies::Weekly::NotDue) => {}
            Ok(copies::Weekly::Made(copy)) => {
                tracing::info!(bytes = copy.bytes, "the weekly copy was made");
                self.notice(NoticeTopic::Backup, None);
            }
            Err(error) => {
                let error = ApiError::from(error);
                tracing::warn!(%error, "the weekly copy could not be made");
                self.notice(NoticeTopic::Backup, Some(error));
            }
        }
    }
}

/// The thread of the weekly copy. It looks a while after the start, and then when the history changes
/// and the last look was a day ago: a history that does not change needs no further copy, so nothing
/// wakes it.
#[derive(Debug)]
pub(super) struct Weekly(Sender<()>);

impl Weekly {
    pub(super) fn spawn(shared: &Arc<Shared>) -> std::io::Result<Self> {
        let (nudge, inbox) = channel();
        let me = Arc::downgrade(shared);
        std::thread::Builder::new()
            .name("mitta-copies".to_owned())
            .spawn(move || look_now_and_then(&me, &inbox))?;
        Ok(Self(nudge))
    }

    /// Returns at once.
    pub(super) fn history_changed(&self) {
        // Nobody looks any more while the program ends.
        let _ = self.0.send(());
    }
}

fn look_now_and_then(shared: &Weak<Shared>, changes: &Receiver<()>) {
    let wall_ms = || Some(shared.upgrade()?.clock.now().wall_ms.0);
    let Some(start_ms) = wall_ms() else { return };
    // What changes in the meantime is in the copy.
    loop {
        match changes.recv_timeout(AFTER_START) {
            Ok(()) if wall_ms().is_some_and(|now| now - start_ms < DAY_MS) => {}
            Ok(()) | Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
    let mut looked_ms = start_ms.saturating_sub(DAY_MS);
    loop {
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let now_ms = shared.clock.now().wall_ms.0;
        // A clock that was set back is no reason to wait for it.
        if !(looked_ms..looked_ms + DAY_MS).contains(&now_ms) {
            looked_ms = now_ms;
            shared.copy_weekly();
        }
        drop(shared);
        if changes.recv().is_err() {
            return;
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn file(copy: &CopyInfo) -> BackupFile {
    BackupFile {
        path: shown(&copy.path),
        kind: match copy.kind {
            CopyKind::Weekly => BackupKind::Weekly,
            CopyKind::BeforeMigration => BackupKind::BeforeMigration,
            CopyKind::BeforeRestore => BackupKind::BeforeRestore,
            CopyKind::ByHand => BackupKind::ByHand,
            CopyKind::Other => BackupKind::Other,
        },
        made_at_ms: copy.made_at_ms,
        bytes: copy.bytes,
    }
}
