//! The commands about partnerships: asked of the server each time, as it alone knows them all.
//!
//! Must hold: whatever changes who shares what is fetched in a round soon after; an invite's secret is
//! in no log.

use std::time::Duration;

use mitta_domain::{PersonId, Seat};
use mitta_protocol::activity::Activities;
use mitta_protocol::now::Proposal;
use mitta_protocol::partnership::{
    AcceptInvite, ChangeMembership, ChangePartnership, ConfirmInvite, Invite, InviteKind as Kind,
    InviteState as State, Member, NewInvite, NewPartnership, Partnership,
};

use mitta_store::ClockRow;

use super::Reply;
use super::worker::Worker;
use crate::api::{
    AcceptInviteArgs, AcceptedInvite, AccountError, AnswerArgs, ChangeMembershipArgs,
    ChangePartnershipArgs, ConfirmInviteArgs, CreatePartnershipArgs, InviteArgs, InviteKind,
    InviteOfArgs, InviteSecret, InviteState, InviteView, MemberView, PartnershipArgs,
    PartnershipList, PartnershipView, ProposalArgs, ProposeArgs, SyncView, TogetherNow,
};
use crate::remote::RemoteError;

/// A command about partnerships, and where its answer goes.
pub(super) enum PartnerAsk {
    List(Reply<PartnershipList>),
    Create(CreatePartnershipArgs, Reply<PartnershipView>),
    Invite(InviteArgs, Reply<InviteSecret>),
    Withdraw(InviteOfArgs, Reply<SyncView>),
    Accept(AcceptInviteArgs, Reply<AcceptedInvite>),
    Confirm(ConfirmInviteArgs, Reply<SyncView>),
    Change(ChangeMembershipArgs, Reply<SyncView>),
    Rename(ChangePartnershipArgs, Reply<SyncView>),
    Leave(PartnershipArgs, Reply<SyncView>),
    Propose(ProposeArgs, Reply<Proposal>),
    Answer(AnswerArgs, Reply<Proposal>),
    Cancel(ProposalArgs, Reply<TogetherNow>),
    Seat(ProposalArgs, Reply<Seat>),
    Activity(Reply<Activities>),
    Clock(Reply<ClockRow>),
}

impl Worker {
    pub(super) async fn answer_of_partners(&mut self, ask: PartnerAsk) {
        match ask {
            PartnerAsk::List(reply) => drop(reply.send(self.partnerships().await)),
            PartnerAsk::Create(args, reply) => drop(reply.send(self.create(args).await)),
            PartnerAsk::Invite(args, reply) => drop(reply.send(self.invite(args).await)),
            PartnerAsk::Withdraw(args, reply) => drop(reply.send(self.withdraw(args).await)),
            PartnerAsk::Accept(args, reply) => drop(reply.send(self.accept(args).await)),
            PartnerAsk::Confirm(args, reply) => drop(reply.send(self.confirm(args).await)),
            PartnerAsk::Change(args, reply) => drop(reply.send(self.change(args).await)),
            PartnerAsk::Rename(args, reply) => drop(reply.send(self.rename(args).await)),
            PartnerAsk::Leave(args, reply) => drop(reply.send(self.leave(args).await)),
            PartnerAsk::Propose(args, reply) => drop(reply.send(self.propose(args).await)),
            PartnerAsk::Answer(args, reply) => {
                drop(reply.send(self.answer_proposal(args).await));
            }
            PartnerAsk::Cancel(args, reply) => {
                drop(reply.send(self.cancel_proposal(args).await));
            }
            PartnerAsk::Seat(args, reply) => drop(reply.send(self.seat(args).await)),
            PartnerAsk::Clock(reply) => drop(reply.send(self.clock().await)),
            PartnerAsk::Activity(reply) => drop(reply.send(self.activity().await)),
        }
    }

    async fn partnerships(&mut self) -> Result<PartnershipList, AccountError> {
        let remote = self.member().await?;
        let me = self.me()?;
        let mut partnerships = Vec::new();
        for partnership in remote.partnerships().await?.partnerships {
            let invites = remote.invites(partnership.partnership_id).await?.invites;
            partnerships.push(shown(partnership, invites, me));
        }
        Ok(PartnershipList { partnerships })
    }

    async fn create(
        &mut self,
        args: CreatePartnershipArgs,
    ) -> Result<PartnershipView, AccountError> {
        let body = NewPartnership {
            name: args.name,
            week_start: args.week_start,
            share_since: args.share_since,
            weekly_goal_s: None,
        };
        let made = self.member().await?.create_partnership(&body).await?;
        self.fetch_soon();
        Ok(shown(made, Vec::new(), self.me()?))
    }

    async fn invite(&mut self, args: InviteArgs) -> Result<InviteSecret, AccountError> {
        let kind = match args.kind {
            InviteKind::Link => Kind::Link,
            InviteKind::Code => Kind::Code,
        };
        let remote = self.member().await?;
        let made = remote
            .invite(args.partnership_id, &NewInvite { kind })
            .await?;
        Ok(InviteSecret {
            invite_id: made.invite_id,
            secret: made.secret,
            link: made.link,
            expires_at_ms: made.expires_at_ms,
        })
    }

