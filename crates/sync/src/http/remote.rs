//! What a round asks.

use mitta_protocol::PROTOCOL;
use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use reqwest::Method;

use super::{HttpRemote, with_body};
use crate::remote::{Remote, RemoteError};

impl Remote for HttpRemote {
    async fn meta(&self) -> Result<Meta, RemoteError> {
        let meta: Result<Meta, _> = self.get(&["meta"], &()).await;
        let meta = meta.map_err(|error| match error {
            // Some other service with JSON of its own.
            RemoteError::Garbled(_) | RemoteError::Refused { .. } => RemoteError::NotMitta,
            other => other,
        })?;
        if meta.product != Meta::PRODUCT {
            return Err(RemoteError::NotMitta);
        }
        fits(&meta).map(|()| meta)
    }

    async fn push(&self, body: Vec<u8>) -> Result<PushAnswer, RemoteError> {
        let request = with_body(self.request(Method::POST, &["push"]), body);
        let answer = self.answer(request).await;
        self.explained(answer).await
    }

    async fn pull(&self, query: &PullQuery) -> Result<PullAnswer, RemoteError> {
        let answer = self.get(&["pull"], query).await;
        let answer = answer.map_err(|error| of_share(error, query.share_id));
        self.explained(answer).await
    }

    async fn weeks(&self, query: &WeeksQuery) -> Result<WeeksAnswer, RemoteError> {
        let answer = self.get(&["weeks"], query).await;
        answer.map_err(|error| of_share(error, query.share_id))
    }

    async fn sits(&self, query: &SitsQuery) -> Result<SitsAnswer, RemoteError> {
        let answer = self.get(&["sits"], query).await;
        answer.map_err(|error| of_share(error, query.share_id))
    }
}

impl HttpRemote {
    /// A refused protocol says which side is too old only through the server's range.
    async fn explained<T>(&self, answer: Result<T, RemoteError>) -> Result<T, RemoteError> {
        match answer {
            Err(RemoteError::Unsupported { .. }) => match self.meta().await {
                Err(error @ RemoteError::Unsupported { .. }) => Err(error),
                _ => Err(RemoteError::Unsupported { update_this: true }),
            },
            answer => answer,
        }
    }
}

/// Whether the server speaks what this program speaks.
fn fits(meta: &Meta) -> Result<(), RemoteError> {
    if PROTOCOL < meta.oldest_protocol {
        Err(RemoteError::Unsupported { update_this: true })
    } else if PROTOCOL > meta.newest_protocol {
        Err(RemoteError::Unsupported { update_this: false })
    } else {
        Ok(())
    }
}

fn of_share(error: RemoteError, share: Option<mitta_domain::ShareId>) -> RemoteError {
    match error {
        RemoteError::NoSuchShare(_) => RemoteError::NoSuchShare(share),
        other => other,
    }
}
