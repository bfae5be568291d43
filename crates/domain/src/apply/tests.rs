//! The fold by a table of cases; `properties` has its laws.

mod properties;
mod sat;

use uuid::Uuid;

use super::*;
use crate::ids::TogetherId;
use crate::session::{Sharing, Source};
use crate::testing::completion;
use crate::testing::ops::{
    begun, by, complete, credit, delete, device, fold_all, note, op, plan, sat, share, start,
};

#[derive(Debug, PartialEq)]
enum Expect {
    Applied,
    Replaced(Box<Change>),
    Duplicate,
    Superseded,
    Rejected(Rejection),
}

/// What the op says that a group or the completion can hold.
fn said(op: &Op) -> Change {
    match op.change.clone() {
        Change::Complete { completion, .. } | Change::Sat { completion, .. } => Change::Complete {
            completion,
            events: Vec::new(),
        },
        change => change,
    }
}

/// What the last of `ops` does after those before it.
#[track_caller]
fn check(ops: &[Op], expected: &Expect) {
    let found = match fold_all(ops).1 {
        Some(Applied::Applied { lost: None, .. }) => Expect::Applied,
        Some(Applied::Applied {
            lost: Some(lost), ..
        }) => Expect::Replaced(Box::new(lost.change)),
        Some(Applied::Duplicate) => Expect::Duplicate,
        Some(Applied::Superseded { lost }) => {
            let last = ops.last().unwrap();
            assert_eq!(lost.stamp, last.stamp);
            assert_eq!(lost.change, said(last), "what lost is what the op said");
            Expect::Superseded
        }
        Some(Applied::Rejected(rejection)) => Expect::Rejected(rejection),
        None => panic!("no ops"),
    };
    assert_eq!(&found, expected);
}

#[test]
fn a_start_creates_the_row_once() {
    check(&[start(1)], &Expect::Applied);
    check(&[start(1), start(1)], &Expect::Duplicate);
    check(&[start(1), complete(2, 60), start(1)], &Expect::Duplicate);
    let without_plan = op(1, Change::Start { plan: None });
    check(
        &[without_plan.clone(), without_plan.clone()],
        &Expect::Duplicate,
    );
    check(&[without_plan.clone(), start(2)], &Expect::Applied);
    check(&[start(1), without_plan], &Expect::Duplicate);
    let other = op(
        2,
        Change::Start {
            plan: Some(plan(Some("metta"))),
        },
    );
    check(&[start(1), other], &Expect::Rejected(Rejection::OtherPlan));
}

/// I6: whatever comes first brings the parent along.
#[test]
fn a_child_that_comes_before_its_start_creates_the_row() {
    for child in [
        complete(2, 60),
        note(2, "calm"),
        credit(2, 60),
        share(2, false, false),
        delete(2, true),
    ] {
        check(std::slice::from_ref(&child), &Expect::Applied);
        let (session, _) = fold_all(std::slice::from_ref(&child));
        let session = session.unwrap();
        assert_eq!((session.start.clone(), session.plan), (begun(), None));
        let (session, _) = fold_all(&[child, start(1)]);
        assert_eq!(
            session.unwrap().plan,
            Some(plan(Some("zazen"))),
            "its start brings the plan"
        );
    }
}

#[test]
fn a_session_completes_once() {
    check(&[start(1), complete(2, 60)], &Expect::Applied);
    check(
        &[start(1), complete(2, 60), complete(2, 60)],
        &Expect::Duplicate,
    );
    check(
        &[start(1), complete(2, 60), complete(3, 60)],
        &Expect::Duplicate,
    );
    check(
        &[start(1), complete(2, 60), complete(3, 61)],
        &Expect::Superseded,
    );
    let (session, _) = fold_all(&[start(1), complete(3, 60), complete(2, 61)]);
    assert_eq!(
        session.unwrap().credited_s(),
        Seconds(60),
        "the first stays, whatever its stamp"
    );
}

