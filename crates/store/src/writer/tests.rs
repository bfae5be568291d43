//! Failures that only the writer's own connection can be made to have, and its pragmas.

use mitta_domain::PlanChoice;
use mitta_domain::timer::{Progress, ProgressPhase};
use rusqlite::types::FromSql;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::Reader;

struct Scratch {
    dir: DataDir,
    writer: Writer,
    _folder: TempDir,
}

fn scratch() -> Scratch {
    let folder = TempDir::new().unwrap();
    let dir = DataDir::new(folder.path());
    let device_id = DeviceId::from_uuid(Uuid::from_u128(1));
    let (writer, _) = Writer::open(&dir, Opening::new(UnixMillis(0), device_id)).unwrap();
    Scratch {
        dir,
        writer,
        _folder: folder,
    }
}

fn start(writer: &mut Writer, n: u128) -> Result<SessionId, WriteError> {
    let new = NewSession {
        session_id: SessionId::from_uuid(Uuid::from_u128(n)),
        started_at_ms: UnixMillis(1),
        tz: "UTC".into(),
        utc_offset_s: 0,
        local_date: "1970-01-01".parse().unwrap(),
        together_id: None,
    };
    let plan = Plan {
        choice: PlanChoice::default(),
        interval_at_s: Vec::new(),
    };
    let progress = Progress {
        phase: ProgressPhase::Preparing,
        preparation_left_ms: 10_000,
        elapsed_ms: 0,
        paused_ms: 0,
        asleep_ms: 0,
    };
    let wall_ms = UnixMillis(1);
    let heartbeat = Heartbeat {
        wall_ms,
        boot_ms: 1,
        boot_id: "b".into(),
        progress,
    };
    let at = Stamped {
        wall_ms,
        op_id: OpId::from_uuid(Uuid::from_u128(n)),
    };
    writer.start(&new, &plan, &heartbeat, at)
}

/// `pragma` breaks the connection, `mend` repairs it; in between a start fails as `is` says.
fn check(pragma: (&str, i64), mend: (&str, i64), is: fn(&WriteError) -> bool) {
    let Scratch {
        dir,
        mut writer,
        _folder,
    } = scratch();
    // The pragmas that limit answer with the limit; that is not needed here.
    let set = |writer: &Writer, (name, value): (&str, i64)| {
        writer
            .connection
            .execute_batch(&format!("PRAGMA {name} = {value}"))
            .unwrap();
    };
    set(&writer, pragma);
    let mut failed = 0;
    for n in 1..200 {
        if let Err(error) = start(&mut writer, n) {
            assert!(is(&error), "{error:?}");
            failed += 1;
        }
    }
    assert!(failed > 0, "{pragma:?} stopped nothing");
    let reader = Reader::open(&dir).unwrap();
    let (rows, ops) = (
        reader.unfinished().unwrap().len(),
        reader.outbox().unwrap().len(),
    );
    assert_eq!(
        (rows, ops),
        (199 - failed, 199 - failed),
        "all of a start or nothing (I4)"
    );
    set(&writer, mend);
    start(&mut writer, 1_000).unwrap();
}

#[test]
fn a_full_database_is_said_and_a_retry_succeeds() {
    check(
        ("max_page_count", 40),
        ("max_page_count", 100_000),
        |error| matches!(error, WriteError::DiskFull),
    );
}

/// What a disk that went read-only under the program answers.
#[test]
fn a_database_that_became_read_only_is_said_and_a_retry_succeeds() {
    check(("query_only", 1), ("query_only", 0), |error| {
        matches!(error, WriteError::NotWritable)
    });
}

/// I2: what the durability of a commit rests on.
#[test]
fn the_writers_connection_is_durable_and_checks_foreign_keys() {
    fn value<T: FromSql>(writer: &Writer, pragma: &str) -> T {
        writer
            .connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .unwrap()
    }
    let Scratch { writer, .. } = scratch();
    assert_eq!(value::<String>(&writer, "journal_mode"), "wal");
    let full = 2;
    assert_eq!(value::<i64>(&writer, "synchronous"), full);
    assert_eq!(value::<i64>(&writer, "fullfsync"), 1);
    assert_eq!(value::<i64>(&writer, "foreign_keys"), 1);
    assert_eq!(value::<i64>(&writer, "busy_timeout"), 2_000);
}
