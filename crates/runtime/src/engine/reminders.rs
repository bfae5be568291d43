//! Reminders: looked at when one is due, when the wall clock is set, and when the zone changes.
//!
//! Must hold: a thread of its own, so that no sit waits for a reminder (I9); between two looks it
//! sleeps to one deadline on the wall clock, which the system cuts short when that clock is set, and
//! which is counted from the moment looked at: nothing becomes due unseen. What rings at a moment is
//! `mitta_domain::reminder`'s to say; here it is carried out once.

use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use chrono::NaiveDate;
use chrono_tz::Tz;
use mitta_domain::reminder::{self, Reminders, Ring};
use mitta_domain::{ReminderId, UnixMillis};
use mitta_store::{WriteError, Writer};

use super::{AFTER_FAILURE, Engine, Shared, Signal, locked};
use crate::alarm::WallAlarm;
use crate::api::{
    ApiError, MovedReminder, NoticeTopic, OfReminder, QuietHoursArgs, ReminderList, ReminderView,
    SaveReminderArgs, Update,
};

/// How soon reminders that could not be read are read again.
const READ_AGAIN_MS: i64 = 60_000;

/// What the look at reminders remembers.
pub(super) struct Reminding {
    alarm: WallAlarm,
    /// What rang since the launch: a disk that cannot be written must not ring twice.
    rung: Mutex<BTreeSet<Rung>>,
    /// What windows know, once anybody has asked; taken before the locks of the engine.
    told: Mutex<Option<ReminderList>>,
}

/// A reminder as of its last change, and one of its dates: changed, it may ring again that day.
type Rung = (ReminderId, UnixMillis, NaiveDate);

fn rung(ring: &Ring) -> Rung {
    (ring.reminder_id, ring.since_ms, ring.local_date)
}

impl Reminding {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            alarm: WallAlarm::new()?,
            rung: Mutex::default(),
            told: Mutex::default(),
        })
    }

    pub(super) fn interrupt(&self) {
        self.alarm.interrupt();
    }
}

impl Engine {
    /// Begins to ring reminders, as [`Signal::Remind`]: for the one process that a person looks at.
    ///
    /// # Errors
    /// If the system gives no thread; nothing rings then.
    pub fn start_reminding(&self) -> Result<(), ApiError> {
        self.shared.check_running()?;
        let mut reminder = locked(&self.reminder);
        if reminder.is_none() {
            *reminder = Some(spawn(&self.shared).map_err(|e| ApiError::internal(&e))?);
        }
        Ok(())
    }

    /// Rings what is due now on the engine's clock, and answers that moment of the wall clock; the
    /// thread of [`Engine::start_reminding`] does so by itself.
    pub fn remind(&self) -> UnixMillis {
        let now = self.shared.clock.now().wall_ms;
        self.shared.remind(now);
        now
    }

    /// When [`Engine::remind`] has something to ring, after the moment that it has looked at.
    pub fn reminder_due(&self, looked_at: UnixMillis) -> Option<UnixMillis> {
        self.shared.reminder_due(looked_at)
    }
}

/// The thread that rings, and the watch over the zone. Dropped once `stopping` is set, it ends.
pub(super) struct Reminder {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    _zone: Option<notify::RecommendedWatcher>,
}

impl Drop for Reminder {
    fn drop(&mut self) {
        self.shared.reminding.interrupt();
        let thread = self.thread.take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of reminders panicked");
        }
    }
}

fn spawn(shared: &Arc<Shared>) -> io::Result<Reminder> {
    let zone = watch_zone(shared)
        .inspect_err(|error| tracing::warn!(%error, "a change of the zone is seen later"))
        .ok();
    let looking = Arc::clone(shared);
    let thread = std::thread::Builder::new()
        .name("mitta-reminders".to_owned())
        .spawn(move || {
            let shared = looking;
            while !shared.stopping.load(Ordering::Acquire) {
                let now = shared.clock.now().wall_ms;
                // A defect in one look must not end those after it.
                if catch_unwind(AssertUnwindSafe(|| shared.remind(now))).is_err() {
                    tracing::error!("the look at reminders panicked and goes on");
                    std::thread::sleep(AFTER_FAILURE);
                }
                if let Err(error) = shared.reminding.alarm.wait(shared.reminder_due(now)) {
                    tracing::error!(%error, "the timer of reminders failed");
                    std::thread::sleep(AFTER_FAILURE);
                }
            }
        })?;
    Ok(Reminder {
        shared: Arc::clone(shared),
        thread: Some(thread),
        _zone: zone,
    })
}

