//! What sitting now and sitting together ask. These answer soon or not at all: who waits for them is
//! about to sit.

use std::time::Duration;

use mitta_domain::{PartnershipId, TogetherId};
use mitta_protocol::activity::Activities;
use mitta_protocol::now::{AnswerProposal, NewProposal, Now, Presence, Proposal, ServerTime};
use mitta_protocol::partnership::ChangePartnership;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{HttpRemote, MOST_ANSWER_BYTES, answer, with_body};
use crate::remote::RemoteError;

/// So long an answer is waited for.
const SOON: Duration = Duration::from_secs(10);

impl HttpRemote {
    /// The server's clock while it answers.
    ///
    /// # Errors
    /// [`RemoteError`], as all of these.
    pub async fn time(&self) -> Result<ServerTime, RemoteError> {
        self.soon(self.request(Method::GET, &["time"])).await
    }

    /// Who sits and what is proposed.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn now(&self) -> Result<Now, RemoteError> {
        self.soon(self.request(Method::GET, &["now"])).await
    }

    /// Says that the person is sitting.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn present(&self, body: &Presence) -> Result<(), RemoteError> {
        let request = self.with_json(Method::PUT, &["presence"], body)?;
        self.soon_for_nothing(request).await
    }

    /// Says that the person is not sitting any more.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn absent(&self) -> Result<(), RemoteError> {
        let request = self.request(Method::DELETE, &["presence"]);
        self.soon_for_nothing(request).await
    }

    /// Proposes a sitting together.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn propose(
        &self,
        partnership_id: PartnershipId,
        body: &NewProposal,
    ) -> Result<Proposal, RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id, "proposals"];
        self.soon(self.with_json(Method::POST, &route, body)?).await
    }

    /// Joins a sitting together, or declines.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn answer_proposal(
        &self,
        together_id: TogetherId,
        body: &AnswerProposal,
    ) -> Result<Proposal, RemoteError> {
        let together_id = together_id.to_string();
        let route = ["proposals", &together_id, "answer"];
        self.soon(self.with_json(Method::POST, &route, body)?).await
    }

    /// Takes an own proposal back.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn cancel_proposal(&self, together_id: TogetherId) -> Result<(), RemoteError> {
        let together_id = together_id.to_string();
        let request = self.request(Method::DELETE, &["proposals", &together_id]);
        self.soon_for_nothing(request).await
    }

    /// Gives a partnership another name, or another first day of its weeks.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn change_partnership(
        &self,
        partnership_id: PartnershipId,
        body: &ChangePartnership,
    ) -> Result<(), RemoteError> {
        let partnership_id = partnership_id.to_string();
        let route = ["partnerships", &partnership_id];
        self.tell(Method::PATCH, &route, body).await
    }

    /// What happened to the account.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn activity(&self) -> Result<Activities, RemoteError> {
        self.get(&["activity"], &()).await
    }

    fn with_json(
        &self,
        method: Method,
        route: &[&str],
        body: &impl Serialize,
    ) -> Result<RequestBuilder, RemoteError> {
        let json = serde_json::to_vec(body).map_err(|e| RemoteError::Garbled(e.to_string()))?;
        Ok(with_body(self.request(method, route), json))
    }

    async fn soon<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RemoteError> {
        let response = self.respond(request.timeout(SOON)).await?;
        answer::json(response).await
    }

    async fn soon_for_nothing(&self, request: RequestBuilder) -> Result<(), RemoteError> {
        let response = self.respond(request.timeout(SOON)).await?;
        answer::bytes(response, MOST_ANSWER_BYTES).await.map(drop)
    }
}
