//! What happened to an account that its owner should recognise: noted in the transaction in which it
//! happened.

use axum::Json;
use axum::extract::State;
use mitta_domain::{DeviceId, PartnershipId, UnixMillis};
use mitta_protocol::ErrorBody;
use mitta_protocol::activity::{Activities, Activity, ActivityKind};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::AppState;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::auth::Person;
use crate::http::error::ApiError;

/// What happened to the own account, newest first.
#[utoipa::path(
    get, path = "/v1/activity", tag = "accounts",
    responses((status = 200, body = Activities), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn activity(
    State(state): State<AppState>,
    person: Person,
) -> Result<Json<Activities>, ApiError> {
    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let sql = "SELECT a.happened_at_ms, a.kind, a.device_name, a.partnership_name, a.person_name
        FROM mitta.my_activities() a";
    let found = transaction.query(sql, &[]).await?;
    transaction.commit().await?;
    let activities: Result<Vec<_>, DbError> = found.iter().map(read).collect();
    Ok(Json(Activities {
        activities: activities?,
    }))
}

fn read(row: &Row) -> Result<Activity, DbError> {
    let kind: &str = row.get(1);
    let kind = serde_json::from_value(kind.into()).map_err(|_| DbError::Corrupt {
        table: "activities",
        column: "kind",
        detail: "no activity is called so".to_owned(),
    })?;
    Ok(Activity {
        happened_at_ms: UnixMillis(row.get(0)),
        kind,
        device_name: row.get(2),
        partnership_name: row.get(3),
        person_name: row.get(4),
    })
}

/// What an activity is about beside its person.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    /// A device of theirs.
    pub(crate) device: Option<DeviceId>,
    /// A partnership.
    pub(crate) partnership: Option<PartnershipId>,
}

/// Notes what happened to the transaction's person.
///
/// # Errors
/// What the database said.
pub(crate) async fn note(
    transaction: &Transaction,
    kind: ActivityKind,
    about: About,
    now: UnixMillis,
) -> Result<(), DbError> {
    let device = about.device.map(DeviceId::as_uuid);
    let partnership = about.partnership.map(PartnershipId::as_uuid);
    let kind = name(kind)?;
    let params = [
        param(&kind, Type::TEXT),
        param(&device, Type::UUID),
        param(&partnership, Type::UUID),
        param(&now.0, Type::INT8),
    ];
    let sql = "SELECT mitta.my_activity_note($1, $2, $3, $4)";
    transaction.query_one(sql, &params).await.map(drop)
}

/// Notes for every other member of a partnership what the transaction's person did.
///
/// # Errors
/// What the database said.
pub(crate) async fn note_for_partners(
    transaction: &Transaction,
    kind: ActivityKind,
    partnership_id: PartnershipId,
    now: UnixMillis,
) -> Result<(), DbError> {
    let (kind, partnership) = (name(kind)?, partnership_id.as_uuid());
    let params = [
        param(&kind, Type::TEXT),
        param(&partnership, Type::UUID),
        param(&now.0, Type::INT8),
    ];
    let sql = "SELECT mitta.partners_activity_note($1, $2, $3)";
    transaction.query_one(sql, &params).await.map(drop)
}

fn name(kind: ActivityKind) -> Result<String, DbError> {
    let name = serde_json::to_value(kind).ok();
    let name = name.and_then(|it| it.as_str().map(str::to_owned));
    name.ok_or(DbError::Corrupt {
        table: "activities",
        column: "kind",
        detail: "it has no name".to_owned(),
    })
}
