//! What goes into one op before anything was offered: start and completion, words, very many events (I5).

use mitta_domain::UnixMillis;
use mitta_domain::event::{EventKind, MAX_EVENTS};
use mitta_domain::op::Change;
use mitta_store::Edit;

use crate::server::{OWNER, Server, sign_in};
use crate::support::{Folder, T0, at, completion, heartbeat, note, op, start};
use crate::sync_push::{changes, row};

/// I5 and I6: a start that nobody can have seen goes into its completion, once offered it stays.
#[test]
fn a_start_is_folded_into_its_completion_only_while_it_was_never_offered() {
    for offered in [false, true] {
        for discard in [false, true] {
            let folder = Folder::new();
            let mut writer = folder.writer();
            sign_in(&mut writer);
            let id = start(&mut writer, 1);
            writer
                .event(id, EventKind::Paused, UnixMillis(T0), 5, &heartbeat(5))
                .unwrap();
            if offered {
                writer.offering(OWNER, &[op(10)]).unwrap();
            }
            if discard {
                writer.discard(id, &completion(42), at(11), op(12)).unwrap();
            } else {
                writer.complete(id, &completion(42), at(11)).unwrap();
            }
            let reader = folder.reader();
            let found = reader.outbox().unwrap();
            let end = usize::from(offered);
            assert_eq!(found.len(), end + 1 + usize::from(discard));
            assert_eq!((found[end].op_id, found[end].device_seq), (op(11), 2));
            let (events, plan) = match &found[end].op.change {
                Change::Sat { plan, events, .. } if !offered => (events, plan.clone()),
                Change::Complete { events, .. } if offered => (events, row(&reader, id).plan),
                other => panic!("{other:?}"),
            };
            assert_eq!(
                *events,
                reader.events(id).unwrap(),
                "all of them, the end too"
            );
            assert_eq!(plan, row(&reader, id).plan);
            let mut server = Server::default();
            server.push(&found);
            assert_eq!(
                server.rows[&id],
                row(&reader, id),
                "nothing of it is missing"
            );
        }
    }
}

#[test]
fn words_written_while_a_sit_ran_arrive_before_it_and_lose_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, 1);
    writer
        .edit(id, &Edit::Words(note("windy")), at(11))
        .unwrap();
    writer.complete(id, &completion(60), at(12)).unwrap();
    let reader = folder.reader();
    assert!(matches!(
        changes(&reader)[..],
        [Change::Words { .. }, Change::Sat { .. }]
    ));
    let mut server = Server::default();
    server.push(&reader.outbox().unwrap());
    assert_eq!(server.rows[&id], row(&reader, id));
}

#[test]
fn of_very_many_events_the_first_and_the_last_are_sent() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, 1);
    let fill = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) \
                INSERT INTO session_events SELECT (SELECT session_id FROM sessions), i, \
                CASE i % 2 WHEN 0 THEN 'paused' ELSE 'resumed' END, -5, 7 FROM n";
    folder.sqlite().execute(fill, []).unwrap();
    writer.complete(id, &completion(60), at(11)).unwrap();
    let Change::Sat { events, .. } = changes(&folder.reader()).remove(0) else {
        panic!("not folded");
    };
    assert_eq!(events.len(), MAX_EVENTS);
    let last = events[MAX_EVENTS - 1];
    assert_eq!((last.event_seq, last.kind), (6001, EventKind::Completed));
    assert_eq!(events[MAX_EVENTS - 2].event_seq, 4999);
    assert_eq!(
        events[1].at_ms,
        UnixMillis(0),
        "a clock before 1970 stops no sit"
    );
}
