//! What one [`Op`] does to a session: the one pure fold that a device's own writes, its overlay
//! of unsent ops, the server's push and the simulations share.
//!
//! Must hold: an op whose session is missing creates the row from the immutable part that the op
//! carries (I6), with no plan until its `Start` or `Sat` arrives; an op seen twice changes nothing
//! (I3); completion is set once; each edit group (words, credited seconds, sharing, deletion)
//! belongs to its latest [`Stamp`]. So the same ops end in the same session in whatever order they
//! come, and `Start` with `Complete` as one `Sat` ends there too.
//!
//! The order of arrival, which the server alone gives, settles only this: of two different
//! completions the first stays, and with it its tombstone; so does the first of two plans, and of two
//! values under one stamp; and a sit that credited nothing stays deleted until its credited seconds
//! are corrected, so that a restore which comes before the correction is lost.
//!
//! Events travel with a completion but are not part of the session: whoever stores them does so only
//! where that very completion was set.

use crate::op::{Change, Op};
use crate::plan::Plan;
use crate::session::{Completion, InvalidWords, Session, Stamp, Words};
use crate::units::Seconds;

mod check;
mod overlay;

pub use overlay::{has, overlay};

/// How far ahead of the server a device's clock may be, in milliseconds.
pub const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;

/// The op as a server orders it: its clock is at most [`MAX_AHEAD_MS`] ahead of the server's, so that
/// a device whose clock is wrong does not win for years.
///
/// Done once for an op: clamped again later it would count as newer than it was. A server knows by
/// the op's id that it has been there.
#[must_use]
pub fn clamp(mut op: Op, server_now_ms: i64) -> Op {
    let latest = server_now_ms.saturating_add(MAX_AHEAD_MS);
    op.stamp.hlc_ms = op.stamp.hlc_ms.min(latest);
    op
}

/// What an op did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The session changed.
    Applied {
        /// The session as it is now.
        session: Box<Session>,
        /// What a person had written before and was replaced; to be kept as a revision.
        lost: Option<Box<Revision>>,
    },
    /// The session has this change already.
    Duplicate,
    /// Something else was there first or was written later, and stays.
    Superseded {
        /// What the op would have written; to be kept as a revision.
        lost: Box<Revision>,
    },
    /// The op cannot be right, whatever the session.
    Rejected(Rejection),
}

/// A value of one edit group, or a completion, that lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// When and by which device it was written.
    pub stamp: Stamp,
    /// What it said; a completion without its events.
    pub change: Change,
}

/// Why an op was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// A format that this program does not know.
    #[error("the op has a format that this version does not know")]
    UnknownVersion,
    /// A clock before 1970 or a count of zero.
    #[error("the op carries no usable time or number of its device")]
    InvalidStamp,
    /// A start or end before 1970 or after 9999, or a civil date that is not that of the start.
    #[error("the op's session has an impossible time or date")]
    InvalidTime,
    /// A plan with a choice out of its range, or of another length than its session.
    #[error("the op's plan has a choice that is out of its range")]
    InvalidPlan,
    /// Pause, sleep or overtime beyond what a sit can have.
    #[error("the op's completion counts more than a sit can have")]
    InvalidCompletion,
    /// Events out of order, or too many.
    #[error("the op's events are not in order, or are too many")]
    InvalidEvents,
    /// Zone name empty or too long, or an offset beyond 18 hours.
    #[error("the op's session has an impossible time zone")]
    InvalidZone,
    /// The op names a session whose immutable part is different.
    #[error("the op does not fit the session's start as it was recorded")]
    OtherSession,
    /// The stored plan is another.
    #[error("the session was started with another plan")]
    OtherPlan,
    /// Another value under a stamp that is taken.
    #[error("two different changes carry the same time and number of a device")]
    StampReused,
    /// Credited seconds outside `1..=86_400`.
    #[error("a sit is credited 1 second to 24 hours")]
    CreditedOutOfRange,
    /// A restore of a sit that credited nothing: 0 is only possible with the tombstone.
    #[error("a sit that was not begun cannot be restored: nothing was sat")]
    NothingCredited,
    /// Note, mood or label outside their ranges.
    #[error("the note is too long, the mood is not 1 to 5, or the label is too long")]
    InvalidWords,
}

impl Rejection {
    /// The stable code, as stored and sent.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownVersion => "unknown_version",
            Self::InvalidStamp => "invalid_stamp",
            Self::InvalidTime => "invalid_time",
            Self::InvalidPlan => "invalid_plan",
            Self::InvalidCompletion => "invalid_completion",
            Self::InvalidEvents => "invalid_events",
            Self::InvalidZone => "invalid_zone",
            Self::OtherSession => "other_session",
            Self::OtherPlan => "other_plan",
            Self::StampReused => "stamp_reused",
            Self::CreditedOutOfRange => "credited_out_of_range",
            Self::NothingCredited => "nothing_credited",
            Self::InvalidWords => "invalid_words",
        }
    }
}

impl From<InvalidWords> for Rejection {
    fn from(_: InvalidWords) -> Self {
        Self::InvalidWords
    }
}

/// Folds `op` onto the session as it is, `None` if there is none yet.
pub fn apply(current: Option<Session>, op: &Op) -> Applied {
    fold(current, op).unwrap_or_else(Applied::Rejected)
}

