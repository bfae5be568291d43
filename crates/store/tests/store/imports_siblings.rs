//! Imports of a correction beside another correction of the same sit: one of them counts (I3), at once, as
//! every device would decide; and what an import changed of that is taken back, and brought back, with it.

use std::mem;
use std::ops::ControlFlow;
use std::slice;

use mitta_domain::corrected::{self, Version};
use mitta_domain::offer::Whole;
use mitta_domain::{OpId, Session, SessionEvent, SessionId};
use mitta_store::Imported::{self, Corrects, Deleted, Known, New, Tombstone};
use mitta_store::{Edit, Writer};

use crate::imports::{ids, import, now, whole};
use crate::imports_corrected::{corrected, counting, id, redo, said, undo};
use crate::past::{ops, time};
use crate::support::{Folder, T0, at, session};

pub const LATER: i64 = T0 + 200_000;
const EARLIER: i64 = T0 - 200_000;

/// The rows of each sit.
pub fn sits(folder: &Folder) -> Vec<Vec<Version>> {
    let mut sits: Vec<Vec<Version>> = Vec::new();
    let each = |session: &Session, _: &[SessionEvent]| {
        let row = Version::from(session);
        let is_one = |it: &Version| {
            let ids = |row: &Version| [Some(row.session_id), row.replaces];
            ids(&row)
                .iter()
                .flatten()
                .any(|id| ids(it).contains(&Some(*id)))
        };
        let (one, others) = mem::take(&mut sits)
            .into_iter()
            .partition(|sit: &Vec<Version>| sit.iter().any(is_one));
        sits = others;
        sits.push([one.concat(), vec![row]].concat());
        ControlFlow::Continue(())
    };
    folder.reader().each_session(each).unwrap();
    sits
}

#[track_caller]
pub fn assert_counts_once(folder: &Folder) {
    for sit in sits(folder) {
        let counting = sit.iter().filter(|version| version.counts()).count();
        assert!(counting <= 1, "{sit:#?}");
    }
}

/// No device would have it otherwise.
#[track_caller]
fn assert_settled(folder: &Folder) {
    assert_counts_once(folder);
    for sit in sits(folder) {
        assert_eq!(corrected::settle(&sit), None);
    }
}

/// Sit 1 of a file is here, with a date that was corrected at [`now`]: session 7.
fn corrected_here(writer: &mut Writer, op_id: &impl Fn() -> OpId) {
    import(writer, "a", &[whole(1)], op_id);
    let replaced = writer.replace(id(1), &time(7, 40), now(), ops(100));
    replaced.unwrap();
}

#[track_caller]
fn check(file: &[Whole], expected: &[Imported], counts: SessionId) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    corrected_here(&mut writer, &op_id);
    let (import_seq, done) = import(&mut writer, "b", file, &op_id);
    assert_eq!(done, expected);
    assert_eq!(counting(&folder), [counts]);
    assert_settled(&folder);
    let (_, again) = import(&mut writer, "c", file, &op_id);
    assert_eq!(again, vec![Known; file.len()]);
    assert_eq!(counting(&folder), [counts]);
    if folder.reader().imports().unwrap().len() > 1 {
        for _ in 0..2 {
            undo(&mut writer, import_seq, &op_id);
            assert_eq!(counting(&folder), [session(7)]);
            assert_settled(&folder);
            redo(&mut writer, import_seq, &op_id);
            assert_eq!(counting(&folder), [counts]);
            assert_settled(&folder);
        }
    }
    folder.assert_sound();
}

#[test]
fn of_a_correction_from_a_file_and_one_that_is_here_the_later_counts() {
    let later = said(&corrected(2, 1), false, LATER);
    let earlier = said(&corrected(2, 1), false, EARLIER);
    check(slice::from_ref(&later), &[Corrects], id(2));
    check(&[earlier], &[Known], session(7));
    // Of one that nobody has said anything of, all that is known is what it replaces.
    check(&[corrected(2, 1)], &[Known], session(7));
    // As they are in a whole file.
    let old = said(&whole(1), true, LATER - 1);
    check(&[old.clone(), later.clone()], &[Known, Corrects], id(2));
    check(&[later, old], &[Corrects, Known], id(2));
    let twice = [
        said(&corrected(2, 1), true, LATER),
        said(&corrected(3, 2), false, LATER + 1),
    ];
    check(&twice, &[Tombstone, Corrects], id(3));
    let siblings = [2, 3].map(|n| said(&corrected(n, 1), false, LATER + i64::from(n)));
    check(&siblings, &[Corrects, Corrects], id(3));
    let [two, three] = siblings;
    check(&[three, two], &[Corrects, Known], id(3));
}

