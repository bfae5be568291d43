//! Notifications as the system shows them, by Tauri's plugin.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

/// Shows one.
///
/// # Errors
/// What the plugin says.
pub fn show(app: &AppHandle, title: &str, text: &str) -> tauri_plugin_notification::Result<()> {
    app.notification().builder().title(title).body(text).show()
}
