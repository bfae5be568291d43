//! A file in memory, read with the answers of a person in Berlin.

use std::io::Cursor;
use std::ops::ControlFlow;

use chrono::DateTime;
use mitta_domain::UnixMillis;
use mitta_transfer::{
    DateOrder, Judge, Judged, Reading, RefusalCode, Sit, Span, Survey, TimesAre, Unreadable, read,
    survey,
};

/// 2026-11-29T12:00:00Z.
pub const NOW: UnixMillis = UnixMillis(1_795_953_600_000);

pub fn berlin() -> Reading {
    Reading {
        zone: chrono_tz::Europe::Berlin,
        order: DateOrder::MonthFirst,
        times: TimesAre::Local,
        day_start_hour: 4,
        now_ms: NOW,
    }
}

pub fn surveyed(bytes: &[u8]) -> Result<Survey, Unreadable> {
    survey(&mut Cursor::new(bytes), NOW, &mut |_| {
        ControlFlow::Continue(())
    })
}

pub fn read_with(bytes: &[u8], reading: Reading, history: Vec<Span>) -> Vec<(u64, Judged)> {
    judged(bytes, Judge::new(reading, history))
}

pub fn judged(bytes: &[u8], mut judge: Judge) -> Vec<(u64, Judged)> {
    let survey = surveyed(bytes).unwrap();
    let mut rows = Vec::new();
    let flow = read(
        &mut Cursor::new(bytes),
        &survey,
        &mut judge,
        &mut |_| ControlFlow::Continue(()),
        &mut |line, judged| {
            rows.push((line, judged));
            ControlFlow::Continue(())
        },
    );
    assert!(flow.unwrap().is_continue());
    assert_eq!(
        rows.len() as u64,
        survey.rows,
        "counted as many as were read"
    );
    rows
}

pub fn rows(text: &str) -> Vec<(u64, Judged)> {
    read_with(text.as_bytes(), berlin(), Vec::new())
}

pub fn sits(rows: &[(u64, Judged)]) -> Vec<&Sit> {
    rows.iter()
        .filter_map(|(_, judged)| match judged {
            Judged::Sit(sit) => Some(sit.as_ref()),
            _ => None,
        })
        .collect()
}

/// `line: start in UTC, length, label | note`, or why not.
pub fn told(rows: &[(u64, Judged)]) -> Vec<String> {
    rows.iter()
        .map(|(line, judged)| match judged {
            Judged::Sit(sit) => {
                let session = sit.whole.session();
                let at = DateTime::from_timestamp_millis(session.start.started_at_ms.0).unwrap();
                let words = [&session.words.label, &session.words.note];
                let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
                format!(
                    "{line}: {} {} s {}",
                    at.format("%Y-%m-%d %H:%M:%S"),
                    session.credited_s().0,
                    words.join(" | ")
                )
                .trim_end()
                .to_owned()
            }
            Judged::AlreadyThere(..) => format!("{line}: already there"),
            Judged::DeletedHere(_) => format!("{line}: deleted here"),
            Judged::Refused(refusal, _) => {
                let code = serde_json::to_value(refusal.code).unwrap();
                let mut told = format!("{line}: {}", code.as_str().unwrap());
                if let Some(detail) = &refusal.detail {
                    told = format!("{told} ({detail})");
                }
                if let Some(other) = refusal.other_line {
                    told = format!("{told} line {other}");
                }
                told
            }
        })
        .collect()
}

pub fn code(judged: &Judged) -> Option<RefusalCode> {
    match judged {
        Judged::Refused(refusal, _) => Some(refusal.code),
        _ => None,
    }
}
