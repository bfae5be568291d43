//! Data folders to begin with.

use std::path::Path;

use mitta_domain::calendar::local_date;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{Bell, Plan, PlanChoice, PlannedLength};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::ids::Ids;
use mitta_store::{DataDir, NewSession, Opening, Stamped, Writer};

/// An hour's sit, five minutes in and last seen just now: it goes on by itself at launch.
pub fn running_sit(folder: &Path) {
    let (clock, ids) = (SystemClock::new(), Ids);
    let now = clock.now();
    let dir = DataDir::new(folder.join("data"));
    let device = ids.device(now.wall_ms);
    let (mut writer, _) = Writer::open(&dir, Opening::new(now.wall_ms, device)).unwrap();
    let started_at_ms = now.wall_ms.plus_ms(-300_000);
    let plain = PlanChoice::default();
    let silent = |bell: &Bell| Bell {
        strikes: 0,
        ..bell.clone()
    };
    let choice = PlanChoice {
        planned_s: PlannedLength::from_seconds(3600).ok(),
        start_bell: silent(&plain.start_bell),
        end_bell: silent(&plain.end_bell),
        ..plain
    };
    let plan = Plan::freeze(choice, &mut rand::rng()).unwrap();
    let day = local_date(started_at_ms, chrono_tz::UTC, 4).unwrap();
    let new = NewSession {
        session_id: ids.session(now.wall_ms),
        started_at_ms,
        tz: "Etc/UTC".to_owned(),
        utc_offset_s: day.utc_offset_s,
        local_date: day.local_date,
    };
    let progress = Progress {
        phase: ProgressPhase::Sitting,
        preparation_left_ms: 0,
        elapsed_ms: 300_000,
        paused_ms: 0,
        asleep_ms: 0,
    };
    let heartbeat = Heartbeat {
        wall_ms: now.wall_ms,
        boot_ms: now.boot_ms,
        boot_id: clock.boot_id(),
        progress,
    };
    let at = Stamped {
        wall_ms: now.wall_ms,
        op_id: ids.op(now.wall_ms),
    };
    writer.start(&new, &plan, &heartbeat, at).unwrap();
}
