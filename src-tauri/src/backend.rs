//! The engine as the desktop holds it, or why there is none.

use std::sync::{Arc, PoisonError, RwLock};

use mitta_runtime::api::{ApiError, ErrorCode};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::{RodioOutput, SoundEvent};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::DataDir;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{closing, notification, tray};

/// The engine; without one (for instance: a newer database) every command answers why.
pub struct Backend(RwLock<Result<Arc<Engine>, ApiError>>);

impl Backend {
    /// Opens the data folder. What fails is kept and shown in the window.
    pub fn start(app: &AppHandle, dir: Result<DataDir, ApiError>) {
        let engine = dir.and_then(|dir| open(app, dir)).map(Arc::new);
        if let Err(error) = &engine {
            tracing::error!(%error, "the engine did not start");
        }
        app.manage(Self(RwLock::new(engine)));
    }

    /// The engine.
    ///
    /// # Errors
    /// Why there is none.
    pub fn engine(&self) -> Result<Arc<Engine>, ApiError> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn open(app: &AppHandle, dir: DataDir) -> Result<Engine, ApiError> {
    let (heard, told) = (app.clone(), app.clone());
    let sound = RodioOutput::start(dir.sounds(), move |event| sound_event(&told, event));
    Engine::start(Config {
        dir,
        clock: Arc::new(SystemClock::new()),
        sound: Arc::new(sound),
        on_signal: Box::new(move |signal| on_signal(&heard, signal)),
        resume: true,
        drive: Drive::Thread,
    })
}

/// Hears the engine, from several threads.
fn on_signal(app: &AppHandle, signal: Signal) {
    match signal {
        Signal::Update(update) => {
            tray::heard(app, &update);
            closing::heard(app, &update);
            // Without a window nobody listens; a new one takes a snapshot.
            if let Err(error) = app.emit("mitta://update", &update) {
                tracing::warn!(%error, "the window was not told");
            }
        }
        Signal::EndReached(session_id) => notification::end_reached(app, session_id),
    }
}

fn sound_event(app: &AppHandle, event: SoundEvent) {
    // Before there is an engine nothing can have rung, and the window checks the sound itself.
    if let Some(engine) = engine(app) {
        engine.heard(event);
    }
}

/// The engine, if there is one by now.
pub fn engine(app: &AppHandle) -> Option<Arc<Engine>> {
    app.try_state::<Backend>()
        .and_then(|backend| backend.engine().ok())
}

/// Stops the engine before the process ends: flushes records, writes a last heartbeat.
pub fn stop(app: &AppHandle) {
    let Some(backend) = app.try_state::<Backend>() else {
        return;
    };
    let stopped = Err(ApiError::new(ErrorCode::Internal, "Mitta is quitting."));
    let engine = std::mem::replace(
        &mut *backend.0.write().unwrap_or_else(PoisonError::into_inner),
        stopped,
    );
    drop(engine);
}
