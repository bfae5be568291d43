//! The one error of every route.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;

use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Body};
use mitta_protocol::{ErrorBody, ErrorCode};

/// What a failed request is answered, and, for the log alone, why.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: Cow<'static, str>,
    retry_after_s: Option<u32>,
    because: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// `message` is a sentence for a person: what was wrong and what to do. It never repeats what
    /// the request brought.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_s: None,
            because: None,
        }
    }

    /// A mistake of the server: logged as an error, told only as such.
    pub fn internal(because: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(
            ErrorCode::Internal,
            "The server made a mistake. Nothing is lost; its log says what happened.",
        )
        .because(because)
    }

    /// After how many whole seconds the same may succeed.
    #[must_use]
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The cause, which is logged and never sent.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.because = Some(cause.into());
        self
    }

    /// The stable code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }
}

impl From<crate::source::NoRandomness> for ApiError {
    fn from(error: crate::source::NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(because) = &self.because {
            if status.is_server_error() {
                tracing::error!(code = self.code.name(), because = %because, "request failed");
            } else {
                tracing::debug!(code = self.code.name(), because = %because, "request refused");
            }
        }
        let body = ErrorBody {
            code: self.code,
            message: self.message.into_owned(),
            retry_after_s: self.retry_after_s,
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A handler panicked: a mistake of the server like any other.
pub(super) fn panicked(said: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let said = match said.downcast::<String>() {
        Ok(said) => *said,
        Err(said) => said.downcast::<&str>().map_or("?", |said| *said).to_owned(),
    };
    ApiError::internal(format!("panicked: {said}")).into_response()
}

/// Gives the refusals of libraries (no such route, too large, too late) our form.
pub(super) async fn in_our_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let ours = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"application/json"));
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut answer = words_for(status).into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    answer
}

fn words_for(status: StatusCode) -> ApiError {
    let (code, message) = match status {
        StatusCode::NOT_FOUND => (
            ErrorCode::NotFound,
            "There is nothing at this address of this server.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            ErrorCode::MethodNotAllowed,
            "This address does not take this method.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON, plain or compressed with gzip.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            ErrorCode::RequestTimeout,
            "The request took too long. Try again on a better connection.",
        ),
        status if status.is_client_error() => (
            ErrorCode::InvalidField,
            "The address or its parameters are not as they must be.",
        ),
        status => return ApiError::internal(format!("a library answered {status}")),
    };
    ApiError::new(code, message)
}

/// The body is larger than allowed.
pub(super) fn too_large() -> ApiError {
    ApiError::new(
        ErrorCode::BodyTooLarge,
        "The request is larger than this server takes. Send less at once.",
    )
}
