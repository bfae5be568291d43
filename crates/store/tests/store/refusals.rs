//! What is no copy of a history, or none that this program can use: refused by what is wrong with it,
//! and the history stays as it was.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_store::copies::RestoreError;
use rusqlite::Connection;

use crate::restoring::{back_up, left_behind, restore};
use crate::support::{Folder, sit};

/// A copy of a history of two sits, after something was done to it.
fn spoilt(folder: &Folder, spoil: impl FnOnce(&Path)) -> PathBuf {
    let copy = back_up(folder);
    spoil(&copy);
    copy
}

fn sql(text: &'static str) -> impl FnOnce(&Path) {
    move |copy| {
        let connection = Connection::open(copy).unwrap();
        connection
            .execute_batch("PRAGMA ignore_check_constraints = ON")
            .unwrap();
        connection.execute_batch(text).unwrap();
    }
}

fn bytes(change: impl FnOnce(&mut Vec<u8>)) -> impl FnOnce(&Path) {
    move |copy| {
        let mut bytes = fs::read(copy).unwrap();
        change(&mut bytes);
        fs::write(copy, bytes).unwrap();
    }
}

#[track_caller]
fn check_refused(spoil: impl FnOnce(&Path), is: fn(&RestoreError) -> bool) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..60 {
        sit(&mut writer, n, 600);
    }
    let copy = spoilt(&folder, spoil);
    let (before, file) = (folder.contents(), fs::read(&copy).ok());
    let refused = restore(&folder.dir, &copy, 2).unwrap_err();
    assert!(is(&refused), "{refused:?}");
    assert_eq!(folder.contents(), before);
    assert_eq!(fs::read(&copy).ok(), file, "the copy is only read");
    assert!(
        left_behind(&folder).is_empty(),
        "{:?}",
        left_behind(&folder)
    );
}

#[test]
fn what_is_no_copy_is_refused() {
    check_refused(
        |copy| fs::remove_file(copy).unwrap(),
        |e| matches!(e, RestoreError::Unreadable { .. }),
    );
    check_refused(
        |copy| {
            fs::remove_file(copy).unwrap();
            fs::create_dir(copy).unwrap();
        },
        |e| matches!(e, RestoreError::NotADatabase { .. }),
    );
    check_refused(bytes(|it| it.truncate(20)), |e| {
        matches!(e, RestoreError::NotADatabase { .. })
    });
    for text in [
        "",
        "SQLite",
        "Started At,Duration,Preset,Activity\n",
        "PK\u{3}\u{4}",
    ] {
        check_refused(
            |copy| fs::write(copy, text).unwrap(),
            |e| matches!(e, RestoreError::NotADatabase { .. }),
        );
    }
}

#[test]
fn what_another_program_or_somebody_else_has_written_is_refused() {
    let is = |e: &RestoreError| matches!(e, RestoreError::Foreign { .. });
    check_refused(
        |copy| {
            fs::remove_file(copy).unwrap();
            Connection::open(copy)
                .unwrap()
                .execute_batch("CREATE TABLE recipes (dish TEXT)")
                .unwrap();
        },
        is,
    );
    check_refused(
        |copy| {
            fs::remove_file(copy).unwrap();
            let sql = "PRAGMA application_id = 0x4d747461; CREATE TABLE recipes (dish TEXT)";
            Connection::open(copy).unwrap().execute_batch(sql).unwrap();
        },
        is,
    );
    check_refused(sql("PRAGMA application_id = 7"), is);
    check_refused(
        sql("UPDATE refinery_schema_history SET checksum = '7' WHERE version = 1"),
        is,
    );
    check_refused(
        sql("CREATE TRIGGER t AFTER DELETE ON heartbeat BEGIN DELETE FROM sessions; END"),
        is,
    );
    check_refused(sql("CREATE VIEW v AS SELECT * FROM sessions"), is);
    check_refused(sql("ALTER TABLE settings ADD COLUMN more TEXT"), is);
    check_refused(sql("DROP INDEX sessions_days"), is);
}

#[test]
fn a_newer_copy_is_refused() {
    check_refused(
        sql(
            "INSERT INTO refinery_schema_history VALUES (99, 'future', '2030-01-01T00:00:00Z', '1')",
        ),
        |e| matches!(e, RestoreError::Newer { found: 99, .. }),
    );
}

#[test]
fn a_damaged_copy_is_refused() {
    let is = |e: &RestoreError| matches!(e, RestoreError::Damaged { .. });
    check_refused(bytes(|it| it.truncate(it.len() / 2)), is);
    check_refused(bytes(|it| it[3 * 4096..5 * 4096].fill(0xa5)), is);
    // Sound pages, and rows that this program cannot have written.
    check_refused(sql("UPDATE sessions SET tz = '' WHERE rowid = 7"), is);
    check_refused(
        sql("UPDATE sessions SET plan = '{\"choice\":7}', interval_bells = 0 WHERE rowid = 7"),
        is,
    );
    check_refused(sql("UPDATE device SET device_id = 'nobody'"), is);
    check_refused(
        sql("PRAGMA foreign_keys = OFF; DELETE FROM sessions WHERE rowid = 7"),
        is,
    );
}
