//! Searching and filtering: whatever is typed, whoever wrote the row, whatever became of the index.

use mitta_domain::session::Words;
use mitta_domain::{Seconds, Source, UnixMillis};
use mitta_store::{
    Edit, HistoryEntry, HistoryFilter, PastOps, PastSit, PastTime, Position, Reader, Writer,
};
use proptest::prelude::*;

use crate::support::{Folder, T0, at, date, op, session, sit};

/// Adds sit `n`, each an hour before the one before.
fn add(writer: &mut Writer, n: u32, note: &str, label: &str) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let past = PastSit {
        time: PastTime {
            session_id: session(n.into()),
            started_at_ms: UnixMillis(T0 - i64::from(n) * 3_600_000),
            tz: "UTC".into(),
            utc_offset_s: 0,
            local_date: date("2026-11-21") - chrono::Days::new(u64::from(n / 24)),
        },
        credited_s: Seconds(600),
        words: Words {
            note: some(note),
            mood: None,
            label: some(label),
        },
        is_private: false,
    };
    let ops = PastOps {
        sharing: op(n * 10),
        sat: op(n * 10 + 1),
        words: op(n * 10 + 2),
        deletion: op(n * 10 + 3),
        counts: op(n * 10 + 4),
    };
    writer.add(&past, UnixMillis(T0), ops).unwrap();
}

fn text(text: &str) -> HistoryFilter {
    HistoryFilter {
        text: Some(text.to_owned()),
        ..HistoryFilter::default()
    }
}

fn numbers(entries: &[HistoryEntry]) -> Vec<u128> {
    let number = |entry: &HistoryEntry| entry.session_id.as_uuid().as_u128() - 0xabc0_0000;
    entries.iter().map(number).collect()
}

fn found(reader: &Reader, filter: &HistoryFilter) -> Vec<u128> {
    numbers(&reader.found_page(filter, None, 500).unwrap())
}

#[test]
fn words_are_found_inside_of_words_in_any_script_without_capitals_and_accents() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    add(&mut writer, 1, "Regenwetter, ruhig", "Abend");
    add(&mut writer, 2, "rain on the roof", "");
    add(&mut writer, 3, "今天坐得很好", "早上");
    add(&mut writer, 4, "Übung macht den Meister 🙏🏽", "Zazen");
    add(&mut writer, 5, "", "");
    let reader = folder.reader();
    let check = |typed: &str, expected: &[u128]| {
        assert_eq!(found(&reader, &text(typed)), expected, "{typed}");
    };
    check("wetter", &[1]);
    check("RAIN", &[2]);
    check("rain roof", &[2]);
    check("rain wetter", &[]);
    check("坐得很", &[3]);
    check("坐得", &[3]);
    check("ubung", &[4]);
    check("übung", &[4]);
    check("ü", &[4]);
    check("🙏", &[4]);
    check("abend", &[1]);
    check("za", &[4]);
    check("meister za", &[4]);
    check("", &[1, 2, 3, 4, 5]);
    check("   ", &[1, 2, 3, 4, 5]);
}

#[test]
fn what_is_typed_is_never_a_query() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    add(
        &mut writer,
        1,
        r#"he said "stop*" - 100% (really) a_b\c NEAR(x)"#,
        "note:label",
    );
    let reader = folder.reader();
    for typed in [
        r#""stop*""#,
        "stop*",
        "100%",
        "(really)",
        "a_b\\c",
        "NEAR(x)",
        "note:label",
        "-",
        "%",
        "_",
        "\\",
        "\"",
    ] {
        assert_eq!(found(&reader, &text(typed)), [1], "{typed}");
    }
    for typed in [
        "\"\"\"",
        "^stop",
        "stop OR",
        "{note}:he",
        "l*bel",
        "*",
        "AND",
        "said NOR",
    ] {
        assert_eq!(
            found(&reader, &text(typed)).len(),
            usize::from(typed == "*"),
            "{typed}"
        );
    }
    let long = "x".repeat(10_000);
    assert_eq!(found(&reader, &text(&long)), [] as [u128; 0]);
    let many = "said ".repeat(2_000);
    assert!(reader.found_page(&text(&many), None, 10).is_ok());
}

#[test]
fn filters_hold_together_and_pages_follow_without_gap_or_repeat() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..=60 {
        let label = ["Zazen", "Evening", ""][n as usize % 3];
        add(&mut writer, n, &format!("sit number {n} rain"), label);
    }
    sit(&mut writer, 70, 600);
    let reader = folder.reader();
    let all = |filter: &HistoryFilter| {
        let mut rows = Vec::new();
        let mut before = None;
        loop {
            let page = reader.found_page(filter, before, 7).unwrap();
            let Some(last) = page.last() else { return rows };
            before = Some(Position {
                started_at_ms: last.started_at_ms,
                session_id: last.session_id,
            });
            rows.extend(numbers(&page));
        }
    };
    let zazen: Vec<u128> = (1..=60).filter(|n| n % 3 == 0).collect();
    let by_label = HistoryFilter {
        label: Some("Zazen".into()),
        ..HistoryFilter::default()
    };
    assert_eq!(all(&by_label), zazen);
    let both = HistoryFilter {
        text: Some("rain number".into()),
        ..by_label.clone()
    };
    assert_eq!(all(&both), zazen);
    let dates = HistoryFilter {
        from: Some(date("2026-11-20")),
        to: Some(date("2026-11-20")),
        ..both
    };
    let of_a_day: Vec<u128> = (24..48).filter(|n| n % 3 == 0).collect();
    assert_eq!(all(&dates), of_a_day);
    let by_source = HistoryFilter {
        source: Some(Source::Timer),
        ..HistoryFilter::default()
    };
    assert_eq!(all(&by_source), [70]);
    let labels = reader.labels(500).unwrap();
    let labels: Vec<_> = labels
        .iter()
        .map(|it| (it.label.as_str(), it.sits))
        .collect();
    assert_eq!(labels, [("Evening", 20), ("Zazen", 20), ("zazen", 1)]);
    assert_eq!(reader.labels(1).unwrap().len(), 1);
}

