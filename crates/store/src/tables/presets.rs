//! `presets`: choices under a name, and for a while those that were deleted.

use mitta_domain::{Preset, PresetId, PresetName, Presets, UnixMillis};
use rusqlite::{Connection, params};

use super::{execute, from_json, to_json};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static PRESETS: Columns = Columns {
    table: "presets",
    names: &["preset_id", "name", "choice"],
};

fn read(cells: &mut Cells<'_>) -> Result<Preset, ReadError> {
    Ok(Preset {
        preset_id: cells.convert(|text: String| text.parse().ok())?,
        name: cells.convert(|text: String| PresetName::parse(&text).ok())?,
        choice: cells.convert(from_json)?,
    })
}

/// Those that are not deleted, in their order.
pub(crate) fn all(connection: &Connection) -> Result<Presets, ReadError> {
    let sql = format!(
        "SELECT {} FROM presets WHERE deleted_at_ms IS NULL ORDER BY position, preset_id",
        PRESETS.list()
    );
    PRESETS.query(connection, &sql, [], read).map(Presets::new)
}

/// One that was deleted, and the place it had.
pub(crate) fn deleted(
    connection: &Connection,
    preset_id: PresetId,
) -> Result<Option<(Preset, u32)>, ReadError> {
    static WITH_POSITION: Columns = Columns {
        table: "presets",
        names: &["preset_id", "name", "choice", "position"],
    };
    let sql = format!(
        "SELECT {} FROM presets WHERE preset_id = ?1 AND deleted_at_ms IS NOT NULL",
        WITH_POSITION.list()
    );
    WITH_POSITION.query_one(connection, &sql, [preset_id.to_string()], |cells| {
        Ok((read(cells)?, cells.next()?))
    })
}

/// Adds one at the end; `position` is how many there are.
pub(crate) fn insert(
    connection: &Connection,
    preset: &Preset,
    position: usize,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO presets (preset_id, name, choice, position) VALUES (?1, ?2, ?3, ?4)";
    let values = params![
        preset.preset_id.to_string(),
        preset.name.as_str(),
        to_json(&preset.choice)?,
        index(position),
    ];
    one_row(PRESETS.table, execute(connection, sql, values)?)
}

/// Gives one another name and other choices; its place stays.
pub(crate) fn update(connection: &Connection, preset: &Preset) -> Result<(), WriteError> {
    let sql = "UPDATE presets SET name = ?2, choice = ?3 \
               WHERE preset_id = ?1 AND deleted_at_ms IS NULL";
    let values = params![
        preset.preset_id.to_string(),
        preset.name.as_str(),
        to_json(&preset.choice)?,
    ];
    one_row(PRESETS.table, execute(connection, sql, values)?)
}

/// Puts one at a place.
pub(crate) fn put_at(
    connection: &Connection,
    preset_id: PresetId,
    position: usize,
) -> Result<(), WriteError> {
    let sql = "UPDATE presets SET position = ?2 WHERE preset_id = ?1 AND deleted_at_ms IS NULL";
    let values = params![preset_id.to_string(), index(position)];
    one_row(PRESETS.table, execute(connection, sql, values)?)
}

/// Marks one as deleted; says whether there was one to delete.
pub(crate) fn mark_deleted(
    connection: &Connection,
    preset_id: PresetId,
    at_ms: UnixMillis,
) -> Result<bool, WriteError> {
    let sql =
        "UPDATE presets SET deleted_at_ms = ?2 WHERE preset_id = ?1 AND deleted_at_ms IS NULL";
    match execute(connection, sql, params![preset_id.to_string(), at_ms.0])? {
        0 => Ok(false),
        changed => one_row(PRESETS.table, changed).map(|()| true),
    }
}

/// Takes the mark away, and gives it the name that is free.
pub(crate) fn unmark_deleted(
    connection: &Connection,
    preset_id: PresetId,
    name: &PresetName,
) -> Result<(), WriteError> {
    let sql = "UPDATE presets SET deleted_at_ms = NULL, name = ?2 \
               WHERE preset_id = ?1 AND deleted_at_ms IS NOT NULL";
    let values = params![preset_id.to_string(), name.as_str()];
    one_row(PRESETS.table, execute(connection, sql, values)?)
}

/// Removes those that were deleted before a moment.
pub(crate) fn purge(connection: &Connection, before_ms: UnixMillis) -> Result<(), WriteError> {
    let sql = "DELETE FROM presets WHERE deleted_at_ms < ?1";
    execute(connection, sql, [before_ms.0]).map(drop)
}

fn index(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
