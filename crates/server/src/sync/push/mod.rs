//! `POST /v1/push`: ops of one person's device into one transaction (I3, I4).
//!
//! Must hold: the person's feeds are locked before anything is read; what is folded is what was read
//! under that lock; an SQL error leaves nothing of the push, which the client then halves until the op
//! that caused it stands alone. No op says whose it is: the token decides (I10).

mod load;
mod write;

use std::collections::HashMap;

use mitta_domain::{PersonId, ShareId};
use mitta_protocol::push::{Outcome, PushAnswer, PushRequest};
use mitta_protocol::{ErrorCode, MAX_PUSH_BYTES, MAX_PUSH_OPS};
use serde_json::error::Category;
use uuid::Uuid;

use super::{Server, served};
use crate::AppState;
use crate::db::Isolation;
use crate::fold::{Batch, FeedChange, RawOp, Unreadable, fold};
use crate::http::auth::sign_in_needed;
use crate::http::error::ApiError;
use crate::telemetry;

/// Pushes the ops of `body` for `person`.
///
/// # Errors
/// What is wrong with the push as a whole; then nothing of it is stored.
pub async fn push(state: &AppState, person: PersonId, body: &[u8]) -> Result<PushAnswer, ApiError> {
    let batch = read(body)?;
    let _turn = state.turns.take(person).await?;
    let transaction = state.db.as_person(person, Isolation::ReadCommitted).await?;
    let (Server { server_id, epoch }, loaded) = tokio::try_join!(
        biased;
        served(&transaction),
        load::load(&transaction, person, &batch),
    )?;
    let Some(loaded) = loaded else {
        // Erased between the token and this.
        return Err(sign_in_needed());
    };
    // Not before the lock: whoever waited long is not judged by an old clock.
    let now = state.clock.now_ms();
    let mut folded = fold(loaded.known, batch, now);
    let (changes, heads) = placed(&folded.changes, loaded.heads)?;
    let has_changes = !folded.ledger.is_empty() || !changes.is_empty();
    if has_changes {
        write::store(&transaction, person, &folded, &changes, &heads).await?;
    }
    transaction.commit().await?;
    if !heads.is_empty() {
        state
            .live
            .moved(changes.iter().map(|(change, _)| change.share_id));
    }
    count(&folded.outcomes);
    let sessions = std::mem::take(&mut folded.sessions).into_iter();
    Ok(PushAnswer {
        server_id,
        epoch,
        server_time_ms: now,
        person_id: person,
        outcomes: folded.outcomes,
        sessions: sessions.map(|it| it.session.into()).collect(),
    })
}

/// The ops of a body within the limits.
fn read(body: &[u8]) -> Result<Batch, ApiError> {
    if body.len() > MAX_PUSH_BYTES {
        return Err(ApiError::new(
            ErrorCode::BodyTooLarge,
            "The push is larger than 1 MiB. Send fewer ops at once.",
        ));
    }
    // Each op is borrowed as it stands: its bytes are hashed.
    let request: PushRequest<'_> = serde_json::from_slice(body).map_err(|error| {
        let code = match error.classify() {
            Category::Data => ErrorCode::InvalidField,
            Category::Io | Category::Syntax | Category::Eof => ErrorCode::MalformedJson,
        };
        let (line, column) = (error.line(), error.column());
        let said = format!("The body is no push: line {line}, column {column}.");
        ApiError::new(code, said)
    })?;
    if request.ops.len() > MAX_PUSH_OPS {
        return Err(ApiError::new(
            ErrorCode::TooManyOps,
            "A push has at most 2000 ops. Send fewer at once.",
        ));
    }
    let ops = request.ops.into_iter().map(RawOp::from);
    Batch::read(ops).map_err(|Unreadable { index }| {
        let said =
            format!("Op {index} of the push (counted from 0) has no op_id; nothing was stored.");
        ApiError::new(ErrorCode::MalformedOp, said)
    })
}

/// Changes with their positions, and the heads that moved.
type Placed = (Vec<(FeedChange, i64)>, Vec<(Uuid, i64)>);

/// Gives each change the next position of its feed.
fn placed(changes: &[FeedChange], mut heads: HashMap<ShareId, i64>) -> Result<Placed, ApiError> {
    let mut moved: Vec<(Uuid, i64)> = Vec::new();
    let mut placed = Vec::with_capacity(changes.len());
    for change in changes {
        let head = heads
            .get_mut(&change.share_id)
            .ok_or_else(|| ApiError::internal("a feed that is not there has a change"))?;
        *head += 1;
        placed.push((*change, *head));
        let feed = change.share_id.as_uuid();
        // The changes of a feed stand together.
        match moved.last_mut() {
            Some((last, seq)) if *last == feed => *seq = *head,
            _ => moved.push((feed, *head)),
        }
    }
    Ok((placed, moved))
}

/// The name of an outcome, as stored and counted.
const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Duplicate => "duplicate",
        Outcome::Superseded => "superseded",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Retry { .. } => "retry",
        Outcome::Unknown => "unknown",
    }
}

fn count(outcomes: &[mitta_protocol::push::OpOutcome]) {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for name in outcomes.iter().map(|it| name(&it.outcome)) {
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    for (name, count) in counts {
        telemetry::count_ops(name, count);
    }
}
