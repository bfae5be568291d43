//! The thread of sync: one thing after the other, each of which may be dropped at any await.

use std::sync::Arc;
use std::time::Duration;

use mitta_store::{AccountRow, Claim, Opening, Reader, SyncLock, Writer};
use reqwest::Client;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::shared::Shared;
use super::{Ask, Message, Reply};
use crate::address::ServerUrl;
use crate::api::{AccountError, AccountErrorCode as Code, SyncProgress, SyncView};
use crate::backoff::Backoff;
use crate::http::{self, HttpRemote};
use crate::round::{Progress, round};
use crate::token::{Token, Tokens};

/// Without a live stream, so long between two looks at the server.
pub(super) const IDLE: Duration = Duration::from_mins(15);
/// With one, it only makes sure.
pub(super) const IDLE_LIVE: Duration = Duration::from_hours(6);
/// While another process syncs, it looks again after so long.
const OTHER_PROCESS: Duration = Duration::from_mins(1);
/// Who was asked to sync tries so often to get its turn, with a pause in between.
const LOCK_TRIES: u32 = 600;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// A network that has just come needs a moment, and rarely comes alone.
const NETWORK_SETTLES: Duration = Duration::from_secs(2);

/// The data folder, opened.
pub(super) struct Store {
    pub(super) writer: Writer,
    pub(super) reader: Reader,
}

/// The thread's own.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) tokens: Tokens,
    pub(super) token: Option<Token>,
    pub(super) backoff: Backoff,
    pub(super) due: Option<Instant>,
    pub(super) inbox: UnboundedSender<Message>,
    store: Option<Store>,
    client: Option<Client>,
    pub(super) network: Option<JoinHandle<()>>,
    waiters: Vec<Reply<SyncView>>,
    pub(super) want_live: bool,
    pub(super) live: Option<JoinHandle<()>>,
    pub(super) is_live: bool,
    pub(super) live_backoff: Backoff,
    pub(super) live_due: Option<Instant>,
}

