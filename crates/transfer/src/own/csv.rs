//! Mitta's CSV: one row for each sit that counts, for spreadsheets, and complete enough that reading it
//! back gives the same sits. `docs/history-files.md` says what the columns mean.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use chrono_tz::Tz;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{Completion, DeviceId, Seconds, Session, SessionStart, Sharing, UnixMillis};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::doc::{stamp, written};
use crate::dates::When;
use crate::judge::{Foreign, Found, Refusal, RefusalCode};
use crate::length;
use crate::table::{Row, when};

/// The columns, in order.
pub(crate) const COLUMNS: [&str; 26] = [
    "started_at",
    "credited_s",
    "label",
    "note",
    "mood",
    "local_date",
    "tz",
    "planned_s",
    "ended_at",
    "paused_s",
    "asleep_s",
    "overtime_s",
    "recorded_s",
    "corrected_s",
    "source",
    "shared",
    "note_shared",
    "session_id",
    "device_id",
    "together_id",
    "replaces",
    "words_written",
    "corrected_written",
    "sharing_written",
    "deleted_written",
    "plan",
];

/// The cells of a session that is completed and not deleted; `None` of any other.
pub(crate) fn cells(session: &Session) -> Option<[String; COLUMNS.len()]> {
    let Session { start, words, .. } = session;
    let completion = session.completion.filter(|_| !session.deleted)?;
    let offset = FixedOffset::east_opt(start.utc_offset_s)?;
    let at = |at: UnixMillis| {
        let at = DateTime::from_timestamp_millis(at.0)?.with_timezone(&offset);
        Some(at.to_rfc3339_opts(SecondsFormat::Millis, false))
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let seconds = |s: Seconds| s.0.to_string();
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let maybe = |value: Option<String>| value.unwrap_or_default();
    Some([
        at(start.started_at_ms)?,
        seconds(session.credited_s()),
        text(&words.label),
        text(&words.note),
        maybe(words.mood.map(|mood| mood.to_string())),
        start.local_date.to_string(),
        start.tz.clone(),
        maybe(start.planned_s.map(|p| seconds(p.seconds()))),
        at(completion.ended_at_ms)?,
        seconds(completion.paused_s),
        seconds(completion.asleep_s),
        seconds(completion.overtime_s),
        seconds(completion.credited_s),
        maybe(session.credited_override_s.map(seconds)),
        name(&start.source),
        yes(session.sharing.shared),
        yes(session.sharing.note_shared),
        start.session_id.to_string(),
        start.device_id.to_string(),
        maybe(start.together_id.map(|id| id.to_string())),
        maybe(start.replaces.map(|id| id.to_string())),
        stamp_text(session.words_stamp),
        stamp_text(session.credited_stamp),
        stamp_text(session.sharing_stamp),
        stamp_text(session.deleted_stamp),
        maybe(session.plan.as_ref().map(json)),
    ])
}

/// `hlc_ms/device_id/device_seq`, empty where nobody has written.
fn stamp_text(stamp: Stamp) -> String {
    written(stamp).map_or_else(String::new, |s| {
        format!("{}/{}/{}", s.hlc_ms, s.device_id, s.device_seq)
    })
}

fn json(value: &impl Serialize) -> String {
    // Ruled out by the types: they hold nothing that JSON cannot say.
    serde_json::to_string(value).unwrap_or_default()
}

fn name(value: &impl Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}

/// The sit of a row. A row without `session_id` was written by hand: then the start and the length
/// are enough.
pub(crate) fn found(row: &Row<'_>) -> Result<Found, Refusal> {
    if row.cell("session_id").is_some() {
        return Ok(Found::Own(Box::new(session(row)?), Vec::new()));
    }
    let Words { note, mood, label } = words(row)?;
    let zone = row.cell("tz").map(str::parse::<Tz>).transpose();
    let zone = zone.map_err(|_| bad("tz", row))?;
    Ok(Found::Foreign(Foreign {
        when: when(row.needed("started_at")?)?,
        zone,
        length_s: length::seconds(row.needed("credited_s")?)?,
        label,
        note,
        mood,
    }))
}

fn session(row: &Row<'_>) -> Result<Session, Refusal> {
    let (started_at_ms, utc_offset_s) = instant("started_at", row)?;
    let (ended_at_ms, _) = instant("ended_at", row)?;
    let start = SessionStart {
        session_id: needed("session_id", row)?,
        device_id: needed("device_id", row)?,
        source: from_name("source", row)?,
        started_at_ms,
        tz: row.needed("tz")?.to_owned(),
        utc_offset_s,
        local_date: needed("local_date", row)?,
        planned_s: optional::<u32>("planned_s", row)?
            .map(|s| s.try_into().map_err(|_| bad("planned_s", row)))
            .transpose()?,
        together_id: optional("together_id", row)?,
        replaces: optional("replaces", row)?,
    };
    let seconds = |column| needed::<u32>(column, row).map(Seconds);
    let corrected_s = optional::<u32>("corrected_s", row)?.map(Seconds);
    let completion = Completion {
        ended_at_ms,
        credited_s: seconds("recorded_s")?,
        paused_s: seconds("paused_s")?,
        asleep_s: seconds("asleep_s")?,
        overtime_s: seconds("overtime_s")?,
    };
    let credited_s = seconds("credited_s")?;
    if credited_s != corrected_s.unwrap_or(completion.credited_s) {
        let why = "credited_s is neither corrected_s nor recorded_s";
        return Err(Refusal::about(RefusalCode::Impossible, why));
    }
    let plan = match row.text("plan") {
        Some(plan) => Some(serde_json::from_str(&plan).map_err(|_| bad("plan", row))?),
        None => None,
    };
    Ok(Session {
        plan,
        completion: Some(completion),
        credited_override_s: corrected_s,
        words: words(row)?,
        sharing: Sharing {
            shared: yes("shared", row)?,
            note_shared: yes("note_shared", row)?,
        },
        words_stamp: stamped("words_written", row)?,
        credited_stamp: stamped("corrected_written", row)?,
        sharing_stamp: stamped("sharing_written", row)?,
        deleted_stamp: stamped("deleted_written", row)?,
        ..Session::begun(start)
    })
}

fn words(row: &Row<'_>) -> Result<Words, Refusal> {
    Ok(Words {
        note: row.text("note"),
        mood: optional("mood", row)?,
        label: row.text("label"),
    })
}

fn bad(column: &str, row: &Row<'_>) -> Refusal {
    let cell = row.cell(column).unwrap_or_default();
    Refusal::about(RefusalCode::NotUnderstood, &format!("{column}: {cell}"))
}

fn optional<T: std::str::FromStr>(column: &str, row: &Row<'_>) -> Result<Option<T>, Refusal> {
    let cell = row.cell(column).map(str::parse).transpose();
    cell.map_err(|_| bad(column, row))
}

fn needed<T: std::str::FromStr>(column: &str, row: &Row<'_>) -> Result<T, Refusal> {
    row.needed(column)?.parse().map_err(|_| bad(column, row))
}

fn from_name<T: DeserializeOwned>(column: &str, row: &Row<'_>) -> Result<T, Refusal> {
    let name = row.needed(column)?.to_owned();
    serde_json::from_value(serde_json::Value::String(name)).map_err(|_| bad(column, row))
}

fn yes(column: &str, row: &Row<'_>) -> Result<bool, Refusal> {
    match row.needed(column)? {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(bad(column, row)),
    }
}

fn instant(column: &str, row: &Row<'_>) -> Result<(UnixMillis, i32), Refusal> {
    match when(row.needed(column)?)? {
        When::Offset(at) => Ok((
            UnixMillis(at.timestamp_millis()),
            at.offset().local_minus_utc(),
        )),
        _ => Err(bad(column, row)),
    }
}

fn stamped(column: &str, row: &Row<'_>) -> Result<Stamp, Refusal> {
    let Some(cell) = row.cell(column) else {
        return Ok(stamp(None));
    };
    let parts: Vec<_> = cell.split('/').collect();
    let [hlc_ms, device_id, device_seq] = parts[..] else {
        return Err(bad(column, row));
    };
    let read = || -> Option<Stamp> {
        Some(Stamp {
            hlc_ms: hlc_ms.parse().ok()?,
            device_id: device_id.parse::<DeviceId>().ok()?,
            device_seq: device_seq.parse().ok()?,
        })
    };
    read().ok_or_else(|| bad(column, row))
}
