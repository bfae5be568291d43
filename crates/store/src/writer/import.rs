//! Sits from files: taken over batch by batch, and taken back as a whole.
//!
//! Must hold: a sit, its ops and that it came with this import are one transaction (I4); the same
//! row again changes nothing (I3); a killed import or undo goes on where it was; and each call
//! writes one bounded batch, so that a sit beside it never waits long (I9).

mod turns;

use std::collections::BTreeSet;

use mitta_domain::apply::{Applied, Revision, apply};
use mitta_domain::corrected::{self, Version};
use mitta_domain::offer::Whole;
use mitta_domain::op::{Change, Op};
use mitta_domain::session::Stamp;
use mitta_domain::{OpId, Session, SessionId, UnixMillis};
use rusqlite::Transaction;

use super::counting::let_stand;
use super::record::known;
use super::{Stamped, Writer};
use crate::error::WriteError;
use crate::reader::transfer::{Presence, presence};
use crate::tables::imports::{ImportRow, NewImport};
use crate::tables::{device, events, imports, outbox, revisions, sessions, versions};
use turns::{bring_back, put_instead_of, take_back};

/// What became of a sit that was offered from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is in the history now.
    New,
    /// It is in the history now, in the place of the sit with another date.
    Corrects,
    /// It had been taken back with an import, and is there again.
    Again,
    /// It had only begun here, and has its end now.
    Ended,
    /// It was there, or the sit with another date.
    Known,
    /// The sit was there and a person has deleted it: it stays deleted.
    Deleted,
    /// It was not there, or its end was not, and is deleted in the file: it came as a tombstone, which no
    /// import counts.
    Tombstone,
}

/// How far taking back, or bringing back, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportStep {
    /// Sits that this step changed.
    pub changed: u64,
    /// Whether all is done.
    pub is_done: bool,
}

impl Writer {
    /// Begins an import and gives its number. One of the same content in the same reading that was
    /// cut short goes on instead.
    ///
    /// # Errors
    /// What the disk says.
    pub fn begin_import(&mut self, new: &NewImport) -> Result<i64, WriteError> {
        self.transaction(|tx| {
            let cut_short = imports::standing(tx, &new.content_sha256)?
                .filter(|row| row.finished_at_ms.is_none() && row.reading == new.reading);
            match cut_short {
                Some(row) => Ok(row.import_seq),
                None => imports::insert(tx, new),
            }
        })
    }

    /// Takes sits over: rows, events, ops. Answers for each, in order.
    ///
    /// # Errors
    /// What the disk says; nothing of the batch was kept then.
    pub fn import(
        &mut self,
        import_seq: i64,
        sits: &[Whole],
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<Vec<Imported>, WriteError> {
        self.transaction(|tx| {
            let at = || Stamped {
                wall_ms,
                op_id: op_id(),
            };
            let take = |whole| take(tx, import_seq, whole, &at);
            sits.iter().map(take).collect()
        })
    }

    /// Ends an import; of one that brought nothing, nothing is kept.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish_import(
        &mut self,
        import_seq: i64,
        wall_ms: UnixMillis,
    ) -> Result<Option<ImportRow>, WriteError> {
        self.transaction(|tx| {
            let row = imports::find(tx, import_seq)?;
            if row.is_some_and(|row| row.sits == 0) {
                imports::remove(tx, import_seq)?;
                return Ok(None);
            }
            imports::finish(tx, import_seq, wall_ms)?;
            Ok(imports::find(tx, import_seq)?)
        })
    }

    /// Deletes at most `limit` sits that an import brought, as a person would, and remembers which:
    /// those that a person has deleted stay so when it is brought back.
    ///
    /// # Errors
    /// What the disk says; nothing of the step was kept then.
    pub fn undo_import(
        &mut self,
        import_seq: i64,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.step(import_seq, true, limit, wall_ms, &op_id)
    }

    /// Brings at most `limit` sits back that were deleted with their import.
    ///
    /// # Errors
    /// What the disk says; nothing of the step was kept then.
    pub fn redo_import(
        &mut self,
        import_seq: i64,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.step(import_seq, false, limit, wall_ms, &op_id)
    }

    fn step(
        &mut self,
        import_seq: i64,
        undo: bool,
        limit: u32,
        wall_ms: UnixMillis,
        op_id: &impl Fn() -> OpId,
    ) -> Result<ImportStep, WriteError> {
        self.transaction(|tx| {
            let at = || Stamped {
                wall_ms,
                op_id: op_id(),
            };
            let ids = if undo {
                imports::next_to_undo(tx, import_seq, limit)?
            } else {
                imports::next_to_redo(tx, import_seq, limit)?
            };
            if !undo {
                // From here on it is taken back in part only, also where this is cut short.
                imports::set_undone(tx, import_seq, None)?;
            }
            for session_id in &ids {
                if undo {
                    take_back(tx, *session_id, &at)?;
                } else {
                    bring_back(tx, import_seq, *session_id, at())?;
                }
            }
            let is_done = ids.len() < limit as usize;
            if is_done && undo {
                imports::set_undone(tx, import_seq, Some(wall_ms))?;
            }
            Ok(ImportStep {
                changed: ids.len() as u64,
                is_done,
            })
        })
    }
}

