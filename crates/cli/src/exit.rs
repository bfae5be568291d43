//! Exit codes: stable, so that a script can branch on them. `--help` lists them.

use std::process::ExitCode;

use mitta_runtime::api::ErrorCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    /// The same that clap exits with.
    Usage,
    SitRunning,
    NotPossible,
    DataFolder,
    NotRecorded,
    NotSynced,
    /// 128 + the signal's number, as shells count.
    HungUp,
    Terminated,
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::SitRunning => 3,
            Self::NotPossible => 4,
            Self::DataFolder => 5,
            Self::NotRecorded => 6,
            Self::NotSynced => 7,
            Self::HungUp => 129,
            Self::Terminated => 143,
        }
    }

    pub const fn of(code: ErrorCode) -> Self {
        use ErrorCode as Is;
        match code {
            Is::InvalidLength
            | Is::LengthOutOfRange
            | Is::InvalidPreparation
            | Is::InvalidBell
            | Is::InvalidIntervals
            | Is::IntervalsTooLong
            | Is::TooManyIntervals
            | Is::LabelTooLong
            | Is::SitTooShort
            | Is::SitTooLong
            | Is::SitNotBegun
            | Is::SitNotOver
            | Is::SitTooLongAgo
            | Is::TimeNeverWas
            | Is::InvalidDate
            | Is::SearchTooLong
            | Is::NoteTooLong
            | Is::ImportUnanswered
            | Is::InvalidRequest
            | Is::FileExists
            | Is::OwnFile
            | Is::ImportedFile => Self::Usage,
            Is::SitRunning => Self::SitRunning,
            Is::NoSit
            | Is::OtherSit
            | Is::UnknownSession
            | Is::AlreadyCompleted
            | Is::NotCompleted
            | Is::SitDeleted
            | Is::UnknownPreset
            | Is::WrongState => Self::NotPossible,
            Is::DiskFull
            | Is::NotWritable
            | Is::DatabaseBusy
            | Is::DatabaseNewer
            | Is::DatabaseCorrupt
            | Is::DatabaseUnusable
            | Is::Storage => Self::DataFolder,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