#[test]
fn each_group_belongs_to_its_latest_stamp() {
    let lost = |op: &Op| Expect::Replaced(Box::new(op.change.clone()));
    check(
        &[start(1), note(2, "a"), note(3, "b")],
        &lost(&note(2, "a")),
    );
    check(&[start(1), note(3, "b"), note(2, "a")], &Expect::Superseded);
    check(&[start(1), note(3, "b"), note(3, "b")], &Expect::Duplicate);
    check(
        &[start(1), note(3, "b"), note(3, "a")],
        &Expect::Rejected(Rejection::StampReused),
    );
    check(
        &[start(1), credit(2, 10), credit(3, 20)],
        &lost(&credit(2, 10)),
    );
    check(
        &[start(1), credit(3, 20), credit(2, 10)],
        &Expect::Superseded,
    );
    check(
        &[start(1), share(2, true, true), share(3, false, true)],
        &lost(&share(2, true, true)),
    );
    check(
        &[start(1), share(3, false, false), share(2, true, true)],
        &Expect::Superseded,
    );
    check(
        &[start(1), share(3, false, false), share(3, true, false)],
        &Expect::Rejected(Rejection::StampReused),
    );
    check(
        &[start(1), delete(2, true), delete(3, false)],
        &lost(&delete(2, true)),
    );
    check(
        &[start(1), delete(3, false), delete(2, true)],
        &Expect::Superseded,
    );
    check(&[start(1), note(9, "a"), delete(2, true)], &Expect::Applied);
    check(
        &[start(1), note(9, "a"), share(2, false, true)],
        &Expect::Applied,
    );
}

#[test]
fn equal_clocks_are_settled_by_device_then_by_number() {
    check(
        &[by(2, 5, note(1, "b")), by(1, 5, note(9, "a"))],
        &Expect::Superseded,
    );
    check(
        &[by(1, 5, note(2, "b")), by(1, 5, note(1, "a"))],
        &Expect::Superseded,
    );
}

#[test]
fn the_label_of_the_plan_is_the_first_label() {
    let label = |ops: &[Op]| fold_all(ops).0.unwrap().words.label;
    assert_eq!(label(&[start(1)]).as_deref(), Some("zazen"));
    assert_eq!(
        label(&[start(1), note(2, "a")]),
        None,
        "words are one group"
    );
    assert_eq!(label(&[note(2, "a"), start(1)]), None, "in either order");
}

/// 0 credited seconds only with the tombstone.
#[test]
fn credited_seconds_stay_in_their_range() {
    let range = Expect::Rejected(Rejection::CreditedOutOfRange);
    check(&[start(1), complete(2, 86_400)], &Expect::Applied);
    check(&[start(1), complete(2, 86_401)], &range);
    check(&[start(1), credit(2, 86_400)], &Expect::Applied);
    check(&[start(1), credit(2, 86_401)], &range);
    check(&[start(1), credit(2, 0)], &range);
    let nothing = Expect::Rejected(Rejection::NothingCredited);
    check(
        &[start(1), complete(2, 0), delete(3, true)],
        &Expect::Applied,
    );
    check(
        &[start(1), complete(2, 0), delete(3, true), delete(4, false)],
        &nothing,
    );
    let (session, _) = fold_all(&[start(1), complete(2, 0)]);
    assert!(session.unwrap().deleted, "it brings its tombstone along");
    let (session, _) = fold_all(&[start(1), complete(2, 0), credit(3, 9), delete(4, false)]);
    assert_eq!(
        session.unwrap().credited_s(),
        Seconds(9),
        "corrected first, it can be restored"
    );
}

