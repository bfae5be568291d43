//! The server as sync sees it: over HTTP, or simulated.

use mitta_domain::ShareId;
use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};

/// What sync asks of a server. Every call may fail after the server has done it: an answer that is
/// lost says nothing about what happened.
#[expect(
    async_fn_in_trait,
    reason = "sync runs on one thread; its futures need not be Send"
)]
pub trait Remote {
    /// Who the server is; needs no sign-in.
    async fn meta(&self) -> Result<Meta, RemoteError>;
    /// Offers ops: `body` is a [`mitta_protocol::push::PushRequest`] as JSON.
    async fn push(&self, body: Vec<u8>) -> Result<PushAnswer, RemoteError>;
    /// A page of changes.
    async fn pull(&self, query: &PullQuery) -> Result<PullAnswer, RemoteError>;
    /// The weeks of a share.
    async fn weeks(&self, query: &WeeksQuery) -> Result<WeeksAnswer, RemoteError>;
    /// The rows of some dates.
    async fn sits(&self, query: &SitsQuery) -> Result<SitsAnswer, RemoteError>;
}

/// Why a server gave no answer that helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// No connection: no network, no such host, refused, or cut.
    #[error("the server cannot be reached ({0})")]
    Offline(String),
    /// No answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server's certificate is not to be trusted.
    #[error("the server's certificate was refused ({0})")]
    Certificate(String),
    /// Something answers there, but no Mitta server.
    #[error("what answers at this address is no Mitta server")]
    NotMitta,
    /// The token is unknown, expired or revoked.
    #[error("please sign in")]
    SignInNeeded,
    /// The server speaks other versions of the protocol.
    #[error("this version of Mitta and the server do not understand each other")]
    Unsupported {
        /// Whether it is this program that is too old (else the server is).
        update_this: bool,
    },
    /// The push was too large for the server; a smaller one may do.
    #[error("the server refused so large a push")]
    TooLarge,
    /// The answer is longer than this program reads; that to a smaller push may not be.
    #[error("the server's answer is too long")]
    AnswerTooLarge,
    /// The server is overloaded or its database does not answer.
    #[error("the server is busy")]
    Busy {
        /// Whole seconds after which it may be tried again, if it said so.
        after_s: Option<u32>,
    },
    /// Too many requests.
    #[error("too many requests")]
    RateLimited {
        /// Whole seconds after which it may be tried again, if it said so.
        after_s: Option<u32>,
    },
    /// A share that is no longer there for this person.
    #[error("this is no longer shared")]
    NoSuchShare(Option<ShareId>),
    /// The server refused the request: its code and sentence.
    #[error("the server refused the request ({code}): {message}")]
    Refused {
        /// Stable code.
        code: String,
        /// For a person.
        message: String,
    },
    /// The answer is not of the protocol, or was cut.
    #[error("the server's answer cannot be read ({0})")]
    Garbled(String),
}
