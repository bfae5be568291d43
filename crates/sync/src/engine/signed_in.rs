//! The sign-in at work: whose it is, and what becomes of it where the server refuses it.
//!
//! Must hold: a token goes to no server and for no person but those it was given by and to (I10). Other
//! processes of the folder sign in and out too: what is known here is compared with the account before
//! it is used, and a sign-in ends only where the very token that is kept was refused.

use std::time::Duration;

use mitta_domain::PersonId;
use mitta_store::{AccountRow, Claim};

use super::now::Heard;
use super::presence::Telling;
use super::worker::Worker;
use crate::address::ServerUrl;
use crate::api::{AccountError, AccountErrorCode as Code};
use crate::http::HttpRemote;
use crate::token::Token;
use crate::view::Live;

/// A token, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) url: ServerUrl,
    pub(super) person_id: PersonId,
    pub(super) token: Token,
}

impl Kept {
    fn is_of(&self, url: &ServerUrl, person_id: PersonId) -> bool {
        self.url == *url && self.person_id == person_id
    }
}

impl Worker {
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
        self.owner = Some(row.owner());
        let person_id = row.person_id;
        let known = self.signed_in.take();
        let known = known.filter(|known| known.is_of(&url, person_id));
        let signed_in = if let Some(known) = known {
            known
        } else {
            let token = self.tokens.load(row.token_place, &url, person_id).await?;
            Kept {
                url: url.clone(),
                person_id,
                token: token.ok_or_else(sign_in_needed)?,
            }
        };
        let token = signed_in.token.clone();
        self.signed_in = Some(signed_in);
        Ok(HttpRemote::new(self.client()?, url, Some(token)))
    }

    /// A token was refused: whether there is another one to try, because somebody has signed in
    /// elsewhere in the meantime.
    pub(super) async fn has_another_sign_in(&mut self) -> Result<bool, AccountError> {
        let Some(refused) = self.signed_in.take() else {
            return Ok(false);
        };
        match self.remote().await {
            Ok(Some(_)) => Ok(self.signed_in.as_ref() != Some(&refused)),
            Ok(None) => Ok(false),
            Err(error) if error.code == Code::SignInNeeded => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The server no longer knows the sign-in that is kept here. History and outbox stay as they are, and
    /// so does whoever has signed in since (I10).
    pub(super) fn signed_out(&mut self) {
        self.signed_in = None;
        self.due = None;
        self.close_live();
        let Some(owner) = self.owner.take() else {
            return;
        };
        if let Ok(store) = self.store()
            && let Err(error) = store.writer.signed_out(owner)
        {
            tracing::warn!(%error, "the end of the sign-in could not be noted");
        }
        self.note_account();
        (self.shared.on_history_changed)();
    }

    /// Begins anew where another process has changed the account.
    pub(super) fn look_at_account(&mut self) {
        if self.note_account() {
            self.anew();
        }
    }

    /// A restored folder is a new device and signed out: the sign-in of the device that it was goes. One
    /// that was given since stays.
    pub(super) async fn drop_old_sign_in(&mut self) {
        let Some(row) = self.seen.clone().filter(|row| !row.signed_in) else {
            return;
        };
        let Some(old) = self.signed_in.take() else {
            return;
        };
        let kept = self
            .tokens
            .load(row.token_place, &old.url, old.person_id)
            .await;
        let dropped = match kept {
            Ok(Some(kept)) if kept == old.token => {
                self.tokens
                    .forget(row.token_place, &old.url, old.person_id)
                    .await
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = dropped {
            tracing::warn!(%error, "an old sign-in was left in its place");
        }
    }

    /// The account was changed here: other processes are told.
    pub(super) fn begin_anew(&mut self) {
        self.note_account();
        self.anew();
        self.shared.publish();
        (self.shared.on_history_changed)();
    }

    fn anew(&mut self) {
        self.backoff.reset();
        self.not_before = None;
        self.close_live();
        self.live_due = None;
        self.hearing.stop();
        self.telling = Telling::default();
        self.shared.heard(|heard| *heard = Heard::default());
        (self.shared.on_together)();
        self.shared.live(|live| *live = Live::default());
        if self.shared.in_background && self.seen.is_some() {
            self.soon(Duration::ZERO);
        }
    }

    /// Whether the account is another than it was when this was asked before.
    pub(super) fn note_account(&mut self) -> bool {
        // Without one there may be no data folder, and none is made by looking.
        let row = if self.has_account() {
            self.account().ok().flatten()
        } else {
            None
        };
        let is_another = row != self.seen;
        self.seen = row;
        is_another
    }
}

pub(super) fn sign_in_needed() -> AccountError {
    AccountError::new(Code::SignInNeeded, "please sign in")
}
