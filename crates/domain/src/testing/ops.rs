//! Ops of one timed sit, and histories of them for properties.

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::{STARTED_AT, completion, session_start};
use crate::apply::{Applied, apply};
use crate::event::{EventKind, SessionEvent};
use crate::ids::{DeviceId, OpId};
use crate::op::{Change, OP_VERSION, Op};
use crate::plan::{Plan, PlanChoice};
use crate::session::{Session, SessionStart, Sharing, Stamp, Words};
use crate::units::Seconds;

pub(crate) fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(n))
}

/// A sit of the default length.
pub(crate) fn begun() -> SessionStart {
    SessionStart {
        planned_s: PlanChoice::default().planned_s,
        ..session_start()
    }
}

pub(crate) fn plan(label: Option<&str>) -> Plan {
    let choice = PlanChoice {
        label: label.map(str::to_owned),
        ..PlanChoice::default()
    };
    Plan {
        choice,
        interval_at_s: vec![Seconds(60)],
    }
}

/// Events number `1..=count`, a second apart.
pub(crate) fn events(count: u32) -> Vec<SessionEvent> {
    let event = |event_seq: u32| SessionEvent {
        event_seq,
        kind: EventKind::Paused,
        at_ms: STARTED_AT.plus_ms(i64::from(event_seq) * 1000),
        elapsed_ms: Some(u64::from(event_seq) * 1000),
    };
    (1..=count).map(event).collect()
}

/// The op number `seq` of device 1, at clock `seq`.
pub(crate) fn op(seq: u64, change: Change) -> Op {
    let stamp = Stamp {
        hlc_ms: i64::try_from(seq).unwrap(),
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

/// The same op by another device, at another clock.
pub(crate) fn by(n: u128, hlc_ms: i64, mut op: Op) -> Op {
    op.stamp.device_id = device(n);
    op.stamp.hlc_ms = hlc_ms;
    op
}

pub(crate) fn start(seq: u64) -> Op {
    let plan = Some(plan(Some("zazen")));
    op(seq, Change::Start { plan })
}

pub(crate) fn complete(seq: u64, credited_s: u32) -> Op {
    let change = Change::Complete {
        completion: completion(credited_s),
        events: events(2),
    };
    op(seq, change)
}

pub(crate) fn sat(seq: u64, credited_s: u32) -> Op {
    let change = Change::Sat {
        plan: Some(plan(Some("zazen"))),
        completion: completion(credited_s),
        events: events(2),
    };
    op(seq, change)
}

pub(crate) fn words(note: &str) -> Words {
    Words {
        note: Some(note.to_owned()),
        ..Words::default()
    }
}

pub(crate) fn note(seq: u64, text: &str) -> Op {
    op(seq, Change::Words { words: words(text) })
}

pub(crate) fn credit(seq: u64, credited_s: u32) -> Op {
    let credited_s = Seconds(credited_s);
    op(seq, Change::Credited { credited_s })
}

pub(crate) fn share(seq: u64, shared: bool, note_shared: bool) -> Op {
    let sharing = Sharing {
        shared,
        note_shared,
    };
    op(seq, Change::Sharing { sharing })
}

pub(crate) fn delete(seq: u64, deleted: bool) -> Op {
    op(seq, Change::Deleted { deleted })
}

/// Folds ops as a device does; says what the last one did.
pub(crate) fn fold_onto<'a>(
    mut session: Option<Session>,
    ops: impl IntoIterator<Item = &'a Op>,
) -> (Option<Session>, Option<Applied>) {
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

/// What the ops make of nothing.
pub(crate) fn fold_all(ops: &[Op]) -> (Option<Session>, Option<Applied>) {
    fold_onto(None, ops)
}

/// Anything that an edit can say, number `seq`.
fn edit(seq: u64) -> impl Strategy<Value = Op> {
    let change = prop_oneof![
        ("[ a-c]{0,2}", 1u8..=5, "[ a-c]{0,2}").prop_map(|(note, mood, label)| {
            let words = Words {
                note: Some(note),
                mood: Some(mood),
                label: Some(label),
            };
            Change::Words { words }
        }),
        (1u32..=86_400).prop_map(|s| Change::Credited {
            credited_s: Seconds(s)
        }),
        any::<(bool, bool)>().prop_map(|(shared, note_shared)| {
            let sharing = Sharing {
                shared,
                note_shared,
            };
            Change::Sharing { sharing }
        }),
        any::<bool>().prop_map(|deleted| Change::Deleted { deleted }),
    ];
    (change, 0i64..8, 1u128..=3).prop_map(move |(change, hlc, n)| by(n, hlc, op(seq, change)))
}

/// Edits of up to three devices with clocks that say what they like.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Op>> {
    (0u64..9).prop_flat_map(|count| (3..3 + count).map(edit).collect::<Vec<_>>())
}

/// How a sit reached the server: any mixture of start, completion and both in one, all of the same
/// sit; perhaps nothing of it.
pub(crate) fn sits(credited_s: impl Strategy<Value = u32>) -> impl Strategy<Value = Vec<Op>> {
    (credited_s, vec(0u8..4, 0..5)).prop_map(|(credited_s, kinds)| {
        let op = |kind| match kind {
            0 => start(1),
            1 => op(1, Change::Start { plan: None }),
            2 => complete(2, credited_s),
            _ => sat(2, credited_s),
        };
        kinds.into_iter().map(op).collect()
    })
}

/// A whole history, for which only the laws of the fold decide, not the order of arrival.
pub(crate) fn histories() -> impl Strategy<Value = Vec<Op>> {
    (sits(prop_oneof![Just(0), 1u32..=86_400]), edits()).prop_map(|(sits, edits)| {
        let mut ops = [sits, edits].concat();
        let credits_nothing = |op: &Op| match &op.change {
            Change::Complete { completion, .. } | Change::Sat { completion, .. } => {
                completion.credited_s == Seconds(0)
            }
            _ => false,
        };
        if ops.iter().any(credits_nothing) {
            ops.retain(|op| op.change != Change::Deleted { deleted: false });
        }
        ops
    })
}

/// A history and the same again, repeated and in another order.
pub(crate) fn twice_shuffled() -> impl Strategy<Value = (Vec<Op>, Vec<Op>)> {
    histories().prop_flat_map(|ops| {
        let twice = [ops.clone(), ops.clone()].concat();
        (Just(ops), Just(twice).prop_shuffle())
    })
}
