//! One sit, one row that counts, also where two devices corrected its date without knowing of each
//! other.
//!
//! Must hold: what is deleted here has another in its place that counts, and every device that knows
//! the same rows keeps the same one. It is a deletion like a person's: stamped, sent, told among the
//! changes of the sit, and taken back by restoring it, which makes it the one that is kept.

use std::collections::BTreeMap;

use mitta_domain::{OpId, Session, SessionId, State, UnixMillis, offer};
use rusqlite::Transaction;

use crate::Writer;
use crate::cells::Columns;
use crate::error::WriteError;
use crate::tables::{device, sessions};
use crate::writer::{Stamped, past, this_device};

static CORRECTED: Columns = Columns {
    table: "sessions",
    names: &["root", "session_id"],
};

/// The last corrections of sits that have more than one that is not deleted, by what they stand for at
/// any remove. A correction that was corrected again is none of them, as its deletion may be on its
/// way: deleting the other would leave the sit without any. It is one again where that later one was
/// taken back: then all that follow it are deleted, and it was restored.
// Without the index's name SQLite, which has no statistics here, would read all sits.
const RIVALS: &str = "
    WITH RECURSIVE stands_for (session_id, root) AS (
        SELECT session_id, replaces FROM sessions AS s INDEXED BY sessions_replaces
        WHERE replaces IS NOT NULL AND deleted = 0
          AND (deleted_hlc_ms > 0
               OR NOT EXISTS (SELECT 1 FROM sessions AS later WHERE later.replaces = s.session_id))
          AND NOT EXISTS (SELECT 1 FROM sessions AS later WHERE later.replaces = s.session_id AND later.deleted = 0)
        UNION
        SELECT f.session_id, s.replaces FROM stands_for AS f JOIN sessions AS s ON s.session_id = f.root
        WHERE s.replaces IS NOT NULL
    )
    SELECT root, session_id FROM stands_for
    WHERE root IN (SELECT root FROM stands_for GROUP BY root HAVING count(*) > 1)";

impl Writer {
    /// Deletes all but one of the sessions that stand in the place of the same sit: the one that was
    /// made or restored last stays. Says how many were deleted.
    ///
    /// # Errors
    /// What the disk says; nothing was deleted.
    pub fn keep_one_correction(&mut self, wall_ms: UnixMillis) -> Result<u64, WriteError> {
        let rivals = CORRECTED.query(&self.connection, RIVALS, [], |cells| {
            let mut next = || cells.convert(|text: String| text.parse().ok());
            Ok((next()?, next()?))
        })?;
        if rivals.is_empty() {
            return Ok(0);
        }
        let mut of_roots: BTreeMap<SessionId, Vec<SessionId>> = BTreeMap::new();
        for (root, session_id) in rivals {
            of_roots.entry(root).or_default().push(session_id);
        }
        self.transaction(|tx| {
            let mut deleted = 0;
            for rivals in of_roots.values() {
                deleted += keep_one(tx, rivals, wall_ms)?;
            }
            Ok(deleted)
        })
    }
}

/// When somebody last wanted it to count: as it was made, or as it was restored.
fn last_wanted_ms(session: &Session) -> u64 {
    let id = session.start.session_id.as_uuid();
    // `UUIDv7` alone says when it was made; what came from a file says when it was sat.
    let made = id.get_timestamp().filter(|_| id.get_version_num() == 7);
    let made_ms = made.map_or(0, |at| {
        let (seconds, nanos) = at.to_unix();
        seconds
            .saturating_mul(1_000)
            .saturating_add(u64::from(nanos) / 1_000_000)
    });
    made_ms.max(u64::try_from(session.deleted_stamp.hlc_ms).unwrap_or(0))
}

fn keep_one(
    tx: &Transaction<'_>,
    rivals: &[SessionId],
    wall_ms: UnixMillis,
) -> Result<u64, WriteError> {
    let mut counting: Vec<Session> = Vec::new();
    for session_id in rivals {
        let session = sessions::find(tx, *session_id)?;
        counting.extend(session.filter(|s| !s.deleted && s.state() == State::Completed));
    }
    counting.sort_by_key(|s| (last_wanted_ms(s), s.deleted_stamp, s.start.session_id));
    // The one that is kept.
    counting.pop();
    let device_id = this_device(tx)?;
    let mut deleted = 0;
    for session in counting {
        // Each time another: a restored one may be deleted again.
        let made_of = (
            device_id.as_uuid(),
            device::next_seq(tx)?,
            session.start.session_id.as_uuid(),
        );
        let made_of = format!("one correction: {made_of:?}");
        let op_id = OpId::from_uuid(offer::uuid_made_of(wall_ms, made_of.as_bytes()));
        past::deletion(tx, session, true, Stamped { wall_ms, op_id })?;
        deleted += 1;
    }
    Ok(deleted)
}
