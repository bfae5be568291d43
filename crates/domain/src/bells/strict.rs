//! Sounds and interval bells as they are read. Beside a unit variant serde lets unknown fields pass,
//! in spite of `deny_unknown_fields`; beside an empty one it refuses them.

use serde::Deserialize;

use crate::units::Seconds;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Sound {
    Bowl {},
    LowBowl {},
    Inkin {},
    WoodBlock {},
    File { file: String, name: String },
}

impl From<Sound> for super::Sound {
    fn from(sound: Sound) -> Self {
        match sound {
            Sound::Bowl {} => Self::Bowl,
            Sound::LowBowl {} => Self::LowBowl,
            Sound::Inkin {} => Self::Inkin,
            Sound::WoodBlock {} => Self::WoodBlock,
            Sound::File { file, name } => Self::File { file, name },
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum IntervalBells {
    None {},
    Every { every_s: Seconds },
    At { at_s: Vec<Seconds> },
    Random { min_s: Seconds, max_s: Seconds },
}

impl From<IntervalBells> for super::IntervalBells {
    fn from(bells: IntervalBells) -> Self {
        match bells {
            IntervalBells::None {} => Self::None,
            IntervalBells::Every { every_s } => Self::Every { every_s },
            IntervalBells::At { at_s } => Self::At { at_s },
            IntervalBells::Random { min_s, max_s } => Self::Random { min_s, max_s },
        }
    }
}
