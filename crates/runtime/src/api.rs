//! What windows and terminals may ask of the engine, and what it answers: the one declaration
//! from which the TypeScript types are generated (`cargo xtask types`).

use mitta_domain::bells::{Bell, Sound};
use mitta_domain::plan::PlanChoice;
use mitta_domain::recovery::{Question, RecoveryChoice};
use mitta_domain::session::{Completion, Source, State, Words};
use mitta_domain::timer::SleepChoice;
use mitta_domain::{PlannedLength, Seconds, SessionId, Settings, UnixMillis};
use serde::{Deserialize, Serialize};

/// A failure as every surface gets it: a stable code to branch on, and what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[error("{message}")]
pub struct ApiError {
    /// Stable code, for instance `sit_running`; the window has the words for it.
    pub code: ErrorCode,
    /// What happened and what to do, in English, for terminals and logs.
    pub message: String,
    /// The session concerned, where there is one.
    pub session_id: Option<SessionId>,
}

/// Stable error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Another sit is live in this data folder; its `session_id` is given.
    SitRunning,
    /// No sit is live here.
    NoSit,
    /// The named session is not the one that is live.
    OtherSit,
    /// No session has that id.
    UnknownSession,
    /// The session was completed before.
    AlreadyCompleted,
    /// The session is still running.
    NotCompleted,
    /// The command makes no sense in the sit's present state.
    WrongState,
    /// A length or time that cannot be read.
    InvalidLength,
    /// A length outside 1 s to 24 h.
    LengthOutOfRange,
    /// Preparation outside 0 to 5 min.
    InvalidPreparation,
    /// Strikes outside 0 to 9 or a volume above 100.
    InvalidBell,
    /// Interval bells that make no sense.
    InvalidIntervals,
    /// Interval bells that would not ring before the end.
    IntervalsTooLong,
    /// More than 200 given bell times.
    TooManyIntervals,
    /// A note above 10,000 characters.
    NoteTooLong,
    /// A label above 80 characters.
    LabelTooLong,
    /// A mood outside 1 to 5.
    InvalidMood,
    /// A setting out of its range.
    InvalidSetting,
    /// A request that is not of the declared shape.
    InvalidRequest,
    /// The disk is full.
    DiskFull,
    /// The data folder cannot be written.
    NotWritable,
    /// Another program holds the database.
    DatabaseBusy,
    /// The database is newer than this program.
    DatabaseNewer,
    /// The database was damaged and has been set aside.
    DatabaseCorrupt,
    /// Any other failure of the disk or the database.
    Storage,
    /// No sound device.
    NoSoundDevice,
    /// A sound file that is missing.
    SoundMissing,
    /// A sound file that is no sound this program reads.
    SoundUnreadable,
    /// A sound file above 32 MiB or five minutes.
    SoundTooLarge,
    /// The desktop did not agree to stay awake.
    KeepAwakeRefused,
    /// The desktop shows no tray.
    NoTray,
    /// Notifications cannot be shown.
    NoNotifications,
    /// The system's time zone is unknown.
    ZoneUnknown,
    /// A defect: please report it.
    Internal,
}

/// Where a live sit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
    /// Whether it is deleted.
    pub deleted: bool,
}

/// A keyset position in the history: ask for what lies before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct HistoryCursor {
    /// Start of the last row seen.
    pub started_at_ms: UnixMillis,
    /// Its session.
    pub session_id: SessionId,
}

/// One page of the history, newest first, without deleted sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct HistoryPage {
    /// The sits.
    pub sits: Vec<SessionView>,
    /// Where the next page begins; `null` at the end.
    pub next: Option<HistoryCursor>,
}

/// Credited seconds and sits of a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Notice {
    /// What it is about; a new notice of the same topic replaces the old one.
    pub topic: NoticeTopic,
    /// What happened.
    pub error: ApiError,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
}

