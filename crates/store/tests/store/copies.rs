//! Copies of the history: whole or not there, and never in the way of a sit.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use mitta_store::copies::{self, CopyError, CopyProgress};
use mitta_store::{Edit, OpenError};
use rusqlite::{Connection, OpenFlags};

use crate::support::{Folder, at, note, sit, start};

pub const DAY_MS: i64 = 86_400_000;

/// Goes on, whatever it is told.
pub fn on(_: CopyProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A history of more pages than are copied at a time.
pub fn long_history() -> Folder {
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
