//! What waits to be sent, and what a server answered (I5).

use std::collections::HashMap;

use mitta_domain::apply::{Rejection, Revision};
use mitta_domain::op::{Change, Op};
use mitta_domain::{OpId, SessionId, UnixMillis, offer};
use rusqlite::Transaction;

use super::SyncWriteError;
use super::account::{Owner, known_of};
use super::adopt::{self, CanonicalRow};
use super::offer::{is_known, ops_of, unwritable};
use crate::error::{ReadError, WriteError, one_row};
use crate::tables::outbox::{self, OutboxRow};
use crate::tables::{count, device, offers, rejected, revisions, sessions, sync_state};
use crate::{Reader, Writer};

pub use crate::tables::rejected::RejectedRow;

/// What a server answered to one op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The op.
    pub op_id: OpId,
    /// What became of it.
    pub outcome: AnswerOutcome,
}

/// Whether an answer is the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// The op leaves the outbox.
    Final(FinalOutcome),
    /// It stays, and is offered again as it is.
    Retry {
        /// Not before this moment.
        next_attempt_at_ms: UnixMillis,
    },
}

/// What became of an op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinalOutcome {
    /// The session changed.
    Applied,
    /// It was so already.
    Duplicate,
    /// Something else was there first or was written later; what the op said is kept as a revision.
    Superseded,
    /// It cannot be right; it is kept among the refused ones, and never offered again by itself.
    Rejected {
        /// The server's stable code for why.
        code: String,
    },
}

/// What an answer changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answered {
    /// Ops that left the outbox.
    pub removed: u32,
    /// Those of them that were refused.
    pub rejected: u32,
    /// Whether any session looks different now.
    pub changed: bool,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncCounts {
    /// Ops that wait for an answer.
    pub waiting: u64,
    /// Ops that were refused and not dismissed.
    pub rejected: u64,
    /// Sessions whose ops are still to be put into the outbox again.
    pub to_offer: u64,
    /// The clock of the op that waits longest, as its device stamped it.
    pub oldest_waiting_ms: Option<UnixMillis>,
    /// The earliest moment for which an op was put off.
    pub next_attempt_at_ms: Option<UnixMillis>,
}

impl Reader {
    /// What may be sent now, in order: at most `max_ops` ops of at most `max_bytes` together, but one
    /// op at least. Where an op of a session was put off, the later ops of that sit wait behind it; the
    /// others go on. No server puts an op off for more than a day: what was is by a clock that was
    /// ahead, and counts for nothing.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] where an op cannot be read: see [`Writer::set_unreadable_aside`].
    pub fn outbox_batch(
        &self,
        max_ops: usize,
        max_bytes: usize,
        now_ms: UnixMillis,
    ) -> Result<Vec<OutboxRow>, ReadError> {
        outbox::batch(&self.connection, max_ops, max_bytes, now_ms)
    }

    /// The ops that a server refused and nobody dismissed, in order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn rejected(&self) -> Result<Vec<RejectedRow>, ReadError> {
        rejected::all(&self.connection)
    }

    /// How much waits.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn sync_counts(&self) -> Result<SyncCounts, ReadError> {
        let connection = &self.connection;
        let oldest: Option<i64> = connection.query_row(
            "SELECT CASE WHEN json_valid(CAST(payload AS TEXT)) \
             THEN CAST(payload AS TEXT) ->> '$.stamp.hlc_ms' END FROM outbox \
             WHERE device_seq = (SELECT min(device_seq) FROM outbox) \
             UNION ALL SELECT NULL LIMIT 1",
            [],
            |row| row.get(0),
        )?;
        let put_off: Option<i64> =
            connection.query_row("SELECT min(next_attempt_at_ms) FROM outbox", [], |row| {
                row.get(0)
            })?;
        Ok(SyncCounts {
            waiting: count(connection, "SELECT count(*) FROM outbox", [])?,
            rejected: count(
                connection,
                "SELECT count(*) FROM outbox_rejected WHERE dismissed = 0",
                [],
            )?,
            to_offer: offers::left(connection)?,
            oldest_waiting_ms: oldest.map(UnixMillis),
            next_attempt_at_ms: put_off.map(UnixMillis),
        })
    }
}

