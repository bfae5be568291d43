//! Signing in and out (I10): one folder, one person, one server; history and outbox stay whatever
//! happens to the account.

use mitta_domain::{PersonId, UnixMillis};
use mitta_store::{AccountRow, Claim, SyncFault, SyncLock, SyncState, SyncWriteError, TokenPlace};
use uuid::Uuid;

use crate::server::{EPOCH, LIFE, OWN, OWNER, SERVER, Server, account, sign_in};
use crate::support::{Folder, T0, session, sit};

#[test]
fn a_folder_belongs_to_one_person_on_one_server() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    assert_eq!(folder.reader().account().unwrap(), None);
    writer.sign_in(&account()).unwrap();
    assert_eq!(folder.reader().account().unwrap(), Some(account()));
    let others = [
        AccountRow {
            person_id: PersonId::from_uuid(Uuid::from_u128(1)),
            ..account()
        },
        AccountRow {
            server_id: Uuid::from_u128(1),
            ..account()
        },
    ];
    let before = folder.contents();
    for signed_out in [false, true] {
        for other in &others {
            let refused = writer.sign_in(other).unwrap_err();
            let SyncWriteError::OtherAccount {
                server_id,
                person_id,
            } = refused
            else {
                panic!("{refused:?}");
            };
            assert_eq!(
                (server_id, person_id),
                (account().server_id, account().person_id)
            );
        }
        if !signed_out {
            assert_eq!(folder.contents(), before);
            writer.signed_out(OWNER).unwrap();
        }
    }
    let moved = AccountRow {
        server_url: "https://elsewhere.example".into(),
        display_name: "Asha D.".into(),
        token_place: TokenPlace::File,
        ..account()
    };
    writer.sign_in(&moved).unwrap();
    assert_eq!(
        folder.reader().account().unwrap(),
        Some(moved),
        "the same server under another address"
    );
}

#[test]
fn a_claim_is_given_once_and_for_all() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let asked = AccountRow {
        claim: Claim::Asked,
        ..account()
    };
    let claim = || folder.reader().account().unwrap().unwrap().claim;
    writer.sign_in(&asked).unwrap();
    assert_eq!(claim(), Claim::Asked);
    writer.give_claim().unwrap();
    assert_eq!(claim(), Claim::Given);
    writer.sign_in(&asked).unwrap();
    assert_eq!(
        claim(),
        Claim::Given,
        "who signs in again is not asked again"
    );
}

#[test]
fn without_an_account_nothing_is_taken_over() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let before = folder.contents();
    let server = Server::default();
    let results = [
        writer.give_claim(),
        writer.signed_out(OWNER),
        writer.leave_server(),
        writer.start_over(SERVER),
        writer.compared(OWN, EPOCH, 0, UnixMillis(T0)),
        writer.new_epoch(SERVER, EPOCH).map(drop),
        writer.apply_page(&server.page(0, 10)).map(drop),
    ];
    for result in results {
        assert!(
            matches!(result, Err(SyncWriteError::NotSignedIn)),
            "{result:?}"
        );
    }
    assert_eq!(folder.contents(), before);
}

/// I10: what a person has recorded is theirs, signed in or not.
#[test]
fn signing_out_keeps_history_outbox_and_cursors() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let reader = folder.reader();
    let kept = || {
        let row = reader.session(session(1)).unwrap();
        (row, reader.outbox().unwrap(), reader.cursor(OWN).unwrap())
    };
    let before = kept();
    writer.signed_out(OWNER).unwrap();
    assert_eq!(kept(), before);
    let account_row = reader.account().unwrap().unwrap();
    assert!(!account_row.signed_in);
    writer.sign_in(&account()).unwrap();
    assert!(reader.account().unwrap().unwrap().signed_in);
    assert_eq!(kept(), before);
}

/// Moving to another server: it is offered everything, what the first one has acknowledged too.
#[test]
fn whoever_leaves_a_server_keeps_the_history_and_offers_it_to_the_next() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let mut first = Server::default();
    let batch = folder.reader().outbox().unwrap();
    let (answers, rows) = first.push(&batch);
    writer
        .answer(OWNER, LIFE, &answers, &rows, UnixMillis(T0))
        .unwrap();
    writer.apply_page(&first.page(0, 10)).unwrap();
    writer.sync_succeeded(UnixMillis(T0)).unwrap();
    sit(&mut writer, 2, 300);
    let reader = folder.reader();
    let rows = (
        reader.session(session(1)).unwrap(),
        reader.session(session(2)).unwrap(),
    );

    writer.leave_server().unwrap();
    assert_eq!(reader.account().unwrap(), None);
    assert_eq!(reader.sync_state().unwrap(), SyncState::default());
    let next_server = Uuid::from_u128(0x5e01);
    let next = AccountRow {
        server_id: next_server,
        person_id: PersonId::from_uuid(Uuid::from_u128(0x9e01)),
        ..account()
    };
    writer.sign_in(&next).unwrap();
    assert_eq!(reader.cursor(OWN).unwrap().seq, 0);
    assert!(writer.new_epoch(next_server, "9").unwrap());
    assert_eq!(writer.offer_more(100).unwrap(), 0);
    let mut second = Server::default();
    second.push(&reader.outbox().unwrap());
    assert_eq!(second.rows.get(&session(1)).cloned(), rows.0);
    assert_eq!(second.rows.get(&session(2)).cloned(), rows.1);
    assert_eq!(
        reader.outbox().unwrap().len(),
        2,
        "the second was never offered: once is enough"
    );
    folder.assert_sound();
}

#[test]
fn the_last_failure_is_told_until_all_is_in_step() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let reader = folder.reader();
    writer.sync_succeeded(UnixMillis(T0)).unwrap();
    writer
        .sync_failed("no_network", UnixMillis(T0 + 5))
        .unwrap();
    let failed = SyncState {
        last_success_ms: Some(UnixMillis(T0)),
        last_error: Some(SyncFault {
            code: "no_network".into(),
            at_ms: UnixMillis(T0 + 5),
        }),
        ..SyncState::default()
    };
    assert_eq!(reader.sync_state().unwrap(), failed);
    writer.sync_succeeded(UnixMillis(T0 + 9)).unwrap();
    assert_eq!(reader.sync_state().unwrap().last_error, None);
}

#[test]
fn one_process_of_a_folder_synchronises_at_a_time() {
    let folder = Folder::new();
    folder.writer();
    let held = SyncLock::try_take(&folder.dir).unwrap();
    assert!(held.is_some());
    assert!(SyncLock::try_take(&folder.dir).unwrap().is_none());
    drop(held);
    assert!(SyncLock::try_take(&folder.dir).unwrap().is_some());
}
