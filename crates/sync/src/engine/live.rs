//! The live stream, followed by a task of its own that ends with it; and the network, watched.

use std::time::Duration;

use mitta_domain::ShareId;
use mitta_protocol::live::LiveEvent;
use mitta_store::Claim;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Message;
use super::worker::{IDLE, Worker};
use crate::http::HttpRemote;
use crate::remote::RemoteError;
use crate::round::Failure;

/// What came of the live stream.
#[derive(Debug)]
pub(super) enum Told {
    /// It is open.
    Opened,
    /// An event.
    Event(LiveEvent),
    /// It ended.
    Ended(RemoteError),
}

/// Follows the live stream until it ends or the handle is aborted.
pub(super) fn follow(remote: HttpRemote, inbox: UnboundedSender<Message>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let tell = |told| inbox.send(Message::Live(told)).is_ok();
        let mut stream = match remote.live().await {
            Ok(stream) => stream,
            Err(error) => {
                tell(Told::Ended(error));
                return;
            }
        };
        let mut is_heard = tell(Told::Opened);
        while is_heard {
            is_heard = match stream.next().await {
                Ok(event) => tell(Told::Event(event)),
                Err(error) => {
                    tell(Told::Ended(error));
                    false
                }
            };
        }
    })
}

/// Watches the network until the handle is aborted; without it, only time wakes a sync that failed.
///
/// As a task: the crate's own thread is told to end through a pipe that every child process inherits,
/// and whoever ends it waits until the last of those (a web view) has gone.
fn watch_network(inbox: UnboundedSender<Message>) -> Option<JoinHandle<()>> {
    let watched = netwatcher::watch_interfaces_async::<netwatcher::async_adapter::Tokio>();
    let mut watch = watched
        .inspect_err(|error| tracing::warn!(?error, "the network cannot be watched"))
        .ok()?;
    Some(tokio::spawn(async move {
        // What is there at the beginning is no change.
        watch.changed().await;
        let mut is_heard = true;
        while is_heard {
            let update = watch.changed().await;
            let is_more = update.addrs_added().next().is_some();
            is_heard = !is_more || inbox.send(Message::Network).is_ok();
        }
    }))
}

impl Worker {
    /// Opens or closes the live stream, and watches the network: only for an account that is in use.
    pub(super) async fn follow_live(&mut self) {
        // Without a view there is no data folder yet, and none is made by looking.
        let in_use = self.shared.in_background
            && self.has_account()
            && self
                .account()
                .is_ok_and(|row| row.is_some_and(|r| r.signed_in && r.claim == Claim::Given));
        if !in_use {
            if let Some(network) = self.network.take() {
                network.abort();
            }
        } else if self.network.is_none() {
            self.network = watch_network(self.inbox.clone());
        }
        // A proposal to sit now has to be heard at once, window or not.
        if !(in_use && (self.want_live || self.has_partners())) {
            self.close_live();
            self.live_due = None;
        } else if self.live.is_none() && self.live_due.is_none() {
            match self.remote().await {
                Ok(Some(remote)) => self.live = Some(follow(remote, self.inbox.clone())),
                Ok(None) => {}
                // The keyring, most likely; the next round says so.
                Err(_) => self.live_later(None),
            }
        }
    }

    pub(super) fn close_live(&mut self) {
        if let Some(live) = self.live.take() {
            live.abort();
        }
        self.is_live = false;
        if self
            .shared
            .heard(|heard| std::mem::take(&mut heard.is_live))
        {
            (self.shared.on_together)();
        }
    }

    pub(super) fn hear(&mut self, told: Told) {
        match told {
            Told::Opened => {
                self.is_live = true;
                self.live_backoff.reset();
                if self.has_partners() {
                    self.hearing.wants_now = true;
                    self.want_clock();
                }
            }
            Told::Event(LiveEvent::Membership) => self.soon(Duration::ZERO),
            Told::Event(LiveEvent::Head { share_id, head_seq }) => {
                if !self.is_at(share_id, head_seq) {
                    self.soon(Duration::ZERO);
                }
            }
            Told::Event(LiveEvent::Now) => self.hearing.wants_now = true,
            Told::Event(LiveEvent::Unknown) => {}
            Told::Ended(error) => {
                tracing::debug!(%error, "the live stream ended");
                self.close_live();
                // Changes of the meantime are not told by the next stream's end, but by a look; and only
                // a round finds out what is the matter with a sign-in.
                let is_refused = error == RemoteError::SignInNeeded;
                self.soon(if is_refused { Duration::ZERO } else { IDLE });
                self.live_later(Failure::Remote(error).retry_after_s());
            }
        }
    }

    fn is_at(&mut self, share_id: ShareId, head_seq: u64) -> bool {
        self.store()
            .and_then(|store| Ok(store.reader.cursor(share_id)?.seq == head_seq))
            .unwrap_or(false)
    }

    fn live_later(&mut self, after_s: Option<u32>) {
        let wait_ms = self.live_backoff.failed((self.shared.random)(), after_s);
        self.live_due = Some(Instant::now() + Duration::from_millis(wait_ms));
    }
}
