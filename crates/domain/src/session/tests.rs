//! Words within their ranges, and what a session counts for.

use rstest::rstest;

use super::*;
use crate::testing::{completion, session_start};

fn words(note: Option<&str>, mood: Option<u8>, label: Option<&str>) -> Words {
    Words {
        note: note.map(str::to_owned),
        mood,
        label: label.map(str::to_owned),
    }
}

#[rstest]
#[case::nothing(words(None, None, None), words(None, None, None))]
#[case::all(
    words(Some("still"), Some(5), Some("Zazen")),
    words(Some("still"), Some(5), Some("Zazen"))
)]
#[case::a_note_keeps_its_spaces(
    words(Some("  - one\n  - two\n"), None, None),
    words(Some("  - one\n  - two\n"), None, None)
)]
#[case::an_empty_note_is_none(words(Some(" \n "), Some(1), None), words(None, Some(1), None))]
#[case::a_label_is_trimmed(words(None, None, Some(" Zazen ")), words(None, None, Some("Zazen")))]
#[case::nul_shows_nothing(
    words(Some("a\0 \0b"), None, Some("\0Za\0zen \0")),
    words(Some("a b"), None, Some("Zazen"))
)]
#[case::nul_alone_is_none(words(Some("\0 \0"), None, Some("\0")), words(None, None, None))]
#[case::nul_does_not_count(
    words(Some(&("\0".repeat(9) + &"x".repeat(MAX_NOTE_CHARS))), None, None),
    words(Some(&"x".repeat(MAX_NOTE_CHARS)), None, None)
)]
#[case::an_empty_label_is_none(words(None, None, Some("  ")), words(None, None, None))]
fn words_are_kept(#[case] given: Words, #[case] kept: Words) {
    assert_eq!(given.checked(), Ok(kept));
}

#[test]
fn characters_are_counted_not_bytes() {
    let (note, label) = (
        "ä".repeat(MAX_NOTE_CHARS),
        "ä".repeat(crate::plan::MAX_LABEL_CHARS),
    );
    let longest = words(Some(&note), None, Some(&label));
    assert_eq!(longest.clone().checked(), Ok(longest));
}

#[rstest]
#[case::note(words(Some(&"ä".repeat(10_001)), None, None), InvalidWords::Note(10_001), "a note has at most 10000 characters; this one has 10001")]
#[case::note_of_a_megabyte(words(Some(&"x".repeat(1 << 20)), None, None), InvalidWords::Note(1_048_576), "a note has at most 10000 characters; this one has 1048576")]
#[case::label(words(None, None, Some(&"ä".repeat(81))), InvalidWords::Label(81), "a label has at most 80 characters; this one has 81")]
#[case::mood_zero(
    words(None, Some(0), None),
    InvalidWords::Mood(0),
    "a mood is 1 to 5, not 0"
)]
#[case::mood_six(
    words(None, Some(6), None),
    InvalidWords::Mood(6),
    "a mood is 1 to 5, not 6"
)]
fn words_out_of_their_range_are_refused(
    #[case] given: Words,
    #[case] expected: InvalidWords,
    #[case] sentence: &str,
) {
    assert_eq!(expected.to_string(), sentence);
    assert_eq!(given.checked(), Err(expected));
}

#[rstest]
#[case::running(None, None, false, State::Running, 0)]
#[case::completed(Some(1200), None, false, State::Completed, 1200)]
#[case::corrected(Some(1200), Some(900), false, State::Completed, 900)]
#[case::deleted(Some(1200), None, true, State::Completed, 0)]
#[case::corrected_and_deleted(Some(1200), Some(900), true, State::Completed, 0)]
fn a_session_counts_once_completed_and_while_not_deleted(
    #[case] completed_s: Option<u32>,
    #[case] corrected_s: Option<u32>,
    #[case] deleted: bool,
    #[case] state: State,
    #[case] credited_s: u32,
) {
    let session = Session {
        completion: completed_s.map(completion),
        credited_override_s: corrected_s.map(Seconds),
        deleted,
        ..Session::begun(session_start())
    };
    assert_eq!(session.state(), state);
    assert_eq!(session.credited_s(), Seconds(credited_s));
}
