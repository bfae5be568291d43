//! Fetching: pages until the head, each stored with its position (I7).

use mitta_domain::ShareId;
use mitta_protocol::pull::PullQuery;
use mitta_store::{Page, SyncWriteError};

use super::{Failure, Run, convert};
use crate::api::SyncPhase;
use crate::plan::{self, Feed, Stage};
use crate::remote::Remote;

impl<R: Remote> Run<'_, R> {
    /// Asks for one page and stores it.
    pub(super) async fn pull(&mut self, query: &PullQuery) -> Result<(), Failure> {
        let done = u64::from(self.pulled.changes);
        self.progress(SyncPhase::Pulling, done, done + self.left)?;
        let asked_ms = (self.now)();
        let answer = self.remote.pull(query).await?;
        self.hear_clock(asked_ms, answer.server_time_ms);
        let verdict = plan::page(&self.known, query, &answer);
        if !self.accept(&verdict, &answer.epoch)? {
            return Ok(());
        }
        let changes = u32::try_from(answer.changes.len()).unwrap_or(u32::MAX);
        let (next_after, complete) = (answer.next_after, answer.complete);
        self.left = answer.head_seq.saturating_sub(next_after);
        let (page, summary) = convert::page(&self.known, query.after, answer);
        let stored = match self.writer.apply_page(&page) {
            Ok(stored) => stored,
            Err(SyncWriteError::CursorMoved { .. }) => return self.reread(query.share_id),
            Err(error) => return Err(error.into()),
        };
        self.is_history_changed |= stored.changed;
        self.pulled.changes = self.pulled.changes.saturating_add(changes);
        if query.share_id.is_none() && complete {
            self.plan_shares(&page)?;
        }
        if let Some(feed) = self.plan.feed(query.share_id) {
            feed.after = next_after;
            if complete || stored.share_gone {
                feed.stage = Stage::Done;
            }
        }
        if complete && !stored.share_gone {
            self.at_head(query, summary)?;
        }
        Ok(())
    }

    /// Another process was quicker: its position counts.
    fn reread(&mut self, share: Option<ShareId>) -> Result<(), Failure> {
        self.has_moved()?;
        let feed = convert::feed(self.reader, &self.known, share, (self.now)())?;
        if let Some(old) = self.plan.feed(share) {
            *old = Feed {
                is_mended: old.is_mended,
                ..feed
            };
        }
        Ok(())
    }

    /// The shares that have something new, or are to be compared.
    fn plan_shares(&mut self, page: &Page) -> Result<(), Failure> {
        let own = ShareId::own(self.known.person_id);
        for share in page.membership.iter().flat_map(|m| &m.shares) {
            let id = Some(share.share_id);
            if share.share_id == own || self.plan.feed(id).is_some() {
                continue;
            }
            let feed = convert::feed(self.reader, &self.known, id, (self.now)())?;
            if feed.after != share.head_seq || feed.compare {
                self.plan.feeds.push(feed);
            }
        }
        Ok(())
    }
}
