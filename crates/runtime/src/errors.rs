//! Every failure below the engine as an [`ApiError`]: a stable code and a sentence that helps.

use std::fmt::Display;

use mitta_domain::bells::InvalidIntervals;
use mitta_domain::calendar::CalendarError;
use mitta_domain::length::LengthError;
use mitta_domain::past::PastError;
use mitta_domain::plan::InvalidPlan;
use mitta_domain::preset::{InvalidName, PresetRefused};
use mitta_domain::reminder::ReminderRefused;
use mitta_domain::session::InvalidWords;
use mitta_domain::timer::WrongState;
use mitta_domain::together::NoPlace;
use mitta_store::copies::{CopyError, RestoreError};
use mitta_store::{OpenError, ReadError, WriteError};

use crate::api::{ApiError, ErrorCode};

impl From<InvalidPlan> for ApiError {
    fn from(error: InvalidPlan) -> Self {
        Self::new(code_of_plan(&error), error)
    }
}

const fn code_of_plan(error: &InvalidPlan) -> ErrorCode {
    match error {
        InvalidPlan::Preparation(_) => ErrorCode::InvalidPreparation,
        InvalidPlan::Strikes(_) => ErrorCode::InvalidBell,
        InvalidPlan::Label(_) => ErrorCode::LabelTooLong,
        InvalidPlan::Intervals(InvalidIntervals::TooMany { .. }) => ErrorCode::TooManyIntervals,
        InvalidPlan::Intervals(InvalidIntervals::LongerThanSit { .. }) => {
            ErrorCode::IntervalsTooLong
        }
        InvalidPlan::Intervals(_) => ErrorCode::InvalidIntervals,
    }
}

const fn code_of_preset(refused: &PresetRefused) -> ErrorCode {
    match refused {
        PresetRefused::NameTaken(_) => ErrorCode::PresetNameTaken,
        PresetRefused::TooMany => ErrorCode::TooManyPresets,
        PresetRefused::Unknown(_) => ErrorCode::UnknownPreset,
        PresetRefused::OtherSet => ErrorCode::PresetsChanged,
        PresetRefused::Plan(error) => code_of_plan(error),
    }
}

impl From<InvalidName> for ApiError {
    fn from(error: InvalidName) -> Self {
        Self::new(ErrorCode::InvalidPresetName, error)
    }
}

impl From<WrongState> for ApiError {
    fn from(error: WrongState) -> Self {
        let code = if error.is_together {
            ErrorCode::SatTogether
        } else {
            ErrorCode::WrongState
        };
        Self::new(code, error)
    }
}

impl From<NoPlace> for ApiError {
    fn from(error: NoPlace) -> Self {
        let code = match &error {
            NoPlace::TooEarly { .. } => ErrorCode::TogetherTooEarly,
            NoPlace::Over => ErrorCode::TogetherOver,
        };
        Self::new(code, error)
    }
}

impl From<LengthError> for ApiError {
    fn from(error: LengthError) -> Self {
        let code = match &error {
            LengthError::NotALength { .. } => ErrorCode::InvalidLength,
            LengthError::OutOfRange(_) => ErrorCode::LengthOutOfRange,
        };
        Self::new(code, error)
    }
}

impl From<CalendarError> for ApiError {
    fn from(error: CalendarError) -> Self {
        let code = match &error {
            CalendarError::UnknownZone { .. } => ErrorCode::ZoneUnknown,
            _ => ErrorCode::InvalidSetting,
        };
        Self::new(code, error)
    }
}

