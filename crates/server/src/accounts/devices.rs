//! The devices of a person.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use mitta_domain::{DeviceId, UnixMillis};
use mitta_protocol::account::{Device, Devices};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::types::Type;

use super::activity::{self, About};
use super::store::revoke as revoke_tokens;
use crate::AppState;
use crate::db::{Isolation, Param};
use crate::http::auth::Person;
use crate::http::error::ApiError;

/// The devices that are or were signed in, last heard of first.
#[utoipa::path(
    get, path = "/v1/devices", tag = "devices",
    responses((status = 200, body = Devices), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn devices(
    State(state): State<AppState>,
    person: Person,
) -> Result<Json<Devices>, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let sql = "SELECT d.device_id, d.name, d.created_at_ms, d.last_seen_at_ms, t.expires_at_ms
        FROM mitta.devices d LEFT JOIN mitta.my_tokens($1) t ON t.device_id = d.device_id
        ORDER BY d.last_seen_at_ms DESC, d.device_id";
    let now = state.clock.now_ms();
    let rows = transaction.query(sql, &[(&now.0, Type::INT8)]).await?;
    transaction.rollback().await?;
    let device = |row: &tokio_postgres::Row| {
        let device_id = DeviceId::from_uuid(row.get(0));
        Device {
            device_id,
            name: row.get(1),
            created_at_ms: UnixMillis(row.get(2)),
            last_seen_at_ms: UnixMillis(row.get(3)),
            expires_at_ms: row.get::<_, Option<i64>>(4).map(UnixMillis),
            is_this: person.device_id == Some(device_id),
        }
    };
    Ok(Json(Devices {
        devices: rows.iter().map(device).collect(),
    }))
}

/// Sign a device out. What it recorded stays on it.
#[utoipa::path(
    delete, path = "/v1/devices/{device_id}", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")),
    responses((status = 204), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn revoke(
    State(state): State<AppState>,
    person: Person,
    Path(device_id): Path<DeviceId>,
) -> Result<StatusCode, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let sql = "UPDATE mitta.devices SET revoked_at_ms = coalesce(revoked_at_ms, $3)
        WHERE person_id = $1 AND device_id = $2";
    let params: [Param<'_>; _] = [
        (&person.person_id.as_uuid(), Type::UUID),
        (&device_id.as_uuid(), Type::UUID),
        (&state.clock.now_ms().0, Type::INT8),
    ];
    if transaction.execute(sql, &params).await? != 1 {
        return Err(ApiError::new(
            ErrorCode::NoSuchDevice,
            "You have no such device.",
        ));
    }
    revoke_tokens(&transaction, None, Some(device_id), None).await?;
    let about = About {
        device: Some(device_id),
        ..About::default()
    };
    let now = state.clock.now_ms();
    activity::note(&transaction, ActivityKind::DeviceRevoked, about, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
