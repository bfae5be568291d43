//! Whatever files bring, in whatever order, and whatever a person does meanwhile: of each sit one row counts,
//! and an import that is taken back leaves what was before it.

use std::{iter, slice};

use mitta_domain::OpId;
use mitta_domain::UnixMillis;
use mitta_domain::corrected::Version;
use mitta_domain::offer::Whole;
use mitta_store::{Edit, NewImport, PastOps, Stamped, Writer};
use proptest::prelude::*;

use crate::imports::{ids, import, new_import, now, whole};
use crate::imports_corrected::{corrected, counting, id, redo, said, undo};
use crate::imports_siblings::{LATER, assert_counts_once, sits};
use crate::past::{ops, time};
use crate::support::{Folder, T0, at};

/// What happens to the sit that rows of a file stand for.
#[derive(Debug, Clone)]
enum Happens {
    /// Rows of a file come, are taken back, and brought back.
    Import(Vec<usize>),
    /// The import of that number is taken back, or brought back.
    Undo(usize),
    Redo(usize),
    /// A person deletes or restores a row, or corrects one that counts.
    Delete(usize, bool),
    Correct(usize),
}

const ROWS: usize = 5;

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => proptest::collection::vec(0..ROWS, 1..4).prop_map(Happens::Import),
        1 => (0usize..4).prop_map(Happens::Undo),
        1 => (0usize..4).prop_map(Happens::Redo),
        1 => (0..ROWS, any::<bool>()).prop_map(|(row, deleted)| Happens::Delete(row, deleted)),
        1 => (0..ROWS).prop_map(Happens::Correct),
    ]
}

/// A row of a file: what it replaces, and whether the file says that it is deleted, and when that was said.
type Row = (Option<usize>, Option<(bool, i64)>);

/// They may be in a circle, and what is behind the last of them is never here.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let said_of = prop_oneof![
        1 => Just(None),
        2 => (any::<bool>(), -3i64..3).prop_map(Some),
    ];
    let row = (proptest::option::weighted(0.8, 0..=ROWS), said_of);
    proptest::collection::vec(row, ROWS)
}

fn row(n: usize, (of, said_of): &Row) -> Whole {
    let number = |n: usize| u32::try_from(n + 1).unwrap();
    let row = match of {
        Some(of) if *of != n => corrected(number(n), number(*of)),
        _ => whole(number(n)),
    };
    match said_of {
        Some((deleted, at)) => said(&row, *deleted, T0 + at * 100_000),
        None => row,
    }
}

/// Its own import was taken back, and a person has restored it.
#[test]
fn what_a_person_restored_counts_again_where_it_was_corrected_by_an_import_since() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let (first, brought) = (whole(1), id(1));
    let (import_seq, _) = import(&mut writer, "a", slice::from_ref(&first), &op_id);
    undo(&mut writer, import_seq, &op_id);
    writer.edit(brought, &Edit::Deleted(false), at(1)).unwrap();
    check_import(&folder, &mut writer, 1, &[corrected(2, 1)], &op_id);
    let second = folder.reader().imports().unwrap()[0].import_seq;
    undo(&mut writer, second, &op_id);
    assert_eq!(counting(&folder), [brought]);
    redo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [brought]);
}

/// Of one import a sit, its correction and what shows that both are a sit that was here already.
#[test]
fn what_was_here_counts_again_where_rows_of_the_import_had_stood_for_each_other_first() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let here = corrected(1, 6);
    check_import(&folder, &mut writer, 0, slice::from_ref(&here), &op_id);
    let file = [corrected(3, 5), corrected(2, 3), corrected(5, 6)];
    check_import(&folder, &mut writer, 1, &file, &op_id);
    let import_seq = folder.reader().imports().unwrap()[0].import_seq;
    undo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [id(1)]);
}

/// It came with no import, and stands in the place of what the import brings, but was there before.
#[test]
fn what_no_import_brought_stays_where_an_import_brings_what_it_stands_for() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    check_import(&folder, &mut writer, 0, &[corrected(2, 1)], &op_id);
    check_import(&folder, &mut writer, 1, &[corrected(5, 1)], &op_id);
    writer.edit(id(5), &Edit::Deleted(false), at(2)).unwrap();
    let file = [whole(3), corrected(1, 3)];
    check_import(&folder, &mut writer, 3, &file, &op_id);
    assert_eq!(counting(&folder), [id(5)]);
}

/// A person has restored it after its import was taken back, and a later import corrects it.
#[test]
fn what_a_person_restored_of_a_corrected_sit_counts_again() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let file = [whole(5), corrected(3, 5)];
    let (import_seq, _) = import(&mut writer, "a", &file, &op_id);
    undo(&mut writer, import_seq, &op_id);
    writer.edit(id(5), &Edit::Deleted(false), at(3)).unwrap();
    check_import(&folder, &mut writer, 4, &file[1..], &op_id);
    let import_seq = folder.reader().imports().unwrap()[0].import_seq;
    undo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [id(5)]);
}

