//! A session taken apart and put together again.

use proptest::prelude::*;

use super::*;
use crate::apply::{Applied, apply};
use crate::testing::ops::{
    complete, credit, delete, edits, events, fold_all, fold_onto, histories, note, sat, share,
    sits, start, twice_shuffled,
};
use crate::units::Seconds;

fn offered(session: &Session) -> Vec<Op> {
    ops_of(session, &events(2)).unwrap()
}

fn kinds(ops: &[Op]) -> Vec<&'static str> {
    let kind = |op: &Op| match op.change {
        Change::Start { .. } => "start",
        Change::Complete { .. } => "complete",
        Change::Sat { .. } => "sat",
        Change::Words { .. } => "words",
        Change::Credited { .. } => "credited",
        Change::Sharing { .. } => "sharing",
        Change::Deleted { .. } => "deleted",
    };
    ops.iter().map(kind).collect()
}

#[track_caller]
fn check(history: &[Op], expected: &[&str]) {
    let session = fold_all(history).0.unwrap();
    let ops = offered(&session);
    assert_eq!(kinds(&ops), expected);
    assert_eq!(fold_all(&ops).0, Some(session));
}

#[test]
fn only_what_was_written_is_offered() {
    check(&[start(1)], &["start"]);
    check(&[start(1), complete(2, 60)], &["sat"]);
    check(&[sat(2, 60)], &["sat"]);
    check(&[complete(2, 60)], &["sat"]);
    check(&[start(1), note(2, "a")], &["start", "words"]);
    check(&[note(2, "a")], &["start", "words"]);
    check(&[sat(2, 0)], &["sat", "deleted"]);
    let restored = [sat(2, 0), credit(3, 9), delete(4, false)];
    check(&restored, &["sat", "credited", "deleted"]);
    let all = [
        sat(2, 60),
        note(3, "a"),
        credit(4, 9),
        share(5, true, true),
        delete(6, false),
    ];
    let every = ["sat", "words", "credited", "sharing", "deleted"];
    check(&all, &every);
}

/// I6: what happened in the sit comes along with its completion, and only with it.
#[test]
fn events_come_with_the_completion() {
    let session = fold_all(&[sat(2, 60), note(3, "a")]).0.unwrap();
    let Change::Sat { events: sent, .. } = &offered(&session)[0].change else {
        panic!("a completed session is offered as a sit");
    };
    assert_eq!(sent, &events(2));
}

/// The ids are kept by servers: another way of making them would offer everything twice.
#[test]
fn the_ids_stay_the_same_through_all_versions() {
    let session = fold_all(&[sat(2, 60), note(3, "a")]).0.unwrap();
    let ids: Vec<String> = offered(&session)
        .iter()
        .map(|op| op.op_id.to_string())
        .collect();
    assert_eq!(
        ids,
        [
            "01a1ee56-5e00-8031-b845-fd55c342beb1",
            "01a1ee56-5e00-8885-a523-f72f090e8796"
        ]
    );
}

#[test]
fn an_offered_op_has_an_id_of_its_own_kind() {
    let session = fold_all(&[sat(2, 60), note(3, "a")]).0.unwrap();
    for op in offered(&session) {
        let id = op.op_id.as_uuid();
        assert_eq!(id.get_version_num(), 8, "made by no clock");
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(op.session, session.start, "I6");
    }
}

proptest! {
    /// Restores that came too early and two different completions included.
    #[test]
    fn a_session_is_its_ops(
        ops in (sits(0u32..3), sits(0u32..3), edits())
            .prop_map(|(a, b, edits)| [a, b, edits].concat())
            .prop_shuffle()
    ) {
        let Some(session) = fold_all(&ops).0 else { return Ok(()) };
        let offered = offered(&session);
        let mut built = None;
        for op in &offered {
            let (now, outcome) = fold_onto(built, [op]);
            let is_applied = matches!(outcome, Some(Applied::Applied { .. }));
            prop_assert!(is_applied, "{:?}: {:?}", op, outcome);
            built = now;
        }
        prop_assert_eq!(built.as_ref(), Some(&session));
        for op in &offered {
            let again = apply(Some(session.clone()), op);
            let has_it = matches!(again, Applied::Duplicate | Applied::Superseded { .. });
            prop_assert!(has_it, "{:?}: {:?}", op, again);
        }
    }

    /// I3: offered twice is offered once.
    #[test]
    fn the_same_session_gives_the_same_ids_and_another_gives_others(
        (ops, shuffled) in twice_shuffled(), more in 1u64..5
    ) {
        let Some(session) = fold_all(&ops).0 else { return Ok(()) };
        let ids = |session| -> Vec<OpId> { offered(session).iter().map(|op| op.op_id).collect() };
        let same = fold_all(&shuffled).0.unwrap();
        prop_assert_eq!(ids(&session), ids(&same));
        let mut once = ids(&session);
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), ids(&session).len());
        let mut other = session.clone();
        other.start.started_at_ms.0 += i64::try_from(more).unwrap();
        prop_assert!(ids(&other).iter().all(|id| !once.contains(id)));
    }

    /// A server that was restored from an old backup and has gone on with other devices.
    #[test]
    fn offering_to_a_server_that_has_a_part_adds_the_rest(
        (ops, at) in histories().prop_flat_map(|ops| {
            let len = ops.len();
            (Just(ops).prop_shuffle(), 0..=len)
        })
    ) {
        let (here, there) = ops.split_at(at);
        let Some(session) = fold_all(here).0 else { return Ok(()) };
        let (server, _) = fold_onto(fold_all(there).0, &offered(&session));
        prop_assert_eq!(server, fold_all(&ops).0);
    }
}

proptest! {
    /// What a history ends in can be taken over by another folder as it is, and nothing else can.
    #[test]
    fn a_completed_session_is_whole_and_a_changed_one_is_not(history in histories()) {
        let Some(session) = fold_all(&history).0 else { return Ok(()) };
        let whole = Whole::of(session.clone(), events(2));
        if session.completion.is_none() {
            prop_assert!(matches!(whole, Err(NotWhole::Unfinished)));
            return Ok(());
        }
        let whole = whole.unwrap();
        prop_assert_eq!(whole.session(), &session);
        prop_assert_eq!(fold_all(whole.ops()).0, Some(session.clone()));
        let mut longer = session.clone();
        longer.completion.as_mut().unwrap().credited_s = Seconds(86_401);
        prop_assert!(matches!(Whole::of(longer, events(2)), Err(NotWhole::Rejected(_))));
        let mut worded = session;
        worded.words_stamp = Stamp::UNWRITTEN;
        worded.words = crate::testing::ops::words("from nowhere");
        prop_assert!(matches!(Whole::of(worded, events(2)), Err(NotWhole::Contradictory)));
    }
}
