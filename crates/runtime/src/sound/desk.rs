//! What the sound thread does with each command: a state machine over a device that may come and
//! go. It knows no clock; its thread tells it when its patience is over.
//!
//! Must hold (I9): a strike that is due sounds, if need be on a device reopened for it, or is
//! reported missed; strikes that piled up while a device was stuck never come as a burst; a broken
//! file rings as a bowl; a panic in a decoder or driver costs the device, never this thread.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;

use mitta_domain::{Bell, BellKind, Sound};
use rodio::{ChannelCount, SampleRate};

use super::buffer::{Buffer, Voice, VoiceState};
use super::device::Speaker;
use super::output::{Command, NO_ANSWER, Ring};
use super::synth::{BuiltIn, render};
use super::{SoundEvent, SoundProblem, files, volume};

/// How long after the last sound the device is closed: longer than strikes are apart.
const PARK_AFTER: Duration = Duration::from_secs(8);

/// A device that has taken nothing of a strike for so long has stalled without saying so.
const STALLED_AFTER: Duration = Duration::from_millis(400);

/// Waits before one attempt to reopen a lost device and the next; the last one goes on.
const BACKOFF_MS: [u64; 8] = [5, 150, 300, 500, 1_000, 2_000, 5_000, 10_000];

/// After so many attempts, about two seconds, a strike that is due is given up: a bell much later
/// would mislead.
const ATTEMPTS_FOR_A_STRIKE: usize = 5;

/// A strike of which no more than this was heard when its device went away is struck again.
const UNHEARD_MS: u64 = 400;

/// A voice on the device.
struct Sounding {
    state: Arc<VoiceState>,
    what: What,
    /// The voice itself holds it.
    ring: Weak<Ring>,
}

#[derive(Clone)]
enum What {
    Strike(BellKind, Bell),
    Preview,
}

/// A strike that waits for a device.
struct Due {
    kind: BellKind,
    bell: Bell,
    ring: Arc<Ring>,
}

/// The state of the sound thread. `open` opens a device and tells of its loss through the given
/// sender's [`Command::Lost`].
pub struct Desk<Open, Tell> {
    open: Open,
    tell: Tell,
    commands: Sender<Command>,
    sounds_dir: PathBuf,
    speaker: Option<Speaker>,
    /// Counts devices opened, to tell the loss of the present one from that of an earlier one.
    opened: u64,
    attempts: usize,
    in_sit: bool,
    due: Option<Due>,
    soundings: Vec<Sounding>,
    buffers: HashMap<Sound, Buffer>,
    device_problem: Option<SoundProblem>,
    file_problems: HashMap<Sound, SoundProblem>,
    told: Vec<SoundProblem>,
}

