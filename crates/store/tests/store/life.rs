//! The life of a session: start, events, heartbeat, completion, discard (I1, I2, I4).

use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, Op};
use mitta_domain::{Session, State, UnixMillis};
use mitta_store::{Stamped, WriteError};

use crate::support::{
    Folder, T0, at, completion, device, heartbeat, new_session, op, plan, session, sit, start,
};

/// I4: all of it, or what it was before.
#[test]
fn a_start_writes_row_event_op_and_heartbeat() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    assert_eq!(session_id, session(1));
    let reader = folder.reader();
    let row = reader.session(session_id).unwrap().unwrap();
    assert_eq!(row.state(), State::Running);
    assert_eq!(row.start.device_id, device(1));
    assert_eq!(row.start.planned_s, plan().choice.planned_s);
    assert_eq!(
        (row.plan, row.words.label),
        (Some(plan()), Some("zazen".into()))
    );
    let events = reader.events(session_id).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind, events[0].elapsed_ms),
        (EventKind::Started, Some(0))
    );
    let outbox = reader.outbox().unwrap();
    assert_eq!(outbox.len(), 1);
    assert_eq!((outbox[0].op_id, outbox[0].device_seq), (op(10), 1));
    assert_eq!(outbox[0].op.change, Change::Start { plan: Some(plan()) });
    let unfinished = reader.unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].last_seen, Some(heartbeat(0)));
    assert_eq!(
        (&unfinished[0].start, &unfinished[0].plan),
        (&row.start, &plan())
    );
}

#[test]
fn a_second_start_of_the_same_session_is_refused_and_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    let before = folder.contents();
    let again = writer.start(&new_session(1), &plan(), &heartbeat(0), at(99));
    assert!(matches!(again, Err(WriteError::AlreadyStarted(id)) if id == session_id));
    assert_eq!(folder.contents(), before);
}

/// Whatever part of its ops a server has, and whoever reads the row: it is nobody else's.
/// I1: exactly that row, and no other running one.
#[test]
fn completing_changes_exactly_that_session() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let (first, second) = (start(&mut writer, 1), start(&mut writer, 2));
    let completed = writer.complete(first, &completion(600), at(11)).unwrap();
    assert_eq!(completed.completion, Some(completion(600)));
    let reader = folder.reader();
    assert_eq!(reader.session(first).unwrap().unwrap(), completed);
    assert_eq!(
        reader.session(second).unwrap().unwrap().state(),
        State::Running
    );
    let kinds: Vec<_> = reader
        .events(first)
        .unwrap()
        .iter()
        .map(|e| e.kind)
        .collect();
    assert_eq!(kinds, [EventKind::Started, EventKind::Completed]);
    let left: Vec<_> = reader
        .unfinished()
        .unwrap()
        .iter()
        .map(|u| u.start.session_id)
        .collect();
    assert_eq!(left, [second]);
    assert_eq!(folder.value::<i64>("SELECT count(*) FROM heartbeat"), 1);
}

#[test]
fn completing_what_cannot_be_completed_says_why_and_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let done = sit(&mut writer, 1, 600);
    let running = start(&mut writer, 2);
    let before = folder.contents();
    let check = |result: Result<Session, WriteError>, is: fn(&WriteError) -> bool| {
        let error = result.unwrap_err();
        assert!(is(&error), "{error:?}");
        assert_eq!(folder.contents(), before);
    };
    check(
        writer.complete(session(9), &completion(1), at(90)),
        |e| matches!(e, WriteError::Unknown(id) if *id == session(9)),
    );
    check(
        writer.discard(session(9), &completion(1), at(90), op(91)),
        |e| matches!(e, WriteError::Unknown(_)),
    );
    // Again, the same or another completion: the recorded one is handed back.
    for credited_s in [600, 601] {
        check(
            writer.complete(done, &completion(credited_s), at(90)),
            |e| {
                let WriteError::AlreadyCompleted { session } = e else {
                    return false;
                };
                session.completion == Some(completion(600))
            },
        );
    }
    check(
        writer.discard(done, &completion(600), at(90), op(91)),
        |e| matches!(e, WriteError::AlreadyCompleted { .. }),
    );
    for credited_s in [0, 86_401] {
        check(
            writer.complete(running, &completion(credited_s), at(90)),
            |e| matches!(e, WriteError::Rejected(_)),
        );
    }
}

/// I1: a row that is not in the state it was read in is an error, not a success.
#[test]
fn a_write_that_touches_no_row_is_an_error() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    folder
        .sqlite()
        .execute_batch(
            "CREATE TRIGGER swallow BEFORE UPDATE ON sessions BEGIN SELECT RAISE(IGNORE); END",
        )
        .unwrap();
    let before = folder.contents();
    let error = writer
        .complete(session_id, &completion(600), at(11))
        .unwrap_err();
    assert!(
        matches!(
            error,
            WriteError::RowCount {
                table: "sessions",
                expected: 1,
                found: 0
            }
        ),
        "{error:?}"
    );
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_discard_completes_and_deletes_with_two_ops_in_order() {
    for credited_s in [0, 42] {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let session_id = start(&mut writer, 1);
        let row = writer
            .discard(session_id, &completion(credited_s), at(11), op(12))
            .unwrap();
        assert!(row.deleted);
        assert_eq!(row.completion, Some(completion(credited_s)));
        let reader = folder.reader();
        let changes: Vec<_> = reader
            .outbox()
            .unwrap()
            .into_iter()
            .map(|r| r.op.change)
            .collect();
        assert!(matches!(
            changes[..],
            [Change::Sat { .. }, Change::Deleted { deleted: true }]
        ));
        let kinds: Vec<_> = reader
            .events(session_id)
            .unwrap()
            .iter()
            .map(|e| e.kind)
            .collect();
        assert_eq!(kinds, [EventKind::Started, EventKind::Discarded]);
        assert!(reader.unfinished().unwrap().is_empty());
        assert!(reader.history_page(None, 10).unwrap().is_empty());
        assert_eq!(reader.all_total().unwrap(), None);
    }
}

