//! The tray icon: state, start, pause, end. Probed first: a desktop without one is common.

use std::sync::{Mutex, MutexGuard, PoisonError};

use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic, OfSession, SitPhase, SitView, Update,
};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager as _, Wry};

use crate::{backend, bus, closing, window, words};

const IDLE: Image<'_> = tauri::include_image!("icons/tray-idle.png");
const SITTING: Image<'_> = tauri::include_image!("icons/tray-sitting.png");
const PAUSED: Image<'_> = tauri::include_image!("icons/tray-paused.png");

/// The tray, where the desktop has one.
struct Tray {
    icon: TrayIcon,
    state: MenuItem<Wry>,
    begin: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    end: MenuItem<Wry>,
    /// The phase shown.
    phase: Mutex<Option<SitPhase>>,
}

/// Shows the tray, if the desktop has one; asks for it off the main thread, since the bus may
/// take its time.
pub fn set_up(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if !bus::has_tray() {
            tracing::info!("no tray here");
            return;
        }
        let handle = app.clone();
        let asked = app.run_on_main_thread(move || put_up(&handle));
        if let Err(error) = asked {
            tracing::warn!(%error, "the main thread did not answer");
        }
    });
}

fn put_up(app: &AppHandle) {
    match build(app) {
        Ok(tray) => {
            app.manage(tray);
            let sit = backend::engine(app)
                .and_then(|e| e.snapshot(Nothing {}).ok())
                .and_then(|s| s.sit);
            show(app, sit);
        }
        Err(error) => say(
            app,
            ApiError::new(
                ErrorCode::NoTray,
                format_args!(
                    "The tray could not be shown ({error}). Closing the window quits Mitta, but \
                     not a sit."
                ),
            ),
        ),
    }
}

/// A quiet line in the window.
fn say(app: &AppHandle, error: ApiError) {
    tracing::warn!(%error, "tray");
    if let Some(engine) = backend::engine(app) {
        engine.notice(NoticeTopic::Tray, Some(error));
    }
}

/// Whether there is a tray.
pub fn exists(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some()
}

fn build(app: &AppHandle) -> tauri::Result<Tray> {
    let item = |id, text, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let state = item("state", words::IDLE, false)?;
    let begin = item("begin", words::BEGIN, true)?;
    let pause = item("pause", words::PAUSE, false)?;
    let end = item("end", words::END, false)?;
    let menu = Menu::with_items(
        app,
        &[
            &state,
            &PredefinedMenuItem::separator(app)?,
            &begin,
            &pause,
            &end,
            &PredefinedMenuItem::separator(app)?,
            &item("show", words::SHOW, true)?,
            &item("quit", words::QUIT, true)?,
        ],
    )?;
    let icon = TrayIconBuilder::with_id("mitta")
        .icon(IDLE)
        .tooltip(words::MITTA)
        .menu(&menu)
        .on_menu_event(|app, event| chosen(app, &event))
        .build(app)?;
    Ok(Tray {
        icon,
        state,
        begin,
        pause,
        end,
        phase: Mutex::new(None),
    })
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id().as_ref() {
        "show" => window::show(app),
        "quit" => closing::ask_to_quit(app),
        command => {
            let (app, command) = (app.clone(), command.to_owned());
            // Begin waits for the disk; the main thread must not.
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = give(&app, &command) {
                    say(&app, error);
                    let shown = app.clone();
                    let _main_thread_gone = app.run_on_main_thread(move || window::show(&shown));
                }
            });
        }
    }
}

fn give(app: &AppHandle, command: &str) -> Result<(), ApiError> {
    let Some(engine) = backend::engine(app) else {
        return Ok(());
    };
    let snapshot = engine.snapshot(Nothing {})?;
    let of = snapshot.sit.as_ref().map(|sit| OfSession {
        session_id: sit.session_id,
    });
    let phase = snapshot.sit.as_ref().map(|sit| sit.phase);
    match (command, of) {
        ("begin", _) => {
            engine.begin(snapshot.settings.choice)?;
            engine.notice(NoticeTopic::Tray, None);
            Ok(())
        }
        ("pause", Some(of)) if phase == Some(SitPhase::Paused) => engine.resume(of).map(drop),
        ("pause", Some(of)) => engine.pause(of).map(drop),
        ("end", Some(of)) => engine.end(of).map(drop),
        _ => Ok(()),
    }
}

/// Follows the sit.
pub fn heard(app: &AppHandle, update: &Update) {
    if let Update::Sit(sit) = update
        && exists(app)
    {
        show(app, sit.clone());
    }
}

fn show(app: &AppHandle, sit: Option<SitView>) {
    let handle = app.clone();
    let shown = app.run_on_main_thread(move || {
        let Some(tray) = handle.try_state::<Tray>() else {
            return;
        };
        let phase = sit.as_ref().map(|sit| sit.phase);
        let text = sit
            .as_ref()
            .map_or_else(|| words::IDLE.to_owned(), state_of);
        let before = std::mem::replace(&mut *locked(&tray.phase), phase);
        let live = !matches!(phase, None | Some(SitPhase::Ended));
        let steps = [
            tray.state.set_text(&text),
            tray.begin.set_enabled(!live),
            tray.pause.set_text(if phase == Some(SitPhase::Paused) {
                words::RESUME
            } else {
                words::PAUSE
            }),
            tray.pause
                .set_enabled(matches!(phase, Some(SitPhase::Sitting | SitPhase::Paused))),
            tray.end.set_enabled(matches!(
                phase,
                Some(
                    SitPhase::Preparing | SitPhase::Sitting | SitPhase::Paused | SitPhase::Overtime
                )
            )),
            tray.icon.set_tooltip(Some(&text)),
            if before == phase {
                Ok(())
            } else {
                tray.icon.set_icon(Some(icon_of(phase)))
            },
        ];
        for error in steps.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "the tray did not follow");
        }
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "the tray did not follow");
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const fn icon_of(phase: Option<SitPhase>) -> Image<'static> {
    match phase {
        None | Some(SitPhase::Ended) => IDLE,
        Some(SitPhase::Paused) => PAUSED,
        Some(_) => SITTING,
    }
}

/// What the tray says. It does not count down: nothing wakes up for a menu nobody looks at.
fn state_of(sit: &SitView) -> String {
    match sit.phase {
        SitPhase::Preparing => words::SETTLING.to_owned(),
        SitPhase::Paused => words::PAUSED.to_owned(),
        SitPhase::Sitting | SitPhase::Overtime => words::SITTING.to_owned(),
        SitPhase::Asking => words::ASKING.to_owned(),
        SitPhase::Ending | SitPhase::Ended => words::IDLE.to_owned(),
    }
}
