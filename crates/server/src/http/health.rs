//! For the ones who run the server: is it alive, is it ready, what has it counted.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use mitta_protocol::ErrorCode;

use super::address::ClientAddress;
use super::error::ApiError;
use crate::AppState;
use crate::db::check::{self, Refused};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// The process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// It can answer requests: the database is there and of the right version.
async fn readyz(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    let not_ready = |error: Refused| {
        let told = "Not ready: the database does not answer, or is of another version.";
        ApiError::new(ErrorCode::Unavailable, told)
            .retry_after_s(2)
            .because(error)
    };
    if *state.closing.borrow() {
        let told = "Not ready: this server is stopping.";
        return Err(ApiError::new(ErrorCode::Unavailable, told));
    }
    let transaction = state.db.as_nobody().await?;
    check::version(&transaction).await.map_err(not_ready)?;
    transaction.rollback().await?;
    Ok("ready\n")
}

/// For Prometheus; from the addresses that were named, and not through a proxy.
async fn metrics(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
) -> Response {
    let mut from = state.limits.metrics_from.iter();
    if address.forwarded || !from.any(|network| network.contains(&address.peer)) {
        return ApiError::new(
            ErrorCode::NotFound,
            "There is nothing at this address of this server.",
        )
        .into_response();
    }
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, state.metrics.render(&state.db)).into_response()
}