/// The index of another program's making: every row that has words, and no other.
fn index_is_right(folder: &Folder) {
    let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
    let checked = folder.sqlite().execute(check, []);
    assert!(
        checked.is_ok(),
        "the index says what the sits say: {checked:?}"
    );
    folder.assert_sound();
}

#[test]
fn the_index_follows_edits_deletions_and_sits_of_one_instant() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    add(&mut writer, 1, "first words", "");
    let words = |text: &str| {
        Edit::Words(Words {
            note: (!text.is_empty()).then(|| text.to_owned()),
            ..Words::default()
        })
    };
    writer
        .edit(session(1), &words("second thoughts"), at(1))
        .unwrap();
    let reader = folder.reader();
    assert_eq!(found(&reader, &text("first")), [] as [u128; 0]);
    assert_eq!(found(&reader, &text("thoughts")), [1]);
    writer.edit(session(1), &words(""), at(2)).unwrap();
    assert_eq!(found(&reader, &text("thoughts")), [] as [u128; 0]);
    writer.edit(session(1), &words("third"), at(3)).unwrap();
    assert_eq!(found(&reader, &text("third")), [1]);
    writer
        .edit(session(1), &Edit::Deleted(true), at(4))
        .unwrap();
    assert_eq!(found(&reader, &text("third")), [] as [u128; 0]);
    writer
        .edit(session(1), &Edit::Deleted(false), at(5))
        .unwrap();
    assert_eq!(found(&reader, &text("third")), [1]);
    index_is_right(&folder);
    // More of one millisecond than there are numbers for.
    let connection = folder.sqlite();
    let copies = "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 5000)
         INSERT INTO sessions SELECT printf('0000%04x', value) || substr(session_id, 9), device_id, source,
             started_at_ms, tz, utc_offset_s, local_date, planned_s, plan, state, ended_at_ms,
             completion_credited_s, paused_s, asleep_s, overtime_s, 'many', mood, label, words_hlc_ms,
             words_device_id, words_device_seq, corrected_credited_s, credited_hlc_ms,
             credited_device_id, credited_device_seq, deleted, deleted_hlc_ms, deleted_device_id,
             deleted_device_seq, credited_s, interval_bells, together_id, shared, note_shared,
             sharing_hlc_ms, sharing_device_id, sharing_device_seq, replaces
         FROM sessions, n";
    connection.execute_batch(copies).unwrap();
    let many = "SELECT count(*) FROM search WHERE search MATCH '\"many\"'";
    assert_eq!(folder.value::<i64>(many), 5000);
    index_is_right(&folder);
}

#[test]
fn a_damaged_index_stops_no_sit_and_is_made_anew() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    add(&mut writer, 1, "rain on the roof", "Evening");
    folder
        .sqlite()
        .execute(
            "UPDATE search_data SET block = x'0000000000ff' WHERE id > 10",
            [],
        )
        .unwrap();
    // A start with a label, an edit, and a past sit, each writes to the index.
    sit(&mut writer, 2, 600);
    let edit = Edit::Words(Words {
        note: Some("wind".into()),
        ..Words::default()
    });
    writer.edit(session(1), &edit, at(30)).unwrap();
    let reader = folder.reader();
    let error = reader.found_page(&text("wind"), None, 10).unwrap_err();
    assert!(error.is_of_search(), "{error:?}");
    writer.rebuild_search().unwrap();
    assert_eq!(found(&reader, &text("wind")), [1]);
    index_is_right(&folder);
    // Found at the next opening, nothing is set aside.
    drop((reader, writer));
    folder
        .sqlite()
        .execute(
            "UPDATE search_data SET block = x'0000000000ff' WHERE id > 10",
            [],
        )
        .unwrap();
    let (_writer, opened) = folder.open();
    assert_eq!(opened.set_aside, None);
    assert_eq!(found(&folder.reader(), &text("wind")), [1]);
    index_is_right(&folder);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Against the obvious second computation: look at every note.
    #[test]
    fn a_search_finds_what_looking_at_every_note_finds(
        notes in prop::collection::vec("[aAbcñ 🙏\"*%_-]{0,8}", 1..12),
        typed in "[aAbcñ 🙏\"*%_-]{0,6}",
    ) {
        let folder = Folder::new();
        let mut writer = folder.writer();
        for (n, note) in (1..).zip(&notes) {
            add(&mut writer, n, note, "");
        }
        let fold = |text: &str| text.to_lowercase().replace('ñ', "n");
        let words: Vec<String> = typed.split_whitespace().map(fold).collect();
        // Short words keep their accents, which this alphabet makes visible.
        prop_assume!(typed.split_whitespace().all(|w| w.chars().count() >= 3 || !w.contains(['ñ', 'n'])));
        let expected: Vec<u128> = (1..)
            .zip(&notes)
            .filter(|(_, note)| {
                let note = if note.trim().is_empty() { String::new() } else { fold(note) };
                words.iter().all(|word| note.contains(word))
            })
            .map(|(n, _)| n)
            .collect();
        prop_assert_eq!(found(&folder.reader(), &text(&typed)), expected);
    }
}
