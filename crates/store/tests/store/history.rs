//! Lists and sums: what they hold, and that they are read from their covering index alone.

use mitta_domain::calendar::DateSpan;
use mitta_domain::totals::{DayTotal, SpanTotal};
use mitta_domain::{Seconds, UnixMillis};
use mitta_store::{Edit, NewSession, Position, ReadError};

use crate::support::{
    Folder, T0, at, completion, date, heartbeat, new_session, note, plan, session, sit, start,
};

#[test]
fn a_page_is_newest_first_without_deleted_sessions() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..=4 {
        sit(&mut writer, n, n * 100);
    }
    writer
        .edit(session(2), &Edit::Deleted(true), at(200))
        .unwrap();
    writer
        .edit(session(3), &Edit::Credited(Seconds(7)), at(201))
        .unwrap();
    writer
        .edit(session(3), &Edit::Words(note("calm")), at(202))
        .unwrap();
    start(&mut writer, 5);
    let reader = folder.reader();
    let page = reader.history_page(None, 10).unwrap();
    let ids: Vec<_> = page.iter().map(|e| e.session_id).collect();
    assert_eq!(ids, [session(5), session(4), session(3), session(1)]);
    assert_eq!((page[0].completion, page[0].credited_s), (None, Seconds(0)));
    let entry = &page[2];
    assert_eq!(entry.completion, Some(completion(300)));
    assert_eq!(
        (entry.credited_s, &entry.words),
        (Seconds(7), &note("calm"))
    );
    assert_eq!(
        (entry.interval_bells, entry.planned_s),
        (2, plan().choice.planned_s)
    );
    assert_eq!(
        (entry.local_date, entry.utc_offset_s),
        (date("2026-11-21"), 3600)
    );
}

/// Two sits that started in the same millisecond fall on either side of a page break.
#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 0..23u32 {
        let started_at_ms = UnixMillis(T0 + i64::from(n / 4));
        let new = NewSession {
            started_at_ms,
            ..new_session(n.into())
        };
        writer.start(&new, &plan(), &heartbeat(0), at(n)).unwrap();
    }
    let reader = folder.reader();
    let all = reader.history_page(None, 100).unwrap();
    for limit in [1, 3, 23] {
        let (mut paged, mut before) = (Vec::new(), None);
        loop {
            let page = reader.history_page(before, limit).unwrap();
            let Some(last) = page.last() else { break };
            before = Some(Position {
                started_at_ms: last.started_at_ms,
                session_id: last.session_id,
            });
            paged.extend(page);
        }
        assert_eq!(paged, all, "pages of {limit}");
    }
}

#[test]
fn totals_hold_completed_and_undeleted_sessions_by_their_local_date() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let days = [
        "2025-12-31",
        "2026-02-28",
        "2026-02-28",
        "2028-02-29",
        "2026-03-01",
    ];
    for (n, day) in (1..).zip(days) {
        let noon = date(day).and_hms_opt(12, 0, 0).unwrap().and_utc();
        let new = NewSession {
            started_at_ms: UnixMillis(noon.timestamp_millis()),
            local_date: date(day),
            ..new_session(n.into())
        };
        writer
            .start(&new, &plan(), &heartbeat(0), at(n * 10))
            .unwrap();
        writer
            .complete(session(n.into()), &completion(n * 100), at(n * 10 + 1))
            .unwrap();
    }
    writer
        .edit(session(5), &Edit::Deleted(true), at(100))
        .unwrap();
    writer
        .edit(session(1), &Edit::Credited(Seconds(11)), at(101))
        .unwrap();
    start(&mut writer, 6);
    let reader = folder.reader();
    let total = |day, sits, credited_s| DayTotal {
        local_date: date(day),
        sits,
        credited_s,
    };
    let by_day = |from, to| reader.day_totals(date(from), date(to)).unwrap();
    let last = total("2028-02-29", 1, 400);
    let both = [total("2025-12-31", 1, 11), total("2026-02-28", 2, 500)];
    assert_eq!(by_day("2000-01-01", "2027-12-31"), both);
    assert_eq!(by_day("2028-02-29", "2028-02-29"), [last]);
    assert_eq!(by_day("2026-01-01", "2026-02-27"), []);
    assert_eq!(by_day("2026-03-01", "2026-02-01"), []);
    let span = DateSpan {
        from: date("2025-12-31"),
        to: date("2028-02-29"),
    };
    let all = SpanTotal {
        span,
        sits: 4,
        credited_s: 911,
        days: 3,
    };
    assert_eq!(reader.all_total().unwrap(), Some(all));
}

