//! A failure of an account command as every surface gets it.

use serde::{Deserialize, Serialize};

/// A failure: a stable code to branch on, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("{message}")]
pub struct AccountError {
    /// Stable code, for instance `wrong_login`; the window has the words for it.
    pub code: AccountErrorCode,
    /// What happened and what to do, in English, for terminals and logs.
    pub message: String,
    /// The message is in the language that is spoken, of whoever made it, and names more than the code.
    #[serde(skip)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub is_said: bool,
}

/// Stable error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountErrorCode {
    /// The server cannot be reached.
    Offline,
    /// The server did not answer in time.
    Timeout,
    /// The server's certificate is not to be trusted.
    CertificateRefused,
    /// An address without encryption that is not on this computer or the local network.
    InsecureAddress,
    /// The text is no address of a server.
    InvalidAddress,
    /// What answers there is no Mitta server.
    NotMitta,
    /// This program is too old for the server.
    UpdateThis,
    /// The server is too old for this program.
    UpdateServer,
    /// The sign-in has expired or was revoked.
    SignInNeeded,
    /// Login or password are wrong.
    WrongLogin,
    /// The password given again is wrong.
    WrongPassword,
    /// The recovery code is wrong or was used.
    WrongRecoveryCode,
    /// The login is taken.
    LoginTaken,
    /// The login has characters or a length that are not allowed.
    InvalidLogin,
    /// The password is shorter or longer than allowed.
    InvalidPassword,
    /// A name is empty or too long.
    InvalidName,
    /// Too many requests.
    RateLimited,
    /// The server or its database is busy.
    ServerBusy,
    /// The server failed, or said what this program does not understand.
    ServerFailed,
    /// Another program syncs this data folder at the moment.
    OtherProgram,
    /// There is no keyring: may a file that only this user can read keep the sign-in?
    KeyringUnavailable,
    /// The history here belongs to another person; a second profile keeps them apart.
    OtherPerson,
    /// The history here belongs to an account on another server; that one is to be left first.
    OtherServer,
    /// There is no account here.
    NoAccount,
    /// No such device.
    NoSuchDevice,
    /// No such refused change.
    NoSuchOp,
    /// No such partnership, or the person is no member of it.
    NoSuchPartnership,
    /// No such invite: mistyped, used, taken back, or expired.
    NoSuchInvite,
    /// The partnership has as many members as it may.
    PartnershipFull,
    /// The person is a member of the partnership already.
    AlreadyMember,
    /// Somebody else changed the same thing meanwhile.
    ChangedMeanwhile,
    /// No such proposal: over, or taken back.
    NoSuchProposal,
    /// A sitting together in the past, or too far ahead.
    InvalidTime,
    /// The file cannot be written.
    FileNotWritable,
    /// The local history cannot be read or written.
    Storage,
    /// A request that is not of the declared shape.
    InvalidRequest,
    /// The weekly totals differ from the server's, also after a repair.
    TotalsDiffer,
    /// A defect: please report it.
    Internal,
}

impl AccountError {
    /// An error.
    pub fn new(code: AccountErrorCode, message: impl std::fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            is_said: false,
        }
    }

    /// An error whose message a front end has put in the language that is spoken.
    pub fn said(code: AccountErrorCode, message: impl std::fmt::Display) -> Self {
        Self {
            is_said: true,
            ..Self::new(code, message)
        }
    }

    /// A request that is not of the declared shape.
    pub fn invalid_request(command: &str, why: &dyn std::fmt::Display) -> Self {
        let message = format_args!("{command}: {why}");
        Self::new(AccountErrorCode::InvalidRequest, message)
    }

    /// A defect.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        let message = format_args!("A defect in Mitta: {why}. Please report it.");
        Self::new(AccountErrorCode::Internal, message)
    }
}
