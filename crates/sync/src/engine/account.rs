//! The account commands.
//!
//! Must hold: one data folder belongs to one person on one server; nothing of the history is sent or
//! fetched before the person said so; whatever becomes of the sign-in, the history stays (I10).

use std::path::{Path, PathBuf};

use mitta_protocol::account::{ChangePassword, Device, PasswordAgain};
use mitta_store::{ChosenError, Claim};

use super::Ask;
use super::signed_in::sign_in_needed;
use super::worker::Worker;
use crate::address::ServerUrl;
use crate::api::{
    AccountError, AccountErrorCode as Code, CheckServerArgs, ClaimArgs, DeviceArgs, DeviceList,
    DeviceView, ExportArgs, Exported, RecoveryCode, ServerInfo, SyncView,
};
use crate::http::HttpRemote;
use crate::remote::Remote as _;

impl Worker {
    /// Answers a command.
    pub(super) async fn answer(&mut self, ask: Ask) {
        // Nobody may be waiting for the answer any more: that is as well.
        match ask {
            Ask::SyncNow(reply) => match self.account() {
                Ok(Some(_)) => self.wait_for_round(reply),
                Ok(None) => drop(reply.send(Err(no_account()))),
                Err(error) => drop(reply.send(Err(error))),
            },
            Ask::Cancel(reply) => {
                self.cancel();
                drop(reply.send(self.shared.view()));
            }
            Ask::CheckServer(args, reply) => drop(reply.send(self.check_server(&args).await)),
            Ask::SignUp(args, reply) => drop(reply.send(self.enter(args.into()).await)),
            Ask::SignIn(args, reply) => drop(reply.send(self.enter(args.into()).await)),
            Ask::Recover(args, reply) => drop(reply.send(self.enter(args.into()).await)),
            Ask::Claim(args, reply) => drop(reply.send(self.claim(args).await)),
            Ask::SignOut(reply) => drop(reply.send(self.sign_out().await)),
            Ask::LeaveServer(reply) => drop(reply.send(self.leave_server().await)),
            Ask::Devices(reply) => drop(reply.send(self.devices().await)),
            Ask::Revoke(args, reply) => drop(reply.send(self.revoke(args).await)),
            Ask::ChangePassword(args, reply) => {
                let body = ChangePassword {
                    current_password: args.current_password,
                    new_password: args.new_password,
                };
                drop(reply.send(self.change_password(&body).await));
            }
            Ask::NewRecoveryCode(args, reply) => {
                let password = args.password;
                let done = self.new_recovery_code(&PasswordAgain { password }).await;
                drop(reply.send(done));
            }
            Ask::Export(args, reply) => drop(reply.send(self.export(&args).await)),
            Ask::Erase(args, reply) => {
                let password = args.password;
                drop(reply.send(self.erase(&PasswordAgain { password }).await));
            }
            Ask::Rejected(reply) => drop(reply.send(self.rejected())),
            Ask::ExportRejected(args, reply) => {
                let path = self.target(&args.path);
                let done = path.and_then(|path| self.export_rejected(&path));
                drop(reply.send(done));
            }
            Ask::Dismiss(args, reply) => drop(reply.send(self.dismiss(args.op_id))),
            Ask::Partners(ask) => self.answer_of_partners(ask).await,
        }
    }

    async fn check_server(&mut self, args: &CheckServerArgs) -> Result<ServerInfo, AccountError> {
        let url = ServerUrl::parse(&args.server_url)?;
        let remote = HttpRemote::new(self.client()?, url, None);
        let asked = self.shared.now().0;
        let meta = remote.meta().await?;
        // It read its clock somewhere between question and answer.
        let took = self.shared.now().0.saturating_sub(asked);
        let then = asked.saturating_add(took / 2);
        Ok(ServerInfo {
            server_url: remote.url().to_string(),
            version: meta.version,
            clock_offset_ms: meta.server_time_ms.0.saturating_sub(then),
        })
    }

    async fn claim(&mut self, args: ClaimArgs) -> Result<SyncView, AccountError> {
        let _turn = self.turn().await?;
        let row = self.account()?.ok_or_else(no_account)?;
        if args.add {
            self.store()?.writer.give_claim()?;
            self.begin_anew();
            return self.shared.view();
        }
        if row.claim == Claim::Given {
            return self.end_sign_in().await;
        }
        // Nothing was sent or fetched: the folder belongs to nobody again.
        self.part().await
    }

