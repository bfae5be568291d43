//! I10: what partners see, and every reason for which they do not.

use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::op::{Change, Op};
use crate::testing::ops::{complete, credit, delete, fold_all, op, share, start};
use crate::testing::{STARTED_AT, check_shape};

fn rule() -> ShareRule {
    ShareRule {
        share_since: "2026-11-18".parse().unwrap(),
        pauses: Vec::new(),
    }
}

fn words() -> Op {
    let words = Words {
        note: Some("still".to_owned()),
        mood: Some(4),
        label: Some("metta".to_owned()),
    };
    op(3, Change::Words { words })
}

/// A completed sit with everything in it, then `more`.
fn session(more: &[Op]) -> Session {
    let ops = [&[start(1), complete(2, 1200), words()], more].concat();
    let mut session = fold_all(&ops).0.unwrap();
    session.start.together_id = Some(TogetherId::from_uuid(Uuid::from_u128(5)));
    session
}

fn running() -> Session {
    fold_all(&[start(1), words()]).0.unwrap()
}

#[test]
fn a_completed_sit_is_seen_without_its_words() {
    let session = session(&[]);
    let start = session.start.clone();
    let expected = SharedSit {
        session_id: start.session_id,
        started_at_ms: STARTED_AT,
        utc_offset_s: 3600,
        local_date: start.local_date,
        planned_s: start.planned_s,
        credited_s: Seconds(1200),
        together_id: start.together_id,
        note: None,
        label: None,
    };
    assert_eq!(visible(&session, &rule()), Some(expected));
}

#[test]
fn note_and_label_are_seen_where_they_were_marked() {
    let sit = visible(&session(&[share(4, true, true)]), &rule()).unwrap();
    assert_eq!(sit.note.as_deref(), Some("still"));
    assert_eq!(sit.label.as_deref(), Some("metta"));
}

#[test]
fn corrected_seconds_are_seen_as_corrected() {
    let sit = visible(&session(&[credit(4, 900)]), &rule()).unwrap();
    assert_eq!(sit.credited_s, Seconds(900));
}

#[rstest]
#[case::running(running())]
#[case::deleted(session(&[delete(4, true)]))]
#[case::private(session(&[share(4, false, false)]))]
#[case::private_although_its_note_was_marked(session(&[share(4, false, true)]))]
#[case::credited_nothing(fold_all(&[start(1), complete(2, 0)]).0.unwrap())]
fn a_sit_that_is_not_to_be_seen_is_not_seen(#[case] session: Session) {
    assert_eq!(visible(&session, &rule()), None);
}

#[test]
fn what_was_undone_is_seen_again() {
    for (away, back) in [
        (delete(4, true), delete(5, false)),
        (share(4, false, false), share(5, true, false)),
    ] {
        assert_eq!(
            visible(&session(std::slice::from_ref(&away)), &rule()),
            None
        );
        let again = visible(&session(&[away, back]), &rule());
        assert_eq!(again, visible(&session(&[]), &rule()));
    }
}

#[rstest]
#[case::long_before("1970-01-01", true)]
#[case::the_day_before("2026-11-17", true)]
#[case::that_day("2026-11-18", true)]
#[case::the_day_after("2026-11-19", false)]
fn sits_of_the_first_date_and_later_are_seen(#[case] share_since: &str, #[case] is_seen: bool) {
    let rule = ShareRule {
        share_since: share_since.parse().unwrap(),
        ..rule()
    };
    assert_eq!(visible(&session(&[]), &rule).is_some(), is_seen);
}

/// The civil date counts, not the clock: a sit after midnight belongs to the evening.
#[test]
fn the_date_is_that_of_the_sit() {
    let mut sit = session(&[]);
    sit.start.local_date = "2026-11-17".parse().unwrap();
    assert_eq!(visible(&sit, &rule()), None);
}

fn pause(from: i64, until: Option<i64>) -> Pause {
    Pause {
        from_ms: STARTED_AT.plus_ms(from),
        until_ms: until.map(|until| STARTED_AT.plus_ms(until)),
    }
}

/// From and until, in milliseconds after the start of the sit.
#[rstest]
#[case::none(&[], true)]
#[case::before(&[pause(-9, Some(-1))], true)]
#[case::ends_as_it_starts(&[pause(-9, Some(0))], true)]
#[case::ends_just_after(&[pause(-9, Some(1))], false)]
#[case::starts_with_it(&[pause(0, Some(1))], false)]
#[case::starts_just_after(&[pause(1, Some(9))], true)]
#[case::empty(&[pause(0, Some(0))], true)]
#[case::backwards(&[pause(5, Some(-5))], true)]
#[case::lasts(&[pause(-9, None)], false)]
#[case::lasts_from_now(&[pause(0, None)], false)]
#[case::lasts_from_later(&[pause(1, None)], true)]
#[case::between_two(&[pause(-9, Some(-5)), pause(5, Some(9))], true)]
#[case::in_the_second(&[pause(-9, Some(-5)), pause(-1, Some(9))], false)]
fn a_sit_that_began_in_a_pause_stays_private(#[case] pauses: &[Pause], #[case] is_seen: bool) {
    let rule = ShareRule {
        pauses: pauses.to_vec(),
        ..rule()
    };
    assert_eq!(visible(&session(&[]), &rule).is_some(), is_seen);
}

/// What else a session has does not show: two that differ only there look the same.
#[test]
fn nothing_private_is_in_what_is_seen() {
    let plain = session(&[share(4, true, true)]);
    let mut other = plain.clone();
    other.start.device_id = crate::DeviceId::from_uuid(Uuid::from_u128(99));
    other.start.tz = "Europe/Rome".to_owned();
    other.start.source = crate::Source::Import;
    other.plan = None;
    other.words.mood = None;
    other.words_stamp.hlc_ms += 1;
    other.sharing_stamp.device_seq += 1;
    let completion = other.completion.as_mut().unwrap();
    completion.ended_at_ms.0 += 1;
    completion.paused_s = Seconds(1);
    completion.asleep_s = Seconds(2);
    completion.overtime_s = Seconds(3);
    assert_ne!(plain, other);
    assert_eq!(visible(&plain, &rule()), visible(&other, &rule()));
}

#[test]
fn a_shared_sit_keeps_its_shape() {
    let sit = visible(&session(&[share(4, true, true)]), &rule()).unwrap();
    let json = concat!(
        r#"{"session_id":"0197a3c2-5f00-7000-8000-000000000001","started_at_ms":1795000000000,"#,
        r#""utc_offset_s":3600,"local_date":"2026-11-18","planned_s":1200,"credited_s":1200,"#,
        r#""together_id":"00000000-0000-0000-0000-000000000005","note":"still","label":"metta"}"#,
    );
    check_shape(&sit, json);
}
