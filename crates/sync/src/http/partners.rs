//! What partnerships ask.

use mitta_domain::PartnershipId;
use mitta_protocol::partnership::{
    AcceptInvite, ChangeMembership, ConfirmInvite, InviteAccepted, InviteMade, Invites, NewInvite,
    NewPartnership, Partnership, Partnerships,
};
use reqwest::Method;
use uuid::Uuid;

use super::HttpRemote;
use crate::remote::RemoteError;

impl HttpRemote {
    /// The partnerships of the person, with their members.
    ///
    /// # Errors
    /// [`RemoteError`], as all of these.
    pub async fn partnerships(&self) -> Result<Partnerships, RemoteError> {
        self.get(&["partnerships"], &()).await
    }

    /// Makes a partnership.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn create_partnership(
        &self,
        body: &NewPartnership,
    ) -> Result<Partnership, RemoteError> {
        self.send(Method::POST, &["partnerships"], body).await
    }

    /// The own invites into a partnership that are open or wait for an answer.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn invites(&self, partnership_id: PartnershipId) -> Result<Invites, RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id, "invites"];
        self.get(&route, &()).await
    }

    /// Makes an invite.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn invite(
        &self,
        partnership_id: PartnershipId,
        body: &NewInvite,
    ) -> Result<InviteMade, RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id, "invites"];
        self.send(Method::POST, &route, body).await
    }

    /// Takes an own invite back.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn withdraw_invite(
        &self,
        partnership_id: PartnershipId,
        invite_id: Uuid,
    ) -> Result<(), RemoteError> {
        let (partnership_id, invite_id) = (partnership_id.to_string(), invite_id.to_string());
        let route = ["partnerships", &partnership_id, "invites", &invite_id];
        let request = self.request(Method::DELETE, &route);
        self.send_for_nothing(request).await
    }

    /// Accepts an invite.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn accept_invite(&self, body: &AcceptInvite) -> Result<InviteAccepted, RemoteError> {
        self.send(Method::POST, &["invites", "accept"], body).await
    }

    /// Welcomes whoever accepted an own invite, or turns them away.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn confirm_invite(
        &self,
        partnership_id: PartnershipId,
        invite_id: Uuid,
        body: &ConfirmInvite,
    ) -> Result<(), RemoteError> {
        let (partnership_id, invite_id) = (partnership_id.to_string(), invite_id.to_string());
        let invite = ["partnerships", &partnership_id, "invites", &invite_id];
        let route: Vec<&str> = invite.into_iter().chain(["confirm"]).collect();
        self.tell(Method::POST, &route, body).await
    }

    /// Changes what the person shares.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn change_membership(
        &self,
        partnership_id: PartnershipId,
        body: &ChangeMembership,
    ) -> Result<(), RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id, "membership"];
        self.tell(Method::PATCH, &route, body).await
    }

    /// Leaves a partnership.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn leave_partnership(
        &self,
        partnership_id: PartnershipId,
    ) -> Result<(), RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id, "leave"];
        let request = self.request(Method::POST, &route);
        self.send_for_nothing(request).await
    }
}
