//! The fold of a push by a table of cases; `properties` has its laws, `store` a store in memory.

mod properties;
mod reading;
mod shares;
mod store;

use chrono::NaiveDate;
use mitta_domain::op::OP_VERSION;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::share::Pause;
use mitta_domain::{Completion, Plan, PlanChoice, Seconds, SessionStart, Sharing, Source};
use rstest::rstest;
use uuid::Uuid;

use self::store::Store;
use super::*;

/// The server's clock.
const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const DAY_MS: i64 = 86_400_000;

fn person() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0xa))
}

fn share(n: u128) -> ShareId {
    ShareId::from_uuid(Uuid::from_u128(0x5_0000 + n))
}

fn session_id(n: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(n))
}

/// Session `n` began `n` days after 2026-11-01.
fn begun(n: u32) -> SessionStart {
    let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    let local_date = first + chrono::Days::new(n.into());
    let noon = local_date.and_hms_opt(12, 0, 0).unwrap();
    SessionStart {
        session_id: session_id(n.into()),
        device_id: DeviceId::from_uuid(Uuid::from_u128(1)),
        source: Source::Timer,
        started_at_ms: UnixMillis(noon.and_utc().timestamp_millis()),
        tz: "Etc/UTC".to_owned(),
        utc_offset_s: 0,
        local_date,
        planned_s: PlanChoice::default().planned_s,
        together_id: None,
        replaces: None,
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

fn sat(credited_s: u32) -> Change {
    let event = SessionEvent {
        event_seq: 1,
        kind: mitta_domain::event::EventKind::Completed,
        at_ms: UnixMillis(2_000_000),
        elapsed_ms: None,
    };
    Change::Sat {
        plan: None,
        completion: completion(credited_s),
        events: vec![event],
    }
}

fn complete(credited_s: u32) -> Change {
    Change::Complete {
        completion: completion(credited_s),
        events: Vec::new(),
    }
}

fn start() -> Change {
    Change::Start { plan: None }
}

fn note(text: &str) -> Change {
    Change::Words {
        words: Words {
            note: Some(text.to_owned()),
            ..Words::default()
        },
    }
}

fn sharing(shared: bool, note_shared: bool) -> Change {
    Change::Sharing {
        sharing: Sharing {
            shared,
            note_shared,
        },
    }
}

fn deleted(deleted: bool) -> Change {
    Change::Deleted { deleted }
}

/// Op number `seq` on session `n`, at clock `seq`.
fn op(seq: u64, n: u32, change: Change) -> Op {
    Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(Uuid::from_u128(0x9_0000 + u128::from(seq))),
        stamp: Stamp {
            hlc_ms: i64::try_from(seq).unwrap(),
            device_id: DeviceId::from_uuid(Uuid::from_u128(1)),
            device_seq: seq,
        },
        session: begun(n),
        change,
    }
}

fn bytes(ops: &[Op]) -> Vec<Vec<u8>> {
    ops.iter().map(|op| op.to_bytes().unwrap()).collect()
}

fn names(folded: &Folded) -> Vec<String> {
    let outcomes = folded.outcomes.iter();
    outcomes.map(|it| name(&it.outcome)).collect()
}

fn name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rejected { code } => code.clone(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// One push after the other gives these answers.
#[track_caller]
fn check(pushes: &[&[Op]], answers: &[&[&str]]) -> Store {
    let mut store = Store::new(&[]);
    for (ops, expected) in pushes.iter().zip(answers) {
        assert_eq!(names(&store.push(&bytes(ops))), *expected);
    }
    store
}

#[test]
fn a_push_again_changes_nothing_and_says_so() {
    let ops = [
        op(1, 1, start()),
        op(2, 1, complete(60)),
        op(3, 1, note("a")),
    ];
    let duplicates: &[&str] = &["duplicate"; 3];
    let store = check(&[&ops, &ops], &[&["applied"; 3], duplicates]);
    assert_eq!(store.last.changes, []);
    assert_eq!(store.last.ledger, []);
    assert!(store.last.touched_days.is_empty());
    assert_eq!(store.last.sessions[0].write, Write::Keep);
}

#[test]
fn an_op_that_stands_twice_in_one_push_counts_once() {
    let twice = [op(1, 1, sat(60)), op(1, 1, sat(60))];
    let store = check(&[&twice], &[&["applied", "duplicate"]]);
    assert_eq!(store.last.ledger.len(), 1);
    assert_eq!(store.last.changes.len(), 1);
}

#[test]
fn the_same_id_with_other_bytes_is_refused_and_changes_nothing() {
    let other = op(1, 1, sat(90));
    let store = check(
        &[&[op(1, 1, sat(60)), other.clone()], &[other]],
        &[&["applied", "key_reuse"], &["key_reuse"]],
    );
    assert_eq!(store.session(1).credited_s(), Seconds(60));
}

#[test]
fn a_child_before_its_parent_makes_the_parent_i6() {
    let ops = [
        op(3, 1, note("a")),
        op(2, 1, complete(60)),
        op(1, 1, start()),
    ];
    let store = check(&[&ops], &[&["applied", "applied", "duplicate"]]);
    assert_eq!(store.last.sessions.len(), 1);
    assert_eq!(store.last.sessions[0].write, Write::Insert);
    assert_eq!(store.last.changes.len(), 1, "one entry for one session");
}

#[test]
fn a_second_completion_is_superseded_each_time_and_brings_no_events() {
    let second = [op(2, 1, sat(90))];
    let store = check(
        &[&[op(1, 1, sat(60))], &second, &second],
        &[&["applied"], &["superseded"], &["superseded"]],
    );
    assert_eq!(store.events.len(), 1);
    assert_eq!(store.session(1).credited_s(), Seconds(60));
}

#[rstest]
#[case(1, 0)]
#[case(0, 1)]
fn a_plan_that_comes_with_a_lost_completion_brings_no_second_events(
    #[case] first: usize,
    #[case] second: usize,
) {
    let plan = Plan {
        choice: PlanChoice::default(),
        interval_at_s: Vec::new(),
    };
    let with_plan = Change::Sat {
        plan: Some(plan),
        completion: completion(90),
        events: match sat(90) {
            Change::Sat { events, .. } => events,
            _ => Vec::new(),
        },
    };
    let ops = [op(1, 1, sat(60)), op(2, 1, with_plan)];
    let store = check(
        &[&[ops[first].clone()], &[ops[second].clone()]],
        &[
            &["applied"],
            if first == 0 {
                &["applied"]
            } else {
                &["superseded"]
            },
        ],
    );
    assert_eq!(store.events.len(), 1);
}

#[test]
fn a_clock_that_is_ahead_counts_as_five_minutes_ahead() {
    let mut ahead = op(1, 1, note("from the future"));
    ahead.stamp.hlc_ms = NOW.0 + 365 * DAY_MS;
    let mut later = op(2, 1, note("six minutes later"));
    later.stamp.hlc_ms = NOW.0 + 360_000;
    let mut store = Store::new(&[]);
    store.push(&bytes(&[ahead]));
    assert_eq!(store.session(1).words_stamp.hlc_ms, NOW.0 + 300_000);
    store.now = NOW.plus_ms(360_000);
    assert_eq!(names(&store.push(&bytes(&[later]))), ["applied"]);
    assert_eq!(
        store.session(1).words.note.as_deref(),
        Some("six minutes later")
    );
}

/// What an op says itself is judged anew, so that a newer server may take it; what depended on what
/// was stored is not.
#[test]
fn a_rejection_for_what_was_stored_is_remembered_and_one_for_the_op_itself_is_not() {
    let mut other = op(3, 1, note("a"));
    other.session.tz = "Europe/Berlin".to_owned();
    let restore = op(4, 2, deleted(false));
    let nothing = [op(5, 2, complete(0))];
    let correct = [op(
        6,
        2,
        Change::Credited {
            credited_s: Seconds(30),
        },
    )];
    let out_of_range = op(
        7,
        1,
        Change::Credited {
            credited_s: Seconds(0),
        },
    );
    let store = check(
        &[
            &[op(1, 1, start()), other.clone()],
            &nothing,
            std::slice::from_ref(&restore),
            &correct,
            &[restore.clone(), other, out_of_range],
        ],
        &[
            &["applied", "other_session"],
            &["applied"],
            &["nothing_credited"],
            &["applied"],
            &["nothing_credited", "other_session", "credited_out_of_range"],
        ],
    );
    assert_eq!(store.last.ledger, []);
    assert_eq!(store.ledger.len(), 5);
    assert_eq!(store.session(1).start.tz, "Etc/UTC");
}

#[rstest]
#[case::no_op(r#"{"op_id":"ID"}"#, "malformed_op")]
#[case::unknown_field(r#"{"v":1,"op_id":"ID","more":1}"#, "malformed_op")]
#[case::newer(r#"{"v":3,"op_id":"ID","breath":"deep"}"#, "unknown_version")]
#[case::no_number(r#"{"v":"1","op_id":"ID"}"#, "malformed_op")]
fn what_has_an_id_is_answered(#[case] json: &str, #[case] code: &str) {
    let id = "0197a3c2-5f00-7000-8000-000000000001";
    let mut store = Store::new(&[]);
    let good = op(1, 1, sat(60)).to_bytes().unwrap();
    let ops = [json.replace("ID", id).into_bytes(), good];
    for _ in 0..2 {
        let folded = store.push(&ops);
        assert_eq!(names(&folded)[0], code);
        assert_eq!(folded.outcomes[0].op_id.to_string(), id);
        assert_eq!(store.ledger.len(), 1, "what it says itself is not kept");
    }
}

#[test]
fn an_unknown_field_deep_within_an_op_is_not_passed_over() {
    let json = String::from_utf8(op(1, 1, sat(60)).to_bytes().unwrap()).unwrap();
    for place in ["\"credited_s\"", "\"hlc_ms\"", "\"tz\"", "\"event_seq\""] {
        let more = json.replacen(place, &format!("\"more\":1,{place}"), 1);
        let folded = Store::new(&[]).push(&[more.into_bytes()]);
        assert_eq!(names(&folded), ["malformed_op"], "{place}");
    }
}

#[rstest]
#[case("1")]
#[case("[]")]
#[case("{}")]
#[case(r#"{"op_id":7}"#)]
#[case(r#"{"op_id":"me"}"#)]
fn what_has_no_id_fails_the_push_and_is_named(#[case] json: &str) {
    let good = op(1, 1, sat(60)).to_bytes().unwrap();
    let ops = [good.as_slice(), json.as_bytes()].map(|bytes| RawOp { bytes });
    assert_eq!(Batch::read(ops).unwrap_err(), Unreadable { index: 1 });
}

fn rule(since: u32) -> ShareRule {
    ShareRule {
        share_since: begun(since).local_date,
        pauses: Vec::new(),
    }
}