fn take(
    tx: &Transaction<'_>,
    import_seq: i64,
    whole: &Whole,
    at: &impl Fn() -> Stamped,
) -> Result<Imported, WriteError> {
    let session = whole.session();
    let session_id = session.start.session_id;
    let mut sit = versions::around(tx, session)?;
    let presence = presence(tx, session, &sit)?;
    match presence {
        Presence::There => return Ok(Imported::Known),
        Presence::Deleted => return Ok(Imported::Deleted),
        Presence::TakenBack => {
            bring_back(tx, import_seq, session_id, at())?;
            return Ok(Imported::Again);
        }
        Presence::Unknown | Presence::Begun | Presence::Corrects | Presence::Replaced => {}
    }
    let is_here = presence == Presence::Begun;
    let session = if is_here {
        end(tx, whole)?
    } else {
        insert(tx, whole)?;
        session.clone()
    };
    let is_tombstone = session.deleted && presence == Presence::Unknown;
    // What began here belongs to no import, and no undo of one deletes it.
    let is_brought = matches!(presence, Presence::Unknown | Presence::Corrects) && !is_tombstone;
    if is_brought {
        imports::put(tx, import_seq, session_id)?;
    }
    let mut corrects = false;
    if sit.len() > usize::from(is_here) {
        sit.retain(|version| version.session_id != session_id);
        sit.push((&session).into());
        corrects = settle(tx, import_seq, &sit, session_id, at)?;
    }
    Ok(match presence {
        Presence::Begun if session.deleted => Imported::Tombstone,
        Presence::Begun => Imported::Ended,
        Presence::Replaced => Imported::Known,
        _ if corrects => Imported::Corrects,
        _ if is_tombstone => Imported::Tombstone,
        _ => Imported::New,
    })
}

/// Puts a sit in that is not here: row, events and ops.
fn insert(tx: &Transaction<'_>, whole: &Whole) -> Result<(), WriteError> {
    let session = whole.session();
    sessions::insert(tx, session)?;
    events::insert_all(tx, session.start.session_id, whole.events())?;
    // The ops are as old as the sit; only their places in the outbox are of this device.
    let first_seq = device::next_seqs(tx, whole.ops().len())?;
    for (device_seq, op) in (first_seq..).zip(whole.ops()) {
        outbox::append(tx, device_seq, op)?;
    }
    Ok(())
}

/// Ends a sit of which only the beginning is here, as when its device was lost before it could tell the
/// end. What was said of it here by another device stands, whatever the clocks say; what the file says
/// beside it is kept.
fn end(tx: &Transaction<'_>, whole: &Whole) -> Result<Session, WriteError> {
    let session_id = whole.session().start.session_id;
    let begun = known(tx, session_id)?;
    let mut session = begun.clone();
    for op in whole.ops() {
        let lost = match apply(Some(session.clone()), op) {
            Applied::Applied { session: now, lost } if goes_on(&begun, op) => {
                session = *now;
                outbox::append(tx, device::next_seq(tx)?, op)?;
                lost
            }
            Applied::Applied { .. } => Some(Box::new(Revision {
                stamp: op.stamp,
                change: op.change.clone(),
            })),
            Applied::Superseded { lost } => Some(lost),
            Applied::Duplicate => None,
            Applied::Rejected(rejection) => return Err(WriteError::Rejected(rejection)),
        };
        if let Some(lost) = lost {
            revisions::append(tx, session_id, &lost)?;
        }
    }
    sessions::update(tx, &session, begun.state())?;
    events::adopt(tx, session_id, whole.events())?;
    Ok(session)
}

/// Whether nothing was said here of what the op is about, or by the same device before.
fn goes_on(begun: &Session, op: &Op) -> bool {
    let said = match op.change {
        Change::Start { .. } | Change::Complete { .. } | Change::Sat { .. } => return true,
        Change::Words { .. } => begun.words_stamp,
        Change::Credited { .. } => begun.credited_stamp,
        Change::Sharing { .. } => begun.sharing_stamp,
        Change::Deleted { .. } => begun.deleted_stamp,
    };
    let is_its_own = said.device_id == op.stamp.device_id && said.device_seq < op.stamp.device_seq;
    said == Stamp::UNWRITTEN || is_its_own
}

/// Lets one row of the sit count (I3) that has `incoming` now. What does not count is kept as what was
/// corrected, so that the correction can be undone. Says whether another counted before.
fn settle(
    tx: &Transaction<'_>,
    import_seq: i64,
    sit: &[Version],
    incoming: SessionId,
    at: &impl Fn() -> Stamped,
) -> Result<bool, WriteError> {
    let (new, before): (Vec<Version>, _) = sit
        .iter()
        .filter(|version| version.counts())
        .partition(|version| version.session_id == incoming);
    // A tombstone comes over as it is, but may show that two are one sit.
    if new.is_empty() && before.len() < 2 {
        return Ok(false);
    }
    let last = corrected::last(sit).filter(|(_, last)| last.counts());
    // By a tombstone none would count: a file takes nothing away.
    let Some((_, stands)) = last.or_else(|| corrected::last(&before)) else {
        return Ok(false);
    };
    let stands = stands.session_id;
    let_stand(tx, sit, stands, at())?;
    // It may show that two are one sit, of which one came with the same import: the other was there before.
    let (mut was, later) = (None, BTreeSet::from([incoming]));
    for other in before.iter().filter(|it| it.session_id != stands) {
        let with = imports::brought_with(tx, sit, other.session_id, &later)?;
        let is_of_this = with.is_some_and(|it| it.import_seq == import_seq);
        if is_of_this && stands != incoming {
            put_instead_of(tx, sit, other.session_id, stands)?;
        }
        if !is_of_this || was.is_none() {
            was = Some(other.session_id);
        }
        if !is_of_this {
            break;
        }
    }
    if let Some(was) = was {
        put_instead_of(tx, sit, stands, was)?;
    }
    Ok(was.is_some())
}