/// Looks again when the system is told another zone: it replaces a file in `/etc`.
#[cfg(unix)]
fn watch_zone(shared: &Arc<Shared>) -> notify::Result<notify::RecommendedWatcher> {
    use notify::Watcher as _;
    let me = Arc::downgrade(shared);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_zone = event.is_ok_and(|event| {
            let is_change = !matches!(event.kind, notify::EventKind::Access(_));
            is_change
                && event
                    .paths
                    .iter()
                    .any(|path| path.ends_with("localtime") || path.ends_with("timezone"))
        });
        if let Some(shared) = me.upgrade().filter(|_| is_zone) {
            shared.look_at_reminders();
        }
    })?;
    watcher.watch(
        std::path::Path::new("/etc"),
        notify::RecursiveMode::NonRecursive,
    )?;
    Ok(watcher)
}

#[cfg(not(unix))]
fn watch_zone(_: &Arc<Shared>) -> notify::Result<notify::RecommendedWatcher> {
    Err(notify::Error::generic("this system does not tell"))
}

impl Shared {
    fn zone_or_utc(&self) -> Tz {
        self.clock.zone().unwrap_or(Tz::UTC)
    }

    fn reminders(&self) -> Result<Reminders, ApiError> {
        let reminders = locked(&self.reader).reminders().map_err(ApiError::from);
        let said = reminders.as_ref().err().map(|error| ApiError {
            message: format!(
                "Reminders cannot be read, so none is shown: {}",
                error.message
            ),
            ..error.clone()
        });
        self.notice(NoticeTopic::Reminders, said);
        reminders
    }

    /// Rings what is due: once for all of a moment, and not while somebody sits. What falls into a
    /// sit is passed over for good.
    fn remind(&self, now: UnixMillis) {
        let Ok(reminders) = self.reminders() else {
            return;
        };
        let mut due = reminders.due(self.zone_or_utc(), now);
        {
            let has_rung = locked(&self.reminding.rung);
            due.retain(|ring| !has_rung.contains(&rung(ring)));
        }
        if !due.is_empty() {
            self.ring(due);
        }
        // What rang is not the next one any more; nor need it be after the clock was set.
        self.tell_reminders_if_changed();
    }

    fn ring(&self, due: Vec<Ring>) {
        let count = due.len();
        let claimed = due.clone();
        // Written first: of two programs on one folder the one that writes it rings.
        let written = self
            .recorder()
            .call(move |writer| writer.claim_rings(&claimed));
        // A full disk is no reason not to sit; `rung` keeps it from ringing twice.
        let ours = written.unwrap_or_else(|error| {
            tracing::warn!(%error, "that a reminder rings was not written");
            due
        });
        if ours.is_empty() {
            tracing::info!(reminders = count, "rung by another program, or changed");
            return;
        }
        locked(&self.reminding.rung).extend(ours.iter().map(rung));
        if self.is_anybody_sitting() {
            tracing::info!(reminders = count, "passed over: a sit is running");
        } else {
            self.signals.send(Signal::Remind);
        }
    }

    /// Here, or in another program.
    fn is_anybody_sitting(&self) -> bool {
        self.is_sitting() || self.look_around().is_ok_and(|it| it.elsewhere.is_some())
    }

    fn reminder_due(&self, looked_at: UnixMillis) -> Option<UnixMillis> {
        match locked(&self.reader).reminders() {
            Ok(reminders) => reminders.next(self.zone_or_utc(), looked_at),
            Err(_) => Some(looked_at.plus_ms(READ_AGAIN_MS)),
        }
    }

    pub(super) fn reminder_list(&self) -> Result<ReminderList, ApiError> {
        let mut told = locked(&self.reminding.told);
        let list = self.listed(&self.reminders()?);
        *told = Some(list.clone());
        Ok(list)
    }

