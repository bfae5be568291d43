//! `/v1/openapi.json`: made from the very handlers that are served, so that neither can be without the
//! other.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use mitta_protocol::PROTOCOL_HEADER;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, Required, Type,
};
use utoipa_axum::router::OpenApiRouter;

use super::auth::COOKIE_NAME;
use crate::AppState;

/// Where the document is.
pub const PATH: &str = "/v1/openapi.json";

/// The routes with their document.
pub(super) fn with_document(routes: OpenApiRouter<AppState>) -> Router<AppState> {
    let (served, described) = routes.split_for_parts();
    let json: Arc<str> = document(described).to_json().unwrap_or_default().into();
    let answer = move || {
        let json = json.to_string();
        std::future::ready(([(CONTENT_TYPE, "application/json")], json).into_response())
    };
    served.route(PATH, get(answer))
}

fn document(mut described: OpenApi) -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Mitta partnership server")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Every request says the protocol it speaks. Ids are lowercase UUIDs, `_ms` is Unix milliseconds, `_s` whole seconds, dates are civil dates.",
                ))
                .build(),
        )
        .security(Some([
            SecurityRequirement::new::<_, [&str; 0], &str>("token", []),
            SecurityRequirement::new::<_, [&str; 0], &str>("page", []),
        ]))
        .build();
    for item in described.paths.paths.values_mut() {
        for operation in operations(item) {
            let version = ParameterBuilder::new()
                .name(PROTOCOL_HEADER)
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
                .build();
            operation.parameters.get_or_insert_default().push(version);
        }
    }
    let mut components = described.components.take().unwrap_or_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE_NAME));
    components.add_security_scheme("page", SecurityScheme::ApiKey(cookie));
    document.paths = described.paths;
    document.components = Some(components);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
}
