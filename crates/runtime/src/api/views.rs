//! What the engine answers and tells: the sit, the history, totals, notices.

use mitta_domain::recovery::Question;
use mitta_domain::reminder::{ClockMinute, QuietHours, Weekdays};
use mitta_domain::session::{Completion, Source, State, Words};
use mitta_domain::{
    PlannedLength, Preset, ReminderId, Seconds, SessionId, Settings, Sharing, TogetherId,
    UnixMillis,
};
use serde::{Deserialize, Serialize};

use super::copies::BackupProgress;
use super::error::ApiError;
use super::transfer::TransferProgress;

/// Where a live sit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SitPhase {
    /// Settling; `preparation_left_ms` counts down.
    Preparing,
    /// Sitting; `elapsed_ms` counts up.
    Sitting,
    /// Paused; `elapsed_ms` stands.
    Paused,
    /// Past the planned length, counting silently.
    Overtime,
    /// End was pressed; `undo_left_ms` counts down, then it is completed.
    Ending,
    /// The person is asked (`question`).
    Asking,
    /// Over: `completion` says what is recorded once `recording` is `recorded`.
    Ended,
}

/// Whether what the sit did is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// All of it is committed.
    Recorded,
    /// A write is on its way.
    Saving,
    /// A write failed and is being retried; a notice says why.
    Failing,
}

/// What is asked at the end of a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SitQuestion {
    /// The machine slept during the sit, or past its end: keep, trim the sleep, or discard.
    Slept,
    /// Keep the overtime, or only the planned length, or discard.
    KeepOvertime,
}

/// The live sit, or the one just ended, as a window draws it.
///
/// Lengths are exact at the moment of sending; while `ticking` the window adds its own seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SitView {
    /// Its session.
    pub session_id: SessionId,
    /// Where it is.
    pub phase: SitPhase,
    /// Whether time is running in this phase.
    pub ticking: bool,
    /// Planned length; `null` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// Milliseconds until the sit starts, in `preparing`, else 0.
    pub preparation_left_ms: u64,
    /// Milliseconds sat: without pauses, with sleep; above `planned_s` in overtime.
    pub elapsed_ms: u64,
    /// Milliseconds slept by the machine so far.
    pub asleep_ms: u64,
    /// Milliseconds until the undo of End is over, in `ending`, else 0.
    pub undo_left_ms: u64,
    /// Wall clock at which it will end if nothing is pressed; `null` where that is open.
    pub ends_at_ms: Option<UnixMillis>,
    /// Marks on the ring: seconds from the start at which interval bells ring.
    pub interval_at_s: Vec<Seconds>,
    /// Its label.
    pub label: Option<String>,
    /// The sitting together it belongs to: then it can be neither paused nor begun now.
    pub together_id: Option<TogetherId>,
    /// Whether partners never see it.
    pub is_private: bool,
    /// What is asked, in `asking`.
    pub question: Option<SitQuestion>,
    /// Set in `ended`; in `ending` and `asking`, what would be recorded if kept.
    pub completion: Option<Completion>,
    /// Whether it was discarded.
    pub discarded: bool,
    /// Whether what happened so far is on the disk.
    pub recording: Recording,
}

/// A recorded sit as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionView {
    /// Its session.
    pub session_id: SessionId,
    /// Where it came from.
    pub source: Source,
    /// Running or completed.
    pub state: State,
    /// Start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at the start: show the time of day by this, not by the present zone.
    pub utc_offset_s: i32,
    /// The civil date it belongs to, `YYYY-MM-DD`.
    pub local_date: String,
    /// Planned length; `null` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// Whole seconds that count; 0 while running.
    pub credited_s: Seconds,
    /// What completion recorded; `null` while running.
    pub completion: Option<Completion>,
    /// How many interval bells its plan had.
    pub interval_bells: u32,
    /// Note, mood, label.
    pub words: Words,
    /// The sitting together it belongs to.
    pub together_id: Option<TogetherId>,
    /// What partners may see of it, where there are any.
    pub sharing: Sharing,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// A keyset position in the history: ask for what lies before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HistoryCursor {
    /// Start of the last row seen.
    pub started_at_ms: UnixMillis,
    /// Its session.
    pub session_id: SessionId,
}

/// One page of the history, newest first, without deleted sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HistoryPage {
    /// The sits.
    pub sits: Vec<SessionView>,
    /// Where the next page begins; `null` at the end.
    pub next: Option<HistoryCursor>,
}

/// What a past sit would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SitCheck {
    /// Start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// End on the wall clock.
    pub ended_at_ms: UnixMillis,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// The civil date it would belong to, `YYYY-MM-DD`.
    pub local_date: String,
    /// What was understood of the length.
    pub credited_s: Seconds,
    /// Whether the clock showed that time twice, and it has to be said which one is meant.
    pub is_twice: bool,
    /// Sits at the same time, oldest first, at most ten. They keep nobody from adding it.
    pub overlaps: Vec<SessionView>,
}

/// A sit whose date was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Corrected {
    /// The session that stands for it now.
    pub sit: SessionView,
    /// The session that stood for it, deleted.
    pub was: SessionView,
}

