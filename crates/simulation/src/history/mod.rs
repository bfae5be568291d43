//! One history: devices of some persons, a server, a network, and what befalls them, all by a seed.
//!
//! Must hold: nothing but the seed and the options decides what happens. Each step draws from dice of
//! its own, so that a history with some of its steps left out is a history still, and a failure can be
//! shrunk to the steps that it takes.

mod act;
mod check;
mod client;
mod corrected;
mod deliver;
mod device;
mod expect;
mod faults;
mod files;
mod heal;
mod look;
mod past;
mod scene;
mod step;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::PathBuf;
use std::rc::Rc;

use mitta_domain::{DeviceId, PartnershipId, PersonId, SessionId};
use uuid::Uuid;

use crate::dice::Dice;
use crate::net::SharedNet;
use crate::server::{Host, Postgres};
use crate::trace::Trace;
use client::Task;
use device::Device;
use expect::Promised;
use faults::Faults;

pub use act::Deed;
pub use scene::Scene;

/// The server's clock when a history begins: 2026-11-21T08:00:00Z.
pub const BEGIN_MS: i64 = 1_795_248_000_000;

/// What a history is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// What everything is drawn from.
    pub seed: u64,
    /// How many steps it has at most; what it has by its seed where it is `None`.
    pub steps: Option<usize>,
    /// Steps that are left out.
    pub skip: BTreeSet<usize>,
    /// Where the data folders are made, best in memory.
    pub under: PathBuf,
}

impl Options {
    /// The history of a seed, whole, in memory where the system has a file system there.
    pub fn new(seed: u64) -> Self {
        let shm = PathBuf::from("/dev/shm");
        Self {
            seed,
            steps: None,
            skip: BTreeSet::new(),
            under: if shm.is_dir() {
                shm
            } else {
                std::env::temp_dir()
            },
        }
    }
}

/// Something that must not happen has happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {what}")]
pub struct Broken {
    /// What was being done, or the promise that was broken.
    pub doing: String,
    /// What was found.
    pub what: String,
}

impl Broken {
    /// With what was being done, and what was found.
    pub fn new(doing: impl Display, what: impl Display) -> Self {
        Self {
            doing: doing.to_string(),
            what: what.to_string(),
        }
    }
}

/// A history as it ended.
#[derive(Debug)]
pub struct Ended {
    /// What happened.
    pub trace: Trace,
    /// How many steps were taken.
    pub steps: usize,
    /// How much it saw, so that nobody takes an empty history for a proof.
    pub counts: Counts,
    /// What is wrong.
    pub broken: Option<Broken>,
}

/// How much of what a history saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "counts of what their names say")]
pub struct Counts {
    pub sessions: usize,
    pub edits: usize,
    pub rounds: usize,
    pub lost: usize,
    pub doubled: usize,
    pub cut: usize,
    pub crashes: usize,
    pub restores: usize,
    pub shared_rows: usize,
    pub corrected: usize,
    pub settled: usize,
    pub imported: usize,
    pub heal_passes: usize,
}

/// Everything that a history is about.
pub(crate) struct World {
    options: Options,
    faults: Faults,
    now_ms: i64,
    clock: Rc<Cell<i64>>,
    net: SharedNet,
    host: Host,
    persons: Vec<PersonId>,
    partnerships: Vec<PartnershipId>,
    devices: Vec<Device>,
    /// Tokens that the server takes: their number is their place.
    tokens: Vec<Token>,
    tasks: Vec<Task>,
    next_task: u64,
    promised: Promised,
    /// Histories that were exported.
    files: Vec<files::File>,
    /// How many ever were.
    exported: usize,
    trace: Trace,
    counts: Counts,
}

/// A token of a device.
#[derive(Debug, Clone, Copy)]
struct Token {
    person: usize,
    device_id: DeviceId,
    is_good: bool,
}

/// Runs the history of `options`, behind `postgres` as well where one is given.
pub fn run(options: &Options, postgres: Option<&Postgres>) -> Ended {
    let mut dice = Dice::new(options.seed);
    let mut world = match World::new(options, &mut dice, postgres) {
        Ok(world) => world,
        Err(broken) => {
            return Ended {
                trace: Trace::default(),
                steps: 0,
                counts: Counts::default(),
                broken: Some(broken),
            };
        }
    };
    let by_seed = 40 + dice.below(260);
    let steps = options.steps.unwrap_or(by_seed).min(by_seed);
    let broken = world.live(steps).err();
    world.end(steps, broken)
}

impl World {
    fn new(
        options: &Options,
        dice: &mut Dice,
        postgres: Option<&Postgres>,
    ) -> Result<Self, Broken> {
        let persons: Vec<_> = (0..=dice.below(3))
            .map(|_| PersonId::from_uuid(dice.uuid(BEGIN_MS)))
            .collect();
        let server_id = dice.uuid(BEGIN_MS);
        let host = Host::new(server_id, &persons, postgres, BEGIN_MS)?;
        let mut devices = Vec::new();
        for number in 0..(2 + dice.below(4)).max(persons.len()) {
            let person = if number < persons.len() {
                number
            } else {
                dice.below(persons.len())
            };
            let device_id = DeviceId::from_uuid(dice.uuid(BEGIN_MS));
            let skew_ms = faults::skew(dice);
            devices.push(Device::new(&options.under, person, device_id, skew_ms)?);
        }
        Ok(Self {
            options: options.clone(),
            faults: Faults::draw(dice),
            now_ms: BEGIN_MS,
            clock: Rc::new(Cell::new(BEGIN_MS)),
            net: SharedNet::default(),
            host,
            persons,
            partnerships: Vec::new(),
            devices,
            tokens: Vec::new(),
            tasks: Vec::new(),
            next_task: 0,
            promised: Promised::default(),
            files: Vec::new(),
            exported: 0,
            trace: Trace::default(),
            counts: Counts::default(),
        })
    }

    fn live(&mut self, steps: usize) -> Result<(), Broken> {
        self.host.back_up()?;
        for number in 0..steps {
            if self.options.skip.contains(&number) {
                continue;
            }
            let mut dice = Dice::new(
                self.options.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            );
            self.step(number, &mut dice)?;
        }
        let looks = self.heal()?;
        self.check(&looks)
    }

    fn end(mut self, steps: usize, broken: Option<Broken>) -> Ended {
        self.tasks.clear();
        if let Some(broken) = &broken {
            self.trace.say(format_args!("BROKEN: {broken}"));
        }
        self.counts.sessions = self.promised.begun.len();
        Ended {
            trace: self.trace,
            steps,
            counts: self.counts,
            broken,
        }
    }

    /// Lets time pass.
    fn pass(&mut self, ms: i64) {
        self.now_ms += ms;
        self.clock.set(self.now_ms);
    }

    /// A session's name in the trace.
    fn name(&self, session_id: SessionId) -> String {
        let place = self.promised.begun.keys().position(|it| *it == session_id);
        let device = self
            .promised
            .begun
            .get(&session_id)
            .map(|(device, _)| *device);
        let tail: String = short(session_id.as_uuid());
        format!("sit {tail} (no. {place:?} by id, of device {device:?})")
    }
}

/// The end of an id, enough to tell it from others in a trace.
fn short(id: Uuid) -> String {
    let text = id.to_string();
    text[text.len() - 6..].to_owned()
}
