//! `POST /v1/push`: ops of one person, at most [`crate::MAX_PUSH_OPS`] and [`crate::MAX_PUSH_BYTES`], all or
//! none stored in one transaction (I4).

use mitta_domain::apply::Rejection;
use mitta_domain::{OpId, PersonId, UnixMillis};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::row::SessionRow;

/// The ops as they lie in the outbox: each verbatim, for its bytes are hashed.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushRequest<'a> {
    /// In the order in which the device made them. No op says whose it is: the token decides.
    #[serde(borrow)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub ops: Vec<&'a RawValue>,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushAnswer {
    /// The server that answers.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub server_id: Uuid,
    /// The life of its database.
    pub epoch: String,
    /// The server's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub server_time_ms: UnixMillis,
    /// Whose ops they are by the token: what it says is for no other person's device (I10).
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// One for each op, in their order. An op that is missing was not answered (I5).
    pub outcomes: Vec<OpOutcome>,
    /// The canonical row of every session that an op named and the server has, once each, as it is
    /// after all ops.
    pub sessions: Vec<SessionRow>,
}

/// What became of one op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpOutcome {
    /// The op.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub op_id: OpId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of an op. All but `retry` are final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The session changed.
    Applied,
    /// It was applied before, or said what was so already.
    Duplicate,
    /// Something else was there first or was written later, and stays.
    Superseded,
    /// It cannot be right.
    Rejected {
        /// The stable code: that of a [`Rejection`], or one of [`Refused`].
        code: String,
    },
    /// Not now; it is to be offered again as it is.
    Retry {
        /// After so many whole seconds.
        after_s: u32,
    },
    /// An outcome that this program does not know: the op stays where it is.
    #[serde(other)]
    Unknown,
}

/// Reasons to reject an op that lie outside its fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// The same `op_id` came before with other bytes.
    KeyReuse,
    /// It has an id but not the shape of an op.
    Malformed,
}

impl Refused {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KeyReuse => "key_reuse",
            Self::Malformed => "malformed_op",
        }
    }
}

impl From<Rejection> for Outcome {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected {
            code: rejection.code().to_owned(),
        }
    }
}

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Self {
        Self::Rejected {
            code: refused.code().to_owned(),
        }
    }
}
