//! Imports and corrected dates: a sit and what was put in its place count once (I3), whatever comes
//! first, and each can be taken back.

use mitta_domain::offer::Whole;
use mitta_domain::session::Stamp;
use mitta_domain::{OpId, Session, SessionId};
use mitta_store::Imported::{self, Corrects, Known, New, Tombstone};
use mitta_store::{Edit, NewImport, Presence, Writer};

use crate::imports::{ids, import, new_import, now, whole};
use crate::past::{ops, time};
use crate::support::{Folder, at, device, session};

pub fn id(n: u32) -> SessionId {
    whole(n).session().start.session_id
}

fn made(session: &Session) -> Whole {
    Whole::of(session.clone(), Vec::new()).unwrap()
}

/// Sit `n` of a file, in the place of sit `of`.
pub fn corrected(n: u32, of: u32) -> Whole {
    let mut session = whole(n).session().clone();
    session.start.replaces = Some(id(of));
    made(&session)
}

/// As it is in a file that has deleted sits.
fn deleted(whole: &Whole) -> Whole {
    let started_at_ms = whole.session().start.started_at_ms;
    said(whole, true, started_at_ms.0 + 3_600_000)
}

/// As it is in a file that says whether a sit is deleted, and when somebody said so.
pub fn said(whole: &Whole, deleted: bool, hlc_ms: i64) -> Whole {
    let mut session = whole.session().clone();
    session.deleted = deleted;
    session.deleted_stamp = Stamp {
        hlc_ms,
        device_id: device(9),
        device_seq: 9,
    };
    made(&session)
}

/// The sits that count.
pub fn counting(folder: &Folder) -> Vec<SessionId> {
    let page = folder.reader().history_page(None, 99).unwrap();
    let mut ids: Vec<_> = page.iter().map(|e| e.session_id).collect();
    ids.sort_unstable();
    ids
}

pub fn undo(writer: &mut Writer, import_seq: i64, op_id: &impl Fn() -> OpId) {
    let step = writer.undo_import(import_seq, 100, now(), op_id).unwrap();
    assert!(step.is_done);
}

pub fn redo(writer: &mut Writer, import_seq: i64, op_id: &impl Fn() -> OpId) {
    let step = writer.redo_import(import_seq, 100, now(), op_id).unwrap();
    assert!(step.is_done);
}

/// A restored backup has sit 1; what was exported later has it deleted, and sit 2 in its place.
#[test]
fn a_correction_from_a_file_takes_the_place_of_the_sit_that_is_here() {
    let later = [deleted(&whole(1)), corrected(2, 1)];
    let table = [corrected(2, 1)];
    let twice = [
        deleted(&whole(1)),
        deleted(&corrected(2, 1)),
        corrected(3, 2),
    ];
    let newest_first = [
        corrected(3, 2),
        deleted(&corrected(2, 1)),
        deleted(&whole(1)),
    ];
    let check = |file: &[Whole], expected: &[Imported], counts: u32| {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let op_id = ids();
        import(&mut writer, "a", &[whole(1)], &op_id);
        let (import_seq, done) = import(&mut writer, "b", file, &op_id);
        assert_eq!(done, expected);
        assert_eq!(counting(&folder), [id(counts)]);
        let (_, again) = import(&mut writer, "c", file, &op_id);
        assert_eq!(again.len(), file.len());
        assert!(!again.contains(&Imported::New) && !again.contains(&Imported::Again));
        assert_eq!(counting(&folder), [id(counts)]);
        // Nothing is lost by taking it back.
        undo(&mut writer, import_seq, &op_id);
        assert_eq!(counting(&folder), [id(1)]);
        redo(&mut writer, import_seq, &op_id);
        assert_eq!(counting(&folder), [id(counts)]);
        folder.assert_sound();
    };
    check(&later, &[Known, Corrects], 2);
    check(&table, &[Corrects], 2);
    check(&twice, &[Known, Tombstone, Corrects], 3);
    check(&newest_first, &[New, Corrects, Known], 3);
}

