//! No front end says anything that is not in its catalogue: every text of two words and more in the
//! terminal and the desktop stands in a `words` module, and there in all languages; or below with the
//! reason why not.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The sources of the front ends; their `words` modules are the catalogues.
const FRONT_ENDS: [&str; 2] = ["crates/cli/src", "src-tauri/src"];

/// Macros whose text no person reads: the log, and what a program says of itself when it is wrong.
const FOR_PROGRAMS: &[&str] = &[
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "unreachable",
    "debug_assert",
    "concat",
    "env",
    "include_image",
];

/// Macros that hold a text in all languages: see `mitta_words`.
const IN_ALL_LANGUAGES: &[&str] = &["say", "word", "words"];

/// Texts outside the catalogues, by what they begin with, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Messages of errors that carry a code: the terminal and the window say them by their code in
    // every language but English.
    (
        "Mitta is starting.",
        "ErrorCode::Internal, said by its code",
    ),
    (
        "The history is not open",
        "AccountErrorCode::Storage, said by its code",
    ),
    (
        "there is no invite",
        "AccountErrorCode::NoSuchInvite, said by its code",
    ),
    (
        "{} is no Unicode",
        "AccountErrorCode::FileNotWritable, said by its code",
    ),
    (
        "mitta-desktop: no log",
        "standard error of a program without a terminal, before there is a window",
    ),
    (
        "The tray could not be shown",
        "ErrorCode::NoTray, said by its code",
    ),
    (
        "A notification could not be shown",
        "ErrorCode::NoNotifications, said by its code",
    ),
    (
        "That preset is not there any more.",
        "ErrorCode::UnknownPreset, said by its code",
    ),
    (
        "another program has these keys",
        "ErrorCode::ShortcutTaken, said by its code",
    ),
    (
        "no key of this keyboard is called that",
        "ErrorCode::ShortcutUnknownKey, said by its code",
    ),
    (
        "under Wayland no program has keys",
        "ErrorCode::NoShortcuts, said by its code",
    ),
    ("no screen", "ErrorCode::NoShortcuts, said by its code"),
    (
        "on this system its own settings give keys",
        "ErrorCode::NoShortcuts, said by its code",
    ),
    ("the bus is gone", "for the log alone"),
];

/// Texts of the catalogues that stand alone, each with its reason.
const IN_NO_LANGUAGE: &[(&str, &str)] = &[
    ("Mitta", "the name, the same in every language"),
    ("Offline.", "the same in every language"),
    ("{} ms", "a unit"),
    ("{} KiB", "a unit"),
    ("{} MiB", "a unit"),
    ("{count} MiB", "a unit"),
    ("%H:%M", "how a time is written, as it is typed"),
    ("planned ({})", "what is typed, and a length"),
    ("seen ({})", "what is typed, and a length"),
    ("discard", "what is typed"),
    ("Ctrl", "a key, as it is kept"),
    ("--help", "what is typed"),
    ("mitta import --undo --import {}", "what is typed"),
    ("invalid_request", "a code"),
    ("unknown", "a name for programs"),
    ("linux", "a system"),
    ("&amp;", "markup"),
    ("&lt;", "markup"),
    ("&gt;", "markup"),
];

