//! Reading answers: up to a limit, and with a reason for each that is none.

use mitta_protocol::ErrorCode;
use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;

use super::{MOST_ANSWER_BYTES, errors};
use crate::remote::RemoteError;

/// Of an answer that is a failure so much is read.
const MOST_FAILURE_BYTES: usize = 64 * 1024;
/// No server may put this device off for longer at once, in whole seconds.
const LONGEST_RETRY_S: u32 = 3_600;

/// The JSON of an answer.
pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, RemoteError> {
    let is_json = is_json(&response);
    let bytes = bytes(response, MOST_ANSWER_BYTES).await?;
    parse(is_json, &bytes)
}

/// Reads what was to be JSON of the protocol.
pub(super) fn parse<T: DeserializeOwned>(is_json: bool, bytes: &[u8]) -> Result<T, RemoteError> {
    if !is_json {
        return Err(RemoteError::NotMitta);
    }
    serde_json::from_slice(bytes).map_err(|error| {
        // Where it was, never what it said: an answer may hold notes.
        let place = format!("line {} column {}", error.line(), error.column());
        RemoteError::Garbled(format!("{:?} error at {place}", error.classify()))
    })
}

/// The bytes of an answer, decoded.
pub(super) async fn bytes(mut response: Response, most: usize) -> Result<Vec<u8>, RemoteError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = chunk(&mut response).await? {
        if bytes.len() + chunk.len() > most {
            return Err(RemoteError::AnswerTooLarge);
        }
        bytes.extend(chunk);
    }
    Ok(bytes)
}

/// Some more bytes, decoded; `None` at the end.
pub(super) async fn chunk(response: &mut Response) -> Result<Option<Vec<u8>>, RemoteError> {
    let chunk = response.chunk().await.map_err(|e| errors::of_reading(&e))?;
    Ok(chunk.map(Vec::from))
}

/// Why a server answered with a status that is no success.
pub(super) async fn failure(response: Response) -> RemoteError {
    let status = response.status();
    let after_s = retry_after(&response);
    let is_json = is_json(&response);
    let body = bytes(response, MOST_FAILURE_BYTES)
        .await
        .unwrap_or_default();
    let body = is_json.then(|| serde_json::from_slice::<Raw>(&body).ok());
    of_status(status, body.flatten(), after_s)
}

/// An error body whose code need not be known.
#[derive(serde::Deserialize)]
pub(super) struct Raw {
    code: String,
    message: String,
    #[serde(default)]
    retry_after_s: Option<u32>,
}

/// Sorts a failure by its code, and by its status where it has none.
pub(super) fn of_status(
    status: StatusCode,
    body: Option<Raw>,
    after_s: Option<u32>,
) -> RemoteError {
    let Some(body) = body else {
        return match status {
            StatusCode::TOO_MANY_REQUESTS => RemoteError::RateLimited { after_s },
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => RemoteError::Busy { after_s },
            StatusCode::PAYLOAD_TOO_LARGE => RemoteError::TooLarge,
            StatusCode::REQUEST_TIMEOUT => RemoteError::Timeout,
            _ => RemoteError::NotMitta,
        };
    };
    let after_s = body
        .retry_after_s
        .or(after_s)
        .map(|s| s.min(LONGEST_RETRY_S));
    let code = serde_json::from_value(serde_json::Value::String(body.code.clone()));
    match code.unwrap_or(ErrorCode::Unknown) {
        ErrorCode::SignInNeeded => RemoteError::SignInNeeded,
        ErrorCode::BodyTooLarge | ErrorCode::TooManyOps => RemoteError::TooLarge,
        ErrorCode::RequestTimeout => RemoteError::Timeout,
        ErrorCode::RateLimited => RemoteError::RateLimited { after_s },
        ErrorCode::Unavailable => RemoteError::Busy { after_s },
        ErrorCode::NoSuchShare => RemoteError::NoSuchShare(None),
        // Which side it is, only the server's range says; see `Remote::meta`.
        ErrorCode::ProtocolUnsupported => RemoteError::Unsupported { update_this: true },
        _ => RemoteError::Refused {
            code: body.code.chars().take(64).collect(),
            message: body.message.chars().take(300).collect(),
        },
    }
}

fn retry_after(response: &Response) -> Option<u32> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let after_s: u32 = value.to_str().ok()?.trim().parse().ok()?;
    Some(after_s.min(LONGEST_RETRY_S))
}

fn is_json(response: &Response) -> bool {
    let value = response.headers().get(header::CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().starts_with("application/json"))
}
