//! Presets: kept, put in order, deleted and brought back.
//!
//! Must hold: every call is one transaction that leaves positions 0, 1, 2 … and no name twice; what
//! is refused changes nothing. A deletion can be taken back for [`KEPT_AFTER_DELETION_MS`].

use mitta_domain::preset::PresetRefused;
use mitta_domain::{Preset, PresetId, Presets, UnixMillis};
use rusqlite::Transaction;

use crate::error::{ReadError, WriteError};
use crate::tables::presets;
use crate::{Reader, Writer};

/// For how long a deleted preset can be brought back: thirty days.
pub const KEPT_AFTER_DELETION_MS: i64 = 30 * 86_400_000;

impl Reader {
    /// All presets, in the person's order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn presets(&self) -> Result<Presets, ReadError> {
        presets::all(&self.connection)
    }
}

impl Writer {
    /// Keeps a new preset, at the end.
    ///
    /// # Errors
    /// [`WriteError::Preset`] for a name that is taken, one too many, or choices that cannot be sat;
    /// or what the disk says.
    pub fn add_preset(&mut self, preset: &Preset) -> Result<Presets, WriteError> {
        self.transaction(|tx| {
            let kept = presets::all(tx)?;
            kept.check_new(preset)?;
            presets::insert(tx, preset, kept.as_slice().len())?;
            Ok(presets::all(tx)?)
        })
    }

    /// Gives a preset another name and other choices.
    ///
    /// # Errors
    /// [`WriteError::Preset`] for one that is not there, a name that is taken, or choices that cannot
    /// be sat; or what the disk says.
    pub fn change_preset(&mut self, preset: &Preset) -> Result<Presets, WriteError> {
        self.transaction(|tx| {
            presets::all(tx)?.check_changed(preset)?;
            presets::update(tx, preset)?;
            Ok(presets::all(tx)?)
        })
    }

    /// Puts all presets into an order.
    ///
    /// # Errors
    /// [`WriteError::Preset`] for an order that does not name each once; or what the disk says.
    pub fn reorder_presets(&mut self, preset_ids: &[PresetId]) -> Result<Presets, WriteError> {
        self.transaction(|tx| {
            presets::all(tx)?.check_order(preset_ids)?;
            for (position, preset_id) in preset_ids.iter().enumerate() {
                presets::put_at(tx, *preset_id, position)?;
            }
            Ok(presets::all(tx)?)
        })
    }

    /// Deletes a preset; [`Writer::restore_preset`] takes it back.
    ///
    /// # Errors
    /// [`WriteError::Preset`] for one that is not there; or what the disk says.
    pub fn delete_preset(
        &mut self,
        preset_id: PresetId,
        at_ms: UnixMillis,
    ) -> Result<Presets, WriteError> {
        self.transaction(|tx| {
            if !presets::mark_deleted(tx, preset_id, at_ms)? {
                return Err(PresetRefused::Unknown(preset_id).into());
            }
            presets::purge(tx, at_ms.plus_ms(-KEPT_AFTER_DELETION_MS))?;
            close_ranks(tx)
        })
    }

    /// Brings a deleted preset back to where it was, under its name or, where that was given again,
    /// under a numbered one. One that is there stays as it is.
    ///
    /// # Errors
    /// [`WriteError::Preset`] for one that was never there or is gone for good, or where there is no
    /// room; or what the disk says.
    pub fn restore_preset(&mut self, preset_id: PresetId) -> Result<Presets, WriteError> {
        self.transaction(|tx| {
            let kept = presets::all(tx)?;
            if kept.as_slice().iter().any(|it| it.preset_id == preset_id) {
                return Ok(kept);
            }
            let Some((mut preset, position)) = presets::deleted(tx, preset_id)? else {
                return Err(PresetRefused::Unknown(preset_id).into());
            };
            preset.name = kept.free_name(&preset.name);
            kept.check_new(&preset)?;
            presets::unmark_deleted(tx, preset_id, &preset.name)?;
            let mut order: Vec<PresetId> = kept.as_slice().iter().map(|it| it.preset_id).collect();
            let place = usize::try_from(position).unwrap_or(usize::MAX);
            order.insert(place.min(order.len()), preset_id);
            for (position, preset_id) in order.into_iter().enumerate() {
                presets::put_at(tx, preset_id, position)?;
            }
            Ok(presets::all(tx)?)
        })
    }
}

/// Positions without gaps, so that a place is a place in the list.
fn close_ranks(tx: &Transaction<'_>) -> Result<Presets, WriteError> {
    let kept = presets::all(tx)?;
    for (position, preset) in kept.as_slice().iter().enumerate() {
        presets::put_at(tx, preset.preset_id, position)?;
    }
    Ok(kept)
}