/// Of what is brought back a person has restored it before, as it was or corrected.
#[test]
fn what_a_person_restored_before_its_import_was_brought_back_is_taken_back_with_it() {
    for is_corrected in [false, true] {
        for has_earlier in [false, true] {
            let folder = Folder::new();
            let mut writer = folder.writer();
            let op_id = ids();
            if has_earlier {
                check_import(&folder, &mut writer, 0, &[whole(1)], &op_id);
            }
            let file = said(&corrected(2, 1), false, LATER);
            let (import_seq, _) = import(&mut writer, "a", &[file], &op_id);
            undo(&mut writer, import_seq, &op_id);
            writer.edit(id(2), &Edit::Deleted(false), at(5)).unwrap();
            if is_corrected {
                writer
                    .replace(id(2), &time(7, 40), now(), ops(100))
                    .unwrap();
            }
            let counted = counting(&folder);
            redo(&mut writer, import_seq, &op_id);
            assert_eq!(counting(&folder), counted, "that one stays");
            undo(&mut writer, import_seq, &op_id);
            let earlier: &[_] = if has_earlier { &[id(1)] } else { &[] };
            assert_eq!(counting(&folder), earlier, "corrected {is_corrected}");
        }
    }
}

/// What was there is restored and corrected by a person while what the import brought stands for it.
#[test]
fn what_was_here_and_was_corrected_since_is_not_taken_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let correction = said(&corrected(2, 1), true, T0);
    import(&mut writer, "a", &[correction], &op_id);
    writer.edit(id(2), &Edit::Deleted(false), at(1)).unwrap();
    let file = said(&whole(1), false, LATER);
    let (import_seq, _) = import(&mut writer, "b", &[file], &op_id);
    writer.edit(id(2), &Edit::Deleted(false), at(2)).unwrap();
    writer
        .replace(id(2), &time(7, 40), now(), ops(100))
        .unwrap();
    let counted = counting(&folder);
    assert_eq!(counted.len(), 1);
    undo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), counted);
}

/// It stands in the place of what comes, but was there before.
#[test]
fn a_correction_that_was_here_counts_again_where_its_sit_came_and_was_taken_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let correction = said(&corrected(2, 1), true, T0);
    import(&mut writer, "a", &[correction], &op_id);
    writer.edit(id(2), &Edit::Deleted(false), at(1)).unwrap();
    let corrected = said(&whole(1), false, LATER);
    check_import(&folder, &mut writer, 1, &[corrected], &op_id);
    let import_seq = folder.reader().imports().unwrap()[0].import_seq;
    undo(&mut writer, import_seq, &op_id);
    assert_eq!(counting(&folder), [id(2)]);
}

