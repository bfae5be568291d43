//! What a round does next: a pure function of what was done and answered so far, and the judgement of
//! each answer before anything of it is stored.
//!
//! Must hold: sending and fetching fail independently; an answer of another life of the server's
//! database, or beyond what it says to have, changes no row (I10), it only makes everything be read and
//! offered again; totals are compared at equal positions only (I8).

mod judge;
mod pace;

use chrono::NaiveDate;
use mitta_domain::ShareId;
use mitta_protocol::pull::PullQuery;

pub(crate) use judge::{Known, Verdict, differing_weeks, page, push};
#[cfg(test)]
pub(crate) use pace::FAILED_ALONE_S;
pub(crate) use pace::{Next, Pace};

/// For so long a comparison at the very same position is not repeated, in milliseconds: one day.
pub(crate) const COMPARED_FOR_MS: u64 = 24 * 60 * 60 * 1000;

/// What a round does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Offer what waits.
    Push,
    /// Ask for a page.
    Pull(PullQuery),
    /// Ask which weeks differ.
    Weeks(Option<ShareId>),
    /// Fetch a week again, and offer it again.
    Mend(Option<ShareId>, NaiveDate),
    /// Nothing is left to do.
    Done,
}

/// How far sending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// Ops may wait.
    Todo,
    /// None is due.
    Done,
    /// Not in this round.
    Failed,
}

/// How far a feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// There may be changes after the position.
    Behind,
    /// All is there, but it is not what the server has.
    Differs,
    /// These weeks are to be fetched again.
    Mend(Vec<NaiveDate>),
    /// Nothing is left to do.
    Done,
    /// Not in this round.
    Failed,
}

/// A feed, as far as this round knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Feed {
    /// The share; `None` is the feed of the person's own devices.
    pub(crate) share: Option<ShareId>,
    /// The last position seen.
    pub(crate) after: u64,
    /// Whether what it holds is to be compared at its head.
    pub(crate) compare: bool,
    /// Whether a week of it was fetched again in this round: what differs still is told.
    pub(crate) is_mended: bool,
    /// How far it is.
    pub(crate) stage: Stage,
}

impl Feed {
    /// A feed of which nothing was asked yet.
    pub(crate) const fn new(share: Option<ShareId>, after: u64, compare: bool) -> Self {
        Self {
            share,
            after,
            compare,
            is_mended: false,
            stage: Stage::Behind,
        }
    }
}

/// What a round knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// How far sending is.
    pub(crate) sending: Sending,
    /// The own feed first; the shares once it has been read.
    pub(crate) feeds: Vec<Feed>,
}

impl Plan {
    /// The beginning of a round.
    pub(crate) fn new(own: Feed) -> Self {
        Self {
            sending: Sending::Todo,
            feeds: vec![own],
        }
    }

    /// The feed that is at work.
    pub(crate) fn feed(&mut self, share: Option<ShareId>) -> Option<&mut Feed> {
        self.feeds.iter_mut().find(|feed| feed.share == share)
    }
}

/// What comes next.
pub(crate) fn next(plan: &Plan) -> Step {
    if plan.sending == Sending::Todo {
        return Step::Push;
    }
    for feed in &plan.feeds {
        match &feed.stage {
            Stage::Behind => {
                return Step::Pull(PullQuery {
                    share_id: feed.share,
                    after: feed.after,
                    limit: None,
                    summary: feed.compare,
                });
            }
            Stage::Differs => return Step::Weeks(feed.share),
            Stage::Mend(weeks) => {
                if let Some(week) = weeks.first() {
                    return Step::Mend(feed.share, *week);
                }
            }
            Stage::Done | Stage::Failed => {}
        }
    }
    Step::Done
}

#[cfg(test)]
mod tests;
