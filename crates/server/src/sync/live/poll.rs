//! Reads what those see who listen: one look a second for all on this server, and at once for those whom a
//! change on this server concerns.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use mitta_domain::{PersonId, ShareId};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::AppState;
use crate::db::{DbError, param};
use crate::sync::contact;
use crate::sync::rows::position;

use super::hub::Picture;

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
        let mut polled = pictures(&state, is_tick).await;
        let now = state.clock.elapsed();
        if polled.is_ok() && now.saturating_sub(tokens_checked) >= TOKENS_EVERY {
            polled = tokens(&state).await;
            if polled.is_ok() {
                tokens_checked = now;
                // Streams do not wait for it.
                let state = state.clone();
                tokio::spawn(async move { contact::of_listeners(&state).await });
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

async fn pictures(state: &AppState, all: bool) -> Result<(), DbError> {
    let persons = state.live.take_stale(all);
    if persons.is_empty() {
        return Ok(());
    }
    let readers: Vec<Uuid> = persons.iter().map(|person| person.as_uuid()).collect();
    let transaction = state.db.as_nobody().await?;
    let now_ms = state.clock.now_ms().0;
    // Two statements of one transaction: where a person joins between them, the next look tells it.
    let sql =
        "SELECT h.reader, h.share_id, h.head_seq FROM mitta.live_heads($1) h ORDER BY h.share_id";
    let params = [
        param(&readers, Type::UUID_ARRAY),
        param(&now_ms, Type::INT8),
    ];
    let heads = transaction.query(sql, &params[..1]).await?;
    let sql = "SELECT p.reader, p.membership, p.going_on FROM mitta.live_pictures($1, $2) p";
    let rest = transaction.query(sql, &params).await?;
    transaction.commit().await?;
    let mut read: HashMap<PersonId, Picture> = HashMap::with_capacity(persons.len());
    for row in heads {
        let person = PersonId::from_uuid(row.get(0));
        let head = position("feeds", "head_seq", row.get(2))?;
        let picture = read.entry(person).or_default();
        picture.heads.push((ShareId::from_uuid(row.get(1)), head));
    }
    for row in rest {
        let picture = read.entry(PersonId::from_uuid(row.get(0))).or_default();
        picture.membership = row.get(1);
        picture.going_on = row.get(2);
    }
    for person in persons {
        let picture = read.remove(&person).unwrap_or_default();
        state.live.tell(person, picture);
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
