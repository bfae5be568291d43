//! Bells that are heard: the synthesised ones, the person's own files, and the device.
//!
//! Must hold (I9): nothing in here stops, delays or silences a sit. Every call of [`BellOutput`]
//! but [`BellOutput::check`] and [`BellOutput::wait_until_quiet`] returns at once; opening,
//! decoding and reopening happen on a thread of their own, and what fails is told through a
//! [`SoundEvent`], never by a panic or an error the timer would have to handle.

use std::time::Duration;

use mitta_domain::{Bell, BellKind, Plan, Sound};

use crate::api::{ApiError, ErrorCode};

mod buffer;
mod desk;
mod device;
pub mod files;
mod output;
mod recorder;
pub mod synth;
pub mod volume;

pub use output::RodioOutput;
pub use recorder::{Recorded, RecorderOutput};

/// How long before a bell is due the driver calls [`BellOutput::wake`], in milliseconds.
pub const WAKE_AHEAD_MS: u64 = 3_000;

/// Where strikes go: the sound device ([`RodioOutput`]), nowhere ([`SilentOutput`], for
/// `--no-sound`), or a list that a test reads ([`RecorderOutput`]).
pub trait BellOutput: Send + Sync {
    /// Gets ready for a sit: reads or renders the plan's bells and opens the device, so that the
    /// first strike is not late. Returns at once; call it at Begin or before.
    fn prepare(&self, plan: &Plan);

    /// A bell is due within [`WAKE_AHEAD_MS`]: have the device running.
    ///
    /// Between bells the device is closed, so that a silent sit costs no wake-ups. A strike
    /// without a `wake` before it rings too, later by what opening takes (about 50 ms).
    fn wake(&self);

    /// Sounds `bell` once, at once, whatever its `strikes` say. Volume 0 is silent.
    fn strike(&self, kind: BellKind, bell: &Bell);

    /// Sounds `bell` once for trying it out; ends an earlier preview.
    fn preview(&self, bell: &Bell);

    /// Ends a preview within 50 ms; bells of a sit ring on.
    fn stop_preview(&self);

    /// Ends everything that rings within 50 ms: a discarded sit has nothing to ring out.
    fn silence(&self);

    /// The sit is over: what rings rings out, then the device is closed.
    fn release(&self);

    /// What would keep `bells` from being heard: no device, broken files. Empty is well.
    ///
    /// For before a sit; may block up to [`CHECK_AT_MOST`]. Bells without strikes, or with
    /// volume 0, are not asked about.
    fn check(&self, bells: &[Bell]) -> Vec<SoundProblem>;

    /// Blocks until nothing rings any more, at most `at_most`; for a process about to exit.
    fn wait_until_quiet(&self, at_most: Duration);
}

/// The longest that [`BellOutput::check`] waits for the sound device to answer.
pub const CHECK_AT_MOST: Duration = Duration::from_secs(2);

/// Something that keeps bells from being heard as chosen. It never stops a sit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SoundProblem {
    /// No device, or it went away.
    #[error("no sound device: bells cannot be heard ({detail})")]
    NoDevice {
        /// What the system said.
        detail: String,
    },
    /// A file of the person's own is gone; the bowl rings instead.
    #[error("the sound \"{name}\" is missing; the bowl rings instead")]
    FileMissing {
        /// The name it had when it was chosen.
        name: String,
    },
    /// A file of the person's own cannot be read any more; the bowl rings instead.
    #[error("the sound \"{name}\" cannot be read ({detail}); the bowl rings instead")]
    FileUnreadable {
        /// The name it had when it was chosen.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl SoundProblem {
    /// The stable code.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NoDevice { .. } => ErrorCode::NoSoundDevice,
            Self::FileMissing { .. } => ErrorCode::SoundMissing,
            Self::FileUnreadable { .. } => ErrorCode::SoundUnreadable,
        }
    }
}

impl From<SoundProblem> for ApiError {
    fn from(problem: SoundProblem) -> Self {
        Self::new(problem.code(), problem)
    }
}

/// What the sound thread tells, from that thread: the callback must not block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundEvent {
    /// All that is wrong at present, most important first; empty when all is well again.
    Problems(Vec<SoundProblem>),
    /// A strike that was due could not be heard.
    Missed(BellKind),
}

/// Whether this bell makes any sound at all.
pub(crate) fn is_audible(bell: &Bell) -> bool {
    bell.strikes > 0 && bell.volume.percent() > 0
}

/// The sounds that `plan` may ring: start, interval and end bell, where they ring at all.
pub(crate) fn sounds_of(plan: &Plan) -> Vec<Sound> {
    let choice = &plan.choice;
    let interval = (!plan.interval_at_s.is_empty()).then_some(&choice.interval_bell);
    let mut sounds: Vec<Sound> = Vec::new();
    for bell in [Some(&choice.start_bell), interval, Some(&choice.end_bell)]
        .into_iter()
        .flatten()
    {
        if is_audible(bell) && !sounds.contains(&bell.sound) {
            sounds.push(bell.sound.clone());
        }
    }
    sounds
}

/// No sound at all, by the person's wish (`--no-sound`): nothing to check, nothing to miss.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilentOutput;

impl BellOutput for SilentOutput {
    fn prepare(&self, _plan: &Plan) {}
    fn wake(&self) {}
    fn strike(&self, _kind: BellKind, _bell: &Bell) {}
    fn preview(&self, _bell: &Bell) {}
    fn stop_preview(&self) {}
    fn silence(&self) {}
    fn release(&self) {}
    fn check(&self, _bells: &[Bell]) -> Vec<SoundProblem> {
        Vec::new()
    }
    fn wait_until_quiet(&self, _at_most: Duration) {}
}