/// The texts of a source in which a person could read words, as `is_said` tells them. Attributes, tests,
/// and what the macros of these names are given, are left out.
fn texts(
    stream: TokenStream,
    left_out: &[&[&str]],
    is_said: fn(&str) -> bool,
    found: &mut Vec<String>,
) {
    let mut tokens = stream.into_iter().peekable();
    let mut last_name = String::new();
    let mut is_test = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if let Some(TokenTree::Punct(_)) = tokens.peek() {
                    tokens.next();
                }
                if let Some(TokenTree::Group(attribute)) = tokens.peek() {
                    is_test |= attribute.stream().to_string().contains("test");
                    tokens.next();
                }
            }
            TokenTree::Ident(name) => last_name = name.to_string(),
            TokenTree::Punct(mark) if mark.as_char() == '!' => {
                let is_left_out = left_out.iter().any(|it| it.contains(&last_name.as_str()));
                if is_left_out && matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                    tokens.next();
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => is_test = false,
            TokenTree::Group(group) => {
                let is_body = group.delimiter() == Delimiter::Brace;
                if !(is_test && is_body) {
                    texts(group.stream(), left_out, is_said, found);
                }
                if is_body {
                    is_test = false;
                }
            }
            TokenTree::Literal(literal) => {
                // What a pattern asks for is no text.
                let is_pattern =
                    matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '=');
                let text = literal.to_string();
                if !is_pattern && text.starts_with(['"', 'r']) && is_said(&text) {
                    found.push(text.trim_matches('"').to_owned());
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// Whether there are two words with a space between.
fn has_words(text: &str) -> bool {
    words_in(text) > 1
}

/// Whether there is a word: in a catalogue one alone is said too.
fn has_a_word(text: &str) -> bool {
    words_in(text) > 0
}

fn words_in(text: &str) -> usize {
    let is_word = |part: &&str| part.chars().filter(|c| c.is_alphabetic()).count() > 1;
    // Values in braces are no words.
    let mut depth = 0_u32;
    let is_said = |c: &char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    let said: String = text.chars().filter(is_said).collect();
    said.split([' ', '\n']).filter(is_word).count()
}

fn texts_of(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let source = source.parse().expect("Rust");
    texts(source, &[FOR_PROGRAMS], has_words, &mut found);
    found
}

/// The texts of a catalogue that stand in one language alone.
fn untranslated(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let source = source.parse().expect("Rust");
    let left_out = [FOR_PROGRAMS, IN_ALL_LANGUAGES];
    texts(source, &left_out, has_a_word, &mut found);
    found
}

/// The sources in a folder: those of its catalogue, or all others.
fn sources(folder: &Path, of_catalogue: bool, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_of_catalogue = path
            .ancestors()
            .any(|it| it.ends_with("src/words") || it.ends_with("src/words.rs"));
        if path.is_dir() {
            sources(&path, of_catalogue, found);
        } else if path.extension().is_some_and(|it| it == "rs")
            && name != "tests.rs"
            && is_of_catalogue == of_catalogue
        {
            found.push(path);
        }
    }
}

#[test]
fn what_a_person_reads_is_in_a_catalogue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut outside, mut excused) = (Vec::new(), BTreeSet::new());
    for front_end in FRONT_ENDS {
        let mut paths = Vec::new();
        sources(&root.join(front_end), false, &mut paths);
        assert!(paths.len() > 8, "{front_end} has its sources elsewhere");
        for path in paths {
            for text in texts_of(&fs::read_to_string(&path).expect("a source")) {
                let exception = EXCEPTIONS.iter().find(|(begin, _)| text.starts_with(begin));
                match exception {
                    Some((begin, _)) => drop(excused.insert(*begin)),
                    None => outside.push(format!("{}: {text}", path.display())),
                }
            }
        }
    }
    assert!(
        outside.is_empty(),
        "outside the catalogue:\n{}",
        outside.join("\n")
    );
    let every: BTreeSet<_> = EXCEPTIONS.iter().map(|(begin, _)| *begin).collect();
    assert_eq!(excused, every, "an exception that nothing needs any more");
}

#[test]
fn what_a_catalogue_says_it_says_in_all_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut alone, mut excused) = (Vec::new(), BTreeSet::new());
    for front_end in FRONT_ENDS {
        let mut paths = Vec::new();
        sources(&root.join(front_end), true, &mut paths);
        assert!(!paths.is_empty(), "{front_end} has no catalogue");
        for path in paths {
            for text in untranslated(&fs::read_to_string(&path).expect("a source")) {
                match IN_NO_LANGUAGE.iter().find(|(one, _)| text == *one) {
                    Some((one, _)) => drop(excused.insert(*one)),
                    None => alone.push(format!("{}: {text}", path.display())),
                }
            }
        }
    }
    assert!(alone.is_empty(), "in one language:\n{}", alone.join("\n"));
    let every: BTreeSet<_> = IN_NO_LANGUAGE.iter().map(|(one, _)| *one).collect();
    assert_eq!(excused, every, "an exception that nothing needs any more");
}

#[test]
fn a_text_in_one_language_is_found_and_what_no_language_has_is_not() {
    let found = untranslated(
        r#"
        words! { begin = "Begin", "Beginnen"; }
        pub fn end() -> &'static str { word!("End", "Beenden") }
        pub fn left(n: u32) -> String { say!("{n} left", "noch {n}") }
        pub fn pause() -> &'static str { "Pause" }
        pub fn line(n: u32) -> String { format!("{n:>3}  {}: {name}", said()) }
        pub fn waits(n: u32) -> String { format!("{n} wait") }
        "#,
    );
    assert_eq!(found, ["Pause", "{n} wait"]);
}

#[test]
fn a_text_outside_is_found_and_what_no_person_reads_is_not() {
    let found = texts_of(
        r#"
        /// A comment of words.
        #[expect(clippy::x, reason = "a reason in words")]
        fn act() {
            output.line("Two words");
            let quiet = "one";
            tracing::warn!(%error, "the log in words");
            output.line(format!("{} sits here {name} {error:?}", 3));
            output.line(format!("{one} {other}: {third}"));
        }
        #[cfg(test)]
        mod tests { fn t() { assert!(x, "a test in words"); } }
        fn after() -> &'static str { "also here" }
        "#,
    );
    assert_eq!(
        found,
        ["Two words", "{} sits here {name} {error:?}", "also here"]
    );
}
