//! Storing what a push folded: one statement for each table, however many rows.
//!
//! Must hold: every statement changes as many rows as it was given (I1).

use mitta_domain::session::Stamp;
use mitta_domain::{Completion, PersonId, Session, SessionId, Source, State, TogetherId};
use mitta_protocol::push::Outcome;
use tokio_postgres::types::{Json, Type};
use uuid::Uuid;

use crate::db::{DbError, Param, Transaction, param};
use crate::fold::{FeedChange, Folded, FoldedSession, Write};
use crate::sync::days::sum_days;

const INSERT_SESSIONS: &str = "INSERT INTO mitta.sessions (person_id,
        session_id, device_id, source, started_at_ms, tz, utc_offset_s, local_date, planned_s, together_id, replaces,
        plan, state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s,
        note, mood, label, words_hlc_ms, words_device_id, words_device_seq,
        corrected_credited_s, credited_hlc_ms, credited_device_id, credited_device_seq,
        shared, note_shared, sharing_hlc_ms, sharing_device_id, sharing_device_seq,
        deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq)
    SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37)";

const UPDATE_SESSIONS: &str = "UPDATE mitta.sessions s SET
        plan = u.plan, state = u.state, ended_at_ms = u.ended_at_ms,
        completion_credited_s = u.completion_credited_s, paused_s = u.paused_s, asleep_s = u.asleep_s,
        overtime_s = u.overtime_s, note = u.note, mood = u.mood, label = u.label,
        words_hlc_ms = u.words_hlc_ms, words_device_id = u.words_device_id, words_device_seq = u.words_device_seq,
        corrected_credited_s = u.corrected_credited_s, credited_hlc_ms = u.credited_hlc_ms,
        credited_device_id = u.credited_device_id, credited_device_seq = u.credited_device_seq,
        shared = u.shared, note_shared = u.note_shared, sharing_hlc_ms = u.sharing_hlc_ms,
        sharing_device_id = u.sharing_device_id, sharing_device_seq = u.sharing_device_seq,
        deleted = u.deleted, deleted_hlc_ms = u.deleted_hlc_ms,
        deleted_device_id = u.deleted_device_id, deleted_device_seq = u.deleted_device_seq
    FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
        $23, $24, $25, $26, $27, $28) AS u (session_id,
        plan, state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s,
        note, mood, label, words_hlc_ms, words_device_id, words_device_seq,
        corrected_credited_s, credited_hlc_ms, credited_device_id, credited_device_seq,
        shared, note_shared, sharing_hlc_ms, sharing_device_id, sharing_device_seq,
        deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq)
    WHERE s.person_id = $1 AND s.session_id = u.session_id";

const INSERT_EVENTS: &str = "INSERT INTO mitta.session_events
        (person_id, session_id, event_seq, kind, at_ms, elapsed_ms)
    SELECT $1, * FROM unnest($2, $3, $4, $5, $6)";

const INSERT_LEDGER: &str = "INSERT INTO mitta.applied_ops
        (person_id, op_id, device_id, request_sha256, outcome, code)
    SELECT $1, * FROM unnest($2, $3, $4, $5, $6)";

/// An entity that the feed has already moves to its new position.
const UPSERT_CHANGES: &str = "INSERT INTO mitta.changes AS c (person_id, share_id, session_id, seq, kind)
    SELECT $1, * FROM unnest($2, $3, $4, $5)
    ON CONFLICT (person_id, share_id, session_id) DO UPDATE SET seq = excluded.seq, kind = excluded.kind";

const MOVE_HEADS: &str = "UPDATE mitta.feeds f SET head_seq = u.head_seq
    FROM unnest($2, $3) AS u (share_id, head_seq)
    WHERE f.person_id = $1 AND f.share_id = u.share_id";

/// Stores all of it. `changes` and `heads` have their positions already.
pub(super) async fn store(
    transaction: &Transaction,
    person: PersonId,
    folded: &Folded,
    changes: &[(FeedChange, i64)],
    heads: &[(Uuid, i64)],
) -> Result<(), DbError> {
    let person = person.as_uuid();
    // Sent one behind the other without waiting, and run in this order: parents first.
    tokio::try_join!(
        biased;
        sessions(transaction, person, folded, Write::Insert),
        sessions(transaction, person, folded, Write::Update),
        events(transaction, person, folded),
        ledger(transaction, person, folded),
        tell(transaction, person, changes),
        sum_days(transaction, person, &folded.touched_days),
        move_heads(transaction, person, heads),
    )?;
    Ok(())
}

fn len<T>(rows: &[T]) -> u64 {
    rows.len() as u64
}

/// The columns of a stamp.
#[derive(Default)]
struct Stamps {
    hlc_ms: Vec<i64>,
    device_id: Vec<Uuid>,
    device_seq: Vec<i64>,
}

