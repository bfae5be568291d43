//! Whatever is called in whatever order: the rows are what their ops say (I4), counts are exact
//! (I1, I3), and the file is sound.

use std::collections::HashMap;

use mitta_domain::apply::{Applied, apply};
use mitta_domain::event::EventKind;
use mitta_domain::{Seconds, Session, SessionId, State, UnixMillis, totals};
use mitta_store::{Edit, OutboxRow, WriteError};
use proptest::prelude::*;

use crate::support::{
    Folder, T0, at, completion, date, heartbeat, new_session, note, op, plan, session,
};

#[derive(Debug, Clone)]
enum Call {
    Start,
    Event,
    Heartbeat,
    Complete(u32),
    Discard(u32),
    Edit(Edit),
    Reopen,
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => Just(Call::Start),
        2 => Just(Call::Event),
        1 => Just(Call::Heartbeat),
        4 => (0u32..=86_401).prop_map(Call::Complete),
        1 => (0u32..=100).prop_map(Call::Discard),
        1 => "[a-z]{0,4}".prop_map(|text| Call::Edit(Edit::Words(note(&text)))),
        1 => (0u32..=100).prop_map(|s| Call::Edit(Edit::Credited(Seconds(s)))),
        2 => any::<bool>().prop_map(|deleted| Call::Edit(Edit::Deleted(deleted))),
        1 => Just(Call::Reopen),
    ]
}

/// The sessions that the ops alone make.
fn fold(outbox: &[OutboxRow]) -> HashMap<SessionId, Session> {
    let mut sessions = HashMap::new();
    for row in outbox {
        match apply(sessions.remove(&row.session_id), &row.op) {
            Applied::Applied { session, .. } => sessions.insert(row.session_id, *session),
            other => panic!("{:?}: {other:?}", row.op),
        };
    }
    sessions
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_are_what_their_ops_say(
        calls in proptest::collection::vec((call(), 0u128..4, 0u32..100), 1..40)
    ) {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let (mut started, mut completed) = (0, 0);
        for (n, (call, which, second)) in (0u32..).zip(calls) {
            let id = session(which);
            let mut stamped = at(second);
            stamped.op_id = op(1_000 + n * 2);
            let delete_op = op(1_001 + n * 2);
            let outcome: Result<(), WriteError> = match call {
                Call::Start => {
                    writer.start(&new_session(which), &plan(), &heartbeat(0), stamped).map(|_| {
                        started += 1;
                    })
                }
                Call::Event => {
                    writer.event(id, EventKind::Paused, UnixMillis(T0), 5, &heartbeat(5))
                }
                Call::Heartbeat => writer.heartbeat(id, &heartbeat(6)),
                Call::Complete(s) => writer.complete(id, &completion(s), stamped).map(|_| {
                    completed += 1;
                }),
                Call::Discard(s) => {
                    writer.discard(id, &completion(s), stamped, delete_op).map(|_| completed += 1)
                }
                Call::Edit(edit) => writer.edit(id, &edit, stamped).map(drop),
                Call::Reopen => {
                    drop(writer);
                    writer = folder.writer();
                    Ok(())
                }
            };
            let refused = matches!(
                outcome,
                Ok(())
                    | Err(WriteError::Unknown(_)
                        | WriteError::AlreadyStarted(_)
                        | WriteError::AlreadyCompleted { .. }
                        | WriteError::NotCompleted(_)
                        | WriteError::Deleted(_)
                        | WriteError::Rejected(_))
            );
            prop_assert!(refused, "{outcome:?}");
        }
        let reader = folder.reader();
        let outbox = reader.outbox().unwrap();
        prop_assert!(outbox.is_sorted_by(|a, b| a.device_seq < b.device_seq));
        prop_assert!(outbox.iter().all(|r| r.device_seq == r.op.stamp.device_seq));
        let folded = fold(&outbox);
        prop_assert_eq!(folded.len(), started);
        let is_completed = |s: &&Session| s.state() == State::Completed;
        prop_assert_eq!(folded.values().filter(is_completed).count(), completed);
        for (id, session) in &folded {
            prop_assert_eq!(reader.session(*id).unwrap(), Some(session.clone()));
        }
        let rows: usize = usize::try_from(folder.value::<i64>("SELECT count(*) FROM sessions")).unwrap();
        prop_assert_eq!(rows, started);
        prop_assert_eq!(reader.unfinished().unwrap().len(), started - completed);
        // I8: the sums of the index are the sums of the rows.
        let by_rows = totals::day_totals(folded.values());
        prop_assert_eq!(reader.day_totals(date("2000-01-01"), date("2100-01-01")).unwrap(), by_rows);
        folder.assert_sound();
    }
}
