//! A push: load, the real fold, store.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::{PersonId, ShareId, UnixMillis};
use mitta_protocol::ErrorCode;
use mitta_protocol::push::{OpOutcome, PushRequest};
use mitta_protocol::row::SessionRow;
use mitta_server::fold::{Batch, Folded, Known, ShareState, Write, fold};

use super::Refusal;
use super::tables::Tables;

/// Stores the push of a person; answers outcomes and rows.
pub(super) fn push(
    tables: &mut Tables,
    person_id: PersonId,
    body: &[u8],
    now_ms: i64,
) -> Result<(Vec<OpOutcome>, Vec<SessionRow>), Refusal> {
    let request: PushRequest<'_> =
        serde_json::from_slice(body).map_err(|_| Refusal::Code(ErrorCode::MalformedJson))?;
    if request.ops.len() > mitta_protocol::MAX_PUSH_OPS {
        return Err(Refusal::Code(ErrorCode::TooManyOps));
    }
    let batch = Batch::read(request.ops.into_iter().map(Into::into))
        .map_err(|_| Refusal::Code(ErrorCode::MalformedOp))?;
    let known = known(tables, person_id, &batch);
    let folded = fold(known, batch, UnixMillis(now_ms));
    store(tables, person_id, &folded)?;
    let rows = folded.sessions.into_iter();
    let rows = rows.map(|it| SessionRow::from(it.session)).collect();
    Ok((folded.outcomes, rows))
}

fn known(tables: &Tables, person_id: PersonId, batch: &Batch) -> Known {
    let session_ids: BTreeSet<_> = batch.session_ids().collect();
    let session = |id| Some((id, tables.sessions.get(&(person_id, id))?.clone()));
    let answered = |id| Some((id, tables.applied_ops.get(&(person_id, id))?.clone()));
    let shares = tables.open_shares(person_id).into_iter();
    let share = |share_id| {
        let feed = (person_id, share_id);
        let contains = session_ids.iter().filter(|id| tables.is_in(feed, **id));
        Some(ShareState {
            share_id,
            rule: tables.rule(feed)?,
            contains: contains.copied().collect(),
        })
    };
    Known {
        person_id,
        sessions: session_ids.iter().copied().filter_map(session).collect(),
        ledger: batch.op_ids().filter_map(answered).collect(),
        shares: shares.filter_map(share).collect(),
    }
}

fn store(tables: &mut Tables, person_id: PersonId, folded: &Folded) -> Result<(), Refusal> {
    let broken = |what: &str| Err(Refusal::Broken(what.to_owned()));
    for written in &folded.sessions {
        let key = (person_id, written.session.start.session_id);
        let is_there = tables.sessions.contains_key(&key);
        match (written.write, is_there) {
            (Write::Keep, true) => continue,
            (Write::Insert, false) | (Write::Update, true) => {}
            _ => return broken("a row to insert is there, or one to update is not (I1)"),
        }
        tables.sessions.insert(key, written.session.clone());
    }
    for (op_id, row) in &folded.ledger {
        let before = tables.applied_ops.insert((person_id, *op_id), row.clone());
        if before.is_some() {
            return broken("an op was remembered twice (I3)");
        }
    }
    for (session_id, events) in &folded.events {
        for event in events {
            let key = (person_id, *session_id, event.event_seq);
            if tables.session_events.insert(key, *event).is_some() {
                return broken("an event was stored twice (I3)");
            }
        }
    }
    for change in &folded.changes {
        let feed = (person_id, change.share_id);
        tables.tell(feed, change.session_id, change.kind);
    }
    let mut touched: BTreeMap<ShareId, BTreeSet<_>> = BTreeMap::new();
    for (share_id, date) in &folded.touched_days {
        touched.entry(*share_id).or_default().insert(*date);
    }
    for (share_id, dates) in touched {
        tables.sum_days((person_id, share_id), &dates);
    }
    Ok(())
}
