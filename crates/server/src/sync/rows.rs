//! Rows of `sessions` and `session_events` as the domain's types, and shared sits as partners get them.
//!
//! Must hold: a row that this program could not have written is a typed error that names table and
//! column, never a guess; no value of it reaches the error.

use std::sync::LazyLock;

use chrono::NaiveDate;
use mitta_domain::event::EventKind;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::share::SharedSit;
use mitta_domain::{
    Completion, DeviceId, Plan, PlannedLength, Seconds, Session, SessionEvent, SessionId,
    SessionStart, Sharing, Source, TogetherId, UnixMillis,
};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Json};
use uuid::Uuid;

use crate::db::DbError;

/// The columns of a session, in the order in which [`session`] reads them.
const SESSION: [&str; SESSION_WIDTH] = [
    "session_id",
    "device_id",
    "source",
    "started_at_ms",
    "tz",
    "utc_offset_s",
    "local_date",
    "planned_s",
    "together_id",
    "replaces",
    "plan",
    "ended_at_ms",
    "completion_credited_s",
    "paused_s",
    "asleep_s",
    "overtime_s",
    "note",
    "mood",
    "label",
    "words_hlc_ms",
    "words_device_id",
    "words_device_seq",
    "corrected_credited_s",
    "credited_hlc_ms",
    "credited_device_id",
    "credited_device_seq",
    "shared",
    "note_shared",
    "sharing_hlc_ms",
    "sharing_device_id",
    "sharing_device_seq",
    "deleted",
    "deleted_hlc_ms",
    "deleted_device_id",
    "deleted_device_seq",
];

const EVENT: [&str; 5] = ["session_id", "event_seq", "kind", "at_ms", "elapsed_ms"];

const SHARED: [&str; 9] = [
    "session_id",
    "started_at_ms",
    "utc_offset_s",
    "local_date",
    "planned_s",
    "credited_s",
    "together_id",
    "note",
    "label",
];

/// How many columns [`SESSION_COLUMNS`] names.
pub(super) const SESSION_WIDTH: usize = 35;

/// All columns of a session `s`, for a SELECT.
pub(super) static SESSION_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let columns = SESSION.iter();
    let named: Vec<String> = columns.map(|column| format!("s.{column}")).collect();
    named.join(", ")
});

/// The same places, without what the digest does not cover: plans and notes are most of a history.
pub(super) static DIGEST_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let light = |column: &&str| match *column {
        "tz" => "'-'::text".to_owned(),
        "plan" => "NULL::json".to_owned(),
        "note" | "label" => "NULL::text".to_owned(),
        "mood" => "NULL::int4".to_owned(),
        column => format!("s.{column}"),
    };
    let columns: Vec<String> = SESSION.iter().map(light).collect();
    columns.join(", ")
});

/// The columns of an event `e`, for a SELECT.
pub(super) const EVENT_COLUMNS: &str = "e.session_id, e.event_seq, e.kind, e.at_ms, e.elapsed_ms";

/// The columns of a shared sit `c`, as the definer functions give it.
pub(crate) const SHARED_COLUMNS: &str = "c.session_id, c.started_at_ms, c.utc_offset_s, \
     c.local_date, c.planned_s, c.credited_s, c.together_id, c.note, c.label";

/// The columns of one row, from left to right.
struct Columns<'a> {
    row: &'a Row,
    first: usize,
    next: usize,
    table: &'static str,
    names: &'static [&'static str],
}

impl<'a> Columns<'a> {
    fn take<T: FromSql<'a>>(&mut self) -> Result<T, DbError> {
        let at = self.first + self.next;
        self.next += 1;
        let read = self.row.try_get(at);
        // The error's own words could repeat the value.
        read.map_err(|_| self.corrupt("it has another type"))
    }

    /// The column read last holds what it cannot.
    fn corrupt(&self, detail: &str) -> DbError {
        let last = self.next.saturating_sub(1);
        DbError::Corrupt {
            table: self.table,
            column: self.names.get(last).copied().unwrap_or("?"),
            detail: detail.to_owned(),
        }
    }

    fn whole<T: TryFrom<i64>>(&self, value: i64) -> Result<T, DbError> {
        T::try_from(value).map_err(|_| self.corrupt("it is out of its range"))
    }

    fn seconds(&mut self) -> Result<Option<Seconds>, DbError> {
        let value: Option<i32> = self.take()?;
        let seconds = value.map(|s| self.whole(s.into()).map(Seconds));
        seconds.transpose()
    }

    fn length(&mut self) -> Result<Option<PlannedLength>, DbError> {
        let Some(Seconds(s)) = self.seconds()? else {
            return Ok(None);
        };
        let length = PlannedLength::from_seconds(s);
        length
            .map(Some)
            .map_err(|_| self.corrupt("it is out of its range"))
    }

    fn stamp(&mut self) -> Result<Stamp, DbError> {
        let hlc_ms = self.take()?;
        let device_id = DeviceId::from_uuid(self.take()?);
        let device_seq = self.take()?;
        Ok(Stamp {
            hlc_ms,
            device_id,
            device_seq: self.whole(device_seq)?,
        })
    }

    fn together(&mut self) -> Result<Option<TogetherId>, DbError> {
        Ok(self.take::<Option<Uuid>>()?.map(TogetherId::from_uuid))
    }
}

