//! The server of a history: the one in memory, and beside it, where one is given, the real one behind
//! Postgres, asked the same at every step. Each answer is compared.
//!
//! Must hold at every commit: a share's head moves only for what partners see differently (I10).

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::share::{SharedSit, visible};
use mitta_domain::{DeviceId, PersonId, SessionId, UnixMillis};
use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use uuid::Uuid;

use super::tables::{FeedKey, Tables};
use super::{Act, Commit, Memory, Postgres, Refusal, Server};
use crate::history::Broken;

/// The server of a history.
pub struct Host {
    /// The one in memory.
    pub memory: Memory,
    real: Option<super::postgres::Real>,
    backups: usize,
}

impl From<Refusal> for Broken {
    fn from(error: Refusal) -> Self {
        Self::new("the server", error)
    }
}

impl Host {
    /// A new server that knows these persons.
    ///
    /// # Errors
    /// [`Broken`] where Postgres cannot be had.
    pub fn new(
        server_id: Uuid,
        persons: &[PersonId],
        postgres: Option<&Postgres>,
        now_ms: i64,
    ) -> Result<Self, Broken> {
        let real = postgres.map(|it| it.fresh(persons, now_ms)).transpose()?;
        Ok(Self {
            memory: Memory::new(server_id, persons),
            real,
            backups: 0,
        })
    }

    /// `GET /v1/meta`.
    pub fn meta(&self, now_ms: i64) -> Meta {
        Meta {
            product: Meta::PRODUCT.to_owned(),
            version: "simulated".to_owned(),
            server_id: self.memory.server_id,
            epoch: self.memory.epoch(),
            oldest_protocol: mitta_protocol::PROTOCOL,
            newest_protocol: mitta_protocol::PROTOCOL,
            server_time_ms: UnixMillis(now_ms),
        }
    }

    /// How many backups there are.
    pub const fn backups(&self) -> usize {
        self.backups
    }

    /// Asks both, and compares the answers; `alike` takes out what may differ.
    fn both<T: PartialEq + std::fmt::Debug + Clone>(
        &mut self,
        mut ask: impl FnMut(&mut dyn Server) -> Result<T, Refusal>,
        alike: impl Fn(&mut T),
    ) -> Result<T, Refusal> {
        let answer = ask(&mut self.memory);
        let Some(real) = &mut self.real else {
            return answer;
        };
        let same = match (&answer, ask(real)) {
            (Ok(one), Ok(other)) => {
                let (mut one, mut other) = (one.clone(), other);
                alike(&mut one);
                alike(&mut other);
                if one == other {
                    None
                } else {
                    Some(format!("memory {one:?}\n  Postgres {other:?}"))
                }
            }
            (Err(Refusal::Code(one)), Err(Refusal::Code(other))) if *one == other => None,
            (one, other) => Some(format!("memory {one:?}\n  Postgres {other:?}")),
        };
        match same {
            None => answer,
            Some(what) => Err(Refusal::Broken(format!(
                "Postgres answers otherwise: {what}"
            ))),
        }
    }

    /// `POST /v1/push`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn push(
        &mut self,
        by: (PersonId, DeviceId),
        body: &[u8],
        now_ms: i64,
        commit: Commit,
    ) -> Result<PushAnswer, Refusal> {
        let before = self.memory.tables.clone();
        let answer = match commit {
            // Its transaction is rolled back by Postgres's own rules; nothing of ours runs there.
            Commit::Lost => self.memory.push(by, body, now_ms, commit),
            Commit::Done => self.both(
                |server| server.push(by, body, now_ms, commit),
                |answer| {
                    answer.server_id = Uuid::nil();
                    answer.epoch.clear();
                },
            ),
        };
        private_sits_move_nothing(&before, &self.memory.tables, by.0)?;
        answer
    }

    /// `GET /v1/pull`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn pull(
        &mut self,
        by: PersonId,
        query: &PullQuery,
        now_ms: i64,
    ) -> Result<PullAnswer, Refusal> {
        self.both(
            |server| server.pull(by, query, now_ms),
            |answer| {
                answer.server_id = Uuid::nil();
                answer.epoch.clear();
                // The memory knows no devices that were heard of.
                let members = answer
                    .partnerships
                    .iter_mut()
                    .flat_map(|it| &mut it.members);
                members.for_each(|member| member.heard_at_ms = None);
            },
        )
    }

    /// `GET /v1/weeks`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn weeks(&mut self, by: PersonId, query: &WeeksQuery) -> Result<WeeksAnswer, Refusal> {
        self.both(
            |server| server.weeks(by, query),
            |answer| answer.epoch.clear(),
        )
    }

    /// `GET /v1/sits`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn sits(&mut self, by: PersonId, query: &SitsQuery) -> Result<SitsAnswer, Refusal> {
        self.both(
            |server| server.sits(by, query),
            |answer| {
                answer.epoch.clear();
                answer.sessions.sort_by_key(|it| it.session.session_id);
                answer.shared.sort_by_key(|it| it.session_id);
            },
        )
    }

    /// Changes who shares what.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn act(&mut self, by: PersonId, act: &Act, now_ms: i64) -> Result<(), Refusal> {
        self.both(|server| server.act(by, act, now_ms), |()| ())
    }

    /// Makes a backup.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn back_up(&mut self) -> Result<(), Refusal> {
        self.backups += 1;
        self.both(|server| server.back_up(), |()| ())
    }

    /// Puts a backup in the place of the database, in a new epoch.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn restore(&mut self, backup: usize) -> Result<(), Refusal> {
        self.backups = backup + 1;
        self.both(|server| server.restore(backup), |()| ())
    }

    /// Compares all rows of both.
    ///
    /// # Errors
    /// [`Broken`] with the first table that differs.
    pub fn compare_databases(&mut self) -> Result<(), Broken> {
        match &mut self.real {
            Some(real) => real.compare(&self.memory.tables),
            None => Ok(()),
        }
    }
}

type Seen = BTreeMap<SessionId, SharedSit>;

fn seen(tables: &Tables, feed: FeedKey) -> Seen {
    let rule = tables.rule(feed);
    let shown = |session: &mitta_domain::Session| visible(session, rule.as_ref()?);
    let sits = tables.sessions_of(feed.0).filter_map(shown);
    sits.map(|sit| (sit.session_id, sit)).collect()
}

/// A share's feed tells of a session exactly where partners see it differently than before.
fn private_sits_move_nothing(
    before: &Tables,
    after: &Tables,
    person: PersonId,
) -> Result<(), Refusal> {
    for share_id in after.open_shares(person) {
        let feed = (person, share_id);
        let (then, now) = (seen(before, feed), seen(after, feed));
        let ids: BTreeSet<_> = then.keys().chain(now.keys()).copied().collect();
        let differ: BTreeSet<_> = ids
            .into_iter()
            .filter(|id| then.get(id) != now.get(id))
            .collect();
        let told = after.changes_after(feed, before.head(feed));
        let told: BTreeSet<_> = told.into_iter().map(|(session_id, _)| session_id).collect();
        let moved = after.head(feed) - before.head(feed);
        if differ != told || moved != told.len() as u64 {
            return Err(Refusal::Broken(format!(
                "a share tells of other sits than those that are seen differently (I10): told {told:?}, differ {differ:?}, moved by {moved}"
            )));
        }
    }
    Ok(())
}