impl Writer {
    /// Counts the ops as offered, before they are sent: from then on each of them stays until its own
    /// answer, because a server may have seen it.
    ///
    /// # Errors
    /// [`WriteError::RowCount`] where one of them is not there any more, and none is counted: then what
    /// waits has to be read again. [`SyncWriteError::OtherAccount`] or [`SyncWriteError::NotSignedIn`]
    /// where the folder is not `owner`'s any more: then nothing is to be sent to that server (I10).
    pub fn offering(&mut self, owner: Owner, op_ids: &[OpId]) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            for op_id in op_ids {
                outbox::count_attempt(tx, *op_id)?;
            }
            Ok(())
        })
    }

    /// Stores a server's answers to `owner`, and adopts the rows that came with them, in one transaction (I5): an
    /// op with a final answer leaves the outbox, a refused one is kept apart, and one that no answer
    /// names stays as it is. Rows come with unsent ops on top; only those of sessions of which an op
    /// was answered here are adopted, since what another process has stored already may be newer.
    ///
    /// `epoch` is the life of the server's database that gave the answers, or, where it said none, the
    /// one that it was asked in. A life that is over has lost what it answered: an op that left for its
    /// answer, and an offer that was dropped for its row, would never reach the life that is known now.
    ///
    /// # Errors
    /// [`SyncWriteError::OtherLife`] where another life is known here;
    /// [`SyncWriteError::OtherAccount`] or [`SyncWriteError::NotSignedIn`] where the folder is not
    /// `owner`'s any more (I10); [`SyncWriteError::Unfit`]; or what the disk says. Then every op still
    /// waits.
    pub fn answer(
        &mut self,
        owner: Owner,
        epoch: Option<&str>,
        answers: &[Answer],
        canonical: &[CanonicalRow],
        at_ms: UnixMillis,
    ) -> Result<Answered, SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            let known = sync_state::load(tx)?.epoch;
            if known.as_deref() != epoch {
                return Err(SyncWriteError::OtherLife { epoch: known });
            }
            let mut answered = Answered::default();
            let mut kept: HashMap<SessionId, Vec<Change>> = HashMap::new();
            for answer in answers {
                let Some(row) = outbox::find(tx, answer.op_id)? else {
                    // Another process has stored this answer.
                    continue;
                };
                let kept = kept.entry(row.session_id).or_default();
                match &answer.outcome {
                    AnswerOutcome::Retry { next_attempt_at_ms } => {
                        outbox::put_off(tx, row.op_id, *next_attempt_at_ms)?;
                    }
                    AnswerOutcome::Final(outcome) => {
                        if came_too_early(outcome) && put_behind_its_length(tx, &row)? {
                            continue;
                        }
                        settle(tx, row, outcome, at_ms, kept)?;
                        answered.removed += 1;
                        let is_refused = matches!(outcome, FinalOutcome::Rejected { .. });
                        answered.rejected += u32::from(is_refused);
                    }
                }
            }
            for row in canonical {
                let session_id = row.session.start.session_id;
                let Some(kept) = kept.get(&session_id) else {
                    continue;
                };
                answered.changed |= adopt::adopt(tx, row, kept)?;
            }
            if answered.changed || answered.rejected > 0 {
                sync_state::count_change(tx)?;
            }
            Ok(answered)
        })
    }

    /// Takes a refused op off the list, on the person's word. It is kept, and not offered again (I5).
    ///
    /// # Errors
    /// [`WriteError::RowCount`] where there is none with that id; or what the disk says.
    pub fn dismiss_rejected(&mut self, op_id: OpId) -> Result<(), WriteError> {
        self.transaction(|tx| {
            rejected::dismiss(tx, op_id)?;
            sync_state::count_change(tx)
        })
    }
}

/// Takes an op out of the outbox with its answer; `kept` is what it said, where that is kept elsewhere.
fn settle(
    tx: &Transaction<'_>,
    row: OutboxRow,
    outcome: &FinalOutcome,
    at_ms: UnixMillis,
    kept: &mut Vec<Change>,
) -> Result<(), WriteError> {
    one_row("outbox", outbox::remove(tx, row.op_id)?)?;
    match outcome {
        FinalOutcome::Applied | FinalOutcome::Duplicate => {}
        FinalOutcome::Superseded => {
            let change = as_revision(row.op.change);
            kept.push(change.clone());
            let stamp = row.op.stamp;
            revisions::append(tx, row.session_id, &Revision { stamp, change })?;
        }
        FinalOutcome::Rejected { code } => {
            rejected::insert(tx, &row, code, at_ms)?;
            kept.push(as_revision(row.op.change));
        }
    }
    Ok(())
}

fn came_too_early(outcome: &FinalOutcome) -> bool {
    let early = Rejection::NothingCredited.code();
    matches!(outcome, FinalOutcome::Rejected { code } if code == early)
}

/// A sit of nothing can be restored once it was given a length. A server that is an older backup again
/// has lost that length, and refuses what stands on it: then the restore waits behind the length, which
/// is offered again, as an op of another id, since of this one the server has answered. Says whether it does.
fn put_behind_its_length(tx: &Transaction<'_>, row: &OutboxRow) -> Result<bool, WriteError> {
    let session = sessions::find(tx, row.session_id)?;
    let session = session.ok_or(WriteError::Unknown(row.session_id))?;
    let is_length = |op: &Op| matches!(op.change, Change::Credited { .. });
    let Some(length) = ops_of(tx, &session)?.into_iter().find(is_length) else {
        return Ok(false);
    };
    let op = &row.op;
    let last = session.deleted_stamp;
    if (last.device_id, last.device_seq) != (op.stamp.device_id, op.stamp.device_seq) {
        // Something was said since, which it must not come after.
        return Ok(false);
    }
    let again = offer::op_of(&op.session, op.change.clone(), op.stamp).map_err(unwritable)?;
    if is_known(tx, row.session_id, &again)? {
        return Ok(false);
    }
    let waiting = outbox::of(tx, row.session_id)?;
    if !waiting.iter().any(|row| is_length(&row.op)) {
        if is_known(tx, row.session_id, &length)? {
            return Ok(false);
        }
        outbox::append(tx, device::next_seq(tx)?, &length)?;
    }
    one_row("outbox", outbox::remove(tx, row.op_id)?)?;
    outbox::append(tx, device::next_seq(tx)?, &again)?;
    Ok(true)
}

/// A completion is kept without its events, which the session has.
fn as_revision(change: Change) -> Change {
    match change {
        Change::Complete { completion, .. } | Change::Sat { completion, .. } => Change::Complete {
            completion,
            events: Vec::new(),
        },
        other => other,
    }
}
