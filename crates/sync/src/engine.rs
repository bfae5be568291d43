//! Sync as a process has it: a thread of its own that is woken by new changes, by the network, by the
//! server's live stream and by time, and that answers the account commands.
//!
//! Must hold: without an account there is no network at all; no call waits for ever; nothing here is
//! needed for a sit, and stopping it is bounded (I9).

mod account;
mod enter;
mod live;
mod outcome;
mod partners;
mod refused;
mod shared;
mod signed_in;
#[cfg(test)]
mod tests;
mod turn;
mod worker;

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mitta_domain::{DeviceId, UnixMillis};
use mitta_store::DataDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::api::{
    AcceptInviteArgs, AcceptedInvite, AccountError, ChangeMembershipArgs, ChangePasswordArgs,
    CheckServerArgs, ClaimArgs, Commands, ConfirmInviteArgs, CreatePartnershipArgs, DeviceArgs,
    DeviceList, ExportArgs, Exported, InviteArgs, InviteOfArgs, InviteSecret, NoArgs, OpArgs,
    PartnershipArgs, PartnershipList, PartnershipView, PasswordArgs, RecoverAccountArgs,
    RecoveryCode, RejectedOps, ServerInfo, SignInArgs, SignUpArgs, SignedInView, SyncView,
};
use crate::token::Keyring;
use partners::PartnerAsk;
use shared::Shared;
use worker::Worker;

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
    /// Any number, another one each time: for waits that are not everybody's.
    pub random: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Where sign-ins are kept.
    pub keyring: Arc<dyn Keyring>,
    /// Told of every change of the state; on sync's thread, and not to block it.
    pub on_update: Box<dyn Fn(SyncView) + Send + Sync>,
    /// Told when something came in that changes what is shown; on sync's thread, not to block it.
    pub on_history_changed: Box<dyn Fn() + Send + Sync>,
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
    /// The network is another than before.
    Network,
    /// Whether the process wants to hear of changes as they happen.
    WantLive(bool),
    /// The live stream told something, or ended.
    Live(live::Told),
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

impl Commands for SyncEngine {
    fn sync_view(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.shared.view()
    }

    fn sync_now(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.ask(Ask::SyncNow)
    }

    fn cancel_sync(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.ask(Ask::Cancel)
    }

    fn check_server(&self, args: CheckServerArgs) -> Result<ServerInfo, AccountError> {
        self.ask(|reply| Ask::CheckServer(args, reply))
    }

    fn sign_up(&self, args: SignUpArgs) -> Result<SignedInView, AccountError> {
        self.ask(|reply| Ask::SignUp(args, reply))
    }

    fn sign_in(&self, args: SignInArgs) -> Result<SignedInView, AccountError> {
        self.ask(|reply| Ask::SignIn(args, reply))
    }

    fn recover_account(&self, args: RecoverAccountArgs) -> Result<SignedInView, AccountError> {
        self.ask(|reply| Ask::Recover(args, reply))
    }

    fn claim(&self, args: ClaimArgs) -> Result<SyncView, AccountError> {
        self.ask(|reply| Ask::Claim(args, reply))
    }

    fn sign_out(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.ask(Ask::SignOut)
    }

    fn leave_server(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.ask(Ask::LeaveServer)
    }

    fn devices(&self, _: NoArgs) -> Result<DeviceList, AccountError> {
        self.ask(Ask::Devices)
    }

    fn revoke_device(&self, args: DeviceArgs) -> Result<DeviceList, AccountError> {
        self.ask(|reply| Ask::Revoke(args, reply))
    }

    fn change_password(&self, args: ChangePasswordArgs) -> Result<SyncView, AccountError> {
        self.ask(|reply| Ask::ChangePassword(args, reply))
    }

    fn new_recovery_code(&self, args: PasswordArgs) -> Result<RecoveryCode, AccountError> {
        self.ask(|reply| Ask::NewRecoveryCode(args, reply))
    }

    fn export_account(&self, args: ExportArgs) -> Result<Exported, AccountError> {
        self.ask(|reply| Ask::Export(args, reply))
    }

    fn erase_account(&self, args: PasswordArgs) -> Result<SyncView, AccountError> {
        self.ask(|reply| Ask::Erase(args, reply))
    }

    fn rejected(&self, _: NoArgs) -> Result<RejectedOps, AccountError> {
        self.ask(Ask::Rejected)
    }

    fn export_rejected(&self, args: ExportArgs) -> Result<Exported, AccountError> {
        self.ask(|reply| Ask::ExportRejected(args, reply))
    }

    fn dismiss_rejected(&self, args: OpArgs) -> Result<RejectedOps, AccountError> {
        self.ask(|reply| Ask::Dismiss(args, reply))
    }

    fn partnerships(&self, _: NoArgs) -> Result<PartnershipList, AccountError> {
        self.ask_of_partners(PartnerAsk::List)
    }

    fn create_partnership(
        &self,
        args: CreatePartnershipArgs,
    ) -> Result<PartnershipView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Create(args, reply))
    }

    fn invite(&self, args: InviteArgs) -> Result<InviteSecret, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Invite(args, reply))
    }

    fn withdraw_invite(&self, args: InviteOfArgs) -> Result<SyncView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Withdraw(args, reply))
    }

    fn accept_invite(&self, args: AcceptInviteArgs) -> Result<AcceptedInvite, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Accept(args, reply))
    }

    fn confirm_invite(&self, args: ConfirmInviteArgs) -> Result<SyncView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Confirm(args, reply))
    }

    fn change_membership(&self, args: ChangeMembershipArgs) -> Result<SyncView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Change(args, reply))
    }

    fn leave_partnership(&self, args: PartnershipArgs) -> Result<SyncView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Leave(args, reply))
    }
}
