//! Ops are stored, sent and hashed as bytes: their shape must not change by accident.

use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::plan::{Plan, PlanChoice};
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
    r#""local_date":"2026-11-18","planned_s":null},"change":"#,
);

const PLAN: &str = concat!(
    r#"{"planned_s":1200,"preparation_s":10,"#,
    r#""start_bell":{"sound":{"kind":"bowl"},"strikes":3,"volume":80},"#,
    r#""intervals":{"kind":"none"},"#,
    r#""interval_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":60},"#,
    r#""end_bell":{"sound":{"kind":"bowl"},"strikes":1,"volume":80},"#,
    r#""at_end":"stop","label":null,"interval_at_s":[300,600]}"#,
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
    Change::Complete { completion: completion(1200) },
    r#"{"kind":"complete","completion":{"ended_at_ms":1795001200000,"credited_s":1200,"paused_s":0,"asleep_s":0,"overtime_s":0}}"#
)]
#[case::words(
    Change::Words { words: words() },
    r#"{"kind":"words","words":{"note":"still","mood":4,"label":null}}"#
)]
#[case::credited(
    Change::Credited { credited_s: Seconds(900) },
    r#"{"kind":"credited","credited_s":900}"#
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

#[rstest]
#[case::of_the_op(r#"{"v":1,"#, r#"{"v":1,"more":1,"#)]
#[case::of_the_stamp(r#""stamp":{"#, r#""stamp":{"more":1,"#)]
#[case::of_the_session(r#""session":{"#, r#""session":{"more":1,"#)]
#[case::of_the_change(r#""kind":"deleted","#, r#""kind":"deleted","more":1,"#)]
fn an_unknown_field_is_refused(#[case] known: &str, #[case] with_unknown: &str) {
    let json = format!(r#"{HEAD}{{"kind":"deleted","deleted":true}}}}"#);
    assert!(Op::from_bytes(json.as_bytes()).is_ok());
    assert!(json.contains(known));
    assert!(Op::from_bytes(json.replace(known, with_unknown).as_bytes()).is_err());
}

#[rstest]
#[case::not_json("nonsense")]
#[case::cut_short(&HEAD[..HEAD.len() / 2])]
#[case::an_unknown_change(&format!(r#"{HEAD}{{"kind":"explode"}}}}"#))]
#[case::no_session_id(&format!(r#"{HEAD}{{"kind":"deleted","deleted":true}}}}"#).replace("session_id", "id"))]
fn bytes_that_are_no_op_are_an_error(#[case] bytes: &str) {
    assert!(Op::from_bytes(bytes.as_bytes()).is_err());
}
