//! Sits that a person adds afterwards, and dates that they correct: several ops, one transaction (I4).

use chrono::NaiveDate;
use mitta_domain::apply::Rejection;
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::session::Words;
use mitta_domain::{
    Completion, OpId, Seconds, Session, SessionEvent, SessionId, SessionStart, Sharing, Source,
    UnixMillis,
};
use rusqlite::Transaction;

use super::counting::{made_here, say, say_of_sit};
use super::record::{Subject, known, record};
use super::{Stamped, Writer, this_device};
use crate::error::WriteError;
use crate::tables::{events, sessions};

/// Where a session lies in time that was not recorded by the timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTime {
    /// The session that is made.
    pub session_id: SessionId,
    /// Its start, on the wall clock.
    pub started_at_ms: UnixMillis,
    /// IANA zone name.
    pub tz: String,
    /// Seconds east of UTC.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
}

/// A sit that a person adds afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSit {
    /// When it was.
    pub time: PastTime,
    /// How long, 1 to 86,400.
    pub credited_s: Seconds,
    /// Note, mood, label.
    pub words: Words,
    /// Whether partners never see it.
    pub is_private: bool,
}

/// The ids of the ops that adding a sit, or another date, may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastOps {
    /// What partners may see of it; made before the sit itself.
    pub sharing: OpId,
    /// The sit.
    pub sat: OpId,
    /// Its words.
    pub words: OpId,
    /// The deletion of what it replaces.
    pub deletion: OpId,
    /// That it counts in the place of what it replaces; made last.
    pub counts: OpId,
}

/// A session, and what stood in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The one that is deleted now.
    pub deleted: Session,
    /// The one that counts now.
    pub counts: Session,
}

impl Writer {
    /// Adds a sit that is over: row, event and op; one op more for its words, and one before it if
    /// partners shall never see it.
    ///
    /// # Errors
    /// [`WriteError::AlreadyStarted`] for an id that is taken; [`WriteError::InvalidWords`],
    /// [`WriteError::Rejected`]; or what the disk says.
    pub fn add(
        &mut self,
        past: &PastSit,
        wall_ms: UnixMillis,
        ops: PastOps,
    ) -> Result<Session, WriteError> {
        let words = past.words.clone().checked()?;
        // Credited with nothing it would be a discard.
        if past.credited_s == Seconds(0) {
            return Err(WriteError::Rejected(Rejection::CreditedOutOfRange));
        }
        let start = past.time.start(self.device_id()?, Source::Manual);
        let took_ms = i64::from(past.credited_s.0) * 1000;
        let ended_at_ms = past.time.started_at_ms.plus_ms(took_ms);
        let completion = Completion {
            ended_at_ms,
            credited_s: past.credited_s,
            paused_s: Seconds(0),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        };
        let sat = Change::Sat {
            plan: None,
            completion,
            events: vec![SessionEvent {
                event_seq: 1,
                kind: EventKind::Completed,
                at_ms: ended_at_ms,
                elapsed_ms: None,
            }],
        };
        let sharing = Sharing {
            shared: !past.is_private,
            ..Sharing::default()
        };
        self.whatever_the_index(|tx| {
            let (start, sat, words) = (start.clone(), sat.clone(), words.clone());
            make(tx, start, sat, sharing, words, wall_ms, ops)
        })
    }

    /// Corrects the date of a completed sit: a new session in its place, with all that it said, and its
    /// deletion, in one transaction. Undo is [`Writer::unreplace`].
    ///
    /// # Errors
    /// [`WriteError::Unknown`], [`WriteError::NotCompleted`]; [`WriteError::Deleted`] for a sit that is
    /// deleted; [`WriteError::Rejected`]; or what the disk says.
    pub fn replace(
        &mut self,
        session_id: SessionId,
        time: &PastTime,
        wall_ms: UnixMillis,
        ops: PastOps,
    ) -> Result<Replaced, WriteError> {
        self.whatever_the_index(|tx| {
            let device_id = this_device(tx)?;
            let old = known(tx, session_id)?;
            let Some(was) = old.completion else {
                return Err(WriteError::NotCompleted(session_id));
            };
            if old.deleted {
                return Err(WriteError::Deleted(session_id));
            }
            let start = SessionStart {
                planned_s: old.start.planned_s,
                together_id: old.start.together_id,
                replaces: Some(session_id),
                ..time.start(device_id, old.start.source)
            };
            let later_ms = start
                .started_at_ms
                .0
                .saturating_sub(old.start.started_at_ms.0);
            let completion = Completion {
                ended_at_ms: was.ended_at_ms.plus_ms(later_ms),
                credited_s: old.credited_s(),
                ..was
            };
            let mut events = events::to_send(tx, session_id)?;
            for event in &mut events {
                event.at_ms = event.at_ms.plus_ms(later_ms);
            }
            let plan = old.plan.clone();
            let sat = Change::Sat {
                plan,
                completion,
                events,
            };
            let words = old.words.clone();
            make(tx, start, sat, old.sharing, words, wall_ms, ops)?;
            let at = |op_id| Stamped { wall_ms, op_id };
            let deleted = say(tx, session_id, true, at(ops.deletion))?;
            let counts = say_of_sit(tx, time.session_id, false, at(ops.counts))?;
            Ok(Replaced { deleted, counts })
        })
    }