    async fn withdraw(&mut self, args: InviteOfArgs) -> Result<SyncView, AccountError> {
        let remote = self.member().await?;
        remote
            .withdraw_invite(args.partnership_id, args.invite_id)
            .await?;
        self.shared.view()
    }

    async fn accept(&mut self, args: AcceptInviteArgs) -> Result<AcceptedInvite, AccountError> {
        let body = AcceptInvite {
            secret: secret_of(&args.secret).to_owned(),
            share_since: args.share_since,
        };
        let accepted = self.member().await?.accept_invite(&body).await?;
        Ok(AcceptedInvite {
            partnership_name: accepted.partnership_name,
            inviter_name: accepted.inviter_name,
        })
    }

    async fn confirm(&mut self, args: ConfirmInviteArgs) -> Result<SyncView, AccountError> {
        let body = ConfirmInvite {
            accept: args.accept,
        };
        let remote = self.member().await?;
        remote
            .confirm_invite(args.partnership_id, args.invite_id, &body)
            .await?;
        self.fetch_soon();
        self.shared.view()
    }

    async fn change(&mut self, args: ChangeMembershipArgs) -> Result<SyncView, AccountError> {
        let body = ChangeMembership {
            share_since: args.share_since,
            is_paused: args.is_paused,
            weekly_goal_s: args.weekly_goal_s,
            shows_sitting: args.shows_sitting,
        };
        let remote = self.member().await?;
        remote.change_membership(args.partnership_id, &body).await?;
        self.fetch_soon();
        self.shared.view()
    }

    async fn rename(&mut self, args: ChangePartnershipArgs) -> Result<SyncView, AccountError> {
        let body = ChangePartnership {
            name: args.name,
            week_start: args.week_start,
            expected_name: args.expected_name,
            expected_week_start: args.expected_week_start,
        };
        let remote = self.member().await?;
        let changed = remote.change_partnership(args.partnership_id, &body).await;
        if changed.is_ok() || matches!(&changed, Err(error) if is_behind(error)) {
            self.fetch_soon();
        }
        changed?;
        self.shared.view()
    }

    async fn activity(&mut self) -> Result<Activities, AccountError> {
        Ok(self.member().await?.activity().await?)
    }

    async fn leave(&mut self, args: PartnershipArgs) -> Result<SyncView, AccountError> {
        let remote = self.member().await?;
        remote.leave_partnership(args.partnership_id).await?;
        self.fetch_soon();
        self.shared.view()
    }

    /// The person of this folder.
    fn me(&mut self) -> Result<Option<PersonId>, AccountError> {
        Ok(self.account()?.map(|row| row.person_id))
    }

    /// Who shares what is another than before. Where nothing goes on by itself, whoever asked asks for
    /// the round too.
    fn fetch_soon(&mut self) {
        if self.shared.in_background {
            self.backoff.reset();
            self.soon(Duration::ZERO);
        }
    }
}

/// What is known here is not what the server has.
fn is_behind(error: &RemoteError) -> bool {
    matches!(error, RemoteError::Refused { code, .. } if code == "changed_meanwhile")
}

fn shown(partnership: Partnership, invites: Vec<Invite>, me: Option<PersonId>) -> PartnershipView {
    let member = |member: Member| MemberView {
        person_id: member.person_id,
        display_name: member.display_name,
        weekly_goal_s: member.weekly_goal_s,
        share_since: member.share_since,
        is_me: me == Some(member.person_id),
        is_paused: member.is_paused,
        shows_sitting: member.shows_sitting,
    };
    PartnershipView {
        partnership_id: partnership.partnership_id,
        name: partnership.name,
        week_start: partnership.week_start,
        members: partnership.members.into_iter().map(member).collect(),
        invites: invites.into_iter().map(invite).collect(),
    }
}

fn invite(invite: Invite) -> InviteView {
    InviteView {
        invite_id: invite.invite_id,
        kind: match invite.kind {
            Kind::Link => InviteKind::Link,
            Kind::Code => InviteKind::Code,
        },
        state: match invite.state {
            State::Open => InviteState::Open,
            State::Accepted => InviteState::Accepted,
        },
        accepted_by: invite.accepted_by,
        expires_at_ms: invite.expires_at_ms,
    }
}

/// The secret in what was typed or pasted: a code, a link's secret, or the whole link that ends with it.
fn secret_of(given: &str) -> &str {
    let given = given.trim();
    if !given.contains("://") {
        return given;
    }
    let given = given.trim_end_matches('/');
    given.rsplit(['/', '#', '=']).next().unwrap_or(given)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::secret_of;

    #[rstest]
    #[case(" ABCD-EFGH ", "ABCD-EFGH")]
    #[case("abcd efgh", "abcd efgh")]
    #[case("x-_9", "x-_9")]
    #[case("https://mitta.example.org/invite#x-_9", "x-_9")]
    #[case("https://mitta.example.org/join/x-_9/\n", "x-_9")]
    #[case("http://localhost:8743/web?invite=x-_9", "x-_9")]
    fn a_pasted_link_is_as_good_as_its_secret(#[case] given: &str, #[case] secret: &str) {
        assert_eq!(secret_of(given), secret);
    }
}
