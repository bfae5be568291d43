//! When a person is reminded to sit: days of the week, a time of day, and hours of quiet.
//!
//! **The rule for a reminder's moment.** On each of its days it rings at the first moment at which the
//! clock on the wall shows its time or a later one. So 02:30 rings at 03:00 in the night that skips
//! it, once in the night that has it twice, and not at all on a date that a zone left out. The zone
//! is the one the person is in when it rings; nothing of a zone is stored.
//!
//! **What is not made up for.** A reminder rings up to [`GRACE_MS`] late, for a machine that was
//! just being started or woken; after that it is left out. It rings once a civil date, whatever the
//! clock is set to, and not for what was due before it was last changed.

use chrono::{
    DateTime, Datelike as _, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime,
    TimeZone as _, Timelike as _, Weekday,
};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

use crate::ids::ReminderId;
use crate::units::UnixMillis;

/// How late a reminder may still ring: a quarter of an hour.
pub const GRACE_MS: i64 = 15 * 60_000;
/// The most reminders that are kept.
pub const MAX_REMINDERS: usize = 50;
/// Minutes of a clock face.
const MINUTES: u16 = 24 * 60;
/// How far ahead is looked: from one change of the clocks to the same of the next year are up to 53
/// weeks, and a time in quiet hours may ring on the one date on which it is moved out of them.
const LOOKED_AHEAD_DAYS: u64 = 53 * 7 + 1;

/// A time of day, in minutes from midnight on the clock face: 0 to 1439.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(try_from = "u16", into = "u16")]
pub struct ClockMinute(u16);

/// A minute that no clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is 0 to 1439 minutes from midnight, not {0}")]
pub struct NoSuchMinute(pub u16);

impl ClockMinute {
    /// # Errors
    /// [`NoSuchMinute`] above 1439.
    pub const fn new(minute: u16) -> Result<Self, NoSuchMinute> {
        if minute < MINUTES {
            Ok(Self(minute))
        } else {
            Err(NoSuchMinute(minute))
        }
    }

    /// Minutes from midnight.
    pub const fn minute(self) -> u16 {
        self.0
    }

    fn time(self) -> NaiveTime {
        NaiveTime::from_num_seconds_from_midnight_opt(u32::from(self.0) * 60, 0)
            .unwrap_or(NaiveTime::MIN)
    }
}

impl TryFrom<u16> for ClockMinute {
    type Error = NoSuchMinute;

    fn try_from(minute: u16) -> Result<Self, NoSuchMinute> {
        Self::new(minute)
    }
}

impl From<ClockMinute> for u16 {
    fn from(at: ClockMinute) -> Self {
        at.0
    }
}

/// Some days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(type = "(\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\")[]")
)]
#[serde(try_from = "Vec<Weekday>", into = "Vec<Weekday>")]
pub struct Weekdays(u8);

/// No day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reminder needs at least one day of the week")]
pub struct NoWeekday;

impl Weekdays {
    /// # Errors
    /// [`NoWeekday`] for none.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Result<Self, NoWeekday> {
        let bits = days
            .into_iter()
            .fold(0, |bits, day| bits | (1 << day.num_days_from_monday()));
        Self::from_bits(bits).ok_or(NoWeekday)
    }

    /// As they are stored: bit 0 is Monday. `None` for no day, or more than seven.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            1..=0x7f => Some(Self(bits)),
            _ => None,
        }
    }

    /// Bit 0 is Monday.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether that day is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }
}

impl TryFrom<Vec<Weekday>> for Weekdays {
    type Error = NoWeekday;

    fn try_from(days: Vec<Weekday>) -> Result<Self, NoWeekday> {
        Self::new(days)
    }
}

impl From<Weekdays> for Vec<Weekday> {
    fn from(days: Weekdays) -> Self {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let all = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
        all.into_iter().filter(|day| days.contains(*day)).collect()
    }
}

/// Hours in which nothing rings, on the clock face: from the first minute up to, and without, the
/// last. Over midnight where it ends before it begins; the whole day is not to be had, that is what
/// switching off is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuietHours {
    /// The first quiet minute.
    pub from_minute: ClockMinute,
    /// The first minute that is not quiet any more.
    pub to_minute: ClockMinute,
}

impl QuietHours {
    /// Whether that minute is quiet.
    pub fn contains(self, at: ClockMinute) -> bool {
        let (from, to) = (self.from_minute, self.to_minute);
        if from <= to {
            from <= at && at < to
        } else {
            from <= at || at < to
        }
    }
}

/// One reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// Which.
    pub reminder_id: ReminderId,
    /// On which days.
    pub weekdays: Weekdays,
    /// At what time of day.
    pub at_minute: ClockMinute,
    /// Whether it is switched on.
    pub is_on: bool,
    /// When it was last changed, on the wall clock: what was due before is not made up for.
    pub since_ms: UnixMillis,
    /// The civil date for which it has rung, or was passed over, last.
    pub rung_on: Option<NaiveDate>,
}

/// Why reminders were left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReminderRefused {
    /// There are [`MAX_REMINDERS`] of them.
    #[error(
        "there are {MAX_REMINDERS} reminders, which is as many as can be kept: delete one first"
    )]
    TooMany,
    /// None has that id, or it was deleted.
    #[error("that reminder is not there any more")]
    Unknown(ReminderId),
}

/// A moment of a reminder: for which of its dates, and when that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// Which reminder.
    pub reminder_id: ReminderId,
    /// When that reminder was last changed, as it was read: changed since, it rings otherwise.
    pub since_ms: UnixMillis,
    /// The date it belongs to.
    pub local_date: NaiveDate,
    /// When, on the wall clock.
    pub at_ms: UnixMillis,
}

