//! The keys that reach Mitta from any program.
//!
//! Must hold: a shortcut never takes a key that a person types with: Ctrl, Alt or Super is part of
//! it, or it is a function key.

use serde::{Deserialize, Serialize};

/// What is held while the key is pressed, in the order in which it is written.
const MODIFIERS: [&str; 4] = ["Ctrl", "Alt", "Shift", "Super"];

/// Keys that are neither letter, digit nor function key, by their names in the W3C's UI Events.
const NAMED: [&str; 11] = [
    "Space",
    "Enter",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
];

/// Keys pressed at once, as `Ctrl+Alt+M`: modifiers, then one key by what stands on it, which is a
/// capital letter, a digit, `F1` to `F24` or a name. [`ShortcutKeys::parse`] is the only way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct ShortcutKeys(String);

/// Keys that are no shortcut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no shortcut: {0:?}; it is Ctrl, Alt or Super with another key, or a function key")]
pub struct NoShortcut(pub String);

impl ShortcutKeys {
    /// # Errors
    /// [`NoShortcut`] for a key alone that is typed with, one that is not known, or a modifier in
    /// another place or twice.
    pub fn parse(text: &str) -> Result<Self, NoShortcut> {
        let refused = || NoShortcut(text.chars().take(80).collect());
        let (held, key) = match text.rsplit_once('+') {
            Some((held, key)) => (held.split('+').collect(), key),
            None => (Vec::new(), text),
        };
        let places: Option<Vec<usize>> = held
            .iter()
            .map(|it| MODIFIERS.iter().position(|known| known == it))
            .collect();
        let is_in_order = places.is_some_and(|it| it.is_sorted_by(|a, b| a < b));
        let is_apart = is_function_key(key) || held.iter().any(|it| *it != "Shift");
        if is_in_order && is_apart && is_key(key) {
            Ok(Self(text.to_owned()))
        } else {
            Err(refused())
        }
    }

    /// `Ctrl+Alt+M`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_function_key(key: &str) -> bool {
    let number = key.strip_prefix('F').and_then(|it| it.parse::<u8>().ok());
    number.is_some_and(|n| (1..=24).contains(&n) && key == format!("F{n}"))
}

fn is_key(key: &str) -> bool {
    let is_typed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    matches!(key.as_bytes(), [c] if is_typed(*c)) || is_function_key(key) || NAMED.contains(&key)
}

impl std::fmt::Display for ShortcutKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ShortcutKeys {
    type Error = NoShortcut;

    fn try_from(text: String) -> Result<Self, NoShortcut> {
        Self::parse(&text)
    }
}

impl From<ShortcutKeys> for String {
    fn from(keys: ShortcutKeys) -> Self {
        keys.0
    }
}

/// What happens when the keys are pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ShortcutDoes {
    /// The window comes to the front, ready to begin.
    #[default]
    Show,
    /// A sit begins as the last one was chosen; during a sit the window comes to the front.
    Begin,
}

/// The global shortcut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Shortcut {
    /// Which keys.
    pub keys: ShortcutKeys,
    /// What they do.
    pub does: ShortcutDoes,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Ctrl+Alt+M", true)]
    #[case("Super+Space", true)]
    #[case("Ctrl+Alt+Shift+Super+0", true)]
    #[case("F9", true)]
    #[case("Shift+F12", true)]
    #[case::typed_with("M", false)]
    #[case::a_capital("Shift+M", false)]
    #[case::out_of_order("Alt+Ctrl+M", false)]
    #[case::twice("Ctrl+Ctrl+M", false)]
    #[case::no_key("Ctrl+Alt", false)]
    #[case::no_key_at_all("Ctrl+", false)]
    #[case::two_keys("Ctrl+M+N", false)]
    #[case::a_small_letter("Ctrl+m", false)]
    #[case::no_such_key("Ctrl+MM", false)]
    #[case::another_script("Ctrl+Ä", false)]
    #[case::no_such_function_key("F25", false)]
    #[case::written_otherwise("F09", false)]
    #[case::none("", false)]
    fn a_shortcut_takes_no_key_that_is_typed_with(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(ShortcutKeys::parse(text).is_ok(), is_one, "{text}");
        let json = serde_json::to_string(text).expect("a string is JSON");
        let read = serde_json::from_str::<ShortcutKeys>(&json);
        assert_eq!(read.is_ok(), is_one, "{json}");
    }
}
