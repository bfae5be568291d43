//! The one window: built on demand, destroyed when closed, so that a sit in the tray costs no
//! web view.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::{sync, words};

/// The window's label.
pub const MAIN: &str = "main";

/// Brings the window up, building it if there is none.
pub fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus()),
        None => build(app, true).map(drop),
    };
    match shown {
        Ok(()) => sync::want_live(app, true),
        Err(error) => tracing::error!(%error, "the window could not be shown"),
    }
}

/// Brings the window up in the task bar, without taking the keyboard from anybody.
pub fn show_minimised(app: &AppHandle) {
    let shown = build(app, false).and_then(|window| window.minimize());
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

/// The place that the last window showed, as the window keeps it in its address.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Remembers where the window is, for the next one to open there.
pub fn remember_place(app: &AppHandle) {
    let url = app.get_webview_window(MAIN).map(|window| window.url());
    if let Some(Ok(url)) = url {
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = url.fragment().map(str::to_owned);
    }
}

fn build(app: &AppHandle, focused: bool) -> tauri::Result<WebviewWindow> {
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // The window speaks as the tray does, whatever its web view takes for the language here.
    let page = format!("index.html?locale={}", words::locale().tag());
    let page = place.map_or(page.clone(), |place| format!("{page}#{place}"));
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(page.into()))
        .title("Mitta")
        .inner_size(900.0, 620.0)
        .min_inner_size(360.0, 560.0)
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .focused(focused)
        .build()
}

/// Whether a person can see the window now.
pub fn is_visible(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| {
        window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
    })
}

/// Whether there is a window at all.
pub fn exists(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some()
}
