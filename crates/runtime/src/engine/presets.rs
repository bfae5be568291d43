//! Presets: what the person keeps, told to every window and to the tray when it changes.

use mitta_domain::preset::PresetName;
use mitta_domain::{Preset, Presets};
use mitta_store::{WriteError, Writer};

use super::{Shared, locked};
use crate::api::{ApiError, OfPreset, PresetList, ReorderPresetsArgs, SavePresetArgs, Update};

impl Shared {
    pub(super) fn presets(&self) -> Result<PresetList, ApiError> {
        let presets = locked(&self.reader).presets()?.into_vec();
        Ok(PresetList { presets })
    }

    /// A restore, here or in another program, may have replaced them.
    pub(super) fn tell_presets(&self) {
        match self.presets() {
            Ok(now) => self.update(Update::Presets(now.presets)),
            Err(error) => tracing::warn!(%error, "the presets cannot be read"),
        }
    }

    /// Without an id a new one; the answer is the one that was saved.
    pub(super) fn save_preset(&self, args: SavePresetArgs) -> Result<Preset, ApiError> {
        let name = PresetName::parse(&args.name)?;
        let is_new = args.preset_id.is_none();
        let preset = Preset {
            preset_id: args
                .preset_id
                .unwrap_or_else(|| self.ids.preset(self.clock.now().wall_ms)),
            name,
            choice: args.choice.tidied(),
        };
        let saved = preset.clone();
        self.change_presets(move |writer| {
            if is_new {
                writer.add_preset(&preset)
            } else {
                writer.change_preset(&preset)
            }
        })?;
        Ok(saved)
    }

    pub(super) fn reorder_presets(&self, args: ReorderPresetsArgs) -> Result<PresetList, ApiError> {
        self.change_presets(move |writer| writer.reorder_presets(&args.preset_ids))
    }

    pub(super) fn delete_preset(&self, of: &OfPreset) -> Result<PresetList, ApiError> {
        let at_ms = self.clock.now().wall_ms;
        let preset_id = of.preset_id;
        self.change_presets(move |writer| writer.delete_preset(preset_id, at_ms))
    }

    pub(super) fn restore_preset(&self, of: &OfPreset) -> Result<PresetList, ApiError> {
        let preset_id = of.preset_id;
        self.change_presets(move |writer| writer.restore_preset(preset_id))
    }

    fn change_presets(
        &self,
        change: impl FnOnce(&mut Writer) -> Result<Presets, WriteError> + Send + 'static,
    ) -> Result<PresetList, ApiError> {
        let presets = self.recorder().call(change)?.into_vec();
        self.update(Update::Presets(presets.clone()));
        Ok(PresetList { presets })
    }
}
