//! Importing fifty thousand rows through the engine, beside a bare parse of the same file and one
//! transaction that writes the very same rows into the same tables.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use mitta_domain::{DeviceId, Settings, UnixMillis};
use mitta_runtime::api::{Commands as _, ImportFileArgs};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::SilentOutput;
use mitta_runtime::{Config, Drive, Engine};
use mitta_store::{DataDir, Opening, Writer};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::figures::{Series, compare, scratch, timed_ms};

const ROWS: u32 = 50_000;
const ROUNDS: usize = 5;
/// The tables that an import writes, but for its one row of `imports`.
const TABLES: [&str; 3] = ["sessions", "outbox", "import_sits"];

pub fn run() {
    let folder = scratch();
    let file = folder.path().join("meditate.csv");
    let lines: Vec<String> = (0..ROWS)
        .map(|n| {
            format!(
                "{},1200,timer,Zazen,\"sit {n}\"\n",
                1_500_000_000 + i64::from(n) * 3600
            )
        })
        .collect();
    fs::write(
        &file,
        format!(
            "start_time_unix,duration_secs,mode,label,note\n{}",
            lines.concat()
        ),
    )
    .unwrap();
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for round in 0..ROUNDS {
        let dir = DataDir::new(folder.path().join(format!("ours-{round}")));
        let engine = engine(dir.clone());
        let (ours_ms, done) = timed_ms(|| engine.import_file(asked(&file)).unwrap());
        assert_eq!(done.counts.new, u64::from(ROWS));
        engine.stop();
        ours.push(ours_ms);
        theirs.push(by_hand(
            &file,
            &dir,
            &DataDir::new(folder.path().join(format!("bare-{round}"))),
        ));
    }
    compare(
        "Import of 50,000 rows",
        "ms",
        &ours,
        (
            "bare csv parse and one transaction of the same rows",
            &theirs,
        ),
        "≤ 2×",
    );
    println!(
        "  rows/s     {:.0}",
        f64::from(ROWS) / ours.median() * 1000.0
    );
}

pub fn engine(dir: DataDir) -> Engine {
    Engine::start(Config {
        dir,
        clock: Arc::new(SystemClock::new()),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(|_| {}),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })
    .unwrap()
}

pub fn asked(file: &Path) -> ImportFileArgs {
    ImportFileArgs {
        path: file.to_str().unwrap().to_owned(),
        zone: Some("Europe/Berlin".to_owned()),
        dates: None,
        times: None,
    }
}

/// Writes what `from` holds into a database of the same schema, in the order in which it was
/// written there.
fn by_hand(file: &Path, from: &DataDir, to: &DataDir) -> f64 {
    let device = DeviceId::from_uuid(uuid::Uuid::from_u128(1));
    drop(Writer::open(to, Opening::new(UnixMillis(0), device)).unwrap());
    let source = Connection::open(from.database()).unwrap();
    let rows: Vec<Vec<Vec<Value>>> = TABLES.iter().map(|table| read(&source, table)).collect();
    let mut target = Connection::open(to.database()).unwrap();
    target.pragma_update(None, "synchronous", "FULL").unwrap();
    target
        .execute(
            "INSERT INTO imports (import_seq, file_name, kind, content_sha256, reading, begun_at_ms) \
             VALUES (1, 'f', 'k', ?1, 'r', 0)",
            ["0".repeat(64)],
        )
        .unwrap();
    let (ms, parsed) = timed_ms(|| {
        let mut parsed = 0_u32;
        let mut reader = csv::Reader::from_path(file).unwrap();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).unwrap() {
            parsed += 1;
        }
        let tx = target.transaction().unwrap();
        for (table, rows) in TABLES.iter().zip(&rows) {
            let marks = vec!["?"; rows.first().map_or(1, Vec::len)].join(", ");
            let mut insert = tx
                .prepare(&format!("INSERT INTO {table} VALUES ({marks})"))
                .unwrap();
            for row in rows {
                insert.execute(params_from_iter(row)).unwrap();
            }
        }
        tx.commit().unwrap();
        parsed
    });
    assert_eq!(parsed, ROWS, "both must do the same work");
    ms
}

fn read(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let order = if table == "import_sits" {
        "session_id"
    } else {
        "rowid"
    };
    let mut statement = connection
        .prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))
        .unwrap();
    let columns = statement.column_count();
    let mut found = statement.query([]).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = found.next().unwrap() {
        rows.push((0..columns).map(|at| row.get(at).unwrap()).collect());
    }
    rows
}
