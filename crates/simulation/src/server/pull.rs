//! What a person may read: pages of changes, weeks, and the rows of some dates.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use mitta_domain::calendar::Week;
use mitta_domain::digest::Digest;
use mitta_domain::share::visible;
use mitta_domain::{PersonId, Session, ShareId};
use mitta_protocol::ErrorCode;
use mitta_protocol::partnership::{Member, Partnership};
use mitta_protocol::pull::{Pulled, PulledChange, Share, Summary};
use mitta_protocol::row::SessionRow;
use mitta_protocol::weeks::{OwnSit, WeekSummary};
use mitta_server::fold::ChangeKind;

use super::Refusal;
use super::tables::{FeedKey, Tables};

/// The feed that a query names, if its reader may read it (I10).
pub(super) fn feed(
    tables: &Tables,
    reader: PersonId,
    share_id: Option<ShareId>,
) -> Result<FeedKey, Refusal> {
    let own = ShareId::own(reader);
    match share_id {
        None => Ok((reader, own)),
        Some(id) if id == own => Ok((reader, own)),
        Some(id) => {
            let readable = tables.readable_shares(reader);
            let found = readable.into_iter().find(|(_, share_id)| *share_id == id);
            found.ok_or(Refusal::Code(ErrorCode::NoSuchShare))
        }
    }
}

/// One page.
pub(super) struct Page {
    pub(super) changes: Vec<PulledChange>,
    pub(super) next_after: u64,
    pub(super) complete: bool,
}

pub(super) fn page(tables: &Tables, feed: FeedKey, after: u64, limit: u32) -> Page {
    let head = tables.head(feed);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut rows = tables.changes_after(feed, after);
    let complete = rows.len() <= limit;
    rows.truncate(limit);
    let last = rows.last().map(|(_, row)| row.seq);
    let changes = rows.into_iter().filter_map(|(session_id, row)| {
        let session = tables.sessions.get(&(feed.0, session_id))?;
        let entity = if feed.1 == ShareId::own(feed.0) {
            Pulled::Session {
                session: Box::new(session.clone().into()),
                events: tables.events_of(feed.0, session_id),
            }
        } else {
            match visible(session, &tables.rule(feed)?) {
                Some(sit) if row.kind == ChangeKind::Session => Pulled::Shared { sit },
                _ => Pulled::Withdrawn { session_id },
            }
        };
        Some(PulledChange {
            seq: row.seq,
            entity,
        })
    });
    Page {
        changes: changes.collect(),
        next_after: match last {
            Some(last) if !complete => last,
            _ => head.max(after.min(head)),
        },
        complete,
    }
}

/// The rows that a feed holds, each with its date.
fn own_rows(tables: &Tables, person: PersonId) -> impl Iterator<Item = &Session> {
    tables.sessions_of(person)
}

/// What the feed tells of as there, and the rule shows.
fn shared_rows(tables: &Tables, feed: FeedKey) -> Vec<mitta_domain::share::SharedSit> {
    let shown = tables.visible_in(feed).into_iter();
    let mut rows: Vec<_> = shown
        .filter(|it| tables.is_in(feed, it.session_id))
        .collect();
    rows.sort_by_key(|it| tables.changes[&(feed.0, feed.1, it.session_id)].seq);
    rows
}

pub(super) fn summary(tables: &Tables, feed: FeedKey) -> Summary {
    let days = tables.stored_days(feed);
    let (rows, digest) = if feed.1 == ShareId::own(feed.0) {
        let count = own_rows(tables, feed.0).count();
        (count, Digest::of_sessions(own_rows(tables, feed.0)))
    } else {
        let rows = shared_rows(tables, feed);
        (rows.len(), Digest::of_shared(&rows))
    };
    Summary {
        rows: rows as u64,
        digest,
        sits: days.iter().map(|day| u64::from(day.sits)).sum(),
        credited_s: days.iter().map(|day| day.credited_s).sum(),
    }
}

