//! Sync as a process has it: a thread of its own that is woken by new changes, by the network, by the
//! server's live stream and by time, and that answers the account commands.
//!
//! Must hold: without an account there is no network at all; no call waits for ever; nothing here is
//! needed for a sit, and stopping it is bounded (I9).

mod account;
mod commands;
mod enter;
mod examine;
mod hearing;
mod live;
mod now;
mod outcome;
mod partners;
mod presence;
mod proposals;
mod refused;
mod shared;
mod signed_in;
#[cfg(test)]
mod tests;
mod together;
mod turn;
mod worker;

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mitta_domain::{DeviceId, UnixMillis};
use mitta_store::{ClockRow, DataDir};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::api::{
    AccountError, ChangePasswordArgs, CheckServerArgs, ClaimArgs, DeviceArgs, DeviceList,
    ExportArgs, Exported, OpArgs, PasswordArgs, RecoverAccountArgs, RecoveryCode, RejectedOps,
    ServerInfo, SignInArgs, SignUpArgs, SignedInView, SyncView,
};
use crate::token::Keyring;
use partners::PartnerAsk;
use shared::Shared;
use worker::Worker;

pub use now::Unanswered;

/// So long [`SyncEngine::stop`] waits for the thread; a thread that is stuck is left behind.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// What sync needs from its process.
pub struct Config {
    /// The data folder.
    pub dir: DataDir,
    /// The device that a new database becomes.
    pub new_device_id: DeviceId,
    /// The wall clock.
    pub now: Arc<dyn Fn() -> UnixMillis + Send + Sync>,
    /// The clock that counts on while the computer sleeps, in milliseconds since it started; the very one
    /// that sits are timed by.
    pub boot_ms: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Which boot that clock counts from; empty where the system does not tell.
    pub boot_id: String,
    /// Any number, another one each time: for waits that are not everybody's.
    pub random: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Where sign-ins are kept.
    pub keyring: Arc<dyn Keyring>,
    /// Told of every change of the state; on sync's thread, and not to block it.
    pub on_update: Box<dyn Fn(SyncView) + Send + Sync>,
    /// Told when something came in that changes what is shown; on sync's thread, not to block it.
    pub on_history_changed: Box<dyn Fn() + Send + Sync>,
    /// Told when who sits, what is proposed or what was joined is another than before; on sync's thread,
    /// not to block it.
    pub on_together: Box<dyn Fn() + Send + Sync>,
    /// Whether it syncs by itself; else only when asked.
    pub in_background: bool,
    /// Whether this process has the data folder open already, which it checked on the way: sync then
    /// does not check it once more.
    pub is_checked: bool,
}

