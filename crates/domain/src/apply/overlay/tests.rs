//! A person sees what they wrote; once the server has answered, its row.

use proptest::prelude::*;

use super::*;
use crate::apply::{MAX_AHEAD_MS, clamp};
use crate::testing::completion;
use crate::testing::ops::{
    by, complete, credit, delete, edits, fold_all, fold_onto, histories, note, sat, share, start,
    words,
};
use crate::units::Seconds;

/// The row that device 2 made, with its clock years ahead.
fn row_of_another() -> Session {
    let years = 400_000_000_000;
    let ops = [
        by(2, 1, start(1)),
        by(2, 2, complete(2, 60)),
        by(2, years, note(3, "theirs")),
        by(2, years, credit(4, 70)),
        by(2, years, share(5, false, false)),
        by(2, years, delete(6, true)),
    ];
    fold_all(&ops).0.unwrap()
}

fn shown(row: &Session, ops: &[Op]) -> Session {
    overlay(Some(row.clone()), ops).unwrap()
}

#[test]
fn what_was_not_sent_yet_is_shown_whatever_the_clocks_say() {
    let row = row_of_another();
    assert_eq!(shown(&row, &[note(7, "ours")]).words, words("ours"));
    let corrected = shown(&row, &[credit(7, 5)]);
    assert_eq!(corrected.credited_override_s, Some(Seconds(5)));
    let shared = shown(&row, &[share(7, true, true)]).sharing;
    assert!(shared.shared && shared.note_shared);
    assert!(!shown(&row, &[delete(7, false)]).deleted);
}

#[test]
fn of_several_own_ops_the_last_is_shown() {
    let row = row_of_another();
    let ops = [note(7, "a"), note(8, "b"), by(1, 0, note(9, "c"))];
    assert_eq!(shown(&row, &ops).words, words("c"));
}

#[test]
fn what_others_wrote_in_other_groups_stays() {
    let row = row_of_another();
    let shown = shown(&row, &[note(7, "ours")]);
    let expected = Session {
        words: words("ours"),
        words_stamp: shown.words_stamp,
        ..row
    };
    assert_eq!(shown, expected);
}

#[test]
fn without_a_row_the_ops_alone_are_shown() {
    assert_eq!(overlay(None, &[]), None);
    let ops = [start(1), complete(2, 60), note(3, "a")];
    assert_eq!(overlay(None, &ops), fold_all(&ops).0);
    let shown = overlay(None, &[sat(2, 60)]).unwrap();
    assert_eq!(shown.completion, Some(completion(60)));
}

/// Completion is set once: the server's stays.
#[test]
fn a_completion_that_the_server_has_is_not_hidden_by_another() {
    let row = row_of_another();
    assert_eq!(shown(&row, &[complete(7, 61)]), row);
    assert_eq!(shown(&row, &[sat(7, 61)]), row);
}

#[test]
fn what_the_server_will_reject_is_not_shown() {
    let row = row_of_another();
    let mut other = note(7, "ours");
    other.session.tz = "UTC".to_owned();
    let nothing = fold_all(&[start(1), complete(2, 0), delete(3, true)]).0;
    assert_eq!(shown(&row, &[other, credit(8, 0)]), row);
    assert_eq!(overlay(nothing.clone(), &[delete(4, false)]), nothing);
}

/// The answer to the first op is still out, the second is in the row already.
#[test]
fn an_older_op_of_the_same_device_does_not_come_back() {
    let newer = by(1, 5, note(8, "newer"));
    let row = fold_all(&[start(1), newer.clone()]).0.unwrap();
    for older in [
        note(7, "older"),
        by(1, 5, note(7, "older")),
        by(1, 99, note(7, "older")),
    ] {
        assert_eq!(shown(&row, std::slice::from_ref(&older)), row);
        assert_eq!(shown(&row, &[older, newer.clone()]), row);
    }
}

/// The ops as one device makes them: its numbers rise and its clock never goes back.
fn of_one_device(mut ops: Vec<Op>, offset_ms: i64) -> Vec<Op> {
    let mut latest = 0;
    for (op, seq) in ops.iter_mut().zip(1..) {
        latest = op.stamp.hlc_ms.saturating_add(offset_ms).max(latest);
        *op = by(1, latest, op.clone());
        op.stamp.device_seq = seq;
    }
    ops
}

fn of_others(ops: Vec<Op>, offset_ms: i64) -> Vec<Op> {
    let other = |op: Op| {
        let hlc_ms = op.stamp.hlc_ms.saturating_add(offset_ms);
        by(2 + u128::from(op.stamp.device_seq % 2), hlc_ms, op)
    };
    ops.into_iter().map(other).collect()
}

fn offsets() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(3), Just(1_000_000), Just(i64::MAX / 2)]
}

proptest! {
    /// The last own op of every group is shown, unless it can only be rejected.
    #[test]
    fn an_unsent_op_is_always_visible(
        (theirs, ours) in (histories(), edits()),
        (ahead, behind) in (offsets(), offsets()),
    ) {
        let row = fold_all(&of_others(theirs, ahead)).0;
        let ours = of_one_device(ours, behind);
        let shown = overlay(row, &ours);
        for (at, op) in ours.iter().enumerate() {
            let same_group = |later: &Op| {
                std::mem::discriminant(&later.change) == std::mem::discriminant(&op.change)
            };
            if ours[at + 1..].iter().any(same_group) {
                continue;
            }
            let shown = shown.as_ref().unwrap();
            match op.change.clone() {
                Change::Words { words } => {
                    prop_assert_eq!(&shown.words, &words.checked().unwrap());
                }
                Change::Credited { credited_s } => {
                    prop_assert_eq!(shown.credited_override_s, Some(credited_s));
                }
                Change::Sharing { sharing } => prop_assert_eq!(shown.sharing, sharing),
                Change::Deleted { deleted } => {
                    let nothing = shown.completion.is_some_and(|c| c.credited_s == Seconds(0));
                    prop_assert!(shown.deleted == deleted || nothing);
                }
                Change::Start { .. } | Change::Complete { .. } | Change::Sat { .. } => {}
            }
        }
    }

    /// The server applied the ops, at its own clock, and the answer was lost: nothing moves.
    #[test]
    fn ops_that_are_in_the_row_already_leave_it_as_it_is(
        (theirs, ours) in (edits(), histories()),
        (offset, now) in (offsets(), 0i64..9),
    ) {
        let to_server = |op: Op| clamp(op, now - MAX_AHEAD_MS);
        let ours = of_one_device(ours, offset);
        let theirs: Vec<Op> = of_others(theirs, 0).into_iter().map(to_server).collect();
        let sent: Vec<Op> = ours.iter().cloned().map(to_server).collect();
        // Ours are the last of every group that they touched, as the server orders it.
        let is_later = |op: &Op| {
            let same = |our: &&Op| {
                std::mem::discriminant(&our.change) == std::mem::discriminant(&op.change)
            };
            sent.iter().rfind(same).is_none_or(|our| our.stamp > op.stamp)
        };
        let theirs: Vec<Op> = theirs.into_iter().filter(is_later).collect();
        let (row, _) = fold_onto(None, theirs.iter().chain(&sent));
        prop_assert_eq!(overlay(row.clone(), &ours), row);
    }

    #[test]
    fn without_unsent_ops_the_servers_row_is_shown(ops in histories()) {
        let row = fold_all(&ops).0;
        prop_assert_eq!(overlay(row.clone(), &[]), row);
    }
}
