//! The fold by a table of cases; `properties` has its laws.

mod properties;

use chrono::NaiveDate;
use uuid::Uuid;

use super::*;
use crate::ids::{DeviceId, OpId, SessionId};
use crate::plan::PlanChoice;
use crate::session::Source;
use crate::units::UnixMillis;

fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(n))
}

fn begun() -> SessionStart {
    SessionStart {
        session_id: SessionId::from_uuid(Uuid::from_u128(7)),
        device_id: device(1),
        source: Source::Timer,
        started_at_ms: UnixMillis(1_000_000),
        tz: "Europe/Berlin".to_owned(),
        utc_offset_s: 3600,
        local_date: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        planned_s: PlanChoice::default().planned_s,
    }
}

fn plan(label: Option<&str>) -> Plan {
    let choice = PlanChoice {
        label: label.map(str::to_owned),
        ..PlanChoice::default()
    };
    Plan {
        choice,
        interval_at_s: vec![Seconds(60)],
    }
}

fn completion(credited_s: u32) -> Completion {
    Completion {
        ended_at_ms: UnixMillis(2_000_000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    }
}

/// The op number `seq` of device 1, at clock `seq`.
fn op(seq: u64, change: Change) -> Op {
    let hlc_ms = i64::try_from(seq).unwrap();
    let stamp = Stamp {
        hlc_ms,
        device_id: device(1),
        device_seq: seq,
    };
    Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(Uuid::from_u128(seq.into())),
        stamp,
        session: begun(),
        change,
    }
}

fn start(seq: u64) -> Op {
    op(
        seq,
        Change::Start {
            plan: Some(plan(Some("zazen"))),
        },
    )
}
fn complete(seq: u64, credited_s: u32) -> Op {
    op(
        seq,
        Change::Complete {
            completion: completion(credited_s),
        },
    )
}
fn note(seq: u64, text: &str) -> Op {
    let words = Words {
        note: Some(text.to_owned()),
        ..Words::default()
    };
    op(seq, Change::Words { words })
}
fn credit(seq: u64, credited_s: u32) -> Op {
    op(
        seq,
        Change::Credited {
            credited_s: Seconds(credited_s),
        },
    )
}
fn delete(seq: u64, deleted: bool) -> Op {
    op(seq, Change::Deleted { deleted })
}

/// Folds ops as a device does; says what the last one did.
fn fold_all(ops: &[Op]) -> (Option<Session>, Option<Applied>) {
    let mut session = None;
    let mut last = None;
    for op in ops {
        let outcome = apply(session.clone(), op);
        if let Applied::Applied { session: now, .. } = &outcome {
            session = Some((**now).clone());
        }
        last = Some(outcome);
    }
    (session, last)
}

#[derive(Debug, PartialEq)]
enum Expect {
    Applied,
    Replaced(Box<Change>),
    Duplicate,
    Superseded,
    Rejected(Rejection),
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
            assert_eq!(
                lost.change,
                ops.last().unwrap().change,
                "what lost is what the op said"
            );
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
        &[start(1), delete(2, true), delete(3, false)],
        &lost(&delete(2, true)),
    );
    check(
        &[start(1), delete(3, false), delete(2, true)],
        &Expect::Superseded,
    );
    check(&[start(1), note(9, "a"), delete(2, true)], &Expect::Applied);
}

#[test]
fn equal_clocks_are_settled_by_device_then_by_number() {
    let by = |device_id, device_seq, text: &str| {
        let mut op = note(5, text);
        op.stamp.device_id = device_id;
        op.stamp.device_seq = device_seq;
        op
    };
    check(
        &[by(device(2), 1, "b"), by(device(1), 9, "a")],
        &Expect::Superseded,
    );
    check(
        &[by(device(1), 2, "b"), by(device(1), 1, "a")],
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
    let other: [fn(&mut Op); 4] = [
        |op| op.session.device_id = device(2),
        |op| op.session.started_at_ms = UnixMillis(1),
        |op| op.session.planned_s = None,
        |op| op.session.source = Source::Import,
    ];
    for other in other {
        check(
            &[start(1), spoil(other)],
            &Expect::Rejected(Rejection::OtherSession),
        );
    }
}
