//! A session: one recorded sit. Its immutable part, its completion, and the groups that edits
//! change.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{DeviceId, SessionId, TogetherId};
use crate::length::PlannedLength;
use crate::plan::Plan;
use crate::units::{Seconds, UnixMillis};

/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 10_000;

/// Where a session came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The sit timer recorded it.
    Timer,
    /// A person added it afterwards.
    Manual,
    /// It came from a file.
    Import,
}

/// `running → completed`, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Begun and not yet completed.
    Running,
    /// Completed, once and for all.
    Completed,
}

/// The part of a session that never changes after its start.
///
/// Carried by every op and every pulled change, so that a child never arrives before its parent
/// (invariant I6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionStart {
    /// The session.
    pub session_id: SessionId,
    /// The device that recorded it.
    pub device_id: DeviceId,
    /// Where it came from.
    pub source: Source,
    /// Begin + preparation, on the wall clock.
    pub started_at_ms: UnixMillis,
    /// IANA zone name at the start, for instance `Europe/Berlin`.
    pub tz: String,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// The civil date the session belongs to (see [`crate::calendar`]). Never changes by travel.
    pub local_date: NaiveDate,
    /// Planned length; `None` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// The sitting together that it belongs to, if any.
    pub together_id: Option<TogetherId>,
    /// The session in whose place it stands: the same sit with another date, whose row is deleted.
    /// Left out where there is none, so that other ops are the bytes they were in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SessionId>,
}

/// What completion sets, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// When the sit ended, on the wall clock.
    pub ended_at_ms: UnixMillis,
    /// Whole seconds that count toward totals: 1 to 86,400; 0 only together with a deletion.
    pub credited_s: Seconds,
    /// Whole seconds it was paused.
    pub paused_s: Seconds,
    /// Whole seconds the machine slept while the sit ran.
    pub asleep_s: Seconds,
    /// Whole seconds past the planned length that were kept; part of `credited_s`.
    pub overtime_s: Seconds,
}

/// Edit group: the words about a sit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Free text (Markdown is kept as text), at most [`MAX_NOTE_CHARS`] characters.
    pub note: Option<String>,
    /// 1 (hard) to 5 (easy).
    pub mood: Option<u8>,
    /// A word for this kind of sit, at most 80 characters.
    pub label: Option<String>,
}

/// Why words were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// Note too long.
    #[error("a note has at most {MAX_NOTE_CHARS} characters; this one has {0}")]
    Note(usize),
    /// Mood outside 1 to 5.
    #[error("a mood is 1 to 5, not {0}")]
    Mood(u8),
    /// Label too long.
    #[error("a label has at most {max} characters; this one has {0}", max = crate::plan::MAX_LABEL_CHARS)]
    Label(usize),
}

impl Words {
    /// Checks the ranges. Empty texts become `None`; the NUL character, which shows nothing and which
    /// Postgres cannot keep, is left out.
    ///
    /// # Errors
    /// [`InvalidWords`] naming the first that is out of its range.
    pub fn checked(mut self) -> Result<Self, InvalidWords> {
        let without_nul = |text: String| text.replace('\0', "");
        self.note = self
            .note
            .map(without_nul)
            .filter(|note| !note.trim().is_empty());
        self.label = self
            .label
            .map(|l| without_nul(l).trim().to_owned())
            .filter(|label| !label.is_empty());
        let chars = |text: &Option<String>| text.as_ref().map_or(0, |t| t.chars().count());
        if chars(&self.note) > MAX_NOTE_CHARS {
            return Err(InvalidWords::Note(chars(&self.note)));
        }
        if chars(&self.label) > crate::plan::MAX_LABEL_CHARS {
            return Err(InvalidWords::Label(chars(&self.label)));
        }
        match self.mood {
            Some(mood) if !(1..=5).contains(&mood) => Err(InvalidWords::Mood(mood)),
            _ => Ok(self),
        }
    }
}

/// Edit group: what partners may see of a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Whether partners see the sit at all; a private sit is not shared.
    pub shared: bool,
    /// Whether they see its note and label too.
    pub note_shared: bool,
}

impl Default for Sharing {
    fn default() -> Self {
        Self {
            shared: true,
            note_shared: false,
        }
    }
}

/// Who wrote a group last, as edits are ordered: by `hlc_ms`, then device, then `device_seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// Hybrid logical clock: wall milliseconds, never going back on one device.
    pub hlc_ms: i64,
    /// The device that wrote.
    pub device_id: DeviceId,
    /// Its own count of ops.
    pub device_seq: u64,
}

impl Stamp {
    /// A group that nobody has written: before every stamp that a device makes.
    pub const UNWRITTEN: Self = Self {
        hlc_ms: 0,
        device_id: DeviceId::from_uuid(Uuid::nil()),
        device_seq: 0,
    };
}

/// A session as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The immutable part.
    pub start: SessionStart,
    /// The frozen plan; own devices only, none for manual and imported sits.
    pub plan: Option<Plan>,
    /// Set once; `None` while running.
    pub completion: Option<Completion>,
    /// Corrected credited seconds, where a person changed them.
    pub credited_override_s: Option<Seconds>,
    /// Note, mood, label.
    pub words: Words,
    /// What partners may see.
    pub sharing: Sharing,
    /// Deletion tombstone.
    pub deleted: bool,
    /// Who wrote [`Session::words`] last.
    pub words_stamp: Stamp,
    /// Who wrote the credited seconds last.
    pub credited_stamp: Stamp,
    /// Who wrote [`Session::sharing`] last.
    pub sharing_stamp: Stamp,
    /// Who wrote [`Session::deleted`] last.
    pub deleted_stamp: Stamp,
}

impl Session {
    /// A session of which nothing is known but its immutable part.
    pub fn begun(start: SessionStart) -> Self {
        Self {
            start,
            plan: None,
            completion: None,
            credited_override_s: None,
            words: Words::default(),
            sharing: Sharing::default(),
            deleted: false,
            words_stamp: Stamp::UNWRITTEN,
            credited_stamp: Stamp::UNWRITTEN,
            sharing_stamp: Stamp::UNWRITTEN,
            deleted_stamp: Stamp::UNWRITTEN,
        }
    }

    /// Whether it was completed with 0 credited seconds, which only a deleted session may be.
    pub fn credits_nothing(&self) -> bool {
        self.completion.is_some_and(|c| c.credited_s == Seconds(0))
            && self.credited_override_s.is_none()
    }

    /// Where the session is in its life.
    pub const fn state(&self) -> State {
        if self.completion.is_some() {
            State::Completed
        } else {
            State::Running
        }
    }

    /// Seconds that count toward totals: none while running or deleted.
    pub fn credited_s(&self) -> Seconds {
        match (&self.completion, self.deleted) {
            (Some(completion), false) => self.credited_override_s.unwrap_or(completion.credited_s),
            _ => Seconds(0),
        }
    }
}

#[cfg(test)]
mod tests;
