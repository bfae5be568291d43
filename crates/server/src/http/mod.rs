//! The routes and what surrounds every one of them.
//!
//! Must hold: every answer of 400 and above is an [`mitta_protocol::ErrorBody`]; no request holds
//! more memory than its limits say, as sent or decompressed; nobody resets their rate limit with a
//! header; nothing that is told to one is kept by anybody on the way.

pub mod address;
pub mod auth;
pub mod error;
pub mod health;
pub mod json;
pub mod limit;
mod meta;
mod observe;
pub mod openapi;
pub(crate) mod relay;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::{AppState, accounts, partnerships, sync, together, web};

/// Every route under `/v1`. Each module names its own, with what the document says of it.
pub fn routes() -> Router<AppState> {
    let described = OpenApiRouter::new()
        .merge(meta::routes())
        .merge(accounts::routes())
        .merge(partnerships::routes())
        .merge(sync::routes())
        .merge(together::routes());
    openapi::with_document(described)
}

/// What stands around every route: these under `/v1`, and those for the one who runs the server.
pub fn around(v1: Router<AppState>, state: AppState) -> Router {
    let limits = &state.limits;
    // Only what is found is counted: an address that is not there is answered at no cost.
    let v1 = v1
        .route_layer(from_fn(meta::protocol_fits))
        .route_layer(from_fn_with_state(state.clone(), limit::rate));
    let page = web::routes().route_layer(from_fn_with_state(state.clone(), limit::rate));
    Router::new()
        .merge(health::routes())
        .merge(v1)
        .merge(page)
        // From here outward, each surrounds what stands above it.
        .layer(DefaultBodyLimit::max(limits.max_decoded_bytes))
        .layer(RequestDecompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(limits.max_body_bytes))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.request_timeout_s,
        ))
        .layer(from_fn(error::in_our_words))
        .layer(map_response(never_kept))
        .layer(from_fn_with_state(state.clone(), address::resolve))
        .layer(from_fn_with_state(state.clone(), observe::request))
        .with_state(state)
}

async fn never_kept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    // Only the files of the page may be kept: they are the same for everybody.
    if headers.get(CACHE_CONTROL) != Some(&web::FOREVER) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
