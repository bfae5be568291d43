//! Which copies are kept: those of each week, what a copy that was cut short leaves, and what the list says
//! of each.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use mitta_domain::UnixMillis;
use mitta_store::copies::{self, CopyError, CopyInfo, CopyKind, Weekly};

use crate::copies::{DAY_MS, long_history, names, on};
use crate::support::{Folder, T0, session, sit};

#[track_caller]
fn made(folder: &Folder, wall_ms: i64) -> CopyInfo {
    match copies::weekly_copy(&folder.dir, UnixMillis(wall_ms)).unwrap() {
        Weekly::Made(info) => info,
        Weekly::NotDue => panic!("it is due"),
    }
}

#[test]
fn a_copy_is_made_once_a_week_and_only_weekly_ones_are_rotated() {
    let folder = Folder::new();
    let not_due = |ms| {
        let found = copies::weekly_copy(&folder.dir, UnixMillis(ms)).unwrap();
        assert_eq!(found, Weekly::NotDue);
    };
    let mut writer = folder.writer();
    not_due(T0);
    assert!(
        !names(&folder.dir.backups())
            .iter()
            .any(|it| it.ends_with("sqlite3")),
        "there was nothing to copy"
    );
    sit(&mut writer, 1, 600);
    let first = made(&folder, T0);
    assert_eq!(first.kind, CopyKind::Weekly);
    assert_eq!(
        first.path,
        folder.dir.backups().join("mitta-weekly-2026-11-21.sqlite3")
    );
    not_due(T0);
    not_due(T0 + 6 * DAY_MS);
    let others = [
        "mitta-v1-77.sqlite3",
        "mitta-before-restore-78.sqlite3",
        "mitta-copy-2020-01-01-00-00-00.sqlite3",
        "mitta-weekly-mine.sqlite3",
        "mitta-weekly-2020-1-1.sqlite3",
        "mitta-weekly-2031-01-01.sqlite3",
        "mitta-weekly-mine.sqlite3.partial",
        "holiday.jpg",
    ];
    for other in others {
        fs::write(folder.dir.backups().join(other), "theirs").unwrap();
    }
    for week in 1..=30 {
        made(&folder, T0 + week * 7 * DAY_MS);
    }
    let left = names(&folder.dir.backups());
    for other in others {
        assert!(left.iter().any(|name| name == other), "{other}: {left:?}");
    }
    let weekly: Vec<_> = copies::list(&folder.dir)
        .unwrap()
        .into_iter()
        .filter(|copy| copy.kind == CopyKind::Weekly && copy.bytes > 100)
        .collect();
    assert_eq!(weekly.len(), 8, "{weekly:?}");
}

/// What a process leaves that is killed while it copies.
const LEFT: [&str; 7] = [
    "mitta-weekly-2020-01-05.sqlite3.partial",
    "mitta-copy-2020-01-05-08-00-00.sqlite3.partial",
    "mitta-copy-2020-01-05-08-00-00.sqlite3.partial-journal",
    "mitta-before-restore-78.sqlite3.partial",
    "mitta-v7-77.sqlite3.partial-wal",
    "staged.partial",
    "staged.partial-wal",
];

fn leave(folder: &Folder) {
    for name in LEFT {
        fs::write(folder.dir.backups().join(name), "half").unwrap();
    }
}

fn is_left(folder: &Folder, name: &str) -> bool {
    folder.dir.backups().join(name).exists()
}

#[test]
fn what_copies_left_that_were_cut_short_is_cleared_away() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    made(&folder, T0);
    let theirs = [
        "mitta-copy-mine.sqlite3.partial",
        "mine.sqlite3.partial",
        "film.partial",
    ];
    for name in theirs {
        fs::write(folder.dir.backups().join(name), "theirs").unwrap();
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let next_copies: [&dyn Fn(); 2] = [
        &|| drop(copies::weekly_copy(&folder.dir, UnixMillis(T0)).unwrap()),
        &|| {
            let target = elsewhere.path().join("mine.sqlite3");
            copies::back_up(&folder.dir, &target, true, &mut on).unwrap();
        },
    ];
    for next_copy in next_copies {
        leave(&folder);
        next_copy();
        for name in LEFT {
            assert!(!is_left(&folder, name), "{name}");
        }
        for name in theirs {
            assert!(is_left(&folder, name), "{name}");
        }
    }
}