pub(super) fn weeks(tables: &Tables, feed: FeedKey, week_start: Weekday) -> Vec<WeekSummary> {
    let mut weeks: BTreeMap<NaiveDate, WeekSummary> = BTreeMap::new();
    let mut at = |date: NaiveDate, add: &dyn Fn(&mut WeekSummary)| {
        let first_date = Week::of(date, week_start).start();
        let empty = WeekSummary {
            first_date,
            rows: 0,
            digest: Digest::default(),
            sits: 0,
            credited_s: 0,
        };
        add(weeks.entry(first_date).or_insert(empty));
    };
    if feed.1 == ShareId::own(feed.0) {
        for session in own_rows(tables, feed.0) {
            at(session.start.local_date, &|week| {
                week.rows += 1;
                week.digest.add_session(session);
            });
        }
    } else {
        for sit in shared_rows(tables, feed) {
            at(sit.local_date, &|week| {
                week.rows += 1;
                week.digest.add_shared(&sit);
            });
        }
    }
    for day in tables.stored_days(feed) {
        at(day.local_date, &|week| {
            week.sits += u64::from(day.sits);
            week.credited_s += day.credited_s;
        });
    }
    weeks.into_values().collect()
}

pub(super) fn sits(
    tables: &Tables,
    feed: FeedKey,
    from: NaiveDate,
    to: NaiveDate,
) -> (Vec<OwnSit>, Vec<mitta_domain::share::SharedSit>) {
    let within = |date: NaiveDate| (from..=to).contains(&date);
    if feed.1 != ShareId::own(feed.0) {
        let rows = shared_rows(tables, feed).into_iter();
        return (
            Vec::new(),
            rows.filter(|it| within(it.local_date)).collect(),
        );
    }
    let rows = own_rows(tables, feed.0).filter(|it| within(it.start.local_date));
    let own = rows.map(|it| OwnSit {
        session: SessionRow::from(it.clone()),
        events: tables.events_of(feed.0, it.start.session_id),
    });
    (own.collect(), Vec::new())
}

/// Every share that a person may read, the own feed first.
pub(super) fn shares(tables: &Tables, reader: PersonId) -> Vec<Share> {
    let own = ShareId::own(reader);
    let mut shares = vec![Share {
        share_id: own,
        person_id: reader,
        partnership_id: None,
        generation: 1,
        share_since: None,
        head_seq: tables.head((reader, own)),
    }];
    shares.extend(
        tables
            .readable_shares(reader)
            .into_iter()
            .filter_map(|feed| {
                let share = tables.shares.get(&feed)?;
                Some(Share {
                    share_id: feed.1,
                    person_id: feed.0,
                    partnership_id: Some(share.partnership_id),
                    generation: share.generation,
                    share_since: Some(share.share_since),
                    head_seq: tables.head(feed),
                })
            }),
    );
    shares
}

/// Every partnership of a person, themselves first.
pub(super) fn partnerships(tables: &Tables, reader: PersonId) -> Vec<Partnership> {
    let of_reader = tables.partnerships_of(reader).into_iter();
    let partnership = |partnership_id| {
        let mut members = tables.members_of(partnership_id);
        members.sort_by_key(|person| *person != reader);
        let member = |person: PersonId| {
            let membership = tables.memberships.get(&(person, partnership_id))?;
            let open = tables.shares.iter().find(|((owner, _), share)| {
                *owner == person
                    && share.partnership_id == partnership_id
                    && share.closed_at_ms.is_none()
            });
            let is_paused = open.map(|(feed, _)| tables.is_paused(*feed));
            Some(Member {
                person_id: person,
                display_name: display_name(person),
                weekly_goal_s: None,
                share_since: membership.share_since,
                is_paused: is_paused.filter(|_| person == reader),
                shows_sitting: (person == reader).then_some(false),
                heard_at_ms: None,
            })
        };
        Partnership {
            partnership_id,
            name: NAME.to_owned(),
            week_start: Weekday::Mon,
            members: members.into_iter().filter_map(member).collect(),
        }
    };
    of_reader.map(partnership).collect()
}

/// What every partnership of a history is called.
pub(super) const NAME: &str = "two who sit";

/// How a person of a history is called.
pub(super) fn display_name(person: PersonId) -> String {
    let text = person.to_string();
    text.chars().rev().take(8).collect()
}
