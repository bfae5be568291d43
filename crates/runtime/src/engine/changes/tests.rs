//! From rows to what a person reads.

use mitta_domain::{Completion, Seconds, SessionStart, Source};
use uuid::Uuid;

use super::*;

fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(n))
}

fn stamp(at: i64, n: u128) -> Stamp {
    Stamp {
        hlc_ms: at,
        device_id: device(n),
        device_seq: 1,
    }
}

fn note(text: &str) -> Words {
    Words {
        note: Some(text.to_owned()),
        ..Words::default()
    }
}

fn session(n: u128, credited_s: u32) -> Session {
    let mut session = Session::begun(SessionStart {
        session_id: SessionId::from_uuid(Uuid::from_u128(n)),
        device_id: device(1),
        source: Source::Manual,
        started_at_ms: UnixMillis(1_000_000),
        tz: "UTC".to_owned(),
        utc_offset_s: 0,
        local_date: "2026-11-20".parse().unwrap(),
        planned_s: None,
        together_id: None,
        replaces: None,
    });
    session.completion = Some(Completion {
        ended_at_ms: UnixMillis(2_000_000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    });
    session
}

fn row(session: Session) -> Row {
    Row {
        session,
        lost: Vec::new(),
    }
}

/// When, whether here, and what, of each change.
fn told(rows: &[Row]) -> Vec<(i64, bool, Changed)> {
    in_order(rows, Some(device(1)))
        .into_iter()
        .map(|it| (it.at_ms.0, it.is_here, it.change))
        .collect()
}

#[test]
fn a_sit_that_nobody_changed_has_no_changes() {
    assert_eq!(told(&[row(session(1, 600))]), []);
}

#[test]
fn each_change_says_what_was_before_on_which_device_newest_first() {
    let mut edited = row(session(1, 600));
    edited.session.words = note("second");
    edited.session.words_stamp = stamp(30, 2);
    edited.session.credited_override_s = Some(Seconds(540));
    edited.session.credited_stamp = stamp(20, 1);
    edited.lost = vec![Revision {
        stamp: stamp(10, 1),
        change: Change::Words {
            words: note("first"),
        },
    }];
    let words = |now: &str, before: Words| Changed::Words {
        now: note(now),
        before,
    };
    let credited = Changed::Credited {
        now: Seconds(540),
        before: Seconds(600),
    };
    let expected = [
        (30, false, words("second", note("first"))),
        (20, true, credited),
        (10, true, words("first", Words::default())),
    ];
    assert_eq!(told(&[edited]), expected);
}

#[test]
fn a_corrected_date_is_one_change_of_one_sit() {
    let mut old = session(1, 600);
    old.words = note("kept");
    old.words_stamp = stamp(10, 1);
    old.deleted = true;
    old.deleted_stamp = stamp(50, 1);
    let mut new = session(2, 600);
    new.start.replaces = Some(old.start.session_id);
    new.start.local_date = "2026-11-19".parse().unwrap();
    new.words = note("kept");
    new.words_stamp = stamp(49, 1);
    let found = told(&[row(new), row(old)]);
    assert_eq!(found.len(), 2, "{found:?}");
    let (at, _, date) = &found[0];
    assert_eq!(*at, 50);
    let Changed::Date { now, before } = date else {
        panic!("{date:?}");
    };
    assert_eq!(
        (now.local_date.as_str(), before.local_date.as_str()),
        ("2026-11-19", "2026-11-20")
    );
    assert!(
        matches!(found[1].2, Changed::Words { .. }),
        "what was before goes along"
    );
}

#[test]
fn deleting_and_restoring_are_told_and_an_end_that_did_not_count() {
    let mut row = row(session(1, 600));
    row.session.deleted_stamp = stamp(40, 1);
    let deletion = Revision {
        stamp: stamp(30, 1),
        change: Change::Deleted { deleted: true },
    };
    let end = Revision {
        stamp: stamp(20, 2),
        change: Change::Complete {
            completion: Completion {
                credited_s: Seconds(1200),
                ..session(1, 600).completion.unwrap()
            },
            events: Vec::new(),
        },
    };
    row.lost = vec![deletion, end];
    let expected = [
        (40, true, Changed::Deleted { now: false }),
        (30, true, Changed::Deleted { now: true }),
        (
            20,
            false,
            Changed::OtherEnd {
                credited_s: Seconds(1200),
            },
        ),
    ];
    assert_eq!(told(&[row]), expected);
}