/// A tombstone from a file deletes nothing.
#[test]
fn a_correction_that_a_file_has_as_deleted_leaves_what_counts() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    corrected_here(&mut writer, &op_id);
    let gone = said(&corrected(2, 1), true, LATER);
    let (_, done) = import(&mut writer, "b", &[gone], &op_id);
    assert_eq!(done, [Tombstone]);
    assert_eq!(counting(&folder), [session(7)]);
    let imports = folder.reader().imports().unwrap();
    assert_eq!(imports.len(), 1, "it brought nothing that could be undone");
}

#[test]
fn corrections_of_a_sit_that_is_not_here_count_once() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    import(&mut writer, "a", &[corrected(2, 1)], &op_id);
    let file = [said(&corrected(3, 1), false, LATER), whole(1)];
    let (import_seq, done) = import(&mut writer, "b", &file, &op_id);
    assert_eq!(done, [Corrects, Known]);
    assert_eq!(counting(&folder), [id(3)]);
    undo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [id(2)], "not 1, which never counted");
    redo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [id(3)]);
    assert_settled(&folder);
}

#[test]
fn a_sit_that_was_deleted_comes_back_only_with_what_was_said_later() {
    for (hlc_ms, expected, counts) in [(EARLIER, Deleted, vec![]), (LATER, New, vec![id(2)])] {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let op_id = ids();
        corrected_here(&mut writer, &op_id);
        let deleted = Edit::Deleted(true);
        writer.edit(session(7), &deleted, at(70)).unwrap();
        let file = [said(&corrected(2, 1), false, hlc_ms)];
        let reader = folder.reader();
        let presence = reader.presence(file[0].session()).unwrap();
        let (import_seq, done) = import(&mut writer, "b", &file, &op_id);
        assert_eq!(done, [expected], "{presence:?}");
        assert_eq!(counting(&folder), counts);
        assert_settled(&folder);
        if expected == New {
            undo(&mut writer, import_seq, &op_id);
            assert_eq!(counting(&folder), []);
        }
    }
}

/// What is taken back of two imports of one sit leaves what was there before both.
#[test]
fn imports_of_one_sit_leave_what_was_before_them_in_any_order() {
    let sibling = said(&corrected(3, 1), false, LATER + 1);
    for second in [corrected(3, 2), sibling] {
        for first_is_older in [true, false] {
            let folder = Folder::new();
            let mut writer = folder.writer();
            let op_id = ids();
            corrected_here(&mut writer, &op_id);
            let first = [said(&corrected(2, 1), false, LATER)];
            let (older, _) = import(&mut writer, "b", &first, &op_id);
            let (newer, done) = import(&mut writer, "c", slice::from_ref(&second), &op_id);
            assert_eq!(done, [Corrects]);
            let mut undone = [older, newer];
            if !first_is_older {
                undone.reverse();
            }
            for import_seq in undone {
                undo(&mut writer, import_seq, &op_id);
            }
            assert_eq!(counting(&folder), [session(7)]);
            for import_seq in [older, newer] {
                redo(&mut writer, import_seq, &op_id);
            }
            assert_eq!(counting(&folder), [id(3)]);
            assert_settled(&folder);
        }
    }
}

/// Session 7 is what has become of a sit that the first import brought.
#[test]
fn a_corrected_sit_of_an_import_that_was_taken_back_meanwhile_does_not_come_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    corrected_here(&mut writer, &op_id);
    let first = folder.reader().imports().unwrap()[0].import_seq;
    let file = [said(&corrected(2, 1), false, LATER)];
    let (second, _) = import(&mut writer, "b", &file, &op_id);
    undo(&mut writer, first, &op_id);
    assert_eq!(counting(&folder), [id(2)]);
    undo(&mut writer, second, &op_id);
    assert_eq!(counting(&folder), []);
    redo(&mut writer, first, &op_id);
    assert_eq!(counting(&folder), [session(7)]);
    redo(&mut writer, second, &op_id);
    assert_eq!(counting(&folder), [id(2)]);
}
