//! Query plans: over a million rows, one column outside the index costs several times as much.

use mitta_domain::{DeviceId, UnixMillis};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

use super::{days_sql, page_sql, span_sql};
use crate::open::{Opening, for_writing};
use crate::{DataDir, Position};

const PAGE: &str = "SEARCH sessions USING COVERING INDEX sessions_history";
const DAYS: &str = "SEARCH sessions USING COVERING INDEX sessions_days";

fn plan_of(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    // Parameters stay unbound: the plan does not depend on them.
    let rows = statement.raw_query();
    rows.mapped(|row| row.get(3))
        .collect::<Result<_, _>>()
        .unwrap()
}

fn check(connection: &Connection, sql: &str, expected: &[String]) {
    let found = plan_of(connection, sql);
    assert_eq!(found, expected, "{sql}");
}

#[test]
fn lists_and_sums_are_read_from_their_covering_index_alone() {
    let folder = TempDir::new().unwrap();
    let dir = DataDir::new(folder.path());
    let device_id = DeviceId::from_uuid(Uuid::from_u128(1));
    let (connection, ..) = for_writing(&dir, Opening::new(UnixMillis(0), device_id)).unwrap();
    let after = "AND (started_at_ms, session_id) < (?2, ?3)";
    let all = |connection: &Connection| {
        check(connection, &page_sql(""), &[format!("{PAGE} (deleted=?)")]);
        let from = format!("{PAGE} (deleted=? AND (started_at_ms,session_id)<(?,?))");
        check(connection, &page_sql(after), &[from]);
        let between = "(deleted=? AND state=? AND local_date>? AND local_date<?)";
        check(connection, &days_sql(), &[format!("{DAYS} {between}")]);
        let by_day = format!("{DAYS} (deleted=? AND state=?)");
        let steps = [
            "CO-ROUTINE (subquery-1)".into(),
            by_day,
            "SCAN (subquery-1)".into(),
        ];
        check(connection, &span_sql(), &steps);
    };
    all(&connection);
    // And so with statistics, which another program may make SQLite collect.
    connection.execute_batch("ANALYZE").unwrap();
    all(&connection);
    assert!(super::page(&connection, None, 1).unwrap().is_empty());
    let position = Position {
        started_at_ms: UnixMillis(0),
        session_id: mitta_domain::SessionId::from_uuid(Uuid::nil()),
    };
    assert!(
        super::page(&connection, Some(position), 1)
            .unwrap()
            .is_empty()
    );
}
