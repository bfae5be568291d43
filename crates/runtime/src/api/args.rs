//! What commands are given, and small answers.

use mitta_domain::bells::{Bell, Sound};
use mitta_domain::plan::PlanChoice;
use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::session::Words;
use mitta_domain::timer::SleepChoice;
use mitta_domain::{PlannedLength, SessionId, Sharing};
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::views::HistoryCursor;

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
