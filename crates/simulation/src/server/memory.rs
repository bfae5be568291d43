//! The server over tables in memory. A transaction works on a copy of what it may change and takes its
//! place only when it is committed.

use chrono::Weekday;
use mitta_domain::{DeviceId, PersonId, ShareId, UnixMillis};
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use uuid::Uuid;

use super::tables::Tables;
use super::{Act, Commit, Refusal, Server, member, pull, push};

/// The server over tables in memory.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Who it is.
    pub server_id: Uuid,
    /// The tables now.
    pub tables: Tables,
    epoch: u64,
    backups: Vec<Tables>,
}

impl Memory {
    /// An empty server that knows these persons.
    pub fn new(server_id: Uuid, persons: &[PersonId]) -> Self {
        let mut tables = Tables::default();
        for person in persons {
            tables.feeds.insert((*person, ShareId::own(*person)), 0);
        }
        Self {
            server_id,
            tables,
            epoch: 1,
            backups: Vec::new(),
        }
    }

    /// The epoch that is served.
    pub fn epoch(&self) -> String {
        format!("{}-1-1", self.epoch)
    }
}

impl Server for Memory {
    fn push(
        &mut self,
        (person, _): (PersonId, DeviceId),
        body: &[u8],
        now_ms: i64,
        commit: Commit,
    ) -> Result<PushAnswer, Refusal> {
        let mut tables = self.tables.clone();
        let (outcomes, sessions) = push::push(&mut tables, person, body, now_ms)?;
        if commit == Commit::Done {
            self.tables = tables;
        }
        Ok(PushAnswer {
            server_id: self.server_id,
            epoch: self.epoch(),
            server_time_ms: UnixMillis(now_ms),
            person_id: person,
            outcomes,
            sessions,
        })
    }

    fn pull(
        &mut self,
        by: PersonId,
        query: &PullQuery,
        now_ms: i64,
    ) -> Result<PullAnswer, Refusal> {
        let tables = &self.tables;
        let feed = pull::feed(tables, by, query.share_id)?;
        let limit = query.limit.unwrap_or(mitta_protocol::MAX_PAGE);
        let page = pull::page(tables, feed, query.after, limit);
        let summary = (query.summary && page.complete).then(|| pull::summary(tables, feed));
        Ok(PullAnswer {
            server_id: self.server_id,
            epoch: self.epoch(),
            server_time_ms: UnixMillis(now_ms),
            person_id: by,
            share_id: feed.1,
            head_seq: tables.head(feed),
            changes: page.changes,
            next_after: page.next_after,
            complete: page.complete,
            summary,
            shares: pull::shares(tables, by),
            partnerships: pull::partnerships(tables, by),
        })
    }

    fn weeks(&mut self, by: PersonId, query: &WeeksQuery) -> Result<WeeksAnswer, Refusal> {
        let feed = pull::feed(&self.tables, by, query.share_id)?;
        let week_start = query.week_start.unwrap_or(Weekday::Mon);
        Ok(WeeksAnswer {
            epoch: self.epoch(),
            head_seq: self.tables.head(feed),
            weeks: pull::weeks(&self.tables, feed, week_start),
        })
    }

    fn sits(&mut self, by: PersonId, query: &SitsQuery) -> Result<SitsAnswer, Refusal> {
        let feed = pull::feed(&self.tables, by, query.share_id)?;
        let (sessions, shared) = pull::sits(&self.tables, feed, query.from, query.to);
        Ok(SitsAnswer {
            epoch: self.epoch(),
            head_seq: self.tables.head(feed),
            sessions,
            shared,
        })
    }

    fn act(&mut self, by: PersonId, act: &Act, now_ms: i64) -> Result<(), Refusal> {
        let mut tables = self.tables.clone();
        member::act(&mut tables, by, act, now_ms)?;
        self.tables = tables;
        Ok(())
    }

    fn back_up(&mut self) -> Result<(), Refusal> {
        self.backups.push(self.tables.clone());
        Ok(())
    }

    fn restore(&mut self, backup: usize) -> Result<(), Refusal> {
        self.backups.truncate(backup + 1);
        let tables = self.backups.last();
        self.tables = tables
            .ok_or_else(|| Refusal::Broken("no backup".to_owned()))?
            .clone();
        self.epoch += 1;
        Ok(())
    }
}
