//! What statistics read: every completed, undeleted sit of a span, and the totals of all dates.

use mitta_domain::calendar::DateSpan;
use mitta_domain::session::Words;
use mitta_domain::totals::DayTotal;
use mitta_domain::{Seconds, UnixMillis};
use mitta_store::{Edit, NewSession, ReadError, Writer};

use crate::support::{
    Folder, T0, at, completion, date, heartbeat, new_session, plan, session, start,
};

/// A sit of `n` hundred seconds on a date.
fn sit_on(writer: &mut Writer, n: u32, day: &str, label: Option<&str>) {
    let new = NewSession {
        local_date: date(day),
        utc_offset_s: -3600,
        ..new_session(n.into())
    };
    writer
        .start(&new, &plan(), &heartbeat(0), at(n * 10))
        .unwrap();
    writer
        .complete(session(n.into()), &completion(n * 100), at(n * 10 + 1))
        .unwrap();
    let words = Words {
        label: label.map(str::to_owned),
        ..Words::default()
    };
    writer
        .edit(session(n.into()), &Edit::Words(words), at(n * 10 + 2))
        .unwrap();
}

fn span(from: &str, to: &str) -> DateSpan {
    DateSpan {
        from: date(from),
        to: date(to),
    }
}

fn seen(folder: &Folder, span: DateSpan) -> Vec<(String, i64, i32, u32, Option<String>)> {
    let mut seen = Vec::new();
    let reader = folder.reader();
    let read = reader.each_sat(span, |sit| {
        seen.push((
            sit.local_date.to_string(),
            sit.started_at_ms.0,
            sit.utc_offset_s,
            sit.credited_s.0,
            sit.label.map(str::to_owned),
        ));
    });
    read.unwrap();
    seen
}

#[test]
fn every_sit_that_counts_is_shown_with_what_counts_of_it() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit_on(&mut writer, 1, "2026-11-20", Some("Zazen"));
    sit_on(&mut writer, 2, "2026-11-21", None);
    sit_on(&mut writer, 3, "2026-11-21", Some("Ähnlich"));
    sit_on(&mut writer, 4, "2026-11-22", Some("Zazen"));
    sit_on(&mut writer, 5, "2026-11-21", None);
    let deleted = Edit::Deleted(true);
    writer.edit(session(5), &deleted, at(200)).unwrap();
    let corrected = Edit::Credited(Seconds(7));
    writer.edit(session(3), &corrected, at(201)).unwrap();
    start(&mut writer, 6);
    let sit = |n: i64, day: &str, credited_s, label: Option<&str>| {
        let started_at_ms = UnixMillis(T0 + n * 1000).0;
        let label = label.map(str::to_owned);
        (day.to_owned(), started_at_ms, -3600, credited_s, label)
    };
    let expected = [
        sit(2, "2026-11-21", 200, None),
        sit(3, "2026-11-21", 7, Some("Ähnlich")),
        sit(4, "2026-11-22", 400, Some("Zazen")),
    ];
    assert_eq!(seen(&folder, span("2026-11-21", "2026-11-22")), expected);
    assert_eq!(seen(&folder, span("2026-11-23", "2026-11-30")), []);
    assert_eq!(seen(&folder, span("2026-11-22", "2026-11-21")), []);
    let day = |text, sits, credited_s| DayTotal {
        local_date: date(text),
        sits,
        credited_s,
    };
    let days = [
        day("2026-11-20", 1, 100),
        day("2026-11-21", 2, 207),
        day("2026-11-22", 1, 400),
    ];
    assert_eq!(folder.reader().all_day_totals().unwrap(), days);
}

/// A value that this program cannot have written is named, not guessed around.
#[test]
fn a_damaged_value_is_named() {
    for (damage, column) in [
        ("local_date = '2026-11-31'", "local_date"),
        ("utc_offset_s = 99999999999", "utc_offset_s"),
        ("label = CAST(x'ff' AS TEXT)", "label"),
    ] {
        let folder = Folder::new();
        sit_on(&mut folder.writer(), 1, "2026-11-20", Some("Zazen"));
        let other = folder.sqlite();
        other
            .pragma_update(None, "ignore_check_constraints", true)
            .unwrap();
        let sql = format!("UPDATE sessions SET {damage}");
        assert_eq!(other.execute(&sql, []).unwrap(), 1);
        let read = folder
            .reader()
            .each_sat(span("2026-01-01", "2026-12-31"), |_| ());
        let Err(ReadError::Corrupt {
            table,
            column: named,
        }) = read
        else {
            panic!("{damage}: {read:?}");
        };
        assert_eq!((table, named), ("sessions", column), "{damage}");
    }
}
