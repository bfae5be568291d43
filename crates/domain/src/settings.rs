//! The settings of one data folder.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use crate::plan::PlanChoice;

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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

/// What the window shows during a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Settings {
    /// The choices the next sit begins with: the last used.
    pub choice: PlanChoice,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
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
}

/// The latest hour at which a day may start: noon.
pub const MAX_DAY_START_HOUR: u8 = 12;

/// A day-start hour above [`MAX_DAY_START_HOUR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day starts at an hour from 0 to {MAX_DAY_START_HOUR}, not {0}")]
pub struct DayStartOutOfRange(pub u8);

impl Settings {
    /// # Errors
    /// [`DayStartOutOfRange`] above [`MAX_DAY_START_HOUR`].
    pub const fn check(&self) -> Result<(), DayStartOutOfRange> {
        if self.day_start_hour <= MAX_DAY_START_HOUR {
            Ok(())
        } else {
            Err(DayStartOutOfRange(self.day_start_hour))
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            choice: PlanChoice::default(),
            theme: Theme::System,
            dial: Dial::RingAndTime,
            keep_display_awake: false,
            prevent_suspend: true,
            ask_mood: false,
            notify_at_end: NotifyAtEnd::WhenHidden,
            day_start_hour: 4,
            week_start: Weekday::Mon,
            close_to_tray: true,
        }
    }
}

#[cfg(test)]
mod tests;
