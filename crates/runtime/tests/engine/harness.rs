//! A data folder, a clock moved by hand, bells that note when they were struck, and an engine on
//! them. What was written is read back from the database itself.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::DateTime;
use chrono_tz::Tz;
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::timer::Now;
use mitta_domain::{
    AtEnd, IntervalBells, PlanChoice, PlannedLength, Seconds, Session, SessionId, Settings,
    UnixMillis,
};
use mitta_runtime::api::{
    ApiError, Commands as _, DescribeArgs, Nothing, NoticeTopic, OfSession, SitView, Snapshot,
    Update,
};
use mitta_runtime::clock::{Clock as _, ManualClock};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::{DataDir, OutboxRow, Reader};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::listening::{Bells, Ears};

/// When a test begins, unless it says otherwise: a winter evening in Berlin.
pub const EVENING: &str = "2026-01-14T18:00:00Z";

/// A data folder and the time at it.
pub struct House {
    pub folder: TempDir,
    dir: DataDir,
    pub clock: Arc<ManualClock>,
    /// What holds until a setting is changed.
    pub usual: Settings,
}

impl House {
    pub fn new() -> Self {
        Self::at(EVENING, chrono_tz::Europe::Berlin)
    }

    /// At an instant (RFC 3339) in a zone.
    pub fn at(instant: &str, zone: Tz) -> Self {
        let now = Now {
            boot_ms: 5_000_000,
            awake_ms: 4_000_000,
            wall_ms: instant_ms(instant),
        };
        Self::with(Arc::new(ManualClock::new(now, zone)))
    }

    fn with(clock: Arc<ManualClock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::new(folder.path());
        Self {
            folder,
            dir,
            clock,
            usual: Settings::default(),
        }
    }

    /// Puts the data elsewhere.
    pub fn data_in(&mut self, path: PathBuf) {
        self.dir = DataDir::new(path);
    }

    pub fn dir(&self) -> DataDir {
        self.dir.clone()
    }

    /// The desktop: an unfinished sit may go on.
    pub fn open(&self) -> Sit {
        self.try_open(true).unwrap()
    }

    /// A terminal: unfinished sits are only named.
    pub fn open_terminal(&self) -> Sit {
        self.try_open(false).unwrap()
    }

    pub fn try_open(&self, resume: bool) -> Result<Sit, ApiError> {
        let ears = Ears::default();
        let bells = Arc::new(Bells::new(&self.clock));
        let heard = ears.clone();
        let engine = Engine::start(Config {
            dir: self.dir(),
            clock: self.clock.clone(),
            sound: bells.clone(),
            on_signal: Box::new(move |signal| heard.hear(signal)),
            usual: self.usual.clone(),
            resume,
            drive: Drive::ByHand,
        })?;
        Ok(Sit {
            engine,
            clock: self.clock.clone(),
            bells,
            ears,
            dir: self.dir(),
        })
    }

    /// What is on the disk now, as a process that died this moment would have left it.
    pub fn killed(&self, sit: &Sit) -> Self {
        sit.flush();
        let copy = Self::with(self.clock.clone());
        for name in ["mitta.sqlite3", "mitta.sqlite3-wal"] {
            let from = self.folder.path().join(name);
            if from.exists() {
                fs::copy(from, copy.folder.path().join(name)).unwrap();
            }
        }
        copy
    }

    pub fn reader(&self) -> Reader {
        Reader::open(&self.dir()).unwrap()
    }

    /// Another program's connection to the database.
    pub fn other_program(&self) -> Connection {
        Connection::open(self.dir().database()).unwrap()
    }

    pub fn session(&self, session_id: SessionId) -> Session {
        self.reader().session(session_id).unwrap().unwrap()
    }

    pub fn events(&self, session_id: SessionId) -> Vec<EventKind> {
        let events = self.reader().events(session_id).unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    pub fn ops(&self) -> Vec<OutboxRow> {
        self.reader().outbox().unwrap()
    }

    /// The ops by name, in order.
    pub fn changes(&self) -> Vec<&'static str> {
        let name = |row: OutboxRow| match row.op.change {
            Change::Start { .. } => "start",
            Change::Complete { .. } => "complete",
            Change::Sat { .. } => "sat",
            Change::Words { .. } => "words",
            Change::Credited { .. } => "credited",
            Change::Sharing { .. } => "sharing",
            Change::Deleted { deleted: true } => "delete",
            Change::Deleted { deleted: false } => "restore",
        };
        self.ops().into_iter().map(name).collect()
    }

