//! The commands of the window. Each hands over and answers; what they do is elsewhere.

#![expect(
    clippy::needless_pass_by_value,
    reason = "tauri hands a command its arguments by value"
)]

use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, ImportSoundArgs, SoundChosen, dispatch,
};
use serde_json::Value;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;

use crate::backend::Backend;
use crate::{closing, words};

/// One of the engine's commands, by name.
#[tauri::command(async)]
pub fn rpc(backend: State<'_, Backend>, name: &str, args: Value) -> Result<Value, ApiError> {
    dispatch(&*backend.engine()?, name, args)
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
#[tauri::command(async)]
pub fn pick_sound_file(
    app: AppHandle,
    backend: State<'_, Backend>,
) -> Result<SoundChosen, ApiError> {
    let engine = backend.engine()?;
    let chosen = app
        .dialog()
        .file()
        .set_title(words::CHOOSE_SOUND)
        .add_filter(words::SOUND_FILES, &["wav", "flac", "ogg", "mp3"])
        .blocking_pick_file();
    let Some(chosen) = chosen else {
        return Ok(SoundChosen { sound: None });
    };
    let path = chosen
        .into_path()
        .map_err(|e| ApiError::new(ErrorCode::SoundUnreadable, e))?
        .to_string_lossy()
        .into_owned();
    engine.import_sound(ImportSoundArgs { path })
}

/// Full screen on and off.
#[tauri::command]
pub fn toggle_fullscreen(window: WebviewWindow) -> Result<(), ApiError> {
    let failed = |e: tauri::Error| ApiError::internal(&e);
    let is_full = window.is_fullscreen().map_err(failed)?;
    window.set_fullscreen(!is_full).map_err(failed)
}
