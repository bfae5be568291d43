use mitta_runtime::api::ErrorCode;
use mitta_words::{Spoken, speaking};
use rstest::rstest;

use super::*;

#[rstest]
#[case::tried_again(
    ErrorCode::DiskFull,
    "the disk is full. Free some space. It is tried again until it succeeds.",
    "Not recorded yet: the disk is full. Free some space. It is tried again until it succeeds."
)]
#[case::not_tried_again(
    ErrorCode::DatabaseBusy,
    "another program holds the database. Close it or wait.",
    "Not recorded yet: another program holds the database. Close it or wait."
)]
#[case::refused(
    ErrorCode::UnknownSession,
    "no session has that id",
    "Not recorded: no session has that id."
)]
fn a_retry_is_said_only_where_the_engine_says_it(
    #[case] code: ErrorCode,
    #[case] message: &str,
    #[case] said: &str,
) {
    let error = ApiError::new(code, message);
    assert_eq!(problem(NoticeTopic::Recording, &error), said);
}

#[test]
fn a_failure_is_said_in_german_by_its_code() {
    let error = ApiError::new(ErrorCode::DiskFull, "the disk is full. Free some space.");
    let german = speaking(Spoken::De, || self::error(&error));
    assert_eq!(
        german,
        "Der Speicherplatz ist voll. Mach etwas frei und versuche es noch einmal."
    );
    let own = ApiError::said(ErrorCode::InvalidIntervals, not_intervals("x"));
    let german = speaking(Spoken::De, || self::error(&own));
    assert!(german.starts_with("“x”"), "as it was said: {german}");
    let unknown = ApiError::new(ErrorCode::Internal, "what it says");
    assert_eq!(self::error(&unknown), "what it says.");
}

#[test]
fn counts_and_lengths_are_said_in_german() {
    speaking(Spoken::De, || {
        assert_eq!(
            (sits(1), sits(3)),
            ("1 Sitzung".into(), "3 Sitzungen".into())
        );
        assert_eq!(length(None), "ohne festes Ende");
        assert_eq!(nothing_unfinished(), "Keine offenen Sitzungen.");
    });
}
