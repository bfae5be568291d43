//! `mitta-desktop`: the composition root. Puts the engine, the window, the tray and the
//! notifications together, and sync beside them; decides nothing about a sit.
//!
//! Must hold: no window, tray, bus, network or notification service can stop, delay or silence a sit (I9).
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod backend;
mod bus;
mod closing;
mod logs;
mod notification;
mod rpc;
mod shortcut;
mod sync;
mod tray;
mod window;
mod words;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use backend::Backend;
use mitta_domain::settings::Language;
use mitta_runtime::login;
use tauri::{App, RunEvent, WindowEvent};

fn main() -> anyhow::Result<()> {
    if let Some(name) = profile() {
        mitta_runtime::name_profile(&name)?;
    }
    // Until the settings are read, and where they cannot be.
    words::speak(Language::System);
    let dir = mitta_runtime::data_dir();
    // Kept to the end: dropping it flushes the log.
    let _logs = dir.as_ref().ok().and_then(logs::start);
    let instance = dir.as_ref().map_or(0, |dir| {
        let mut hasher = DefaultHasher::new();
        dir.path().hash(&mut hasher);
        hasher.finish()
    });
    let app = tauri::Builder::default();
    #[cfg(not(target_os = "linux"))]
    let app = app.plugin(tauri_plugin_notification::init());
    let app = app
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(format!("org.mitta.Mitta.data{instance:016x}"))
                .callback(|app, args, _folder| {
                    // A session that begins beside a Mitta that runs already asks for no window.
                    if !login::is_at_login(&args) {
                        window::show(app);
                    }
                })
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(tauri::generate_handler![
            rpc::rpc,
            rpc::account_rpc,
            rpc::ask_to_quit,
            rpc::take_quit_question,
            rpc::quit,
            rpc::pick_sound_file,
            rpc::pick_import_file,
            rpc::pick_save_path,
            rpc::pick_backup_file,
            rpc::toggle_fullscreen
        ])
        .setup(move |app| {
            compose(app, dir);
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { .. } = event {
                closing::window_is_closing(window);
            }
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        RunEvent::ExitRequested {
            code: None, api, ..
        } if closing::stays(app) => api.prevent_exit(),
        RunEvent::Exit => {
            backend::stop(app);
            sync::stop(app);
        }
        _ => {}
    });
    Ok(())
}

/// The name after `--profile`. What else a desktop may hand over is not meant for Mitta.
fn profile() -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != "--profile");
    args.nth(1)
}

fn compose(app: &App, dir: Result<mitta_store::DataDir, mitta_runtime::api::ApiError>) {
    let handle = app.handle();
    bus::outlive();
    sync::manage(handle);
    Backend::start(handle, dir);
    closing::listen_for_signals(handle);
    if login::is_at_login(std::env::args()) {
        tray::set_up_at_login(handle);
    } else {
        window::show(handle);
        closing::composed();
        tray::set_up(handle);
    }
}
