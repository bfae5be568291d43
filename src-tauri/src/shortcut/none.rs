//! Systems on which Mitta holds no keys yet.

use mitta_domain::ShortcutKeys;

use super::{Heard, Refused};

/// Never made here.
pub struct Grab;

impl Grab {
    pub fn is_held(&self) -> bool {
        false
    }
}

pub fn hold(_: &ShortcutKeys, _: impl Fn(Heard) + Send + 'static) -> Result<Grab, Refused> {
    let why = "on this system its own settings give keys to programs";
    Err(Refused::NotHere(why.to_owned()))
}
