//! Ops are stored, sent and hashed as bytes: their shape must not change by accident.

mod reading;

use rstest::rstest;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::bells::{IntervalBells, Sound};
use crate::plan::{Plan, PlanChoice};
use crate::testing::ops::events;
use crate::testing::{completion, session_start};

fn op(change: Change) -> Op {
    let session = session_start();
    Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(Uuid::from_u128(0x0197_a3c2_5f00_7000_8000_0000_0000_0003)),
        stamp: Stamp {
            hlc_ms: 1_795_000_000_001,
            device_id: session.device_id,
            device_seq: 7,
        },
        session,
        change,
    }
}

const HEAD: &str = concat!(
    r#"{"v":1,"op_id":"0197a3c2-5f00-7000-8000-000000000003","#,
    r#""stamp":{"hlc_ms":1795000000001,"device_id":"0197a3c2-5f00-7000-8000-000000000002","device_seq":7},"#,
    r#""session":{"session_id":"0197a3c2-5f00-7000-8000-000000000001","#,
    r#""device_id":"0197a3c2-5f00-7000-8000-000000000002","source":"timer","#,
    r#""started_at_ms":1795000000000,"tz":"Europe/Berlin","utc_offset_s":3600,"#,
    r#""local_date":"2026-11-18","planned_s":null,"together_id":null},"change":"#,
);

const PLAN: &str = concat!(
    r#"{"planned_s":1200,"preparation_s":10,"#,
    r#""start_bell":{"sound":{"kind":"bowl"},"strikes":3,"volume":80},"#,
    r#""intervals":{"kind":"none"},"#,
    r#""interval_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":60},"#,
    r#""end_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":80},"#,
    r#""at_end":"stop","label":null,"interval_at_s":[300,600]}"#,
);

const COMPLETED: &str = concat!(
    r#""completion":{"ended_at_ms":1795001200000,"credited_s":1200,"paused_s":0,"asleep_s":0,"overtime_s":0},"#,
    r#""events":[{"event_seq":1,"kind":"paused","at_ms":1795000001000,"elapsed_ms":1000}]"#,
);

fn plan() -> Plan {
    Plan {
        choice: PlanChoice::default(),
        interval_at_s: vec![Seconds(300), Seconds(600)],
    }
}

fn words() -> Words {
    Words {
        note: Some("still".to_owned()),
        mood: Some(4),
        label: None,
    }
}

#[rstest]
#[case::start(Change::Start { plan: Some(plan()) }, &format!(r#"{{"kind":"start","plan":{PLAN}}}"#))]
#[case::start_without_a_plan(Change::Start { plan: None }, r#"{"kind":"start","plan":null}"#)]
#[case::complete(
    Change::Complete { completion: completion(1200), events: events(1) },
    &format!(r#"{{"kind":"complete",{COMPLETED}}}"#)
)]
#[case::sat(
    Change::Sat { plan: Some(plan()), completion: completion(1200), events: events(1) },
    &format!(r#"{{"kind":"sat","plan":{PLAN},{COMPLETED}}}"#)
)]
#[case::words(
    Change::Words { words: words() },
    r#"{"kind":"words","words":{"note":"still","mood":4,"label":null}}"#
)]
#[case::credited(
    Change::Credited { credited_s: Seconds(900) },
    r#"{"kind":"credited","credited_s":900}"#
)]
#[case::sharing(
    Change::Sharing { sharing: Sharing { shared: false, note_shared: true } },
    r#"{"kind":"sharing","sharing":{"shared":false,"note_shared":true}}"#
)]
#[case::deleted(Change::Deleted { deleted: true }, r#"{"kind":"deleted","deleted":true}"#)]
fn an_op_keeps_its_bytes(#[case] change: Change, #[case] change_json: &str) {
    let op = op(change);
    let bytes = op.to_bytes().unwrap();
    assert_eq!(
        String::from_utf8(bytes.clone()).unwrap(),
        format!("{HEAD}{change_json}}}")
    );
    assert_eq!(Op::from_bytes(&bytes).unwrap(), op);
}