    /// Every cell of every table.
    pub fn dump(&self) -> Vec<(String, Vec<Vec<Value>>)> {
        let connection = self.other_program();
        let mut tables = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap();
        let names: Vec<String> = tables
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let rows = |name: &String| {
            let mut statement = connection
                .prepare(&format!("SELECT * FROM {name}"))
                .unwrap();
            let columns = statement.column_count();
            statement
                .query_map([], |row| (0..columns).map(|i| row.get(i)).collect())
                .unwrap()
                .map(Result::unwrap)
                .collect()
        };
        names
            .iter()
            .map(|name| (name.clone(), rows(name)))
            .collect()
    }
}

/// An engine and all that it touches.
pub struct Sit {
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub bells: Arc<Bells>,
    pub ears: Ears,
    dir: DataDir,
}

impl Sit {
    pub fn begin(&self, choice: PlanChoice) -> SitView {
        self.engine.begin(choice).unwrap()
    }

    /// Lets time pass as the deadline thread does it: from deadline to deadline, never late.
    pub fn pass(&self, ms: u64) {
        let until = self.clock.now().boot_ms + ms;
        for _ in 0..100_000 {
            let now = self.clock.now().boot_ms;
            match self.engine.deadline().filter(|at| *at <= until) {
                None => {
                    self.clock.pass(until - now);
                    self.engine.tick();
                    return;
                }
                Some(at) => {
                    self.clock.pass(at.saturating_sub(now));
                    self.engine.tick();
                }
            }
        }
        panic!("the deadline thread would never sleep");
    }

    /// The machine sleeps, and the deadline thread wakes with it.
    pub fn sleep(&self, ms: u64) {
        self.clock.sleep(ms);
        self.engine.tick();
    }

    /// Waits until the writer thread has tried everything given to it.
    pub fn flush(&self) {
        let nobody = "00000000-0000-7000-8000-000000000000".parse().unwrap();
        let answer = self.engine.describe(DescribeArgs {
            session_id: nobody,
            words: mitta_domain::session::Words::default(),
        });
        assert!(answer.is_err(), "there is no such sit");
    }

    pub fn snapshot(&self) -> Snapshot {
        self.engine.snapshot(Nothing {}).unwrap()
    }

    /// The sit on the screen, with everything written that can be.
    pub fn view(&self) -> SitView {
        self.flush();
        self.snapshot().sit.unwrap()
    }

    /// The notice about recording.
    pub fn recording_notice(&self) -> Option<ApiError> {
        self.flush();
        self.notice(NoticeTopic::Recording)
    }

    pub fn notice(&self, topic: NoticeTopic) -> Option<ApiError> {
        let notices = self.snapshot().notices;
        let found = notices.into_iter().find(|notice| notice.topic == topic);
        found.map(|notice| notice.error)
    }

    /// Everything the engine has told so far.
    pub fn signals(&self) -> Vec<Signal> {
        self.flush();
        self.ears.all(&self.engine)
    }

    /// The sits it has told of.
    pub fn views_told(&self) -> Vec<Option<SitView>> {
        let view = |signal| match signal {
            Signal::Update(Update::Sit(view)) => Some(view),
            _ => None,
        };
        self.signals().into_iter().filter_map(view).collect()
    }

    /// Ends the process in order; the folder is free afterwards.
    pub fn quit(self) -> DataDir {
        let Self { engine, dir, .. } = self;
        drop(engine);
        dir
    }
}

pub fn instant_ms(instant: &str) -> UnixMillis {
    UnixMillis(
        DateTime::parse_from_rfc3339(instant)
            .unwrap()
            .timestamp_millis(),
    )
}

pub fn of(view: &SitView) -> OfSession {
    OfSession {
        session_id: view.session_id,
    }
}

/// A sit of so many seconds without preparation; one strike at its start, one at its end.
pub fn plain(seconds: u32) -> PlanChoice {
    let mut choice = PlanChoice {
        planned_s: PlannedLength::from_seconds(seconds).ok(),
        preparation_s: Seconds(0),
        ..PlanChoice::default()
    };
    choice.start_bell.strikes = 1;
    choice
}

/// [`plain`], with overtime counted.
pub fn with_overtime(seconds: u32) -> PlanChoice {
    PlanChoice {
        at_end: AtEnd::CountOvertime,
        ..plain(seconds)
    }
}

/// [`plain`], open-ended.
pub fn open_ended() -> PlanChoice {
    PlanChoice {
        planned_s: None,
        ..plain(1)
    }
}

pub fn every(seconds: u32, choice: PlanChoice) -> PlanChoice {
    PlanChoice {
        intervals: IntervalBells::Every {
            every_s: Seconds(seconds),
        },
        ..choice
    }
}
