//! First page, week totals and year heatmap over a million sessions, beside the same SQL by hand
//! with a covering index on a table made for nothing else.

use chrono::{Days, NaiveDate, Weekday};
use mitta_domain::calendar::Week;
use mitta_domain::{DeviceId, UnixMillis, totals};
use mitta_store::{DataDir, HistoryFilter, Opening, Reader, Writer};
use rusqlite::Connection;

use super::figures::{Series, compare, scratch, timed_ms};

pub const SESSIONS: u32 = 1_000_000;
const ROUNDS: usize = 15;
const PAGE: u32 = 100;

pub fn run() {
    let folder = scratch();
    let dir = DataDir::new(folder.path().join("mitta"));
    let (fill_ms, ()) = timed_ms(|| fill(&dir));
    println!("{SESSIONS} sessions made in {:.0} s", fill_ms / 1000.0);
    let reader = Reader::open(&dir).unwrap();
    let bare = by_hand(&dir, &folder.path().join("bare.sqlite3"));
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();

    let mut pages = [Series::default(), Series::default()];
    let mut weeks = [Series::default(), Series::default()];
    let mut years = [Series::default(), Series::default()];
    for _ in 0..ROUNDS {
        let (ours_ms, entries) = timed_ms(|| reader.history_page(None, PAGE).unwrap());
        let (theirs_ms, rows) = timed_ms(|| page_by_hand(&bare));
        assert_eq!(entries.len(), rows, "both must do the same work");
        pages[0].push(ours_ms);
        pages[1].push(theirs_ms);

        let week = Week::of(today, Weekday::Mon);
        let from = week.back(51).start();
        let (ours_ms, by_week) = timed_ms(|| {
            let days = reader.day_totals(from, today).unwrap();
            totals::by_week(&days, week, 52)
        });
        let (theirs_ms, sum) = timed_ms(|| days_by_hand(&bare, from, today));
        assert_eq!(by_week.iter().map(|w| w.credited_s).sum::<u64>(), sum);
        weeks[0].push(ours_ms);
        weeks[1].push(theirs_ms);

        let from = today.checked_sub_days(Days::new(370)).unwrap();
        let (ours_ms, days) = timed_ms(|| reader.day_totals(from, today).unwrap());
        let (theirs_ms, sum) = timed_ms(|| days_by_hand(&bare, from, today));
        assert_eq!(days.iter().map(|d| d.credited_s).sum::<u64>(), sum);
        years[0].push(ours_ms);
        years[1].push(theirs_ms);
    }
    let reference = "the same SQL by hand, covering index";
    for (what, [ours, theirs]) in [
        ("History: first page of 100", &pages),
        ("52 week totals", &weeks),
        ("Year heatmap: 371 day totals", &years),
    ] {
        compare(what, "ms", ours, (reference, theirs), "≤ 1.3×");
    }
    searches(&reader, &folder.path().join("words.sqlite3"), &dir);
}

/// Searching, beside a bare table of FTS5 that holds the texts itself and knows nothing of sits.
fn searches(reader: &Reader, path: &std::path::Path, dir: &DataDir) {
    let bare = words_by_hand(dir, path);
    for (what, text, query) in [
        ("a word of 110,000 sits", "rain", r#""rain""#),
        (
            "two words of 110,000 sits",
            "breath roof",
            r#""breath" AND "roof""#,
        ),
        ("a word of ten sits", "heron", r#""heron""#),
    ] {
        let filter = HistoryFilter {
            text: Some(text.to_owned()),
            ..HistoryFilter::default()
        };
        let (mut ours, mut theirs) = (Series::default(), Series::default());
        for _ in 0..ROUNDS {
            let (ours_ms, entries) = timed_ms(|| reader.found_page(&filter, None, PAGE).unwrap());
            let (theirs_ms, rows) = timed_ms(|| search_by_hand(&bare, query));
            assert_eq!(entries.len(), rows, "both must do the same work");
            ours.push(ours_ms);
            theirs.push(theirs_ms);
        }
        let name = format!("Search: first page of {what}");
        compare(&name, "ms", &ours, ("bare FTS5 table", &theirs), "≤ 2×");
    }
    let by_label = HistoryFilter {
        label: Some("Evening".to_owned()),
        ..HistoryFilter::default()
    };
    let by_short = HistoryFilter {
        text: Some("on".to_owned()),
        ..HistoryFilter::default()
    };
    for (what, filter) in [
        ("one label", &by_label),
        ("a word of two letters", &by_short),
    ] {
        let mut ours = Series::default();
        let mut theirs = Series::default();
        for _ in 0..ROUNDS {
            ours.push(timed_ms(|| reader.found_page(filter, None, PAGE).unwrap()).0);
            theirs.push(timed_ms(|| reader.history_page(None, PAGE).unwrap()).0);
        }
        let name = format!("Filter: first page of {what}");
        compare(
            &name,
            "ms",
            &ours,
            ("the same page of all sits", &theirs),
            "≤ 10×",
        );
    }
}

fn words_by_hand(dir: &DataDir, path: &std::path::Path) -> Connection {
    let bare = Connection::open(path).unwrap();
    bare.execute("ATTACH ?1 AS mitta", [dir.database().to_string_lossy()])
        .unwrap();
    bare.execute_batch(
        "CREATE VIRTUAL TABLE words USING fts5(note, label, tokenize = 'trigram remove_diacritics 1');
         INSERT INTO words (rowid, note, label)
             SELECT row_number() OVER (ORDER BY started_at_ms, session_id), note, label
             FROM mitta.sessions WHERE deleted = 0 AND (note IS NOT NULL OR label IS NOT NULL);
         DETACH mitta;",
    )
    .unwrap();
    bare
}

fn search_by_hand(bare: &Connection, query: &str) -> usize {
    let sql =
        "SELECT rowid, note, label FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?2";
    let mut statement = bare.prepare_cached(sql).unwrap();
    let rows = statement.query_map(rusqlite::params![query, PAGE], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Option<String>>(1)?,
            row.get::<_, Option<String>>(2)?,
        ))
    });
    let rows: Vec<_> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    std::hint::black_box(rows).len()
}

