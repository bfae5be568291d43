//! Data folders to begin with.

use std::path::Path;

use mitta_domain::calendar::local_date;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{Bell, Plan, PlanChoice, PlannedLength};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::ids::Ids;
use mitta_store::{DataDir, NewSession, Opening, Stamped, Writer};

/// A store to start sits in, with what a shell would bring.
pub struct Store {
    clock: SystemClock,
    writer: Writer,
}

impl Store {
    pub fn open(folder: &Path) -> Self {
        let clock = SystemClock::new();
        let now = clock.now();
        let opening = Opening::new(now.wall_ms, Ids.device(now.wall_ms));
        let (writer, _) = Writer::open(&DataDir::new(folder), opening).unwrap();
        Self { clock, writer }
    }

    /// Starts a sit as if it had run for five minutes.
    pub fn start(&mut self, choice: &PlanChoice) {
        let now = self.clock.now();
        let started_at_ms = now.wall_ms.plus_ms(-300_000);
        let plan = Plan::freeze(choice.clone(), &mut rand::rng()).unwrap();
        let day = local_date(started_at_ms, chrono_tz::UTC, 4).unwrap();
        let new = NewSession {
            session_id: Ids.session(now.wall_ms),
            started_at_ms,
            tz: "Etc/UTC".to_owned(),
            utc_offset_s: day.utc_offset_s,
            local_date: day.local_date,
            together_id: None,
        };
        let heartbeat = Heartbeat {
            wall_ms: now.wall_ms,
            boot_ms: now.boot_ms,
            boot_id: self.clock.boot_id(),
            progress: Progress {
                phase: ProgressPhase::Sitting,
                preparation_left_ms: 0,
                elapsed_ms: 300_000,
                paused_ms: 0,
                asleep_ms: 0,
            },
        };
        let at = Stamped {
            wall_ms: now.wall_ms,
            op_id: Ids.op(now.wall_ms),
        };
        self.writer.start(&new, &plan, &heartbeat, at).unwrap();
    }
}

/// An hour's sit, five minutes in and last seen just now: it goes on by itself at launch.
pub fn running_sit(folder: &Path) {
    let plain = PlanChoice::default();
    let silent = |bell: &Bell| Bell {
        strikes: 0,
        ..bell.clone()
    };
    Store::open(&folder.join("data")).start(&PlanChoice {
        planned_s: PlannedLength::from_seconds(3600).ok(),
        start_bell: silent(&plain.start_bell),
        end_bell: silent(&plain.end_bell),
        ..plain
    });
}
