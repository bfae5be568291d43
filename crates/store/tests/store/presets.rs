//! Presets: kept in order, no name twice, nothing lost by a refusal, a deletion or its undo.

use mitta_domain::preset::{MAX_PRESETS, PresetRefused};
use mitta_domain::{IntervalBells, PlanChoice, Preset, PresetId, PresetName, Seconds, UnixMillis};
use mitta_store::{KEPT_AFTER_DELETION_MS, ReadError, WriteError, Writer};

use crate::support::{Folder, T0};

const NOW: UnixMillis = UnixMillis(T0);

pub fn preset(n: u32, name: &str) -> Preset {
    let choice = PlanChoice {
        planned_s: (60 * n).try_into().ok(),
        ..PlanChoice::default()
    };
    Preset {
        preset_id: id(n),
        name: PresetName::parse(name).unwrap(),
        choice,
    }
}

fn id(n: u32) -> PresetId {
    format!("0197a3c2-5f00-7000-8000-{n:012}").parse().unwrap()
}

fn with(names: &[&str]) -> (Folder, Writer) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for (name, n) in names.iter().zip(1..) {
        writer.add_preset(&preset(n, name)).unwrap();
    }
    (folder, writer)
}

/// The names in order, as another reader sees them; and the places have no gap.
fn names(folder: &Folder) -> Vec<String> {
    let sql = "SELECT coalesce(group_concat(position), '') FROM
        (SELECT position FROM presets WHERE deleted_at_ms IS NULL ORDER BY position)";
    let presets = folder.reader().presets().unwrap().into_vec();
    let places: Vec<String> = (0..presets.len()).map(|n| n.to_string()).collect();
    assert_eq!(folder.value::<String>(sql), places.join(","));
    presets.iter().map(|it| it.name.to_string()).collect()
}