impl From<PastError> for ApiError {
    fn from(error: PastError) -> Self {
        let code = match &error {
            PastError::NeverWas { .. } => ErrorCode::TimeNeverWas,
            PastError::TooShort(_) => ErrorCode::SitTooShort,
            PastError::TooLong(_) => ErrorCode::SitTooLong,
            PastError::NotBegun(_) => ErrorCode::SitNotBegun,
            PastError::NotOver(_) => ErrorCode::SitNotOver,
            PastError::TooLongAgo(_) => ErrorCode::SitTooLongAgo,
            PastError::Length(LengthError::NotALength { .. }) => ErrorCode::InvalidLength,
            PastError::Length(LengthError::OutOfRange(_)) => ErrorCode::LengthOutOfRange,
            PastError::Calendar(CalendarError::UnknownZone { .. }) => ErrorCode::ZoneUnknown,
            PastError::NotATime { .. } | PastError::Calendar(_) => ErrorCode::InvalidDate,
        };
        Self::new(code, error)
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Is;
        let code = match error.kind() {
            Is::StorageFull | Is::QuotaExceeded => ErrorCode::DiskFull,
            Is::PermissionDenied | Is::ReadOnlyFilesystem => ErrorCode::NotWritable,
            _ => ErrorCode::Storage,
        };
        Self::new(code, format_args!("The data folder failed: {error}"))
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        let code = match &error {
            OpenError::Newer { .. } => ErrorCode::DatabaseNewer,
            OpenError::Damaged { .. }
            | OpenError::Foreign { .. }
            | OpenError::Missing { .. }
            | OpenError::Older { .. }
            | OpenError::Migration(_)
            | OpenError::Read(ReadError::Corrupt { .. }) => ErrorCode::DatabaseUnusable,
            OpenError::Busy | OpenError::InUse | OpenError::Read(ReadError::Busy) => {
                ErrorCode::DatabaseBusy
            }
            OpenError::DiskFull => ErrorCode::DiskFull,
            OpenError::NotWritable { .. } => ErrorCode::NotWritable,
            OpenError::Sqlite(_) | OpenError::Io(_) | OpenError::Read(ReadError::Sqlite(_)) => {
                ErrorCode::Storage
            }
        };
        Self::with_remedy(code, &error, None)
    }
}

impl From<CopyError> for ApiError {
    fn from(error: CopyError) -> Self {
        let code = match error {
            CopyError::Open(error) => return error.into(),
            CopyError::Exists { .. } => ErrorCode::FileExists,
            CopyError::Own { .. } => ErrorCode::OwnFile,
            CopyError::DiskFull => ErrorCode::DiskFull,
            CopyError::NotWritable { .. } => ErrorCode::FileNotWritable,
            CopyError::Unsound { .. } => ErrorCode::BackupUnsound,
            CopyError::Stopped => ErrorCode::Stopped,
            CopyError::Sqlite(_) => ErrorCode::Storage,
        };
        Self::ending(code, &error, "No copy was made.")
    }
}

impl From<RestoreError> for ApiError {
    fn from(error: RestoreError) -> Self {
        let session_id = match &error {
            RestoreError::SitRunning { session_id } => *session_id,
            _ => None,
        };
        let code = match &error {
            RestoreError::Unreadable { .. } => ErrorCode::BackupUnreadable,
            RestoreError::Own { .. } => ErrorCode::OwnFile,
            RestoreError::NotADatabase { .. } | RestoreError::Foreign { .. } => {
                ErrorCode::NotABackup
            }
            RestoreError::Newer { .. } => ErrorCode::BackupNewer,
            RestoreError::Damaged { .. } => ErrorCode::BackupDamaged,
            RestoreError::OtherAccount { .. } => ErrorCode::BackupOfAnother,
            RestoreError::SitRunning { .. } => ErrorCode::SitRunning,
            RestoreError::Syncing => ErrorCode::OtherProgram,
            RestoreError::Importing => ErrorCode::TransferBusy,
            RestoreError::Stopped => ErrorCode::Stopped,
            RestoreError::Open(OpenError::Busy | OpenError::InUse) => ErrorCode::DatabaseBusy,
            RestoreError::Open(OpenError::DiskFull)
            | RestoreError::NotKept(CopyError::DiskFull)
            | RestoreError::Staging(CopyError::DiskFull) => ErrorCode::DiskFull,
            RestoreError::Open(OpenError::NotWritable { .. })
            | RestoreError::NotKept(_)
            | RestoreError::Staging(_) => ErrorCode::NotWritable,
            RestoreError::Write(error) => Self::code_of_write(error),
            RestoreError::Open(_) => ErrorCode::Storage,
        };
        Self {
            session_id,
            ..Self::ending(code, &error, "Nothing was changed.")
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        let code = match &error {
            ReadError::Busy => ErrorCode::DatabaseBusy,
            ReadError::Corrupt { .. } => ErrorCode::DatabaseUnusable,
            ReadError::Sqlite(_) => ErrorCode::Storage,
        };
        Self::with_remedy(code, &error, None)
    }
}

impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> Self {
        Self::of_write(&error, "Nothing was changed.")
    }
}

