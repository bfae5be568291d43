//! What commands are given, and small answers.

use mitta_domain::bells::{Bell, Sound};
use mitta_domain::past::Occurrence;
use mitta_domain::plan::PlanChoice;
use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::reminder::{ClockMinute, QuietHours, Weekdays};
use mitta_domain::session::Words;
use mitta_domain::stats::Scope;
use mitta_domain::timer::SleepChoice;
use mitta_domain::{PlannedLength, Preset, PresetId, ReminderId, SessionId, Sharing, Source};
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::views::HistoryCursor;

/// Arguments that name a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OfSession {
    /// The session meant.
    pub session_id: SessionId,
}

/// No arguments, or nothing to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Nothing {}

macro_rules! args {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}
pub(super) use args;

args!(
    /// `save_preset`: keeps choices under a name.
    SavePresetArgs {
        /// The preset to change; `null` makes a new one.
        preset_id: Option<PresetId>,
        /// As typed: trimmed, at most 60 characters.
        name: String,
        /// The choices; they must be fit to begin with.
        choice: PlanChoice,
    }
);
args!(
    /// `set_start_at_login`: whether the session is to start Mitta.
    StartAtLoginArgs {
        /// Whether.
        on: bool,
    }
);
args!(
    /// Arguments that name a preset.
    OfPreset {
        /// The preset meant.
        preset_id: PresetId,
    }
);
args!(
    /// `reorder_presets`: the order from now on.
    ReorderPresetsArgs {
        /// Each preset once.
        preset_ids: Vec<PresetId>,
    }
);
args!(
    /// All presets, in the person's order.
    PresetList {
        /// The presets.
        presets: Vec<Preset>,
    }
);
args!(
    /// `save_reminder`: when to be reminded.
    SaveReminderArgs {
        /// The reminder to change; `null` makes a new one.
        reminder_id: Option<ReminderId>,
        /// On which days, at least one.
        weekdays: Weekdays,
        /// At what time of day, in minutes from midnight.
        at_minute: ClockMinute,
        /// Whether it is switched on.
        is_on: bool,
    }
);
args!(
    /// Arguments that name a reminder.
    OfReminder {
        /// The reminder meant.
        reminder_id: ReminderId,
    }
);
args!(
    /// `save_quiet_hours`: when nothing is shown.
    QuietHoursArgs {
        /// The hours; `null` for none.
        quiet_hours: Option<QuietHours>,
    }
);
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
    /// `share_session`: what partners may see of a session.
    ShareSessionArgs {
        /// The session meant.
        session_id: SessionId,
        /// Whether they see it, and whether its note and label too.
        sharing: Sharing,
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
    /// `statistics`: what is shown beside what is always shown.
    StatisticsArgs {
        /// The longer time to look at.
        scope: Scope,
    }
);
args!(
    /// When a past sit began, as the clock on the wall showed it.
    PastStart {
        /// `YYYY-MM-DDTHH:MM`, with or without seconds.
        wall: String,
        /// The zone of that clock, an IANA name; `null`: that of the sit that is corrected, else the present one.
        tz: Option<String>,
        /// Which one is meant where the clock showed that time twice.
        occurrence: Occurrence,
    }
);
args!(
    /// `check_sit`: what a past sit would be.
    CheckSitArgs {
        /// When it began.
        start: PastStart,
        /// How long it was, as typed.
        length: String,
        /// The session whose date is corrected: it does not overlap itself.
        replaces: Option<SessionId>,
    }
);
args!(
    /// `add_sit`: a sit that is over.
    AddSitArgs {
        /// When it began.
        start: PastStart,
        /// How long it was, as typed.
        length: String,
        /// Note, mood, label.
        words: Words,
        /// Whether partners never see it.
        is_private: bool,
    }
);
args!(
    /// `correct_credited`: how long a sit was.
    CorrectCreditedArgs {
        /// The session meant.
        session_id: SessionId,
        /// Whole seconds that count from now on.
        credited_s: i64,
    }
);
args!(
    /// `correct_start`: when a sit began.
    CorrectStartArgs {
        /// The session meant.
        session_id: SessionId,
        /// When it began.
        start: PastStart,
    }
);
args!(
    /// Which sits are wanted; all of it must hold, and `null` holds for every sit.
    HistoryFilter {
        /// Words, each of which stands in note or label, at most 200 characters.
        text: Option<String>,
        /// Exactly that label.
        label: Option<String>,
        /// Where it came from.
        source: Option<Source>,
        /// On that date or later, `YYYY-MM-DD`.
        from: Option<String>,
        /// On that date or earlier.
        to: Option<String>,
    }
);
args!(
    /// `find_sits`: a page of the sits that are wanted.
    FindSitsArgs {
        /// Which.
        filter: HistoryFilter,
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
