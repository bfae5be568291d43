//! What the doctor finds. Codes and figures only: the words are those of each surface.

use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// Whether the data folder can be written.
    DataFolder,
    /// Room on its disk.
    FreeSpace,
    /// Every page, index and constraint of the database.
    Database,
    /// Whether a sit runs, and whether one was never finished.
    Sits,
    /// What waits for a server.
    Outbox,
    /// The copies of the history.
    Backups,
    /// A whole sit on a scratch database.
    RoundTrip,
    /// The sound device, and the sounds of the last sit.
    Sound,
    /// Every sound file of the person's own.
    OwnSounds,
    /// The system's time zone.
    Zone,
    /// The clocks.
    Clock,
    /// Whether the session starts Mitta.
    StartAtLogin,
    /// The keys that reach Mitta from any program.
    Shortcut,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The folder can be written: `text` is its path.
    FolderWritable,
    /// There is no folder yet, and one can be made: `text` is its path.
    FolderToBe,
    /// The folder cannot be written: `text` says where and why.
    FolderNotWritable,
    /// `count` MiB are free.
    Free,
    /// Not looked at on this system.
    NotLookedAt,
    /// There is no database yet.
    NoDatabase,
    /// The database is whole: `text` is its path.
    Whole,
    /// The database cannot be opened, or is not whole: `text` says why.
    DatabaseBad,
    /// No sit runs, and none is unfinished.
    NothingUnfinished,
    /// A sit runs: `text` is its id.
    Running,
    /// Sits were never finished: `text` is their ids.
    Unfinished,
    /// `count` changes wait for an account.
    WaitingForAccount,
    /// `count` changes wait to be sent.
    Waiting,
    /// The last copy is of `at_ms`.
    LastBackup,
    /// There is no copy yet, and nothing to copy or a copy soon.
    NoBackup,
    /// The scratch sit came back as it was sat.
    RoundTrip,
    /// The scratch sit did not come back as it was sat: `text` says how.
    RoundTripWrong,
    /// The device opens and the chosen bells can be read.
    SoundWell,
    /// Something is wrong with the device or a bell: `text` says what.
    SoundBad,
    /// `count` sound files of the person's own can be read.
    OwnSounds,
    /// Some cannot: `text` says which and why.
    OwnSoundsBad,
    /// The zone: `text` is its name.
    Zone,
    /// The zone is unknown: `text` says why.
    ZoneUnknown,
    /// The clocks agree.
    ClocksAgree,
    /// The steady clock went back.
    ClockBack,
    /// The wall clock was moved by `count` milliseconds while it was looked at.
    WallMoved,
    /// The wall clock shows a time that has passed.
    WallEarly,
    /// The session starts nothing: `file` would say so.
    NotStarted,
    /// The session starts the program `text`, as `file` says.
    Started,
    /// It is to start the program `text`, as `file` says, and there is none.
    StartsNothing,
    /// No keys are set.
    NoShortcut,
    /// The keys `text` are set, and a program may have keys on this display.
    Shortcut,
    /// Under Wayland no program has keys for itself: `text` is those that are set, if any.
    ShortcutWayland,
    /// The keys `text` are set; from here no display is to be had.
    ShortcutNoDisplay,
    /// It could not be looked at: `text` says why.
    Failed,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// See that the folder may be written.
    CheckPermission,
    /// Free some space.
    MakeRoom,
    /// Update the program.
    Update,
    /// Start the program once.
    OpenOnce,
    /// Close other programs that use it.
    CloseOthers,
    /// Copy the file away, then restore a copy: `advice_text` is where they are.
    RestoreBackup,
    /// Report it.
    Report,
    /// Decide on the unfinished sits.
    Decide,
    /// Make a copy.
    BackUp,
    /// See the system's sound settings.
    CheckSound,
    /// Choose the sounds again.
    ChooseAgain,
    /// Set the time zone.
    SetZone,
    /// Set the clock.
    SetClock,
    /// Switch start at login off and on again.
    StartAgain,
    /// Have the desktop itself give keys to the program.
    DesktopKeys,
}

shape!(
    /// One thing looked at.
    Check {
        /// What.
        name: CheckName,
        /// Whether all is well.
        ok: bool,
        /// What was found.
        found: Found,
        /// A path, an id, or what the system said.
        text: Option<String>,
        /// A file that says so.
        file: Option<String>,
        /// A figure.
        count: Option<i64>,
        /// A moment.
        at_ms: Option<UnixMillis>,
        /// What to do, where something is not well.
        advice: Option<Advice>,
    }
);
shape!(
    /// What the doctor found.
    Examination {
        /// Everything that was looked at.
        checks: Vec<Check>,
        /// Whether the history may be opened for more than a look.
        is_database_well: bool,
    }
);

shape!(
    /// The end of the log, without what a path or an address tells of the person.
    LogText {
        /// Its lines, oldest first.
        text: String,
        /// Where all of it is.
        folder: String,
    }
);

impl Check {
    /// All is well.
    pub const fn well(name: CheckName, found: Found) -> Self {
        Self {
            name,
            ok: true,
            found,
            text: None,
            file: None,
            count: None,
            at_ms: None,
            advice: None,
        }
    }

    /// Something is to be done.
    pub fn bad(name: CheckName, found: Found, advice: Advice) -> Self {
        Self {
            ok: false,
            advice: Some(advice),
            ..Self::well(name, found)
        }
    }

    /// With a path, an id, or what the system said.
    #[must_use]
    pub fn text(mut self, text: impl std::fmt::Display) -> Self {
        self.text = Some(text.to_string());
        self
    }

    /// With a file that says so.
    #[must_use]
    pub fn file(mut self, file: &std::path::Path) -> Self {
        self.file = Some(file.display().to_string());
        self
    }

    /// With a figure.
    #[must_use]
    pub fn count(mut self, count: impl TryInto<i64>) -> Self {
        self.count = Some(count.try_into().unwrap_or(i64::MAX));
        self
    }

    /// With a moment.
    #[must_use]
    pub fn at(mut self, at_ms: UnixMillis) -> Self {
        self.at_ms = Some(at_ms);
        self
    }
}
