//! The tray icon: state, start (also of a preset), pause, end. Probed first: a desktop without one is common.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mitta_domain::Preset;
use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic, OfSession, SitPhase, SitView, Update,
};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager as _, Wry};

use crate::{backend, bus, closing, window, words};

const IDLE: Image<'_> = tauri::include_image!("icons/tray-idle.png");
const SITTING: Image<'_> = tauri::include_image!("icons/tray-sitting.png");
const PAUSED: Image<'_> = tauri::include_image!("icons/tray-paused.png");

/// The tray, where the desktop has one.
struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    state: MenuItem<Wry>,
    begin: MenuItem<Wry>,
    /// In the menu only while there are presets.
    begin_with: Submenu<Wry>,
    pause: MenuItem<Wry>,
    end: MenuItem<Wry>,
    show: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    /// The phase shown.
    phase: Mutex<Option<SitPhase>>,
    /// The presets listed.
    presets: Mutex<Vec<Preset>>,
}

/// Before the id of a preset, in the id of its menu item.
const PRESET: &str = "preset ";
/// Where [`Tray::begin_with`] stands in the menu: after *Begin*.
const BEGIN_WITH_AT: usize = 3;

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

/// Shows the tray where Mitta starts at login, and no window: it waits in the tray. Where there is
/// none, or where something is to be seen, there is a window.
pub fn set_up_at_login(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        // The panel starts beside Mitta.
        let has_tray = bus::has_tray_within(PANEL_STARTS);
        let handle = app.clone();
        let asked = app.run_on_main_thread(move || {
            if has_tray {
                put_up(&handle);
            }
            match to_be_seen(&handle) {
                Seen::Nothing => tracing::info!("started at login, in the tray"),
                Seen::Minimised => window::show_minimised(&handle),
                Seen::Window => window::show(&handle),
            }
            closing::composed();
        });
        if let Err(error) = asked {
            tracing::warn!(%error, "the main thread did not answer");
        }
    });
}

/// How long a panel may take to start after the session did.
const PANEL_STARTS: Duration = Duration::from_secs(30);

/// What a start at login shows.
enum Seen {
    /// The tray alone.
    Nothing,
    /// A window in the task bar.
    Minimised,
    /// A window.
    Window,
}

fn to_be_seen(app: &AppHandle) -> Seen {
    let snapshot = backend::engine(app).and_then(|engine| engine.snapshot(Nothing {}).ok());
    match snapshot {
        // What is wrong is said in the window, and what was unfinished is asked there.
        None => Seen::Window,
        Some(it) if !it.unfinished.is_empty() || it.sit.is_some() => Seen::Window,
        Some(it) if exists(app) && it.settings.close_to_tray => Seen::Nothing,
        Some(_) => Seen::Minimised,
    }
}

