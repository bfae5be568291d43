//! How late a bell is, beside `clock_nanosleep` to an absolute time; idle and with both cores busy.
//!
//! Measured at the moment the engine calls the sound output, on `CLOCK_BOOTTIME`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mitta_domain::{
    Bell, BellKind, IntervalBells, Plan, PlanChoice, PlannedLength, Seconds, Settings,
};
use mitta_runtime::api::{Commands as _, OfSession, SitPhase, Update};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::{BellOutput, SoundProblem};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::DataDir;
use rustix::thread::ClockId as SleepClock;
use rustix::time::{ClockId, Timespec, clock_gettime};

use super::figures::{Series, compare, scratch};

const SITS: u32 = 4;
const LENGTH_S: u32 = 25;

pub fn run() {
    for (state, busy) in [("idle", false), ("both cores busy", true)] {
        let load = busy.then(Load::start);
        let (mut ours, mut theirs) = (Series::default(), Series::default());
        for _ in 0..SITS {
            for late_ms in bells() {
                ours.push(late_ms);
            }
            for late_ms in reference() {
                theirs.push(late_ms);
            }
        }
        drop(load);
        let what = format!("Lateness of a bell, {state}");
        compare(
            &what,
            "ms",
            &ours,
            ("clock_nanosleep, absolute, CLOCK_BOOTTIME", &theirs),
            "see p99",
        );
        println!(
            "  p99        ours {:.3} ms, reference {:.3} ms; earliest {:.3} ms; latest {:.3} ms \
             (aim: p99 ≤ 5 idle, max ≤ 50 busy, never early)",
            ours.quantile(0.99),
            theirs.quantile(0.99),
            ours.quantile(0.0),
            ours.quantile(1.0),
        );
    }
}

fn boot_ns() -> i64 {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 ns")]
fn ms(ns: i64) -> f64 {
    ns as f64 / 1e6
}

/// Notes when it is called.
#[derive(Default)]
struct Stopwatch(Mutex<Vec<i64>>);

impl BellOutput for Stopwatch {
    fn prepare(&self, _plan: &Plan) {}
    fn wake(&self) {}
    fn strike(&self, _kind: BellKind, _bell: &Bell) {
        let now = boot_ns();
        self.0.lock().unwrap().push(now);
    }
    fn preview(&self, _bell: &Bell) {}
    fn stop_preview(&self) {}
    fn silence(&self) {}
    fn release(&self) {}
    fn check(&self, _bells: &[Bell]) -> Vec<SoundProblem> {
        Vec::new()
    }
    fn wait_until_quiet(&self, _at_most: Duration) {}
}

/// Milliseconds by which each bell of one sit, one a second, was late.
fn bells() -> Vec<f64> {
    let folder = scratch();
    let stopwatch = Arc::new(Stopwatch::default());
    let (ended, wait) = std::sync::mpsc::channel();
    let engine = Engine::start(Config {
        dir: DataDir::new(folder.path()),
        clock: Arc::new(SystemClock::new()),
        sound: Arc::clone(&stopwatch) as Arc<dyn BellOutput>,
        on_signal: Box::new(move |signal| {
            if matches!(&signal, Signal::Update(Update::Sit(Some(v))) if v.phase == SitPhase::Ended)
            {
                let _measured_already = ended.send(());
            }
        }),
        usual: Settings::default(),
        resume: false,
        drive: Drive::Thread,
    })
    .unwrap();
    let plain = PlanChoice::default();
    let view = engine
        .begin(PlanChoice {
            planned_s: PlannedLength::from_seconds(LENGTH_S).ok(),
            preparation_s: Seconds(2),
            start_bell: Bell {
                strikes: 1,
                ..plain.start_bell.clone()
            },
            intervals: IntervalBells::Every {
                every_s: Seconds(1),
            },
            ..plain
        })
        .unwrap();
    // The first heartbeat holds the moment of Begin, from which every bell is due.
    let database = rusqlite::Connection::open(engine.dir().database()).unwrap();
    let sql = "SELECT boot_ms FROM heartbeat";
    let begun_ms: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    wait.recv().unwrap();
    engine
        .dismiss(OfSession {
            session_id: view.session_id,
        })
        .unwrap();
    let first_due_ns = (begun_ms + 2_000) * 1_000_000;
    let dues = (0..=i64::from(LENGTH_S)).map(|second| first_due_ns + second * 1_000_000_000);
    let struck = stopwatch.0.lock().unwrap().clone();
    assert_eq!(struck.len(), dues.clone().count(), "every bell rang, once");
    struck
        .iter()
        .zip(dues)
        .map(|(at, due)| ms(at - due))
        .collect()
}

/// The same number of sleeps to absolute times, one a second.
fn reference() -> Vec<f64> {
    let first = boot_ns() + 1_000_000_000;
    (0..=i64::from(LENGTH_S))
        .map(|second| {
            let due = first + second * 1_000_000_000;
            let at = Timespec {
                tv_sec: due / 1_000_000_000,
                tv_nsec: due % 1_000_000_000,
            };
            rustix::thread::clock_nanosleep_absolute(SleepClock::Boottime, &at).unwrap();
            ms(boot_ns() - due)
        })
        .collect()
}

/// Two threads that do nothing but compute.
struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<u64>>,
}

impl Load {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..2)
            .map(|_| {
                let stop = Arc::clone(&stop);
                std::thread::spawn(move || {
                    let mut x = 1u64;
                    while !stop.load(Ordering::Relaxed) {
                        x = std::hint::black_box(
                            x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1),
                        );
                    }
                    x
                })
            })
            .collect();
        Self { stop, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}
