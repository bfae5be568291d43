//! Whether an answer may be stored.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mitta_domain::{PersonId, ShareId};
use mitta_protocol::pull::{PullAnswer, PullQuery, Pulled};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::WeekSummary;
use mitta_store::Owner;
use uuid::Uuid;

/// Whom this device takes itself and the server for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The server.
    pub(crate) server_id: Uuid,
    /// The life of its database; `None` before its first answer.
    pub(crate) epoch: Option<String>,
    /// The person.
    pub(crate) person_id: PersonId,
}

impl Known {
    /// Whom all of a round is for.
    pub(crate) const fn owner(&self) -> Owner {
        Owner {
            server_id: self.server_id,
            person_id: self.person_id,
        }
    }
}

/// Whether an answer may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may.
    Store,
    /// Another life of the database: positions mean nothing, rows may be missing.
    Renewed,
    /// The same life, but with less in it than was read before: it went back, unnoticed.
    WentBack,
    /// Another server than the one this history belongs to.
    OtherServer,
    /// Another person's token.
    OtherPerson,
    /// It breaks the protocol.
    Garbled(&'static str),
}

/// Judges the answer to a push.
pub(crate) fn push(known: &Known, answer: &PushAnswer) -> Verdict {
    if answer.person_id != known.person_id {
        return Verdict::OtherPerson;
    }
    life(known, answer.server_id, &answer.epoch)
}

/// Judges the answer to a pull.
pub(crate) fn page(known: &Known, asked: &PullQuery, answer: &PullAnswer) -> Verdict {
    let own = ShareId::own(known.person_id);
    let is_own = asked.share_id.is_none();
    if answer.person_id != known.person_id {
        return Verdict::OtherPerson;
    }
    let verdict = life(known, answer.server_id, &answer.epoch);
    if verdict != Verdict::Store {
        return verdict;
    }
    if answer.share_id != asked.share_id.unwrap_or(own) {
        return Verdict::Garbled("another share than was asked for");
    }
    if asked.after > answer.head_seq {
        return Verdict::WentBack;
    }
    let mut seq = asked.after;
    for change in &answer.changes {
        if change.seq <= seq {
            return Verdict::Garbled("changes out of order");
        }
        seq = change.seq;
        let is_session = matches!(change.entity, Pulled::Session { .. });
        if is_own != is_session {
            return Verdict::Garbled("a change of another kind of share");
        }
    }
    let is_end = answer.next_after == answer.head_seq;
    let is_within = (seq..=answer.head_seq).contains(&answer.next_after);
    if !is_within || (answer.complete && !is_end) {
        return Verdict::Garbled("a page that ends where it does not");
    }
    if !answer.complete && answer.next_after == asked.after {
        return Verdict::Garbled("a page without an end");
    }
    Verdict::Store
}

fn life(known: &Known, server_id: Uuid, epoch: &str) -> Verdict {
    if server_id != known.server_id {
        Verdict::OtherServer
    } else if known.epoch.as_deref() == Some(epoch) {
        Verdict::Store
    } else {
        Verdict::Renewed
    }
}

/// The first dates of the weeks that are not the same on both sides, oldest first.
pub(crate) fn differing_weeks(here: &[WeekSummary], there: &[WeekSummary]) -> Vec<NaiveDate> {
    let by_date = |weeks: &[WeekSummary]| -> BTreeMap<NaiveDate, WeekSummary> {
        weeks.iter().map(|week| (week.first_date, *week)).collect()
    };
    let (here, there) = (by_date(here), by_date(there));
    let mut dates: Vec<_> = here.keys().chain(there.keys()).copied().collect();
    dates.sort_unstable();
    dates.dedup();
    dates.retain(|date| here.get(date) != there.get(date));
    dates
}
