//! Sync as the desktop holds it: started once the history is open, told of every change of it, and
//! stopped before the process ends.
//!
//! Must hold: nothing here waits for sync, so no sit, window or tray does (I9); without an account
//! the engine of sync asks the network nothing.

use std::sync::{Arc, PoisonError, RwLock};

use mitta_domain::UnixMillis;
use mitta_runtime::clock::Clock as _;
use mitta_runtime::ids::Ids;
use mitta_store::DataDir;
use mitta_sync::api::{AccountError, AccountErrorCode, SyncView};
use mitta_sync::{Config, SyncEngine, SystemKeyring};
use rand::RngExt as _;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{backend, notification, window};

/// Nothing before the history is open, and after the end.
#[derive(Default)]
struct Held(RwLock<Option<Arc<SyncEngine>>>);

impl Held {
    fn engine(&self) -> Option<Arc<SyncEngine>> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn replace(&self, engine: Option<SyncEngine>) -> Option<Arc<SyncEngine>> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, engine.map(Arc::new))
    }
}

/// Makes a place for it, before anything can ask.
pub fn manage(app: &AppHandle) {
    app.manage(Held::default());
}

/// Starts to sync the history, which is open. Returns at once.
pub fn start(app: &AppHandle, dir: &DataDir) {
    let clock = backend::clock();
    let boot_id = clock.boot_id();
    let boot_clock = Arc::clone(&clock);
    let now = move || clock.now().wall_ms;
    let (heard, proposed, changed) = (app.clone(), app.clone(), dir.clone());
    let started = SyncEngine::start(Config {
        dir: dir.clone(),
        new_device_id: Ids.device(now()),
        now: Arc::new(now) as Arc<dyn Fn() -> UnixMillis + Send + Sync>,
        boot_ms: Arc::new(move || boot_clock.now().boot_ms),
        boot_id,
        random: Arc::new(|| rand::rng().random()),
        keyring: Arc::new(SystemKeyring),
        on_update: Box::new(move |view| tell(&heard, &view)),
        // The engine's own watcher hears of it, here and in other processes.
        on_history_changed: Box::new(move || {
            if let Err(error) = mitta_runtime::tell_of_change(&changed) {
                tracing::warn!(%error, "what came in is shown later");
            }
        }),
        on_together: Box::new(move || tell_together(&proposed)),
        in_background: true,
        is_checked: true,
    });
    match started {
        Ok(engine) => {
            engine.want_live(window::exists(app));
            if let Some(held) = app.try_state::<Held>() {
                held.replace(Some(engine));
            }
        }
        Err(error) => tracing::error!(%error, "sync did not start"),
    }
}

/// Without a window nobody listens; a new one asks.
fn tell(app: &AppHandle, view: &SyncView) {
    if let Err(error) = app.emit("mitta://sync", view) {
        tracing::warn!(%error, "the window was not told of sync");
    }
}

/// Who sits and what is proposed is another than before.
fn tell_together(app: &AppHandle) {
    if let Err(error) = app.emit("mitta://together", ()) {
        tracing::warn!(%error, "the window was not told of partners");
    }
    notification::proposed(app);
}

/// Sync, for a command.
///
/// # Errors
/// Where the history could not be opened, or the process is ending.
pub fn engine(app: &AppHandle) -> Result<Arc<SyncEngine>, AccountError> {
    let running = app.try_state::<Held>().and_then(|held| held.engine());
    running.ok_or_else(|| {
        let why = "The history is not open, so there is nothing to sync.";
        AccountError::new(AccountErrorCode::Storage, why)
    })
}

/// The history has changed: what waits may be sent.
pub fn nudge(app: &AppHandle) {
    if let Ok(engine) = engine(app) {
        engine.nudge();
    }
}

/// The sit is another than before: partners who may see it are told.
pub fn sit_changed(app: &AppHandle) {
    if let Ok(engine) = engine(app) {
        engine.sit_changed();
    }
}

/// Whether somebody is there to see changes from elsewhere as they happen.
pub fn want_live(app: &AppHandle, is_wanted: bool) {
    if let Ok(engine) = engine(app) {
        engine.want_live(is_wanted);
    }
}

/// Stops within two seconds. What waits is stored and sent after the next launch.
pub fn stop(app: &AppHandle) {
    let engine = app
        .try_state::<Held>()
        .and_then(|held| held.replace(None))
        // A command that still holds it ends with the process.
        .and_then(Arc::into_inner);
    if let Some(engine) = engine {
        engine.stop();
    }
}
