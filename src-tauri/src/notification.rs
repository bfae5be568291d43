//! Notifications, for a person who does not look at the window.

use mitta_domain::SessionId;
use mitta_domain::settings::NotifyAtEnd;
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, Nothing, NoticeTopic};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

use crate::{backend, window, words};

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
            show(&app, words::END_REACHED);
        }
    });
}

/// Shows one notification; a refusal is a notice in the window.
pub fn show(app: &AppHandle, text: &str) {
    let shown = app
        .notification()
        .builder()
        .title(words::MITTA)
        .body(text)
        .show();
    let refused = shown.err().map(|error| {
        ApiError::new(
            ErrorCode::NoNotifications,
            format_args!("A notification could not be shown ({error}). Sits are not affected."),
        )
    });
    if let Some(engine) = backend::engine(app) {
        engine.notice(NoticeTopic::Notification, refused);
    }
}