    /// Takes a corrected date back, and nothing else: the session that replaced another is deleted, and
    /// the other restored, with what was said of the sit since, in one transaction. Twice is once.
    ///
    /// # Errors
    /// [`WriteError::Unknown`]; [`WriteError::NotReplacing`] for a session that stands in no other's
    /// place; [`WriteError::Deleted`] for one that is deleted as the sit is, for instance because
    /// another device has corrected it too; or what the disk says.
    pub fn unreplace(
        &mut self,
        session_id: SessionId,
        wall_ms: UnixMillis,
        ops: [OpId; 2],
    ) -> Result<Replaced, WriteError> {
        let [delete, restore] = ops.map(|op_id| Stamped { wall_ms, op_id });
        self.transaction(|tx| {
            let new = known(tx, session_id)?;
            let Some(replaced) = new.start.replaces else {
                return Err(WriteError::NotReplacing(session_id));
            };
            let old = known(tx, replaced)?;
            match (new.deleted, old.deleted) {
                // Another correction of the same sit counts in its place: restoring the sit would
                // take that one back.
                (true, true) => Err(WriteError::Deleted(session_id)),
                (true, false) => Ok(Replaced {
                    deleted: new,
                    counts: old,
                }),
                // Said also of an old one that counts: this is the last that was said of the sit.
                (false, _) => {
                    // Before it counts again: what became private is at no moment shared.
                    carry(tx, &new, old, wall_ms)?;
                    Ok(Replaced {
                        deleted: say(tx, session_id, true, delete)?,
                        counts: say_of_sit(tx, replaced, false, restore)?,
                    })
                }
            }
        })
    }
}

/// Says of a session what was said of the one in its place after the last that was said of itself: each
/// group by its own stamp.
fn carry(
    tx: &Transaction<'_>,
    from: &Session,
    mut to: Session,
    wall_ms: UnixMillis,
) -> Result<(), WriteError> {
    let mut later = Vec::new();
    if from.sharing_stamp > to.sharing_stamp && from.sharing != to.sharing {
        let sharing = from.sharing;
        later.push(Change::Sharing { sharing });
    }
    if from.words_stamp > to.words_stamp && from.words != to.words {
        let words = from.words.clone();
        later.push(Change::Words { words });
    }
    if from.credited_stamp > to.credited_stamp && from.credited_s() != to.credited_s() {
        let credited_s = from.credited_s();
        later.push(Change::Credited { credited_s });
    }
    for change in later {
        let at = made_here(tx, to.start.session_id, wall_ms)?;
        to = record(tx, Subject::Known(Box::new(to)), change, at)?;
        let session_id = to.start.session_id;
        events::append(tx, session_id, EventKind::Edited, wall_ms, None)?;
    }
    Ok(())
}

impl PastTime {
    fn start(&self, device_id: mitta_domain::DeviceId, source: Source) -> SessionStart {
        SessionStart {
            session_id: self.session_id,
            device_id,
            source,
            started_at_ms: self.started_at_ms,
            tz: self.tz.clone(),
            utc_offset_s: self.utc_offset_s,
            local_date: self.local_date,
            planned_s: None,
            together_id: None,
            replaces: None,
        }
    }
}

/// The ops of a session that was sat before it is recorded. What partners may see comes first:
/// whatever part of the ops a server has, it never shows more.
fn make(
    tx: &Transaction<'_>,
    start: SessionStart,
    sat: Change,
    sharing: Sharing,
    words: Words,
    wall_ms: UnixMillis,
    ops: PastOps,
) -> Result<Session, WriteError> {
    let session_id = start.session_id;
    let at = |op_id| Stamped { wall_ms, op_id };
    if sessions::find(tx, session_id)?.is_some() {
        return Err(WriteError::AlreadyStarted(session_id));
    }
    let Change::Sat { events, .. } = &sat else {
        return Err(WriteError::NotCompleted(session_id));
    };
    let events = events.clone();
    let mut subject = Subject::New(start);
    if sharing != Sharing::default() {
        let session = record(tx, subject, Change::Sharing { sharing }, at(ops.sharing))?;
        subject = Subject::Known(Box::new(session));
    }
    let mut session = record(tx, subject, sat, at(ops.sat))?;
    events::insert_all(tx, session_id, &events)?;
    if session.words != words {
        let subject = Subject::Known(Box::new(session));
        session = record(tx, subject, Change::Words { words }, at(ops.words))?;
    }
    Ok(session)
}
