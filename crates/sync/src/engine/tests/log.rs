//! What is written into the log: that something failed, and nothing by which a person signs in.

use mitta_logtest::Log;

use super::*;

#[test]
fn logins_names_and_tokens_never_come_into_the_log() {
    let log = Log::start();
    let is_away = Arc::new(AtomicBool::new(false));
    let goes = Arc::clone(&is_away);
    let server = Server::new(move |request| {
        if is_away.load(Ordering::SeqCst) {
            return json(500, &object!({"code": "internal", "message": "no s3cret"}));
        }
        answer(request, 0x5e00, PERSON)
    });
    let home = Home::new();
    home.sign_in(&server).unwrap();
    home.sit();
    goes.store(true, Ordering::SeqCst);
    home.engine.sync_now(NoArgs {}).unwrap();
    home.engine.devices(NoArgs {}).unwrap_err();
    // What cannot be noted is a warning.
    let database = home.folder.path().join("mitta/mitta.sqlite3");
    rusqlite::Connection::open(database)
        .unwrap()
        .execute_batch("DROP TABLE sync_state")
        .unwrap();
    home.engine.sync_now(NoArgs {}).ok();
    let text = log.text();
    assert!(text.contains("WARN"), "something was logged: {text:?}");
    for private in ["kei", "Kei", "s3cret", "ABCD"] {
        assert!(!text.contains(private), "{text}");
    }
}