/// Sync, running.
pub struct SyncEngine {
    shared: Arc<Shared>,
    inbox: UnboundedSender<Message>,
    stop: Option<oneshot::Sender<()>>,
    /// In a lock, so that several threads may hold the engine.
    ended: Mutex<mpsc::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Where an answer goes; nobody may be waiting for it any more.
type Reply<T> = mpsc::SyncSender<Result<T, AccountError>>;

/// What reaches the thread.
enum Message {
    /// The history here has changed.
    Nudge,
    /// A sit was begun, paused or ended here, which is being written.
    Sit,
    /// The network is another than before.
    Network,
    /// Whether the process wants to hear of changes as they happen.
    WantLive(bool),
    /// The live stream told something, or ended.
    Live(live::Told),
    /// What was asked on the side was answered.
    Found(hearing::Found),
    /// A command.
    Ask(Ask),
}

/// A command, and where its answer goes.
enum Ask {
    SyncNow(Reply<SyncView>),
    Cancel(Reply<SyncView>),
    CheckServer(CheckServerArgs, Reply<ServerInfo>),
    SignUp(SignUpArgs, Reply<SignedInView>),
    SignIn(SignInArgs, Reply<SignedInView>),
    Recover(RecoverAccountArgs, Reply<SignedInView>),
    Claim(ClaimArgs, Reply<SyncView>),
    SignOut(Reply<SyncView>),
    LeaveServer(Reply<SyncView>),
    Devices(Reply<DeviceList>),
    Revoke(DeviceArgs, Reply<DeviceList>),
    ChangePassword(ChangePasswordArgs, Reply<SyncView>),
    NewRecoveryCode(PasswordArgs, Reply<RecoveryCode>),
    Export(ExportArgs, Reply<Exported>),
    Erase(PasswordArgs, Reply<SyncView>),
    Rejected(Reply<RejectedOps>),
    ExportRejected(ExportArgs, Reply<Exported>),
    Dismiss(OpArgs, Reply<RejectedOps>),
    Partners(PartnerAsk),
}

impl SyncEngine {
    /// Starts the thread. Opening the data folder happens on it.
    ///
    /// # Errors
    /// What the system says where there is no thread to be had.
    pub fn start(config: Config) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(config));
        let (inbox, messages) = unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = mpsc::channel();
        let worker = Worker::new(Arc::clone(&shared), inbox.clone());
        let body = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            match runtime {
                Ok(runtime) => {
                    runtime.block_on(async {
                        // Whatever it is at may be dropped: all that counts is stored.
                        tokio::select! {
                            biased;
                            _ = stopped => {}
                            () = worker.run(messages) => {}
                        }
                    });
                    // A name that is being looked up must not hold up the end.
                    runtime.shutdown_background();
                }
                Err(error) => tracing::error!(%error, "sync cannot run"),
            }
            let _ = end.send(());
        };
        let builder = thread::Builder::new().name("mitta-sync".to_owned());
        let thread = builder.spawn(body)?;
        Ok(Self {
            shared,
            inbox,
            stop: Some(stop),
            ended: Mutex::new(ended),
            thread: Some(thread),
        })
    }

    /// Says that the history here has changed.
    pub fn nudge(&self) {
        let _ = self.inbox.send(Message::Nudge);
    }

    /// Says that the sit here is another than before: partners who may see it are told.
    pub fn sit_changed(&self) {
        let _ = self.inbox.send(Message::Sit);
    }

    /// How the server's clock stands to this computer's, measured now unless that was done a little while
    /// ago.
    ///
    /// # Errors
    /// [`AccountError`], as of a command that asks the server.
    pub fn clock(&self) -> Result<ClockRow, AccountError> {
        self.ask_of_partners(PartnerAsk::Clock)
    }

    /// The proposals of others that the person has not answered, before their start.
    ///
    /// # Errors
    /// Where the history here cannot be read.
    pub fn unanswered(&self) -> Result<Vec<Unanswered>, AccountError> {
        self.shared.unanswered()
    }

    /// Says whether changes elsewhere are wanted as they happen: a window is open. Without, they come
    /// with the next round.
    pub fn want_live(&self, is_wanted: bool) {
        let _ = self.inbox.send(Message::WantLive(is_wanted));
    }

    /// Stops; returns within two seconds, whatever it was at.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(stop) = self.stop.take() else { return };
        let _ = stop.send(());
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        match ended.recv_timeout(STOP_WITHIN) {
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                if let Some(thread) = self.thread.take() {
                    let _ = thread.join();
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                tracing::warn!("sync did not end in time and is left behind");
            }
        }
    }

    fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, AccountError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let gone = || AccountError::internal(&"sync is not running");
        self.inbox
            .send(Message::Ask(ask(reply)))
            .map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    fn ask_of_partners<T>(
        &self,
        ask: impl FnOnce(Reply<T>) -> PartnerAsk,
    ) -> Result<T, AccountError> {
        self.ask(|reply| Ask::Partners(ask(reply)))
    }
}

impl Drop for SyncEngine {
    fn drop(&mut self) {
        self.end();
    }
}
