//! `start` to committed row, beside a bare durable `SQLite` commit.

use std::sync::Arc;

use mitta_domain::{Bell, PlanChoice, Seconds, Settings};
use mitta_runtime::api::{Commands as _, OfSession};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::SilentOutput;
use mitta_runtime::{Config, Drive, Engine};
use mitta_store::DataDir;
use rusqlite::{Connection, params};

use super::figures::{Series, compare, scratch, timed_ms};
use super::seed;

const ROUNDS: u32 = 300;

pub fn run() {
    let folder = scratch();
    let bare = bare_database(&folder.path().join("bare.sqlite3"));
    let engine = Engine::start(Config {
        dir: DataDir::new(folder.path().join("mitta")),
        clock: Arc::new(SystemClock::new()),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(|_| {}),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })
    .unwrap();
    let silent = |bell: Bell| Bell { strikes: 0, ..bell };
    let plain = PlanChoice::default();
    let choice = PlanChoice {
        preparation_s: Seconds(10),
        start_bell: silent(plain.start_bell.clone()),
        end_bell: silent(plain.end_bell.clone()),
        ..plain
    };
    let mut store = seed::Store::open(&folder.path().join("store"));
    let (mut ours, mut theirs, mut stored) =
        (Series::default(), Series::default(), Series::default());
    for round in 0..ROUNDS + 20 {
        let (bare_ms, ()) = timed_ms(|| {
            bare.execute(
                "INSERT INTO bare (name, at, body) VALUES (?1, ?2, ?3)",
                params![format!("session {round}"), round, "x".repeat(600)],
            )
            .unwrap();
        });
        let (begin_ms, view) = timed_ms(|| engine.begin(choice.clone()).unwrap());
        let (store_ms, ()) = timed_ms(|| store.start(&choice));
        let of = OfSession {
            session_id: view.session_id,
        };
        engine.discard(of).unwrap();
        engine.dismiss(of).unwrap();
        // A call that goes through the writer: the discard is on the disk when it returns.
        engine.restore_session(of).unwrap_err();
        if round >= 20 {
            theirs.push(bare_ms);
            ours.push(begin_ms);
            stored.push(store_ms);
        }
    }
    let reference = "one INSERT in one durable transaction, WAL, synchronous=FULL";
    compare(
        "Writer::start alone",
        "ms",
        &stored,
        (reference, &theirs),
        "≤ 1.3×",
    );
    compare(
        "Begin: from the command to the committed row (row, event, op, heartbeat)",
        "ms",
        &ours,
        (
            "one INSERT in one durable transaction, WAL, synchronous=FULL",
            &theirs,
        ),
        "≤ 1.3×",
    );
}

fn bare_database(path: &std::path::Path) -> Connection {
    let bare = Connection::open(path).unwrap();
    bare.pragma_update(None, "journal_mode", "wal").unwrap();
    bare.pragma_update(None, "synchronous", "full").unwrap();
    bare.execute_batch("CREATE TABLE bare (name TEXT PRIMARY KEY, at INTEGER, body TEXT) STRICT")
        .unwrap();
    bare
}