fn fold(current: Option<Session>, op: &Op) -> Result<Applied, Rejection> {
    check::check(op)?;
    let is_new = current.is_none();
    let session = match current {
        Some(session) if session.start != op.session => return Err(Rejection::OtherSession),
        Some(session) => session,
        None => Session::begun(op.session.clone()),
    };
    match &op.change {
        Change::Start { plan } => start(session, plan.as_ref(), is_new),
        Change::Complete { completion, .. } => Ok(complete(session, *completion, op.stamp)),
        Change::Sat {
            plan, completion, ..
        } => sat(session, plan.as_ref(), *completion, op.stamp, is_new),
        Change::Words { words } => {
            let words = words.clone().checked()?;
            let group = Group {
                stamp: |s| &mut s.words_stamp,
                value: |s| &mut s.words,
                change: |words| Change::Words { words },
            };
            group.write(session, words, op.stamp)
        }
        Change::Credited { credited_s } => {
            let group = Group {
                stamp: |s| &mut s.credited_stamp,
                value: |s| &mut s.credited_override_s,
                change: |credited_s: Option<Seconds>| Change::Credited {
                    credited_s: credited_s.unwrap_or_default(),
                },
            };
            group.write(session, Some(*credited_s), op.stamp)
        }
        Change::Sharing { sharing } => {
            let group = Group {
                stamp: |s| &mut s.sharing_stamp,
                value: |s| &mut s.sharing,
                change: |sharing| Change::Sharing { sharing },
            };
            group.write(session, *sharing, op.stamp)
        }
        Change::Deleted { deleted } => {
            if !deleted && session.credits_nothing() {
                return Err(Rejection::NothingCredited);
            }
            let group = Group {
                stamp: |s| &mut s.deleted_stamp,
                value: |s| &mut s.deleted,
                change: |deleted| Change::Deleted { deleted },
            };
            group.write(session, *deleted, op.stamp)
        }
    }
}

/// The plan, and its label as the first label of the sit unless words were written before.
fn start(mut session: Session, plan: Option<&Plan>, is_new: bool) -> Result<Applied, Rejection> {
    let changed = match (&session.plan, plan) {
        (Some(known), Some(plan)) if known != plan => return Err(Rejection::OtherPlan),
        (None, Some(plan)) => {
            if session.words_stamp == Stamp::UNWRITTEN {
                let label = plan.choice.label.clone();
                session.words = Words {
                    label,
                    ..Words::default()
                }
                .checked()?;
            }
            session.plan = Some(plan.clone());
            true
        }
        (Some(_), _) | (None, None) => false,
    };
    if changed || is_new {
        Ok(applied(session, None))
    } else {
        Ok(Applied::Duplicate)
    }
}

/// `running → completed`, once. A completion that credits nothing brings its tombstone along, so
/// that the two ops of a discard may arrive in either order, and a correction before or after them.
fn complete(mut session: Session, completion: Completion, stamp: Stamp) -> Applied {
    match session.completion {
        Some(there) if there == completion => Applied::Duplicate,
        Some(_) => {
            let change = Change::Complete {
                completion,
                events: Vec::new(),
            };
            Applied::Superseded {
                lost: Box::new(Revision { stamp, change }),
            }
        }
        None => {
            session.completion = Some(completion);
            if completion.credited_s == Seconds(0) && session.deleted_stamp < stamp {
                session.deleted = true;
                session.deleted_stamp = stamp;
            }
            // A restore that came too early does not count: 0 is only possible with the tombstone.
            session.deleted |= session.credits_nothing();
            applied(session, None)
        }
    }
}

/// Start and completion in one: what is there already stays, and what is missing is added.
fn sat(
    session: Session,
    plan: Option<&Plan>,
    completion: Completion,
    stamp: Stamp,
    is_new: bool,
) -> Result<Applied, Rejection> {
    let started = start(session.clone(), plan, is_new)?;
    let begun = match &started {
        Applied::Applied { session, .. } => (**session).clone(),
        _ => session,
    };
    Ok(match (complete(begun, completion, stamp), started) {
        // The completion came too late, the plan did not.
        (Applied::Superseded { lost }, Applied::Applied { session, .. }) => {
            applied(*session, Some(*lost))
        }
        (Applied::Duplicate, started) => started,
        (completed, _) => completed,
    })
}

/// One edit group: where its value and its stamp are, and how it reads as a change.
struct Group<T> {
    stamp: fn(&mut Session) -> &mut Stamp,
    value: fn(&mut Session) -> &mut T,
    change: fn(T) -> Change,
}

impl<T: PartialEq> Group<T> {
    /// The later stamp wins; what loses is handed back.
    fn write(&self, mut session: Session, new: T, stamp: Stamp) -> Result<Applied, Rejection> {
        let known = *(self.stamp)(&mut session);
        if stamp == known {
            let same = *(self.value)(&mut session) == new;
            return if same {
                Ok(Applied::Duplicate)
            } else {
                Err(Rejection::StampReused)
            };
        }
        if stamp < known {
            let lost = Revision {
                stamp,
                change: (self.change)(new),
            };
            return Ok(Applied::Superseded {
                lost: Box::new(lost),
            });
        }
        let old = std::mem::replace((self.value)(&mut session), new);
        *(self.stamp)(&mut session) = stamp;
        let was_written = known != Stamp::UNWRITTEN && old != *(self.value)(&mut session);
        let lost = was_written.then(|| Revision {
            stamp: known,
            change: (self.change)(old),
        });
        Ok(applied(session, lost))
    }
}

fn applied(session: Session, lost: Option<Revision>) -> Applied {
    Applied::Applied {
        session: Box::new(session),
        lost: lost.map(Box::new),
    }
}

#[cfg(test)]
mod tests;
