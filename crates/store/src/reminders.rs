//! Reminders: kept, changed, deleted and brought back, and what has rung.
//!
//! Must hold: every call is one transaction; what is refused changes nothing.

use mitta_domain::reminder::{
    MAX_REMINDERS, QuietHours, Reminder, ReminderRefused, Reminders, Ring,
};
use mitta_domain::{ReminderId, UnixMillis};

use crate::error::{ReadError, WriteError};
use crate::tables::reminders;
use crate::{KEPT_AFTER_DELETION_MS, Reader, Writer};

impl Reader {
    /// All reminders, by their time of day, and the hours of quiet.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn reminders(&self) -> Result<Reminders, ReadError> {
        reminders::all(&self.connection)
    }
}

impl Writer {
    /// Keeps a new reminder.
    ///
    /// # Errors
    /// [`WriteError::Reminder`] for one too many; or what the disk says.
    pub fn add_reminder(&mut self, reminder: &Reminder) -> Result<Reminders, WriteError> {
        self.transaction(|tx| {
            if reminders::all(tx)?.all.len() >= MAX_REMINDERS {
                return Err(ReminderRefused::TooMany.into());
            }
            reminders::insert(tx, reminder)?;
            Ok(reminders::all(tx)?)
        })
    }

    /// Changes a reminder; it has not rung yet then.
    ///
    /// # Errors
    /// [`WriteError::Reminder`] for one that is not there; or what the disk says.
    pub fn change_reminder(&mut self, reminder: &Reminder) -> Result<Reminders, WriteError> {
        self.transaction(|tx| {
            there(reminder.reminder_id, reminders::update(tx, reminder)?)?;
            Ok(reminders::all(tx)?)
        })
    }

    /// Deletes a reminder; [`Writer::restore_reminder`] takes it back for
    /// [`KEPT_AFTER_DELETION_MS`].
    ///
    /// # Errors
    /// [`WriteError::Reminder`] for one that is not there; or what the disk says.
    pub fn delete_reminder(
        &mut self,
        reminder_id: ReminderId,
        at_ms: UnixMillis,
    ) -> Result<Reminders, WriteError> {
        self.transaction(|tx| {
            there(
                reminder_id,
                reminders::mark_deleted(tx, reminder_id, at_ms)?,
            )?;
            reminders::purge(tx, at_ms.plus_ms(-KEPT_AFTER_DELETION_MS))?;
            Ok(reminders::all(tx)?)
        })
    }

    /// Brings a deleted reminder back; what was due meanwhile is not made up for. One that is there
    /// stays as it is.
    ///
    /// # Errors
    /// [`WriteError::Reminder`] for one that was never there or is gone for good, or where there is
    /// no room; or what the disk says.
    pub fn restore_reminder(
        &mut self,
        reminder_id: ReminderId,
        at_ms: UnixMillis,
    ) -> Result<Reminders, WriteError> {
        self.transaction(|tx| {
            let kept = reminders::all(tx)?;
            if kept.all.iter().any(|it| it.reminder_id == reminder_id) {
                return Ok(kept);
            }
            if kept.all.len() >= MAX_REMINDERS {
                return Err(ReminderRefused::TooMany.into());
            }
            there(
                reminder_id,
                reminders::unmark_deleted(tx, reminder_id, at_ms)?,
            )?;
            Ok(reminders::all(tx)?)
        })
    }

    /// Sets the hours of quiet, or none. What was quiet a moment ago is not made up for.
    ///
    /// # Errors
    /// What the disk says.
    pub fn set_quiet_hours(
        &mut self,
        quiet: Option<QuietHours>,
        at_ms: UnixMillis,
    ) -> Result<Reminders, WriteError> {
        self.transaction(|tx| {
            reminders::set_quiet(tx, quiet)?;
            reminders::begin_anew(tx, at_ms)?;
            Ok(reminders::all(tx)?)
        })
    }

    /// Remembers for which dates reminders ring, before they do. The answer is those that are the
    /// caller's to ring: not what another program has claimed, nor what was changed, switched off or
    /// deleted since it was read.
    ///
    /// # Errors
    /// What the disk says.
    pub fn claim_rings(&mut self, due: &[Ring]) -> Result<Vec<Ring>, WriteError> {
        self.transaction(|tx| {
            let mut ours = Vec::new();
            for ring in due {
                if reminders::claim(tx, ring)? {
                    ours.push(*ring);
                }
            }
            Ok(ours)
        })
    }
}

fn there(reminder_id: ReminderId, is_there: bool) -> Result<(), WriteError> {
    if is_there {
        Ok(())
    } else {
        Err(ReminderRefused::Unknown(reminder_id).into())
    }
}
