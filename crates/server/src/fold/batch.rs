//! The ops of a push as they came: read strictly, and where that fails, read only far enough to
//! answer for them.

use mitta_domain::apply::Rejection;
use mitta_domain::op::{OP_VERSION, OP_VERSION_REPLACING, Op};
use mitta_domain::{OpId, SessionId};
use mitta_protocol::push::Refused;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// An op as it came.
#[derive(Debug, Clone, Copy)]
pub struct RawOp<'a> {
    /// Verbatim: they are hashed.
    pub bytes: &'a [u8],
}

impl<'a> From<&'a RawValue> for RawOp<'a> {
    fn from(raw: &'a RawValue) -> Self {
        let bytes = raw.get().as_bytes();
        Self { bytes }
    }
}

/// An op has not even an id, so that nobody could be told what became of it: the whole push is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("op {index} of the push has no op_id")]
pub struct Unreadable {
    /// Its place, counted from 0.
    pub index: usize,
}

/// The ops of one push, read.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(super) items: Vec<Item>,
}

/// One op, read.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) op_id: OpId,
    pub(super) request_sha256: [u8; 32],
    /// Where it is no op: the code to reject it with.
    pub(super) op: Result<Op, &'static str>,
}

impl Batch {
    /// Reads the ops.
    ///
    /// # Errors
    /// [`Unreadable`] with the first op that has no id.
    pub fn read<'a>(ops: impl IntoIterator<Item = RawOp<'a>>) -> Result<Self, Unreadable> {
        let item = |(index, raw): (usize, RawOp<'a>)| read(raw).ok_or(Unreadable { index });
        let items = ops.into_iter().enumerate().map(item);
        Ok(Self {
            items: items.collect::<Result<_, _>>()?,
        })
    }

    /// How many ops there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The ids of the ops: which ledger rows to load. One may stand twice.
    pub fn op_ids(&self) -> impl Iterator<Item = OpId> {
        self.items.iter().map(|item| item.op_id)
    }

    /// The sessions that the ops name: which to load. One may stand twice.
    pub fn session_ids(&self) -> impl Iterator<Item = SessionId> {
        let ops = self.items.iter().filter_map(|item| item.op.as_ref().ok());
        ops.map(|op| op.session.session_id)
    }
}

/// As much of an op as a program of any version can read.
#[derive(Deserialize)]
struct Outline<'a> {
    op_id: OpId,
    #[serde(borrow, default)]
    v: Option<&'a RawValue>,
}

fn read(raw: RawOp<'_>) -> Option<Item> {
    let request_sha256 = Sha256::digest(raw.bytes).into();
    let (op_id, op) = if let Ok(op) = Op::from_bytes(raw.bytes) {
        (op.op_id, Ok(op))
    } else {
        let outline: Outline<'_> = serde_json::from_slice(raw.bytes).ok()?;
        (outline.op_id, Err(outline.code()))
    };
    Some(Item {
        op_id,
        request_sha256,
        op,
    })
}

impl Outline<'_> {
    fn code(&self) -> &'static str {
        let version = self
            .v
            .and_then(|v| serde_json::from_str::<u64>(v.get()).ok());
        let known = [OP_VERSION, OP_VERSION_REPLACING].map(u64::from);
        match version {
            Some(v) if !known.contains(&v) => Rejection::UnknownVersion.code(),
            _ => Refused::Malformed.code(),
        }
    }
}
