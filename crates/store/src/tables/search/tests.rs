//! What is typed is never the query language, and the query plans, as in `history`.

use mitta_domain::{DeviceId, UnixMillis};
use rstest::rstest;
use tempfile::TempDir;
use uuid::Uuid;

use mitta_domain::SessionId;

use super::*;
use crate::DataDir;
use crate::open::{Opening, for_writing};

fn words(text: &str) -> (String, Vec<String>) {
    let words = Words::of(text);
    (words.indexed, words.short)
}

#[rstest]
#[case::one("rain", r#""rain""#, &[])]
#[case::two("Rain  wind", r#""Rain" AND "wind""#, &[])]
#[case::quotes(r#"say "hello" now"#, r#""say" AND """hello""" AND "now""#, &[])]
#[case::operators("NOT rain* -wind", r#""NOT" AND "rain*" AND "-wind""#, &[])]
#[case::short("at sea", r#""sea""#, &["at"])]
#[case::emoji("🙏", "", &["🙏"])]
#[case::accents_are_no_letters("e\u{301}a", "", &["e\u{301}a"])]
#[case::nul("ra\0in", r#""rain""#, &[])]
#[case::nothing(" \n\t ", "", &[])]
fn what_is_typed_becomes_quoted_words(
    #[case] text: &str,
    #[case] indexed: &str,
    #[case] short: &[&str],
) {
    let short: Vec<String> = short.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(words(text), (indexed.to_owned(), short));
}

fn plan_of(connection: &Connection, filter: &HistoryFilter, paged: bool) -> Vec<String> {
    let session_id = SessionId::from_uuid(Uuid::nil());
    let position = Position {
        started_at_ms: UnixMillis(0),
        session_id,
    };
    let query = query(filter, paged.then_some((position, 0)), 50).unwrap();
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", query.sql))
        .unwrap();
    let rows = statement.query_map(params_from_iter(query.values), |row| row.get(3));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

const FOUND: [&str; 3] = [
    "SCAN search VIRTUAL TABLE INDEX",
    "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
    "SEARCH s USING INDEX sqlite_autoindex_sessions_1 (session_id=?)",
];

/// None sorts: whatever is wanted comes in the order of the list, and stops after a page.
#[test]
fn what_is_wanted_is_read_in_the_order_of_the_list() {
    let folder = TempDir::new().unwrap();
    let dir = DataDir::new(folder.path());
    let device_id = DeviceId::from_uuid(Uuid::from_u128(1));
    let (connection, ..) = for_writing(&dir, Opening::new(UnixMillis(0), device_id)).unwrap();
    let all = HistoryFilter::default();
    let by_words = HistoryFilter {
        text: Some("rain at".into()),
        label: Some("zazen".into()),
        ..all.clone()
    };
    let by_label = HistoryFilter {
        label: Some("zazen".into()),
        ..all.clone()
    };
    let by_source = HistoryFilter {
        source: Some(Source::Manual),
        text: Some("at".into()),
        ..all.clone()
    };
    let by_date = HistoryFilter {
        from: "2026-01-01".parse().ok(),
        to: "2026-12-31".parse().ok(),
        ..all.clone()
    };
    let check = |connection: &Connection| {
        for paged in [false, true] {
            let found = plan_of(connection, &by_words, paged);
            assert_eq!(found.len(), FOUND.len(), "{found:?}");
            for (found, expected) in found.iter().zip(FOUND) {
                assert!(found.starts_with(expected), "{found}");
            }
            for (filter, start) in [
                (
                    &all,
                    "SEARCH s USING COVERING INDEX sessions_history (deleted=?",
                ),
                (
                    &by_source,
                    "SEARCH s USING COVERING INDEX sessions_history (deleted=?",
                ),
                (
                    &by_date,
                    "SEARCH s USING COVERING INDEX sessions_history (deleted=? AND ",
                ),
                (&by_label, "SEARCH s USING INDEX sessions_labels (label=?"),
            ] {
                let found = plan_of(connection, filter, paged);
                assert_eq!(found.len(), 1, "{found:?}");
                assert!(found[0].starts_with(start), "{found:?}");
            }
        }
    };
    check(&connection);
    connection.execute_batch("ANALYZE").unwrap();
    check(&connection);
    assert!(labels(&connection, 500).unwrap().is_empty());
}
