//! A data folder with a past, written by the store as Mitta itself would have.

use anyhow::Result;
use chrono_tz::Tz;
use mitta_domain::calendar::local_date;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::reminder::Reminder;
use mitta_domain::session::Words;
use mitta_domain::timer::{Now, Progress, ProgressPhase};
use mitta_domain::{
    Completion, DeviceId, OpId, Plan, PlanChoice, Seconds, SessionId, Settings, UnixMillis,
};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_store::{DataDir, Edit, NewSession, Opening, Stamped, Writer};
use uuid::Uuid;

/// The hour at which their days start, the default.
const DAY_START_HOUR: u8 = 4;

/// Writes into a data folder that no window has open.
pub struct Seed {
    writer: Writer,
    clock: SystemClock,
    /// The zone of all that is seeded: this machine's.
    pub zone: Tz,
    made: u16,
}

/// A sit that is over.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Start on the wall clock.
    pub started_at_ms: i64,
    /// Planned seconds; `None` is open-ended.
    pub planned_s: Option<u32>,
    /// Credited seconds.
    pub credited_s: u32,
    /// How many interval bells it had, five minutes apart.
    pub interval_bells: u16,
    /// Note and label.
    pub words: Words,
}

/// A sit whose process died.
#[derive(Debug, Clone, Copy, Default)]
pub struct CutOff {
    /// Planned seconds; `None` is open-ended.
    pub planned_s: Option<u32>,
    /// How many interval bells it has, five minutes apart.
    pub interval_bells: u16,
    /// Seconds sat when it was last seen.
    pub sat_s: u32,
    /// How long ago that was, in seconds.
    pub seen_s_ago: u32,
}

impl Seed {
    /// # Errors
    /// If the folder cannot be written.
    pub fn into(dir: &DataDir) -> Result<Self> {
        let clock = SystemClock::new();
        let now = clock.now();
        let opening = Opening::new(now.wall_ms, DeviceId::from_uuid(id(now.wall_ms, 0)));
        let (writer, _) = Writer::open(dir, opening)?;
        let zone = clock.zone().unwrap_or(Tz::UTC);
        Ok(Self {
            writer,
            clock,
            zone,
            made: 0,
        })
    }

    /// This moment.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    fn fresh(&mut self, at: UnixMillis) -> Uuid {
        self.made += 1;
        id(at, self.made)
    }

    fn stamped(&mut self, at: UnixMillis) -> Stamped {
        Stamped {
            wall_ms: at,
            op_id: OpId::from_uuid(self.fresh(at)),
        }
    }

    /// Saves the defaults with what `change` does to them.
    ///
    /// # Errors
    /// If the settings are refused.
    pub fn settings(&mut self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut settings = Settings::default();
        change(&mut settings);
        Ok(self.writer.save_settings(&settings)?)
    }

    /// Adds a reminder.
    ///
    /// # Errors
    /// As [`Seed::into`].
    pub fn reminder(&mut self, reminder: &Reminder) -> Result<()> {
        self.writer.add_reminder(reminder)?;
        Ok(())
    }

    fn start(&mut self, at: UnixMillis, plan: &Plan, seen: &Heartbeat) -> Result<SessionId> {
        let day = local_date(at, self.zone, DAY_START_HOUR)?;
        let new = NewSession {
            session_id: SessionId::from_uuid(self.fresh(at)),
            started_at_ms: at,
            tz: self.zone.name().to_owned(),
            utc_offset_s: day.utc_offset_s,
            local_date: day.local_date,
            together_id: None,
        };
        let stamped = self.stamped(at);
        Ok(self.writer.start(&new, plan, seen, stamped)?)
    }

    /// A sit that was cut off.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn unfinished(&mut self, cut: CutOff) -> Result<SessionId> {
        let CutOff {
            planned_s,
            interval_bells,
            sat_s,
            seen_s_ago,
        } = cut;
        let now = self.clock.now();
        let ago_ms = u64::from(seen_s_ago) * 1000;
        let seen_ms = now.wall_ms.plus_ms(-i64::from(seen_s_ago) * 1000);
        let seen = Heartbeat {
            wall_ms: seen_ms,
            boot_ms: now.boot_ms.saturating_sub(ago_ms),
            boot_id: self.clock.boot_id(),
            progress: Progress {
                phase: ProgressPhase::Sitting,
                preparation_left_ms: 0,
                elapsed_ms: u64::from(sat_s) * 1000,
                paused_ms: 0,
                asleep_ms: 0,
            },
        };
        let started = seen_ms.plus_ms(-i64::from(sat_s) * 1000);
        self.start(started, &plan(planned_s, interval_bells)?, &seen)
    }

    /// A sit that is over.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn past(&mut self, past: &Past) -> Result<SessionId> {
        let at = UnixMillis(past.started_at_ms);
        let seen = Heartbeat {
            wall_ms: at,
            boot_ms: 0,
            boot_id: "an earlier boot".to_owned(),
            progress: Progress {
                phase: ProgressPhase::Sitting,
                preparation_left_ms: 0,
                elapsed_ms: 0,
                paused_ms: 0,
                asleep_ms: 0,
            },
        };
        let session_id = self.start(at, &plan(past.planned_s, past.interval_bells)?, &seen)?;
        let ended_at_ms = at.plus_ms(i64::from(past.credited_s) * 1000);
        let completion = Completion {
            ended_at_ms,
            credited_s: Seconds(past.credited_s),
            paused_s: Seconds(0),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        };
        let stamped = self.stamped(ended_at_ms);
        self.writer.complete(session_id, &completion, stamped)?;
        if past.words != Words::default() {
            let stamped = self.stamped(ended_at_ms);
            self.writer
                .edit(session_id, &Edit::Words(past.words.clone()), stamped)?;
        }
        Ok(session_id)
    }
}

fn plan(planned_s: Option<u32>, interval_bells: u16) -> Result<Plan> {
    let choice = PlanChoice {
        planned_s: planned_s.map(TryInto::try_into).transpose()?,
        ..PlanChoice::default()
    };
    let at = |bell: u16| Seconds(u32::from(bell) * 300);
    let interval_at_s = (1..=interval_bells).map(at).collect();
    Ok(Plan {
        choice,
        interval_at_s,
    })
}

/// An id of the kind that Mitta makes, told apart by `n`.
fn id(at: UnixMillis, n: u16) -> Uuid {
    let mut rest = [0x5e; 10];
    rest[8..].copy_from_slice(&n.to_be_bytes());
    let ms = u64::try_from(at.0).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &rest).into_uuid()
}