/// All that a window needs to draw itself from nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Snapshot {
    /// The live sit, or the one just ended and not yet dismissed.
    pub sit: Option<SitView>,
    /// A sit that another process drives, for instance a terminal.
    pub elsewhere: Option<SessionId>,
    /// Unfinished sits to decide on.
    pub unfinished: Vec<UnfinishedView>,
    /// Settings.
    pub settings: Settings,
    /// Open notices.
    pub notices: Vec<Notice>,
    /// Program version.
    pub version: String,
}

/// What the engine tells its windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Update {
    /// The live sit changed; `null` when it was dismissed.
    Sit(Option<SitView>),
    /// Rows changed: read the history and totals again.
    History,
    /// Settings changed.
    Settings(Settings),
    /// The open notices, all of them.
    Notices(Vec<Notice>),
    /// Unfinished sits or a sit elsewhere changed: take a new snapshot.
    Unfinished,
}

/// Arguments that name a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct OfSession {
    /// The session meant.
    pub session_id: SessionId,
}

/// No arguments, or nothing to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Nothing {}

macro_rules! args {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

args!(
    /// `choose`: the answer to a [`SitQuestion`].
    ChooseArgs {
        /// The session meant.
        session_id: SessionId,
        /// The answer.
        choice: SleepChoice,
    }
);
args!(
    /// `recover`: the answer for an unfinished sit.
    RecoverArgs {
        /// The session meant.
        session_id: SessionId,
        /// The answer.
        choice: RecoveryChoice,
    }
);
args!(
    /// `describe`: new words for a session.
    DescribeArgs {
        /// The session meant.
        session_id: SessionId,
        /// All three words; what is `null` is cleared.
        words: Words,
    }
);
args!(
    /// `history`: a page.
    HistoryArgs {
        /// Rows before this position; `null` for the newest.
        before: Option<HistoryCursor>,
        /// How many, 1 to 500.
        limit: u32,
    }
);
args!(
    /// `parse_length`: a length as typed.
    ParseLengthArgs {
        /// What was typed, for instance `25`, `90s`, `1:30`, `1h 30m`.
        text: String,
    }
);
args!(
    /// A length that was understood.
    ParsedLength {
        /// Whole seconds.
        planned_s: PlannedLength,
    }
);
args!(
    /// `import_sound`: copies a file of the person's own into the data folder.
    ImportSoundArgs {
        /// Absolute path.
        path: String,
    }
);
args!(
    /// A sound that can be chosen.
    SoundChosen {
        /// The sound; `null` if the person chose none.
        sound: Option<Sound>,
    }
);
args!(
    /// `preview`: rings one bell once.
    PreviewArgs {
        /// The bell; its strikes are ignored.
        bell: Bell,
    }
);
args!(
    /// `check_plan`: is all well with these choices, and with the sound, before sitting?
    CheckPlanArgs {
        /// The choices.
        choice: PlanChoice,
    }
);
args!(
    /// What `check_plan` found.
    PlanCheck {
        /// Problems, empty where all is well. None of them stops a sit but the plan's own.
        problems: Vec<ApiError>,
    }
);

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($args:ty) -> $reply:ty;)*) => {
        /// The commands a window may give. Implemented by the engine; [`dispatch`] calls them by
        /// name with JSON.
        pub trait Commands {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`ApiError`] with a stable code.
                fn $name(&self, args: $args) -> Result<$reply, ApiError>;
            )*
        }

        /// Calls the command `name` with JSON arguments.
        ///
        /// # Errors
        /// What the command answers, or `invalid_request` for an unknown name or shape.
        pub fn dispatch(
            commands: &impl Commands,
            name: &str,
            args: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            match name {
                $(stringify!($name) => {
                    let args: $args = serde_json::from_value(args)
                        .map_err(|e| ApiError::invalid_request(name, &e))?;
                    serde_json::to_value(commands.$name(args)?)
                        .map_err(|e| ApiError::internal(&e))
                })*
                _ => Err(ApiError::invalid_request(name, &"no such command")),
            }
        }

        /// Writes the TypeScript type of all that crosses this port, a file for each.
        ///
        /// # Errors
        /// [`ts_rs::ExportError`] if the folder named in `config` cannot be written.
        #[cfg(feature = "ts")]
        pub fn export_typescript(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            use ts_rs::TS as _;
            $(
                <$args>::export_all(config)?;
                <$reply>::export_all(config)?;
            )*
            ApiError::export_all(config)?;
            Update::export_all(config)
        }

        /// The TypeScript map from command to arguments and reply.
        #[cfg(feature = "ts")]
        pub fn typescript() -> String {
            use std::fmt::Write as _;
            use ts_rs::TS as _;
            let config = ts_rs::Config::from_env();
            let mut names = std::collections::BTreeSet::new();
            let mut map = String::from("export type Commands = {\n");
            $(
                let (args, reply) = (<$args>::name(&config), <$reply>::name(&config));
                let _ = writeln!(map, "  {}: {{ args: {args}; reply: {reply} }};", stringify!($name));
                names.extend([args, reply]);
            )*
            map.push_str("};\n");
            let mut text = String::from("// Generated by `cargo xtask types`. Do not edit.\n");
            for name in names {
                let _ = writeln!(text, "import type {{ {name} }} from \"./{name}\";");
            }
            text + "\n" + &map
        }
    };
}

