//! What partners see of a session: the one rule by which the server fills a share, and from which
//! every device can tell what it shows.
//!
//! Must hold: nothing of a session that is not visible leaves its owner (I10), and what is visible
//! never carries zone name, device, mood or plan.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{SessionId, TogetherId};
use crate::length::PlannedLength;
use crate::session::{Session, State, Words};
use crate::units::{Seconds, UnixMillis};

/// Which sits of a member a partnership sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRule {
    /// Sits of this date and later; a civil date, so that totals are sums of whole days.
    pub share_since: NaiveDate,
    /// Times in which sharing was paused: a sit that began in one stays private.
    pub pauses: Vec<Pause>,
}

/// A time in which sharing is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From this moment on.
    pub from_ms: UnixMillis,
    /// Up to this moment, exclusive; `None` while it lasts.
    pub until_ms: Option<UnixMillis>,
}

impl Pause {
    fn covers(self, at: UnixMillis) -> bool {
        self.from_ms <= at && self.until_ms.is_none_or(|until| at < until)
    }
}

/// A sit as partners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedSit {
    /// The session.
    pub session_id: SessionId,
    /// When it began, on its owner's wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at its start.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    pub local_date: NaiveDate,
    /// Planned length; `None` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// Whole seconds that count toward totals, 1 to 86,400.
    pub credited_s: Seconds,
    /// The sitting together that it belongs to, if any.
    pub together_id: Option<TogetherId>,
    /// Its note, only where its owner marked it.
    pub note: Option<String>,
    /// Its label, only where its owner marked it.
    pub label: Option<String>,
}

/// What a share with this rule shows of the session; `None` is nothing at all.
pub fn visible(session: &Session, rule: &ShareRule) -> Option<SharedSit> {
    let start = &session.start;
    let is_hidden = session.state() == State::Running
        || session.deleted
        || !session.sharing.shared
        || start.local_date < rule.share_since
        || rule.pauses.iter().any(|p| p.covers(start.started_at_ms));
    if is_hidden {
        return None;
    }
    let words = if session.sharing.note_shared {
        session.words.clone()
    } else {
        Words::default()
    };
    Some(SharedSit {
        session_id: start.session_id,
        started_at_ms: start.started_at_ms,
        utc_offset_s: start.utc_offset_s,
        local_date: start.local_date,
        planned_s: start.planned_s,
        credited_s: session.credited_s(),
        together_id: start.together_id,
        note: words.note,
        label: words.label,
    })
}

#[cfg(test)]
mod tests;