/// A label that sits have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabelView {
    /// The label.
    pub label: String,
    /// How many sits have it.
    pub sits: u32,
}

/// The labels there are, by their letters, at most 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Labels {
    /// Each once.
    pub labels: Vec<LabelView>,
}

/// Credited seconds and sits of a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SpanTotal {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, inclusive.
    pub to: String,
    /// Completed, undeleted sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
    /// Days with at least one.
    pub days: u32,
}

/// The totals that the window and `mitta stats` show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Totals {
    /// Today.
    pub today: SpanTotal,
    /// This week so far.
    pub week: SpanTotal,
    /// This month so far.
    pub month: SpanTotal,
    /// All of it.
    pub all: SpanTotal,
    /// The last 12 weeks, oldest first, the last one is `week`.
    pub weeks: Vec<SpanTotal>,
}

/// An unfinished sit that a person has to decide on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UnfinishedView {
    /// Its session.
    pub session_id: SessionId,
    /// Start on the wall clock.
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC at the start.
    pub utc_offset_s: i32,
    /// Planned length; `null` is open-ended.
    pub planned_s: Option<PlannedLength>,
    /// When it was last seen, on the wall clock.
    pub last_seen_ms: Option<UnixMillis>,
    /// What each answer would credit.
    pub question: Question,
}

/// Something that went wrong beside the sit: shown as a quiet line until it is dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Notice {
    /// What it is about; a new notice of the same topic replaces the old one.
    pub topic: NoticeTopic,
    /// What happened.
    pub error: ApiError,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoticeTopic {
    /// Writing to the disk fails (action: retry now).
    Recording,
    /// The sound device or a sound file (action: check again).
    Sound,
    /// The database was set aside as damaged, or could not be opened.
    Database,
    /// The system's time zone.
    Clock,
    /// Keeping the display or the machine awake.
    KeepAwake,
    /// The tray.
    Tray,
    /// Notifications.
    Notification,
    /// The weekly copy of the history.
    Backup,
    /// Reminders cannot be read.
    Reminders,
    /// The keys of the global shortcut are not held.
    Shortcut,
    /// The global shortcut was to begin a sit and could not; until one begins.
    Begin,
}

/// Whether the session starts Mitta by itself, as the system has it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StartAtLogin {
    /// Whether something is started.
    pub is_on: bool,
    /// The file that says so, whether it is there or not.
    pub path: String,
    /// The program that is started instead of this one; `null` where it is this one, or none.
    pub other_program: Option<String>,
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReminderView {
    /// Which.
    pub reminder_id: ReminderId,
    /// On which days.
    pub weekdays: Weekdays,
    /// At what time of day, in minutes from midnight.
    pub at_minute: ClockMinute,
    /// Whether it is switched on.
    pub is_on: bool,
    /// Whether its time lies within the quiet hours, so that it is not shown, but for a date that
    /// moves it out of them.
    pub is_quiet: bool,
    /// The next date within a year whose clock leaves out its time, where that changes anything;
    /// `null` for none.
    pub moved: Option<MovedReminder>,
}

/// A night in which the clocks leave out the time of a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MovedReminder {
    /// The civil date, `2027-03-28`.
    pub local_date: String,
    /// What the clock shows at the moment that it is moved to, in minutes from midnight.
    pub at_minute: ClockMinute,
    /// Whether that lies within the quiet hours, so that it is not shown on that date.
    pub is_quiet: bool,
}

/// All reminders, by their time of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReminderList {
    /// The reminders.
    pub reminders: Vec<ReminderView>,
    /// When nothing is shown; `null` for never.
    pub quiet_hours: Option<QuietHours>,
    /// When the next one is shown, on the wall clock, as things are now; `null` for none.
    pub next_ms: Option<UnixMillis>,
    /// The zone by which that is, an IANA name; `null` where the system does not tell, and UTC holds.
    pub tz: Option<String>,
}

/// All that a window needs to draw itself from nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Snapshot {
    /// The live sit, or the one just ended and not yet dismissed.
    pub sit: Option<SitView>,
    /// A sit that another process drives, for instance a terminal.
    pub elsewhere: Option<SessionId>,
    /// Unfinished sits to decide on.
    pub unfinished: Vec<UnfinishedView>,
    /// Settings.
    pub settings: Settings,
    /// Presets, in the person's order.
    pub presets: Vec<Preset>,
    /// Open notices.
    pub notices: Vec<Notice>,
    /// Program version.
    pub version: String,
}

/// What the engine tells its windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Update {
    /// The live sit changed; `null` when it was dismissed.
    Sit(Option<SitView>),
    /// Rows changed: read the history and totals again.
    History,
    /// Settings changed.
    Settings(Settings),
    /// The presets, all of them, in the person's order.
    Presets(Vec<Preset>),
    /// The reminders, all of them, or when the next one is shown.
    Reminders(ReminderList),
    /// The open notices, all of them.
    Notices(Vec<Notice>),
    /// Unfinished sits or a sit elsewhere changed: take a new snapshot.
    Unfinished,
    /// How far an import, its undo or an export is.
    Transfer(TransferProgress),
    /// How far a copy or a restore is; `null` when it has ended.
    Backup(Option<BackupProgress>),
}
