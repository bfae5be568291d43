//! The web page for partners without the app: built by Vite from `ui/src/web`, inside this program.
//!
//! Must hold: a page says what the person of its cookie may see and nothing else (I10), every word of
//! it as text; it loads nothing from anywhere else, and nobody else's page frames it; only files whose
//! name says their content are kept by a browser.

mod files;
mod first;
mod spoken;

use axum::RequestPartsExt as _;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use mitta_protocol::ErrorCode;

use crate::AppState;
use crate::config::PublicUrl;
use crate::http::auth::Person;
use crate::http::error::ApiError;

pub(crate) use files::FOREVER;
use spoken::Speech;

/// What the page may load and do: everything from here, nothing inline.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
);

/// The page and its files. They are no part of `/v1`: a browser asks for them by itself, with no header
/// of ours.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(home))
        .route("/invite", get(invite))
        .route("/assets/{file}", get(asset))
        .route("/favicon.svg", get(icon))
}

async fn home(State(state): State<AppState>, request: Request) -> Response {
    page(&state, request, "signed-out").await
}

/// Where the link of an invite leads. Its secret stands behind the `#`, which no browser sends.
async fn invite(State(state): State<AppState>, request: Request) -> Response {
    page(&state, request, "invite").await
}

async fn page(state: &AppState, request: Request, signed_out: &'static str) -> Response {
    let (mut parts, _) = request.into_parts();
    let speech = Speech::of(&parts.headers);
    let person = parts.extract_with_state::<Person, _>(state).await;
    let html = match person {
        Ok(person) if person.is_web => first::signed_in(state, &person, speech).await,
        Ok(_) => files::page(signed_out, speech.spoken).to_owned(),
        Err(refused) if refused.code() == ErrorCode::SignInNeeded => {
            files::page(signed_out, speech.spoken).to_owned()
        }
        Err(error) => first::unknown(&error, speech),
    };
    let mut response = html.into_response();
    let language = HeaderValue::from_static(speech.spoken.code());
    response.headers_mut().insert(CONTENT_LANGUAGE, language);
    surround(response.headers_mut(), state.public_url.as_ref());
    response
}

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    files::asset(&format!("assets/{file}"), &headers).ok_or_else(nothing_here)
}

/// Some browsers ask for it whatever the page says.
async fn icon() -> Result<Response, ApiError> {
    let svg = files::find("favicon.svg").ok_or_else(nothing_here)?;
    let content_type = [(CONTENT_TYPE, "image/svg+xml")];
    Ok((StatusCode::OK, content_type, svg).into_response())
}

fn nothing_here() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is nothing at this address of this server.",
    )
}

fn surround(headers: &mut HeaderMap, public_url: Option<&PublicUrl>) {
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
    const PERMITTED: HeaderName = HeaderName::from_static("permissions-policy");
    let same_origin = HeaderValue::from_static("same-origin");
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CONTENT_SECURITY_POLICY, CSP);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(OPENER, same_origin.clone());
    headers.insert(RESOURCE, same_origin);
    headers.insert(PERMITTED, PERMISSIONS);
    if public_url.is_some_and(PublicUrl::is_https) {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
}
