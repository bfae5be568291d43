//! The thread of sync: one thing after the other, each of which may be dropped at any await.

use std::sync::Arc;
use std::time::Duration;

use mitta_protocol::live::LiveEvent;
use mitta_store::{AccountRow, Opening, Owner, Reader, Writer};
use reqwest::Client;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::hearing::Hearing;
use super::live::Told;
use super::presence::Telling;
use super::shared::Shared;
use super::signed_in::Kept;
use super::{Ask, Message, Reply};
use crate::api::{AccountError, SyncProgress, SyncView};
use crate::backoff::Backoff;
use crate::http;
use crate::round::{Progress, RoundReport, round};
use crate::token::Tokens;

/// Without a live stream, so long between two looks at the server.
pub(super) const IDLE: Duration = Duration::from_mins(15);
/// With one, it only makes sure.
pub(super) const IDLE_LIVE: Duration = Duration::from_hours(6);
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
    pub(super) signed_in: Option<Kept>,
    /// Whose account was last used.
    pub(super) owner: Option<Owner>,
    /// The account when it was last looked at: other processes change it too.
    pub(super) seen: Option<AccountRow>,
    pub(super) backoff: Backoff,
    pub(super) due: Option<Instant>,
    /// The server wants to be left alone until then.
    pub(super) not_before: Option<Instant>,
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
    pub(super) hearing: Hearing,
    pub(super) telling: Telling,
}

/// What woke the thread.
enum Wake {
    Message(Message),
    Due,
    LiveDue,
    ClockDue,
    PresenceDue,
    NowDue,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, inbox: UnboundedSender<Message>) -> Self {
        let tokens = Tokens::new(&shared.dir, Arc::clone(&shared.keyring));
        Self {
            shared,
            tokens,
            signed_in: None,
            owner: None,
            seen: None,
            backoff: Backoff::default(),
            due: None,
            not_before: None,
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
            hearing: Hearing::default(),
            telling: Telling::default(),
        }
    }

    pub(super) async fn run(mut self, mut messages: UnboundedReceiver<Message>) {
        self.note_account();
        if self.shared.in_background && self.seen.is_some() {
            self.due = Some(Instant::now());
        }
        loop {
            self.follow_live().await;
            self.ask_what_is_wanted().await;
            self.shared.publish();
            let wake = tokio::select! {
                biased;
                message = messages.recv() => message.map(Wake::Message),
                () = until(self.due) => Some(Wake::Due),
                () = until(self.live_due) => Some(Wake::LiveDue),
                () = until(self.hearing.clock_due) => Some(Wake::ClockDue),
                () = until(self.telling.due) => Some(Wake::PresenceDue),
                () = until(self.hearing.now_due) => Some(Wake::NowDue),
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
                    Wake::ClockDue => {
                        self.hearing.clock_due = None;
                        self.want_clock();
                        None
                    }
                    Wake::NowDue => {
                        self.hearing.now_due = None;
                        self.hearing.wants_now = true;
                        None
                    }
                    Wake::PresenceDue => {
                        self.look_at_presence().await;
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

    pub(super) async fn take(&mut self, message: Message) {
        match message {
            Message::Nudge => {
                self.look_at_account();
                self.drop_old_sign_in().await;
                if self.has_waiting() {
                    self.backoff.reset();
                    self.soon(Duration::ZERO);
                }
                self.look_at_presence().await;
            }
            Message::Sit => self.telling.soon(),
            Message::Network => {
                self.backoff.reset();
                self.live_backoff.reset();
                if self.shared.in_background && self.has_account() {
                    self.soon(NETWORK_SETTLES);
                }
            }
            Message::WantLive(is_wanted) => self.want_live = is_wanted,
            Message::Live(told) => self.hear(told),
            Message::Found(found) => self.found(found),
            Message::Ask(ask) => self.answer(ask).await,
        }
    }

    /// Due after `wait`, unless it is due before; but not before the server wants.
    pub(super) fn soon(&mut self, wait: Duration) {
        let at = Instant::now() + wait;
        let at = self.not_before.map_or(at, |earliest| at.max(earliest));
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// One round, if there is an account that may be used. Gives back the message that ended it.
    async fn sync(&mut self, messages: &mut UnboundedReceiver<Message>) -> Option<Message> {
        let _turn = self.turn_of_round().await?;
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
                    // Nor does the next sign that one is sitting.
                    () = until(self.telling.due) => break None,
                    message = messages.recv() => match message? {
                        Message::Nudge | Message::Network => is_again = true,
                        Message::Sit => self.telling.soon(),
                        Message::WantLive(is_wanted) => self.want_live = is_wanted,
                        // A proposal may begin in half a minute: it does not wait for a long round, which
                        // goes on with what is stored.
                        message @ (Message::Live(Told::Event(LiveEvent::Now)) | Message::Found(_)) => {
                            ended_by = Some(message);
                            break None;
                        }
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
        let is_done = if let Some(report) = report {
            self.end(report).await
        } else {
            // What it has stored is shown.
            (self.shared.on_history_changed)();
            false
        };
        self.waiters.append(&mut next_waiters);
        if self.is_waited_for() {
            self.due = Some(Instant::now());
        } else if !is_done || (is_again && self.has_waiting()) {
            self.soon(Duration::ZERO);
        }
        if is_again {
            self.look_at_account();
        }
        for told in told {
            self.hear(told);
        }
        // Who may see it, or what is private, may be another than before.
        self.look_at_presence().await;
        ended_by
    }

    /// Notes what a round came to, and tells those who asked for it. `false`: it is to be done again.
    async fn end(&mut self, report: RoundReport) -> bool {
        let done = if report.is_refused() {
            self.has_another_sign_in().await
        } else {
            Ok(false)
        };
        match done {
            Ok(true) => {
                if report.is_history_changed {
                    (self.shared.on_history_changed)();
                }
                return false;
            }
            Ok(false) => self.settle(report),
            Err(error) => self.failed_before(error),
        }
        self.tell_waiters();
        true
    }

    pub(super) fn is_waited_for(&self) -> bool {
        !self.waiters.is_empty()
    }

    /// Answers those who asked for a round that there was none.
    pub(super) fn refuse_waiters(&mut self, error: &AccountError) {
        for reply in self.waiters.drain(..) {
            let _ = reply.send(Err(error.clone()));
        }
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
        if let Ok(store) = self.store()
            && let Err(error) = store.writer.offer_now()
        {
            tracing::warn!(%error, "what was put off is offered later");
        }
        self.due = Some(Instant::now());
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
