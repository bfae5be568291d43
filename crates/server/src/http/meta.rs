//! Who this server is, and whether it speaks the client's protocol.

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use mitta_protocol::meta::Meta;
use mitta_protocol::{ErrorBody, ErrorCode, PROTOCOL, PROTOCOL_HEADER};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::AppState;

/// The oldest protocol that this server speaks.
const OLDEST: u32 = 1;
const PATH: &str = "/v1/meta";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(meta))
}

/// Who the server is, and what it speaks.
#[utoipa::path(
    get, path = "/v1/meta", tag = "server", security(()),
    responses((status = 200, body = Meta), (status = "5XX", body = ErrorBody))
)]
async fn meta(State(state): State<AppState>) -> Result<Json<Meta>, ApiError> {
    let transaction = state.db.as_nobody().await?;
    let sql = "SELECT server_id, mitta.served_epoch() FROM mitta.server";
    let row = transaction.query_one(sql, &[]).await?;
    transaction.rollback().await?;
    Ok(Json(Meta {
        product: Meta::PRODUCT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        server_id: row.get(0),
        epoch: row.get(1),
        oldest_protocol: OLDEST,
        newest_protocol: PROTOCOL,
        server_time_ms: state.clock.now_ms(),
    }))
}

/// Refuses a request of a protocol that is not spoken, before anything else is read of it. What
/// the server is may be asked by anybody.
pub(super) async fn protocol_fits(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = path == PATH || path == super::openapi::PATH;
    let spoken = request
        .headers()
        .get(PROTOCOL_HEADER)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.parse::<u32>().ok())
        .is_some_and(|it| (OLDEST..=PROTOCOL).contains(&it));
    if open || spoken {
        return next.run(request).await;
    }
    let told = format!(
        "This server speaks versions {OLDEST} to {PROTOCOL} of the protocol, and the request did not say one of them. Update the program, or the server."
    );
    ApiError::new(ErrorCode::ProtocolUnsupported, told).into_response()
}
