//! Starts that are private, or a place in a sitting together: so from their first transaction.

use mitta_domain::apply::{Applied, apply};
use mitta_domain::op::Change;
use mitta_domain::{State, TogetherId};
use mitta_store::{NewSession, WriteError};
use uuid::Uuid;

use crate::support::{Folder, at, completion, heartbeat, new_session, op, plan, start};

#[test]
fn a_private_start_is_private_from_its_first_op_on() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let new = new_session(1);
    let id = writer
        .start_private(&new, &plan(), &heartbeat(0), at(10), op(11))
        .unwrap();
    let reader = folder.reader();
    let row = reader.session(id).unwrap().unwrap();
    assert_eq!(row.state(), State::Running);
    assert_eq!(row.plan, Some(plan()));
    assert!(!row.sharing.shared);
    assert!(!reader.unfinished().unwrap()[0].sharing.shared);

    let ops: Vec<_> = reader.outbox().unwrap();
    assert_eq!(ops.len(), 2);
    assert_eq!((ops[0].op_id, ops[1].op_id), (op(11), op(10)));
    let mut session = None;
    for row in &ops {
        let Applied::Applied { session: next, .. } = apply(session, &row.op) else {
            panic!("{row:?}");
        };
        assert!(!next.sharing.shared, "after {:?}", row.op.change);
        session = Some(*next);
    }
    assert_eq!(session, Some(row));

    let completed = writer.complete(id, &completion(600), at(12)).unwrap();
    assert!(!completed.sharing.shared);
    let changes: Vec<_> = reader
        .outbox()
        .unwrap()
        .into_iter()
        .map(|row| row.op.change)
        .collect();
    assert!(
        matches!(changes[..], [Change::Sharing { .. }, Change::Sat { .. }]),
        "{changes:?}"
    );
}

/// One transaction, as ever: what fails leaves nothing.
#[test]
fn a_private_start_that_fails_leaves_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let first = start(&mut writer, 1);
    let before = folder.contents();
    // The id of the start's op is taken: the sharing op before it has been written by then.
    let again = writer.start_private(&new_session(2), &plan(), &heartbeat(0), at(10), op(99));
    assert!(again.is_err(), "{again:?}");
    assert_eq!(folder.contents(), before);
    let again = writer.start_private(&new_session(1), &plan(), &heartbeat(0), at(98), op(99));
    assert!(matches!(again, Err(WriteError::AlreadyStarted(id)) if id == first));
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_session_keeps_the_sitting_together_it_belongs_to() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let together_id = TogetherId::from_uuid(Uuid::from_u128(77));
    let new = NewSession {
        together_id: Some(together_id),
        ..new_session(1)
    };
    let id = writer.start(&new, &plan(), &heartbeat(0), at(10)).unwrap();
    let alone = start(&mut writer, 2);
    writer.complete(id, &completion(600), at(11)).unwrap();
    let reader = folder.reader();
    let row = reader.session(id).unwrap().unwrap();
    assert_eq!(row.start.together_id, Some(together_id));
    let outbox = reader.outbox().unwrap();
    let of_it = outbox.iter().filter(|row| row.session_id == id);
    assert!(
        of_it
            .into_iter()
            .all(|row| row.op.session.together_id == Some(together_id))
    );
    let listed: Vec<_> = reader
        .history_page(None, 10)
        .unwrap()
        .iter()
        .map(|entry| (entry.session_id, entry.together_id))
        .collect();
    assert_eq!(listed, [(alone, None), (id, Some(together_id))]);
}
