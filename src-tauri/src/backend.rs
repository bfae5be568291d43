//! The engine as the desktop holds it, or why there is none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use mitta_domain::Settings;
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic, Update};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::{RodioOutput, SoundEvent};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::DataDir;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{closing, notification, shortcut, sync, tray, words};

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
                shortcut::follow(app);
                if let Err(error) = opened.start_reminding() {
                    opened.notice(NoticeTopic::Reminders, Some(error));
                }
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
    let engine = Engine::start(Config {
        dir,
        clock: clock(),
        sound: Arc::new(sound),
        on_signal: Box::new(move |signal| on_signal(&heard, signal)),
        usual: usual(),
        resume: true,
        drive: Drive::Thread,
    })?;
    words::speak(engine.snapshot(Nothing {})?.settings.language);
    Ok(engine)
}

/// What holds until a person changes a setting.
fn usual() -> Settings {
    Settings {
        week_start: words::locale().first_weekday(),
        ..Settings::default()
    }
}

/// The one clock of this process: where a boot clock counts from the moment it is made, a seat of a
/// sitting together stands on the very one that sits are timed by.
pub fn clock() -> Arc<SystemClock> {
    static CLOCK: OnceLock<Arc<SystemClock>> = OnceLock::new();
    Arc::clone(CLOCK.get_or_init(|| Arc::new(SystemClock::new())))
}

/// Hears the engine, from several threads.
fn on_signal(app: &AppHandle, signal: Signal) {
    match signal {
        Signal::Update(update) => {
            // First of all: what follows says something.
            if let Update::Settings(settings) = &update {
                words::speak(settings.language);
            }
            tray::heard(app, &update);
            closing::heard(app, &update);
            match update {
                Update::History => sync::nudge(app),
                Update::Sit(_) => sync::sit_changed(app),
                Update::Settings(_) => shortcut::follow(app),
                _ => {}
            }
            // Without a window nobody listens; a new one takes a snapshot.
            if let Err(error) = app.emit("mitta://update", &update) {
                tracing::warn!(%error, "the window was not told");
            }
        }
        Signal::Remind => notification::remind(app),
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
