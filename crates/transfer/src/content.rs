//! A session made of what a row says: id, device and stamps too, so that the same row is the same
//! session with the same ops on every device (I3).

use chrono::{DateTime, FixedOffset, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use mitta_domain::calendar::{self, LocalDay};
use mitta_domain::plan::MAX_LABEL_CHARS;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, Seconds, Session, SessionId, SessionStart, Source, UnixMillis, offer,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::judge::{Foreign, Refusal, RefusalCode};

/// The device that imported sits carry: none of Mitta's recorded them, and on every device that
/// reads the same file they are the same.
pub const IMPORT_DEVICE: DeviceId =
    DeviceId::from_uuid(Uuid::from_u128(0x6d69_7474_612d_8069_8d70_6f72_7465_6401));

/// What is known once the row's times are settled.
pub(crate) struct Content {
    pub at: UnixMillis,
    /// What the clock was ahead of UTC, where the row says it.
    pub shown: Option<FixedOffset>,
    pub zone: Tz,
    pub day_start_hour: u8,
    pub foreign: Foreign,
}

/// The session, and whether its label had to go into the note.
pub(crate) fn session(content: Content) -> Result<(Session, bool), Refusal> {
    let Content {
        at,
        shown,
        zone,
        day_start_hour,
        foreign,
    } = content;
    let impossible =
        |why: &dyn std::fmt::Display| Refusal::about(RefusalCode::Impossible, &why.to_string());
    let (tz, day) = if let Some(shown) = shown {
        at_offset(at, shown, foreign.zone, day_start_hour)?
    } else {
        let day = calendar::local_date(at, zone, day_start_hour).map_err(|e| impossible(&e))?;
        (zone, day)
    };
    let ended_at_ms = at.plus_ms(i64::from(foreign.length_s) * 1000);
    let start = SessionStart {
        session_id: id(at, tz, day, foreign.length_s),
        device_id: IMPORT_DEVICE,
        source: Source::Import,
        started_at_ms: at,
        tz: tz.name().to_owned(),
        utc_offset_s: day.utc_offset_s,
        local_date: day.local_date,
        planned_s: None,
        together_id: None,
        replaces: None,
    };
    let mut session = Session::begun(start);
    session.completion = Some(Completion {
        ended_at_ms,
        credited_s: Seconds(foreign.length_s),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    });
    let (words, label_in_note) = words(foreign)?;
    if words != Words::default() {
        session.words_stamp = words_stamp(&words, ended_at_ms);
        session.words = words;
    }
    Ok((session, label_in_note))
}

/// A label that is too long loses nothing: it becomes the first line of the note.
fn words(foreign: Foreign) -> Result<(Words, bool), Refusal> {
    let Foreign {
        mut label,
        mut note,
        mood,
        ..
    } = foreign;
    let is_long = |text: &String| text.trim().chars().count() > MAX_LABEL_CHARS;
    let moved = label.take_if(|label| is_long(label));
    let label_in_note = moved.is_some();
    if let Some(long) = moved {
        note = Some(match note {
            Some(note) => format!("{long}\n{note}"),
            None => long,
        });
    }
    let words = Words { note, mood, label };
    let words = words
        .checked()
        .map_err(|e| Refusal::about(RefusalCode::Impossible, &e.to_string()))?;
    Ok((words, label_in_note))
}

/// Zone and date of a row that says what its clock was ahead of UTC. The zone that the row names, if
/// that says the same; else one that is nothing but that offset; else the first of the zones that say
/// it. Never the one of this computer: the id is made of it, and another computer may be in another
/// (I3).
fn at_offset(
    at: UnixMillis,
    shown: FixedOffset,
    named: Option<Tz>,
    day_start_hour: u8,
) -> Result<(Tz, LocalDay), Refusal> {
    let out = || Refusal::from(RefusalCode::OutOfCalendar);
    let utc = DateTime::from_timestamp_millis(at.0).ok_or_else(out)?;
    let says_so = |tz: &Tz| tz.offset_from_utc_datetime(&utc.naive_utc()).fix() == shown;
    let utc_offset_s = shown.local_minus_utc();
    let tz = named
        .filter(says_so)
        .or_else(|| fixed_zone(utc_offset_s))
        .or_else(|| TZ_VARIANTS.into_iter().find(says_so))
        .ok_or_else(|| Refusal::about(RefusalCode::NotATime, &format!("UTC offset {shown}")))?;
    let local_date = utc
        .naive_utc()
        .checked_add_offset(shown)
        .and_then(|wall| wall.checked_sub_signed(TimeDelta::hours(day_start_hour.into())))
        .ok_or_else(out)?
        .date();
    let day = LocalDay {
        local_date,
        utc_offset_s,
    };
    Ok((tz, day))
}

/// `Etc/GMT-9` is nine hours east: the sign of those names is turned round.
fn fixed_zone(utc_offset_s: i32) -> Option<Tz> {
    if utc_offset_s % 3600 != 0 {
        return None;
    }
    match utc_offset_s / 3600 {
        0 => Some(Tz::UTC),
        east => format!("Etc/GMT{:+}", -east).parse().ok(),
    }
}

/// An id of all that never changes about the sit.
///
/// Zone and date are part of it: a file that was read in a wrong zone, taken back and read again,
/// gives other sessions, and no two devices send different sits under one id.
fn id(at: UnixMillis, tz: Tz, day: LocalDay, length_s: u32) -> SessionId {
    let local_date = day.local_date.to_string();
    let content = [
        b"mitta import 1\0",
        &at.0.to_be_bytes()[..],
        &length_s.to_be_bytes(),
        &day.utc_offset_s.to_be_bytes(),
        local_date.as_bytes(),
        &[0],
        tz.name().as_bytes(),
    ];
    SessionId::from_uuid(offer::uuid_made_of(at, &content.concat()))
}

/// When the words were written: as the sit ended, so that whatever a person writes is later. Other
/// words have another number, so that two files which disagree are an order, not an error.
fn words_stamp(words: &Words, ended_at_ms: UnixMillis) -> Stamp {
    let mut hash = Sha256::new();
    for text in [&words.note, &words.label] {
        hash.update([u8::from(text.is_some())]);
        hash.update(text.as_deref().unwrap_or_default());
        hash.update([0]);
    }
    hash.update([words.mood.unwrap_or_default()]);
    let hash: [u8; 32] = hash.finalize().into();
    let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    Stamp {
        hlc_ms: ended_at_ms.0,
        device_id: IMPORT_DEVICE,
        device_seq: u64::from(number).saturating_add(1),
    }
}
