//! What was said last of a corrected sit is what holds: each case in every order in which two devices
//! may hear of each other, with settling in between.

use mitta_domain::SessionId;
use mitta_store::{Answer, AnswerOutcome};

use crate::corrections::{Device, NOW, all_count, rounds, two};
use crate::server::{LIFE, OWNER, Server};
use crate::support::{device, session, sit};

/// What devices do, in this order: lower case the first, upper case the second. `p` pushes, `f` fetches,
/// `s` settles.
const ORDERS: [&str; 6] = ["", "pPfFsS", "pfPFsS", "PFpfSs", "PFSpfs", "pPFSPfsp"];

fn hear(order: &str, server: &mut Server, one: &mut Device, two: &mut Device) {
    for step in order.chars() {
        let device = if step.is_lowercase() {
            &mut *one
        } else {
            &mut *two
        };
        match step.to_ascii_lowercase() {
            'p' => device.push(server),
            'f' => device.fetch(server),
            _ => drop(device.settle()),
        }
    }
    rounds(server, one, two);
}

/// From what both know to what each does without knowing of the other.
#[track_caller]
fn check(
    known: impl Fn(&mut Device),
    does: impl Fn(&mut Device),
    other: impl Fn(&mut Device),
    counting: &[u32],
) {
    let (mut server, mut one, mut two) = two();
    one.delete(1, true, 20);
    let mut expected: Vec<SessionId> = Vec::new();
    for (base, order) in (1_000..).step_by(1_000).zip(ORDERS) {
        (one.base, two.base) = (base, base);
        sit(&mut one.writer, base + 1, 600);
        known(&mut one);
        rounds(&mut server, &mut one, &mut two);
        does(&mut one);
        other(&mut two);
        hear(order, &mut server, &mut one, &mut two);
        expected.extend(counting.iter().map(|n| session((base + n).into())));
    }
    // The thousands of a number say which order it was.
    all_count(&server, [&one, &two], &expected);
}

#[test]
fn an_original_that_was_restored_beside_a_correction_of_another_device_counts_once() {
    let corrected = |it: &mut Device| it.replace(1, 11, 50);
    let undone = |it: &mut Device| it.unreplace(11, 100);
    check(corrected, undone, |it| it.replace(11, 12, 90), &[1]);
    check(corrected, undone, |it| it.replace(11, 12, 110), &[12]);
    // Restored where it lies, not by an undo.
    let restored = |it: &mut Device| it.delete(1, false, 100);
    check(corrected, restored, |it| it.replace(11, 12, 90), &[1]);
    check(corrected, restored, |it| it.replace(11, 12, 110), &[12]);
}

#[test]
fn an_undo_beside_a_correction_of_the_original_counts_by_the_later() {
    let nothing = |_: &mut Device| ();
    let undone = |it: &mut Device| {
        it.replace(1, 11, 50);
        it.unreplace(11, 100);
    };
    check(nothing, undone, |it| it.replace(1, 12, 90), &[1]);
    check(nothing, undone, |it| it.replace(1, 12, 110), &[12]);
    // Once more corrected: no undo at all.
    let again = |it: &mut Device| {
        it.replace(1, 11, 50);
        it.unreplace(11, 100);
        it.replace(1, 13, 120);
    };
    check(nothing, again, |it| it.replace(1, 12, 110), &[13]);
    check(nothing, again, |it| it.replace(1, 12, 130), &[12]);
}

#[test]
fn of_rows_that_were_settled_the_one_that_a_person_restores_counts() {
    let both = |it: &mut Device| {
        it.replace(1, 11, 50);
        it.replace(11, 12, 60);
        it.replace(12, 13, 70);
    };
    let restored = |it: &mut Device| it.delete(11, false, 100);
    check(both, restored, |_| (), &[11]);
    check(both, restored, |it| it.delete(12, false, 90), &[11]);
    check(both, restored, |it| it.delete(12, false, 110), &[12]);
    check(both, restored, |it| it.replace(13, 14, 90), &[11]);
    check(both, restored, |it| it.unreplace(13, 110), &[12]);
}

#[test]
fn a_sit_that_was_deleted_last_stays_so_and_one_that_was_corrected_later_counts() {
    let corrected = |it: &mut Device| it.replace(1, 11, 50);
    let deleted = |it: &mut Device| it.delete(11, true, 100);
    check(corrected, deleted, |it| it.replace(11, 12, 90), &[]);
    check(corrected, deleted, |it| it.replace(11, 12, 110), &[12]);
    check(corrected, deleted, |it| it.unreplace(11, 90), &[]);
    check(corrected, deleted, |it| it.unreplace(11, 110), &[1]);
}

/// Whoever settles does not know of it yet, and does so by a clock that is far ahead.
#[test]
fn what_is_settled_without_knowing_of_a_restore_takes_nothing_from_it() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50);
    two.replace(1, 12, 60);
    one.push(&mut server);
    two.push(&mut server);
    two.fetch(&server);
    one.sync(&mut server);
    one.delete(11, false, 70);
    let ahead = NOW.plus_ms(86_400_000);
    assert_eq!(two.writer.keep_one_correction(ahead).unwrap(), 1);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(11)]);
}

#[test]
fn what_a_device_says_of_rows_it_knows_is_later_than_they_whatever_its_clock() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50_000);
    one.delete(1, false, 60_000);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(1)]);
    // Its clock stands sixteen hours back.
    two.replace(1, 12, 10);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
    let row = server.rows[&session(12)].clone();
    assert_eq!(row.deleted_stamp.device_id, device(2));
    assert!(row.deleted_stamp > server.rows[&session(1)].deleted_stamp);
    // Nor where what was said last was said of another row, and none counts.
    one.delete(12, true, 70_000);
    rounds(&mut server, &mut one, &mut two);
    two.delete(1, false, 20);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(1)]);
}

#[test]
fn a_row_that_is_restored_takes_the_place_of_the_one_that_counts_at_once() {
    let (_, mut one, _) = two();
    one.replace(1, 11, 50);
    one.replace(11, 12, 60);
    one.delete(1, false, 70);
    assert_eq!(one.counting(), [session(1)]);
    one.delete(11, false, 80);
    assert_eq!(one.counting(), [session(11)]);
    one.delete(11, true, 90);
    assert_eq!(one.counting(), []);
}

/// A server sets a clock that is ahead back by its own: what was said first has to come first.
#[test]
fn where_an_op_of_a_sit_was_put_off_all_that_was_said_of_it_later_waits() {
    let (_, mut one, _) = two();
    one.replace(1, 11, 50);
    one.unreplace(11, 60);
    one.replace(1, 12, 70);
    sit(&mut one.writer, 2, 600);
    let reader = one.folder.reader();
    let offered = || {
        let batch = reader.outbox_batch(100, 1 << 20, NOW).unwrap();
        let mut ids: Vec<_> = batch.iter().map(|row| row.session_id).collect();
        ids.dedup();
        ids
    };
    assert_eq!(offered().len(), 8, "11, 1, 11, 1, 12, 1, 12, 2");
    let outbox = reader.outbox().unwrap();
    let op_id = outbox[0].op_id;
    assert_eq!(outbox[0].session_id, session(11));
    let later = Answer {
        op_id,
        outcome: AnswerOutcome::Retry {
            next_attempt_at_ms: NOW.plus_ms(60_000),
        },
    };
    one.writer.answer(OWNER, LIFE, &[later], &[], NOW).unwrap();
    assert_eq!(offered(), [session(2)]);
}