#[track_caller]
fn check_refused<T: std::fmt::Debug>(
    folder: &Folder,
    refused: Result<T, WriteError>,
    before: &[String],
    is_so: impl Fn(&PresetRefused) -> bool,
) {
    match refused {
        Err(WriteError::Preset(why)) if is_so(&why) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(folder.contents(), before);
}

#[test]
fn presets_are_kept_in_the_order_in_which_they_were_made() {
    let (folder, _writer) = with(&["Morning", "Noon", "Evening"]);
    assert_eq!(names(&folder), ["Morning", "Noon", "Evening"]);
    let presets = folder.reader().presets().unwrap();
    assert_eq!(presets.as_slice()[1], preset(2, "Noon"));
}

#[test]
fn a_name_that_is_taken_changes_nothing() {
    let (folder, mut writer) = with(&["Morning", "Noon"]);
    let before = folder.contents();
    let taken = |why: &PresetRefused| matches!(why, PresetRefused::NameTaken(_));
    let added = writer.add_preset(&preset(3, "NOON"));
    check_refused(&folder, added, &before, taken);
    let changed = writer.change_preset(&preset(1, "noon"));
    check_refused(&folder, changed, &before, taken);
}

#[test]
fn a_preset_is_changed_where_it_stands() {
    let (folder, mut writer) = with(&["Morning", "Noon"]);
    let mut changed = preset(1, "Dawn");
    changed.choice.label = Some("Zazen".into());
    let told = writer.change_preset(&changed).unwrap();
    assert_eq!(told.as_slice()[0], changed);
    assert_eq!(names(&folder), ["Dawn", "Noon"]);
    let before = folder.contents();
    let unknown = writer.change_preset(&preset(7, "Night"));
    check_refused(&folder, unknown, &before, |why| {
        *why == PresetRefused::Unknown(id(7))
    });
    changed.choice.intervals = IntervalBells::Every {
        every_s: Seconds(600),
    };
    let unfit = writer.change_preset(&changed);
    check_refused(&folder, unfit, &before, |why| {
        matches!(why, PresetRefused::Plan(_))
    });
}

#[test]
fn an_order_is_taken_over_whole_or_not_at_all() {
    let (folder, mut writer) = with(&["a", "b", "c"]);
    writer.reorder_presets(&[id(3), id(1), id(2)]).unwrap();
    assert_eq!(names(&folder), ["c", "a", "b"]);
    let before = folder.contents();
    for wrong in [&[id(3), id(1)][..], &[id(1), id(1), id(2)], &[]] {
        let refused = writer.reorder_presets(wrong);
        check_refused(&folder, refused, &before, |why| {
            *why == PresetRefused::OtherSet
        });
    }
}

#[test]
fn a_deleted_preset_comes_back_to_its_place() {
    let (folder, mut writer) = with(&["a", "b", "c"]);
    writer.delete_preset(id(2), NOW).unwrap();
    assert_eq!(names(&folder), ["a", "c"]);
    let before = folder.contents();
    let again = writer.delete_preset(id(2), NOW);
    check_refused(&folder, again, &before, |why| {
        *why == PresetRefused::Unknown(id(2))
    });
    let changed = writer.change_preset(&preset(2, "d"));
    check_refused(&folder, changed, &before, |why| {
        *why == PresetRefused::Unknown(id(2))
    });
    let told = writer.restore_preset(id(2)).unwrap();
    assert_eq!(told.as_slice()[1], preset(2, "b"));
    assert_eq!(names(&folder), ["a", "b", "c"]);
    assert_eq!(writer.restore_preset(id(2)).unwrap(), told, "twice is once");
}

#[test]
fn the_last_of_several_deleted_comes_back_too() {
    let (folder, mut writer) = with(&["a", "b", "c"]);
    for n in [3, 2, 1] {
        writer.delete_preset(id(n), NOW).unwrap();
    }
    assert!(names(&folder).is_empty());
    writer.restore_preset(id(3)).unwrap();
    writer.restore_preset(id(1)).unwrap();
    assert_eq!(names(&folder), ["a", "c"]);
}

#[test]
fn a_deleted_preset_whose_name_was_given_again_comes_back_with_a_number() {
    let (folder, mut writer) = with(&["Morning"]);
    writer.delete_preset(id(1), NOW).unwrap();
    writer.add_preset(&preset(2, "morning")).unwrap();
    writer.restore_preset(id(1)).unwrap();
    assert_eq!(names(&folder), ["Morning 2", "morning"]);
}

#[test]
fn what_was_deleted_long_ago_is_gone_for_good() {
    let (folder, mut writer) = with(&["a", "b"]);
    writer.delete_preset(id(1), NOW).unwrap();
    let later = NOW.plus_ms(KEPT_AFTER_DELETION_MS);
    writer.delete_preset(id(2), later).unwrap();
    assert_eq!(folder.value::<i64>("SELECT count(*) FROM presets"), 2);
    writer.restore_preset(id(2)).unwrap();
    writer.delete_preset(id(2), later.plus_ms(1)).unwrap();
    let before = folder.contents();
    let gone = writer.restore_preset(id(1));
    check_refused(&folder, gone, &before, |why| {
        *why == PresetRefused::Unknown(id(1))
    });
}

#[test]
fn a_full_list_takes_no_more_and_an_undo_says_so() {
    let (folder, mut writer) = with(&[]);
    for n in 1..=u32::try_from(MAX_PRESETS).unwrap() {
        writer.add_preset(&preset(n, &n.to_string())).unwrap();
    }
    let too_many = |why: &PresetRefused| *why == PresetRefused::TooMany;
    let before = folder.contents();
    let refused = writer.add_preset(&preset(200, "one more"));
    check_refused(&folder, refused, &before, too_many);
    writer.delete_preset(id(1), NOW).unwrap();
    writer.add_preset(&preset(200, "one more")).unwrap();
    let before = folder.contents();
    let refused = writer.restore_preset(id(1));
    check_refused(&folder, refused, &before, too_many);
}

#[test]
fn a_damaged_preset_is_named() {
    for (column, spoiled) in [("choice", "{}"), ("name", "   ")] {
        let (folder, mut writer) = with(&["a"]);
        let sql = format!("UPDATE presets SET {column} = ?1");
        folder.sqlite().execute(&sql, [spoiled]).unwrap();
        let found = folder.reader().presets().unwrap_err();
        let is_named =
            matches!(&found, ReadError::Corrupt { table: "presets", column: at } if *at == column);
        assert!(is_named, "{found:?}");
        let refused = writer.add_preset(&preset(2, "b")).unwrap_err();
        assert!(matches!(refused, WriteError::Corrupt { .. }), "{refused:?}");
    }
}
