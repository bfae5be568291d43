//! What sync's thread and those who ask share: the state that is shown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mitta_domain::{DeviceId, UnixMillis};
use mitta_store::{DataDir, OpenError, Reader};

use super::Config;
use super::now::Heard;
use crate::api::{AccountError, SyncView, SyncWord};
use crate::clock::Moment;
use crate::token::Keyring;
use crate::view::{self, Live};

/// What is shared.
pub(super) struct Shared {
    pub(super) dir: DataDir,
    pub(super) new_device_id: DeviceId,
    pub(super) now: Arc<dyn Fn() -> UnixMillis + Send + Sync>,
    pub(super) boot_ms: Arc<dyn Fn() -> u64 + Send + Sync>,
    pub(super) boot_id: String,
    pub(super) random: Arc<dyn Fn() -> u64 + Send + Sync>,
    pub(super) keyring: Arc<dyn Keyring>,
    pub(super) in_background: bool,
    pub(super) is_checked: bool,
    pub(super) on_history_changed: Box<dyn Fn() + Send + Sync>,
    pub(super) on_together: Box<dyn Fn() + Send + Sync>,
    on_update: Box<dyn Fn(SyncView) + Send + Sync>,
    live: Mutex<Live>,
    heard: Mutex<Heard>,
    reader: Mutex<Option<Reader>>,
    told: Mutex<Option<SyncView>>,
}

impl Shared {
    pub(super) fn new(config: Config) -> Self {
        Self {
            dir: config.dir,
            new_device_id: config.new_device_id,
            now: config.now,
            boot_ms: config.boot_ms,
            boot_id: config.boot_id,
            random: config.random,
            keyring: config.keyring,
            in_background: config.in_background,
            is_checked: config.is_checked,
            on_history_changed: config.on_history_changed,
            on_together: config.on_together,
            on_update: config.on_update,
            live: Mutex::default(),
            heard: Mutex::default(),
            reader: Mutex::default(),
            told: Mutex::default(),
        }
    }

    pub(super) fn now(&self) -> UnixMillis {
        (self.now)()
    }

    /// Changes what is known beyond the data folder.
    pub(super) fn live<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        change(&mut held(&self.live))
    }

    /// This moment on all clocks.
    pub(super) fn here(&self) -> Moment {
        Moment {
            wall_ms: self.now(),
            boot_ms: (self.boot_ms)(),
            boot_id: self.boot_id.clone(),
        }
    }

    /// What is known of others beyond the data folder.
    pub(super) fn heard<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut held(&self.heard))
    }

    /// The state as it is now.
    pub(super) fn view(&self) -> Result<SyncView, AccountError> {
        let live = held(&self.live).clone();
        let view = self.read(|reader| view::view(reader, &live))?;
        Ok(view.unwrap_or_else(nothing))
    }

    /// Reads the history; `None` where there is none yet, and so no account.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, AccountError>,
    ) -> Result<Option<T>, AccountError> {
        let mut reader = held(&self.reader);
        if reader.is_none() {
            match Reader::open(&self.dir) {
                Ok(opened) => *reader = Some(opened),
                Err(OpenError::Missing { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        reader.as_ref().map(read).transpose()
    }

    /// Tells the state, where it is another than was told last.
    pub(super) fn publish(&self) {
        match self.view() {
            Ok(view) => {
                let mut told = held(&self.told);
                if told.as_ref() != Some(&view) {
                    *told = Some(view.clone());
                    drop(told);
                    (self.on_update)(view);
                }
            }
            Err(error) => tracing::warn!(%error, "the state of sync cannot be read"),
        }
    }
}

/// A panic elsewhere leaves what is shown as it was.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nothing() -> SyncView {
    SyncView {
        word: SyncWord::NoAccount,
        account: None,
        waiting: 0,
        rejected: 0,
        local_sits: 0,
        last_success_ms: None,
        offline_since_ms: None,
        next_try_ms: None,
        problem: None,
        progress: None,
        clock_offset_ms: None,
        compared_at_ms: None,
        differing_weeks: Vec::new(),
    }
}
