//! However an id is spelled, it is written in one way; what is no id is refused.

use rstest::rstest;

use super::*;
use crate::testing::check_shape;

const TEXT: &str = "0197a3c2-5f00-7000-8000-000000000001";

#[rstest]
#[case::as_written(TEXT)]
#[case::capitals("0197A3C2-5F00-7000-8000-000000000001")]
#[case::without_hyphens("0197a3c25f0070008000000000000001")]
fn an_id_is_written_lowercase_and_hyphenated(#[case] spelled: &str) {
    let session_id: SessionId = spelled.parse().unwrap();
    assert_eq!(session_id.to_string(), TEXT);
    check_shape(&session_id, &format!("\"{TEXT}\""));
}

#[rstest]
#[case("")]
#[case("1")]
#[case("0197a3c2-5f00-7000-8000-00000000000")]
#[case("0197a3c2-5f00-7000-8000-000000000001 ")]
#[case("0197a3c2-5f00-7000-8000-00000000000g")]
fn a_text_that_is_no_id_is_named_with_what_was_expected(#[case] text: &str) {
    let error = text.parse::<SessionId>().unwrap_err();
    assert_eq!(
        error,
        InvalidId {
            what: "session_id",
            text: text.to_owned()
        }
    );
    assert!(serde_json::from_str::<SessionId>(&format!("\"{text}\"")).is_err());
}

#[test]
fn the_sentence_helps_and_stays_short() {
    let sentence = |text: &str| text.parse::<OpId>().unwrap_err().to_string();
    assert_eq!(
        sentence("7"),
        "“7” is no op_id: expected a UUID such as 0197a3c2-5f00-7000-8000-000000000001"
    );
    assert_eq!(sentence(&"ü".repeat(1_000_000)).matches('ü').count(), 80);
    assert_eq!("".parse::<DeviceId>().unwrap_err().what, "device_id");
}

#[test]
fn ids_made_later_sort_later() {
    let earlier: SessionId = TEXT.parse().unwrap();
    let later: SessionId = "0197a3c2-5f01-7000-8000-000000000000".parse().unwrap();
    assert!(earlier < later);
    assert!(earlier.to_string() < later.to_string());
    assert_eq!(SessionId::from_uuid(earlier.as_uuid()), earlier);
}