/// The second file has what is between two rows of which one is here and the other comes with it.
#[test]
fn what_was_here_counts_again_where_the_import_joined_it_with_a_row_of_its_own() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let last = corrected(3, 2);
    check_import(&folder, &mut writer, 0, slice::from_ref(&last), &op_id);
    let first = said(&whole(1), false, T0);
    let between = said(&corrected(2, 1), false, T0 + 100_000);
    check_import(&folder, &mut writer, 1, &[first, between], &op_id);
    assert_eq!(counting(&folder), [id(2)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_from_files_counts_once_and_is_taken_back_as_it_came(
        rows in rows(),
        all in proptest::collection::vec(happens(), 1..12),
    ) {
        let folder = Folder::new();
        let mut writer = folder.writer();
        let op_id = ids();
        let rows: Vec<_> = rows.iter().enumerate().map(|(n, it)| row(n, it)).collect();
        for (n, happens) in (0..).zip(&all) {
            happen(&folder, &mut writer, &rows, n, happens, &op_id);
            assert_counts_once(&folder);
        }
        folder.assert_sound();
    }
}

fn happen(
    folder: &Folder,
    writer: &mut Writer,
    rows: &[Whole],
    n: u32,
    happens: &Happens,
    op_id: &impl Fn() -> OpId,
) {
    let import_of = |at: &usize| Some(folder.reader().imports().unwrap().get(*at)?.import_seq);
    let id_of = |row: &usize| rows[*row].session().start.session_id;
    match happens {
        Happens::Import(of) => {
            let file: Vec<_> = of.iter().map(|row| rows[*row].clone()).collect();
            check_import(folder, writer, n, &file, op_id);
        }
        Happens::Undo(at) => {
            if let Some(import_seq) = import_of(at) {
                undo(writer, import_seq, op_id);
            }
        }
        Happens::Redo(at) => {
            if let Some(import_seq) = import_of(at) {
                redo(writer, import_seq, op_id);
            }
        }
        Happens::Delete(row, deleted) => {
            let at = Stamped {
                op_id: op_id(),
                ..at(n)
            };
            let _it_may_be_unknown = writer.edit(id_of(row), &Edit::Deleted(*deleted), at);
        }
        Happens::Correct(row) => {
            let ops = PastOps {
                sharing: op_id(),
                sat: op_id(),
                words: op_id(),
                deletion: op_id(),
                counts: op_id(),
            };
            let time = time((n + 50).into(), 40);
            let _it_may_not_count = writer.replace(id_of(row), &time, now(), ops);
        }
    }
}

fn check_import(
    folder: &Folder,
    writer: &mut Writer,
    n: u32,
    file: &[Whole],
    op_id: &impl Fn() -> OpId,
) {
    let before = counting(folder);
    let new = NewImport {
        content_sha256: format!("{n:064x}"),
        begun_at_ms: UnixMillis(now().0 + i64::from(n)),
        ..new_import("a")
    };
    let import_seq = writer.begin_import(&new).unwrap();
    writer.import(import_seq, file, now(), op_id).unwrap();
    let brought = writer.finish_import(import_seq, now()).unwrap();
    let after = counting(folder);
    // Where rows of a file show that two are one sit, they stay one.
    let counted = |sit: &Vec<Version>| {
        let rows = sit.iter();
        rows.filter(|row| before.contains(&row.session_id)).count()
    };
    let are_as_before = sits(folder).iter().all(|sit| counted(sit) <= 1);
    // In a circle none is before the other: what stands is one of them, and no more can be asked.
    let are_in_lines = !sits(folder).iter().any(|sit| is_circle(sit));
    if brought.is_none() {
        assert!(after == before || !are_as_before || !are_in_lines);
        return;
    }
    assert_counts_once(folder);
    undo(writer, import_seq, op_id);
    if are_as_before && are_in_lines {
        assert_eq!(counting(folder), before);
    }
    assert_counts_once(folder);
    redo(writer, import_seq, op_id);
    if are_in_lines {
        assert_eq!(counting(folder), after);
    }
    assert_counts_once(folder);
}

fn is_circle(sit: &[Version]) -> bool {
    let replaced = |id| sit.iter().find(|it| it.session_id == id)?.replaces;
    let mut lines = sit.iter().map(|it| {
        let line = iter::successors(it.replaces, |id| replaced(*id));
        line.take(sit.len()).any(|id| id == it.session_id)
    });
    lines.any(|comes_back| comes_back)
}

/// All that stands for each other in it came with an import that was taken back; a person restored the last.
#[test]
fn what_a_person_restored_of_an_import_is_none_of_it_any_more() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let file = [corrected(1, 3), corrected(2, 1)];
    check_import(&folder, &mut writer, 0, &file, &op_id);
    let import_seq = folder.reader().imports().unwrap()[0].import_seq;
    undo(&mut writer, import_seq, &op_id);
    writer.edit(id(2), &Edit::Deleted(false), at(2)).unwrap();
    let later = said(&whole(3), false, T0 + 100_000);
    check_import(&folder, &mut writer, 3, &[later], &op_id);
}

/// A sibling that no import brought was here before both rows of the file.
#[test]
fn what_was_here_is_no_correction_of_what_came_later() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let file = [corrected(5, 2), corrected(4, 2)];
    check_import(&folder, &mut writer, 0, &file, &op_id);
    writer.edit(id(4), &Edit::Deleted(false), at(1)).unwrap();
    let later = said(&corrected(2, 3), false, T0 + 100_000);
    check_import(&folder, &mut writer, 2, &[whole(3), later], &op_id);
}

/// What joins two sits of an import that was taken back counts by its own right.
#[test]
fn what_joined_two_sits_that_were_taken_back_takes_neither_from_their_import() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let file = [corrected(2, 3), whole(4)];
    let (import_seq, _) = import(&mut writer, "a", &file, &op_id);
    undo(&mut writer, import_seq, &op_id);
    import(&mut writer, "b", &[corrected(3, 4)], &op_id);
    redo(&mut writer, import_seq, &op_id);
    assert_counts_once(&folder);
    assert_eq!(counting(&folder).len(), 1);
}

/// It is a person's correction of what the import brought that takes the place of what was here.
#[test]
fn what_was_here_counts_again_after_a_correction_of_what_was_brought_had_its_place() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    check_import(&folder, &mut writer, 0, &[corrected(2, 1)], &op_id);
    let (import_seq, _) = import(&mut writer, "b", &[whole(4)], &op_id);
    writer
        .replace(id(4), &time(7, 40), now(), ops(100))
        .unwrap();
    undo(&mut writer, import_seq, &op_id);
    check_import(
        &folder,
        &mut writer,
        4,
        &[whole(4), corrected(1, 4)],
        &op_id,
    );
}
