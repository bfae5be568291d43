//! Why a direction of a round failed.

use mitta_store::{ReadError, SyncWriteError, WriteError};

use crate::remote::RemoteError;

/// Why a direction of a round failed. What was stored before stays, the rest waits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No account, not claimed, or signed out: nothing was asked.
    #[error("there is no account here that may be used")]
    NotAllowed,
    /// The account here has become another one since it began: what it did is for that one no more.
    #[error("the account here is another one than when it began")]
    AccountChanged,
    /// The one who watched has ended it.
    #[error("it was cancelled")]
    Cancelled,
    /// Another server answers at the address.
    #[error("another server than before answers at this address")]
    OtherServer,
    /// The sign-in is another person's.
    #[error("the server answered as another person")]
    OtherPerson,
    /// The server gave no answer that helps.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The local history could not be read or written.
    #[error("{0}")]
    Storage(String),
}

impl Failure {
    pub(crate) fn garbled(why: &str) -> Self {
        Self::Remote(RemoteError::Garbled(why.to_owned()))
    }

    /// Whether the other direction would fail for the same reason.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed
                | Self::AccountChanged
                | Self::Cancelled
                | Self::OtherPerson
                | Self::OtherServer
                | Self::Storage(_)
                | Self::Remote(
                    RemoteError::SignInNeeded
                        | RemoteError::Unsupported { .. }
                        | RemoteError::Certificate(_)
                )
        )
    }

    pub(crate) const fn is_no_such_share(&self) -> bool {
        matches!(self, Self::Remote(RemoteError::NoSuchShare(_)))
    }

    /// Whether other shares may still be read.
    pub(crate) const fn is_of_one_share(&self) -> bool {
        matches!(
            self,
            Self::Remote(
                RemoteError::Refused { .. }
                    | RemoteError::Garbled(_)
                    | RemoteError::NoSuchShare(_)
                    | RemoteError::TooLarge
                    | RemoteError::AnswerTooLarge
            )
        )
    }

    /// Whole seconds after which the server may be asked again, if it said so.
    pub(crate) const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Remote(RemoteError::Busy { after_s } | RemoteError::RateLimited { after_s }) => {
                *after_s
            }
            _ => None,
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<SyncWriteError> for Failure {
    fn from(error: SyncWriteError) -> Self {
        match error {
            SyncWriteError::NotSignedIn | SyncWriteError::OtherAccount { .. } => {
                Self::AccountChanged
            }
            SyncWriteError::OtherServer { .. } => Self::OtherServer,
            SyncWriteError::Backwards { .. }
            | SyncWriteError::UnknownShare(_)
            | SyncWriteError::Unfit(_)
            | SyncWriteError::Misplaced { .. } => Self::garbled(&error.to_string()),
            SyncWriteError::CursorMoved { .. }
            | SyncWriteError::OtherLife { .. }
            | SyncWriteError::Write(_) => Self::Storage(error.to_string()),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::Storage(error.to_string())
    }
}
