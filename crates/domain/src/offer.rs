//! A session as ops again: what a device offers to a server that no longer has it, because it was
//! set up anew or restored from an old backup.
//!
//! Must hold: folding these ops gives the session again, stamps included; the same session gives the
//! same ops with the same ids, so that offering twice is offering once (I3).

use sha2::{Digest as _, Sha256};
use uuid::Builder;

use crate::event::SessionEvent;
use crate::ids::OpId;
use crate::op::{Change, OP_VERSION, Op};
use crate::session::{Session, Stamp};

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
    let op = |(change, stamp)| {
        let op = Op {
            v: OP_VERSION,
            op_id: OpId::from_uuid(uuid::Uuid::nil()),
            stamp,
            session: session.start.clone(),
            change,
        };
        Ok(Op {
            op_id: id_of(&op)?,
            ..op
        })
    };
    changes.into_iter().map(op).collect()
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

/// An id made of what the op says (`UUIDv8`, RFC 9562 §5.8).
fn id_of(op: &Op) -> Result<OpId, serde_json::Error> {
    let hash: [u8; 32] = Sha256::digest(op.to_bytes()?).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Ok(OpId::from_uuid(
        Builder::from_custom_bytes(bytes).into_uuid(),
    ))
}

#[cfg(test)]
mod tests;
