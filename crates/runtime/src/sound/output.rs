//! [`RodioOutput`]: bells on the sound device, by way of the sound thread.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use mitta_domain::{Bell, BellKind, Plan, Sound};

use super::desk::Desk;
use super::{BellOutput, CHECK_AT_MOST, SoundEvent, SoundProblem, device, files};
use super::{is_audible, sounds_of};

/// What is said of a sound thread that is stuck in a driver.
pub const NO_ANSWER: &str = "the sound system does not answer";

/// What the sound thread is asked for.
pub enum Command {
    /// Have these ready.
    Prepare(Vec<Sound>),
    /// Have the device running.
    Wake,
    /// Sound a bell of the sit.
    Strike {
        /// Which.
        kind: BellKind,
        /// What.
        bell: Bell,
        /// Held while it rings.
        ring: Arc<Ring>,
    },
    /// Sound a bell to try it out.
    Preview {
        /// What.
        bell: Bell,
        /// Held while it rings.
        ring: Arc<Ring>,
    },
    /// End the preview.
    StopPreview,
    /// End everything.
    Silence,
    /// The sit is over.
    Release,
    /// Is there a device?
    Check(Sender<Option<SoundProblem>>),
    /// From the device: it is gone.
    Lost {
        /// Which one of those opened so far.
        opened: u64,
        /// What the system said.
        detail: String,
    },
    /// The program is over.
    Quit,
}

/// How many strikes and previews ring or wait to ring.
#[derive(Default)]
pub struct Ringing {
    count: Mutex<usize>,
    quiet: Condvar,
}

/// Held by a strike from the call until its last sample: [`BellOutput::wait_until_quiet`].
pub struct Ring(Arc<Ringing>);

impl Ring {
    /// One more that rings.
    pub fn new(ringing: &Arc<Ringing>) -> Arc<Self> {
        *ringing.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Arc::new(Self(Arc::clone(ringing)))
    }
}

impl Ringing {
    /// How many.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let mut count = self.0.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count -= 1;
        if *count == 0 {
            self.0.quiet.notify_all();
        }
    }
}

/// Whether the sound thread keeps up.
#[derive(Default)]
struct Backlog {
    /// Strikes sent and not yet carried out.
    strikes: AtomicUsize,
    /// Whether the front has told that the thread does not answer.
    told: AtomicBool,
}

/// Bells on the default sound device.
pub struct RodioOutput {
    commands: Sender<Command>,
    ringing: Arc<Ringing>,
    backlog: Arc<Backlog>,
    tell: Arc<dyn Fn(SoundEvent) + Send + Sync>,
    sounds_dir: PathBuf,
}

impl RodioOutput {
    /// Starts the sound thread; no device is opened yet. Own files are read from `sounds_dir`.
    ///
    /// `tell` is called from the sound thread, now and then from that of the caller, and must not
    /// block. If no thread can be had, that is told too and the output stays silent.
    pub fn start(sounds_dir: PathBuf, tell: impl Fn(SoundEvent) + Send + Sync + 'static) -> Self {
        Self::start_with(open, sounds_dir, tell)
    }

    fn start_with<Open>(
        open: Open,
        sounds_dir: PathBuf,
        tell: impl Fn(SoundEvent) + Send + Sync + 'static,
    ) -> Self
    where
        Open: FnMut(Sender<Command>, u64) -> Result<device::Speaker, String> + Send + 'static,
    {
        let (commands, received) = channel();
        let tell: Arc<dyn Fn(SoundEvent) + Send + Sync> = Arc::new(tell);
        let output = Self {
            commands: commands.clone(),
            ringing: Arc::default(),
            backlog: Arc::default(),
            tell: Arc::clone(&tell),
            sounds_dir: sounds_dir.clone(),
        };
        let backlog = Arc::clone(&output.backlog);
        let thread = std::thread::Builder::new()
            .name("mitta-sound".into())
            .spawn(move || {
                let tell = move |event| tell(event);
                run(
                    Desk::new(open, tell, commands, sounds_dir),
                    &received,
                    &backlog,
                );
            });
        if let Err(error) = thread {
            output.tell_no_device(&error.to_string());
        }
        output
    }

