//! The rows of the server's database, as plain values: what Postgres holds, table by table.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mitta_domain::share::{Pause, ShareRule, SharedSit, visible};
use mitta_domain::totals::{DayTotal, day_totals};
use mitta_domain::{OpId, PartnershipId, PersonId, Session, SessionEvent, SessionId, ShareId};
use mitta_server::fold::{ChangeKind, LedgerRow};

/// A person's feed.
pub type FeedKey = (PersonId, ShareId);

/// A row of `changes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its position.
    pub seq: u64,
    /// What is said.
    pub kind: ChangeKind,
}

/// A row of `memberships`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Of the share that is open.
    pub generation: u32,
    /// Sits of this date and later.
    pub share_since: NaiveDate,
    /// When it began.
    pub joined_at_ms: i64,
    /// When it ended.
    pub left_at_ms: Option<i64>,
}

/// A row of `shares`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRow {
    /// For which partnership.
    pub partnership_id: PartnershipId,
    /// Its number among the member's shares there.
    pub generation: u32,
    /// Sits of this date and later.
    pub share_since: NaiveDate,
    /// When it was closed.
    pub closed_at_ms: Option<i64>,
}

/// Every table that holds what persons have, keyed as in Postgres.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the tables of migrations/postgres by their names"
)]
pub struct Tables {
    pub partnerships: BTreeMap<PartnershipId, i64>,
    pub memberships: BTreeMap<(PersonId, PartnershipId), Membership>,
    pub shares: BTreeMap<FeedKey, ShareRow>,
    pub pauses: BTreeMap<FeedKey, Vec<Pause>>,
    pub feeds: BTreeMap<FeedKey, u64>,
    pub sessions: BTreeMap<(PersonId, SessionId), Session>,
    pub session_events: BTreeMap<(PersonId, SessionId, u32), SessionEvent>,
    pub changes: BTreeMap<(PersonId, ShareId, SessionId), ChangeRow>,
    pub applied_ops: BTreeMap<(PersonId, OpId), LedgerRow>,
    pub day_totals: BTreeMap<(PersonId, ShareId, NaiveDate), (u32, u64)>,
}

impl Tables {
    /// The position of a feed.
    pub fn head(&self, feed: FeedKey) -> u64 {
        self.feeds.get(&feed).copied().unwrap_or_default()
    }

    /// All sessions of a person.
    pub fn sessions_of(&self, person: PersonId) -> impl Iterator<Item = &Session> {
        let rows = self.sessions.iter();
        rows.filter(move |((owner, _), _)| *owner == person)
            .map(|(_, session)| session)
    }

    /// What happened in a session, in order.
    pub fn events_of(&self, person: PersonId, session_id: SessionId) -> Vec<SessionEvent> {
        let span = (person, session_id, 0)..=(person, session_id, u32::MAX);
        self.session_events.range(span).map(|(_, it)| *it).collect()
    }

    /// The rule of a share.
    pub fn rule(&self, feed: FeedKey) -> Option<ShareRule> {
        let share = self.shares.get(&feed)?;
        Some(ShareRule {
            share_since: share.share_since,
            pauses: self.pauses.get(&feed).cloned().unwrap_or_default(),
        })
    }

    /// The open shares of a person, in the order of their ids.
    pub fn open_shares(&self, person: PersonId) -> Vec<ShareId> {
        let shares = self.shares.iter();
        shares
            .filter(|((owner, _), share)| *owner == person && share.closed_at_ms.is_none())
            .map(|((_, share_id), _)| *share_id)
            .collect()
    }

    /// The partnerships that a person is a member of now, in the order of joining.
    pub fn partnerships_of(&self, person: PersonId) -> Vec<PartnershipId> {
        let memberships = self.memberships.iter();
        let mut of_person: Vec<_> = memberships
            .filter(|((member, _), it)| *member == person && it.left_at_ms.is_none())
            .map(|((_, partnership_id), it)| (it.joined_at_ms, *partnership_id))
            .collect();
        of_person.sort_unstable();
        of_person.into_iter().map(|(_, id)| id).collect()
    }

    /// The members of a partnership now, in the order of joining.
    pub fn members_of(&self, partnership_id: PartnershipId) -> Vec<PersonId> {
        let memberships = self.memberships.iter();
        let mut members: Vec<_> = memberships
            .filter(|((_, of), it)| *of == partnership_id && it.left_at_ms.is_none())
            .map(|((person, _), it)| (it.joined_at_ms, *person))
            .collect();
        members.sort_unstable();
        members.into_iter().map(|(_, person)| person).collect()
    }

