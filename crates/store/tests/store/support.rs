//! A data folder for a test, ids and times as small numbers, and a connection of the test's own
//! that looks at the file as any other program would.

use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Words;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{Completion, DeviceId, OpId, Plan, PlanChoice, Seconds, SessionId, UnixMillis};
use mitta_store::{DataDir, NewSession, Opened, Opening, Reader, Stamped, Writer};
use rusqlite::Connection;
use rusqlite::types::FromSql;
use tempfile::TempDir;
use uuid::Uuid;

/// The clock of a test's first moment: 2026-11-21T08:00:00Z.
pub const T0: i64 = 1_795_248_000_000;

/// A data folder that goes with the test.
pub struct Folder {
    pub dir: DataDir,
    _temporary: Option<TempDir>,
}

impl Folder {
    pub fn new() -> Self {
        let temporary = TempDir::new().unwrap();
        let dir = DataDir::new(temporary.path().join("mitta"));
        Self {
            dir,
            _temporary: Some(temporary),
        }
    }

    pub fn at(path: &Path) -> Self {
        Self {
            dir: DataDir::new(path),
            _temporary: None,
        }
    }

    pub fn open(&self) -> (Writer, Opened) {
        Writer::open(&self.dir, opening()).unwrap()
    }

    pub fn writer(&self) -> Writer {
        self.open().0
    }

    pub fn reader(&self) -> Reader {
        Reader::open(&self.dir).unwrap()
    }

    /// Another program's connection to the same file.
    pub fn sqlite(&self) -> Connection {
        Connection::open(self.dir.database()).unwrap()
    }

    /// One value, as another program reads it.
    pub fn value<T: FromSql>(&self, sql: &str) -> T {
        self.sqlite().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Everything in the tables that a failed write must not have touched.
    pub fn contents(&self) -> Vec<String> {
        let connection = self.sqlite();
        let tables = [
            "sessions",
            "session_events",
            "session_revisions",
            "heartbeat",
            "outbox",
            "outbox_rejected",
            "device",
            "offers",
            "account",
            "sync_state",
            "cursors",
            "partnerships",
            "members",
            "shares",
            "partner_sessions",
            "seats",
            "server_clock",
            "search_rows",
            "imports",
            "import_sits",
            "presets",
            "reminders",
            "quiet_hours",
        ];
        let mut rows = Vec::new();
        for table in tables {
            let mut statement = connection
                .prepare(&format!("SELECT * FROM {table}"))
                .unwrap();
            let columns = statement.column_count();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<_> = (0..columns).map(|at| row.get_ref(at).unwrap()).collect();
                rows.push(format!("{table}: {cells:?}"));
            }
        }
        rows
    }

    /// The file is sound by `SQLite`'s own full check, and by the foreign keys.
    pub fn assert_sound(&self) {
        assert_eq!(self.value::<String>("PRAGMA integrity_check"), "ok");
        let orphans: i64 = self.value("SELECT count(*) FROM pragma_foreign_key_check");
        assert_eq!(orphans, 0, "rows without their parent");
    }
}

pub fn opening() -> Opening {
    let busy_timeout = Duration::from_millis(50);
    Opening {
        busy_timeout,
        ..Opening::new(UnixMillis(T0), device(1))
    }
}

pub fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(0xd000 + n))
}

pub fn session(n: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0xabc0_0000 + n))
}

/// The op `n`, made `n` seconds after [`T0`].
pub fn at(n: u32) -> Stamped {
    Stamped {
        wall_ms: UnixMillis(T0 + i64::from(n) * 1000),
        op_id: op(n),
    }
}

pub fn op(n: u32) -> OpId {
    OpId::from_uuid(Uuid::from_u128(0xe000_0000 + u128::from(n)))
}

/// A plan of ten minutes with two interval bells.
pub fn plan() -> Plan {
    let choice = PlanChoice {
        planned_s: 600.try_into().ok(),
        label: Some("zazen".into()),
        ..PlanChoice::default()
    };
    Plan {
        choice,
        interval_at_s: vec![Seconds(200), Seconds(400)],
    }
}

pub fn new_session(n: u128) -> NewSession {
    NewSession {
        session_id: session(n),
        started_at_ms: UnixMillis(T0 + i64::try_from(n).unwrap() * 1_000),
        tz: "Europe/Berlin".into(),
        utc_offset_s: 3600,
        local_date: date("2026-11-21"),
        together_id: None,
    }
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn heartbeat(elapsed_ms: u64) -> Heartbeat {
    Heartbeat {
        wall_ms: UnixMillis(T0).plus_ms(i64::try_from(elapsed_ms).unwrap()),
        boot_ms: 5_000 + elapsed_ms,
        boot_id: "2f0c7a0e-boot".into(),
        progress: Progress {
            phase: ProgressPhase::Sitting,
            preparation_left_ms: 0,
            elapsed_ms,
            paused_ms: 0,
            asleep_ms: 0,
        },
    }
}

pub fn completion(credited_s: u32) -> Completion {
    Completion {
        ended_at_ms: UnixMillis(T0 + 600_000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(3),
        asleep_s: Seconds(2),
        overtime_s: Seconds(1),
    }
}

pub fn note(text: &str) -> Words {
    Words {
        note: Some(text.into()),
        ..Words::default()
    }
}

/// Starts session `n` with op `n * 10`.
pub fn start(writer: &mut Writer, n: u32) -> SessionId {
    let new = new_session(n.into());
    writer
        .start(&new, &plan(), &heartbeat(0), at(n * 10))
        .unwrap()
}

/// Starts session `n` and completes it with op `n * 10 + 1`.
pub fn sit(writer: &mut Writer, n: u32, credited_s: u32) -> SessionId {
    let session_id = start(writer, n);
    writer
        .complete(session_id, &completion(credited_s), at(n * 10 + 1))
        .unwrap();
    session_id
}
