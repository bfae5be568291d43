//! For the ones who run the server: is it alive, is it ready, what has it counted.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use mitta_protocol::ErrorCode;
use tokio::sync::Mutex;

use super::address::ClientAddress;
use super::error::ApiError;
use crate::AppState;
use crate::db::check::{self, Refused};

/// How long the database is not asked again whether the server is ready.
const KEPT: Duration = Duration::from_secs(1);

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
    if *state.closing.borrow() {
        let told = "Not ready: this server is stopping.";
        return Err(ApiError::new(ErrorCode::Unavailable, told));
    }
    if state.ready.is_ready(&state).await {
        return Ok("ready\n");
    }
    let told = "Not ready: the database does not answer, or is of another version.";
    Err(ApiError::new(ErrorCode::Unavailable, told).retry_after_s(2))
}

/// What was found when the database was last asked whether the server is ready. Whoever asks meanwhile
/// waits for the same answer: however many ask, they take one connection of the pool.
#[derive(Debug, Default)]
pub struct Ready(Mutex<Option<(Duration, bool)>>);

impl Ready {
    async fn is_ready(&self, state: &AppState) -> bool {
        let mut found = self.0.lock().await;
        let now = state.clock.elapsed();
        if let Some((at, is_ready)) = *found
            && now.saturating_sub(at) < KEPT
        {
            return is_ready;
        }
        let looked = look(state).await;
        if let Err(error) = &looked {
            tracing::error!(because = %error, "not ready");
        }
        *found = Some((now, looked.is_ok()));
        looked.is_ok()
    }
}

async fn look(state: &AppState) -> Result<(), Refused> {
    let transaction = state.db.as_nobody().await?;
    check::version(&transaction).await?;
    Ok(transaction.rollback().await?)
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