/// An op with an object of every kind in it.
fn full() -> Op {
    let sound = |file: &str| Sound::File {
        file: file.to_owned(),
        name: "Temple.wav".to_owned(),
    };
    let mut plan = plan();
    plan.choice.end_bell.sound = sound("3f2a.wav");
    plan.choice.intervals = IntervalBells::Every {
        every_s: Seconds(300),
    };
    op(Change::Sat {
        plan: Some(plan),
        completion: completion(1200),
        events: events(2),
    })
}

/// Every way of adding one unknown field to an object anywhere inside.
fn with_one_field_more(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("more".to_owned(), Value::Null);
            let mut all = vec![(String::new(), Value::Object(more))];
            for (name, inner) in fields {
                for (path, changed) in with_one_field_more(inner) {
                    let mut outer = fields.clone();
                    outer.insert(name.clone(), changed);
                    all.push((format!(".{name}{path}"), Value::Object(outer)));
                }
            }
            all
        }
        Value::Array(items) => (0..items.len())
            .flat_map(|at| {
                let inner = with_one_field_more(&items[at]);
                inner.into_iter().map(move |(path, changed)| {
                    let mut outer = items.clone();
                    outer[at] = changed;
                    (format!("[{at}]{path}"), Value::Array(outer))
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[track_caller]
fn check_strict(op: &Op, objects: usize) {
    let json: Value = serde_json::from_slice(&op.to_bytes().unwrap()).unwrap();
    assert_eq!(&serde_json::from_value::<Op>(json.clone()).unwrap(), op);
    let spoilt = with_one_field_more(&json);
    assert_eq!(spoilt.len(), objects);
    for (path, json) in spoilt {
        let bytes = serde_json::to_vec(&json).unwrap();
        assert!(
            Op::from_bytes(&bytes).is_err(),
            "one field more at op{path}"
        );
    }
}

/// In the op, its stamp, session and change; in plan, bells, sounds and intervals of every kind; in
/// completion, events, words and sharing.
#[test]
fn an_unknown_field_is_refused_wherever_it_is() {
    check_strict(&full(), 4 + 1 + 3 + 3 + 1 + 1 + 2);
    for sound in [Sound::Bowl, Sound::LowBowl, Sound::Inkin, Sound::WoodBlock] {
        let mut plan = plan();
        plan.choice.start_bell.sound = sound;
        check_strict(&op(Change::Start { plan: Some(plan) }), 4 + 1 + 3 + 3 + 1);
    }
    for intervals in [
        IntervalBells::None,
        IntervalBells::At {
            at_s: vec![Seconds(1)],
        },
        IntervalBells::Random {
            min_s: Seconds(60),
            max_s: Seconds(90),
        },
    ] {
        let mut plan = plan();
        plan.choice.intervals = intervals;
        check_strict(&op(Change::Start { plan: Some(plan) }), 4 + 1 + 3 + 3 + 1);
    }
    check_strict(&op(Change::Words { words: words() }), 4 + 1);
    let sharing = Sharing::default();
    check_strict(&op(Change::Sharing { sharing }), 4 + 1);
    check_strict(&op(Change::Deleted { deleted: true }), 4);
}

#[rstest]
#[case::not_json("nonsense")]
#[case::cut_short(&HEAD[..HEAD.len() / 2])]
#[case::an_unknown_change(&format!(r#"{HEAD}{{"kind":"explode"}}}}"#))]
#[case::no_session_id(&format!(r#"{HEAD}{{"kind":"deleted","deleted":true}}}}"#).replace("session_id", "id"))]
fn bytes_that_are_no_op_are_an_error(#[case] bytes: &str) {
    assert!(Op::from_bytes(bytes.as_bytes()).is_err());
}
