//! A [`BellOutput`] for tests: notes what it was asked to do, in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mitta_domain::{Bell, BellKind, Plan};

use super::{BellOutput, SoundProblem};

/// One call that a [`RecorderOutput`] noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// [`BellOutput::prepare`].
    Prepare,
    /// [`BellOutput::wake`].
    Wake,
    /// [`BellOutput::strike`].
    Strike(BellKind, Bell),
    /// [`BellOutput::preview`].
    Preview(Bell),
    /// [`BellOutput::stop_preview`].
    StopPreview,
    /// [`BellOutput::silence`].
    Silence,
    /// [`BellOutput::release`].
    Release,
}

/// Notes every call; clones share one list, so that a test keeps one and gives one away.
#[derive(Debug, Clone, Default)]
pub struct RecorderOutput {
    calls: Arc<Mutex<Vec<Recorded>>>,
    problems: Arc<Mutex<Vec<SoundProblem>>>,
}

impl RecorderOutput {
    /// Everything noted so far.
    pub fn calls(&self) -> Vec<Recorded> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The kinds of the strikes noted so far.
    pub fn strikes(&self) -> Vec<BellKind> {
        let strike = |call| {
            if let Recorded::Strike(kind, _) = call {
                Some(kind)
            } else {
                None
            }
        };
        self.calls().into_iter().filter_map(strike).collect()
    }

    /// What [`BellOutput::check`] answers from now on.
    pub fn answer_check_with(&self, problems: Vec<SoundProblem>) {
        *self.problems.lock().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    fn note(&self, call: Recorded) {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
    }
}

impl BellOutput for RecorderOutput {
    fn prepare(&self, _plan: &Plan) {
        self.note(Recorded::Prepare);
    }
    fn wake(&self) {
        self.note(Recorded::Wake);
    }
    fn strike(&self, kind: BellKind, bell: &Bell) {
        self.note(Recorded::Strike(kind, bell.clone()));
    }
    fn preview(&self, bell: &Bell) {
        self.note(Recorded::Preview(bell.clone()));
    }
    fn stop_preview(&self) {
        self.note(Recorded::StopPreview);
    }
    fn silence(&self) {
        self.note(Recorded::Silence);
    }
    fn release(&self) {
        self.note(Recorded::Release);
    }
    fn check(&self, _bells: &[Bell]) -> Vec<SoundProblem> {
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
    fn wait_until_quiet(&self, _at_most: Duration) {}
}
