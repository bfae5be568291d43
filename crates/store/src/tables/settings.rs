//! `settings`: one row of typed columns, or none as long as the defaults hold.

use mitta_domain::Settings;
use mitta_domain::settings::Language;
use rusqlite::{Connection, params};

use super::{from_json, from_name, name_of, seconds, to_json};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static SETTINGS: Columns = Columns {
    table: "settings",
    names: &[
        "choice",
        "theme",
        "dial",
        "keep_display_awake",
        "prevent_suspend",
        "ask_mood",
        "notify_at_end",
        "day_start_hour",
        "week_start",
        "close_to_tray",
        "weekly_goal_s",
        "show_streak",
        "rest_days",
        "language",
        "text_percent",
        "shortcut",
    ],
};

static LANGUAGE: Columns = Columns {
    table: SETTINGS.table,
    names: &["language"],
};

/// The language as saved, without a look at anything else.
pub(crate) fn language(connection: &Connection) -> Result<Language, ReadError> {
    let sql = format!("SELECT {} FROM settings WHERE one = 1", LANGUAGE.list());
    let saved = LANGUAGE.query_one(connection, &sql, [], |cells| cells.convert(from_name))?;
    Ok(saved.unwrap_or_default())
}

/// The settings as saved; none before a person changed something.
pub(crate) fn saved(connection: &Connection) -> Result<Option<Settings>, ReadError> {
    let sql = format!("SELECT {} FROM settings WHERE one = 1", SETTINGS.list());
    SETTINGS.query_one(connection, &sql, [], |cells| {
        Ok(Settings {
            choice: cells.convert(from_json)?,
            theme: cells.convert(from_name)?,
            dial: cells.convert(from_name)?,
            keep_display_awake: cells.next()?,
            prevent_suspend: cells.next()?,
            ask_mood: cells.next()?,
            notify_at_end: cells.convert(from_name)?,
            day_start_hour: cells.next()?,
            week_start: cells.convert(from_name)?,
            close_to_tray: cells.next()?,
            weekly_goal_s: cells.convert_if_there(seconds)?,
            show_streak: cells.next()?,
            rest_days: cells.convert(from_json)?,
            language: cells.convert(from_name)?,
            text_percent: cells.next()?,
            shortcut: cells.convert_if_there(from_json)?,
        })
    })
}

/// Saves all of them.
pub(crate) fn save(connection: &Connection, settings: &Settings) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT OR REPLACE INTO settings (one, {}) VALUES (1, {})",
        SETTINGS.list(),
        SETTINGS.marks()
    );
    let changed = connection.prepare_cached(&sql)?.execute(params![
        to_json(&settings.choice)?,
        name_of(&settings.theme)?,
        name_of(&settings.dial)?,
        settings.keep_display_awake,
        settings.prevent_suspend,
        settings.ask_mood,
        name_of(&settings.notify_at_end)?,
        settings.day_start_hour,
        name_of(&settings.week_start)?,
        settings.close_to_tray,
        settings.weekly_goal_s.map(|goal| goal.0),
        settings.show_streak,
        to_json(&settings.rest_days)?,
        name_of(&settings.language)?,
        settings.text_percent,
        settings.shortcut.as_ref().map(to_json).transpose()?,
    ])?;
    one_row(SETTINGS.table, changed)
}
