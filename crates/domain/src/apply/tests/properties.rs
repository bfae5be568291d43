//! The laws of the fold, over shuffled and repeated ops of several devices.

use proptest::prelude::*;

use super::*;
use crate::testing::ops::{edits, fold_onto, histories, sits, twice_shuffled};

/// A server's clock for which clocks above 4 are too far ahead.
const SERVER_NOW_MS: i64 = 4 - MAX_AHEAD_MS;

fn clamped(ops: &[Op]) -> Vec<Op> {
    let clamp = |op: &Op| clamp(op.clone(), SERVER_NOW_MS);
    ops.iter().map(clamp).collect()
}

proptest! {
    #[test]
    fn the_same_ops_in_any_order_and_repeated_end_in_the_same_session(
        (ops, shuffled) in twice_shuffled()
    ) {
        prop_assert_eq!(fold_all(&ops).0, fold_all(&shuffled).0);
        prop_assert_eq!(fold_all(&clamped(&ops)).0, fold_all(&clamped(&shuffled)).0);
    }

    /// `Sat` is start and completion, wherever they come.
    #[test]
    fn a_sit_in_one_op_ends_where_its_two_ops_end(
        (credited_s, edits) in (0u32..=86_400, edits()),
        (at, also_at) in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let mut in_one = edits.clone();
        in_one.insert(at.index(edits.len() + 1), sat(2, credited_s));
        let mut one_by_one = edits.clone();
        one_by_one.insert(at.index(edits.len() + 1), complete(2, credited_s));
        one_by_one.insert(also_at.index(edits.len() + 2), start(1));
        prop_assert_eq!(fold_all(&in_one).0, fold_all(&one_by_one).0);
    }

    /// I3: what was seen changes nothing when it is seen again. What was rejected is never offered
    /// again by itself (I5).
    #[test]
    fn an_op_seen_again_changes_nothing(
        ops in (sits(0u32..3), sits(0u32..3), edits())
            .prop_map(|(a, b, edits)| [a, b, edits].concat())
            .prop_shuffle()
    ) {
        let mut session = None;
        let mut seen = Vec::new();
        for op in &ops {
            match fold_onto(session.clone(), [op]) {
                (_, Some(Applied::Rejected(_))) => {}
                (now, _) => {
                    session = now;
                    seen.push(op);
                }
            }
        }
        for op in seen {
            let again = apply(session.clone(), op);
            prop_assert!(!matches!(again, Applied::Applied { .. }), "{:?}", again);
        }
    }

    #[test]
    fn a_discard_ends_deleted_in_any_order(
        ops in Just(vec![start(1), complete(2, 0), delete(3, true), note(4, "a")]).prop_shuffle()
    ) {
        let (session, _) = fold_all(&ops);
        let session = session.unwrap();
        prop_assert!(session.deleted && session.credits_nothing());
        prop_assert_eq!(session.credited_s(), Seconds(0));
    }

    #[test]
    fn a_finished_session_is_credited_1_to_86400_or_is_deleted(
        ops in (sits(0u32..3), sits(0u32..3), edits())
            .prop_map(|(a, b, edits)| [a, b, edits].concat())
            .prop_shuffle()
    ) {
        if let (Some(session), _) = fold_all(&ops) {
            let counts = (1..=86_400).contains(&session.credited_s().0);
            prop_assert!(session.completion.is_none() || session.deleted || counts);
        }
    }

    /// Two servers that saw a part each agree once each has seen the other's part.
    #[test]
    fn parts_of_a_history_merge(
        (ops, at) in histories().prop_flat_map(|ops| {
            let len = ops.len();
            (Just(ops).prop_shuffle(), 0..=len)
        })
    ) {
        let (ours, theirs) = ops.split_at(at);
        let (here, _) = fold_onto(fold_all(ours).0, theirs);
        let (there, _) = fold_onto(fold_all(theirs).0, ours);
        prop_assert_eq!(here, there);
    }

    /// I1: what is rejected, superseded or a duplicate leaves no trace.
    #[test]
    fn only_what_is_applied_differs(ops in histories()) {
        let mut session = None;
        for op in &ops {
            if let Applied::Applied { session: now, lost } = apply(session.clone(), op) {
                prop_assert_ne!(session.as_ref(), Some(&*now));
                prop_assert!(lost.is_none_or(|lost| lost.stamp < op.stamp));
                session = Some(*now);
            }
        }
    }
}
