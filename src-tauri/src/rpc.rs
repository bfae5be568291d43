//! The commands of the window. Each hands over and answers; what they do is elsewhere.

#![expect(
    clippy::needless_pass_by_value,
    reason = "tauri hands a command its arguments by value"
)]

use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, ImportSoundArgs, SoundChosen, dispatch,
};
use mitta_sync::api::{AccountError, AccountErrorCode};
use serde_json::Value;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;

use crate::backend::Backend;
use crate::{closing, sync, words};

/// One of the engine's commands, by name.
///
/// On a thread of its own: a disk that hangs in one command must not keep Pause waiting (I9).
#[tauri::command]
pub async fn rpc(app: AppHandle, name: String, args: Value) -> Result<Value, ApiError> {
    blocking(move || {
        let backend = app.state::<Backend>();
        if name == "snapshot" {
            backend.open_again(&app);
        }
        dispatch(&*backend.engine()?, &name, args)
    })
    .await
}

/// One of the commands about sync and the account, by name. It may wait for a server or a keyring.
#[tauri::command]
pub async fn account_rpc(app: AppHandle, name: String, args: Value) -> Result<Value, AccountError> {
    let work = move || mitta_sync::api::dispatch(&*sync::engine(&app)?, &name, args);
    tauri::async_runtime::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(AccountError::internal(&error)))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tauri::async_runtime::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(ApiError::internal(&error)))
}

/// Quits; during a sit the window is told to ask first.
#[tauri::command]
pub fn ask_to_quit(app: AppHandle) {
    closing::ask_to_quit(&app);
}

/// Whether the window has to ask before quitting; answered once for each question.
#[tauri::command]
pub fn take_quit_question() -> bool {
    closing::take_quit_question()
}

/// Quits, also while a sit is live: it is found again at the next launch.
#[tauri::command]
pub fn quit(app: AppHandle) {
    closing::quit(&app);
}

/// Lets the person choose a sound file and copies it into the data folder.
#[tauri::command]
pub async fn pick_sound_file(app: AppHandle) -> Result<SoundChosen, ApiError> {
    blocking(move || {
        let chosen = app
            .dialog()
            .file()
            .set_title(words::choose_sound())
            .add_filter(words::sound_files(), &["wav", "flac", "ogg", "mp3"])
            .blocking_pick_file();
        let Some(chosen) = chosen else {
            return Ok(SoundChosen { sound: None });
        };
        let path = chosen
            .into_path()
            .map_err(|e| ApiError::new(ErrorCode::SoundUnreadable, e))?
            .to_string_lossy()
            .into_owned();
        let engine = app.state::<Backend>().engine()?;
        engine.import_sound(ImportSoundArgs { path })
    })
    .await
}

/// Lets the person choose a file of sits; nothing if they chose none.
#[tauri::command]
pub async fn pick_import_file(app: AppHandle) -> Result<Option<String>, ApiError> {
    blocking(move || {
        let chosen = app
            .dialog()
            .file()
            .set_title(words::choose_import())
            .add_filter(words::import_files(), &["csv", "json", "xml", "txt", "tsv"])
            .add_filter(words::all_files(), &["*"])
            .blocking_pick_file();
        let Some(chosen) = chosen else {
            return Ok(None);
        };
        let unreadable =
            |why: &dyn std::fmt::Display| ApiError::new(ErrorCode::FileUnreadable, why);
        let path = chosen.into_path().map_err(|e| unreadable(&e))?;
        let path = path.into_os_string().into_string();
        path.map(Some)
            .map_err(|path| unreadable(&format_args!("{} is no Unicode", path.display())))
    })
    .await
}

/// Lets the person say where a file is to be written; nothing if they chose nowhere.
#[tauri::command]
pub async fn pick_save_path(
    app: AppHandle,
    suggested: String,
) -> Result<Option<String>, AccountError> {
    let work = move || {
        let chosen = app
            .dialog()
            .file()
            .set_title(words::save_as())
            .set_file_name(suggested)
            .blocking_save_file();
        let Some(chosen) = chosen else {
            return Ok(None);
        };
        let path = chosen
            .into_path()
            .map_err(|e| AccountError::new(AccountErrorCode::FileNotWritable, e))?;
        let path = path.into_os_string().into_string().map_err(|path| {
            let why = format_args!("{} is no Unicode", path.display());
            AccountError::new(AccountErrorCode::FileNotWritable, why)
        })?;
        Ok(Some(path))
    };
    tauri::async_runtime::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(AccountError::internal(&error)))
}

/// Lets the person choose a copy of a history; nothing if they chose none. It is not opened here.
#[tauri::command]
pub async fn pick_backup_file(app: AppHandle) -> Result<Option<String>, ApiError> {
    blocking(move || {
        let chosen = app.dialog().file().set_title(words::choose_backup());
        let Some(chosen) = chosen.blocking_pick_file() else {
            return Ok(None);
        };
        let unreadable =
            |why: &dyn std::fmt::Display| ApiError::new(ErrorCode::BackupUnreadable, why);
        let path = chosen.into_path().map_err(|error| unreadable(&error))?;
        let path = path.into_os_string().into_string();
        path.map(Some)
            .map_err(|path| unreadable(&format_args!("{} is no Unicode", path.display())))
    })
    .await
}

/// Full screen on and off.
#[tauri::command]
pub fn toggle_fullscreen(window: WebviewWindow) -> Result<(), ApiError> {
    let failed = |e: tauri::Error| ApiError::internal(&e);
    let is_full = window.is_fullscreen().map_err(failed)?;
    window.set_fullscreen(!is_full).map_err(failed)
}
