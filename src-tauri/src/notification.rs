//! Notifications, for a person who does not look at the window.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use mitta_domain::settings::NotifyAtEnd;
use mitta_domain::{SessionId, TogetherId, calendar};
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic};
use mitta_runtime::clock::Clock as _;
use mitta_sync::Unanswered;
use tauri::AppHandle;

use crate::{backend, sync, window, words};

#[cfg(target_os = "linux")]
mod bus;
#[cfg(not(target_os = "linux"))]
mod plugin;

#[cfg(target_os = "linux")]
use bus as system;
#[cfg(not(target_os = "linux"))]
use plugin as system;

/// Tells of the end, where the settings want it and nobody sees the window.
pub fn end_reached(app: &AppHandle, session_id: SessionId) {
    tracing::info!(%session_id, "reached its end");
    if window::is_visible(app) {
        return;
    }
    let app = app.clone();
    // Off the timer's thread: the settings are read from the disk and the bus may be slow (I9).
    tauri::async_runtime::spawn_blocking(move || {
        let wanted = backend::engine(&app)
            .and_then(|engine| engine.snapshot(Nothing {}).ok())
            .is_none_or(|snapshot| snapshot.settings.notify_at_end == NotifyAtEnd::WhenHidden);
        if wanted {
            show(&app, words::end_reached());
        }
    });
}

/// Tells that it is time to sit, whether the window is seen or not: a person may look elsewhere.
pub fn remind(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || show(&app, words::reminder()));
}

/// The proposals that were told, or seen in the window.
static KNOWN: Mutex<BTreeSet<TogetherId>> = Mutex::new(BTreeSet::new());

/// Tells of proposals by others that are new, where nobody sees the window.
pub fn proposed(app: &AppHandle) {
    let app = app.clone();
    // Off sync's thread, which this asks: the history is read from the disk and the bus may be slow (I9).
    tauri::async_runtime::spawn_blocking(move || {
        let waiting = match sync::engine(&app).and_then(|engine| engine.unanswered()) {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::warn!(%error, "whether somebody proposes a sitting together is not known");
                return;
            }
        };
        let is_seen = window::is_visible(&app);
        for proposal in waiting {
            let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = known.insert(proposal.together_id);
            drop(known);
            if is_new && !is_seen {
                tell(&app, &proposal);
            }
        }
    });
}

fn tell(app: &AppHandle, proposal: &Unanswered) {
    let clock = backend::clock();
    let zone = clock.zone().unwrap_or_default();
    let date = |at| calendar::local_date(at, zone, 0);
    match (date(proposal.starts_at_ms), date(clock.now().wall_ms)) {
        (Ok(starts), Ok(now)) => show(app, &words::proposed(proposal, starts, now)),
        (Err(error), _) | (_, Err(error)) => tracing::warn!(%error, "a proposal was not told"),
    }
}

/// Shows one notification; a refusal is a notice in the window, until another is shown. It may take
/// its time: not for the main thread, nor for one that a sit waits for (I9).
pub fn show(app: &AppHandle, text: &str) {
    let shown = system::show(app, words::MITTA, text);
    let refused = shown.err().map(|error| {
        tracing::warn!(%error, "a notification was not shown");
        ApiError::new(
            ErrorCode::NoNotifications,
            format_args!("A notification could not be shown ({error}). Sits are not affected."),
        )
    });
    if let Some(engine) = backend::engine(app) {
        engine.notice(NoticeTopic::Notification, refused);
    }
}
