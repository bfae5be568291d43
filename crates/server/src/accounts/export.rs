//! Everything that the server has of a person, as one JSON document, streamed: a long history never
//! lies in the server's memory.
//!
//! Must hold: every personal table is in it (a test compares with the schema), no secret is; it is one
//! snapshot.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::try_unfold;
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::attempts::{self, Bucket};
use crate::AppState;
use crate::db::{DbError, Isolation, Transaction};
use crate::http::auth::Person;
use crate::http::error::ApiError;

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
];

/// Rows that are read at a time.
const ROWS_AT_ONCE: u32 = 500;
/// Each holds a connection to the database for as long as its reader takes.
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
    counted.commit().await?;

    let transaction = state
        .db
        .as_person(person.person_id, Isolation::Snapshot)
        .await?;
    let reading = Reading {
        transaction,
        _place: place,
        at: At::Begin(0),
    };
    let parts = try_unfold(Some(reading), |reading| async move {
        match reading {
            None => Ok(None),
            Some(reading) => reading.next().await.map_err(|error| {
                tracing::error!(because = %error, "an export broke off");
                io::Error::other("the export broke off")
            }),
        }
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = HeaderValue::from_static("attachment; filename=\"mitta-export.json\"");
    headers.insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// How far an export is.
struct Reading {
    transaction: Transaction,
    _place: SemaphorePermit<'static>,
    at: At,
}

/// What is to be written next; the number is the place in [`EXPORTED`].
#[derive(Clone, Copy)]
enum At {
    /// The name of a table.
    Begin(usize),
    /// More of its rows; the first has no comma before it.
    Rows { table: usize, is_first: bool },
}

impl Reading {
    /// The next part of the document, and what is to follow it.
    async fn next(mut self) -> Result<Option<(Bytes, Option<Self>)>, DbError> {
        match self.at {
            At::Begin(table) => {
                let Some((name, sql)) = EXPORTED.get(table) else {
                    self.transaction.rollback().await?;
                    return Ok(Some((Bytes::from_static(b"\n}\n"), None)));
                };
                let declare = format!(
                    "DECLARE exported NO SCROLL CURSOR FOR SELECT pg_catalog.row_to_json(t)::text FROM ({sql}) t"
                );
                // Declaring changes no rows.
                let _: u64 = self.transaction.execute(&declare, &[]).await?;
                let before = if table == 0 { "{" } else { "," };
                self.at = At::Rows {
                    table,
                    is_first: true,
                };
                Ok(Some((
                    format!("{before}\n\"{name}\": [").into(),
                    Some(self),
                )))
            }
            At::Rows { table, is_first } => {
                let fetch = format!("FETCH {ROWS_AT_ONCE} FROM exported");
                let rows = self.transaction.query(&fetch, &[]).await?;
                if rows.is_empty() {
                    let _: u64 = self.transaction.execute("CLOSE exported", &[]).await?;
                    self.at = At::Begin(table + 1);
                    return Ok(Some((Bytes::from_static(b"]"), Some(self))));
                }
                let mut text = String::new();
                for (index, row) in rows.iter().enumerate() {
                    text.push_str(if is_first && index == 0 { "\n" } else { ",\n" });
                    text.push_str(row.try_get(0)?);
                }
                self.at = At::Rows {
                    table,
                    is_first: false,
                };
                Ok(Some((text.into(), Some(self))))
            }
        }
    }
}
