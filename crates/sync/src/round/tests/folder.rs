//! A data folder of a test, signed in.

use std::time::Duration;

use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Words;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{
    Completion, DeviceId, OpId, Plan, PlanChoice, Seconds, Session, SessionId, UnixMillis,
};
use mitta_store::{
    AccountRow, Claim, DataDir, Edit, NewSession, Opening, PastOps, PastTime, Reader, Stamped,
    TokenPlace, Writer,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::fake;

/// 2026-11-21, 08:00:00 UTC.
pub(crate) const NOW: UnixMillis = UnixMillis(1_795_248_000_000);

/// A device of the test's person.
pub(crate) struct Device {
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    dir: DataDir,
    n: u32,
    temporary: Option<TempDir>,
}

impl Device {
    /// Signed in, its history claimed.
    pub(crate) fn new(n: u32) -> Self {
        let mut device = Self::stranger(n);
        device.writer.sign_in(&account(Claim::Given)).unwrap();
        device
    }

    /// Signed in, but not yet asked whether its history may be added.
    pub(crate) fn asked(n: u32) -> Self {
        let mut device = Self::stranger(n);
        device.writer.sign_in(&account(Claim::Asked)).unwrap();
        device
    }

    /// Without an account.
    pub(crate) fn stranger(n: u32) -> Self {
        let temporary = TempDir::new().unwrap();
        let dir = DataDir::new(temporary.path().join("mitta"));
        let mut device = Self::open(dir, n);
        device.temporary = Some(temporary);
        device
    }

    fn open(dir: DataDir, n: u32) -> Self {
        let id = DeviceId::from_uuid(Uuid::from_u128(0xd000 + u128::from(n)));
        let opening = Opening {
            busy_timeout: Duration::from_millis(50),
            ..Opening::new(NOW, id)
        };
        let writer = Writer::open(&dir, opening).unwrap().0;
        let reader = Reader::open(&dir).unwrap();
        Self {
            writer,
            reader,
            dir,
            n,
            temporary: None,
        }
    }

    /// The folder at a path, whoever it belongs to.
    pub(crate) fn at(path: std::path::PathBuf, n: u32) -> Self {
        Self::open(DataDir::new(path), n)
    }

    /// Another process on the same folder.
    pub(crate) fn other_process(&self) -> Self {
        Self::open(self.dir.clone(), self.n)
    }

    /// Sits a minute, as session `n`; one op, which is given back.
    pub(crate) fn sit(&mut self, n: u32) -> OpId {
        self.begin(n, 1);
        self.end(n)
    }

    /// Begins to sit a minute, as session `n`, at a moment of the boot.
    pub(crate) fn begin(&mut self, n: u32, boot_ms: u64) {
        let choice = PlanChoice {
            planned_s: 60.try_into().ok(),
            ..PlanChoice::default()
        };
        let plan = Plan {
            choice,
            interval_at_s: vec![],
        };
        let started_at_ms = NOW.plus_ms(i64::from(n) * 1_000);
        let new = NewSession {
            session_id: session(n),
            started_at_ms,
            tz: "Europe/Berlin".into(),
            utc_offset_s: 3600,
            local_date: "2026-11-21".parse().unwrap(),
            together_id: None,
        };
        let heartbeat = Heartbeat {
            wall_ms: started_at_ms,
            boot_ms,
            boot_id: "boot".into(),
            progress: Progress {
                phase: ProgressPhase::Sitting,
                preparation_left_ms: 0,
                elapsed_ms: 0,
                paused_ms: 0,
                asleep_ms: 0,
            },
        };
        let begun = self
            .writer
            .start(&new, &plan, &heartbeat, self.stamped(n, 0));
        begun.unwrap();
    }

    /// Ends session `n` after its minute.
    pub(crate) fn end(&mut self, n: u32) -> OpId {
        let started_at_ms = NOW.plus_ms(i64::from(n) * 1_000);
        let completion = Completion {
            ended_at_ms: started_at_ms.plus_ms(60_000),
            credited_s: Seconds(60),
            paused_s: Seconds(0),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        };
        let at = self.stamped(n, 1);
        self.writer.complete(session(n), &completion, at).unwrap();
        let outbox = self.reader.outbox().unwrap();
        outbox.last().unwrap().op_id
    }

    fn stamped(&self, n: u32, k: u32) -> Stamped {
        Stamped {
            wall_ms: NOW.plus_ms(i64::from(n) * 1_000),
            op_id: op(self.n, n * 10 + k),
        }
    }

    /// Makes the bytes of an op that waits no op.
    pub(crate) fn spoil(&self, op_id: OpId) {
        let connection = rusqlite::Connection::open(self.dir.database()).unwrap();
        let sql = "UPDATE outbox SET payload = X'7B' WHERE op_id = ?1";
        assert_eq!(connection.execute(sql, [op_id.to_string()]), Ok(1));
    }

    /// Gives session `old` another time, as session `new`, `new` hours from now.
    pub(crate) fn correct(&mut self, old: u32, new: u32) {
        let time = PastTime {
            session_id: session(new),
            started_at_ms: NOW.plus_ms(-i64::from(new) * 1_000),
            tz: "Europe/Berlin".into(),
            utc_offset_s: 3600,
            local_date: "2026-11-21".parse().unwrap(),
        };
        let [sharing, sat, words, deletion, counts] =
            [3, 4, 5, 6, 7].map(|k| op(self.n, new * 10 + k));
        let ops = PastOps {
            sharing,
            sat,
            words,
            deletion,
            counts,
        };
        let wall_ms = NOW.plus_ms(i64::from(new) * 3_600_000);
        self.writer
            .replace(session(old), &time, wall_ms, ops)
            .unwrap();
    }

    /// Writes a note to session `n`.
    pub(crate) fn note(&mut self, n: u32, text: &str) {
        let words = Words {
            note: Some(text.into()),
            ..Words::default()
        };
        let at = Stamped {
            wall_ms: NOW.plus_ms(3_600_000),
            op_id: op(self.n, n * 10 + 2),
        };
        let done = self.writer.edit(session(n), &Edit::Words(words), at);
        done.unwrap();
    }

    /// All sessions, newest first.
    pub(crate) fn history(&self) -> Vec<Session> {
        let page = self.reader.history_page(None, 1_000).unwrap();
        let session = |id: SessionId| self.reader.session(id).unwrap().unwrap();
        page.iter().map(|entry| session(entry.session_id)).collect()
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.reader.sync_counts().unwrap().waiting
    }

    pub(crate) fn waiting_ops(&self) -> Vec<OpId> {
        let outbox = self.reader.outbox().unwrap();
        outbox.iter().map(|row| row.op_id).collect()
    }

    pub(crate) fn rejected(&self) -> Vec<(OpId, String)> {
        let rows = self.reader.rejected().unwrap();
        rows.into_iter().map(|row| (row.op_id, row.code)).collect()
    }
}

fn account(claim: Claim) -> AccountRow {
    AccountRow {
        server_url: "https://mitta.example.org".into(),
        server_id: fake::SERVER,
        person_id: fake::person(),
        login: "kei".into(),
        display_name: "Kei".into(),
        claim,
        signed_in: true,
        token_place: TokenPlace::File,
    }
}

pub(crate) fn session(n: u32) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0xabc0_0000 + u128::from(n)))
}

fn op(device: u32, n: u32) -> OpId {
    let id = 0xe000_0000 + u128::from(device) * 0x1_0000 + u128::from(n);
    OpId::from_uuid(Uuid::from_u128(id))
}