impl Stamps {
    fn of<'a>(stamps: impl Iterator<Item = &'a Stamp>) -> Self {
        let mut columns = Self::default();
        for stamp in stamps {
            columns.hlc_ms.push(stamp.hlc_ms);
            columns.device_id.push(stamp.device_id.as_uuid());
            columns.device_seq.push(signed(stamp.device_seq));
        }
        columns
    }

    fn params(&self) -> [Param<'_>; 3] {
        [
            param(&self.hlc_ms, Type::INT8_ARRAY),
            param(&self.device_id, Type::UUID_ARRAY),
            param(&self.device_seq, Type::INT8_ARRAY),
        ]
    }
}

/// What [`mitta_domain::apply`] let through fits; what does not fit, a check of the table refuses.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(-1)
}

fn small(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(-1)
}

/// One column of the rows.
fn column<'a, T>(rows: &[&'a Session], of: impl Fn(&'a Session) -> T) -> Vec<T> {
    rows.iter().map(|session| of(session)).collect()
}

async fn sessions(
    transaction: &Transaction,
    person: Uuid,
    folded: &Folded,
    write: Write,
) -> Result<(), DbError> {
    let these = folded.sessions.iter().filter(|it| it.write == write);
    let rows: Vec<&Session> = these.map(|FoldedSession { session, .. }| session).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let count =
        |of: fn(&Completion) -> u32| column(&rows, |s| s.completion.as_ref().map(|c| small(of(c))));
    let session_id = column(&rows, |s| s.start.session_id.as_uuid());
    let plan = column(&rows, |s| s.plan.as_ref().map(Json));
    let state = column(&rows, |s| match s.state() {
        State::Running => "running",
        State::Completed => "completed",
    });
    let ended_at_ms = column(&rows, |s| s.completion.as_ref().map(|c| c.ended_at_ms.0));
    let counts = [
        count(|c| c.credited_s.0),
        count(|c| c.paused_s.0),
        count(|c| c.asleep_s.0),
        count(|c| c.overtime_s.0),
    ];
    let note = column(&rows, |s| s.words.note.as_deref());
    let mood = column(&rows, |s| s.words.mood.map(i32::from));
    let label = column(&rows, |s| s.words.label.as_deref());
    let corrected = column(&rows, |s| s.credited_override_s.map(|s| small(s.0)));
    let shared = column(&rows, |s| s.sharing.shared);
    let note_shared = column(&rows, |s| s.sharing.note_shared);
    let deleted = column(&rows, |s| s.deleted);
    let words = Stamps::of(rows.iter().map(|s| &s.words_stamp));
    let credited = Stamps::of(rows.iter().map(|s| &s.credited_stamp));
    let sharing = Stamps::of(rows.iter().map(|s| &s.sharing_stamp));
    let tombstone = Stamps::of(rows.iter().map(|s| &s.deleted_stamp));

    let mut params = vec![
        param(&person, Type::UUID),
        param(&session_id, Type::UUID_ARRAY),
    ];
    let device_id = column(&rows, |s| s.start.device_id.as_uuid());
    let source = column(&rows, |s| match s.start.source {
        Source::Timer => "timer",
        Source::Manual => "manual",
        Source::Import => "import",
    });
    let started_at_ms = column(&rows, |s| s.start.started_at_ms.0);
    let tz = column(&rows, |s| s.start.tz.as_str());
    let utc_offset_s = column(&rows, |s| s.start.utc_offset_s);
    let local_date = column(&rows, |s| s.start.local_date);
    let planned_s = column(&rows, |s| s.start.planned_s.map(|p| small(p.seconds().0)));
    let together_id = column(&rows, |s| s.start.together_id.map(TogetherId::as_uuid));
    let replaces = column(&rows, |s| s.start.replaces.map(SessionId::as_uuid));
    if write == Write::Insert {
        params.extend([
            param(&device_id, Type::UUID_ARRAY),
            param(&source, Type::TEXT_ARRAY),
            param(&started_at_ms, Type::INT8_ARRAY),
            param(&tz, Type::TEXT_ARRAY),
            param(&utc_offset_s, Type::INT4_ARRAY),
            param(&local_date, Type::DATE_ARRAY),
            param(&planned_s, Type::INT4_ARRAY),
            param(&together_id, Type::UUID_ARRAY),
            param(&replaces, Type::UUID_ARRAY),
        ]);
    }
    params.extend([
        param(&plan, Type::JSON_ARRAY),
        param(&state, Type::TEXT_ARRAY),
        param(&ended_at_ms, Type::INT8_ARRAY),
    ]);
    params.extend(counts.iter().map(|it| param(it, Type::INT4_ARRAY)));
    params.extend([
        param(&note, Type::TEXT_ARRAY),
        param(&mood, Type::INT4_ARRAY),
        param(&label, Type::TEXT_ARRAY),
    ]);
    params.extend(words.params());
    params.push(param(&corrected, Type::INT4_ARRAY));
    params.extend(credited.params());
    params.push(param(&shared, Type::BOOL_ARRAY));
    params.push(param(&note_shared, Type::BOOL_ARRAY));
    params.extend(sharing.params());
    params.push(param(&deleted, Type::BOOL_ARRAY));
    params.extend(tombstone.params());
    let (what, sql) = match write {
        Write::Insert => ("inserting sessions", INSERT_SESSIONS),
        Write::Update | Write::Keep => ("updating sessions", UPDATE_SESSIONS),
    };
    let expected = len(&rows);
    transaction
        .execute_exactly(expected, what, sql, &params)
        .await
}

