//! A session as ops again: what a device offers to a server that no longer has it, because it was
//! set up anew or restored from an old backup.
//!
//! Must hold: folding these ops gives the session again, stamps included; the same session gives the
//! same ops with the same ids, so that offering twice is offering once (I3).

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::apply::{Applied, Rejection, apply};
use crate::event::SessionEvent;
use crate::ids::OpId;
use crate::op::{Change, Op, version_of};
use crate::session::{Session, SessionStart, Stamp};
use crate::units::UnixMillis;

/// A completed session that was recorded elsewhere, with its events and the ops that make it up.
///
/// Invariant: folding the ops gives the session. [`Whole::of`] is the only way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    session: Session,
    events: Vec<SessionEvent>,
    ops: Vec<Op>,
}

/// Why a session cannot be taken over as it is.
#[derive(Debug, thiserror::Error)]
pub enum NotWhole {
    /// It was never completed.
    #[error("the sit was never completed")]
    Unfinished,
    /// It breaks a rule that holds on every device.
    #[error(transparent)]
    Rejected(Rejection),
    /// Its parts contradict each other, so that no ops make it up.
    #[error("the parts of the sit contradict each other")]
    Contradictory,
    /// Ruled out by the types of an op.
    #[error("the sit cannot be written: {0}")]
    Unwritable(serde_json::Error),
}

impl Whole {
    /// Takes a session apart and puts it together again.
    ///
    /// # Errors
    /// [`NotWhole`].
    pub fn of(session: Session, events: Vec<SessionEvent>) -> Result<Self, NotWhole> {
        if session.completion.is_none() {
            return Err(NotWhole::Unfinished);
        }
        let ops = ops_of(&session, &events).map_err(NotWhole::Unwritable)?;
        let mut folded: Option<Session> = None;
        for op in &ops {
            match apply(folded.clone(), op) {
                Applied::Applied { session, .. } => folded = Some(*session),
                Applied::Duplicate => {}
                Applied::Rejected(rejection) => return Err(NotWhole::Rejected(rejection)),
                Applied::Superseded { .. } => return Err(NotWhole::Contradictory),
            }
        }
        if folded.as_ref() != Some(&session) {
            return Err(NotWhole::Contradictory);
        }
        Ok(Self {
            session,
            events,
            ops,
        })
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// What happened in it, in order.
    pub fn events(&self) -> &[SessionEvent] {
        &self.events
    }

    /// The ops that make it up, with ids made of what they say.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }
}

/// The ops that make up `session`, in an order in which each can be applied.
///
/// # Errors
/// Only if an op could not be written as JSON, which its types rule out.
pub fn ops_of(session: &Session, events: &[SessionEvent]) -> Result<Vec<Op>, serde_json::Error> {
    let mut changes = vec![(begun(session, events), FIRST_STAMP)];
    if session.words_stamp != Stamp::UNWRITTEN {
        let words = session.words.clone();
        changes.push((Change::Words { words }, session.words_stamp));
    }
    if let Some(credited_s) = session.credited_override_s {
        changes.push((Change::Credited { credited_s }, session.credited_stamp));
    }
    if session.sharing_stamp != Stamp::UNWRITTEN {
        let sharing = session.sharing;
        changes.push((Change::Sharing { sharing }, session.sharing_stamp));
    }
    if session.deleted_stamp != Stamp::UNWRITTEN {
        let deleted = session.deleted;
        changes.push((Change::Deleted { deleted }, session.deleted_stamp));
    }
    let op = |(change, stamp)| op_of(&session.start, change, stamp);
    changes.into_iter().map(op).collect()
}

/// An op with an id made of what it says.
///
/// # Errors
/// Only if it could not be written as JSON, which its types rule out.
pub fn op_of(start: &SessionStart, change: Change, stamp: Stamp) -> Result<Op, serde_json::Error> {
    let op = Op {
        v: version_of(start),
        op_id: OpId::from_uuid(Uuid::nil()),
        stamp,
        session: start.clone(),
        change,
    };
    Ok(Op {
        op_id: id_of(&op)?,
        ..op
    })
}

fn begun(session: &Session, events: &[SessionEvent]) -> Change {
    let plan = session.plan.clone();
    match session.completion {
        None => Change::Start { plan },
        Some(completion) => Change::Sat {
            plan,
            completion,
            events: events.to_vec(),
        },
    }
}

/// After [`Stamp::UNWRITTEN`] and before every stamp that a device makes, so that it takes nothing
/// from a group.
const FIRST_STAMP: Stamp = Stamp {
    device_seq: 1,
    ..Stamp::UNWRITTEN
};

/// An id made of what the op says.
fn id_of(op: &Op) -> Result<OpId, serde_json::Error> {
    let id = uuid_made_of(op.session.started_at_ms, &op.to_bytes()?);
    Ok(OpId::from_uuid(id))
}

/// An id made of what it stands for (`UUIDv8`, RFC 9562 §5.8): 48 bits of Unix milliseconds, as
/// `UUIDv7` has them, so that many of them in the order of time are written side by side; then the
/// first bits of a SHA-256.
pub fn uuid_made_of(at: UnixMillis, content: &[u8]) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(content).into();
    let ms = u64::try_from(at.0).unwrap_or(0).min((1 << 48) - 1);
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&hash[..10]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests;