impl<Open, Tell> Desk<Open, Tell>
where
    Open: FnMut(Sender<Command>, u64) -> Result<Speaker, String>,
    Tell: Fn(SoundEvent),
{
    /// A desk without a device; nothing is opened before something is asked for.
    pub fn new(open: Open, tell: Tell, commands: Sender<Command>, sounds_dir: PathBuf) -> Self {
        Self {
            open,
            tell,
            commands,
            sounds_dir,
            speaker: None,
            opened: 0,
            attempts: 0,
            in_sit: false,
            due: None,
            soundings: Vec::new(),
            buffers: HashMap::new(),
            device_problem: None,
            file_problems: HashMap::new(),
            told: Vec::new(),
        }
    }

    /// How long to wait for a command before [`Desk::patience_over`]; `None` is for ever.
    pub fn patience(&self) -> Option<Duration> {
        if self.soundings.iter().any(has_not_begun) {
            Some(STALLED_AFTER)
        } else if self.speaker.is_some() {
            Some(PARK_AFTER)
        } else if self.due.is_some() || (self.device_problem.is_some() && self.is_persistent()) {
            let step = self.attempts.min(BACKOFF_MS.len() - 1);
            Some(Duration::from_millis(BACKOFF_MS[step]))
        } else {
            None
        }
    }

    /// Whether a device that is away is worth another try: in a sit ever, else a few times.
    fn is_persistent(&self) -> bool {
        self.in_sit || self.attempts < ATTEMPTS_FOR_A_STRIKE
    }

    /// Carries out what arrived, in order. Of several strikes that waited, only the last sounds.
    pub fn handle(&mut self, commands: Vec<Command>) {
        let is_strike = |command: &Command| matches!(command, Command::Strike { .. });
        let mut piled_up = commands.iter().filter(|command| is_strike(command)).count();
        for command in commands {
            if let Command::Strike { kind, .. } = command {
                piled_up -= 1;
                if piled_up > 0 {
                    (self.tell)(SoundEvent::Missed(kind));
                    continue;
                }
            }
            self.guarded(|desk| desk.carry_out(command));
        }
        self.tell_problems();
    }

    /// Nothing arrived for [`Desk::patience`]: closes an idle device, or tries a lost one again.
    pub fn patience_over(&mut self) {
        self.guarded(|desk| {
            if desk.soundings.iter().any(has_not_begun) {
                desk.lost("it takes no sound");
            } else if desk.speaker.is_some() {
                desk.close_if_quiet();
            } else {
                desk.reopen();
            }
        });
        self.tell_problems();
    }

    /// Others told of a problem meanwhile: tell the present state even if it is the same.
    pub fn tell_again(&mut self) {
        self.told = vec![no_device(NO_ANSWER)];
    }

    fn guarded(&mut self, act: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| act(self))).is_err() {
            self.speaker = None;
            self.soundings.clear();
            self.device_problem = Some(no_device("the sound system failed"));
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Prepare(sounds) => self.prepare(&sounds),
            Command::Wake => drop(self.ensure_open()),
            Command::Strike { kind, bell, ring } => self.strike(Due { kind, bell, ring }),
            Command::Preview { bell, ring } => {
                self.stop(|what| matches!(what, What::Preview));
                // What was broken may be mended: that is what a preview is for.
                self.file_problems.remove(&bell.sound);
                if self.ensure_open().is_some() {
                    self.play(&bell, What::Preview, ring);
                }
            }
            Command::StopPreview => self.stop(|what| matches!(what, What::Preview)),
            Command::Silence => {
                self.due = None;
                self.stop(|_| true);
            }
            Command::Release => {
                self.in_sit = false;
                if self.speaker.is_none() {
                    self.buffers.clear();
                }
            }
            Command::Check(answer) => {
                self.ensure_open();
                // Who asked may have stopped waiting; then nobody needs the answer.
                let _ = answer.send(self.device_problem.clone());
            }
            Command::Lost { opened, detail } => {
                if opened == self.opened && self.speaker.is_some() {
                    tracing::warn!(detail, "sound device lost");
                    self.lost(&detail);
                }
            }
            Command::Quit => {}
        }
    }

    fn prepare(&mut self, sounds: &[Sound]) {
        self.in_sit = true;
        let broken = std::mem::take(&mut self.file_problems);
        self.buffers
            .retain(|sound, _| sounds.contains(sound) && !broken.contains_key(sound));
        let rate = self.ensure_open();
        for sound in sounds {
            self.buffer(sound, rate);
        }
    }

    fn strike(&mut self, due: Due) {
        if let Some(earlier) = self.due.take() {
            (self.tell)(SoundEvent::Missed(earlier.kind));
        }
        self.attempts = 0;
        self.strike_or_wait(due);
    }

    fn strike_or_wait(&mut self, due: Due) {
        if self.ensure_open().is_some() {
            let Due { kind, bell, ring } = due;
            self.play(&bell, What::Strike(kind, bell.clone()), ring);
        } else if self.attempts >= ATTEMPTS_FOR_A_STRIKE {
            (self.tell)(SoundEvent::Missed(due.kind));
        } else {
            self.due = Some(due);
        }
    }

    /// The device is gone: what it had hardly begun is struck again on the next one.
    fn lost(&mut self, detail: &str) {
        let unheard = |s: &Sounding| !s.state.is_stopped() && s.state.played_ms() <= UNHEARD_MS;
        let soundings = std::mem::take(&mut self.soundings);
        let needed = self.in_sit || soundings.iter().any(is_live);
        for sounding in soundings.into_iter().filter(unheard) {
            if let (What::Strike(kind, bell), Some(ring)) = (sounding.what, sounding.ring.upgrade())
            {
                self.due = Some(Due { kind, bell, ring });
            }
        }
        if needed {
            self.device_problem = Some(no_device(detail));
            self.tell_problems();
        }
        // Closing a device that is stuck may take its time: whoever listens has been told by then,
        // and a strike that comes meanwhile takes the place of one that was hardly begun.
        self.speaker = None;
        self.attempts = 0;
    }

    fn reopen(&mut self) {
        match self.due.take() {
            Some(due) => self.strike_or_wait(due),
            None => drop(self.ensure_open()),
        }
    }

    /// The rate of the open device; opens it first where needed.
    fn ensure_open(&mut self) -> Option<SampleRate> {
        if self.speaker.is_none() {
            self.opened += 1;
            match (self.open)(self.commands.clone(), self.opened) {
                Ok(speaker) => {
                    self.speaker = Some(speaker);
                    self.device_problem = None;
                    self.attempts = 0;
                }
                Err(detail) => {
                    self.device_problem = Some(no_device(&detail));
                    self.attempts += 1;
                }
            }
        }
        self.speaker.as_ref().map(|speaker| speaker.rate)
    }

    fn play(&mut self, bell: &Bell, what: What, ring: Arc<Ring>) {
        let rate = self.speaker.as_ref().map(|speaker| speaker.rate);
        let buffer = self.buffer(&bell.sound, rate);
        let gain = volume::gain(bell.volume) * buffer.headroom(bell.strikes);
        let state = Arc::new(VoiceState::default());
        let sounding = Sounding {
            state: Arc::clone(&state),
            what,
            ring: Arc::downgrade(&ring),
        };
        if let Some(speaker) = &self.speaker {
            speaker.mixer.add(Voice::new(buffer, gain, state, ring));
        }
        self.soundings.retain(is_live);
        self.soundings.push(sounding);
    }

    /// The samples of `sound` for a device of `rate`; of a broken file, those of the bowl.
    fn buffer(&mut self, sound: &Sound, rate: Option<SampleRate>) -> Buffer {
        let rate = rate.unwrap_or(super::buffer::USUAL_RATE);
        let built_in = match sound {
            Sound::Bowl => BuiltIn::Bowl,
            Sound::LowBowl => BuiltIn::LowBowl,
            Sound::Inkin => BuiltIn::Inkin,
            Sound::WoodBlock => BuiltIn::WoodBlock,
            Sound::File { file, name } => {
                if let Some(buffer) = self.buffers.get(sound) {
                    return buffer.clone();
                }
                if self.file_problems.contains_key(sound) {
                    return self.buffer(&Sound::Bowl, Some(rate));
                }
                match files::load(file, &self.sounds_dir) {
                    Ok(buffer) => {
                        self.buffers.insert(sound.clone(), buffer.clone());
                        return buffer;
                    }
                    Err(error) => {
                        self.file_problems
                            .insert(sound.clone(), error.into_problem(name));
                        return self.buffer(&Sound::Bowl, Some(rate));
                    }
                }
            }
        };
        if let Some(buffer) = self
            .buffers
            .get(sound)
            .filter(|buffer| buffer.rate() == rate)
        {
            return buffer.clone();
        }
        let buffer = Buffer::new(render(built_in, rate.get()), ChannelCount::MIN, rate);
        self.buffers.insert(sound.clone(), buffer.clone());
        buffer
    }

    fn stop(&mut self, which: impl Fn(&What) -> bool) {
        self.soundings.retain(is_live);
        for sounding in self
            .soundings
            .iter()
            .filter(|sounding| which(&sounding.what))
        {
            sounding.state.stop();
        }
    }

    fn close_if_quiet(&mut self) {
        self.soundings.retain(is_live);
        if self.soundings.is_empty() {
            self.speaker = None;
            if !self.in_sit {
                self.buffers.clear();
            }
        }
    }

    fn tell_problems(&mut self) {
        let mut files: Vec<SoundProblem> = self.file_problems.values().cloned().collect();
        files.sort_by_key(ToString::to_string);
        let problems: Vec<SoundProblem> = self
            .device_problem
            .clone()
            .into_iter()
            .chain(files)
            .collect();
        if problems != self.told {
            self.told.clone_from(&problems);
            (self.tell)(SoundEvent::Problems(problems));
        }
    }
}

/// Whether the mixer has the voice and the device has not taken a single sample of it.
fn has_not_begun(sounding: &Sounding) -> bool {
    is_live(sounding) && sounding.state.played_ms() == 0
}

/// Whether the mixer still has the voice.
fn is_live(sounding: &Sounding) -> bool {
    Arc::strong_count(&sounding.state) > 1
}

fn no_device(detail: &str) -> SoundProblem {
    SoundProblem::NoDevice {
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests;