impl ApiError {
    /// A write that failed and is tried again by itself.
    pub(crate) fn retried(error: &WriteError) -> Self {
        Self::of_write(error, "It is tried again until it succeeds.")
    }

    fn of_write(error: &WriteError, then: &str) -> Self {
        let session_id = match error {
            WriteError::Unknown(id)
            | WriteError::NotCompleted(id)
            | WriteError::Deleted(id)
            | WriteError::NotReplacing(id)
            | WriteError::AlreadyStarted(id) => Some(*id),
            WriteError::AlreadyCompleted { session } => Some(session.start.session_id),
            _ => None,
        };
        let code = Self::code_of_write(error);
        Self {
            session_id,
            ..Self::with_remedy(code, error, Some(then))
        }
    }

    /// As [`ApiError::with_remedy`], and where nothing is to be done, `then` is said all the same.
    fn ending(code: ErrorCode, error: &dyn Display, then: &str) -> Self {
        let plain = format!("{error}. {then}");
        let helped = Self::with_remedy(code, error, Some(then));
        if helped.message.len() > plain.len() {
            helped
        } else {
            Self::new(code, plain)
        }
    }

    /// An error of the disk with what to do about it, and `then` what becomes of it.
    fn with_remedy(code: ErrorCode, error: &dyn Display, then: Option<&str>) -> Self {
        let remedy = match code {
            ErrorCode::DiskFull => Some("Free some space."),
            ErrorCode::NotWritable => {
                Some("Check that you may write in it and that it is not mounted read-only.")
            }
            ErrorCode::DatabaseBusy => Some("Close it or wait."),
            ErrorCode::Storage => Some("Check the disk."),
            _ => None,
        };
        match (remedy, then) {
            (Some(remedy), Some(then)) => Self::new(code, format_args!("{error}. {remedy} {then}")),
            (Some(remedy), None) => Self::new(code, format_args!("{error}. {remedy}")),
            (None, _) => Self::new(code, error),
        }
    }

    pub(crate) fn code_of_write(error: &WriteError) -> ErrorCode {
        match error {
            WriteError::Unknown(_) => ErrorCode::UnknownSession,
            WriteError::AlreadyCompleted { .. } => ErrorCode::AlreadyCompleted,
            WriteError::NotCompleted(_) => ErrorCode::NotCompleted,
            WriteError::Deleted(_) => ErrorCode::SitDeleted,
            WriteError::AlreadyStarted(_) | WriteError::RowCount { .. } => ErrorCode::Internal,
            WriteError::InvalidWords(InvalidWords::Note(_)) => ErrorCode::NoteTooLong,
            WriteError::InvalidWords(InvalidWords::Label(_)) => ErrorCode::LabelTooLong,
            WriteError::InvalidWords(InvalidWords::Mood(_)) => ErrorCode::InvalidMood,
            WriteError::InvalidSettings(_) => ErrorCode::InvalidSetting,
            WriteError::NotReplacing(_) | WriteError::Rejected(_) => ErrorCode::WrongState,
            WriteError::Preset(refused) => code_of_preset(refused),
            WriteError::Reminder(ReminderRefused::TooMany) => ErrorCode::TooManyReminders,
            WriteError::Reminder(ReminderRefused::Unknown(_)) => ErrorCode::UnknownReminder,
            WriteError::Corrupt { .. } => ErrorCode::DatabaseUnusable,
            WriteError::DiskFull => ErrorCode::DiskFull,
            WriteError::NotWritable => ErrorCode::NotWritable,
            WriteError::Busy => ErrorCode::DatabaseBusy,
            WriteError::Sqlite(_) => ErrorCode::Storage,
        }
    }
}