commands! {
    /// All a window needs to draw itself.
    snapshot(Nothing) -> Snapshot;
    /// Records a session and starts the sit timer.
    begin(PlanChoice) -> SitView;
    /// Ends the preparation and starts sitting.
    begin_now(OfSession) -> SitView;
    /// Pauses.
    pause(OfSession) -> SitView;
    /// Resumes.
    resume(OfSession) -> SitView;
    /// Ends early: undo for 30 s, then it is completed. In the preparation: discards.
    /// In overtime: asks.
    end(OfSession) -> SitView;
    /// Takes an End back: the sit goes on.
    undo_end(OfSession) -> SitView;
    /// Completes an ending sit at once, without waiting for the undo to pass.
    finish(OfSession) -> SitView;
    /// Completes and deletes, in one transaction.
    discard(OfSession) -> SitView;
    /// Answers a question.
    choose(ChooseArgs) -> SitView;
    /// Puts an ended sit away (completing it first if End's undo still runs).
    dismiss(OfSession) -> Nothing;
    /// Decides on an unfinished sit.
    recover(RecoverArgs) -> SessionView;
    /// Tries failed writes again now.
    retry_recording(Nothing) -> Nothing;
    /// Writes note, mood and label.
    describe(DescribeArgs) -> SessionView;
    /// Deletes a completed sit; undo is `restore_session`.
    delete_session(OfSession) -> SessionView;
    /// Takes a deletion back.
    restore_session(OfSession) -> SessionView;
    /// One session.
    session(OfSession) -> SessionView;
    /// A page of the history.
    history(HistoryArgs) -> HistoryPage;
    /// Totals as of now.
    totals(Nothing) -> Totals;
    /// Saves all settings.
    save_settings(Settings) -> Settings;
    /// Understands a length as typed.
    parse_length(ParseLengthArgs) -> ParsedLength;
    /// Copies a sound file into the data folder.
    import_sound(ImportSoundArgs) -> SoundChosen;
    /// Rings a bell once.
    preview(PreviewArgs) -> Nothing;
    /// Silences a preview.
    stop_preview(Nothing) -> Nothing;
    /// Checks choices and sound before sitting.
    check_plan(CheckPlanArgs) -> PlanCheck;
}

impl ApiError {
    /// An error without a session.
    pub fn new(code: ErrorCode, message: impl std::fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            session_id: None,
        }
    }

    /// The same error about a session.
    #[must_use]
    pub fn about(mut self, session_id: SessionId) -> Self {
        self.session_id = Some(session_id);
        self
    }

    /// A request that is not of the declared shape.
    pub fn invalid_request(command: &str, why: &dyn std::fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidRequest, format_args!("{command}: {why}"))
    }

    /// A defect.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::Internal,
            format_args!("A defect in Mitta: {why}. Please report it."),
        )
    }
}
