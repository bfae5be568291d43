//! The routes of pushing, pulling and comparing: they read the request, and hand it on with the person
//! whose token it carries.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::response::Response;
use mitta_protocol::ErrorBody;
use mitta_protocol::live::LiveEvent;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::{PushAnswer, PushRequest};
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json;

/// The routes of sync.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(push))
        .routes(routes!(pull))
        .routes(routes!(weeks))
        .routes(routes!(sits))
        .routes(routes!(live))
}

/// Push ops.
#[utoipa::path(
    post, path = "/v1/push", tag = "sync", request_body = PushRequest<'static>,
    responses((status = 200, body = PushAnswer), (status = "4XX", body = ErrorBody))
)]
async fn push(
    State(state): State<AppState>,
    person: Person,
    request: Request,
) -> Result<Json<PushAnswer>, ApiError> {
    let body = json::body(request).await?;
    let answer = super::push::push(&state, person.person_id, &body).await?;
    Ok(Json(answer))
}

/// Pull what changed.
#[utoipa::path(
    get, path = "/v1/pull", tag = "sync", params(PullQuery),
    responses((status = 200, body = PullAnswer), (status = "4XX", body = ErrorBody))
)]
async fn pull(
    State(state): State<AppState>,
    person: Person,
    uri: Uri,
) -> Result<Json<PullAnswer>, ApiError> {
    let answer = super::pull::pull(&state, person.person_id, json::query(&uri)?).await?;
    super::contact::of_pull(&state, &person).await;
    Ok(Json(answer))
}

/// Totals and digests by week.
#[utoipa::path(
    get, path = "/v1/weeks", tag = "sync", params(WeeksQuery),
    responses((status = 200, body = WeeksAnswer), (status = "4XX", body = ErrorBody))
)]
async fn weeks(
    State(state): State<AppState>,
    person: Person,
    uri: Uri,
) -> Result<Json<WeeksAnswer>, ApiError> {
    let answer = super::weeks::weeks(&state, person.person_id, json::query(&uri)?).await?;
    Ok(Json(answer))
}

/// The rows of some dates.
#[utoipa::path(
    get, path = "/v1/sits", tag = "sync", params(SitsQuery),
    responses((status = 200, body = SitsAnswer), (status = "4XX", body = ErrorBody))
)]
async fn sits(
    State(state): State<AppState>,
    person: Person,
    uri: Uri,
) -> Result<Json<SitsAnswer>, ApiError> {
    let answer = super::sits::sits(&state, person.person_id, json::query(&uri)?).await?;
    Ok(Json(answer))
}

/// Be told where something is to be fetched: server-sent events, until one side ends it.
#[utoipa::path(
    get, path = "/v1/live", tag = "sync",
    responses(
        (status = 200, body = LiveEvent, content_type = "text/event-stream"),
        (status = "4XX", body = ErrorBody)
    )
)]
async fn live(State(state): State<AppState>, person: Person) -> Result<Response, ApiError> {
    super::live::stream(&state, &person)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(query: &str) -> Result<(), TestCaseError> {
        let Ok(uri) = format!("/v1/pull?{query}").parse::<Uri>() else {
            return Ok(());
        };
        let _ = json::query::<PullQuery>(&uri);
        let _ = json::query::<WeeksQuery>(&uri);
        if let Ok(query) = json::query::<SitsQuery>(&uri) {
            // No two dates that can be read are too far apart to be told apart.
            let apart = query.to.signed_duration_since(query.from).num_days();
            prop_assert_eq!(apart == 0, query.to == query.from);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_query_breaks_the_reader(query in "[ -~]{0,80}") {
            check(&query)?;
        }

        #[test]
        fn no_query_of_likely_pieces_breaks_the_reader(
            pairs in proptest::collection::vec(
                (
                    "after|limit|share_id|summary|from|to|week_start|x|",
                    "[0-9]{1,30}|-1|1e9|NaN|true|Mon|%00|%ff|%|[+-][0-9]{4,7}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|",
                ),
                0..5,
            )
        ) {
            let pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
            check(&pairs.join("&"))?;
        }
    }
}
