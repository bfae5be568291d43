//! Failures in the words of the account port.

use mitta_store::{OpenError, ReadError, SyncWriteError, WriteError};

use crate::address::AddressError;
use crate::api::{AccountError, AccountErrorCode as Code};
use crate::http::ExportError;
use crate::remote::RemoteError;
use crate::round::Failure;
use crate::token::TokenError;

impl From<RemoteError> for AccountError {
    fn from(error: RemoteError) -> Self {
        let code = match &error {
            RemoteError::Offline(_) => Code::Offline,
            RemoteError::Timeout => Code::Timeout,
            RemoteError::Certificate(_) => Code::CertificateRefused,
            RemoteError::NotMitta => Code::NotMitta,
            RemoteError::SignInNeeded => Code::SignInNeeded,
            RemoteError::Unsupported { update_this: true } => Code::UpdateThis,
            RemoteError::Unsupported { update_this: false } => Code::UpdateServer,
            RemoteError::Busy { .. } => Code::ServerBusy,
            RemoteError::RateLimited { .. } => Code::RateLimited,
            RemoteError::Refused { code, .. } => refused(code),
            RemoteError::TooLarge
            | RemoteError::AnswerTooLarge
            | RemoteError::NoSuchShare(_)
            | RemoteError::Garbled(_) => Code::ServerFailed,
        };
        match error {
            RemoteError::Refused { message, .. } if code != Code::ServerFailed => {
                Self::new(code, message)
            }
            RemoteError::Busy { after_s: Some(s) }
            | RemoteError::RateLimited { after_s: Some(s) } => {
                Self::new(code, format_args!("{error}; please try again in {s} s"))
            }
            _ => Self::new(code, error),
        }
    }
}

/// The code of a refusal that a person can do something about.
fn refused(code: &str) -> Code {
    match code {
        "wrong_login" => Code::WrongLogin,
        "wrong_password" => Code::WrongPassword,
        "wrong_recovery_code" => Code::WrongRecoveryCode,
        "login_taken" => Code::LoginTaken,
        "invalid_login" => Code::InvalidLogin,
        "invalid_password" => Code::InvalidPassword,
        "invalid_field" => Code::InvalidName,
        "no_such_device" => Code::NoSuchDevice,
        "no_such_partnership" => Code::NoSuchPartnership,
        "no_such_invite" => Code::NoSuchInvite,
        "partnership_full" => Code::PartnershipFull,
        "already_member" => Code::AlreadyMember,
        "changed_meanwhile" => Code::ChangedMeanwhile,
        "no_such_proposal" => Code::NoSuchProposal,
        "invalid_time" => Code::InvalidTime,
        _ => Code::ServerFailed,
    }
}

impl From<Failure> for AccountError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Remote(error) => error.into(),
            Failure::NotAllowed | Failure::AccountChanged => Self::new(Code::NoAccount, failure),
            Failure::OtherServer => Self::new(Code::OtherServer, failure),
            Failure::OtherPerson => Self::new(Code::OtherPerson, failure),
            Failure::Storage(_) => Self::new(Code::Storage, failure),
            Failure::Cancelled => Self::new(Code::Internal, failure),
        }
    }
}

impl From<AddressError> for AccountError {
    fn from(error: AddressError) -> Self {
        let code = match error {
            AddressError::Invalid => Code::InvalidAddress,
            AddressError::Insecure => Code::InsecureAddress,
        };
        Self::new(code, error)
    }
}

impl From<TokenError> for AccountError {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Unavailable(_) => Code::KeyringUnavailable,
            TokenError::File(_) => Code::FileNotWritable,
        };
        Self::new(code, error)
    }
}

impl From<ExportError> for AccountError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Remote(error) => error.into(),
            ExportError::File(_) => Self::new(Code::FileNotWritable, error),
        }
    }
}

impl From<SyncWriteError> for AccountError {
    fn from(error: SyncWriteError) -> Self {
        let code = match error {
            SyncWriteError::NotSignedIn => Code::NoAccount,
            SyncWriteError::OtherAccount { .. } => Code::OtherPerson,
            SyncWriteError::OtherServer { .. } => Code::OtherServer,
            _ => Code::Storage,
        };
        Self::new(code, error)
    }
}

macro_rules! storage {
    ($($error:ty),*) => {$(
        impl From<$error> for AccountError {
            fn from(error: $error) -> Self {
                Self::new(Code::Storage, error)
            }
        }
    )*};
}

storage!(OpenError, ReadError, WriteError);
