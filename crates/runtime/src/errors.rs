//! Every failure below the engine as an [`ApiError`]: a stable code and a sentence that helps.

use std::fmt::Display;

use mitta_domain::bells::InvalidIntervals;
use mitta_domain::calendar::CalendarError;
use mitta_domain::length::LengthError;
use mitta_domain::plan::InvalidPlan;
use mitta_domain::session::InvalidWords;
use mitta_store::{OpenError, ReadError, WriteError};

use crate::api::{ApiError, ErrorCode};

impl From<InvalidPlan> for ApiError {
    fn from(error: InvalidPlan) -> Self {
        let code = match &error {
            InvalidPlan::Preparation(_) => ErrorCode::InvalidPreparation,
            InvalidPlan::Strikes(_) => ErrorCode::InvalidBell,
            InvalidPlan::Label(_) => ErrorCode::LabelTooLong,
            InvalidPlan::Intervals(InvalidIntervals::TooMany { .. }) => ErrorCode::TooManyIntervals,
            InvalidPlan::Intervals(InvalidIntervals::LongerThanSit { .. }) => {
                ErrorCode::IntervalsTooLong
            }
            InvalidPlan::Intervals(_) => ErrorCode::InvalidIntervals,
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
            WriteError::AlreadyStarted(_) | WriteError::RowCount { .. } => ErrorCode::Internal,
            WriteError::InvalidWords(InvalidWords::Note(_)) => ErrorCode::NoteTooLong,
            WriteError::InvalidWords(InvalidWords::Label(_)) => ErrorCode::LabelTooLong,
            WriteError::InvalidWords(InvalidWords::Mood(_)) => ErrorCode::InvalidMood,
            WriteError::InvalidSettings(_) => ErrorCode::InvalidSetting,
            WriteError::Rejected(_) => ErrorCode::WrongState,
            WriteError::Corrupt { .. } => ErrorCode::DatabaseUnusable,
            WriteError::DiskFull => ErrorCode::DiskFull,
            WriteError::NotWritable => ErrorCode::NotWritable,
            WriteError::Busy => ErrorCode::DatabaseBusy,
            WriteError::Sqlite(_) => ErrorCode::Storage,
        }
    }
}
