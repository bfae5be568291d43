//! What a push does, without a database: the ops of one person folded onto what is known of them.
//! The server runs it within one transaction, the simulation over a store in memory.
//!
//! Must hold: no I/O, no clock, no randomness. Every op is answered, in its order. An op counts once,
//! in one push or many (I3). A share is told only of what changes in what it shows: a private or older
//! sit moves nothing that a partner can see, and a sit is withdrawn only from where it was (I10).
//! Totals are not touched, only named for being summed again (I8).
//!
//! **What is remembered.** An op that changed something, said what was so already, or lost is kept in
//! the ledger with its answer, and so is one that was rejected for what was stored then (another start,
//! another plan, a stamp that is taken, nothing credited): asked again, it gets the same answer, even
//! if the session has changed. An op rejected for what it says itself (its shape, its version, a value
//! out of its range) is not kept: the same server judges it the same way each time, and a newer one,
//! which may understand it, can take it when its owner offers it again as it is. What was rejected
//! for what was stored is offered again as a new op with an id of its own.

mod batch;
mod shown;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use mitta_domain::apply::{Applied, Rejection, apply, clamp};
use mitta_domain::op::{Change, Op};
use mitta_domain::share::ShareRule;
use mitta_domain::{
    DeviceId, OpId, PersonId, Session, SessionEvent, SessionId, ShareId, UnixMillis,
};
use mitta_protocol::push::{OpOutcome, Outcome, Refused};

pub use batch::{Batch, RawOp, Unreadable};

/// What is known of a person before a push: of sessions and ledger only what the push names.
#[derive(Debug, Clone)]
pub struct Known {
    /// Whose token pushes.
    pub person_id: PersonId,
    /// Those of [`Batch::session_ids`] that are stored.
    pub sessions: HashMap<SessionId, Session>,
    /// Those of [`Batch::op_ids`] that are remembered.
    pub ledger: HashMap<OpId, LedgerRow>,
    /// The person's open shares.
    pub shares: Vec<ShareState>,
}

/// An op that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The device that made it.
    pub device_id: DeviceId,
    /// The SHA-256 of its bytes, verbatim.
    pub request_sha256: [u8; 32],
    /// What became of it: `applied` (also where it said what was so already), `superseded` or
    /// `rejected`.
    pub outcome: Outcome,
}

/// An open share of the person.
#[derive(Debug, Clone)]
pub struct ShareState {
    /// The share.
    pub share_id: ShareId,
    /// Which sits it shows.
    pub rule: ShareRule,
    /// Those of [`Batch::session_ids`] that it shows now.
    pub contains: HashSet<SessionId>,
}

/// What a push does. Nothing of it is stored yet.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// One for each op, in their order.
    pub outcomes: Vec<OpOutcome>,
    /// To be added to the ledger.
    pub ledger: Vec<(OpId, LedgerRow)>,
    /// Every session that an op named and that exists now, once, in the order of their first op, as it
    /// is after all ops: the rows of the answer. Those that are not [`Write::Keep`] are to be written.
    pub sessions: Vec<FoldedSession>,
    /// What happened in the sits that were completed now.
    pub events: Vec<(SessionId, Vec<SessionEvent>)>,
    /// What the feeds have to tell: the own feed first, then share by share, each entity once a feed.
    pub changes: Vec<FeedChange>,
    /// The days whose totals are to be summed again, by feed.
    pub touched_days: BTreeSet<(ShareId, NaiveDate)>,
}

/// A session after a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedSession {
    /// As it is now.
    pub session: Session,
    /// What is to be done with it.
    pub write: Write,
}

/// What is to be done with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Write {
    /// It is stored as it is.
    Keep,
    /// It is new.
    Insert,
    /// It is stored and has changed.
    Update,
}

/// One entry of a feed, at a position that the store gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FeedChange {
    /// The feed.
    pub share_id: ShareId,
    /// The entity.
    pub session_id: SessionId,
    /// What is said of it.
    pub kind: ChangeKind,
}

/// What a feed says of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is there, or there in another way than before.
    Session,
    /// It is no longer shown.
    Withdrawn,
}

