//! Closing the window, and quitting.
//!
//! With a tray, closing keeps Mitta there. Without one, closing during a sit keeps the sit
//! running and says how to come back; otherwise it quits. Quitting during a sit asks once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mitta_runtime::Engine;
use mitta_runtime::api::{Commands as _, Nothing, Recording, SitPhase, Update};
use mitta_runtime::clock::{Clock as _, SystemClock};
use tauri::{AppHandle, Emitter as _, Manager as _, Window};

use crate::{backend, notification, sync, tray, window, words};

/// How long the end bell may ring before a process without a window ends.
const RING_OUT: Duration = Duration::from_secs(90);

/// After the time of a strike, so that it has been given to the sound by then.
const STRUCK_MS: u64 = 20;

static COMPOSED: AtomicBool = AtomicBool::new(false);
static QUITTING: AtomicBool = AtomicBool::new(false);
/// A question that no window has shown yet.
static QUIT_ASKED: AtomicBool = AtomicBool::new(false);

/// Whether the process goes on without a window.
pub fn stays(app: &AppHandle) -> bool {
    !QUITTING.load(Ordering::Acquire) && (keeps_in_tray(app) || is_sitting(app))
}

fn is_sitting(app: &AppHandle) -> bool {
    backend::engine(app).is_some_and(|engine| engine.is_sitting())
}

fn keeps_in_tray(app: &AppHandle) -> bool {
    tray::exists(app)
        && backend::engine(app)
            .and_then(|engine| engine.snapshot(Nothing {}).ok())
            .is_none_or(|snapshot| snapshot.settings.close_to_tray)
}

/// The window is about to be destroyed; the sit does not notice.
pub fn window_is_closing(window: &Window) {
    let app = window.app_handle();
    window::remember_place(app);
    sync::want_live(app, false);
    if !tray::exists(app) && is_sitting(app) {
        let app = app.clone();
        tauri::async_runtime::spawn_blocking(move || notification::show(&app, words::goes_on()));
    }
}

/// Without a window, and not kept in a tray, the end of the sit is the end of the process: once
/// it is recorded and has rung out. A question, or an end that cannot be recorded, brings the
/// window back.
pub fn heard(app: &AppHandle, update: &Update) {
    let Update::Sit(Some(view)) = update else {
        return;
    };
    // While the app is put together there is no window yet, but one comes.
    if !COMPOSED.load(Ordering::Acquire) || window::exists(app) {
        return;
    }
    match (view.phase, view.recording) {
        (SitPhase::Asking, _) | (SitPhase::Ended, Recording::Failing) => on_main(app, window::show),
        (SitPhase::Ended, Recording::Recorded) => {
            let app = app.clone();
            tauri::async_runtime::spawn_blocking(move || {
                if keeps_in_tray(&app) {
                    return;
                }
                if let Some(engine) = backend::engine(&app) {
                    wait_until_rung_out(&engine);
                }
                if !window::exists(&app) && !is_sitting(&app) {
                    quit(&app);
                }
            });
        }
        _ => {}
    }
}

/// Waits for the strikes that are still to come, and then for their last sound.
fn wait_until_rung_out(engine: &Engine) {
    let clock = SystemClock::new();
    while let Some(at_ms) = engine.deadline() {
        let left_ms = at_ms.saturating_sub(clock.now().boot_ms) + STRUCK_MS;
        std::thread::sleep(Duration::from_millis(left_ms));
    }
    engine.sound().wait_until_quiet(RING_OUT);
}

/// The window is there: from now on its absence means that it was closed.
pub fn composed() {
    COMPOSED.store(true, Ordering::Release);
}

fn on_main(app: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let handle = app.clone();
    if let Err(error) = app.run_on_main_thread(move || act(&handle)) {
        tracing::error!(%error, "the main thread did not answer");
    }
}

/// Quits, asking in the window first if a sit is live.
pub fn ask_to_quit(app: &AppHandle) {
    if !is_sitting(app) {
        quit(app);
        return;
    }
    // A window that is only being built hears no event yet: it takes the question when it does.
    QUIT_ASKED.store(true, Ordering::Release);
    window::show(app);
    if let Err(error) = app.emit("mitta://quit-asked", ()) {
        tracing::error!(%error, "the window was not asked");
    }
}

/// Whether the window has to ask; it takes the question, so that it is asked once.
pub fn take_quit_question() -> bool {
    QUIT_ASKED.swap(false, Ordering::AcqRel)
}

/// Quits; a live sit is found again at the next launch.
pub fn quit(app: &AppHandle) {
    QUITTING.store(true, Ordering::Release);
    app.exit(0);
}

/// A log-out or `kill` leaves the sit recoverable, with its last heartbeat written.
pub fn listen_for_signals(app: &AppHandle) {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::iterator::Signals;
        let app = app.clone();
        let listening = Signals::new([SIGTERM, SIGINT, SIGHUP]).and_then(|mut signals| {
            std::thread::Builder::new()
                .name("mitta-signals".to_owned())
                .spawn(move || {
                    if let Some(signal) = signals.forever().next() {
                        tracing::info!(signal, "quitting");
                        quit(&app);
                    }
                })
        });
        if let Err(error) = listening {
            tracing::error!(%error, "signals are not heard");
        }
    }
    #[cfg(not(unix))]
    let _ = app;
}
