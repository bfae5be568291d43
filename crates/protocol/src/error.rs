//! What every failed request answers.

use serde::{Deserialize, Serialize};

/// The body of an answer with a status of 400 and above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The stable code, on which a client may branch.
    pub code: ErrorCode,
    /// A sentence for a person: what was wrong and what to do.
    pub message: String,
    /// Whole seconds after which the same request may succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)*) => {
        /// The stable codes of errors.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
            /// A code that this program does not know.
            #[serde(other)]
            Unknown,
        }

        impl ErrorCode {
            /// Every code, for tables and tests.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is sent.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unknown => "unknown",
                }
            }

            /// The HTTP status that it is sent with.
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                    Self::Unknown => 500,
                }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MalformedJson = "malformed_json", 400;
    /// A field is missing, unknown, of another type or out of its range.
    InvalidField = "invalid_field", 422;
    /// The body has another content type than JSON.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// The body is larger than allowed, as sent or once decoded.
    BodyTooLarge = "body_too_large", 413;
    /// The request took too long to arrive.
    RequestTimeout = "request_timeout", 408;
    /// More ops than one push may have.
    TooManyOps = "too_many_ops", 422;
    /// An op that has not even an id.
    MalformedOp = "malformed_op", 422;
    /// No such address.
    NotFound = "not_found", 404;
    /// The address does not take this method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// No token, or one that is unknown, expired or revoked: please sign in.
    SignInNeeded = "sign_in_needed", 401;
    /// The login is not known or the password is wrong; which of them is not said.
    WrongLogin = "wrong_login", 401;
    /// The password given again is wrong.
    WrongPassword = "wrong_password", 403;
    /// The recovery code is wrong, or was used.
    WrongRecoveryCode = "wrong_recovery_code", 401;
    /// The login is taken.
    LoginTaken = "login_taken", 409;
    /// The login has characters or a length that are not allowed.
    InvalidLogin = "invalid_login", 422;
    /// The password is shorter or longer than allowed.
    InvalidPassword = "invalid_password", 422;
    /// A web request that changes something without the header that only our page sends.
    ForeignPage = "foreign_page", 403;
    /// Unknown, or not of this person: which of them is not said.
    NoSuchDevice = "no_such_device", 404;
    /// Unknown, or this person is no member: which of them is not said.
    NoSuchPartnership = "no_such_partnership", 404;
    /// Unknown, closed, or not to be seen by this person: which of them is not said.
    NoSuchShare = "no_such_share", 404;
    /// Unknown, used or expired: which of them is not said.
    NoSuchInvite = "no_such_invite", 404;
    /// The partnership has as many members as it may.
    PartnershipFull = "partnership_full", 409;
    /// The person is a member already.
    AlreadyMember = "already_member", 409;
    /// Unknown, over or taken back, or of a partnership that this person is not in: which of them is not
    /// said.
    NoSuchProposal = "no_such_proposal", 404;
    /// A sitting together in the past or too far ahead.
    InvalidTime = "invalid_time", 422;
    /// Somebody else changed it at the same time: look at what is there now, then change it again.
    ChangedMeanwhile = "changed_meanwhile", 409;
    /// A version of the protocol that this server does not speak.
    ProtocolUnsupported = "protocol_unsupported", 426;
    /// Too many requests.
    RateLimited = "rate_limited", 429;
    /// The database does not answer.
    Unavailable = "unavailable", 503;
    /// A mistake of the server.
    Internal = "internal", 500;
}
