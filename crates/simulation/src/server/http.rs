//! Asking the real server over HTTP, as plainly as can be.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use mitta_protocol::ErrorBody;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use super::Refusal;

/// A path with its query.
pub(super) fn path(path: &str, query: &impl Serialize) -> Result<String, Refusal> {
    let fields = serde_json::to_value(query).map_err(broken)?;
    let fields = fields.as_object().into_iter().flatten();
    let fields: Vec<_> = fields
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        })
        .collect();
    Ok(format!("{path}?{}", fields.join("&")))
}

/// One request over a connection of its own.
pub(super) async fn ask<T: DeserializeOwned>(
    address: SocketAddr,
    token: Option<&str>,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Result<T, Refusal> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "mitta.test")
        .header(mitta_protocol::PROTOCOL_HEADER, mitta_protocol::PROTOCOL);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(broken)?;
    let stream = TcpStream::connect(address).await.map_err(broken)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let connection = tokio::spawn(connection);
    let (head, body) = sender
        .send_request(request)
        .await
        .map_err(broken)?
        .into_parts();
    let body = body.collect().await.map_err(broken)?.to_bytes();
    connection.abort();
    if head.status == StatusCode::NO_CONTENT {
        return serde_json::from_slice(b"null").map_err(broken);
    }
    if head.status.is_success() {
        return serde_json::from_slice(&body).map_err(broken);
    }
    let error: ErrorBody = serde_json::from_slice(&body).map_err(broken)?;
    if head.status.is_server_error() {
        return Err(broken(format!(
            "{method} {path}: {} {}",
            head.status, error.message
        )));
    }
    Err(Refusal::Code(error.code))
}

fn broken(error: impl std::fmt::Display) -> Refusal {
    Refusal::Broken(error.to_string())
}