    fn listed(&self, reminders: &Reminders) -> ReminderList {
        let now = self.clock.now().wall_ms;
        let zone = self.clock.zone();
        let here = self.zone_or_utc();
        let view = |it: &reminder::Reminder| ReminderView {
            reminder_id: it.reminder_id,
            weekdays: it.weekdays,
            at_minute: it.at_minute,
            is_on: it.is_on,
            is_quiet: reminders.is_quiet(it.at_minute),
            moved: reminders
                .next_moved(it, here, now)
                .map(|moved| MovedReminder {
                    local_date: moved.local_date.to_string(),
                    at_minute: moved.at_minute,
                    is_quiet: moved.is_quiet,
                }),
        };
        ReminderList {
            reminders: reminders.all.iter().map(view).collect(),
            quiet_hours: reminders.quiet,
            next_ms: reminders.next(here, now),
            tz: zone.ok().map(|zone| zone.name().to_owned()),
        }
    }

    /// A restore, here or in another program, may have replaced them; or the zone is another.
    pub(super) fn look_at_reminders(&self) {
        self.reminding.interrupt();
        self.tell_reminders();
    }

    fn tell_reminders(&self) {
        let mut told = locked(&self.reminding.told);
        match self.reminders() {
            Ok(reminders) => drop(self.tell(&mut told, &reminders)),
            Err(error) => tracing::warn!(%error, "windows were not told of reminders"),
        }
    }

    /// Where what windows were told does not hold any more.
    fn tell_reminders_if_changed(&self) {
        let mut told = locked(&self.reminding.told);
        let (Some(before), Ok(reminders)) = (&*told, self.reminders()) else {
            return;
        };
        if *before != self.listed(&reminders) {
            self.tell(&mut told, &reminders);
        }
    }

    fn tell(&self, told: &mut Option<ReminderList>, reminders: &Reminders) -> ReminderList {
        let list = self.listed(reminders);
        self.update(Update::Reminders(list.clone()));
        *told = Some(list.clone());
        list
    }

    /// Without an id a new one.
    pub(super) fn save_reminder(&self, args: &SaveReminderArgs) -> Result<ReminderList, ApiError> {
        let now = self.clock.now().wall_ms;
        let is_new = args.reminder_id.is_none();
        let reminder = reminder::Reminder {
            reminder_id: args.reminder_id.unwrap_or_else(|| self.ids.reminder(now)),
            weekdays: args.weekdays,
            at_minute: args.at_minute,
            is_on: args.is_on,
            since_ms: now,
            rung_on: None,
        };
        self.change_reminders(move |writer| {
            if is_new {
                writer.add_reminder(&reminder)
            } else {
                writer.change_reminder(&reminder)
            }
        })
    }

    pub(super) fn delete_reminder(&self, of: &OfReminder) -> Result<ReminderList, ApiError> {
        let at_ms = self.clock.now().wall_ms;
        let reminder_id = of.reminder_id;
        self.change_reminders(move |writer| writer.delete_reminder(reminder_id, at_ms))
    }

    pub(super) fn restore_reminder(&self, of: &OfReminder) -> Result<ReminderList, ApiError> {
        let at_ms = self.clock.now().wall_ms;
        let reminder_id = of.reminder_id;
        self.change_reminders(move |writer| writer.restore_reminder(reminder_id, at_ms))
    }

    pub(super) fn save_quiet_hours(&self, args: &QuietHoursArgs) -> Result<ReminderList, ApiError> {
        let quiet = args.quiet_hours;
        let at_ms = self.clock.now().wall_ms;
        self.change_reminders(move |writer| writer.set_quiet_hours(quiet, at_ms))
    }

    fn change_reminders(
        &self,
        change: impl FnOnce(&mut Writer) -> Result<Reminders, WriteError> + Send + 'static,
    ) -> Result<ReminderList, ApiError> {
        let reminders = self.recorder().call(change)?;
        let list = self.tell(&mut locked(&self.reminding.told), &reminders);
        self.reminding.interrupt();
        Ok(list)
    }
}