/// What woke the thread.
enum Wake {
    Message(Message),
    Due,
    LiveDue,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, inbox: UnboundedSender<Message>) -> Self {
        let tokens = Tokens::new(&shared.dir, Arc::clone(&shared.keyring));
        Self {
            shared,
            tokens,
            token: None,
            backoff: Backoff::default(),
            due: None,
            inbox,
            store: None,
            client: None,
            network: None,
            waiters: Vec::new(),
            want_live: false,
            live: None,
            is_live: false,
            live_backoff: Backoff::default(),
            live_due: None,
        }
    }

    pub(super) async fn run(mut self, mut messages: UnboundedReceiver<Message>) {
        if self.shared.in_background && self.has_account() {
            self.due = Some(Instant::now());
        }
        loop {
            self.follow_live().await;
            self.shared.publish();
            let wake = tokio::select! {
                biased;
                message = messages.recv() => message.map(Wake::Message),
                () = until(self.due) => Some(Wake::Due),
                () = until(self.live_due) => Some(Wake::LiveDue),
            };
            let Some(mut wake) = wake else { return };
            // A round may be ended by a message, which is then the next to be seen to.
            loop {
                let next = match wake {
                    Wake::Message(message) => {
                        self.take(message).await;
                        None
                    }
                    Wake::Due => {
                        self.due = None;
                        self.sync(&mut messages).await
                    }
                    Wake::LiveDue => {
                        self.live_due = None;
                        None
                    }
                };
                match next {
                    Some(message) => wake = Wake::Message(message),
                    None => break,
                }
            }
        }
    }

    async fn take(&mut self, message: Message) {
        match message {
            Message::Nudge => {
                if self.has_waiting() {
                    self.backoff.reset();
                    self.soon(Duration::ZERO);
                }
            }
            Message::Network => {
                self.backoff.reset();
                self.live_backoff.reset();
                if self.shared.in_background && self.has_account() {
                    self.soon(NETWORK_SETTLES);
                }
            }
            Message::WantLive(is_wanted) => self.want_live = is_wanted,
            Message::Live(told) => self.hear(told),
            Message::Ask(ask) => self.answer(ask).await,
        }
    }

    /// Due after `wait`, unless it is due before.
    pub(super) fn soon(&mut self, wait: Duration) {
        let at = Instant::now() + wait;
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// One round, if there is an account that may be used. Gives back the message that ended it.
    async fn sync(&mut self, messages: &mut UnboundedReceiver<Message>) -> Option<Message> {
        let _lock = self.lock().await?;
        let remote = match self.remote().await {
            Ok(Some(remote)) => remote,
            Ok(None) => {
                self.tell_waiters();
                return None;
            }
            Err(error) => {
                self.failed_before(error);
                self.tell_waiters();
                return None;
            }
        };
        let shared = Arc::clone(&self.shared);
        let mut watch = |progress: Progress| {
            shared.live(|live| live.progress = Some(shown(progress)));
            shared.publish();
            std::ops::ControlFlow::Continue(())
        };
        let now = || shared.now();
        let mut is_again = false;
        let (mut told, mut next_waiters) = (Vec::new(), Vec::new());
        let mut ended_by = None;
        let report = {
            let Store { writer, reader } = self.store.as_mut()?;
            let round = round(writer, reader, &remote, &now, &mut watch);
            tokio::pin!(round);
            loop {
                tokio::select! {
                    report = &mut round => break Some(report),
                    message = messages.recv() => match message? {
                        Message::Nudge | Message::Network => is_again = true,
                        Message::WantLive(is_wanted) => self.want_live = is_wanted,
                        // Often what this very round has sent.
                        Message::Live(event) => told.push(event),
                        // This round may be past what the one who asks wants to be sent.
                        Message::Ask(Ask::SyncNow(reply)) => next_waiters.push(reply),
                        // Everything else first: what was stored stays, the rest is asked again.
                        message @ Message::Ask(_) => {
                            ended_by = Some(message);
                            break None;
                        }
                    }
                }
            }
        };
        self.shared.live(|live| live.progress = None);
        let is_done = report.is_some();
        if let Some(report) = report {
            self.settle(report);
            self.tell_waiters();
        }
        self.waiters.append(&mut next_waiters);
        let is_asked = !self.waiters.is_empty();
        if !is_done || is_asked || (is_again && self.has_waiting()) {
            self.soon(Duration::ZERO);
        }
        for told in told {
            self.hear(told);
        }
        ended_by
    }

    /// Answers those who asked for a round.
    pub(super) fn tell_waiters(&mut self) {
        if self.waiters.is_empty() {
            return;
        }
        let view = self.shared.view();
        for reply in self.waiters.drain(..) {
            let _ = reply.send(view.clone());
        }
    }

    pub(super) fn wait_for_round(&mut self, reply: Reply<SyncView>) {
        self.waiters.push(reply);
        self.backoff.reset();
        self.due = Some(Instant::now());
    }

    /// The server of the account, if it may be asked.
    pub(super) async fn remote(&mut self) -> Result<Option<HttpRemote>, AccountError> {
        match self.account()? {
            Some(row) if row.signed_in && row.claim == Claim::Given => {
                self.remote_of(&row).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The account's server with the account's token.
    pub(super) async fn remote_of(&mut self, row: &AccountRow) -> Result<HttpRemote, AccountError> {
        let url = ServerUrl::parse(&row.server_url)?;
        if self.token.is_none() {
            self.token = self.tokens.load(row.token_place, &url).await?;
        }
        let token = self.token.clone().ok_or_else(sign_in_needed)?;
        Ok(HttpRemote::new(self.client()?, url, Some(token)))
    }

    pub(super) fn client(&mut self) -> Result<Client, AccountError> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = http::client()?;
        self.client = Some(client.clone());
        Ok(client)
    }

    pub(super) fn store(&mut self) -> Result<&mut Store, AccountError> {
        if self.store.is_none() {
            let opening = Opening {
                is_checked: self.shared.is_checked,
                ..Opening::new(self.shared.now(), self.shared.new_device_id)
            };
            let (writer, _) = Writer::open(&self.shared.dir, opening)?;
            let reader = Reader::open(&self.shared.dir)?;
            self.store = Some(Store { writer, reader });
        }
        let none = || AccountError::internal(&"the history is not open");
        self.store.as_mut().ok_or_else(none)
    }

    pub(super) fn account(&mut self) -> Result<Option<AccountRow>, AccountError> {
        Ok(self.store()?.reader.account()?)
    }

    pub(super) fn has_account(&self) -> bool {
        self.shared.view().is_ok_and(|view| view.account.is_some())
    }

    fn has_waiting(&mut self) -> bool {
        let now = self.shared.now();
        if !self.shared.in_background || !self.has_account() {
            return false;
        }
        let batch = self.store().and_then(|store| {
            let counts = store.reader.sync_counts()?;
            let due = store.reader.outbox_batch(1, 1, now)?;
            Ok(counts.to_offer > 0 || !due.is_empty())
        });
        batch.unwrap_or(true)
    }

    /// Only one process of a folder syncs at a time. Who was asked to waits a while for its turn; who
    /// syncs by itself looks again later.
    async fn lock(&mut self) -> Option<SyncLock> {
        let is_asked = !self.waiters.is_empty();
        let tries = if is_asked { LOCK_TRIES } else { 1 };
        for nth in 0..tries {
            if nth > 0 {
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            match SyncLock::try_take(&self.shared.dir) {
                Ok(Some(lock)) => return Some(lock),
                Ok(None) => {}
                Err(error) => {
                    self.failed_before(AccountError::new(Code::Storage, error));
                    self.tell_waiters();
                    return None;
                }
            }
        }
        if self.shared.in_background {
            self.soon(OTHER_PROCESS);
        }
        self.tell_waiters();
        None
    }
}

pub(super) fn sign_in_needed() -> AccountError {
    AccountError::new(Code::SignInNeeded, "please sign in")
}

fn shown(progress: Progress) -> SyncProgress {
    SyncProgress {
        phase: progress.phase,
        done: progress.done,
        total: progress.total,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
