//! What could hold the outbox up for good: clocks, bytes that are no op, and a folder that has become
//! somebody else's meanwhile (I5, I10).

use mitta_domain::{PersonId, UnixMillis};
use mitta_store::{
    AccountRow, Answer, AnswerOutcome, CanonicalRow, FinalOutcome, Owner, ReadError,
    SyncWriteError, WriteError,
};
use rstest::rstest;
use uuid::Uuid;

use crate::server::{LIFE, OWNER, Server, account, canonical, sign_in};
use crate::support::{Folder, T0, session, sit, start};

const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[rstest]
#[case::in_a_day(DAY_MS, false)]
#[case::later_than_any_server_says(DAY_MS + 1, true)]
#[case::by_a_clock_years_ahead(400 * DAY_MS, true)]
fn an_op_is_put_off_for_a_day_at_most(#[case] wait_ms: i64, #[case] is_offered: bool) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let reader = folder.reader();
    let op_id = reader.outbox().unwrap()[0].op_id;
    let outcome = AnswerOutcome::Retry {
        next_attempt_at_ms: NOW.plus_ms(wait_ms),
    };
    writer
        .answer(OWNER, LIFE, &[Answer { op_id, outcome }], &[], NOW)
        .unwrap();
    let offered = || !reader.outbox_batch(10, 1 << 20, NOW).unwrap().is_empty();
    assert_eq!(offered(), is_offered);
    writer.offer_now().unwrap();
    assert!(offered(), "whoever asks is not put off");
    assert_eq!(reader.sync_counts().unwrap().next_attempt_at_ms, None);
}

/// I5: it is neither lost nor in the way.
#[test]
fn bytes_that_are_no_op_are_set_aside_and_hold_nothing_up() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let running = start(&mut writer, 2);
    let spoil = "UPDATE outbox SET payload = X'7B' WHERE device_seq IN (2, 3)";
    assert_eq!(folder.sqlite().execute(spoil, []), Ok(2));
    let reader = folder.reader();
    assert_eq!(reader.sync_counts().unwrap().waiting, 2);
    // The sit goes on, and is completed.
    writer
        .complete(
            running,
            &crate::support::completion(60),
            crate::support::at(40),
        )
        .unwrap();
    let unread = reader.outbox_batch(10, 1 << 20, NOW).unwrap_err();
    assert!(matches!(unread, ReadError::Corrupt { .. }), "{unread}");
    assert_eq!(writer.set_unreadable_aside(NOW).unwrap(), 2);
    let refused = reader.rejected().unwrap();
    let told: Vec<_> = refused
        .iter()
        .map(|row| (row.payload.as_slice(), row.code.as_str(), row.op.is_none()))
        .collect();
    assert_eq!(told, [(&b"{"[..], "unreadable", true); 2]);
    let batch = reader.outbox_batch(10, 1 << 20, NOW).unwrap();
    assert_eq!(batch.len(), 1);
    assert_eq!(batch[0].session_id, session(2));
    let before = folder.contents();
    assert_eq!(writer.set_unreadable_aside(NOW).unwrap(), 0);
    assert_eq!(folder.contents(), before);
}

/// I10: what was begun for one person is not ended for another.
#[test]
fn nothing_is_offered_or_stored_for_whom_the_folder_is_no_more() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let rows = folder.reader().outbox().unwrap();
    let op_id = rows[0].op_id;
    let mut server = Server::default();
    let (answers, canonical): (_, Vec<CanonicalRow>) = server.push(&rows);
    writer.leave_server().unwrap();
    for is_somebodys in [false, true] {
        if is_somebodys {
            let ben = PersonId::from_uuid(Uuid::from_u128(0xbe));
            let row = AccountRow {
                person_id: ben,
                ..account()
            };
            writer.sign_in(&row).unwrap();
        }
        let before = folder.contents();
        let refused = [
            writer.offering(OWNER, &[op_id]),
            writer
                .answer(OWNER, LIFE, &answers, &canonical, NOW)
                .map(drop),
            writer.signed_out(OWNER),
        ];
        for refused in refused {
            let is_told = match refused.unwrap_err() {
                SyncWriteError::NotSignedIn => !is_somebodys,
                SyncWriteError::OtherAccount { person_id, .. } => {
                    is_somebodys && person_id != OWNER.person_id
                }
                _ => false,
            };
            assert!(is_told);
        }
        assert_eq!(folder.contents(), before);
    }
    let elsewhere = Owner {
        server_id: Uuid::from_u128(1),
        ..folder.reader().account().unwrap().unwrap().owner()
    };
    let refused = writer.offering(elsewhere, &[op_id]).unwrap_err();
    assert!(matches!(refused, SyncWriteError::OtherAccount { .. }));
}

#[test]
fn a_row_that_breaks_a_rule_of_the_folder_is_the_servers_fault_and_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let rows = folder.reader().outbox().unwrap();
    let mut server = Server::default();
    server.push(&rows);
    let mut row = canonical(&server.rows[&session(1)]);
    row.session.start.tz = "x".repeat(65);
    row.session.start.session_id = session(9);
    let mut page = server.page(0, 10);
    page.items = vec![mitta_store::PageItem::Own(Box::new(row))];
    let before = folder.contents();
    let refused = writer.apply_page(&page).unwrap_err();
    assert!(matches!(refused, SyncWriteError::Unfit(_)), "{refused}");
    assert_eq!(folder.contents(), before);
    // An op that is not there is no such row.
    let gone = Answer {
        op_id: rows[0].op_id,
        outcome: AnswerOutcome::Final(FinalOutcome::Applied),
    };
    writer.answer(OWNER, LIFE, &[gone], &[], NOW).unwrap();
    let refused = writer.offering(OWNER, &[rows[0].op_id]).unwrap_err();
    let is_gone = matches!(refused, SyncWriteError::Write(WriteError::RowCount { .. }));
    assert!(is_gone, "{refused}");
}