/// A date on which the clock leaves out the time of a reminder, which is moved to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The date.
    pub local_date: NaiveDate,
    /// What the clock shows at that moment.
    pub at_minute: ClockMinute,
    /// Whether that lies in quiet hours, so that it does not ring on that date.
    pub is_quiet: bool,
}

/// All reminders of a person, and their hours of quiet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reminders {
    /// In no particular order.
    pub all: Vec<Reminder>,
    /// When nothing rings.
    pub quiet: Option<QuietHours>,
}

impl Reminders {
    /// What is to ring now in `zone`: due at most [`GRACE_MS`] ago, not rung for its date, and not
    /// from before the reminder was made.
    pub fn due(&self, zone: Tz, now: UnixMillis) -> Vec<Ring> {
        let mut due = Vec::new();
        for reminder in self.all.iter().filter(|it| it.is_on) {
            // A clock that was wrong when it was changed must not silence it until that time.
            let since = Some(reminder.since_ms).filter(|since| *since <= now);
            due.extend(self.rings(reminder, zone, now, 1).filter(|ring| {
                ring.at_ms <= now
                    && now.0 - ring.at_ms.0 <= GRACE_MS
                    && since.is_none_or(|since| ring.at_ms >= since)
                    && reminder.rung_on != Some(ring.local_date)
            }));
        }
        due
    }

    /// When something rings next in `zone`, after `now`.
    pub fn next(&self, zone: Tz, now: UnixMillis) -> Option<UnixMillis> {
        let on = self.all.iter().filter(|it| it.is_on);
        on.filter_map(|reminder| {
            self.rings(reminder, zone, now, LOOKED_AHEAD_DAYS)
                .find(|ring| ring.at_ms > now && reminder.rung_on != Some(ring.local_date))
                .map(|ring| ring.at_ms)
        })
        .min()
    }

    /// The next date within a year on which the clock on the wall in `zone` leaves out the time of a
    /// reminder, and the time that it shows at the moment it is moved to. `None` also where that
    /// changes nothing: both are quiet.
    pub fn next_moved(&self, reminder: &Reminder, zone: Tz, now: UnixMillis) -> Option<Moved> {
        let today = today(zone, now)?;
        let dates = (0..=LOOKED_AHEAD_DAYS).filter_map(|n| today.checked_add_days(Days::new(n)));
        dates
            .filter(|date| reminder.weekdays.contains(date.weekday()))
            .find_map(|local_date| {
                let moment = moment(zone, local_date, reminder.at_minute)?;
                let at_minute = shown(&moment)?;
                let is_ahead = moment.timestamp_millis() > now.0;
                let is_quiet = self.is_quiet(at_minute);
                let counts = !is_quiet || !self.is_quiet(reminder.at_minute);
                (is_ahead && at_minute != reminder.at_minute && counts).then_some(Moved {
                    local_date,
                    at_minute,
                    is_quiet,
                })
            })
    }

    /// Whether a time of day lies in quiet hours: on a date that shows it, nothing rings then.
    pub fn is_quiet(&self, at: ClockMinute) -> bool {
        self.quiet.is_some_and(|quiet| quiet.contains(at))
    }

    /// The moments of a reminder from the day before `now` to `days` after it, in order.
    fn rings(
        &self,
        reminder: &Reminder,
        zone: Tz,
        now: UnixMillis,
        days: u64,
    ) -> impl Iterator<Item = Ring> {
        let reminder = *reminder;
        let quiet = self.quiet;
        let first = today(zone, now).and_then(|today| today.checked_sub_days(Days::new(1)));
        let dates = (0..=days + 1)
            .filter_map(move |ahead| first.and_then(|it| it.checked_add_days(Days::new(ahead))));
        dates
            .filter(move |date| reminder.weekdays.contains(date.weekday()))
            .filter_map(move |local_date| {
                let moment = moment(zone, local_date, reminder.at_minute)?;
                let shown = shown(&moment)?;
                if quiet.is_some_and(|quiet| quiet.contains(shown)) {
                    return None;
                }
                Some(Ring {
                    reminder_id: reminder.reminder_id,
                    since_ms: reminder.since_ms,
                    local_date,
                    at_ms: UnixMillis(moment.timestamp_millis()),
                })
            })
    }
}

fn today(zone: Tz, now: UnixMillis) -> Option<NaiveDate> {
    DateTime::from_timestamp_millis(now.0).map(|utc| utc.with_timezone(&zone).date_naive())
}

/// What the clock on the wall shows then.
fn shown(moment: &DateTime<Tz>) -> Option<ClockMinute> {
    let minute = u16::try_from(moment.hour() * 60 + moment.minute()).ok()?;
    ClockMinute::new(minute).ok()
}

/// The first moment at which the clock on the wall in `zone` shows that time of that date, or a later
/// one. `None` for a date that the zone left out.
fn moment(zone: Tz, date: NaiveDate, at: ClockMinute) -> Option<DateTime<Tz>> {
    let begins = first_at(zone, date.and_time(NaiveTime::MIN))?;
    if begins.date_naive() != date {
        return None;
    }
    first_at(zone, date.and_time(at.time()))
}

fn first_at(zone: Tz, face: NaiveDateTime) -> Option<DateTime<Tz>> {
    match zone.from_local_datetime(&face) {
        MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => Some(moment),
        MappedLocalTime::None => GapInfo::new(&face, &zone).and_then(|gap| gap.end),
    }
}

#[cfg(test)]
mod tests;
