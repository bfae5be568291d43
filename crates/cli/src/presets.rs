//! `mitta presets`, and the one that `mitta sit --preset` names.

use mitta_domain::{Preset, Presets};
use mitta_runtime::Engine;
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, Nothing};

use crate::exit::Exit;
use crate::output::Output;
use crate::{quiet_engine, words};

/// Lists the presets, in their order.
pub fn list(output: &mut Output) -> Result<Exit, ApiError> {
    let list = quiet_engine(output)?.presets(Nothing {})?;
    output.document(&list);
    if list.presets.is_empty() {
        output.line(words::no_presets());
    }
    for preset in &list.presets {
        output.line(words::preset_line(preset));
    }
    Ok(Exit::Done)
}

/// The preset of that name.
pub fn named(engine: &Engine, name: &str) -> Result<Preset, ApiError> {
    let presets = Presets::new(engine.presets(Nothing {})?.presets);
    match presets.named(name) {
        Some(preset) => Ok(preset.clone()),
        None => Err(ApiError::said(
            ErrorCode::UnknownPreset,
            words::no_such_preset(name, &presets),
        )),
    }
}