#[test]
fn what_is_being_written_is_not_cleared_away() {
    let folder = long_history();
    let at = chrono::DateTime::from_timestamp_millis(T0)
        .unwrap()
        .naive_utc();
    let target = copies::by_hand(&folder.dir, at);
    let partial = "mitta-copy-2026-11-21-08-00-00.sqlite3.partial";
    let mut looks = 0;
    let copy = copies::back_up(&folder.dir, &target, false, &mut |_| {
        looks += 1;
        assert!(is_left(&folder, partial), "before the look");
        made(&folder, T0 + looks * 7 * DAY_MS);
        assert!(is_left(&folder, partial), "after it");
        ControlFlow::Continue(())
    });
    copy.unwrap();
    assert!(looks > 0);
    assert!(!is_left(&folder, partial));
}

/// Copied without their times, or touched, they are as old as they were.
#[test]
fn a_copy_is_as_old_as_its_name_says() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    fs::create_dir_all(folder.dir.backups()).unwrap();
    for name in [
        "mitta-before-restore-1795219200000.sqlite3",
        "mitta-before-restore-1795219100000.sqlite3",
        "mitta-weekly-2020-01-05.sqlite3",
    ] {
        fs::write(folder.dir.backups().join(name), "").unwrap();
    }
    let copies = copies::list(&folder.dir).unwrap();
    let made: Vec<_> = copies.iter().map(|it| it.made_at_ms.0).collect();
    let sunday_ends_ms = 1_578_268_800_000;
    assert_eq!(made, [1_795_219_200_000, 1_795_219_100_000, sunday_ends_ms]);
    let one = copies::written_at(&copies[0].path).unwrap();
    assert_eq!(one, copies[0].made_at_ms);
}

#[test]
fn where_the_weekly_copy_fails_the_older_ones_stay() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..60 {
        sit(&mut writer, n, 600);
    }
    drop(writer);
    for week in 0..5 {
        made(&folder, T0 + week * 7 * DAY_MS);
    }
    let before = names(&folder.dir.backups());
    let mut bytes = fs::read(folder.dir.database()).unwrap();
    bytes[3 * 4096..5 * 4096].fill(0xa5);
    fs::write(folder.dir.database(), bytes).unwrap();
    let refused = copies::weekly_copy(&folder.dir, UnixMillis(T0 + 70 * DAY_MS)).unwrap_err();
    assert!(matches!(refused, CopyError::Unsound { .. }), "{refused:?}");
    assert_eq!(names(&folder.dir.backups()), before);
}

#[test]
fn the_list_says_why_each_copy_is_there_newest_first() {
    let folder = Folder::new();
    assert!(
        copies::list(&folder.dir).unwrap().is_empty(),
        "no folder yet"
    );
    sit(&mut folder.writer(), 1, 600);
    made(&folder, T0);
    let at = chrono::DateTime::from_timestamp_millis(T0)
        .unwrap()
        .naive_utc();
    let by_hand = copies::by_hand(&folder.dir, at);
    copies::back_up(&folder.dir, &by_hand, false, &mut on).unwrap();
    for other in [
        "mitta-v2-77.sqlite3",
        "mitta-before-restore-78.sqlite3",
        "mine.sqlite3",
    ] {
        fs::write(folder.dir.backups().join(other), "").unwrap();
    }
    let copies = copies::list(&folder.dir).unwrap();
    let kind = |name: &str| {
        let path: PathBuf = folder.dir.backups().join(name);
        copies.iter().find(|it| it.path == path).map(|it| it.kind)
    };
    assert_eq!(
        kind("mitta-weekly-2026-11-21.sqlite3"),
        Some(CopyKind::Weekly)
    );
    assert_eq!(
        kind("mitta-copy-2026-11-21-08-00-00.sqlite3"),
        Some(CopyKind::ByHand)
    );
    assert_eq!(kind("mitta-v2-77.sqlite3"), Some(CopyKind::BeforeMigration));
    assert_eq!(
        kind("mitta-before-restore-78.sqlite3"),
        Some(CopyKind::BeforeRestore)
    );
    assert_eq!(kind("mine.sqlite3"), Some(CopyKind::Other));
    assert!(copies.is_sorted_by(|a, b| a.made_at_ms >= b.made_at_ms));
    assert_eq!(
        folder
            .reader()
            .session(session(1))
            .unwrap()
            .map(|it| it.deleted),
        Some(false)
    );
}
