//! The laws of the fold, over shuffled and repeated ops of several devices.

use proptest::prelude::*;

use super::*;

/// Ops of one session by up to three devices: one start, one completion, any edits.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    let edit = prop_oneof![
        "[a-z]{0,3}".prop_map(|text| {
            Change::Words {
                words: Words {
                    note: Some(text),
                    ..Words::default()
                },
            }
        }),
        (1u32..=86_400).prop_map(|s| Change::Credited {
            credited_s: Seconds(s)
        }),
        any::<bool>().prop_map(|deleted| Change::Deleted { deleted }),
    ];
    let stamped = (edit, 0i64..6, 1u128..=3);
    (proptest::collection::vec(stamped, 0..8), 1u32..=86_400).prop_map(|(edits, credited)| {
        let mut ops = vec![start(1), complete(2, credited)];
        for (at, (change, hlc_ms, by)) in edits.into_iter().enumerate() {
            let mut op = op(u64::try_from(at).unwrap() + 3, change);
            op.stamp.hlc_ms = hlc_ms;
            op.stamp.device_id = device(by);
            ops.push(op);
        }
        ops
    })
}

proptest! {
    #[test]
    fn the_same_ops_in_any_order_and_repeated_end_in_the_same_session(
        (ops, shuffled) in ops().prop_flat_map(|ops| {
            let twice = [ops.clone(), ops.clone()].concat();
            (Just(ops), Just(twice).prop_shuffle())
        })
    ) {
        prop_assert_eq!(fold_all(&ops).0, fold_all(&shuffled).0);
    }

    /// I3: what was seen changes nothing when it is seen again.
    #[test]
    fn an_op_seen_again_changes_nothing(ops in ops()) {
        let (session, _) = fold_all(&ops);
        for op in &ops {
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
        ops in ops(), zero in any::<bool>(), at in any::<prop::sample::Index>()
    ) {
        let mut ops = ops;
        if zero {
            ops.insert(at.index(ops.len()), complete(2, 0));
        }
        let (session, _) = fold_all(&ops);
        let session = session.unwrap();
        prop_assert!(session.deleted || (1..=86_400).contains(&session.credited_s().0));
    }
}
