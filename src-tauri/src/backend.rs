//! The engine as the desktop holds it, or why there is none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use mitta_runtime::api::{ApiError, ErrorCode, Update};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::{RodioOutput, SoundEvent};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::DataDir;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{closing, notification, sync, tray};

/// The engine; without one (for instance: a newer database) every command answers why.
pub struct Backend {
    dir: Result<DataDir, ApiError>,
    engine: RwLock<Result<Arc<Engine>, ApiError>>,
    /// What the sound told before there was an engine to hear it.
    early: Early,
    stopped: AtomicBool,
}

type Early = Arc<Mutex<Option<SoundEvent>>>;

impl Backend {
    /// Opens the data folder. What fails is kept and shown in the window.
    pub fn start(app: &AppHandle, dir: Result<DataDir, ApiError>) {
        let not_yet = Err(ApiError::new(ErrorCode::Internal, "Mitta is starting."));
        app.manage(Self {
            dir,
            engine: RwLock::new(not_yet),
            early: Early::default(),
            stopped: AtomicBool::new(false),
        });
        if let Some(backend) = app.try_state::<Self>() {
            backend.open_again(app);
        }
    }

    /// The engine.
    ///
    /// # Errors
    /// Why there is none.
    pub fn engine(&self) -> Result<Arc<Engine>, ApiError> {
        self.engine
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Tries the data folder again where it could not be opened before: what was in the way
    /// (another program, a full disk) may have gone.
    pub fn open_again(&self, app: &AppHandle) {
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        if engine.is_ok() || self.stopped.load(Ordering::Acquire) {
            return;
        }
        let opened = self.dir.clone().and_then(|dir| open(app, dir, &self.early));
        match &opened {
            Ok(opened) => {
                sync::start(app, opened.dir());
                if let Some(event) = locked(&self.early).take() {
                    opened.heard(event);
                }
            }
            Err(error) => tracing::error!(%error, "the engine did not start"),
        }
        *engine = opened.map(Arc::new);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(app: &AppHandle, dir: DataDir, early: &Early) -> Result<Engine, ApiError> {
    let (heard, told, early) = (app.clone(), app.clone(), Arc::clone(early));
    let sound = RodioOutput::start(dir.sounds(), move |event| match engine_now(&told) {
        Some(engine) => engine.heard(event),
        None => *locked(&early) = Some(event),
    });
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
            if matches!(update, Update::History) {
                sync::nudge(app);
            }
            // Without a window nobody listens; a new one takes a snapshot.
            if let Err(error) = app.emit("mitta://update", &update) {
                tracing::warn!(%error, "the window was not told");
            }
        }
        Signal::EndReached(session_id) => notification::end_reached(app, session_id),
    }
}

/// The engine, if there is one by now.
pub fn engine(app: &AppHandle) -> Option<Arc<Engine>> {
    app.try_state::<Backend>()
        .and_then(|backend| backend.engine().ok())
}

/// The engine, without waiting for one that is just being opened.
fn engine_now(app: &AppHandle) -> Option<Arc<Engine>> {
    let backend = app.try_state::<Backend>()?;
    let engine = backend.engine.try_read().ok()?;
    engine.clone().ok()
}

/// Stops the engine before the process ends: finishes an ending sit, flushes records, writes a
/// last heartbeat. Whoever still holds the engine gets an answer that says so.
pub fn stop(app: &AppHandle) {
    let Some(backend) = app.try_state::<Backend>() else {
        return;
    };
    backend.stopped.store(true, Ordering::Release);
    if let Ok(engine) = backend.engine() {
        engine.stop();
    }
}
