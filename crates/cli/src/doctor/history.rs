//! The database: whole, with which unfinished sits, with what waiting for a server.

use mitta_domain::UnixMillis;
use mitta_store::{DataDir, LockError, OpenError, Reader, SittingLock};

use super::{Check, is_missing};
use crate::words;

pub const DATABASE: &str = "database";
const SITS: &str = "sits";
const OUTBOX: &str = "outbox";

pub fn cannot_open(dir: &DataDir, error: &OpenError) -> Check {
    if is_missing(error) && !dir.database().exists() {
        return Check::well(DATABASE, words::NO_DATABASE_YET);
    }
    let advice = match error {
        OpenError::Damaged { .. } => words::database_damaged(&dir.backups()),
        OpenError::Newer { .. } => words::UPDATE.to_owned(),
        OpenError::Older { .. } | OpenError::Missing { .. } => words::OPEN_ONCE.to_owned(),
        OpenError::Busy | OpenError::InUse => words::CLOSE_OTHERS.to_owned(),
        OpenError::DiskFull => words::MAKE_ROOM.to_owned(),
        _ => words::CHECK_PERMISSION.to_owned(),
    };
    Check::bad(DATABASE, error.to_string(), advice)
}

/// Every page, index and constraint.
pub fn database(dir: &DataDir, reader: &Reader) -> Check {
    let damaged =
        |found: String| Check::bad(DATABASE, found, words::database_damaged(&dir.backups()));
    match reader.faults() {
        Ok(faults) if faults.is_empty() => {
            Check::well(DATABASE, words::database_whole(&dir.database()))
        }
        Ok(faults) => damaged(faults.join("; ")),
        Err(error) => damaged(error.to_string()),
    }
}

/// Is one running, and is there one that nobody finished?
pub fn sits(dir: &DataDir, reader: &Reader) -> Check {
    let unfinished = match reader.unfinished() {
        Ok(unfinished) => unfinished,
        Err(error) => return Check::bad(SITS, error.to_string(), words::REPORT),
    };
    // Without a running row there is no sit, and nobody's lock is touched.
    let Some(newest) = unfinished.last() else {
        return Check::well(SITS, words::NOTHING_UNFINISHED);
    };
    match SittingLock::try_take(dir, None) {
        Err(LockError::Held { session_id }) => {
            let running = session_id.unwrap_or(newest.start.session_id);
            Check::well(SITS, words::running(running))
        }
        Err(LockError::Io(error)) => Check::bad(SITS, error.to_string(), words::CHECK_PERMISSION),
        Ok(_free) => {
            let ids = unfinished
                .iter()
                .map(|sit| sit.start.session_id.to_string());
            let ids: Vec<String> = ids.collect();
            Check::bad(SITS, words::left_unfinished(&ids), words::DECIDE)
        }
    }
}

/// What waits: for an account, or to be sent.
pub fn outbox(reader: &Reader) -> Check {
    let counted = reader
        .outbox_count()
        .and_then(|count| Ok((count, reader.account()?.is_some())));
    match counted {
        Ok((count, has_account)) => Check::well(OUTBOX, words::waiting(count, has_account)),
        Err(error) => Check::bad(OUTBOX, error.to_string(), words::REPORT),
    }
}

/// When the newest sit began.
pub fn newest_start(reader: &Reader) -> Option<UnixMillis> {
    let page = reader.history_page(None, 1).ok()?;
    page.first().map(|sit| sit.started_at_ms)
}
