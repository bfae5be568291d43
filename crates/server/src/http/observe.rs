//! One log line and one count for each request: its id, method, route, status and time, and
//! nothing that it brought.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::AppState;
use crate::telemetry;

/// Told back, so that a person can name the request that failed.
const REQUEST_ID: &str = "x-request-id";

pub(super) async fn request(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let begun = state.clock.elapsed();
    let id = request_id(&state);
    let method = name(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = state.clock.elapsed().saturating_sub(begun);
    let status = response.status().as_u16();
    telemetry::count_request(&route, method, status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(parent: &span, method, route, status, ms, "answered");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn request_id(state: &AppState) -> String {
    let mut random = [0_u8; 8];
    match state.random.fill(&mut random) {
        Ok(()) => format!("{:016x}", u64::from_ne_bytes(random)),
        Err(_) => "unknown".to_owned(),
    }
}

/// A method of our routes by name; any other word a client may send is `OTHER`.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
