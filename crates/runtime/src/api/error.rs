//! A failure as every surface gets it.

use mitta_domain::SessionId;
use serde::{Deserialize, Serialize};

/// A failure as every surface gets it: a stable code to branch on, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[error("{message}")]
pub struct ApiError {
    /// Stable code, for instance `sit_running`; the window has the words for it.
    pub code: ErrorCode,
    /// What happened and what to do, in English, for terminals and logs.
    pub message: String,
    /// The session concerned, where there is one.
    pub session_id: Option<SessionId>,
}

/// Stable error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
    /// A note above 10,000 characters.
    NoteTooLong,
    /// A label above 80 characters.
    LabelTooLong,
    /// A mood outside 1 to 5.
    InvalidMood,
    /// A setting out of its range.
    InvalidSetting,
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
