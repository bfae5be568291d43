//! Signing in and out: whose folder it is, where the sign-in is kept and to whom it is sent.

use mitta_store::Claim;

use super::*;
use crate::token::tests::None as NoKeyring;

#[test]
fn one_folder_belongs_to_one_person_on_one_server() {
    let (home, own) = (Home::new(), server());
    home.sign_in(&own).unwrap();
    assert_eq!(code(home.sign_in(&server_of(0x5e00, 1))), Code::OtherPerson);
    assert_eq!(code(home.sign_in(&server_of(1, PERSON))), Code::OtherServer);
    let sign_up = SignUpArgs {
        server_url: own.url(),
        login: "kei".into(),
        password: "s3cret password".into(),
        display_name: "Kei".into(),
        device_name: String::new(),
        token_in_file: false,
    };
    assert_eq!(code(home.engine.sign_up(sign_up)), Code::OtherPerson);
    home.engine.leave_server(NoArgs {}).unwrap();
    assert_eq!(home.word(), SyncWord::NoAccount);
    home.sign_in(&server_of(1, 1)).unwrap();
}

#[test]
fn without_a_keyring_the_person_is_asked_before_an_account_is_made() {
    let (home, server) = (home(false, Arc::new(NoKeyring)), server());
    let args = |token_in_file| SignInArgs {
        server_url: server.url(),
        login: "kei".into(),
        password: "s3cret password".into(),
        device_name: "desk".into(),
        token_in_file,
    };
    assert_eq!(
        code(home.engine.sign_in(args(false))),
        Code::KeyringUnavailable
    );
    assert_eq!(server.lines(), ["GET /v1/meta"]);
    let view = home.engine.sign_in(args(true)).unwrap().sync;
    assert!(view.account.unwrap().token_in_file);
    assert_eq!(
        home.engine.sync_now(NoArgs {}).unwrap().word,
        SyncWord::UpToDate
    );
    home.engine.sign_out(NoArgs {}).unwrap();
    assert!(!home.folder.path().join("mitta/token").exists());
}

#[test]
fn after_signing_out_the_history_waits_and_the_same_person_may_come_back() {
    let (home, server) = (Home::new(), server());
    home.sign_in(&server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    home.sit();
    let view = home.engine.sign_out(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::SignInNeeded, 1));
    assert_eq!(home.engine.sync_now(NoArgs {}).unwrap().waiting, 1);
    // Claimed before: not asked again.
    assert_ne!(
        home.sign_in(&server).unwrap().sync.word,
        SyncWord::ClaimAsked
    );
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::UpToDate, 0));
}

/// The folder's address can be another one with the next sign-in only.
#[test]
fn a_sign_in_is_not_sent_to_an_address_that_did_not_give_it() {
    let (home, own, another) = (Home::new(), server(), server());
    home.sign_in(&own).unwrap();
    let mut device = Device::at(home.folder.path().join("mitta"), 1);
    let mut row = device.reader.account().unwrap().unwrap();
    assert_eq!(row.claim, Claim::Given);
    row.server_url = another.url();
    device.writer.sign_in(&row).unwrap();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!(view.word, SyncWord::SignInNeeded);
    assert_eq!(another.lines(), [""; 0]);
}

#[test]
fn a_token_that_is_void_asks_for_a_sign_in_and_keeps_everything() {
    let server = Server::new(|request| match request.line.as_str() {
        "GET /v1/meta" => json(200, &meta(0x5e00)),
        "POST /v1/sign-in" => json(
            200,
            &object!({
                "person_id": Uuid::from_u128(PERSON), "login": "kei", "display_name": "Kei",
                "token": "s3cret", "expires_at_ms": 0,
            }),
        ),
        _ => json(
            401,
            &object!({"code": "sign_in_needed", "message": "please sign in"}),
        ),
    });
    let home = Home::new();
    home.sign_in(&server).unwrap();
    home.sit();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::SignInNeeded, 1));
    assert!(!view.account.unwrap().is_signed_in);
}

/// A web view is started while the network is watched, inherits all that is open, and outlives it.
#[cfg(unix)]
#[test]
fn a_child_process_does_not_hold_up_what_comes_after_signing_out() {
    use std::process::{Command, Stdio};
    let (home, server) = (home(true, Arc::new(Memory::default())), server());
    home.sign_in(&server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    home.engine.sign_out(NoArgs {}).unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(home.engine.rejected(NoArgs {}).is_ok()));
    let answered = told.recv_timeout(Duration::from_secs(20));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answered, Ok(true));
}