async fn events(transaction: &Transaction, person: Uuid, folded: &Folded) -> Result<(), DbError> {
    if folded.events.is_empty() {
        return Ok(());
    }
    let all = || {
        let sits = folded.events.iter();
        sits.flat_map(|(session_id, events)| events.iter().map(move |event| (*session_id, event)))
    };
    let session_id: Vec<Uuid> = all().map(|(id, _)| id.as_uuid()).collect();
    let event_seq: Vec<i32> = all().map(|(_, it)| small(it.event_seq)).collect();
    let kind: Vec<&str> = all().map(|(_, it)| it.kind.name()).collect();
    let at_ms: Vec<i64> = all().map(|(_, it)| it.at_ms.0).collect();
    let elapsed_ms: Vec<Option<i64>> = all().map(|(_, it)| it.elapsed_ms.map(signed)).collect();
    let params = [
        param(&person, Type::UUID),
        param(&session_id, Type::UUID_ARRAY),
        param(&event_seq, Type::INT4_ARRAY),
        param(&kind, Type::TEXT_ARRAY),
        param(&at_ms, Type::INT8_ARRAY),
        param(&elapsed_ms, Type::INT8_ARRAY),
    ];
    let expected = len(&session_id);
    transaction
        .execute_exactly(expected, "inserting events", INSERT_EVENTS, &params)
        .await
}

async fn ledger(transaction: &Transaction, person: Uuid, folded: &Folded) -> Result<(), DbError> {
    if folded.ledger.is_empty() {
        return Ok(());
    }
    let rows = || folded.ledger.iter();
    let op_id: Vec<Uuid> = rows().map(|(op_id, _)| op_id.as_uuid()).collect();
    let device_id: Vec<Uuid> = rows().map(|(_, row)| row.device_id.as_uuid()).collect();
    let sha256: Vec<&[u8]> = rows()
        .map(|(_, row)| row.request_sha256.as_slice())
        .collect();
    let outcome: Vec<&str> = rows().map(|(_, row)| super::name(&row.outcome)).collect();
    let code: Vec<Option<&str>> = rows()
        .map(|(_, row)| match &row.outcome {
            Outcome::Rejected { code } => Some(code.as_str()),
            _ => None,
        })
        .collect();
    let params = [
        param(&person, Type::UUID),
        param(&op_id, Type::UUID_ARRAY),
        param(&device_id, Type::UUID_ARRAY),
        param(&sha256, Type::BYTEA_ARRAY),
        param(&outcome, Type::TEXT_ARRAY),
        param(&code, Type::TEXT_ARRAY),
    ];
    let expected = len(&op_id);
    transaction
        .execute_exactly(expected, "remembering ops", INSERT_LEDGER, &params)
        .await
}

async fn tell(
    transaction: &Transaction,
    person: Uuid,
    changes: &[(FeedChange, i64)],
) -> Result<(), DbError> {
    if changes.is_empty() {
        return Ok(());
    }
    let share_id: Vec<Uuid> = changes
        .iter()
        .map(|(it, _)| it.share_id.as_uuid())
        .collect();
    let session_id: Vec<Uuid> = changes
        .iter()
        .map(|(it, _)| it.session_id.as_uuid())
        .collect();
    let seq: Vec<i64> = changes.iter().map(|(_, seq)| *seq).collect();
    let kind: Vec<&str> = changes.iter().map(|(it, _)| it.kind.name()).collect();
    let params = [
        param(&person, Type::UUID),
        param(&share_id, Type::UUID_ARRAY),
        param(&session_id, Type::UUID_ARRAY),
        param(&seq, Type::INT8_ARRAY),
        param(&kind, Type::TEXT_ARRAY),
    ];
    transaction
        .execute_exactly(len(changes), "telling changes", UPSERT_CHANGES, &params)
        .await
}

async fn move_heads(
    transaction: &Transaction,
    person: Uuid,
    heads: &[(Uuid, i64)],
) -> Result<(), DbError> {
    if heads.is_empty() {
        return Ok(());
    }
    let share_id: Vec<Uuid> = heads.iter().map(|(share_id, _)| *share_id).collect();
    let head_seq: Vec<i64> = heads.iter().map(|(_, seq)| *seq).collect();
    let params = [
        param(&person, Type::UUID),
        param(&share_id, Type::UUID_ARRAY),
        param(&head_seq, Type::INT8_ARRAY),
    ];
    transaction
        .execute_exactly(len(heads), "moving heads", MOVE_HEADS, &params)
        .await
}
