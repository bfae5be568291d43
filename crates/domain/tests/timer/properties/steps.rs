//! Arbitrary plans, inputs, and ways in which time passes.

use mitta_domain::plan::{AtEnd, MAX_PREPARATION, MAX_STRIKES, Plan};
use mitta_domain::timer::{Input, SleepChoice};
use mitta_domain::units::Seconds;
use proptest::prelude::*;

use crate::machine::{DAY_MS, Machine, plan};

/// Time passes in some way, then an input comes.
#[derive(Debug, Clone)]
pub struct Step {
    pub clocks: Clocks,
    pub input: Input,
}

/// What the clocks do before an input.
#[derive(Debug, Clone, Copy)]
pub enum Clocks {
    Awake(u64),
    Asleep(u64),
    /// Awake up to the timer's deadline; where there is none, they stand.
    ToDeadline,
    /// One clock alone jumps.
    Boot(i64),
    AwakeAlone(i64),
    Wall(i64),
}

impl Clocks {
    pub fn apply(self, machine: &mut Machine, deadline: Option<u64>) {
        let now = &mut machine.0;
        match self {
            Self::Awake(ms) => machine.stays_awake(ms),
            Self::Asleep(ms) => machine.sleeps(ms),
            Self::ToDeadline => {
                let ms = deadline.map_or(0, |at| at.saturating_sub(now.boot_ms));
                machine.stays_awake(ms);
            }
            Self::Boot(ms) => now.boot_ms = now.boot_ms.saturating_add_signed(ms),
            Self::AwakeAlone(ms) => now.awake_ms = now.awake_ms.saturating_add_signed(ms),
            Self::Wall(ms) => machine.wall_clock_moves(ms),
        }
    }

    /// As clocks behave.
    pub fn forward() -> BoxedStrategy<Self> {
        prop_oneof![
            4 => span().prop_map(Self::Awake),
            2 => span().prop_map(Self::Asleep),
            4 => Just(Self::ToDeadline),
        ]
        .boxed()
    }

    /// As clocks should not behave, too.
    pub fn any() -> BoxedStrategy<Self> {
        prop_oneof![
            6 => Self::forward(),
            1 => jump().prop_map(Self::Boot),
            1 => jump().prop_map(Self::AwakeAlone),
            1 => jump().prop_map(Self::Wall),
        ]
        .boxed()
    }
}

fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..12_000_u64,
        3 => (0..60_u64).prop_map(|s| s * 1_000),
        3 => 0..300_000_u64,
        1 => 0..2 * DAY_MS,
        1 => 0..4_000 * DAY_MS,
    ]
}

fn jump() -> impl Strategy<Value = i64> {
    prop_oneof![
        -10_000..10_000_i64,
        -100_000_000..100_000_000_i64,
        -200_000_000_000..200_000_000_000_i64
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    let choice = prop_oneof![
        3 => Just(SleepChoice::Keep),
        3 => Just(SleepChoice::Trim),
        1 => Just(SleepChoice::Discard),
    ];
    prop_oneof![
        20 => Just(Input::Tick),
        2 => Just(Input::BeginNow),
        6 => Just(Input::Pause),
        8 => Just(Input::Resume),
        4 => Just(Input::End),
        4 => Just(Input::UndoEnd),
        3 => Just(Input::Finish),
        1 => Just(Input::Discard),
        3 => choice.prop_map(Input::Choose),
    ]
}

/// Up to thirty steps.
pub fn any_steps(clocks: BoxedStrategy<Clocks>) -> impl Strategy<Value = Vec<Step>> {
    let step = (clocks, any_input()).prop_map(|(clocks, input)| Step { clocks, input });
    prop::collection::vec(step, 1..30)
}

/// Any plan: from one second to a day or open-ended, with bells close together or far apart.
pub fn any_plan() -> impl Strategy<Value = Plan> {
    let planned_s = prop_oneof![
        6 => (1..=300_u32).prop_map(Some),
        2 => (1..=Seconds::DAY.0).prop_map(Some),
        1 => Just(Some(1)),
        1 => Just(Some(Seconds::DAY.0)),
        1 => Just(None),
    ];
    let bells = planned_s.prop_flat_map(|planned_s| {
        let limit_s = planned_s.unwrap_or(Seconds::DAY.0);
        let near = prop::collection::vec(1..=limit_s.min(60), 0..12);
        let far = prop::collection::vec(1..=limit_s, 0..6);
        (Just(planned_s), near, far)
    });
    let preparation_s = prop_oneof![Just(0), 0..=15_u32, 0..=MAX_PREPARATION.0];
    let strikes = || prop_oneof![Just(0), Just(1), 0..=MAX_STRIKES];
    (
        bells,
        preparation_s,
        strikes(),
        0..=1_u8,
        strikes(),
        any::<bool>(),
    )
        .prop_map(
            |((planned_s, near, far), preparation_s, start, interval, end, counts_overtime)| {
                let limit_s = planned_s.unwrap_or(Seconds::DAY.0);
                let mut at_s: Vec<_> = near
                    .into_iter()
                    .chain(far)
                    .filter(|s| *s < limit_s)
                    .collect();
                at_s.sort_unstable();
                at_s.dedup();
                plan(planned_s, &at_s, |p| {
                    p.preparation_s = Seconds(preparation_s);
                    p.start_bell.strikes = start;
                    p.interval_bell.strikes = interval;
                    p.end_bell.strikes = end;
                    p.at_end = if counts_overtime {
                        AtEnd::CountOvertime
                    } else {
                        AtEnd::Stop
                    };
                })
            },
        )
}
