//! Everything that the server has of a person, as one JSON document, streamed: a long history never
//! lies in the server's memory.
//!
//! Must hold: every personal table is in it (a test compares with the schema), no secret is; it is one
//! snapshot.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use mitta_protocol::activity::ActivityKind;
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio::sync::Semaphore;

use super::activity;
use super::attempts::{self, Bucket};
use crate::AppState;
use crate::db::{DbError, Isolation, Transaction};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::relay::{self, GivenUp, Parts};

/// What is exported: the name in the document, and the statement. Row security leaves only the
/// person's own rows. The hash of an op's bytes and the hashes of tokens say nothing to anybody.
pub const EXPORTED: &[(&str, &str)] = &[
    (
        "account",
        "SELECT person_id, login, display_name, has_recovery, created_at_ms FROM mitta.my_account()",
    ),
    ("devices", "SELECT * FROM mitta.devices"),
    ("sign_ins", "SELECT * FROM mitta.my_tokens(0)"),
    ("partnerships", "SELECT * FROM mitta.my_partnerships()"),
    ("memberships", "SELECT * FROM mitta.memberships"),
    ("shares", "SELECT * FROM mitta.shares"),
    ("pauses", "SELECT * FROM mitta.pauses"),
    ("invites", "SELECT * FROM mitta.my_invites(NULL, 0)"),
    ("sessions", "SELECT * FROM mitta.sessions"),
    ("session_events", "SELECT * FROM mitta.session_events"),
    (
        "applied_ops",
        "SELECT op_id, device_id, outcome, code FROM mitta.applied_ops",
    ),
    ("day_totals", "SELECT * FROM mitta.day_totals"),
    ("feeds", "SELECT * FROM mitta.feeds"),
    ("changes", "SELECT * FROM mitta.changes"),
    ("contacts", "SELECT * FROM mitta.contacts"),
    ("presence", "SELECT * FROM mitta.presence"),
    (
        "proposals",
        "SELECT together_id, partnership_id, starts_at_ms, planned_s, start_strikes, end_strikes, interval_every_s
        FROM mitta.my_proposals(0) WHERE proposed_by = mitta.current_person()",
    ),
    ("proposal_answers", "SELECT * FROM mitta.proposal_answers"),
    ("activities", "SELECT * FROM mitta.my_activities()"),
];

/// Rows that are read at a time.
const ROWS_AT_ONCE: u32 = 500;
/// Each holds a connection to the database for as long as its reader reads on.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Everything that the server has of the person.
#[utoipa::path(
    get, path = "/v1/account/export", tag = "accounts",
    responses((status = 200, content_type = "application/json"), (status = "4XX", body = ErrorBody))
)]
pub(super) async fn export(
    State(state): State<AppState>,
    person: Person,
) -> Result<Response, ApiError> {
    let place = AT_ONCE.try_acquire().map_err(|_| {
        ApiError::new(
            ErrorCode::RateLimited,
            "Others are fetching their data just now. Try again in a moment.",
        )
        .retry_after_s(5)
    })?;
    let counted = state
        .db
        .as_person(person.person_id, Isolation::ReadCommitted)
        .await?;
    let tries = [Bucket::EXPORT.of(person.person_id.to_string())];
    attempts::take(&counted, &tries, state.clock.now_ms().0).await?;
    let now = state.clock.now_ms();
    activity::note(&counted, ActivityKind::Exported, person.about(), now).await?;
    counted.commit().await?;

    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let (parts, body) = relay::body();
    tokio::spawn(async move {
        // Both are given back when the reader stops reading.
        let _place = place;
        match write(transaction, parts).await {
            Ok(()) => {}
            Err(BrokenOff::GivenUp(_)) => tracing::debug!("an export was not read to its end"),
            Err(BrokenOff::Db(error)) => tracing::error!(because = %error, "an export broke off"),
        }
    });
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = HeaderValue::from_static("attachment; filename=\"mitta-export.json\"");
    headers.insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Why a document is not whole.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
}

/// Writes the document, some rows at a time.
async fn write(transaction: Transaction, parts: Parts) -> Result<(), BrokenOff> {
    let fetch = format!("FETCH {ROWS_AT_ONCE} FROM exported");
    let mut before = "{";
    for (name, sql) in EXPORTED {
        let declare = format!(
            "DECLARE exported NO SCROLL CURSOR FOR SELECT pg_catalog.row_to_json(t)::text FROM ({sql}) t"
        );
        // Declaring changes no rows.
        let _: u64 = transaction.execute(&declare, &[]).await?;
        parts.send(format!("{before}\n\"{name}\": [")).await?;
        before = ",";
        let mut between = "\n";
        loop {
            let rows = transaction.query(&fetch, &[]).await?;
            if rows.is_empty() {
                break;
            }
            let mut text = String::new();
            for row in &rows {
                text.push_str(between);
                text.push_str(row.try_get(0).map_err(DbError::from)?);
                between = ",\n";
            }
            parts.send(text).await?;
        }
        let _: u64 = transaction.execute("CLOSE exported", &[]).await?;
        parts.send("]").await?;
    }
    transaction.rollback().await?;
    parts.send("\n}\n").await?;
    Ok(parts.end().await?)
}