#[test]
fn events_are_kept_in_order_and_only_while_running() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    // The wall clock may go back in between; the order stays.
    let all = EventKind::ALL.map(|kind| (kind, T0 - 1000));
    for (kind, ms) in all {
        writer
            .event(session_id, kind, UnixMillis(ms), 77, &heartbeat(77))
            .unwrap();
    }
    let reader = folder.reader();
    let events = reader.events(session_id).unwrap();
    let kinds: Vec<_> = events.iter().skip(1).map(|e| (e.kind, e.at_ms.0)).collect();
    assert_eq!(kinds, all);
    assert_eq!(
        reader.unfinished().unwrap()[0].last_seen,
        Some(heartbeat(77))
    );
    assert_eq!(reader.outbox().unwrap().len(), 1, "an event is no op");

    writer
        .complete(session_id, &completion(600), at(11))
        .unwrap();
    let before = folder.contents();
    let late = writer.event(
        session_id,
        EventKind::Paused,
        UnixMillis(T0),
        77,
        &heartbeat(77),
    );
    assert!(matches!(late, Err(WriteError::AlreadyCompleted { .. })));
    let unknown = writer.event(
        session(9),
        EventKind::Paused,
        UnixMillis(T0),
        77,
        &heartbeat(77),
    );
    assert!(matches!(unknown, Err(WriteError::Unknown(_))));
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_heartbeat_is_one_row_and_neither_event_nor_op() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    for elapsed_ms in [15_000, 30_000] {
        writer
            .heartbeat(session_id, &heartbeat(elapsed_ms))
            .unwrap();
    }
    let reader = folder.reader();
    assert_eq!(
        reader.unfinished().unwrap()[0].last_seen,
        Some(heartbeat(30_000))
    );
    assert_eq!(reader.events(session_id).unwrap().len(), 1);
    assert_eq!(reader.outbox().unwrap().len(), 1);

    let unknown = writer.heartbeat(session(9), &heartbeat(0));
    assert!(matches!(unknown, Err(WriteError::Unknown(_))));
    writer
        .complete(session_id, &completion(600), at(11))
        .unwrap();
    let late = writer.heartbeat(session_id, &heartbeat(45_000));
    assert!(matches!(late, Err(WriteError::AlreadyCompleted { .. })));
}

/// A sit whose heartbeat is gone, by whatever accident, is still completed.
#[test]
fn a_session_without_a_heartbeat_is_unfinished_and_can_be_completed() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    folder
        .sqlite()
        .execute("DELETE FROM heartbeat", [])
        .unwrap();
    assert_eq!(folder.reader().unfinished().unwrap()[0].last_seen, None);
    let beat = writer.heartbeat(session_id, &heartbeat(1));
    assert!(matches!(
        beat,
        Err(WriteError::RowCount {
            table: "heartbeat",
            ..
        })
    ));
    writer
        .complete(session_id, &completion(600), at(11))
        .unwrap();
}

#[test]
fn ops_are_numbered_without_gaps_and_their_clock_never_goes_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 5);
    let an_hour_back = Stamped {
        wall_ms: UnixMillis(T0 - 3_600_000),
        op_id: op(51),
    };
    writer
        .complete(session_id, &completion(600), an_hour_back)
        .unwrap();
    drop(writer);
    let mut writer = folder.writer();
    start(&mut writer, 6);
    let stamps: Vec<_> = folder
        .reader()
        .outbox()
        .unwrap()
        .iter()
        .map(|r| r.op.stamp)
        .collect();
    assert_eq!(
        stamps.iter().map(|s| s.device_seq).collect::<Vec<_>>(),
        [2, 3]
    );
    assert!(stamps.is_sorted(), "{stamps:?}");
    assert_eq!(stamps[0].hlc_ms, T0 + 50_000, "held where it was");
}

#[test]
fn the_bytes_of_an_op_are_kept_verbatim() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    for row in folder.reader().outbox().unwrap() {
        assert_eq!(row.payload, row.op.to_bytes().unwrap());
        assert_eq!(Op::from_bytes(&row.payload).unwrap(), row.op);
        let seq = i64::try_from(row.device_seq).unwrap();
        let stored: Vec<u8> = folder.value(&format!(
            "SELECT payload FROM outbox WHERE device_seq = {seq}"
        ));
        assert_eq!(stored, row.payload);
    }
}

#[test]
fn every_unfinished_session_is_found_oldest_first() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in [3, 1, 2] {
        start(&mut writer, n);
    }
    let found: Vec<_> = folder
        .reader()
        .unfinished()
        .unwrap()
        .iter()
        .map(|u| u.start.session_id)
        .collect();
    assert_eq!(found, [session(1), session(2), session(3)]);
}
