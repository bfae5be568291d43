//! What a failure is called, by its code: the words of the window, in every language but English. In
//! English a failure is told in the words of whoever tells it, which name what is the matter.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::{Spoken, spoken};

static GERMAN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let catalogue = include_str!("../../../ui/messages/de.json");
    // A test reads it.
    let all: BTreeMap<String, Value> = serde_json::from_str(catalogue).unwrap_or_default();
    all.into_iter()
        .filter_map(|(key, said)| {
            let code = key.strip_prefix("error_")?.to_owned();
            Some((code, said.as_str()?.to_owned()))
        })
        .collect()
});

/// A failure in the language that is spoken, by its code as JSON has it (`disk_full`); none in English,
/// or for a code that the window has no words for.
pub fn failure(code: &str) -> Option<&'static str> {
    match spoken() {
        Spoken::En => None,
        Spoken::De => GERMAN.get(code).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speaking;

    #[test]
    fn a_failure_is_said_by_its_code_in_german_alone() {
        assert_eq!(failure("disk_full"), None);
        speaking(Spoken::De, || {
            let said = failure("disk_full").expect("it has words");
            assert!(said.starts_with("Der Speicherplatz ist voll."), "{said}");
            assert_eq!(failure("no_such_code"), None);
        });
    }
}
