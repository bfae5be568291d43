//! The engine: one data folder, one clock, one sound output, at most one live sit.
//!
//! The desktop and the terminal are two faces of it. Locks are taken in this order: `beginning`,
//! `seat`, `notices`, `reader`. The timer needs `seat` alone, so under it nothing touches the
//! disk; `beginning` is the one lock that is held across a write.

mod begin;
mod changes;
mod commands;
mod company;
mod copies;
mod found;
mod live;
mod log;
mod notices;
mod past;
mod presets;
mod recorder;
mod recover;
mod reminders;
mod signals;
mod statistics;
mod story;
mod transfer;
mod views;
mod watch;
mod whole;

pub use signals::Signal;
pub use watch::tell_of_change;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use mitta_domain::Settings;
use mitta_store::{DataDir, Opening, Reader, Writer};

use crate::alarm::Alarm;
use crate::api::{ApiError, ErrorCode, NoticeTopic, Update};
use crate::awake::Awake;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::locked;
use crate::sound::BellOutput;

use live::Live;
use notices::without_settings;
use recorder::Recorder;
use reminders::{Reminder, Reminding};
use signals::Signals;

/// What an engine is made of.
pub struct Config {
    /// Where history, sounds and locks are.
    pub dir: DataDir,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Bells.
    pub sound: Arc<dyn BellOutput>,
    /// Hears what happens, in order, on a thread of its own; nothing of the engine waits for it.
    pub on_signal: Box<dyn Fn(Signal) + Send + Sync>,
    /// What holds until a person changes a setting: the usual, with the first weekday of their country.
    pub usual: Settings,
    /// Whether an unfinished sit may go on by itself at launch.
    pub resume: bool,
    /// Who drives the timer.
    pub drive: Drive,
}

/// Who drives the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// A thread that sleeps to each deadline on the system's clock.
    Thread,
    /// Whoever calls [`Engine::tick`], on a clock moved by hand.
    ByHand,
}

pub(crate) struct Shared {
    dir: DataDir,
    clock: Arc<dyn Clock>,
    boot_id: String,
    usual: Settings,
    ids: Ids,
    sound: Arc<dyn BellOutput>,
    signals: Signals,
    alarm: Alarm,
    reminding: Reminding,
    awake: Awake,
    recorder: OnceLock<Recorder>,
    reader: Mutex<Reader>,
    beginning: Mutex<()>,
    seat: Mutex<Option<Live>>,
    notices: Mutex<BTreeMap<NoticeTopic, ApiError>>,
    /// Why the recovery at launch failed, until it succeeds.
    unrecovered: Mutex<Option<ApiError>>,
    /// A copy or a restore that is under way is to end.
    stop_copying: AtomicBool,
    weekly: OnceLock<copies::Weekly>,
    stopping: AtomicBool,
    transfer: transfer::Transfer,
}

impl Shared {
    fn recorder(&self) -> &Recorder {
        self.recorder
            .get()
            .unwrap_or_else(|| unreachable!("set before the engine is handed out"))
    }

    /// # Errors
    /// Once the engine has been stopped.
    fn check_running(&self) -> Result<(), ApiError> {
        if self.stopping.load(Ordering::Acquire) {
            let why = "Mitta is being closed; nothing was changed.";
            return Err(ApiError::new(ErrorCode::WrongState, why));
        }
        Ok(())
    }

    fn update(&self, update: Update) {
        self.signals.send(Signal::Update(update));
    }
}

/// One running engine; dropping it stops it.
pub struct Engine {
    shared: Arc<Shared>,
    driver: Mutex<Option<JoinHandle<()>>>,
    watcher: Mutex<Option<watch::Watcher>>,
    reminder: Mutex<Option<Reminder>>,
}