    async fn sign_out(&mut self) -> Result<SyncView, AccountError> {
        let _turn = self.turn().await?;
        self.end_sign_in().await
    }

    /// Signs out, in its turn.
    async fn end_sign_in(&mut self) -> Result<SyncView, AccountError> {
        let row = self.account()?.ok_or_else(no_account)?;
        self.let_go().await?;
        self.store()?.writer.signed_out(row.owner())?;
        self.begin_anew();
        self.shared.view()
    }

    async fn leave_server(&mut self) -> Result<SyncView, AccountError> {
        let _turn = self.turn().await?;
        self.part().await
    }

    /// Parts from the account, in its turn.
    async fn part(&mut self) -> Result<SyncView, AccountError> {
        self.account()?.ok_or_else(no_account)?;
        self.let_go().await?;
        self.store()?.writer.leave_server()?;
        self.begin_anew();
        self.shared.view()
    }

    /// Makes the token void, as far as the server can be reached, and forgets it here.
    async fn let_go(&mut self) -> Result<(), AccountError> {
        let Some(row) = self.account()? else {
            return Ok(());
        };
        self.close_live();
        if row.signed_in
            && let Ok(remote) = self.remote_of(&row).await
            && let Err(error) = remote.sign_out().await
        {
            tracing::info!(%error, "the server was not told of the sign-out");
        }
        self.signed_in = None;
        if let Ok(url) = ServerUrl::parse(&row.server_url) {
            self.forget(row.token_place, &url, row.person_id).await;
        }
        Ok(())
    }

    /// The server, as the person of this folder.
    pub(super) async fn member(&mut self) -> Result<HttpRemote, AccountError> {
        let row = self.account()?.ok_or_else(no_account)?;
        if !row.signed_in {
            return Err(sign_in_needed());
        }
        // As it is kept now: another process may have signed in again.
        self.signed_in = None;
        self.remote_of(&row).await
    }

    async fn devices(&mut self) -> Result<DeviceList, AccountError> {
        let devices = self.member().await?.devices().await?;
        let now = self.shared.now();
        let shown = |device: Device| DeviceView {
            device_id: device.device_id,
            name: device.name,
            last_seen_at_ms: device.last_seen_at_ms,
            is_signed_in: device.expires_at_ms.is_some_and(|at| at > now),
            is_this: device.is_this,
        };
        Ok(DeviceList {
            devices: devices.devices.into_iter().map(shown).collect(),
        })
    }

    async fn revoke(&mut self, args: DeviceArgs) -> Result<DeviceList, AccountError> {
        self.member().await?.revoke(args.device_id).await?;
        self.devices().await
    }

    async fn change_password(&mut self, body: &ChangePassword) -> Result<SyncView, AccountError> {
        self.member().await?.change_password(body).await?;
        self.shared.view()
    }

    async fn new_recovery_code(
        &mut self,
        body: &PasswordAgain,
    ) -> Result<RecoveryCode, AccountError> {
        let code = self.member().await?.new_recovery_code(body).await?;
        Ok(RecoveryCode {
            recovery_code: code.recovery_code,
        })
    }

    async fn export(&mut self, args: &ExportArgs) -> Result<Exported, AccountError> {
        let path = self.target(&args.path)?;
        let bytes = self.member().await?.export(&path).await?;
        Ok(Exported {
            path: args.path.clone(),
            bytes,
        })
    }

    /// Where a person wants a file written: not where Mitta has its own.
    fn target(&self, path: &str) -> Result<PathBuf, AccountError> {
        let path = full_path(path)?;
        if self.shared.dir.works_with(&path) {
            let error = ChosenError::Own(path);
            return Err(AccountError::new(Code::FileNotWritable, error));
        }
        Ok(path)
    }

    async fn erase(&mut self, body: &PasswordAgain) -> Result<SyncView, AccountError> {
        let _turn = self.turn().await?;
        self.member().await?.erase(body).await?;
        // The token is void with the account; what is here stays and belongs to nobody.
        self.part().await
    }
}

fn full_path(path: &str) -> Result<PathBuf, AccountError> {
    let path = Path::new(path);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Err(AccountError::new(
        Code::FileNotWritable,
        "the file needs its full path",
    ))
}

fn no_account() -> AccountError {
    AccountError::new(Code::NoAccount, "there is no account here yet")
}