    /// The feeds of others, and own shares, that a person may read, by partnership and owner.
    pub fn readable_shares(&self, reader: PersonId) -> Vec<FeedKey> {
        let mine: BTreeSet<_> = self.partnerships_of(reader).into_iter().collect();
        let shares = self.shares.iter();
        let mut readable: Vec<_> = shares
            .filter(|((owner, _), share)| {
                let membership = self.memberships.get(&(*owner, share.partnership_id));
                share.closed_at_ms.is_none()
                    && mine.contains(&share.partnership_id)
                    && membership.is_some_and(|it| {
                        it.left_at_ms.is_none() && it.generation == share.generation
                    })
            })
            .map(|(feed, share)| (share.partnership_id, *feed))
            .collect();
        readable.sort_unstable();
        readable.into_iter().map(|(_, feed)| feed).collect()
    }

    /// What a share shows, by the rule and nothing else.
    pub fn visible_in(&self, feed: FeedKey) -> Vec<SharedSit> {
        let Some(rule) = self.rule(feed) else {
            return Vec::new();
        };
        let sessions = self.sessions_of(feed.0);
        sessions.filter_map(|it| visible(it, &rule)).collect()
    }

    /// What a feed's sessions sum up to, day by day, derived (I8).
    pub fn derived_days(&self, feed: FeedKey) -> Vec<DayTotal> {
        let (person, share_id) = feed;
        if share_id == ShareId::own(person) {
            return day_totals(self.sessions_of(person));
        }
        let Some(rule) = self.rule(feed) else {
            return Vec::new();
        };
        day_totals(
            self.sessions_of(person)
                .filter(|it| visible(it, &rule).is_some()),
        )
    }

    /// The stored totals of a feed.
    pub fn stored_days(&self, feed: FeedKey) -> Vec<DayTotal> {
        let rows = self.day_totals.iter();
        rows.filter(|((person, share_id, _), _)| (*person, *share_id) == feed)
            .map(|((_, _, local_date), (sits, credited_s))| DayTotal {
                local_date: *local_date,
                sits: *sits,
                credited_s: *credited_s,
            })
            .collect()
    }

    /// Sums the touched days of a feed again from its sessions (I8).
    pub(super) fn sum_days(&mut self, feed: FeedKey, dates: &BTreeSet<NaiveDate>) {
        let derived: BTreeMap<_, _> = self
            .derived_days(feed)
            .into_iter()
            .map(|day| (day.local_date, (day.sits, day.credited_s)))
            .collect();
        for date in dates {
            let key = (feed.0, feed.1, *date);
            match derived.get(date) {
                Some(total) => self.day_totals.insert(key, *total),
                None => self.day_totals.remove(&key),
            };
        }
    }

    /// Puts an entity at the newest position of a feed.
    pub(super) fn tell(&mut self, feed: FeedKey, session_id: SessionId, kind: ChangeKind) {
        let head = self.feeds.entry(feed).or_default();
        *head += 1;
        let row = ChangeRow { seq: *head, kind };
        self.changes.insert((feed.0, feed.1, session_id), row);
    }

    /// The changes of a feed after a position, in order.
    pub fn changes_after(&self, feed: FeedKey, after: u64) -> Vec<(SessionId, ChangeRow)> {
        let rows = self.changes.iter();
        let mut changes: Vec<_> = rows
            .filter(|((person, share_id, _), row)| (*person, *share_id) == feed && row.seq > after)
            .map(|((_, _, session_id), row)| (*session_id, *row))
            .collect();
        changes.sort_unstable_by_key(|(_, row)| row.seq);
        changes
    }

    /// Whether the share tells of the session as of one that is there.
    pub(super) fn is_in(&self, feed: FeedKey, session_id: SessionId) -> bool {
        let row = self.changes.get(&(feed.0, feed.1, session_id));
        row.is_some_and(|row| row.kind == ChangeKind::Session)
    }

    /// Whether the share is paused now.
    pub fn is_paused(&self, feed: FeedKey) -> bool {
        let pauses = self.pauses.get(&feed);
        pauses.is_some_and(|it| it.iter().any(|pause: &Pause| pause.until_ms.is_none()))
    }
}
