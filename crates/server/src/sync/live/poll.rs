//! Reads where the feeds are: one question a second for all who listen on this server, and at once for
//! those whom a push on this server concerns.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use mitta_domain::{PersonId, ShareId};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::AppState;
use crate::db::{DbError, param};
use crate::sync::rows::position;

/// Between two looks at whether tokens still count: each stream ends within a minute.
const TOKENS_EVERY: Duration = Duration::from_secs(30);

/// Polls while anybody listens.
pub(super) async fn run(state: AppState) {
    let mut ticks = interval(state.limits.live_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tokens_checked = state.clock.elapsed();
    let mut is_failing = false;
    loop {
        let is_tick = tokio::select! {
            () = state.told_to_close() => return,
            () = state.live.woken() => false,
            _ = ticks.tick() => true,
        };
        if is_tick && state.live.end_polling() {
            return;
        }
        let mut polled = heads(&state, is_tick).await;
        let now = state.clock.elapsed();
        if polled.is_ok() && now.saturating_sub(tokens_checked) >= TOKENS_EVERY {
            polled = tokens(&state).await;
            if polled.is_ok() {
                tokens_checked = now;
            }
        }
        // Said once, not every second.
        match polled {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::warn!(%error, "live streams wait: where the feeds are cannot be read");
            }
            Err(_) => {}
        }
    }
}

async fn heads(state: &AppState, all: bool) -> Result<(), DbError> {
    let persons = state.live.take_stale(all);
    if persons.is_empty() {
        return Ok(());
    }
    let readers: Vec<Uuid> = persons.iter().map(|person| person.as_uuid()).collect();
    let transaction = state.db.as_nobody().await?;
    let sql =
        "SELECT h.reader, h.share_id, h.head_seq FROM mitta.live_heads($1) h ORDER BY h.share_id";
    let params = [param(&readers, Type::UUID_ARRAY)];
    let rows = transaction.query(sql, &params).await?;
    transaction.commit().await?;
    let mut read: HashMap<PersonId, Vec<(ShareId, u64)>> = HashMap::with_capacity(persons.len());
    for row in rows {
        let person = PersonId::from_uuid(row.get(0));
        let head = position("feeds", "head_seq", row.get(2))?;
        let heads = read.entry(person).or_default();
        heads.push((ShareId::from_uuid(row.get(1)), head));
    }
    for person in persons {
        let heads = read.remove(&person).unwrap_or_default();
        state.live.tell(person, &heads);
    }
    Ok(())
}

async fn tokens(state: &AppState) -> Result<(), DbError> {
    let asked = state.live.tokens();
    let hashes: Vec<&[u8]> = asked.iter().map(<[u8; 32]>::as_slice).collect();
    let transaction = state.db.as_nobody().await?;
    let sql = "SELECT t.token_sha256 FROM mitta.live_tokens($1, $2) t";
    let now_ms = state.clock.now_ms().0;
    let params = [
        param(&hashes, Type::BYTEA_ARRAY),
        param(&now_ms, Type::INT8),
    ];
    let rows = transaction.query(sql, &params).await?;
    transaction.commit().await?;
    let valid = rows
        .iter()
        .filter_map(|row| row.get::<_, &[u8]>(0).try_into().ok());
    let valid: HashSet<[u8; 32]> = valid.collect();
    state.live.end_all_but(&asked, &valid);
    Ok(())
}
