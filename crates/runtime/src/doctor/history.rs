//! The database: whole, with which unfinished sits, with what waiting for a server, with which copies.

use mitta_domain::UnixMillis;
use mitta_store::copies::{CopyInfo, CopyKind};
use mitta_store::{DataDir, LockError, OpenError, Reader, SittingLock, copies};

use crate::api::{Advice, Check, CheckName, Found};

/// Beyond this, in milliseconds, the weekly copy is overdue: a month.
const OVERDUE_MS: i64 = 31 * DAY_MS;
const DAY_MS: i64 = 86_400_000;

pub(super) fn cannot_open(dir: &DataDir, error: &OpenError) -> Check {
    let name = CheckName::Database;
    if matches!(error, OpenError::Missing { .. }) && !dir.database().exists() {
        return Check::well(name, Found::NoDatabase);
    }
    let advice = match error {
        OpenError::Damaged { .. } => Advice::RestoreBackup,
        OpenError::Newer { .. } => Advice::Update,
        OpenError::Older { .. } | OpenError::Missing { .. } => Advice::OpenOnce,
        OpenError::Busy | OpenError::InUse => Advice::CloseOthers,
        OpenError::DiskFull => Advice::MakeRoom,
        _ => Advice::CheckPermission,
    };
    Check::bad(name, Found::DatabaseBad, advice).text(error)
}

/// Every page, index and constraint.
pub(super) fn database(dir: &DataDir, reader: &Reader) -> Check {
    let name = CheckName::Database;
    let damaged = Check::bad(name, Found::DatabaseBad, Advice::RestoreBackup);
    match reader.faults() {
        Ok(faults) if faults.is_empty() => {
            Check::well(name, Found::Whole).text(dir.database().display())
        }
        Ok(faults) => damaged.text(faults.join("; ")),
        Err(error) => damaged.text(error),
    }
}

/// Is one running, and is there one that nobody finished?
pub(super) fn sits(dir: &DataDir, reader: &Reader) -> Check {
    let name = CheckName::Sits;
    let unfinished = match reader.unfinished() {
        Ok(unfinished) => unfinished,
        Err(error) => return Check::bad(name, Found::Failed, Advice::Report).text(error),
    };
    // Without a running row there is no sit, and nobody's lock is touched.
    let Some(newest) = unfinished.last() else {
        return Check::well(name, Found::NothingUnfinished);
    };
    match SittingLock::vacancy(dir) {
        Err(LockError::Held { session_id }) => {
            let running = session_id.unwrap_or(newest.start.session_id);
            Check::well(name, Found::Running).text(running)
        }
        Err(LockError::Io(error)) => {
            Check::bad(name, Found::Failed, Advice::CheckPermission).text(error)
        }
        Ok(_free) => {
            let ids = unfinished
                .iter()
                .map(|sit| sit.start.session_id.to_string());
            let ids: Vec<String> = ids.collect();
            Check::bad(name, Found::Unfinished, Advice::Decide).text(ids.join(", "))
        }
    }
}

/// What waits: for an account, or to be sent.
pub(super) fn outbox(reader: &Reader) -> Check {
    let name = CheckName::Outbox;
    let counted = reader
        .outbox_count()
        .and_then(|count| Ok((count, reader.account()?.is_some())));
    match counted {
        Ok((count, true)) => Check::well(name, Found::Waiting).count(count),
        Ok((count, false)) => Check::well(name, Found::WaitingForAccount).count(count),
        Err(error) => Check::bad(name, Found::Failed, Advice::Report).text(error),
    }
}

/// How old the last copy is. That there is none yet is no fault in the first month.
pub(super) fn backups(dir: &DataDir, reader: &Reader, now: UnixMillis) -> Check {
    let name = CheckName::Backups;
    let copies = match copies::list(dir) {
        Ok(copies) => copies,
        Err(error) => return Check::bad(name, Found::Failed, Advice::CheckPermission).text(error),
    };
    let since = |at: UnixMillis| now.0.saturating_sub(at.0);
    // What somebody else put there is no copy of ours, and one from a day to come says nothing.
    let is_ours = |copy: &&CopyInfo| {
        copy.kind != CopyKind::Other && copy.bytes > 0 && since(copy.made_at_ms) > -DAY_MS
    };
    match copies.iter().find(is_ours) {
        Some(last) if since(last.made_at_ms) <= OVERDUE_MS => {
            Check::well(name, Found::LastBackup).at(last.made_at_ms)
        }
        Some(last) => Check::bad(name, Found::LastBackup, Advice::BackUp).at(last.made_at_ms),
        None if newest_start(reader).is_some_and(|newest| since(newest) > OVERDUE_MS) => {
            Check::bad(name, Found::NoBackup, Advice::BackUp)
        }
        None => Check::well(name, Found::NoBackup),
    }
}

/// When the newest sit began.
pub(super) fn newest_start(reader: &Reader) -> Option<UnixMillis> {
    let page = reader.history_page(None, 1).ok()?;
    page.first().map(|sit| sit.started_at_ms)
}