#[test]
fn an_op_that_cannot_be_right_is_rejected_whatever_the_session() {
    let spoil = |spoil: fn(&mut Op)| {
        let mut op = note(2, "a");
        spoil(&mut op);
        op
    };
    let cases = [
        (spoil(|op| op.v = 2), Rejection::UnknownVersion),
        (spoil(|op| op.stamp.hlc_ms = -1), Rejection::InvalidStamp),
        (spoil(|op| op.stamp.device_seq = 0), Rejection::InvalidStamp),
        (spoil(|op| op.session.tz.clear()), Rejection::InvalidZone),
        (
            spoil(|op| op.session.tz = "x".repeat(65)),
            Rejection::InvalidZone,
        ),
        (
            spoil(|op| op.session.utc_offset_s = 64_801),
            Rejection::InvalidZone,
        ),
        (
            spoil(|op| op.session.utc_offset_s = i32::MIN),
            Rejection::InvalidZone,
        ),
        (note(2, &"x".repeat(10_001)), Rejection::InvalidWords),
    ];
    for (op, rejection) in cases {
        check(std::slice::from_ref(&op), &Expect::Rejected(rejection));
        check(&[start(1), op], &Expect::Rejected(rejection));
    }
    let other: [fn(&mut Op); 8] = [
        |op| op.session.device_id = device(2),
        |op| op.session.started_at_ms.0 += 1,
        |op| op.session.planned_s = None,
        |op| op.session.utc_offset_s = 0,
        |op| op.session.tz = "Europe/Rome".to_owned(),
        |op| op.session.local_date = op.session.local_date.pred_opt().unwrap(),
        |op| op.session.together_id = Some(TogetherId::from_uuid(Uuid::from_u128(9))),
        |op| op.session.source = Source::Import,
    ];
    for other in other {
        check(
            &[start(1), spoil(other)],
            &Expect::Rejected(Rejection::OtherSession),
        );
    }
}

#[test]
fn a_note_loses_the_character_that_no_database_keeps() {
    let (session, _) = fold_all(&[start(1), note(2, "a\0b"), note(3, "\0")]);
    assert_eq!(session.unwrap().words.note, None);
    let (session, _) = fold_all(&[start(1), note(2, "a\0b")]);
    assert_eq!(session.unwrap().words.note.as_deref(), Some("ab"));
    check(
        &[start(1), note(2, "a\0b"), note(2, "ab")],
        &Expect::Duplicate,
    );
}

#[test]
fn a_clock_that_is_ahead_counts_as_five_minutes_ahead() {
    let clamped = |hlc_ms, now| clamp(by(1, hlc_ms, note(2, "a")), now).stamp.hlc_ms;
    assert_eq!(clamped(1_299_999, 1_000_000), 1_299_999);
    assert_eq!(clamped(1_300_000, 1_000_000), 1_300_000);
    assert_eq!(clamped(1_300_001, 1_000_000), 1_300_000);
    assert_eq!(clamped(i64::MAX, 1_000_000), 1_300_000);
    assert_eq!(clamped(5, 1_000_000), 5, "a clock that is behind stays");
    assert_eq!(clamped(i64::MAX, i64::MAX), i64::MAX);
}

#[test]
fn of_two_clocks_that_were_set_back_the_devices_order_stays() {
    let [first, second] = [note(2, "a"), note(3, "b")].map(|op| clamp(by(1, i64::MAX, op), 0));
    assert_eq!(first.stamp.hlc_ms, second.stamp.hlc_ms);
    check(&[second, first], &Expect::Superseded);
    let other = clamp(by(2, i64::MAX, note(1, "c")), 0);
    let last = clamp(by(1, i64::MAX, note(9, "d")), 0);
    check(&[other, last], &Expect::Superseded);
}

#[test]
fn sharing_starts_shared_without_the_note() {
    let (session, _) = fold_all(&[start(1)]);
    let shared = Sharing {
        shared: true,
        note_shared: false,
    };
    assert_eq!(session.unwrap().sharing, shared);
    check(&[start(1), share(2, true, false)], &Expect::Applied);
}

/// The codes are stored and sent: they never change.
#[test]
fn every_rejection_has_a_code_of_its_own() {
    use Rejection as R;
    let codes = [
        (R::UnknownVersion, "unknown_version"),
        (R::InvalidStamp, "invalid_stamp"),
        (R::InvalidTime, "invalid_time"),
        (R::InvalidPlan, "invalid_plan"),
        (R::InvalidCompletion, "invalid_completion"),
        (R::InvalidEvents, "invalid_events"),
        (R::InvalidZone, "invalid_zone"),
        (R::OtherSession, "other_session"),
        (R::OtherPlan, "other_plan"),
        (R::StampReused, "stamp_reused"),
        (R::CreditedOutOfRange, "credited_out_of_range"),
        (R::NothingCredited, "nothing_credited"),
        (R::InvalidWords, "invalid_words"),
    ];
    for (rejection, code) in codes {
        assert_eq!(rejection.code(), code);
    }
}
