//! Completing and discarding: the end of a session's life as a running row.

use mitta_domain::apply::Rejection;
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::{Completion, OpId, Seconds, Session, SessionId};
use rusqlite::Transaction;

use super::record::{Subject, record, running};
use super::{Stamped, Writer};
use crate::error::WriteError;
use crate::tables::{events, heartbeat, outbox};

impl Writer {
    /// Completes exactly that running session (I1): row, event and op.
    ///
    /// # Errors
    /// [`WriteError::Unknown`]; [`WriteError::AlreadyCompleted`] with the session as it is;
    /// [`WriteError::Rejected`] for 0 credited seconds, which only [`Writer::discard`] may
    /// record; or what the disk says.
    pub fn complete(
        &mut self,
        session_id: SessionId,
        completion: &Completion,
        at: Stamped,
    ) -> Result<Session, WriteError> {
        self.transaction(|tx| {
            let session = running(tx, session_id)?;
            if completion.credited_s == Seconds(0) {
                return Err(WriteError::Rejected(Rejection::CreditedOutOfRange));
            }
            finish(tx, session, *completion, EventKind::Completed, at)
        })
    }

    /// Completes and deletes exactly that running session: row, event and two ops in one
    /// transaction. Undo is [`Edit::Deleted`]`(false)`, where anything was credited.
    ///
    /// # Errors
    /// As [`Writer::complete`], but 0 credited seconds are well.
    pub fn discard(
        &mut self,
        session_id: SessionId,
        completion: &Completion,
        complete_at: Stamped,
        delete_op: OpId,
    ) -> Result<Session, WriteError> {
        self.transaction(|tx| {
            let session = running(tx, session_id)?;
            let session = finish(tx, session, *completion, EventKind::Discarded, complete_at)?;
            let delete_at = Stamped {
                op_id: delete_op,
                ..complete_at
            };
            let deletion = Change::Deleted { deleted: true };
            record(tx, Subject::Known(Box::new(session)), deletion, delete_at)
        })
    }
}

/// Event, row, op, and no more heartbeat. The op carries the events up to and with this one (I6).
///
/// A start that was never offered is folded into it, so that a sit recorded without a server is one op.
/// I5 holds: an op leaves the outbox unanswered here and nowhere else, only while `attempts` is 0, so
/// that no server can have seen it or be about to answer it (`Writer::offering` counts up before
/// anything is sent, and both are transactions), and all that it said is in the op that takes its
/// place in the same transaction.
fn finish(
    tx: &Transaction<'_>,
    session: Session,
    completion: Completion,
    kind: EventKind,
    at: Stamped,
) -> Result<Session, WriteError> {
    let session_id = session.start.session_id;
    events::append(tx, session_id, kind, completion.ended_at_ms, None)?;
    let events = events::to_send(tx, session_id)?;
    let change = if outbox::take_unoffered_start(tx, session_id)? {
        Change::Sat {
            plan: session.plan.clone(),
            completion,
            events,
        }
    } else {
        Change::Complete { completion, events }
    };
    let session = record(tx, Subject::Known(Box::new(session)), change, at)?;
    heartbeat::remove(tx, session_id)?;
    Ok(session)
}
