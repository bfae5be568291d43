//! A bench for scripts: what is done to the timer at which moment, and what has to come out.
//!
//! A case is a script of moments in milliseconds after Begin; what Begin itself does is the first
//! line of what is expected. [`check`] holds every case to the same rules beside.

use mitta_domain::plan::{AtEnd, Plan};
use mitta_domain::timer::Input::{self, Choose, Tick};
use mitta_domain::timer::{Effect, SitTimer, SleepChoice, TimerView};
use mitta_domain::units::Seconds;

use crate::machine::{Machine, SESSION, plan, short};

/// What happens at one moment of a script.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Awake since the moment before; then this input.
    Do(Input),
    /// Asleep since the moment before; then this input.
    Sleep(Input),
    /// Awake since the moment before; then the wall clock is set.
    SetWall(i64),
    /// Awake since the moment before; then the process dies and another goes on at once.
    Crash,
}
use Act::{Crash, Do, SetWall, Sleep};

/// Moments in milliseconds after Begin, and what has to come out of each.
pub type Script<'a> = &'a [(u64, Act, &'a str)];

pub struct Bench {
    pub timer: SitTimer,
    pub machine: Machine,
}

impl Bench {
    pub fn begin(plan: Plan) -> (Self, String) {
        let machine = Machine(Machine::BEGIN);
        let (timer, effects) = SitTimer::begin(SESSION, plan, machine.0);
        let did = short(&effects, machine.0);
        (Self { timer, machine }, did)
    }

    /// Milliseconds after Begin.
    pub fn at_ms(&self) -> u64 {
        self.machine.0.boot_ms - Machine::BEGIN.boot_ms
    }

    pub fn view(&self) -> TimerView {
        self.timer.view(self.machine.0)
    }

    pub fn act(&mut self, at_ms: u64, act: Act) -> String {
        let ms = at_ms.checked_sub(self.at_ms()).unwrap();
        if matches!(act, Sleep(_)) {
            self.machine.sleeps(ms);
        } else {
            self.machine.stays_awake(ms);
        }
        match act {
            Do(input) | Sleep(input) => self.give(input),
            SetWall(by_ms) => {
                self.machine.wall_clock_moves(by_ms);
                String::new()
            }
            Crash => {
                let now = self.machine.0;
                let (plan, progress) = (self.timer.plan().clone(), self.timer.progress(now));
                let (timer, effects) = SitTimer::resume(SESSION, plan, progress, now);
                self.timer = timer;
                short(&effects, now)
            }
        }
    }

    fn give(&mut self, input: Input) -> String {
        let now = self.machine.0;
        let before = self.view().phase;
        let mut ticked = self.timer.clone();
        let (effects, wrong) = match self.timer.handle(input, now) {
            Ok(effects) => (effects, None),
            Err((wrong, effects)) => (effects, Some(wrong)),
        };
        if before != self.view().phase {
            assert!(
                effects.contains(&Effect::Changed),
                "a window must hear of a new phase"
            );
        }
        let did = short(&effects, now);
        let Some(wrong) = wrong else { return did };
        assert_eq!((wrong.input, wrong.phase), (input, self.view().phase));
        assert!(wrong.to_string().contains("nothing was changed"));
        assert_eq!(
            ticked.handle(Tick, now),
            Ok(effects),
            "a refused input does what time does"
        );
        assert_eq!(ticked, self.timer, "a refused input changes nothing");
        [did, "refused".to_owned()]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

pub fn check(case: &str, plan: Plan, begin: &str, script: Script<'_>) -> Bench {
    let (mut bench, did) = Bench::begin(plan);
    assert_eq!(did, begin, "{case}: begin");
    for (at_ms, act, expected) in script {
        let did = bench.act(*at_ms, *act);
        assert_eq!(did, *expected, "{case}: {act:?} at {at_ms} ms");
    }
    bench
}

/// Every strike up to `until_ms`, driven by the timer's own deadlines alone, as `kind index@ms`.
pub fn strikes(plan: Plan, until_ms: u64) -> String {
    let (mut bench, begin) = Bench::begin(plan);
    let mut all = Vec::new();
    let mut note = |did: &str, at_ms: u64| {
        let bells = did.split(", ").filter(|word| {
            ["start ", "interval ", "end "]
                .iter()
                .any(|bell| word.starts_with(bell))
        });
        all.extend(bells.map(|bell| format!("{bell}@{at_ms}")));
    };
    note(&begin, 0);
    while let Some(deadline) = bench.timer.deadline() {
        assert!(deadline > bench.machine.0.boot_ms, "a busy loop");
        let at_ms = deadline - Machine::BEGIN.boot_ms;
        if at_ms > until_ms {
            break;
        }
        note(&bench.act(at_ms, Do(Tick)), at_ms);
    }
    all.join(", ")
}

/// A minute without preparation or bells.
pub fn minute() -> Plan {
    plan(Some(60), &[], |_| {})
}

pub fn with_overtime() -> Plan {
    plan(Some(60), &[], |p| p.at_end = AtEnd::CountOvertime)
}

pub fn with_preparation() -> Plan {
    plan(Some(60), &[], |p| p.preparation_s = Seconds(10))
}

pub fn ring_once_at_start_and_end() -> Plan {
    plan(Some(60), &[], |p| {
        p.start_bell.strikes = 1;
        p.end_bell.strikes = 1;
    })
}

pub const THROWN: Input = Choose(SleepChoice::Discard);
