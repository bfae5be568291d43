//! Telling that one is sitting, to those partnerships that the person lets see it.
//!
//! Must hold: nothing of it is said without that consent, nor of a private sit; that it fails is no
//! failure of sync, and no round, sit or command waits for it (I9).

use std::time::Duration;

use mitta_domain::recovery::{Heartbeat, Unfinished};
use mitta_domain::timer::ProgressPhase;
use mitta_domain::{PlannedLength, Seconds, SessionId, UnixMillis};
use mitta_protocol::now::{PRESENCE_EVERY_S, Presence};
use mitta_store::Reader;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::worker::Worker;
use crate::api::AccountError;
use crate::clock::Moment;
use crate::http::HttpRemote;

/// What is said of a sit is written a moment later.
const WRITTEN: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(PRESENCE_EVERY_S as u64);
/// A sit whose last heartbeat is older is not known to go on: four of them are missing.
const ALIVE_MS: u64 = 60_000;
/// An end that moved by no more is the same end, in milliseconds.
const SAME_END_MS: u64 = 5_000;

/// What was told last, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Telling {
    told: Option<Told>,
    task: Option<JoinHandle<()>>,
    /// When it is looked at again.
    pub(super) due: Option<Instant>,
}

impl Telling {
    /// Looks again once what has changed is written.
    pub(super) fn soon(&mut self) {
        let at = Instant::now() + WRITTEN;
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

#[derive(Debug, Clone, Copy)]
struct Told {
    session_id: SessionId,
    ends_at_ms: Option<UnixMillis>,
    until: Instant,
}

impl Told {
    fn says(&self, presence: &Presence, now: UnixMillis) -> bool {
        let is_same_end = match (self.ends_at_ms, ends_at(presence, now)) {
            (None, None) => true,
            (Some(then), Some(now)) => then.0.abs_diff(now.0) <= SAME_END_MS,
            _ => false,
        };
        self.session_id == presence.session_id && is_same_end && Instant::now() < self.until
    }
}

fn ends_at(presence: &Presence, now: UnixMillis) -> Option<UnixMillis> {
    presence.left_s.map(|s| now.plus_ms(i64::from(s) * 1000))
}

impl Worker {
    /// Tells that the person sits, or that they no longer do, where that is another than was told.
    pub(super) async fn look_at_presence(&mut self) {
        self.telling.due = None;
        if !self.shared.in_background || self.seen.is_none() {
            return;
        }
        let here = self.shared.here();
        let found = self.store().and_then(|store| sign(&store.reader, &here));
        let (is_unfinished, presence) = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(%error, "whether somebody sits is looked at later");
                (true, None)
            }
        };
        if is_unfinished {
            self.telling.due = Some(Instant::now() + EVERY);
        }
        match (presence, self.telling.told) {
            (Some(presence), Some(told)) if told.says(&presence, here.wall_ms) => {}
            (None, None) => {}
            (presence, _) => self.tell_presence(presence, here.wall_ms).await,
        }
    }

    async fn tell_presence(&mut self, presence: Option<Presence>, now: UnixMillis) {
        let Ok(Some(remote)) = self.remote().await else {
            return;
        };
        self.telling.told = presence.map(|presence| Told {
            session_id: presence.session_id,
            ends_at_ms: ends_at(&presence, now),
            // A little before it is looked at again.
            until: Instant::now() + EVERY / 2,
        });
        // In order: what was told last is what stays.
        let before = self.telling.task.take();
        self.telling.task = Some(tokio::spawn(async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            tell(&remote, presence).await;
        }));
    }
}

async fn tell(remote: &HttpRemote, presence: Option<Presence>) {
    let told = match presence {
        Some(presence) => remote.present(&presence).await,
        None => remote.absent().await,
    };
    if let Err(error) = told {
        tracing::debug!(%error, "partners are told later who sits");
    }
}

/// Whether a sit may go on here, and what partners may be told of it.
fn sign(reader: &Reader, here: &Moment) -> Result<(bool, Option<Presence>), AccountError> {
    let Some(account) = reader.account()? else {
        return Ok((false, None));
    };
    let is_shown = reader
        .partnerships()?
        .iter()
        .flat_map(|partnership| &partnership.members)
        .any(|it| it.person_id == account.person_id && it.shows_sitting == Some(true));
    if !is_shown {
        return Ok((false, None));
    }
    let unfinished = reader.unfinished()?;
    let alive = unfinished.iter().rev();
    for sit in alive.filter(|sit| is_alive(sit, here)) {
        let session_id = sit.start.session_id;
        let session = reader.session(session_id)?;
        if session.is_some_and(|session| session.sharing.shared && !session.deleted) {
            return Ok((true, presence(sit, here)));
        }
    }
    Ok((!unfinished.is_empty(), None))
}

fn is_alive(sit: &Unfinished, here: &Moment) -> bool {
    let is_recent = |seen: &Heartbeat| {
        seen.boot_id == here.boot_id && here.boot_ms.saturating_sub(seen.boot_ms) <= ALIVE_MS
    };
    sit.last_seen.as_ref().is_some_and(is_recent)
}

/// `None` where it is over, or about to be.
fn presence(sit: &Unfinished, here: &Moment) -> Option<Presence> {
    let seen = sit.last_seen.as_ref()?;
    let progress = &seen.progress;
    let since_ms = here.boot_ms.saturating_sub(seen.boot_ms);
    let remaining = |planned: PlannedLength| {
        let planned_ms = planned.seconds().as_ms() + progress.preparation_left_ms;
        let left = planned_ms.checked_sub(progress.elapsed_ms.saturating_add(since_ms));
        left.filter(|ms| *ms > 0)
    };
    let left_s = match (progress.phase, sit.start.planned_s) {
        (ProgressPhase::Ending | ProgressPhase::Asking, _) => return None,
        (ProgressPhase::Paused, _) | (_, None) => None,
        (ProgressPhase::Preparing | ProgressPhase::Sitting, Some(planned)) => {
            let seconds = remaining(planned)?.div_ceil(1000);
            Some(u32::try_from(seconds).map_or(86_400, |s| s.min(86_400)))
        }
    };
    let elapsed_ms = here.wall_ms.since_ms(sit.start.started_at_ms).unwrap_or(0);
    Some(Presence {
        session_id: sit.start.session_id,
        local_date: sit.start.local_date,
        elapsed_s: Seconds::floor_ms(elapsed_ms).0,
        left_s,
        together_id: sit.start.together_id,
    })
}

#[cfg(test)]
mod tests;
