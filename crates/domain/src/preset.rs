//! Choices for a sit that a person keeps under a name, in an order of their own.
//!
//! Must hold: a name is unique among the presets that are there, however it is capitalised and
//! however its letters are put together; whatever is kept can be begun. Presets belong to the device:
//! what they hold travels with each sit's plan.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::ids::PresetId;
use crate::plan::{InvalidPlan, PlanChoice};

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 60;
/// The most presets that are kept: a list that a menu can still show.
pub const MAX_PRESETS: usize = 100;

/// What a preset is called: 1 to [`MAX_NAME_CHARS`] characters on one line, single spaces between
/// words. [`PresetName::parse`] is the only way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct PresetName(String);

/// A name that cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing but spaces.
    #[error("a preset needs a name")]
    Empty,
    /// Above [`MAX_NAME_CHARS`].
    #[error("the name of a preset has at most {MAX_NAME_CHARS} characters, not {0}")]
    TooLong(usize),
}

impl PresetName {
    /// Understands a name as typed: control characters count as a space, spaces around it or in a
    /// row are one thing, what is never seen is left out, and letters are composed (Unicode NFC).
    ///
    /// # Errors
    /// [`InvalidName`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let spaced: String = text
            .chars()
            .filter(|c| !is_unseen(*c))
            .map(|c| if c.is_control() { ' ' } else { c })
            .nfc()
            .collect();
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let name = words.join(" ");
        if name.chars().all(joins) {
            return Err(InvalidName::Empty);
        }
        match name.chars().count() {
            n if n > MAX_NAME_CHARS => Err(InvalidName::TooLong(n)),
            _ => Ok(Self(name)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are one name to a person: capitals, and how letters are put together or how wide
    /// they are drawn (Unicode NFKC), make no difference.
    pub fn is_same(&self, other: &Self) -> bool {
        self.plain() == other.plain()
    }

    /// By way of capitals, so that `STRASSE` is `Straße`.
    fn plain(&self) -> String {
        let plain: String = self.0.nfkc().collect();
        plain.to_uppercase().to_lowercase().nfkc().collect()
    }
}

/// What takes no room, or turns the direction of what follows (Unicode UAX #9): with it two names
/// would look alike, or one would change the menu it stands in.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

/// What joins letters or chooses how they are drawn, and is nothing by itself.
const fn joins(c: char) -> bool {
    matches!(c, ' ' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

impl std::fmt::Display for PresetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PresetName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<PresetName> for String {
    fn from(name: PresetName) -> Self {
        name.0
    }
}

/// Choices under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preset {
    /// Which.
    pub preset_id: PresetId,
    /// What the person calls it.
    pub name: PresetName,
    /// What a sit of it begins with.
    pub choice: PlanChoice,
}

/// Why presets were left as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetRefused {
    /// Another one is called that.
    #[error("there is a preset “{0}” already: choose another name, or change that one")]
    NameTaken(PresetName),
    /// There are [`MAX_PRESETS`] of them.
    #[error("there are {MAX_PRESETS} presets, which is as many as can be kept: delete one first")]
    TooMany,
    /// None has that id, or it was deleted.
    #[error("that preset is not there any more")]
    Unknown(PresetId),
    /// An order that does not name each preset once.
    #[error("the presets have changed meanwhile: look at them again")]
    OtherSet,
    /// Choices that cannot be sat.
    #[error(transparent)]
    Plan(#[from] InvalidPlan),
}

/// All presets that are there, in the person's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presets(Vec<Preset>);

impl Presets {
    /// What is kept, in its order.
    pub const fn new(in_order: Vec<Preset>) -> Self {
        Self(in_order)
    }

    /// In order.
    pub fn as_slice(&self) -> &[Preset] {
        &self.0
    }

    /// In order.
    pub fn into_vec(self) -> Vec<Preset> {
        self.0
    }

    /// The one that a person means by a name, however they capitalise and space it.
    pub fn named(&self, text: &str) -> Option<&Preset> {
        let name = PresetName::parse(text).ok()?;
        self.0.iter().find(|one| one.name.is_same(&name))
    }

    fn has(&self, preset_id: PresetId) -> bool {
        self.0.iter().any(|one| one.preset_id == preset_id)
    }

    /// Whether `preset` may be added.
    ///
    /// # Errors
    /// [`PresetRefused`]; nothing is to be changed then.
    pub fn check_new(&self, preset: &Preset) -> Result<(), PresetRefused> {
        if self.0.len() >= MAX_PRESETS {
            return Err(PresetRefused::TooMany);
        }
        self.check(preset)
    }

    /// Whether `preset` may take the place of the one with its id.
    ///
    /// # Errors
    /// [`PresetRefused`]; nothing is to be changed then.
    pub fn check_changed(&self, preset: &Preset) -> Result<(), PresetRefused> {
        if !self.has(preset.preset_id) {
            return Err(PresetRefused::Unknown(preset.preset_id));
        }
        self.check(preset)
    }

    fn check(&self, preset: &Preset) -> Result<(), PresetRefused> {
        preset.choice.check()?;
        let other = self
            .0
            .iter()
            .find(|one| one.preset_id != preset.preset_id && one.name.is_same(&preset.name));
        match other {
            Some(other) => Err(PresetRefused::NameTaken(other.name.clone())),
            None => Ok(()),
        }
    }

    /// Whether this order names each of them once.
    ///
    /// # Errors
    /// [`PresetRefused::OtherSet`].
    pub fn check_order(&self, preset_ids: &[PresetId]) -> Result<(), PresetRefused> {
        let mut asked = preset_ids.to_vec();
        asked.sort_unstable();
        let mut kept: Vec<_> = self.0.iter().map(|one| one.preset_id).collect();
        kept.sort_unstable();
        if asked == kept {
            Ok(())
        } else {
            Err(PresetRefused::OtherSet)
        }
    }

    /// A name that none of them has: `name` itself, or the same with the first number that is free.
    /// So a deletion can always be taken back, also when its name was given again.
    #[must_use]
    pub fn free_name(&self, name: &PresetName) -> PresetName {
        let is_taken = |name: &PresetName| self.0.iter().any(|one| one.name.is_same(name));
        if !is_taken(name) {
            return name.clone();
        }
        let numbered = |n: usize| {
            let number = format!(" {n}");
            let room = MAX_NAME_CHARS - number.chars().count();
            let stem: String = name.0.chars().take(room).collect();
            PresetName(format!("{}{number}", stem.trim_end()))
        };
        // One more than there are presets is surely free.
        (2..=self.0.len() + 2)
            .map(numbered)
            .find(|name| !is_taken(name))
            .unwrap_or_else(|| name.clone())
    }
}

#[cfg(test)]
mod tests;