impl Engine {
    /// Opens the data folder, recovers what the last run left, and starts the deadline thread.
    ///
    /// # Errors
    /// Where the data folder cannot be used at all; nothing in it was changed then.
    pub fn start(config: Config) -> Result<Self, ApiError> {
        let Config {
            dir,
            clock,
            sound,
            on_signal,
            usual,
            resume,
            drive,
        } = config;
        let now = clock.now();
        let ids = Ids;
        let opening = Opening::new(now.wall_ms, ids.device(now.wall_ms));
        let (writer, opened) = Writer::open(&dir, opening)?;
        let reader = Reader::open(&dir)?;
        let boot_id = clock.boot_id();
        let alarm = Alarm::new().map_err(|e| ApiError::internal(&e))?;
        let reminding = Reminding::new().map_err(|e| ApiError::internal(&e))?;
        let (awake, asker) = Awake::new();
        let shared = Arc::new(Shared {
            dir,
            clock,
            boot_id,
            usual,
            ids,
            sound,
            signals: Signals::spawn(on_signal).map_err(|e| ApiError::internal(&e))?,
            alarm,
            reminding,
            awake,
            recorder: OnceLock::new(),
            reader: Mutex::new(reader),
            beginning: Mutex::new(()),
            seat: Mutex::new(None),
            notices: Mutex::new(BTreeMap::new()),
            unrecovered: Mutex::new(None),
            stop_copying: AtomicBool::new(false),
            weekly: OnceLock::new(),
            stopping: AtomicBool::new(false),
            transfer: transfer::Transfer::default(),
        });
        let me = Arc::downgrade(&shared);
        asker
            .spawn(move |refused| {
                if let Some(shared) = me.upgrade() {
                    shared.notice(NoticeTopic::KeepAwake, refused);
                }
            })
            .map_err(|e| ApiError::internal(&e))?;
        let recorder = spawn_recorder(&shared, writer).map_err(|e| ApiError::internal(&e))?;
        let _first = shared.recorder.set(recorder);
        if let Some(path) = opened.set_aside {
            shared.notice(
                NoticeTopic::Database,
                Some(ApiError::new(
                    ErrorCode::DatabaseCorrupt,
                    format_args!(
                        "The history was damaged and has been set aside as {}. A new one was begun; \
                         a copy may be in the backups folder.",
                        path.display()
                    ),
                )),
            );
        }
        let settings = shared.settings().unwrap_or_else(|error| {
            shared.database_notice(Some(without_settings(&error)));
            shared.usual.clone()
        });
        shared
            .awake
            .set(settings.keep_display_awake, settings.prevent_suspend);
        if resume {
            shared.recover_by_itself();
        }
        let driver = match drive {
            Drive::ByHand => None,
            Drive::Thread => Some(spawn_driver(&shared).map_err(|e| ApiError::internal(&e))?),
        };
        if drive == Drive::Thread {
            match copies::Weekly::spawn(&shared) {
                Ok(weekly) => drop(shared.weekly.set(weekly)),
                Err(error) => tracing::warn!(%error, "no weekly copies are made"),
            }
        }
        let watcher = watch::Watcher::spawn(&shared)
            .inspect_err(|error| tracing::warn!(%error, "changes by other programs are not seen"))
            .ok();
        Ok(Self {
            shared,
            driver: Mutex::new(driver),
            watcher: Mutex::new(watcher),
            reminder: Mutex::new(None),
        })
    }

    /// Ends what the engine does, while others may still hold it: an ending sit is finished, a
    /// live one is left recoverable, what is queued is tried once more, and the threads end. Every
    /// command after it answers an error. Stopping again does nothing.
    pub fn stop(&self) {
        // A Begin under way comes to its end first; a second stop waits for the first.
        let _last_one = locked(&self.shared.beginning);
        if self.shared.stopping.swap(true, Ordering::AcqRel) {
            return;
        }
        self.shared.stop_backup();
        drop(locked(&self.watcher).take());
        drop(locked(&self.reminder).take());
        self.shared.alarm.interrupt();
        let driver = locked(&self.driver).take();
        if let Some(driver) = driver
            && driver.join().is_err()
        {
            tracing::error!("the deadline thread panicked");
        }
        self.shared.leave();
        self.shared.recorder().stop();
        self.shared.awake.hold(false);
        // Lets go of the kernel lock: the next process may go on with the sit.
        let live = locked(&self.shared.seat).take();
        drop(live);
    }

    /// Does what is due now on the engine's clock; the deadline thread calls it by itself.
    pub fn tick(&self) {
        self.shared.tick();
    }

    /// Makes the weekly copy of the history if it is due; where the engine has a thread, it does so by
    /// itself.
    pub fn copy_weekly(&self) {
        self.shared.copy_weekly();
    }

    /// When [`Engine::tick`] has something to do next, on the suspend-aware clock.
    pub fn deadline(&self) -> Option<u64> {
        self.shared.deadline()
    }

    /// Whether a sit is live here: preparing, sitting, paused, ending or asking.
    pub fn is_sitting(&self) -> bool {
        self.shared.is_sitting()
    }

    /// The data folder.
    pub fn dir(&self) -> &DataDir {
        &self.shared.dir
    }

    /// The bells.
    pub fn sound(&self) -> &Arc<dyn BellOutput> {
        &self.shared.sound
    }
}

fn spawn_recorder(shared: &Arc<Shared>, writer: Writer) -> std::io::Result<Recorder> {
    let (reading, telling) = (Arc::downgrade(shared), Arc::downgrade(shared));
    let settings = move || {
        let gone = || ApiError::internal(&"the engine has ended");
        reading.upgrade().ok_or_else(gone)?.settings()
    };
    Recorder::spawn(writer, settings, move |outcome| {
        if let Some(shared) = telling.upgrade() {
            shared.recorded(outcome);
        }
    })
}

/// Keeps a failure that repeats from taking the whole processor.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

fn spawn_driver(shared: &Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new()
        .name("mitta-timer".to_owned())
        .spawn(move || {
            while !shared.stopping.load(Ordering::Acquire) {
                if let Err(error) = shared.alarm.wait(shared.deadline()) {
                    tracing::error!(%error, "the deadline timer failed");
                    std::thread::sleep(AFTER_FAILURE);
                }
                // A defect at one deadline must not end those after it; `locked` takes locks that
                // were held meanwhile.
                if catch_unwind(AssertUnwindSafe(|| shared.tick())).is_err() {
                    tracing::error!("the timer panicked and goes on");
                    let defect = ApiError::internal(&"the timer stumbled and goes on");
                    shared.notice(NoticeTopic::Recording, Some(defect));
                    std::thread::sleep(AFTER_FAILURE);
                }
            }
        })
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}
