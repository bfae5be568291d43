//! The deadline thread and its alarm, in real time: never early, and not held up by the disk (I9).

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use mitta_domain::timer::Now;
use mitta_domain::{Bell, BellKind, Plan, PlanChoice, Seconds, Settings};
use mitta_runtime::alarm::Alarm;
use mitta_runtime::api::{
    Commands as _, ErrorCode, NoticeTopic, Recording, SitPhase, SitView, Update,
};
use mitta_runtime::clock::{Clock, SystemClock};
use mitta_runtime::sound::{BellOutput, SoundProblem};
use mitta_runtime::{Config, Drive, Engine, Signal};
use mitta_store::{DataDir, Reader};
use tempfile::TempDir;

use crate::harness::{every, of, plain};
use crate::listening::{Ears, locked};

/// Notes when each strike was asked for.
#[derive(Default)]
struct Struck {
    clock: SystemClock,
    at: Mutex<Vec<u64>>,
    /// The next [`BellOutput::wake`] panics.
    is_defective: AtomicBool,
    more: Condvar,
}

impl Struck {
    fn wait_for(&self, strikes: usize) -> Vec<u64> {
        let at = locked(&self.at);
        let (at, timeout) = self
            .more
            .wait_timeout_while(at, Duration::from_mins(1), |at| at.len() < strikes)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "only {at:?} were struck");
        at.clone()
    }
}

impl BellOutput for Struck {
    fn strike(&self, _: BellKind, _: &Bell) {
        locked(&self.at).push(self.clock.now().boot_ms);
        self.more.notify_all();
    }
    fn prepare(&self, _: &Plan) {}
    fn wake(&self) {
        assert!(!self.is_defective.swap(false, SeqCst), "a defect, as told");
    }
    fn preview(&self, _: &Bell) {}
    fn stop_preview(&self) {}
    fn silence(&self) {}
    fn release(&self) {}
    fn check(&self, _: &[Bell]) -> Vec<SoundProblem> {
        Vec::new()
    }
    fn wait_until_quiet(&self, _: Duration) {}
}

struct Real {
    engine: Engine,
    bells: Arc<Struck>,
    ears: Ears,
    folder: TempDir,
}

impl Real {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (bells, ears) = (Arc::<Struck>::default(), Ears::default());
        let heard = ears.clone();
        let engine = Engine::start(Config {
            dir: DataDir::new(folder.path()),
            clock: Arc::new(SystemClock::new()),
            sound: bells.clone(),
            on_signal: Box::new(move |signal| heard.hear(signal)),
            usual: Settings::default(),
            resume: true,
            drive: Drive::Thread,
        });
        Self {
            engine: engine.unwrap(),
            bells,
            ears,
            folder,
        }
    }
}

/// Does `command`, after which strikes are due `due_ms` later each: in order, and none early. How
/// late they are, on a machine that does nothing else, the bench measures.
fn check_on_time<T>(
    real: &Real,
    command: impl FnOnce() -> T,
    then: impl FnOnce(T),
    due_ms: &[u64],
) {
    let from_ms = now().boot_ms;
    let done = command();
    then(done);
    let struck = real.bells.wait_for(due_ms.len());
    assert!(struck.is_sorted(), "{struck:?}");
    for (at, due) in struck.iter().zip(due_ms) {
        assert!(
            *at >= from_ms + due,
            "early: {} ms instead of {due} ms",
            at - from_ms
        );
    }
}

#[test]
fn a_sit_of_one_second_rings_at_its_end_and_is_recorded() {
    let real = Real::new();
    let mut session_id = None;
    let begin = || real.engine.begin(plain(1)).unwrap();
    check_on_time(
        &real,
        begin,
        |view| session_id = Some(view.session_id),
        &[0, 1_000],
    );
    real.ears.until(|signal| {
        matches!(signal, Signal::Update(Update::Sit(Some(view)))
            if view.phase == SitPhase::Ended && view.recording == Recording::Recorded)
    });
    let reader = Reader::open(&DataDir::new(real.folder.path())).unwrap();
    let session = reader.session(session_id.unwrap()).unwrap().unwrap();
    assert_eq!(session.completion.unwrap().credited_s, Seconds(1));
}

