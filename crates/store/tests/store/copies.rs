//! Copies of the history: whole or not there, never in the way of a sit, rotated without touching
//! what is not a weekly copy.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use mitta_domain::UnixMillis;
use mitta_store::copies::{self, CopyError, CopyInfo, CopyKind, CopyProgress, Weekly};
use mitta_store::{Edit, OpenError};
use rusqlite::{Connection, OpenFlags};

use crate::support::{Folder, T0, at, note, session, sit, start};

const DAY_MS: i64 = 86_400_000;

/// Goes on, whatever it is told.
fn on(_: CopyProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A history of more pages than are copied at a time.
fn long_history() -> Folder {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..=500 {
        let id = sit(&mut writer, n, 600);
        let words = note(&"so quiet ".repeat(1_100));
        writer
            .edit(id, &Edit::Words(words), at(n * 10 + 2))
            .unwrap();
    }
    folder
}

#[test]
fn a_copy_is_one_file_that_holds_all_of_the_history() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    start(&mut writer, 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("mine.sqlite3");
    let copy = copies::back_up(&folder.dir, &target, false, &mut on).unwrap();
    assert_eq!(copy.path, target);
    assert_eq!(copy.bytes, fs::metadata(&target).unwrap().len());
    assert_eq!(names(elsewhere.path()), ["mine.sqlite3"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "nobody else's to read");
    }
    // As on a read-only disk: no log, no index.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(&target, flags).unwrap();
    let mode: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "delete");
    let rows = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(rows("SELECT count(*) FROM sessions"), 2);
    assert_eq!(
        rows("SELECT count(*) FROM outbox"),
        folder.value::<i64>("SELECT count(*) FROM outbox")
    );
    assert_eq!(names(elsewhere.path()), ["mine.sqlite3"]);
}

#[test]
fn a_sit_beside_a_copy_does_not_wait_and_the_copy_is_of_one_moment() {
    let folder = long_history();
    let mut writer = folder.writer();
    let target = folder.dir.path().join("copy.sqlite3");
    let mut steps = 0;
    let mut n = 1_000;
    let copy = copies::back_up(&folder.dir, &target, false, &mut |progress| {
        assert!(progress.done <= progress.total && progress.total > 0);
        steps += 1;
        n += 1;
        // The busy timeout of these tests is 50 ms: waiting would be an error.
        sit(&mut writer, n, 600);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(steps >= 2, "{steps} steps for {} bytes", copy.bytes);
    let connection = Connection::open(&target).unwrap();
    let copied: i64 = connection
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(copied, 500);
    assert_eq!(
        folder.value::<i64>("SELECT count(*) FROM sessions"),
        500 + steps
    );
    folder.assert_sound();
}

#[test]
fn a_copy_that_is_stopped_leaves_nothing_and_what_was_there_stays() {
    let folder = long_history();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("mine.sqlite3");
    let stop = |_: CopyProgress| ControlFlow::Break(());
    let stopped = copies::back_up(&folder.dir, &target, false, &mut { stop });
    assert!(matches!(stopped, Err(CopyError::Stopped)), "{stopped:?}");
    assert!(names(elsewhere.path()).is_empty());
    fs::write(&target, "older").unwrap();
    let stopped = copies::back_up(&folder.dir, &target, true, &mut { stop });
    assert!(matches!(stopped, Err(CopyError::Stopped)), "{stopped:?}");
    assert_eq!(fs::read(&target).unwrap(), b"older");
}

#[test]
fn a_file_that_is_there_is_replaced_on_request_only() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    let target = folder.dir.path().join("mine.sqlite3");
    fs::write(&target, "older").unwrap();
    let refused = copies::back_up(&folder.dir, &target, false, &mut on).unwrap_err();
    assert!(matches!(refused, CopyError::Exists { .. }), "{refused:?}");
    assert_eq!(fs::read(&target).unwrap(), b"older");
    copies::back_up(&folder.dir, &target, true, &mut on).unwrap();
    assert!(fs::read(&target).unwrap().starts_with(b"SQLite format 3"));
}

#[test]
fn the_history_is_never_its_own_copy() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    let before = folder.contents();
    let database = folder.dir.database();
    let mut targets = vec![
        database.clone(),
        folder.dir.path().join("sounds/../mitta.sqlite3"),
    ];
    #[cfg(unix)]
    {
        let (soft, hard) = (
            folder.dir.path().join("soft"),
            folder.dir.path().join("hard"),
        );
        std::os::unix::fs::symlink(&database, &soft).unwrap();
        fs::hard_link(&database, &hard).unwrap();
        targets.extend([soft, hard]);
    }
    for target in targets {
        let refused = copies::back_up(&folder.dir, &target, true, &mut on).unwrap_err();
        assert!(matches!(refused, CopyError::Own { .. }), "{refused:?}");
    }
    assert_eq!(folder.contents(), before);
}

#[test]
fn what_keeps_a_copy_from_being_made_is_said_and_leaves_nothing() {
    let folder = Folder::new();
    let nothing = copies::back_up(&folder.dir, Path::new("mine"), false, &mut on).unwrap_err();
    assert!(
        matches!(nothing, CopyError::Open(OpenError::Missing { .. })),
        "{nothing:?}"
    );
    sit(&mut folder.writer(), 1, 600);
    let nowhere = folder.dir.path().join("no/such/folder/mine.sqlite3");
    let refused = copies::back_up(&folder.dir, &nowhere, false, &mut on).unwrap_err();
    assert!(
        matches!(refused, CopyError::NotWritable { .. }),
        "{refused:?}"
    );
    let is_folder = folder.dir.sounds();
    let refused = copies::back_up(&folder.dir, &is_folder, true, &mut on).unwrap_err();
    assert!(
        matches!(refused, CopyError::NotWritable { .. }),
        "{refused:?}"
    );
    assert!(names(&folder.dir.sounds()).is_empty());
    assert!(
        !names(folder.dir.path())
            .iter()
            .any(|it| it.contains("partial"))
    );
}

#[test]
fn a_history_that_is_not_sound_gives_no_copy() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..60 {
        sit(&mut writer, n, 600);
    }
    drop(writer);
    let mut bytes = fs::read(folder.dir.database()).unwrap();
    bytes[3 * 4096..5 * 4096].fill(0xa5);
    fs::write(folder.dir.database(), bytes).unwrap();
    let target = folder.dir.path().join("mine.sqlite3");
    let refused = copies::back_up(&folder.dir, &target, false, &mut on).unwrap_err();
    assert!(matches!(refused, CopyError::Unsound { .. }), "{refused:?}");
    let left = names(folder.dir.path());
    assert!(!left.iter().any(|it| it.starts_with("mine")), "{left:?}");
}

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
