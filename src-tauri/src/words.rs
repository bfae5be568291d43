//! The desktop's own words: tray, notifications, dialogs. The window's are in `ui/messages`.

/// Title of the file dialog.
pub const CHOOSE_SOUND: &str = "Choose a sound";
/// Name of the file filter.
pub const SOUND_FILES: &str = "Sounds (WAV, FLAC, OGG, MP3)";
/// Title of the dialog that asks where a file is to be written.
pub const SAVE_AS: &str = "Save as";
/// Title of every notification.
pub const MITTA: &str = "Mitta";
/// Tray: nothing runs.
pub const IDLE: &str = "No sit is running";
/// Tray: the preparation runs.
pub const SETTLING: &str = "Settling";
/// Tray: paused.
pub const PAUSED: &str = "Paused";
/// Tray: open-ended or overtime.
pub const SITTING: &str = "Sitting";
/// Tray: a question stands.
pub const ASKING: &str = "The sit has ended: a question is waiting";
/// Tray item.
pub const BEGIN: &str = "Begin";
/// Tray item.
pub const PAUSE: &str = "Pause";
/// Tray item.
pub const RESUME: &str = "Resume";
/// Tray item.
pub const END: &str = "End";
/// Tray item.
pub const SHOW: &str = "Show Mitta";
/// Tray item.
pub const QUIT: &str = "Quit";
/// Notification at the end of a sit.
pub const END_REACHED: &str = "Your sit has reached its end.";
/// Notification when the window was closed during a sit and there is no tray.
pub const GOES_ON: &str = "The sit goes on. Start Mitta again to come back to it.";