#[test]
fn a_sit_from_an_older_file_does_not_come_beside_its_correction() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    import(&mut writer, "a", &[corrected(2, 1)], &op_id);
    let reader = folder.reader();
    assert_eq!(
        reader.presence(whole(1).session()).unwrap(),
        Presence::Replaced
    );
    let (_, done) = import(&mut writer, "b", &[whole(1)], &op_id);
    assert_eq!(done, [Imported::Known]);
    assert_eq!(counting(&folder), [id(2)]);
    assert_eq!(
        reader.presence(whole(1).session()).unwrap(),
        Presence::There
    );
    assert_eq!(reader.imports().unwrap().len(), 1, "it brought nothing");
    // It is kept as what was corrected, so that the correction can be undone.
    let ops = [70, 71].map(|n| at(n).op_id);
    writer.unreplace(id(2), now(), ops).unwrap();
    assert_eq!(counting(&folder), [id(1)]);
    folder.assert_sound();
}

/// An empty history gets the tombstone as it is, whatever order the rows have.
#[test]
fn a_whole_file_is_taken_over_as_it_is() {
    for (file, expected) in [
        ([deleted(&whole(1)), corrected(2, 1)], [Tombstone, New]),
        ([corrected(2, 1), deleted(&whole(1))], [New, Tombstone]),
    ] {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let (_, done) = import(&mut writer, "a", &file, &ids());
        assert_eq!(done, expected);
        for whole in &file {
            let id = whole.session().start.session_id;
            let found = folder.reader().session(id).unwrap();
            assert_eq!(found.as_ref(), Some(whole.session()));
        }
    }
}

/// What a person has deleted before is not brought back with a correction that is taken back.
#[test]
fn taking_a_correction_back_leaves_deleted_what_a_person_had_deleted() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    import(&mut writer, "a", &[whole(1)], &op_id);
    writer.edit(id(1), &Edit::Deleted(true), at(10)).unwrap();
    let new = NewImport {
        begun_at_ms: now(),
        ..new_import("b")
    };
    let import_seq = writer.begin_import(&new).unwrap();
    let done = writer.import(import_seq, &[corrected(2, 1)], now(), &op_id);
    assert_eq!(done.unwrap(), [Imported::New]);
    undo(&mut writer, import_seq, &op_id);
    assert!(counting(&folder).is_empty());
}

/// A sit of an import whose date was corrected is still a sit of that import.
#[test]
fn an_import_is_taken_back_with_the_sits_whose_dates_were_corrected() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let (import_seq, _) = import(&mut writer, "a", &[whole(1), whole(2)], &op_id);
    writer
        .replace(id(1), &time(7, 40), now(), ops(100))
        .unwrap();
    writer
        .replace(session(7), &time(8, 41), now(), ops(110))
        .unwrap();
    let reader = folder.reader();
    assert_eq!(
        reader.presence(whole(1).session()).unwrap(),
        Presence::There
    );
    undo(&mut writer, import_seq, &op_id);
    assert!(counting(&folder).is_empty());
    let row = &reader.imports().unwrap()[0];
    assert_eq!((row.sits, row.undone), (2, 2));
    redo(&mut writer, import_seq, &op_id);
    let mut expected = [session(8), id(2)];
    expected.sort_unstable();
    assert_eq!(counting(&folder), expected);
    undo(&mut writer, import_seq, &op_id);
    // The same file again brings it with its corrected date.
    let (_, done) = import(&mut writer, "a", &[whole(1), whole(2)], &op_id);
    assert_eq!(done, [Imported::Again; 2]);
    assert_eq!(counting(&folder), expected);
    folder.assert_sound();
}

/// Two imports, one of which corrects a sit of the other: whichever is taken back first, none stays.
#[test]
fn two_imports_of_one_sit_are_taken_back_in_any_order() {
    for first_is_older in [true, false] {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let op_id = ids();
        let (older, _) = import(&mut writer, "a", &[whole(1)], &op_id);
        let (newer, _) = import(&mut writer, "b", &[corrected(2, 1)], &op_id);
        let mut undone = [older, newer];
        if !first_is_older {
            undone.reverse();
        }
        for import_seq in undone {
            undo(&mut writer, import_seq, &op_id);
        }
        assert!(
            counting(&folder).is_empty(),
            "older first: {first_is_older}"
        );
        redo(&mut writer, older, &op_id);
        assert_eq!(counting(&folder), [id(1)]);
    }
}

/// A file may say what cannot be.
#[test]
fn sits_that_each_replace_the_other_end_in_an_answer() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let (import_seq, _) = import(
        &mut writer,
        "a",
        &[corrected(1, 2), corrected(2, 1)],
        &op_id,
    );
    assert_eq!(counting(&folder).len(), 1);
    undo(&mut writer, import_seq, &op_id);
    redo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder).len(), 1);
}
