//! Plans, a machine with three clocks, and effects in short.

use std::fmt::Write as _;

use mitta_domain::ids::SessionId;
use mitta_domain::plan::{Plan, PlanChoice};
use mitta_domain::timer::{Effect, Now, Record};
use mitta_domain::units::{Seconds, UnixMillis};
use mitta_domain::{BellKind, Completion, PlannedLength};
use uuid::Uuid;

pub const MINUTE_MS: u64 = 60_000;
pub const HOUR_MS: u64 = 60 * MINUTE_MS;
pub const DAY_MS: u64 = 24 * HOUR_MS;

/// The session that the tests sit.
pub const SESSION: SessionId = SessionId::from_uuid(Uuid::from_u128(7));

/// A frozen plan: without preparation and bells, but for what `choose` sets.
pub fn plan(
    planned_s: Option<u32>,
    interval_at_s: &[u32],
    choose: impl FnOnce(&mut PlanChoice),
) -> Plan {
    let mut choice = PlanChoice {
        planned_s: planned_s.map(|s| PlannedLength::from_seconds(s).unwrap()),
        preparation_s: Seconds(0),
        ..PlanChoice::default()
    };
    choice.start_bell.strikes = 0;
    choice.end_bell.strikes = 0;
    choose(&mut choice);
    Plan {
        choice,
        interval_at_s: interval_at_s.iter().copied().map(Seconds).collect(),
    }
}

/// A computer: what its three clocks say.
#[derive(Debug, Clone, Copy)]
pub struct Machine(pub Now);

impl Machine {
    pub const BEGIN: Now = Now {
        boot_ms: 5_000_000,
        awake_ms: 3_000_000,
        wall_ms: UnixMillis(1_795_000_000_000),
    };

    pub fn stays_awake(&mut self, ms: u64) {
        self.0.awake_ms += ms;
        self.sleeps(ms);
    }

    pub fn sleeps(&mut self, ms: u64) {
        self.0.boot_ms += ms;
        self.wall_clock_moves(i64::try_from(ms).unwrap());
    }

    pub fn wall_clock_moves(&mut self, by_ms: i64) {
        self.0.wall_ms = self.0.wall_ms.plus_ms(by_ms);
    }
}

/// Effects in short, without `Changed`; what is not of `now` says by how much it is earlier.
pub fn short(effects: &[Effect], now: Now) -> String {
    let ago = |at: UnixMillis| match now.wall_ms.0 - at.0 {
        0 => String::new(),
        ms => format!(" ago {ms}"),
    };
    let words = effects.iter().filter_map(|effect| {
        Some(match effect {
            Effect::Changed => return None,
            Effect::EndReached => "reached".to_owned(),
            Effect::Strike(strike) => {
                let kind = match strike.kind {
                    BellKind::Start => "start",
                    BellKind::Interval => "interval",
                    BellKind::End => "end",
                };
                let late = match now.boot_ms - strike.due_boot_ms {
                    0 => String::new(),
                    ms => format!(" late {ms}"),
                };
                format!("{kind} {}{late}", strike.index)
            }
            Effect::Record(Record::Event {
                kind,
                at_ms,
                elapsed_ms,
            }) => {
                format!("{} at {elapsed_ms}{}", kind.name(), ago(*at_ms))
            }
            Effect::Record(Record::Complete(completion)) => {
                format!(
                    "complete {}{}",
                    credit(completion),
                    ago(completion.ended_at_ms)
                )
            }
            Effect::Record(Record::Discard(completion)) => {
                format!(
                    "discard {}{}",
                    credit(completion),
                    ago(completion.ended_at_ms)
                )
            }
        })
    });
    words.collect::<Vec<_>>().join(", ")
}

fn credit(completion: &Completion) -> String {
    let mut text = completion.credited_s.0.to_string();
    for (name, seconds) in [
        ("paused", completion.paused_s),
        ("asleep", completion.asleep_s),
        ("overtime", completion.overtime_s),
    ] {
        if seconds.0 > 0 {
            let _ = write!(text, " {name} {}", seconds.0);
        }
    }
    text
}
