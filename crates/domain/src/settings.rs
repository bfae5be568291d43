//! The settings of one data folder.

use std::ops::RangeInclusive;

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::plan::PlanChoice;
use crate::shortcut::Shortcut;
use crate::units::Seconds;

mod rest_days;

pub use rest_days::RestDays;

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language in which Mitta speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system has it.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// What the window shows during a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Dial {
    /// Ring and time left.
    #[default]
    RingAndTime,
    /// Only the ring.
    Ring,
    /// Nothing.
    Nothing,
}

/// When a notification tells of the end of a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NotifyAtEnd {
    /// Only when the window is not visible.
    #[default]
    WhenHidden,
    /// Never.
    Never,
}

/// What a person set.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, one per line on screen"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Settings {
    /// The choices the next sit begins with: the last used.
    pub choice: PlanChoice,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The language of the window, the tray, notifications and the terminal.
    pub language: Language,
    /// The size of text in the window, in percent of the usual, 80 to 200.
    pub text_percent: u16,
    /// What the window shows during a sit.
    pub dial: Dial,
    /// Keep the display awake during a sit.
    pub keep_display_awake: bool,
    /// Keep the machine from suspending during a sit.
    pub prevent_suspend: bool,
    /// Ask for a mood afterwards.
    pub ask_mood: bool,
    /// Notification at the end.
    pub notify_at_end: NotifyAtEnd,
    /// The hour, 0 to 12, at which a day starts: a sit before it belongs to the evening before.
    pub day_start_hour: u8,
    /// The day a week starts with.
    #[cfg_attr(
        feature = "ts",
        ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\"")
    )]
    pub week_start: Weekday,
    /// Whether closing the window keeps Mitta in the tray; without a tray closing quits.
    pub close_to_tray: bool,
    /// What the person aims to sit in a week, 1 second to 7 days; a partnership's goal goes before it.
    pub weekly_goal_s: Option<Seconds>,
    /// Whether the streak is shown: not everyone wants scores.
    pub show_streak: bool,
    /// Weekdays over which a streak goes on without a sit.
    #[cfg_attr(
        feature = "ts",
        ts(type = "Array<\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\">")
    )]
    pub rest_days: RestDays,
    /// The keys that reach Mitta from any program; `null` for none.
    pub shortcut: Option<Shortcut>,
}

/// The latest hour at which a day may start: noon.
pub const MAX_DAY_START_HOUR: u8 = 12;

/// A day-start hour above [`MAX_DAY_START_HOUR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day starts at an hour from 0 to {MAX_DAY_START_HOUR}, not {0}")]
pub struct DayStartOutOfRange(pub u8);

/// The highest weekly goal: all of a week.
pub const MAX_WEEKLY_GOAL: Seconds = Seconds(7 * 86_400);

/// The sizes that text may have, in percent of the usual.
pub const TEXT_PERCENT: RangeInclusive<u16> = 80..=200;

/// Why settings were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// The day-start hour.
    #[error(transparent)]
    DayStart(#[from] DayStartOutOfRange),
    /// A weekly goal outside 1 to [`MAX_WEEKLY_GOAL`].
    #[error("a weekly goal is 1 second to 7 days, not {} s", .0.0)]
    WeeklyGoal(Seconds),
    /// A size of text outside [`TEXT_PERCENT`].
    #[error("text has 80 to 200 percent of its usual size, not {0}")]
    TextSize(u16),
}

impl Settings {
    /// # Errors
    /// [`InvalidSettings`] naming the first that is out of its range.
    pub fn check(&self) -> Result<(), InvalidSettings> {
        if self.day_start_hour > MAX_DAY_START_HOUR {
            return Err(DayStartOutOfRange(self.day_start_hour).into());
        }
        if let Some(goal) = self.weekly_goal_s
            && !(Seconds(1)..=MAX_WEEKLY_GOAL).contains(&goal)
        {
            return Err(InvalidSettings::WeeklyGoal(goal));
        }
        if !TEXT_PERCENT.contains(&self.text_percent) {
            return Err(InvalidSettings::TextSize(self.text_percent));
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            choice: PlanChoice::default(),
            theme: Theme::System,
            language: Language::System,
            text_percent: 100,
            dial: Dial::RingAndTime,
            keep_display_awake: false,
            prevent_suspend: true,
            ask_mood: false,
            notify_at_end: NotifyAtEnd::WhenHidden,
            day_start_hour: 4,
            week_start: Weekday::Mon,
            close_to_tray: true,
            weekly_goal_s: None,
            show_streak: false,
            rest_days: RestDays::default(),
            shortcut: None,
        }
    }
}

#[cfg(test)]
mod tests;
