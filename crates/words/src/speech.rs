//! What is said, in the language that is spoken. A word or a sentence stands in the code in all
//! languages at once: none can be missing, and the compiler checks the values of each.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Spoken;

/// The language of this process: set at its start, and where a person chooses another.
static IS_GERMAN: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The language on this thread alone, where a test asks for one.
    static HERE: Cell<Option<Spoken>> = const { Cell::new(None) };
}

/// From now on in this language.
pub fn speak(spoken: Spoken) {
    IS_GERMAN.store(spoken == Spoken::De, Ordering::Relaxed);
}

/// The language that is spoken; English before anybody chose one.
pub fn spoken() -> Spoken {
    HERE.get().unwrap_or_else(|| {
        if IS_GERMAN.load(Ordering::Relaxed) {
            Spoken::De
        } else {
            Spoken::En
        }
    })
}

/// What `act` does, it does in this language, whatever others do at the same time.
pub fn speaking<T>(spoken: Spoken, act: impl FnOnce() -> T) -> T {
    /// Also where `act` panics.
    struct Back(Option<Spoken>);
    impl Drop for Back {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _back = Back(HERE.replace(Some(spoken)));
    act()
}

/// A word without values, as a `&'static str`: `word!("Begin", "Beginnen")`, English first.
#[macro_export]
macro_rules! word {
    ($en:expr, $de:expr $(,)?) => {
        match $crate::spoken() {
            $crate::Spoken::En => $en,
            $crate::Spoken::De => $de,
        }
    };
}

/// Functions for words without values, one a line: `words! { begin = "Begin", "Beginnen"; }`, English
/// first.
#[macro_export]
macro_rules! words {
    ($($(#[$about:meta])* $name:ident = $en:expr, $de:expr;)*) => {
        $($(#[$about])* pub fn $name() -> &'static str {
            $crate::word!($en, $de)
        })*
    };
}

/// A sentence with values, as a `String`: `say!("{n} waits", "{n} wartet")`, English first. Each language
/// has to use every value that follows.
#[macro_export]
macro_rules! say {
    ($en:literal, $de:literal $(, $value:expr)* $(,)?) => {
        match $crate::spoken() {
            $crate::Spoken::En => ::std::format!($en $(, $value)*),
            $crate::Spoken::De => ::std::format!($de $(, $value)*),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(name: &str) -> String {
        say!("{name} has begun.", "{name} hat begonnen.")
    }

    #[test]
    fn what_is_said_is_in_the_language_spoken() {
        assert_eq!(begun("Ana"), "Ana has begun.");
        speaking(Spoken::De, || {
            assert_eq!(begun("Ana"), "Ana hat begonnen.");
            assert_eq!(word!("Begin", "Beginnen"), "Beginnen");
            speaking(Spoken::En, || {
                assert_eq!(word!("Begin", "Beginnen"), "Begin");
            });
            assert_eq!(spoken(), Spoken::De);
        });
        assert_eq!(word!("Begin", "Beginnen"), "Begin");
    }

    #[test]
    fn values_follow_in_the_order_of_each_language() {
        let said = |spoken| speaking(spoken, || say!("{} of {}", "von {1} sind es {0}", 3, 5));
        assert_eq!(said(Spoken::En), "3 of 5");
        assert_eq!(said(Spoken::De), "von 5 sind es 3");
    }
}
