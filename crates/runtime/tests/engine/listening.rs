//! What notes the engine's signals and strikes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mitta_domain::{Bell, BellKind, Plan};
use mitta_runtime::api::{ApiError, ErrorCode, Notice, NoticeTopic, Update};
use mitta_runtime::clock::{Clock as _, ManualClock};
use mitta_runtime::sound::{BellOutput, Recorded, RecorderOutput, SoundProblem};
use mitta_runtime::{Engine, Signal};

/// Far longer than anything here takes; only a defect waits for it.
const AT_MOST: Duration = Duration::from_mins(1);

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears signals; clones share what was heard.
#[derive(Clone, Default)]
pub struct Ears(Arc<(Mutex<Vec<Signal>>, Condvar)>);

impl Ears {
    pub fn hear(&self, signal: Signal) {
        locked(&self.0.0).push(signal);
        self.0.1.notify_all();
    }

    /// Waits until something that `is_it` accepts was heard, and returns everything until now.
    pub fn until(&self, is_it: impl Fn(&Signal) -> bool) -> Vec<Signal> {
        self.until_after(0, is_it)
    }

    /// The same, not counting the first `seen`.
    pub fn until_after(&self, seen: usize, is_it: impl Fn(&Signal) -> bool) -> Vec<Signal> {
        let signals = locked(&self.0.0);
        let (signals, timeout) = self
            .0
            .1
            .wait_timeout_while(signals, AT_MOST, |signals| {
                !signals[seen..].iter().any(&is_it)
            })
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "never heard; heard were {signals:#?}");
        signals.clone()
    }

    /// Signals arrive in order: behind a notice of our own, all are there.
    pub fn all(&self, engine: &Engine) -> Vec<Signal> {
        let marker = ApiError::new(ErrorCode::NoTray, locked(&self.0.0).len());
        engine.notice(NoticeTopic::Tray, Some(marker.clone()));
        let is_marker = |notice: &Notice| notice.error == marker;
        let all = self.until(
            |signal| matches!(signal, Signal::Update(Update::Notices(all)) if all.iter().any(is_marker)),
        );
        engine.notice(NoticeTopic::Tray, None);
        all
    }
}

/// Bells that note when, on the suspend-aware clock, they were struck.
pub struct Bells {
    clock: Arc<ManualClock>,
    recorder: RecorderOutput,
    struck: Mutex<Vec<(u64, BellKind)>>,
}

impl Bells {
    pub fn new(clock: &Arc<ManualClock>) -> Self {
        Self {
            clock: clock.clone(),
            recorder: RecorderOutput::default(),
            struck: Mutex::default(),
        }
    }

    /// Milliseconds after `start_ms`, and which bell.
    pub fn struck_since(&self, start_ms: u64) -> Vec<(u64, BellKind)> {
        let struck = locked(&self.struck).clone();
        struck
            .into_iter()
            .map(|(at, kind)| (at - start_ms, kind))
            .collect()
    }

    pub fn kinds(&self) -> Vec<BellKind> {
        self.recorder.strikes()
    }

    pub fn calls(&self) -> Vec<Recorded> {
        self.recorder.calls()
    }

    pub fn answer_check_with(&self, problems: Vec<SoundProblem>) {
        self.recorder.answer_check_with(problems);
    }
}

impl BellOutput for Bells {
    fn prepare(&self, plan: &Plan) {
        self.recorder.prepare(plan);
    }
    fn wake(&self) {
        self.recorder.wake();
    }
    fn strike(&self, kind: BellKind, bell: &Bell) {
        locked(&self.struck).push((self.clock.now().boot_ms, kind));
        self.recorder.strike(kind, bell);
    }
    fn preview(&self, bell: &Bell) {
        self.recorder.preview(bell);
    }
    fn stop_preview(&self) {
        self.recorder.stop_preview();
    }
    fn silence(&self) {
        self.recorder.silence();
    }
    fn release(&self) {
        self.recorder.release();
    }
    fn check(&self, bells: &[Bell]) -> Vec<SoundProblem> {
        self.recorder.check(bells)
    }
    fn wait_until_quiet(&self, at_most: Duration) {
        self.recorder.wait_until_quiet(at_most);
    }
}