impl ChangeKind {
    /// The stable name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A session on its way through the ops.
#[derive(Debug, Default)]
struct Slot {
    /// As it was stored, kept from its first change on.
    before: Option<Session>,
    now: Option<Session>,
    is_stored: bool,
    is_changed: bool,
}

impl Slot {
    fn write(&self) -> Write {
        match (self.is_changed, self.is_stored) {
            (false, _) => Write::Keep,
            (true, false) => Write::Insert,
            (true, true) => Write::Update,
        }
    }
}

/// Folds the ops of `batch`, in their order, onto what is `known`. Clocks more than five minutes ahead
/// of `now`, the server's, are set back to that.
pub fn fold(mut known: Known, batch: Batch, now: UnixMillis) -> Folded {
    let mut folded = Folded::default();
    let mut ledger = std::mem::take(&mut known.ledger);
    let mut slots = Slots::new(std::mem::take(&mut known.sessions), batch.len());
    folded.outcomes.reserve(batch.len());
    for item in batch.items {
        let slot = match &item.op {
            Ok(op) => Some(slots.named(op.session.session_id)),
            Err(_) => None,
        };
        let outcome = match (ledger.get(&item.op_id), item.op, slot) {
            (Some(row), _, _) if row.request_sha256 != item.request_sha256 => {
                Refused::KeyReuse.into()
            }
            (Some(row), _, _) => again(&row.outcome),
            (None, Ok(op), Some(slot)) => {
                let device_id = op.stamp.device_id;
                let (outcome, is_remembered) = step(slot, clamp(op, now.0), &mut folded.events);
                if is_remembered {
                    let row = LedgerRow {
                        device_id,
                        request_sha256: item.request_sha256,
                        outcome: remembered(&outcome),
                    };
                    ledger.insert(item.op_id, row.clone());
                    folded.ledger.push((item.op_id, row));
                }
                outcome
            }
            (None, Err(code), _) => Outcome::Rejected {
                code: code.to_owned(),
            },
            // An op that can be read names a session.
            (None, Ok(_), None) => Refused::Malformed.into(),
        };
        folded.outcomes.push(OpOutcome {
            op_id: item.op_id,
            outcome,
        });
    }
    shown::tell(&known, &slots.in_order, &mut folded);
    let sessions = slots.in_order.into_iter().filter_map(|slot| {
        let write = slot.write();
        slot.now.map(|session| FoldedSession { session, write })
    });
    folded.sessions = sessions.collect();
    folded
}

/// The answer as the ledger keeps it.
fn remembered(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Duplicate => Outcome::Applied,
        other => other.clone(),
    }
}

/// The answer to an op that was answered before.
fn again(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Applied => Outcome::Duplicate,
        other => other.clone(),
    }
}

/// Applies one op. Says also whether the ledger keeps the answer.
fn step(
    slot: &mut Slot,
    op: Op,
    events: &mut Vec<(SessionId, Vec<SessionEvent>)>,
) -> (Outcome, bool) {
    match apply(slot.now.clone(), &op) {
        Applied::Applied { session, .. } => {
            let was_completed = slot.now.as_ref().is_some_and(|s| s.completion.is_some());
            if !was_completed && session.completion.is_some() {
                let session_id = session.start.session_id;
                events.extend(events_of(op.change).map(|happened| (session_id, happened)));
            }
            let before = slot.now.replace(*session);
            if slot.is_stored && !slot.is_changed {
                slot.before = before;
            }
            slot.is_changed = true;
            (Outcome::Applied, true)
        }
        Applied::Duplicate => (Outcome::Duplicate, true),
        Applied::Superseded { .. } => (Outcome::Superseded, true),
        Applied::Rejected(rejection) => (rejection.into(), depends_on_the_stored(rejection)),
    }
}

fn events_of(change: Change) -> Option<Vec<SessionEvent>> {
    match change {
        Change::Complete { events, .. } | Change::Sat { events, .. } if !events.is_empty() => {
            Some(events)
        }
        _ => None,
    }
}

/// Whether another state of the session could have given another answer.
const fn depends_on_the_stored(rejection: Rejection) -> bool {
    match rejection {
        Rejection::OtherSession
        | Rejection::OtherPlan
        | Rejection::StampReused
        | Rejection::NothingCredited => true,
        Rejection::UnknownVersion
        | Rejection::InvalidStamp
        | Rejection::InvalidTime
        | Rejection::InvalidPlan
        | Rejection::InvalidCompletion
        | Rejection::InvalidEvents
        | Rejection::InvalidZone
        | Rejection::CreditedOutOfRange
        | Rejection::InvalidWords => false,
    }
}

/// The sessions that ops name, in the order of their first op.
struct Slots {
    stored: HashMap<SessionId, Session>,
    places: HashMap<SessionId, usize>,
    in_order: Vec<Slot>,
}

impl Slots {
    fn new(stored: HashMap<SessionId, Session>, capacity: usize) -> Self {
        Self {
            stored,
            places: HashMap::with_capacity(capacity),
            in_order: Vec::with_capacity(capacity),
        }
    }

    fn named(&mut self, session_id: SessionId) -> &mut Slot {
        let place = *self.places.entry(session_id).or_insert_with(|| {
            let now = self.stored.remove(&session_id);
            self.in_order.push(Slot {
                is_stored: now.is_some(),
                now,
                ..Slot::default()
            });
            self.in_order.len() - 1
        });
        &mut self.in_order[place]
    }
}

#[cfg(test)]
mod tests;