#[test]
fn a_reader_notices_what_another_connection_changed_but_no_heartbeat() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let reader = folder.reader();
    let before = reader.change_count().unwrap();
    let session_id = start(&mut writer, 1);
    let started = reader.change_count().unwrap();
    assert_ne!(started, before);
    writer.heartbeat(session_id, &heartbeat(1)).unwrap();
    assert_eq!(reader.change_count().unwrap(), started);
}

/// A value that this program cannot have written is named, not guessed around.
#[test]
fn a_damaged_value_is_an_error_that_names_table_and_column() {
    let cases = [
        ("UPDATE sessions SET source = 'dream'", "sessions", "source"),
        ("UPDATE sessions SET plan = '{}'", "sessions", "plan"),
        (
            "UPDATE sessions SET local_date = '2026-11-31'",
            "sessions",
            "local_date",
        ),
        (
            "UPDATE sessions SET session_id = 'x'",
            "sessions",
            "session_id",
        ),
        (
            "UPDATE sessions SET planned_s = 86401",
            "sessions",
            "planned_s",
        ),
        (
            "UPDATE sessions SET planned_s = -1",
            "sessions",
            "planned_s",
        ),
        (
            "UPDATE sessions SET paused_s = NULL",
            "sessions",
            "paused_s",
        ),
        (
            "UPDATE sessions SET words_device_seq = -1",
            "sessions",
            "words_device_seq",
        ),
        (
            "UPDATE session_events SET kind = 'levitated'",
            "session_events",
            "kind",
        ),
        (
            "UPDATE sessions SET together_id = 'x'",
            "sessions",
            "together_id",
        ),
        (
            "UPDATE sessions SET sharing_device_seq = -1",
            "sessions",
            "sharing_device_seq",
        ),
        ("UPDATE outbox SET payload = x'00'", "outbox", "payload"),
    ];
    for (damage, table, column) in cases {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let session_id = sit(&mut writer, 1, 600);
        let other = folder.sqlite();
        other
            .pragma_update(None, "ignore_check_constraints", true)
            .unwrap();
        other.pragma_update(None, "foreign_keys", false).unwrap();
        assert!(other.execute(damage, []).unwrap() > 0, "{damage}");
        let reader = folder.reader();
        let found = reader
            .session(session_id)
            .map(drop)
            .and_then(|()| reader.history_page(None, 10).map(drop))
            .and_then(|()| reader.events(session_id).map(drop))
            .and_then(|()| reader.outbox().map(drop));
        let Err(ReadError::Corrupt {
            table: t,
            column: c,
        }) = found
        else {
            panic!("{damage}: {found:?}");
        };
        assert_eq!((t, c), (table, column), "{damage}");
    }
}

/// The checks of the schema stop what is not written through the program.
#[test]
fn the_schema_refuses_what_the_rules_refuse() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let refused = [
        "UPDATE sessions SET state = 'running'",
        "UPDATE sessions SET state = 'paused'",
        "UPDATE sessions SET completion_credited_s = 86401",
        "UPDATE sessions SET completion_credited_s = 0",
        "UPDATE sessions SET corrected_credited_s = 0",
        "UPDATE sessions SET ended_at_ms = NULL",
        "UPDATE sessions SET mood = 6",
        "UPDATE sessions SET note = printf('%.*c', 10001, 'x')",
        "UPDATE sessions SET label = printf('%.*c', 81, 'x')",
        "UPDATE sessions SET local_date = '2026-02-30'",
        "UPDATE sessions SET session_id = upper(session_id)",
        "UPDATE sessions SET deleted = 2",
        "UPDATE sessions SET shared = 2",
        "UPDATE sessions SET together_id = 'x'",
        "INSERT INTO offers VALUES ('nobody')",
        "INSERT INTO sync_state (one, adopted_changes) VALUES (1, 0)",
        "UPDATE sessions SET started_at_ms = 'soon'",
        "DELETE FROM sessions",
        "INSERT INTO session_events VALUES ('nobody', 1, 'started', 1, 1)",
        "UPDATE session_events SET kind = 'bell'",
        "INSERT INTO device VALUES (2, printf('%.*c', 36, 'x'), 1, 0)",
        "INSERT INTO outbox SELECT device_seq + 9, op_id, session_id, payload, 0, NULL FROM outbox",
    ];
    let other = folder.sqlite();
    other.pragma_update(None, "foreign_keys", true).unwrap();
    for sql in refused {
        let error = other.execute(sql, []).unwrap_err();
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::ConstraintViolation),
            "{sql}: {error}"
        );
    }
}
