//! The server over HTTP.
//!
//! Must hold: a secret is in no log and in no `Debug`; an answer is read up to a limit and judged by its
//! JSON before anything is made of it; a redirect never takes a token or a password elsewhere.

mod account;
mod answer;
mod errors;
mod export;
mod live;
mod now;
mod partners;
mod remote;
#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use mitta_protocol::{PROTOCOL, PROTOCOL_HEADER};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::ServerUrl;
use crate::remote::RemoteError;
use crate::token::Token;

pub use export::ExportError;

/// Bodies from this size on are sent compressed.
const COMPRESS_FROM: usize = 1_024;
/// The largest answer that is read, decoded. A page of 500 sits with notes of 10,000 characters of four
/// bytes stays below.
const MOST_ANSWER_BYTES: usize = 48 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// From the last byte heard; a slow line may take longer as long as it goes on.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
const WHOLE_TIMEOUT: Duration = Duration::from_mins(2);
/// Keeps a connection for the next question of a round, not for hours.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// A server at an address, with or without a sign-in.
#[derive(Clone)]
pub struct HttpRemote {
    client: Client,
    url: ServerUrl,
    token: Option<Token>,
}

impl std::fmt::Debug for HttpRemote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = self.url.to_string();
        let mut shown = f.debug_struct("HttpRemote");
        shown.field("url", &url).field("token", &self.token);
        shown.finish_non_exhaustive()
    }
}

/// The client that all questions of this process share; it reads the system's certificates once.
///
/// # Errors
/// [`RemoteError::Certificate`] where the system's certificates cannot be used.
pub fn client() -> Result<Client, RemoteError> {
    // Somebody else in this process may have chosen the same before: that is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = HeaderMap::new();
    headers.insert(PROTOCOL_HEADER, HeaderValue::from(PROTOCOL));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Client::builder()
        .default_headers(headers)
        .user_agent(concat!("mitta/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::custom(same_origin))
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(1)
        .build()
        .map_err(|error| RemoteError::Certificate(errors::causes(&error)))
}

fn same_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let first = attempt.previous().first().map(reqwest::Url::origin);
    if first == Some(attempt.url().origin()) && attempt.previous().len() < 4 {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

impl HttpRemote {
    /// A server; with a token, as the device that it was given to.
    pub const fn new(client: Client, url: ServerUrl, token: Option<Token>) -> Self {
        Self { client, url, token }
    }

    /// Its address.
    pub const fn url(&self) -> &ServerUrl {
        &self.url
    }

    fn request(&self, method: Method, route: &[&str]) -> RequestBuilder {
        let request = self.client.request(method, self.url.route(route));
        let Some(token) = &self.token else {
            return request;
        };
        match HeaderValue::try_from(format!("Bearer {}", token.expose())) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(AUTHORIZATION, value)
            }
            // No server gives such a token; without one it will say that a sign-in is needed.
            Err(_) => request,
        }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        route: &[&str],
        query: &impl Serialize,
    ) -> Result<T, RemoteError> {
        let request = self.request(Method::GET, route).query(query);
        self.answer(request).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &[&str],
        body: &impl Serialize,
    ) -> Result<T, RemoteError> {
        let json = serde_json::to_vec(body).map_err(|e| RemoteError::Garbled(e.to_string()))?;
        let request = with_body(self.request(method, route), json);
        self.answer(request).await
    }

    async fn send_for_nothing(&self, request: RequestBuilder) -> Result<(), RemoteError> {
        let response = self.respond(request.timeout(WHOLE_TIMEOUT)).await?;
        answer::bytes(response, MOST_ANSWER_BYTES).await.map(drop)
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RemoteError> {
        let response = self.respond(request.timeout(WHOLE_TIMEOUT)).await?;
        answer::json(response).await
    }

    /// Sends and looks at the status; an answer that is none is told apart by its body.
    async fn respond(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        let response = request.send().await.map_err(|e| errors::of_sending(&e))?;
        if !self.url.is_origin_of(response.url()) {
            return Err(RemoteError::NotMitta);
        }
        if response.status().is_success() {
            return Ok(response);
        }
        Err(answer::failure(response).await)
    }
}

/// The request with a body, compressed where that is worth it.
fn with_body(request: RequestBuilder, json: Vec<u8>) -> RequestBuilder {
    let request = request.header(CONTENT_TYPE, "application/json");
    if json.len() < COMPRESS_FROM {
        return request.body(json);
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    match encoder.write_all(&json).and_then(|()| encoder.finish()) {
        Ok(packed) => request.header(CONTENT_ENCODING, "gzip").body(packed),
        // Writing into memory does not fail; uncompressed it is as good.
        Err(_) => request.body(json),
    }
}
