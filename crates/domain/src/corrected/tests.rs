use uuid::Uuid;

use super::{Settlement, Version, settle, sits};
use crate::ids::{DeviceId, SessionId};
use crate::session::Stamp;

fn id(n: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(n))
}

fn stamp(hlc_ms: i64) -> Stamp {
    match hlc_ms {
        0 => Stamp::UNWRITTEN,
        _ => Stamp {
            hlc_ms,
            device_id: DeviceId::from_uuid(Uuid::from_u128(1)),
            device_seq: hlc_ms.unsigned_abs(),
        },
    }
}

/// A row, what it replaces (0: nothing), when it was said last whether it counts (0: never), and that.
fn row(n: u128, replaces: u128, at: i64, counts: bool) -> Version {
    Version {
        session_id: id(n),
        replaces: (replaces > 0).then(|| id(replaces)),
        is_completed: true,
        deleted: !counts,
        deleted_stamp: stamp(at),
    }
}

/// Whatever the order of the rows.
#[track_caller]
fn check(rows: &[Version], at: i64, losers: &[u128]) {
    let expected = (!losers.is_empty()).then(|| Settlement {
        stamp: stamp(at),
        losers: losers.iter().map(|n| id(*n)).collect(),
    });
    let mut rows = rows.to_vec();
    for _ in 0..rows.len() {
        rows.rotate_left(1);
        let sit = match &mut *sits(rows.clone()) {
            [sit] => {
                sit.sort_by_key(|version| version.session_id);
                sit.clone()
            }
            other => panic!("one sit, not {other:?}"),
        };
        assert_eq!(settle(&sit), expected);
    }
}

#[test]
fn what_was_made_or_restored_last_counts_alone() {
    let gone = row(1, 0, 20, false);
    check(&[gone, row(2, 1, 21, true)], 0, &[]);
    // Two corrections, and one of a correction.
    check(&[gone, row(2, 1, 11, true), row(3, 1, 21, true)], 21, &[2]);
    let again = [gone, row(2, 1, 30, false), row(4, 2, 31, true)];
    check(&again, 0, &[]);
    check(&[&again[..], &[row(3, 1, 21, true)]].concat(), 31, &[3]);
    // An original that was restored, before and after the other's correction.
    let restored = |at| {
        [
            row(1, 0, at, true),
            row(2, 1, 11, false),
            row(3, 1, 21, true),
        ]
    };
    check(&restored(15), 21, &[1]);
    check(&restored(35), 35, &[3]);
    // One that nobody has touched is before them all.
    check(&[row(1, 0, 0, true), row(2, 1, 21, true)], 21, &[1]);
}

#[test]
fn after_a_deletion_none_counts_and_before_one_it_takes_nothing() {
    let deleted = |at| {
        [
            row(1, 0, 20, false),
            row(2, 1, 11, true),
            row(3, 1, at, false),
        ]
    };
    check(&deleted(30), 30, &[2]);
    // It was deleted as another was made: the deletion of what that replaces is before its making.
    check(
        &[
            row(1, 0, 20, false),
            row(2, 1, 21, true),
            row(3, 1, 15, false),
        ],
        0,
        &[],
    );
}

#[test]
fn what_lost_carries_the_word_that_it_lost_to_and_takes_nothing_from_it() {
    check(
        &[
            row(1, 0, 20, false),
            row(2, 1, 21, true),
            row(3, 1, 21, false),
        ],
        0,
        &[],
    );
}

#[test]
fn a_correction_whose_own_word_is_on_its_way_is_left_alone() {
    check(&[row(1, 0, 0, true), row(2, 1, 0, true)], 0, &[]);
    check(&[row(1, 0, 12, true), row(2, 1, 0, true)], 0, &[]);
    check(&[row(1, 0, 20, false), row(2, 1, 0, true)], 0, &[]);
    // Its rival is from before it, or later.
    let rival = |at| {
        [
            row(1, 0, 20, false),
            row(2, 1, 0, true),
            row(3, 1, at, true),
        ]
    };
    check(&rival(15), 20, &[3]);
    check(&rival(25), 25, &[2]);
    // Two of them: one stays.
    check(
        &[row(1, 0, 20, false), row(2, 1, 0, true), row(3, 1, 0, true)],
        20,
        &[2],
    );
}

#[test]
fn what_is_not_completed_decides_nothing() {
    let unfinished = Version {
        is_completed: false,
        ..row(3, 1, 30, true)
    };
    check(
        &[row(1, 0, 20, false), row(2, 1, 21, true), unfinished],
        0,
        &[],
    );
}

#[test]
fn sits_are_told_apart_also_where_what_they_replace_is_unknown() {
    let rows = vec![
        row(1, 0, 0, true),
        row(2, 9, 21, true),
        row(3, 9, 22, true),
        row(4, 8, 23, true),
        row(5, 4, 24, true),
        // A circle is nothing to settle, and ends.
        row(6, 7, 25, true),
        row(7, 6, 26, true),
    ];
    let settled: Vec<_> = sits(rows).iter().filter_map(|sit| settle(sit)).collect();
    let of = |at, n| Settlement {
        stamp: stamp(at),
        losers: vec![id(n)],
    };
    assert_eq!(settled, [of(24, 4), of(22, 2)]);
}

/// The server set the clock of the device back twice, and later for what was said earlier.
#[test]
fn what_a_device_said_earlier_takes_nothing_from_what_it_said_later() {
    let by = |version: Version, device_seq: u64| Version {
        deleted_stamp: Stamp {
            device_seq,
            ..version.deleted_stamp
        },
        ..version
    };
    let corrected = [by(row(1, 0, 30, false), 8), by(row(2, 1, 20, true), 9)];
    assert_eq!(settle(&corrected), None);
    // The deletion of what lost carries the very word that stands.
    let settled = [by(row(1, 0, 30, false), 9), by(row(2, 1, 20, true), 9)];
    assert_eq!(settle(&settled), None);
    // What it deleted after that is deleted.
    let deleted = [by(row(1, 0, 30, false), 10), by(row(2, 1, 20, true), 9)];
    let stamp = Stamp {
        device_seq: 10,
        ..stamp(30)
    };
    let losers = vec![id(2)];
    assert_eq!(settle(&deleted), Some(Settlement { stamp, losers }));
}