/// A million sits over 27 years, most of them in the last one: written past the store, which
/// would commit each durably, but into its own schema with all of its checks.
pub fn fill(dir: &DataDir) {
    fill_with(dir, SESSIONS);
}

/// As [`fill`], with so many sits.
pub fn fill_with(dir: &DataDir, sessions: u32) {
    let device = DeviceId::from_uuid(uuid::Uuid::from_u128(7));
    drop(Writer::open(dir, Opening::new(UnixMillis(0), device)).unwrap());
    let connection = Connection::open(dir.database()).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = OFF")
        .unwrap();
    connection
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1),
             sit AS (SELECT i,
                 1795219200000 - i * 850000 AS started_at_ms,
                 600 + (i * 7919) % 3000 AS credited_s FROM n)
             INSERT INTO sessions (session_id, device_id, source, started_at_ms, tz, utc_offset_s,
                 local_date, planned_s, plan, state, ended_at_ms, completion_credited_s, paused_s,
                 asleep_s, overtime_s, note, mood, label, words_hlc_ms, words_device_id,
                 words_device_seq, credited_hlc_ms, credited_device_id, credited_device_seq,
                 deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq, credited_s,
                 interval_bells)
             SELECT printf('%08x-0000-7000-8000-%012x', i, i), ?2, 'timer', started_at_ms,
                 'Europe/Berlin', 3600, date(started_at_ms / 1000, 'unixepoch'), credited_s, NULL,
                 'completed', started_at_ms + credited_s * 1000, credited_s, 0, 0, 0,
                 CASE WHEN i % 100003 = 5 THEN 'a heron by the water' WHEN i % 9 = 0 THEN 'a long breath out, rain on the roof' END, NULL,
                 CASE i % 3 WHEN 0 THEN 'Evening' END, 0, ?2, 1, 0, ?2, 1,
                 i % 101 = 0, 0, ?2, 1, credited_s, 0
             FROM sit",
            rusqlite::params![sessions, device.to_string()],
        )
        .unwrap();
}

fn by_hand(dir: &DataDir, path: &std::path::Path) -> Connection {
    let bare = Connection::open(path).unwrap();
    bare.execute("ATTACH ?1 AS mitta", [dir.database().to_string_lossy()])
        .unwrap();
    bare.execute_batch(
        "CREATE TABLE sits AS
             SELECT deleted, state, session_id, source, started_at_ms, utc_offset_s, local_date, planned_s,
                 interval_bells, ended_at_ms, completion_credited_s, paused_s, asleep_s,
                 overtime_s, credited_s, note, mood, label
             FROM mitta.sessions;
         CREATE INDEX pages ON sits (deleted, started_at_ms, session_id, source, utc_offset_s, local_date,
             planned_s, interval_bells, ended_at_ms, completion_credited_s, paused_s, asleep_s,
             overtime_s, credited_s, note, mood, label);
         CREATE INDEX days ON sits (deleted, state, local_date, credited_s);
         DETACH mitta;",
    )
    .unwrap();
    bare
}

fn page_by_hand(bare: &Connection) -> usize {
    let mut statement = bare
        .prepare_cached(
            "SELECT session_id, source, started_at_ms, utc_offset_s, local_date, planned_s,
                 interval_bells, ended_at_ms, completion_credited_s, paused_s, asleep_s,
                 overtime_s, credited_s, note, mood, label
             FROM sits WHERE deleted = 0
             ORDER BY started_at_ms DESC, session_id DESC LIMIT ?1",
        )
        .unwrap();
    // Every column as the value it is, as any list would need it.
    let rows = statement.query_map([PAGE], |row| {
        (0..16)
            .map(|column| row.get(column))
            .collect::<Result<Vec<rusqlite::types::Value>, _>>()
    });
    let rows: Vec<_> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    std::hint::black_box(rows).len()
}

fn days_by_hand(bare: &Connection, from: NaiveDate, to: NaiveDate) -> u64 {
    let mut statement = bare
        .prepare_cached(
            "SELECT local_date, count(*), sum(credited_s) FROM sits
             WHERE deleted = 0 AND state = 'completed' AND local_date BETWEEN ?1 AND ?2
             GROUP BY local_date",
        )
        .unwrap();
    let rows = statement.query_map([from.to_string(), to.to_string()], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, u32>(1)?,
            row.get::<_, u32>(2)?,
        ))
    });
    rows.unwrap()
        .map(|row| u64::from(std::hint::black_box(row.unwrap()).2))
        .sum()
}