/// A session whose columns begin at `first`.
pub(super) fn session(row: &Row, first: usize) -> Result<Session, DbError> {
    let mut columns = Columns {
        row,
        first,
        next: 0,
        table: "sessions",
        names: &SESSION,
    };
    let c = &mut columns;
    Ok(Session {
        start: start(c)?,
        plan: c.take::<Option<Json<Plan>>>()?.map(|Json(plan)| plan),
        completion: completion(c)?,
        words: Words {
            note: c.take()?,
            mood: match c.take::<Option<i32>>()? {
                Some(mood) => Some(c.whole(mood.into())?),
                None => None,
            },
            label: c.take()?,
        },
        words_stamp: c.stamp()?,
        credited_override_s: c.seconds()?,
        credited_stamp: c.stamp()?,
        sharing: Sharing {
            shared: c.take()?,
            note_shared: c.take()?,
        },
        sharing_stamp: c.stamp()?,
        deleted: c.take()?,
        deleted_stamp: c.stamp()?,
    })
}

fn start(c: &mut Columns<'_>) -> Result<SessionStart, DbError> {
    Ok(SessionStart {
        session_id: SessionId::from_uuid(c.take()?),
        device_id: DeviceId::from_uuid(c.take()?),
        source: match c.take()? {
            "timer" => Source::Timer,
            "manual" => Source::Manual,
            "import" => Source::Import,
            _ => return Err(c.corrupt("it is no source")),
        },
        started_at_ms: UnixMillis(c.take()?),
        tz: c.take()?,
        utc_offset_s: c.take()?,
        local_date: c.take()?,
        planned_s: c.length()?,
        together_id: c.together()?,
        replaces: c.take::<Option<_>>()?.map(SessionId::from_uuid),
    })
}

fn completion(c: &mut Columns<'_>) -> Result<Option<Completion>, DbError> {
    let ended: Option<i64> = c.take()?;
    let counts = [c.seconds()?, c.seconds()?, c.seconds()?, c.seconds()?];
    match (ended, counts) {
        (None, _) => Ok(None),
        (
            Some(ended),
            [
                Some(credited_s),
                Some(paused_s),
                Some(asleep_s),
                Some(overtime_s),
            ],
        ) => Ok(Some(Completion {
            ended_at_ms: UnixMillis(ended),
            credited_s,
            paused_s,
            asleep_s,
            overtime_s,
        })),
        (Some(_), _) => Err(c.corrupt("a completion lacks a part")),
    }
}

/// An event whose columns begin at `first`.
pub(super) fn event(row: &Row, first: usize) -> Result<(SessionId, SessionEvent), DbError> {
    let mut c = Columns {
        row,
        first,
        next: 0,
        table: "session_events",
        names: &EVENT,
    };
    let session_id = SessionId::from_uuid(c.take()?);
    let event_seq: i32 = c.take()?;
    let event_seq = c.whole(event_seq.into())?;
    let kind = EventKind::from_name(c.take()?).ok_or_else(|| c.corrupt("it is no kind"))?;
    let at_ms = UnixMillis(c.take()?);
    let elapsed_ms = match c.take::<Option<i64>>()? {
        Some(ms) => Some(c.whole(ms)?),
        None => None,
    };
    let event = SessionEvent {
        event_seq,
        kind,
        at_ms,
        elapsed_ms,
    };
    Ok((session_id, event))
}

/// A shared sit whose columns begin at `first`.
pub(crate) fn shared(row: &Row, first: usize) -> Result<SharedSit, DbError> {
    let mut c = Columns {
        row,
        first,
        next: 0,
        table: "sessions",
        names: &SHARED,
    };
    Ok(SharedSit {
        session_id: SessionId::from_uuid(c.take()?),
        started_at_ms: UnixMillis(c.take()?),
        utc_offset_s: c.take()?,
        local_date: c.take()?,
        planned_s: c.length()?,
        credited_s: c.seconds()?.ok_or_else(|| c.corrupt("it is missing"))?,
        together_id: c.together()?,
        note: c.take()?,
        label: c.take()?,
    })
}

/// A day's total, as (date, sits, credited seconds).
pub(crate) fn day(row: &Row) -> Result<(NaiveDate, u64, u64), DbError> {
    let mut c = Columns {
        row,
        first: 0,
        next: 0,
        table: "day_totals",
        names: &["local_date", "sits", "credited_s"],
    };
    let date = c.take()?;
    let sits: i32 = c.take()?;
    let sits = c.whole(sits.into())?;
    let credited_s = c.take()?;
    Ok((date, sits, c.whole(credited_s)?))
}

/// A position in a feed.
pub(super) fn position(
    table: &'static str,
    column: &'static str,
    seq: i64,
) -> Result<u64, DbError> {
    u64::try_from(seq).map_err(|_| DbError::Corrupt {
        table,
        column,
        detail: "it is below zero".to_owned(),
    })
}