#[test]
fn a_disk_that_hangs_delays_no_bell() {
    let real = Real::new();
    let other = rusqlite::Connection::open(real.engine.dir().database()).unwrap();
    let mut session_id = None;
    let begin = || real.engine.begin(every(1, plain(3))).unwrap();
    let hang = |view: SitView| {
        session_id = Some(view.session_id);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Records that the writer cannot bring to the disk, two seconds at a time.
        real.engine.pause(of(&view)).unwrap();
        real.engine.resume(of(&view)).unwrap();
    };
    check_on_time(&real, begin, hang, &[0, 1_000, 2_000, 3_000]);
    other.execute_batch("ROLLBACK").unwrap();
    drop(real.engine);
    let reader = Reader::open(&DataDir::new(real.folder.path())).unwrap();
    let session = reader.session(session_id.unwrap()).unwrap().unwrap();
    assert_eq!(session.completion.unwrap().credited_s, Seconds(3));
}

#[test]
fn a_command_wakes_the_deadline_thread_to_a_nearer_deadline() {
    let real = Real::new();
    let preparation_s = Seconds(300);
    let view = real
        .engine
        .begin(PlanChoice {
            preparation_s,
            ..plain(1)
        })
        .unwrap();
    let begin_now = || real.engine.begin_now(of(&view)).unwrap();
    check_on_time(&real, begin_now, drop, &[0, 1_000]);
}

#[test]
fn a_defect_at_one_deadline_is_said_and_the_end_rings_and_is_recorded() {
    let real = Real::new();
    real.bells.is_defective.store(true, SeqCst);
    let view = real.engine.begin(plain(1)).unwrap();
    real.bells.wait_for(2);
    real.ears.until(|signal| {
        matches!(signal, Signal::Update(Update::Notices(all)) if all.iter().any(|notice| {
            notice.topic == NoticeTopic::Recording && notice.error.code == ErrorCode::Internal
        }))
    });
    drop(real.engine);
    let reader = Reader::open(&DataDir::new(real.folder.path())).unwrap();
    let session = reader.session(view.session_id).unwrap().unwrap();
    assert_eq!(session.completion.unwrap().credited_s, Seconds(1));
}

#[test]
fn leaving_in_the_middle_of_a_sit_waits_for_nothing() {
    let real = Real::new();
    let view = real.engine.begin(plain(86_400)).unwrap();
    drop(real.engine);
    let reader = Reader::open(&DataDir::new(real.folder.path())).unwrap();
    let unfinished = reader.unfinished().unwrap();
    assert_eq!(unfinished[0].start.session_id, view.session_id);
}

fn now() -> Now {
    SystemClock::new().now()
}

#[test]
fn the_alarm_sleeps_to_its_deadline_and_never_less() {
    let alarm = Alarm::new().unwrap();
    for ms in [1, 20, 150] {
        let deadline = now().boot_ms + ms;
        alarm.wait(Some(deadline)).unwrap();
        let woken = now().boot_ms;
        assert!(woken >= deadline, "{} ms early", deadline - woken);
    }
}

#[test]
fn a_deadline_that_has_passed_does_not_let_the_alarm_sleep() {
    let alarm = Alarm::new().unwrap();
    for deadline in [0, 1, now().boot_ms.saturating_sub(60_000), now().boot_ms] {
        alarm.wait(Some(deadline)).unwrap();
    }
}

#[test]
fn an_interrupt_ends_the_present_wait_or_the_next_but_only_one() {
    let alarm = Arc::new(Alarm::new().unwrap());
    alarm.interrupt();
    alarm.interrupt();
    alarm.wait(None).unwrap();
    let deadline = now().boot_ms + 50;
    alarm.wait(Some(deadline)).unwrap();
    assert!(now().boot_ms >= deadline, "an interrupt was kept");

    let other = alarm.clone();
    let waiter = std::thread::spawn(move || other.wait(None));
    alarm.interrupt();
    waiter.join().unwrap().unwrap();
}

#[test]
fn the_clocks_of_this_machine_go_ahead() {
    let clock = SystemClock::new();
    let (first, second) = (clock.now(), clock.now());
    assert!(second.boot_ms >= first.boot_ms && second.awake_ms >= first.awake_ms);
    // The two clocks are read one after the other, and each is cut to whole milliseconds.
    assert!(
        first.boot_ms + 1 >= first.awake_ms,
        "the machine slept for less than nothing"
    );
    assert_eq!(clock.boot_id(), clock.boot_id());
}
