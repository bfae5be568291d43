//! Offering own sessions again to a server that may have lost them.
//!
//! Must hold: what is offered keeps the stamps that it was written with, so that an old edit wins over
//! nothing newer; what was refused is not offered again (I5); what a pulled row says already, or an op
//! that waits, is not offered either.

use std::mem::discriminant;

use chrono::NaiveDate;
use mitta_domain::apply::{Applied, apply, has};
use mitta_domain::op::{Change, Op};
use mitta_domain::{Session, SessionId, offer};
use rusqlite::Transaction;

use crate::Writer;
use crate::error::{WriteError, one_row};
use crate::tables::{device, events, offers, outbox, rejected, sessions};

impl Writer {
    /// Own sessions of the dates `from..=to` are to be offered again, for the repair of a week that
    /// differs. Says how many were not to be before.
    ///
    /// # Errors
    /// What the disk says.
    pub fn offer_week(&mut self, from: NaiveDate, to: NaiveDate) -> Result<u64, WriteError> {
        self.transaction(|tx| Ok(offers::sessions_of(tx, from, to)? as u64))
    }

    /// Puts the ops of the next sessions that are to be offered again, at most `limit` of them, into
    /// the outbox, behind what waits there. Says how many sessions are left.
    ///
    /// # Errors
    /// What the disk says; then the same sessions are next again.
    pub fn offer_more(&mut self, limit: u32) -> Result<u64, WriteError> {
        self.transaction(|tx| {
            for session_id in offers::next(tx, limit)? {
                one_row("offers", usize::from(offers::take(tx, session_id)?))?;
                let session = sessions::find(tx, session_id)?;
                queue(tx, &session.ok_or(WriteError::Unknown(session_id))?, None)?;
            }
            Ok(offers::left(tx)?)
        })
    }
}

/// Puts into the outbox what a session has, but for what waits there already, what was refused, and
/// what the row on the server, where that is known, has too or has written later.
pub(super) fn queue(
    tx: &Transaction<'_>,
    session: &Session,
    on_server: Option<&Session>,
) -> Result<(), WriteError> {
    let session_id = session.start.session_id;
    let waiting: Vec<Op> = outbox::of(tx, session_id)?
        .into_iter()
        .map(|row| row.op)
        .collect();
    let mut on_server = on_server.cloned();
    for op in ops_of(tx, session)? {
        if waits(&waiting, &op.change) || is_known(tx, session_id, &op)? {
            continue;
        }
        if let Some(row) = on_server.clone() {
            // Offered again with the clock that it was written with, it would be set back to a later
            // moment than before, and count as newer than it was.
            if has(&row, &op) {
                continue;
            }
            let Applied::Applied { session, .. } = apply(Some(row), &op) else {
                continue;
            };
            on_server = Some(*session);
        }
        outbox::append(tx, device::next_seq(tx)?, &op)?;
    }
    Ok(())
}

/// The session as ops, but for a completion that a server has refused.
pub(super) fn ops_of(tx: &Transaction<'_>, session: &Session) -> Result<Vec<Op>, WriteError> {
    let session_id = session.start.session_id;
    let refused = rejected::of(tx, session_id)?;
    let is_completion = |op: &Op| matches!(op.change, Change::Complete { .. } | Change::Sat { .. });
    let mut offered = session.clone();
    if refused
        .iter()
        .filter_map(|row| row.op.as_ref())
        .any(is_completion)
    {
        offered.completion = None;
    }
    let events = events::to_send(tx, session_id)?;
    offer::ops_of(&offered, &events).map_err(unwritable)
}

/// What the types of an op rule out.
pub(super) fn unwritable(error: serde_json::Error) -> WriteError {
    WriteError::Sqlite(rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Whether an op of that group waits already. Its session shows it, as if it had been written later
/// than it was: only the op itself knows when that was.
fn waits(waiting: &[Op], change: &Change) -> bool {
    let any = |is: fn(&Change) -> bool| waiting.iter().any(|op| is(&op.change));
    let start = any(|c| matches!(c, Change::Start { .. }));
    let complete = any(|c| matches!(c, Change::Complete { .. }));
    let sat = any(|c| matches!(c, Change::Sat { .. }));
    match change {
        Change::Start { .. } => start || sat,
        Change::Complete { .. } => complete || sat,
        Change::Sat { .. } => (start && complete) || sat,
        Change::Words { .. }
        | Change::Credited { .. }
        | Change::Sharing { .. }
        | Change::Deleted { .. } => waiting
            .iter()
            .any(|op| discriminant(&op.change) == discriminant(change)),
    }
}

/// Whether the very op is in the outbox or among the refused ones.
pub(super) fn is_known(
    tx: &Transaction<'_>,
    session_id: SessionId,
    op: &Op,
) -> Result<bool, WriteError> {
    let refused = rejected::of(tx, session_id)?;
    Ok(outbox::find(tx, op.op_id)?.is_some() || refused.iter().any(|row| row.op_id == op.op_id))
}
