//! One sit, one row that counts, also where several devices said of a corrected one which of its rows
//! that is, without knowing of each other.
//!
//! Must hold: what is deleted here follows from what was said, and from nothing that is known here alone:
//! it carries the stamp of the word that stands, and is the same op on every device. So it is never later
//! than what a person says, and devices that settle the same at the same time have said one thing.

use mitta_domain::corrected::{self, Settlement, Version};
use mitta_domain::event::EventKind;
use mitta_domain::{SessionId, UnixMillis};
use rusqlite::Transaction;

use super::offer::{is_known, unwritable};
use crate::Writer;
use crate::error::WriteError;
use crate::tables::{device, events, outbox, sessions, versions};
use crate::writer::record;

impl Writer {
    /// Deletes what counts of a corrected sit and shall not, by [`corrected::settle`]. A sit of which
    /// something waits here is left as it is: the server has not said yet when that was. Says how many
    /// were deleted.
    ///
    /// # Errors
    /// What the disk says; nothing was deleted.
    pub fn keep_one_correction(&mut self, wall_ms: UnixMillis) -> Result<u64, WriteError> {
        // Looked at first without the lock that others write under: most times there is nothing to do.
        if to_settle(versions::all(&self.connection)?).is_empty() {
            return Ok(0);
        }
        self.transaction(|tx| {
            let mut deleted = 0;
            for (sit, settlement) in to_settle(versions::all(tx)?) {
                if !waits(tx, &sit)? {
                    deleted += settle(tx, &settlement, wall_ms)?;
                }
            }
            Ok(deleted)
        })
    }
}

fn to_settle(versions: Vec<Version>) -> Vec<(Vec<Version>, Settlement)> {
    let sits = corrected::sits(versions).into_iter();
    sits.filter_map(|sit| {
        let settlement = corrected::settle(&sit)?;
        Some((sit, settlement))
    })
    .collect()
}

fn waits(tx: &Transaction<'_>, sit: &[Version]) -> Result<bool, WriteError> {
    for version in sit {
        if !outbox::of(tx, version.session_id)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes the losers. Says how many were deleted.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    settlement: &Settlement,
    wall_ms: UnixMillis,
) -> Result<u64, WriteError> {
    let mut deleted = 0;
    for session_id in &settlement.losers {
        deleted += u64::from(delete(tx, *session_id, settlement, wall_ms)?);
    }
    Ok(deleted)
}

/// Says whether it did: not where a server refused that very deletion.
fn delete(
    tx: &Transaction<'_>,
    session_id: SessionId,
    settlement: &Settlement,
    wall_ms: UnixMillis,
) -> Result<bool, WriteError> {
    let session = sessions::find(tx, session_id)?.ok_or(WriteError::Unknown(session_id))?;
    let op = corrected::deletion(&session.start, settlement.stamp).map_err(unwritable)?;
    if is_known(tx, session_id, &op)? {
        return Ok(false);
    }
    record::store(tx, Some(session), &op, device::next_seq(tx)?)?;
    events::append(tx, session_id, EventKind::Edited, wall_ms, None)?;
    Ok(true)
}