    fn tell_no_device(&self, detail: &str) {
        let problem = SoundProblem::NoDevice {
            detail: detail.to_owned(),
        };
        (self.tell)(SoundEvent::Problems(vec![problem]));
    }

    fn send(&self, command: Command) {
        // The thread ends only with this value; without one, `start` has said so.
        let _ = self.commands.send(command);
    }
}

impl Drop for RodioOutput {
    fn drop(&mut self) {
        self.send(Command::Quit);
    }
}

impl BellOutput for RodioOutput {
    fn prepare(&self, plan: &Plan) {
        let sounds = sounds_of(plan);
        if !sounds.is_empty() {
            self.send(Command::Prepare(sounds));
        }
    }

    fn wake(&self) {
        self.send(Command::Wake);
    }

    fn strike(&self, kind: BellKind, bell: &Bell) {
        if bell.volume.percent() == 0 {
            return;
        }
        // Strikes are seconds apart: if the one before still waits, the thread is stuck in a driver.
        if self.backlog.strikes.fetch_add(1, Ordering::Relaxed) > 0 {
            self.backlog.told.store(true, Ordering::Relaxed);
            self.tell_no_device(NO_ANSWER);
        }
        let ring = Ring::new(&self.ringing);
        self.send(Command::Strike {
            kind,
            bell: bell.clone(),
            ring,
        });
    }

    fn preview(&self, bell: &Bell) {
        self.send(Command::Preview {
            bell: bell.clone(),
            ring: Ring::new(&self.ringing),
        });
    }

    fn stop_preview(&self) {
        self.send(Command::StopPreview);
    }

    fn silence(&self) {
        self.send(Command::Silence);
    }

    fn release(&self) {
        self.send(Command::Release);
    }

    fn check(&self, bells: &[Bell]) -> Vec<SoundProblem> {
        let bells: Vec<&Bell> = bells.iter().filter(|bell| is_audible(bell)).collect();
        if bells.is_empty() {
            return Vec::new();
        }
        // The device is asked first, so that it opens while the files are looked at.
        let (answer, answered) = channel();
        self.send(Command::Check(answer));
        let mut problems = Vec::new();
        for bell in bells {
            let Sound::File { name, .. } = &bell.sound else {
                continue;
            };
            if let Err(error) = files::check(&bell.sound, &self.sounds_dir) {
                let problem = error.into_problem(name);
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        let silent = || {
            Some(SoundProblem::NoDevice {
                detail: NO_ANSWER.to_owned(),
            })
        };
        let device = answered
            .recv_timeout(CHECK_AT_MOST)
            .unwrap_or_else(|_| silent());
        device.into_iter().chain(problems).collect()
    }

    fn wait_until_quiet(&self, at_most: Duration) {
        let count = self
            .ringing
            .count
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Quiet or not, the caller goes on.
        drop(
            self.ringing
                .quiet
                .wait_timeout_while(count, at_most, |count| *count > 0),
        );
    }
}

fn open(commands: Sender<Command>, opened: u64) -> Result<device::Speaker, String> {
    device::open(move |detail| {
        // Only a program about to end no longer listens.
        let _ = commands.send(Command::Lost { opened, detail });
    })
}

/// The sound thread: waits for commands as long as the desk has patience.
fn run<Open, Tell>(mut desk: Desk<Open, Tell>, received: &Receiver<Command>, backlog: &Backlog)
where
    Open: FnMut(Sender<Command>, u64) -> Result<device::Speaker, String>,
    Tell: Fn(SoundEvent),
{
    loop {
        let next = match desk.patience() {
            None => received.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(patience) => received.recv_timeout(patience),
        };
        match next {
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => desk.patience_over(),
            Ok(first) => {
                let batch: Vec<Command> =
                    std::iter::once(first).chain(received.try_iter()).collect();
                if batch.iter().any(|command| matches!(command, Command::Quit)) {
                    return;
                }
                let is_strike = |command: &&Command| matches!(command, Command::Strike { .. });
                let strikes = batch.iter().filter(is_strike).count();
                if backlog.told.swap(false, Ordering::Relaxed) {
                    desk.tell_again();
                }
                desk.handle(batch);
                backlog.strikes.fetch_sub(strikes, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests;
