//! The process that is killed: records sits without end and prints what was acknowledged.

use std::io::{Write as _, stdout};

use anyhow::Result;
use chrono::DateTime;
use mitta_domain::event::EventKind;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Words;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{Completion, DeviceId, OpId, Plan, PlanChoice, Seconds, SessionId, UnixMillis};
use mitta_store::{DataDir, Edit, NewSession, Opening, Reader, SittingLock, Stamped, Writer};
use uuid::Uuid;

use crate::Random;

struct Child {
    writer: Writer,
    random: Random,
    wall_ms: i64,
}

/// Runs until it is killed.
pub fn run(dir: &DataDir, random: Random) -> Result<()> {
    let mut random = random;
    let device_id = DeviceId::from_uuid(uuid(&mut random));
    // Each child's clock begins anywhere within a week, so it goes back between two of them.
    let wall_ms = 1_795_248_000_000 + i64::try_from(random.below(7 * 86_400_000))?;
    let (writer, opened) = Writer::open(dir, Opening::new(UnixMillis(wall_ms), device_id))?;
    anyhow::ensure!(
        opened.set_aside.is_none(),
        "the database was taken for damaged"
    );
    // The lock of the one that was killed has fallen with it.
    let mut lock = SittingLock::try_take(dir, None)?;
    let unfinished = Reader::open(dir)?.unfinished()?;
    say("open")?;
    let mut child = Child {
        writer,
        random,
        wall_ms,
    };
    for row in unfinished {
        child.complete(row.start.session_id)?;
    }
    loop {
        let session_id = child.start()?;
        lock.name(Some(session_id))?;
        for _ in 0..child.random.below(4) {
            child.change(session_id)?;
        }
        match child.random.below(8) {
            0 => child.discard(session_id)?,
            1 => {} // Left running: another child completes it.
            _ => {
                child.complete(session_id)?;
                for n in 0..child.random.below(3) {
                    child.edit(session_id, n)?;
                }
            }
        }
    }
}

/// One line, whole, after the fact.
fn say(line: &str) -> Result<()> {
    let mut out = stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    Ok(out.flush()?)
}

fn uuid(random: &mut Random) -> Uuid {
    Uuid::from_u64_pair(random.next(), random.next())
}

impl Child {
    fn stamped(&mut self) -> Stamped {
        self.wall_ms += i64::try_from(self.random.below(2_000)).unwrap_or(0);
        let op_id = OpId::from_uuid(uuid(&mut self.random));
        Stamped {
            wall_ms: UnixMillis(self.wall_ms),
            op_id,
        }
    }

    fn heartbeat(&mut self) -> Heartbeat {
        Heartbeat {
            wall_ms: UnixMillis(self.wall_ms),
            boot_ms: self.random.below(1_000_000),
            boot_id: "a boot".into(),
            progress: Progress {
                phase: ProgressPhase::Sitting,
                preparation_left_ms: 0,
                elapsed_ms: self.random.below(1_000_000),
                paused_ms: 0,
                asleep_ms: 0,
            },
        }
    }

    fn start(&mut self) -> Result<SessionId> {
        let at = self.stamped();
        let new = NewSession {
            session_id: SessionId::from_uuid(uuid(&mut self.random)),
            started_at_ms: at.wall_ms,
            tz: "Europe/Berlin".into(),
            utc_offset_s: 3600,
            local_date: DateTime::from_timestamp_millis(at.wall_ms.0)
                .unwrap_or_default()
                .date_naive(),
            together_id: None,
        };
        let plan = Plan {
            choice: PlanChoice::default(),
            interval_at_s: vec![Seconds(60)],
        };
        let heartbeat = self.heartbeat();
        let session_id = self.writer.start(&new, &plan, &heartbeat, at)?;
        say(&format!("start {session_id} 0"))?;
        Ok(session_id)
    }

    /// A pause, a resumption or a heartbeat.
    fn change(&mut self, session_id: SessionId) -> Result<()> {
        let heartbeat = self.heartbeat();
        let kind = match self.random.below(3) {
            0 => return Ok(self.writer.heartbeat(session_id, &heartbeat)?),
            1 => EventKind::Paused,
            _ => EventKind::Resumed,
        };
        let elapsed_ms = heartbeat.progress.elapsed_ms;
        self.writer
            .event(session_id, kind, heartbeat.wall_ms, elapsed_ms, &heartbeat)?;
        say(&format!("event {session_id} 0"))
    }

    fn completion(&mut self, credited_s: u32) -> Completion {
        Completion {
            ended_at_ms: UnixMillis(self.wall_ms),
            credited_s: Seconds(credited_s),
            paused_s: Seconds(0),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        }
    }

    fn complete(&mut self, session_id: SessionId) -> Result<()> {
        let credited_s = u32::try_from(1 + self.random.below(86_400))?;
        let completion = self.completion(credited_s);
        let at = self.stamped();
        self.writer.complete(session_id, &completion, at)?;
        say(&format!("complete {session_id} {credited_s}"))
    }

    fn discard(&mut self, session_id: SessionId) -> Result<()> {
        let credited_s = u32::try_from(self.random.below(3))?;
        let completion = self.completion(credited_s);
        let (at, delete) = (self.stamped(), self.stamped());
        self.writer
            .discard(session_id, &completion, at, delete.op_id)?;
        say(&format!("discard {session_id} {credited_s}"))
    }

    /// The note is its own number, so that it is seen which edits are there.
    fn edit(&mut self, session_id: SessionId, n: u64) -> Result<()> {
        let words = Words {
            note: Some(n.to_string()),
            ..Words::default()
        };
        let at = self.stamped();
        self.writer.edit(session_id, &Edit::Words(words), at)?;
        say(&format!("edit {session_id} {n}"))
    }
}
