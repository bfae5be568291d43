//! Ops of every kind, byte for byte as they are stored, sent and hashed.

use mitta_domain::op::{Change, OP_VERSION, Op, version_of};
use mitta_domain::{OpId, Seconds, SessionStart, Sharing};
use mitta_protocol::push::PushRequest;
use rstest::rstest;

use crate::check::{check_text, with_one_field_more};
use crate::samples;

pub fn op(change: Change) -> Op {
    Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(samples::uuid(3)),
        stamp: samples::stamp(7),
        session: samples::start(),
        change,
    }
}

#[rstest]
#[case::start("op_start", Change::Start { plan: Some(samples::plan()) })]
#[case::start_without_a_plan("op_start_planless", Change::Start { plan: None })]
#[case::complete(
    "op_complete",
    Change::Complete { completion: samples::completion(), events: samples::all_events() }
)]
#[case::sat(
    "op_sat",
    Change::Sat { plan: Some(samples::plan()), completion: samples::completion(), events: samples::events() }
)]
#[case::replacing(
    "op_sat_replacing",
    Change::Sat { plan: None, completion: samples::completion(), events: samples::events() }
)]
#[case::words("op_words", Change::Words { words: samples::words() })]
#[case::credited("op_credited", Change::Credited { credited_s: Seconds(900) })]
#[case::sharing(
    "op_sharing",
    Change::Sharing { sharing: Sharing { shared: false, note_shared: true } }
)]
#[case::deleted("op_deleted", Change::Deleted { deleted: true })]
fn an_op_keeps_its_bytes(#[case] name: &str, #[case] change: Change) {
    let mut op = op(change);
    if name == "op_start_planless" {
        op.session = SessionStart {
            planned_s: None,
            together_id: None,
            ..op.session
        };
    }
    if name == "op_sat_replacing" {
        op.v = version_of(&samples::replacing());
        op.session = samples::replacing();
    }
    let bytes = op.to_bytes().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    check_text(name, &text);
    assert_eq!(Op::from_bytes(&bytes).unwrap(), op);
    let json = serde_json::from_slice(&bytes).unwrap();
    for (path, more) in with_one_field_more(&json) {
        let more = serde_json::to_vec(&more).unwrap();
        assert!(Op::from_bytes(&more).is_err(), "{name}{path}");
    }
    let body = format!(r#"{{"ops":[{text}]}}"#);
    let push: PushRequest<'_> = serde_json::from_str(&body).unwrap();
    assert_eq!(push.ops[0].get(), text, "sent and hashed verbatim");
    assert_eq!(serde_json::to_string(&push).unwrap(), body);
}
