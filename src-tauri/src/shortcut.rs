//! The global shortcut: keys that reach Mitta from any program, held while the settings want them.
//!
//! Must hold: keys that cannot be had are said as a notice, at the start, when they are set and when
//! they are lost, until they are there again; what is held is let go when the settings want other keys
//! or none.

use std::sync::{Mutex, PoisonError};

use mitta_domain::{Shortcut, ShortcutDoes};
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic};
use tauri::AppHandle;

use crate::{backend, window};

#[cfg(not(target_os = "linux"))]
mod none;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(not(target_os = "linux"))]
use none as keys;
#[cfg(target_os = "linux")]
use x11 as keys;

/// The keys that are held, or waited for.
struct Held {
    shortcut: Shortcut,
    grab: keys::Grab,
}

static HELD: Mutex<Option<Held>> = Mutex::new(None);

/// Why keys are not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The desktop lets no program have keys for itself.
    NotHere(String),
    /// Another program has them.
    Taken,
    /// No key of this keyboard is called that.
    NoSuchKey,
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotHere(why) => Self::new(ErrorCode::NoShortcuts, why),
            Refused::Taken => Self::new(ErrorCode::ShortcutTaken, "another program has these keys"),
            Refused::NoSuchKey => Self::new(
                ErrorCode::ShortcutUnknownKey,
                "no key of this keyboard is called that",
            ),
        }
    }
}

/// What a grab tells, on a thread of its own.
pub enum Heard {
    /// The keys are held from now on.
    Held,
    /// The keys were pressed.
    Pressed,
    /// They are not held, for instance because another keyboard has no such key.
    Lost(Refused),
}

/// Holds the keys that the settings want now. Returns at once: the display may take its time.
pub fn follow(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(engine) = backend::engine(&app) else {
            return;
        };
        // As they are now: of two changes the later one may come here first.
        let wanted = match engine.snapshot(Nothing {}) {
            Ok(snapshot) => snapshot.settings.shortcut,
            Err(error) => {
                tracing::warn!(%error, "whether keys are wanted is not known");
                return;
            }
        };
        let is_held = |held: &Held| held.grab.is_held() && wanted.as_ref() == Some(&held.shortcut);
        if held.as_ref().is_some_and(is_held) {
            return;
        }
        // Let go first: they may be the same keys, for something else.
        *held = None;
        let Some(shortcut) = wanted else {
            engine.notice(NoticeTopic::Shortcut, None);
            return;
        };
        match hold(&app, &shortcut) {
            // Whether it has them, it tells by itself.
            Ok(grab) => *held = Some(Held { shortcut, grab }),
            Err(refused) => {
                tracing::warn!(keys = %shortcut.keys, ?refused, "not held");
                engine.notice(NoticeTopic::Shortcut, Some(refused.into()));
            }
        }
    });
}

fn hold(app: &AppHandle, shortcut: &Shortcut) -> Result<keys::Grab, Refused> {
    let (keys, does) = (shortcut.keys.clone(), shortcut.does);
    let (app, told) = (app.clone(), app.clone());
    let notice = move |refused: Option<Refused>| {
        if let Some(engine) = backend::engine(&told) {
            engine.notice(NoticeTopic::Shortcut, refused.map(ApiError::from));
        }
    };
    keys::hold(&shortcut.keys, move |heard| match heard {
        Heard::Pressed => pressed(&app, does),
        Heard::Held => {
            tracing::info!(%keys, "held");
            notice(None);
        }
        Heard::Lost(refused) => {
            tracing::warn!(%keys, ?refused, "not held");
            notice(Some(refused));
        }
    })
}

fn pressed(app: &AppHandle, does: ShortcutDoes) {
    let app = app.clone();
    // Begin waits for the disk; the thread that hears keys must not.
    tauri::async_runtime::spawn_blocking(move || {
        if does == ShortcutDoes::Begin && begin(&app) {
            return;
        }
        let shown = app.clone();
        if let Err(error) = app.run_on_main_thread(move || window::show(&shown)) {
            tracing::error!(%error, "the main thread did not answer");
        }
    });
}

/// Begins a sit as the last one was chosen; says whether there is nothing to be shown.
fn begin(app: &AppHandle) -> bool {
    let Some(engine) = backend::engine(app) else {
        return false;
    };
    if engine.is_sitting() {
        return false;
    }
    let begun = engine
        .snapshot(Nothing {})
        .and_then(|snapshot| engine.begin(snapshot.settings.choice));
    match begun {
        Ok(_) => true,
        // Pressed twice: the first has begun one.
        Err(_) if engine.is_sitting() => false,
        Err(error) => {
            tracing::warn!(%error, "the shortcut begins no sit");
            // Until one begins, whoever begins it.
            engine.notice(NoticeTopic::Begin, Some(error));
            false
        }
    }
}
