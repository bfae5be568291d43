//! What windows and terminals may ask of sync and the account, and what they are told.

mod checks;
mod error;
mod partner_views;
mod together_views;
mod views;

pub use checks::{AccountAdvice, AccountCheck, AccountCheckName, AccountExamination, AccountFound};
pub use error::{AccountError, AccountErrorCode};
pub use partner_views::{
    AcceptInviteArgs, AcceptedInvite, ChangeMembershipArgs, ChangePartnershipArgs,
    ConfirmInviteArgs, CreatePartnershipArgs, InviteArgs, InviteKind, InviteOfArgs, InviteSecret,
    InviteState, InviteView, MemberView, PartnershipArgs, PartnershipList, PartnershipView,
};
pub use together_views::{AnswerArgs, ProposalArgs, ProposeArgs, TogetherArgs, TogetherNow};
pub use views::{
    ChangePasswordArgs, CheckServerArgs, ClaimArgs, DeviceArgs, DeviceList, DeviceView, ExportArgs,
    Exported, NoArgs, OpArgs, PasswordArgs, RecoverAccountArgs, RecoveryCode, RejectedOp,
    RejectedOps, ServerInfo, SignInArgs, SignUpArgs, SignedInView, SyncAccount, SyncPhase,
    SyncProgress, SyncView, SyncWord,
};

use mitta_domain::Seat;
use mitta_protocol::now::Proposal;

pub use mitta_protocol::activity::{Activities, Activity, ActivityKind};
pub use mitta_protocol::together::{
    MAX_SITS, Together, TogetherPartnership, TogetherSit, TogetherSits, TogetherSitsQuery,
    TogetherWeek, Total, WeekTotal,
};

mitta_rpc::commands! {
    map = "AccountCommands";
    error = AccountError;
    update = SyncView;

    /// The state of sync, in a word and in detail.
    sync_view(NoArgs) -> SyncView;
    /// Pushes and pulls now, whatever the backoff says.
    sync_now(NoArgs) -> SyncView;
    /// Stops the sync that runs; what it has stored stays, the rest waits.
    cancel_sync(NoArgs) -> SyncView;
    /// Looks whether a Mitta server that this program understands answers there.
    check_server(CheckServerArgs) -> ServerInfo;
    /// Makes an account and signs this device in.
    sign_up(SignUpArgs) -> SignedInView;
    /// Signs this device in.
    sign_in(SignInArgs) -> SignedInView;
    /// Sets a new password with the recovery code and signs this device in.
    recover_account(RecoverAccountArgs) -> SignedInView;
    /// Answers whether the sits on this computer may be added to the account. Nothing is sent or
    /// fetched before. `false` signs out again.
    claim(ClaimArgs) -> SyncView;
    /// Signs out. The history stays, and what waits goes on waiting.
    sign_out(NoArgs) -> SyncView;
    /// Lets go of the server, to sign in on another one; all own sits will be offered there.
    leave_server(NoArgs) -> SyncView;
    /// The devices of the account.
    devices(NoArgs) -> DeviceList;
    /// Signs a device out.
    revoke_device(DeviceArgs) -> DeviceList;
    /// Changes the password; signs every other device out.
    change_password(ChangePasswordArgs) -> SyncView;
    /// Makes a new recovery code; the old one is void.
    new_recovery_code(PasswordArgs) -> RecoveryCode;
    /// Writes all that the server has of this person into a file.
    export_account(ExportArgs) -> Exported;
    /// Erases the account and all that the server has of this person. The history here stays.
    erase_account(PasswordArgs) -> SyncView;
    /// The changes that the server refused.
    rejected(NoArgs) -> RejectedOps;
    /// Writes the refused changes into a file.
    export_rejected(ExportArgs) -> Exported;
    /// Takes a refused change off the list, at the person's wish.
    dismiss_rejected(OpArgs) -> RejectedOps;
    /// The partnerships with their members, and the own invites into them.
    partnerships(NoArgs) -> PartnershipList;
    /// Makes a partnership, of which the person is the first member.
    create_partnership(CreatePartnershipArgs) -> PartnershipView;
    /// Makes an invite. What it answers is shown once.
    invite(InviteArgs) -> InviteSecret;
    /// Takes an own invite back, accepted or not.
    withdraw_invite(InviteOfArgs) -> SyncView;
    /// Accepts an invite. One is a member once the inviter has confirmed.
    accept_invite(AcceptInviteArgs) -> AcceptedInvite;
    /// Welcomes whoever accepted an own invite, or turns them away.
    confirm_invite(ConfirmInviteArgs) -> SyncView;
    /// Changes what the person shares in a partnership.
    change_membership(ChangeMembershipArgs) -> SyncView;
    /// Gives a partnership another name, or another first day of its weeks.
    change_partnership(ChangePartnershipArgs) -> SyncView;
    /// Leaves a partnership: from then on neither side sees the other's sits.
    leave_partnership(PartnershipArgs) -> SyncView;
    /// What the person and their partners sat, from the history here: works offline.
    together(TogetherArgs) -> Together;
    /// A page of the shared sits of a partnership, from the history here.
    together_sits(TogetherSitsQuery) -> TogetherSits;
    /// Who is sitting and what is proposed, as it was last heard; on this computer's clock.
    together_now(NoArgs) -> TogetherNow;
    /// Proposes a sitting together, and joins it.
    propose(ProposeArgs) -> Proposal;
    /// Joins a proposed sitting together, or declines. Once joined, nobody is needed any more.
    answer_proposal(AnswerArgs) -> Proposal;
    /// Takes an own proposal back.
    cancel_proposal(ProposalArgs) -> TogetherNow;
    /// The place in a sitting together that was joined: what the engine needs to begin it. Works offline.
    seat(ProposalArgs) -> Seat;
    /// Looks the account over; without one nobody is asked anything.
    examine_account(NoArgs) -> AccountExamination;
    /// What happened to the account.
    activity(NoArgs) -> Activities;
}