fn put_up(app: &AppHandle) {
    match build(app) {
        Ok(tray) => {
            app.manage(tray);
            let snapshot = backend::engine(app).and_then(|e| e.snapshot(Nothing {}).ok());
            let (sit, presets) = snapshot.map(|it| (it.sit, it.presets)).unwrap_or_default();
            show(app, sit);
            list(app, presets);
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
    let state = item("state", words::idle(), false)?;
    let begin = item("begin", words::begin(), true)?;
    let begin_with = Submenu::with_id(app, "begin-with", words::begin_with(), true)?;
    let pause = item("pause", words::pause(), false)?;
    let end = item("end", words::end(), false)?;
    let show = item("show", words::show(), true)?;
    let quit = item("quit", words::quit(), true)?;
    let menu = Menu::with_items(
        app,
        &[
            &state,
            &PredefinedMenuItem::separator(app)?,
            &begin,
            &pause,
            &end,
            &PredefinedMenuItem::separator(app)?,
            &show,
            &quit,
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
        menu,
        state,
        begin,
        begin_with,
        pause,
        end,
        show,
        quit,
        phase: Mutex::new(None),
        presets: Mutex::default(),
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
    let begin = |choice| {
        engine.begin(choice)?;
        engine.notice(NoticeTopic::Tray, None);
        Ok(())
    };
    if let Some(preset_id) = command.strip_prefix(PRESET) {
        let mut presets = snapshot.presets.into_iter();
        let preset = presets.find(|preset| preset.preset_id.to_string() == preset_id);
        return match preset {
            Some(preset) => begin(preset.choice),
            None => Err(ApiError::new(
                ErrorCode::UnknownPreset,
                "That preset is not there any more.",
            )),
        };
    }
    match (command, of) {
        ("begin", _) => begin(snapshot.settings.choice),
        ("pause", Some(of)) if phase == Some(SitPhase::Paused) => engine.resume(of).map(drop),
        ("pause", Some(of)) => engine.pause(of).map(drop),
        ("end", Some(of)) => engine.end(of).map(drop),
        _ => Ok(()),
    }
}

/// Follows the sit, the presets and the language.
pub fn heard(app: &AppHandle, update: &Update) {
    if !exists(app) {
        return;
    }
    match update {
        Update::Sit(sit) => show(app, sit.clone()),
        Update::Settings(_) => {
            let app = app.clone();
            // Read from the disk: not on the thread that tells.
            tauri::async_runtime::spawn_blocking(move || {
                let snapshot = backend::engine(&app).map(|engine| engine.snapshot(Nothing {}));
                if let Some(Ok(snapshot)) = snapshot {
                    show(&app, snapshot.sit);
                }
            });
        }
        Update::Presets(presets) => list(app, presets.clone()),
        _ => {}
    }
}

/// Lists the presets, on the main thread.
fn list(app: &AppHandle, presets: Vec<Preset>) {
    let handle = app.clone();
    let listed = app.run_on_main_thread(move || {
        let Some(tray) = handle.try_state::<Tray>() else {
            return;
        };
        let mut before = locked(&tray.presets);
        if *before == presets {
            return;
        }
        if let Err(error) = relist(&handle, &tray, !before.is_empty(), &presets) {
            tracing::warn!(%error, "the tray does not list the presets as they are");
        }
        *before = presets;
    });
    if let Err(error) = listed {
        tracing::warn!(%error, "the tray does not list the presets as they are");
    }
}

fn relist(app: &AppHandle, tray: &Tray, is_in: bool, presets: &[Preset]) -> tauri::Result<()> {
    for item in tray.begin_with.items()? {
        if let Some(item) = item.as_menuitem() {
            tray.begin_with.remove(item)?;
        }
    }
    for preset in presets {
        let id = format!("{PRESET}{}", preset.preset_id);
        // A single one would underline what comes after it.
        let name = preset.name.as_str().replace('&', "&&");
        let item = MenuItem::with_id(app, id, name, true, None::<&str>)?;
        tray.begin_with.append(&item)?;
    }
    match (is_in, presets.is_empty()) {
        (false, false) => tray.menu.insert(&tray.begin_with, BEGIN_WITH_AT),
        (true, true) => tray.menu.remove(&tray.begin_with),
        _ => Ok(()),
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
            .map_or_else(|| words::idle().to_owned(), state_of);
        let before = std::mem::replace(&mut *locked(&tray.phase), phase);
        let live = !matches!(phase, None | Some(SitPhase::Ended));
        let steps = [
            tray.state.set_text(&text),
            tray.begin.set_text(words::begin()),
            tray.begin.set_enabled(!live),
            tray.begin_with.set_text(words::begin_with()),
            tray.begin_with.set_enabled(!live),
            tray.end.set_text(words::end()),
            tray.show.set_text(words::show()),
            tray.quit.set_text(words::quit()),
            tray.pause.set_text(if phase == Some(SitPhase::Paused) {
                words::resume()
            } else {
                words::pause()
            }),
            tray.pause.set_enabled(sit.as_ref().is_some_and(can_pause)),
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

/// Whether it can be paused, or resumed: not what is sat together with others.
const fn can_pause(sit: &SitView) -> bool {
    matches!(sit.phase, SitPhase::Sitting | SitPhase::Paused) && sit.together_id.is_none()
}

/// What the tray says. It does not count down: nothing wakes up for a menu nobody looks at.
fn state_of(sit: &SitView) -> String {
    match sit.phase {
        SitPhase::Preparing => words::settling().to_owned(),
        SitPhase::Paused => words::paused().to_owned(),
        SitPhase::Sitting | SitPhase::Overtime => words::sitting().to_owned(),
        SitPhase::Asking => words::asking().to_owned(),
        SitPhase::Ending | SitPhase::Ended => words::idle().to_owned(),
    }
}
