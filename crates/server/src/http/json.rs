//! A JSON body, strictly: its content type, its size before and after decompression, its shape.

use std::error::Error;
use std::io;

use axum::RequestExt as _;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use mitta_protocol::ErrorCode;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::error::{ApiError, too_large};

/// The longest path of a field that is told back, in characters.
const MAX_PATH: usize = 120;

/// The body of a request, read as JSON.
///
/// Refuses with `unsupported_media_type`, `body_too_large`, `malformed_json` or `invalid_field`;
/// none of them repeats a value that was sent.
#[derive(Debug, Clone, Copy)]
pub struct StrictJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for StrictJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        parse(&body(request).await?).map(Self)
    }
}

/// The bytes of a JSON body, within the limits.
///
/// # Errors
/// `unsupported_media_type`, `body_too_large` or `malformed_json`.
pub async fn body(request: Request) -> Result<axum::body::Bytes, ApiError> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let essence = content_type
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split(';').next())
        .map(str::trim);
    if !essence.is_some_and(|it| it.eq_ignore_ascii_case("application/json")) {
        return Err(ApiError::new(
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON (content-type: application/json).",
        ));
    }
    // Limited already: what was sent by a layer, what it decompresses to here.
    let body = request.into_limited_body();
    to_bytes(body, usize::MAX).await.map_err(|error| {
        if is_too_large(&error) {
            return too_large();
        }
        ApiError::new(
            ErrorCode::MalformedJson,
            "The body broke off, or is not compressed as its header says.",
        )
    })
}

/// Reads `bytes` as a `T`.
///
/// # Errors
/// `malformed_json` where it is no JSON, `invalid_field` (with the field's path) where it is
/// another one.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let malformed = |error: &serde_json::Error| {
        let at = format!(
            "The body is not JSON: line {}, column {}.",
            error.line(),
            error.column()
        );
        ApiError::new(ErrorCode::MalformedJson, at)
    };
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        if inner.classify() != Category::Data {
            return malformed(inner);
        }
        // serde's own words repeat the value; the path and the place do not.
        let path: String = error.path().to_string().chars().take(MAX_PATH).collect();
        let place = (inner.line(), inner.column());
        ApiError::new(
            ErrorCode::InvalidField,
            format!(
                "In the body at {path} (line {}, column {}): a field is missing, unknown, of another type or out of its range.",
                place.0, place.1
            ),
        )
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// A limit that was met, however deep: decompression wraps it into an I/O error.
fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// The query of an address, strictly. None of what it brought is repeated.
///
/// # Errors
/// `invalid_field`.
pub(crate) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, ApiError> {
    let query = Query::<T>::try_from_uri(uri).map_err(|_| {
        ApiError::new(
            ErrorCode::InvalidField,
            "A parameter of the address is missing, unknown, or not as it must be.",
        )
    })?;
    Ok(query.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[expect(dead_code, reason = "only whether it is read matters")]
        outer: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only whether it is read matters")]
        count: u8,
    }

    #[rstest]
    #[case("{", ErrorCode::MalformedJson, "line 1")]
    #[case("", ErrorCode::MalformedJson, "line 1")]
    #[case("\u{feff}{}", ErrorCode::MalformedJson, "line 1")]
    #[case(r#"{"outer":{"count":1}} x"#, ErrorCode::MalformedJson, "column 23")]
    #[case(r#"{"outer":{"count":NaN}}"#, ErrorCode::MalformedJson, "line 1")]
    #[case(
        r#"{"outer":{"count":"hunter2"}}"#,
        ErrorCode::InvalidField,
        "outer.count"
    )]
    #[case(r#"{"outer":{"count":300}}"#, ErrorCode::InvalidField, "outer.count")]
    #[case(r#"{"outer":{}}"#, ErrorCode::InvalidField, "outer")]
    #[case(
        r#"{"outer":{"count":1,"hunter2":1}}"#,
        ErrorCode::InvalidField,
        "outer"
    )]
    fn what_is_wrong_is_said_without_the_value(
        #[case] body: &str,
        #[case] code: ErrorCode,
        #[case] said: &str,
    ) {
        let error = parse::<Asked>(body.as_bytes()).expect_err("refused");
        let shown = format!("{error:?}");
        assert_eq!(error.code(), code, "{shown}");
        assert!(shown.contains(said), "{shown}");
    }

    #[test]
    fn a_value_is_never_repeated() {
        let body = br#"{"outer":{"count":"hunter2"}}"#;
        let error = parse::<Asked>(body).expect_err("refused");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
