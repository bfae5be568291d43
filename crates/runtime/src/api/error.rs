//! A failure as every surface gets it.

use mitta_domain::SessionId;
use serde::{Deserialize, Serialize};

/// A failure as every surface gets it: a stable code to branch on, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("{message}")]
pub struct ApiError {
    /// Stable code, for instance `sit_running`; the window has the words for it.
    pub code: ErrorCode,
    /// What happened and what to do, in English, for terminals and logs.
    pub message: String,
    /// The session concerned, where there is one.
    pub session_id: Option<SessionId>,
    /// The message is in the language that is spoken, of whoever made it, and names more than the code.
    #[serde(skip)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub is_said: bool,
}

/// Stable error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Another sit is live in this data folder; its `session_id` is given.
    SitRunning,
    /// No sit is live here.
    NoSit,
    /// The named session is not the one that is live.
    OtherSit,
    /// No session has that id.
    UnknownSession,
    /// The session was completed before.
    AlreadyCompleted,
    /// The session is still running.
    NotCompleted,
    /// The command makes no sense in the sit's present state.
    WrongState,
    /// A sit that is sat together with others is neither paused nor begun now.
    SatTogether,
    /// It is too early to take a place in that sitting together.
    TogetherTooEarly,
    /// That sitting together is over.
    TogetherOver,
    /// That sitting together is sat, or was, on this computer: each person has one session of it.
    TogetherTaken,
    /// A length or time that cannot be read.
    InvalidLength,
    /// A length outside 1 s to 24 h.
    LengthOutOfRange,
    /// Preparation outside 0 to 5 min.
    InvalidPreparation,
    /// Strikes outside 0 to 9 or a volume above 100.
    InvalidBell,
    /// Interval bells that make no sense.
    InvalidIntervals,
    /// Interval bells that would not ring before the end.
    IntervalsTooLong,
    /// More than 200 given bell times.
    TooManyIntervals,
    /// A past sit of zero or fewer seconds.
    SitTooShort,
    /// A past sit of more than 24 hours.
    SitTooLong,
    /// A past sit that has not begun yet.
    SitNotBegun,
    /// A past sit that is not over yet.
    SitNotOver,
    /// A past sit before 1970.
    SitTooLongAgo,
    /// A time that the clock never showed, because it was put forward.
    TimeNeverWas,
    /// A date or time that cannot be read.
    InvalidDate,
    /// The sit is deleted.
    SitDeleted,
    /// A text of more than 200 characters to search for.
    SearchTooLong,
    /// A note above 10,000 characters.
    NoteTooLong,
    /// A label above 80 characters.
    LabelTooLong,
    /// A mood outside 1 to 5.
    InvalidMood,
    /// A setting out of its range.
    InvalidSetting,
    /// A name of a preset that is empty or above 60 characters.
    InvalidPresetName,
    /// Another preset has that name.
    PresetNameTaken,
    /// There are as many presets as can be kept.
    TooManyPresets,
    /// No preset has that id or name.
    UnknownPreset,
    /// An order that does not name each preset once: they have changed meanwhile.
    PresetsChanged,
    /// There are as many reminders as can be kept.
    TooManyReminders,
    /// No reminder has that id.
    UnknownReminder,
    /// Another program has the keys of the global shortcut.
    ShortcutTaken,
    /// No key of this keyboard is called as in the global shortcut.
    ShortcutUnknownKey,
    /// The desktop gives no program keys for itself.
    NoShortcuts,
    /// What starts Mitta at login could not be read or written.
    StartAtLoginFailed,
    /// There is no place where a program can have itself started at login.
    NoStartAtLogin,
    /// A request that is not of the declared shape.
    InvalidRequest,
    /// The disk is full.
    DiskFull,
    /// The data folder cannot be written.
    NotWritable,
    /// Another program holds the database.
    DatabaseBusy,
    /// The database is newer than this program.
    DatabaseNewer,
    /// The database was damaged and has been set aside.
    DatabaseCorrupt,
    /// The database, or a row of it, cannot be understood; it was left as it is.
    DatabaseUnusable,
    /// Any other failure of the disk or the database.
    Storage,
    /// There is a file of that name.
    FileExists,
    /// A file cannot be written at that place.
    FileNotWritable,
    /// A file was named that this program works with: the history, its log, a lock.
    OwnFile,
    /// A copy was not sound and was thrown away.
    BackupUnsound,
    /// A copy that is not there or cannot be read.
    BackupUnreadable,
    /// A file that is no copy of a history, or one that somebody has changed.
    NotABackup,
    /// A copy that a newer program has written.
    BackupNewer,
    /// A copy that is damaged.
    BackupDamaged,
    /// A copy of another person's history, or of another server's.
    BackupOfAnother,
    /// Another program is syncing; it is done in a moment.
    OtherProgram,
    /// It was stopped, as the person wanted.
    Stopped,
    /// No sound device.
    NoSoundDevice,
    /// A bell was due and could not be heard.
    BellMissed,
    /// A sound file that is missing.
    SoundMissing,
    /// A sound file that is no sound this program reads.
    SoundUnreadable,
    /// A sound file above 32 MiB or five minutes.
    SoundTooLarge,
    /// The desktop did not agree to stay awake.
    KeepAwakeRefused,
    /// The desktop shows no tray.
    NoTray,
    /// Notifications cannot be shown.
    NoNotifications,
    /// The system's time zone is unknown.
    ZoneUnknown,
    /// A file that cannot be opened or read.
    FileUnreadable,
    /// A file with nothing in it.
    ImportEmpty,
    /// A ZIP archive, as Apple Health exports it: it has to be unpacked.
    ImportZip,
    /// A database, as a backup is one: it is restored, not imported.
    ImportDatabase,
    /// A file that is no text.
    ImportBinary,
    /// A text of no known format.
    ImportUnknown,
    /// A file that a newer Mitta wrote.
    ImportNewer,
    /// A file that breaks its own format.
    ImportBroken,
    /// Something about the file's times has to be said first.
    ImportUnanswered,
    /// The same file was imported with other times: that has to be undone first.
    ImportOtherwise,
    /// What the import brought is in the history in another way by now.
    ImportThere,
    /// Another import, undo or export is going on.
    TransferBusy,
    /// It was cancelled.
    TransferCancelled,
    /// No import has that number.
    UnknownImport,
    /// The file that was imported was named as the place of an export or a report.
    ImportedFile,
    /// A file that cannot be written.
    ExportNotWritable,
    /// A defect: please report it.
    Internal,
}

impl ErrorCode {
    /// Whether the same write, tried again, may succeed. The engine keeps such a record and tries
    /// it until it is committed (I2); any other failure of a record is said once and final.
    pub const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::DiskFull | Self::NotWritable | Self::DatabaseBusy | Self::Storage
        )
    }
}

impl ApiError {
    /// An error without a session.
    pub fn new(code: ErrorCode, message: impl std::fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            session_id: None,
            is_said: false,
        }
    }

    /// An error whose message a front end has put in the language that is spoken.
    pub fn said(code: ErrorCode, message: impl std::fmt::Display) -> Self {
        Self {
            is_said: true,
            ..Self::new(code, message)
        }
    }

    /// The same error about a session.
    #[must_use]
    pub fn about(mut self, session_id: SessionId) -> Self {
        self.session_id = Some(session_id);
        self
    }

    /// A request that is not of the declared shape.
    pub fn invalid_request(command: &str, why: &dyn std::fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidRequest, format_args!("{command}: {why}"))
    }

    /// A defect.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::Internal,
            format_args!("A defect in Mitta: {why}. Please report it."),
        )
    }
}
