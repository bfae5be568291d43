//! The account commands: what is in the folder is answered at once, all else by the thread.

use mitta_domain::Seat;
use mitta_protocol::activity::Activities;
use mitta_protocol::now::Proposal;
use mitta_protocol::together::{Together, TogetherSits, TogetherSitsQuery};

use super::partners::PartnerAsk;
use super::{Ask, SyncEngine};
use crate::api::{
    AcceptInviteArgs, AcceptedInvite, AccountError, AccountExamination, AnswerArgs,
    ChangeMembershipArgs, ChangePartnershipArgs, ChangePasswordArgs, CheckServerArgs, ClaimArgs,
    Commands, ConfirmInviteArgs, CreatePartnershipArgs, DeviceArgs, DeviceList, ExportArgs,
    Exported, InviteArgs, InviteOfArgs, InviteSecret, NoArgs, OpArgs, PartnershipArgs,
    PartnershipList, PartnershipView, PasswordArgs, ProposalArgs, ProposeArgs, RecoverAccountArgs,
    RecoveryCode, RejectedOps, ServerInfo, SignInArgs, SignUpArgs, SignedInView, SyncView,
    TogetherArgs, TogetherNow,
};

impl Commands for SyncEngine {
    fn sync_view(&self, _: NoArgs) -> Result<SyncView, AccountError> {
        self.shared.view()
    }

    fn examine_account(&self, _: NoArgs) -> Result<AccountExamination, AccountError> {
        self.look_over()
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

    fn change_partnership(&self, args: ChangePartnershipArgs) -> Result<SyncView, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Rename(args, reply))
    }

    fn together(&self, args: TogetherArgs) -> Result<Together, AccountError> {
        self.shared.together(args)
    }

    fn together_sits(&self, query: TogetherSitsQuery) -> Result<TogetherSits, AccountError> {
        self.shared.together_sits(&query)
    }

    fn together_now(&self, _: NoArgs) -> Result<TogetherNow, AccountError> {
        self.shared.together_now()
    }

    fn propose(&self, args: ProposeArgs) -> Result<Proposal, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Propose(args, reply))
    }

    fn answer_proposal(&self, args: AnswerArgs) -> Result<Proposal, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Answer(args, reply))
    }

    fn cancel_proposal(&self, args: ProposalArgs) -> Result<TogetherNow, AccountError> {
        self.ask_of_partners(|reply| PartnerAsk::Cancel(args, reply))
    }

    fn seat(&self, args: ProposalArgs) -> Result<Seat, AccountError> {
        match self.shared.seat(args.together_id)? {
            Some((seat, true)) => Ok(seat),
            // The clock was measured long ago: once more, if the server can be asked at once.
            Some((seat, false)) => Ok(self
                .ask_of_partners(|reply| PartnerAsk::Seat(args, reply))
                .unwrap_or(seat)),
            None => self.ask_of_partners(|reply| PartnerAsk::Seat(args, reply)),
        }
    }

    fn activity(&self, _: NoArgs) -> Result<Activities, AccountError> {
        self.ask_of_partners(PartnerAsk::Activity)
    }
}
