//! What is written into the log: that something failed, and nothing by which a person signs in.

use std::io::{self, Write};

use super::*;

/// Where the log goes, as the desktop writes it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Takes all that this process logs from here on, at the level that is written to the file.
    fn start() -> Self {
        let log = Self::default();
        let sink = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .with_writer(move || sink.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

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
