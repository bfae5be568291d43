//! The rows of both databases as text, in one form, sorted: for the comparison of table with table.

use mitta_domain::session::Stamp;
use mitta_domain::{PersonId, Session, ShareId};
use mitta_protocol::push::Outcome;
use serde_json::{Value, json};
use tokio_postgres::{Client, Error};

use super::tables::Tables;
use crate::trace::hex;

/// The columns that say what persons have; times of the directory are left out.
const COLUMNS: [(&str, &str); 9] = [
    (
        "memberships",
        "person_id, partnership_id, generation, share_since, joined_at_ms, left_at_ms",
    ),
    (
        "shares",
        "person_id, share_id, partnership_id, generation, share_since, closed_at_ms",
    ),
    ("pauses", "person_id, share_id, from_ms, until_ms"),
    ("feeds", "person_id, share_id, head_seq"),
    ("sessions", "*"),
    (
        "session_events",
        "person_id, session_id, event_seq, kind, at_ms, elapsed_ms",
    ),
    ("changes", "person_id, share_id, session_id, seq, kind"),
    (
        "applied_ops",
        "person_id, op_id, device_id, encode(request_sha256, 'hex') AS sha256, outcome, code",
    ),
    (
        "day_totals",
        "person_id, share_id, local_date, sits, credited_s",
    ),
];

/// A table of Postgres.
pub(super) async fn of_postgres(admin: &Client, table: &str) -> Result<Vec<String>, Error> {
    let columns = COLUMNS
        .iter()
        .find(|(name, _)| *name == table)
        .map_or("*", |(_, columns)| columns);
    let sql = format!("SELECT to_jsonb(t) FROM (SELECT {columns} FROM mitta.{table}) t");
    let rows = admin.query(&sql, &[]).await?;
    let rows = rows.iter().map(|row| row.try_get::<_, Value>(0));
    Ok(sorted(&rows.collect::<Result<Vec<_>, _>>()?))
}

fn sorted(rows: &[Value]) -> Vec<String> {
    // Whether an object keeps the order of its keys depends on who else is in the build.
    let text = |row: &Value| {
        let mut row = row.clone();
        row.sort_all_objects();
        row.to_string()
    };
    let mut texts: Vec<_> = rows.iter().map(text).collect();
    texts.sort_unstable();
    texts
}

/// Every table in memory.
pub(super) fn of_memory(tables: &Tables) -> Vec<(&'static str, Vec<String>)> {
    let rows = COLUMNS
        .iter()
        .map(|(table, _)| (*table, sorted(&rows(tables, table))));
    rows.collect()
}

fn rows(tables: &Tables, table: &str) -> Vec<Value> {
    match table {
        "memberships" => {
            let rows = tables.memberships.iter();
            rows.map(|((person, partnership), it)| {
                json!({
                    "person_id": person, "partnership_id": partnership, "generation": it.generation,
                    "share_since": it.share_since, "joined_at_ms": it.joined_at_ms, "left_at_ms": it.left_at_ms,
                })
            })
            .collect()
        }
        "shares" => {
            let rows = tables.shares.iter();
            rows.map(|((person, share), it)| {
                json!({
                    "person_id": person, "share_id": share, "partnership_id": it.partnership_id,
                    "generation": it.generation, "share_since": it.share_since, "closed_at_ms": it.closed_at_ms,
                })
            })
            .collect()
        }
        "pauses" => {
            let shares = tables.pauses.iter();
            let rows = shares.flat_map(|(feed, pauses)| pauses.iter().map(move |it| (feed, it)));
            rows.map(|((person, share), it)| {
                json!({"person_id": person, "share_id": share, "from_ms": it.from_ms, "until_ms": it.until_ms})
            })
            .collect()
        }
        "feeds" => {
            let rows = tables.feeds.iter();
            rows.map(|((person, share), head)| json!({"person_id": person, "share_id": share, "head_seq": head}))
                .collect()
        }
        "sessions" => {
            let rows = tables.sessions.iter();
            rows.map(|((person, _), it)| session(*person, it)).collect()
        }
        "session_events" => {
            let rows = tables.session_events.iter();
            rows.map(|((person, session, _), it)| {
                json!({
                    "person_id": person, "session_id": session, "event_seq": it.event_seq,
                    "kind": it.kind, "at_ms": it.at_ms, "elapsed_ms": it.elapsed_ms,
                })
            })
            .collect()
        }
        "changes" => {
            let rows = tables.changes.iter();
            rows.map(|((person, share, session), it)| {
                json!({
                    "person_id": person, "share_id": share, "session_id": session,
                    "seq": it.seq, "kind": it.kind.name(),
                })
            })
            .collect()
        }
        "applied_ops" => applied_ops(tables),
        _ => days(tables),
    }
}

fn days(tables: &Tables) -> Vec<Value> {
    let rows = tables.day_totals.iter();
    let row = |((person, share, date), (sits, credited_s)): (
        &(PersonId, ShareId, _),
        &(u32, u64),
    )| {
        json!({
            "person_id": person, "share_id": share, "local_date": date, "sits": sits, "credited_s": credited_s,
        })
    };
    rows.map(row).collect()
}

fn applied_ops(tables: &Tables) -> Vec<Value> {
    let rows = tables.applied_ops.iter();
    rows.map(|((person, op_id), it)| {
        let sha256 = hex(&it.request_sha256);
        // What was so already counts as applied when it is asked again.
        let (outcome, code) = match &it.outcome {
            Outcome::Applied => ("applied", None),
            Outcome::Duplicate => ("duplicate", None),
            Outcome::Superseded => ("superseded", None),
            Outcome::Rejected { code } => ("rejected", Some(code)),
            Outcome::Retry { .. } => ("retry", None),
            Outcome::Unknown => ("unknown", None),
        };
        json!({
            "person_id": person, "op_id": op_id, "device_id": it.device_id,
            "sha256": sha256, "outcome": outcome, "code": code,
        })
    })
    .collect()
}

fn session(person: PersonId, session: &Session) -> Value {
    let start = &session.start;
    let done = session.completion;
    let mut row = json!({
        "person_id": person, "session_id": start.session_id, "device_id": start.device_id,
        "source": start.source, "started_at_ms": start.started_at_ms, "tz": start.tz,
        "utc_offset_s": start.utc_offset_s, "local_date": start.local_date,
        "planned_s": start.planned_s, "together_id": start.together_id, "replaces": start.replaces, "plan": session.plan,
        "state": session.state(), "ended_at_ms": done.map(|it| it.ended_at_ms),
        "completion_credited_s": done.map(|it| it.credited_s), "paused_s": done.map(|it| it.paused_s),
        "asleep_s": done.map(|it| it.asleep_s), "overtime_s": done.map(|it| it.overtime_s),
        "note": session.words.note, "mood": session.words.mood, "label": session.words.label,
        "corrected_credited_s": session.credited_override_s, "shared": session.sharing.shared,
        "note_shared": session.sharing.note_shared, "deleted": session.deleted,
        "credited_s": session.credited_override_s.or(done.map(|it| it.credited_s)),
    });
    for (group, stamp) in [
        ("words", session.words_stamp),
        ("credited", session.credited_stamp),
        ("sharing", session.sharing_stamp),
        ("deleted", session.deleted_stamp),
    ] {
        let Stamp {
            hlc_ms,
            device_id,
            device_seq,
        } = stamp;
        row[format!("{group}_hlc_ms")] = json!(hlc_ms);
        row[format!("{group}_device_id")] = json!(device_id);
        row[format!("{group}_device_seq")] = json!(device_seq);
    }
    row
}
