//! Opening: fresh, again, newer, foreign, damaged, in use, read-only.

use std::fs;

use mitta_domain::{Settings, UnixMillis};
use mitta_store::{OpenError, Opened, Opening, Reader, Writer};

use crate::support::{Folder, T0, at, completion, device, opening, session, sit, start};

#[test]
fn a_fresh_folder_gets_a_database_and_its_device_for_good() {
    let folder = Folder::new();
    let (writer, opened) = folder.open();
    assert_eq!(
        (writer.device_id().unwrap(), opened),
        (device(1), Opened::default())
    );
    drop(writer);
    let other = Opening {
        new_device_id: device(2),
        ..opening()
    };
    let (writer, opened) = Writer::open(&folder.dir, other).unwrap();
    assert_eq!(
        (writer.device_id().unwrap(), opened),
        (device(1), Opened::default())
    );
}

#[cfg(unix)]
#[test]
fn a_fresh_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.writer();
    for path in [
        folder.dir.path().to_owned(),
        folder.dir.backups(),
        folder.dir.sounds(),
    ] {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
}

/// I2: what the durability of a commit rests on.
#[test]
fn the_database_is_in_wal_mode_and_marked_as_ours() {
    let folder = Folder::new();
    folder.writer();
    assert_eq!(folder.value::<String>("PRAGMA journal_mode"), "wal");
    assert_eq!(folder.value::<i64>("PRAGMA application_id"), 0x4d74_7461);
}

#[test]
fn two_writers_share_a_folder() {
    let folder = Folder::new();
    let (mut first, mut second) = (folder.writer(), folder.writer());
    assert_eq!(first.device_id().unwrap(), second.device_id().unwrap());
    let id = start(&mut first, 1);
    start(&mut second, 2);
    second.complete(id, &completion(600), at(11)).unwrap();
    let seqs: Vec<_> = folder
        .reader()
        .outbox()
        .unwrap()
        .iter()
        .map(|r| r.device_seq)
        .collect();
    assert_eq!(seqs, [2, 3], "the start went into its completion");
}

#[test]
fn a_reader_needs_a_history() {
    let folder = Folder::new();
    assert!(matches!(
        Reader::open(&folder.dir),
        Err(OpenError::Missing { .. })
    ));
    assert!(!folder.dir.path().exists(), "looking creates nothing");
    folder.dir.create().unwrap();
    assert!(matches!(
        Reader::open(&folder.dir),
        Err(OpenError::Missing { .. })
    ));
    assert!(!folder.dir.database().exists());
    folder.writer();
    assert_eq!(folder.reader().settings().unwrap(), Settings::default());
}

/// A database that cannot be used is left byte for byte as it is.
#[track_caller]
fn check_refused(folder: &Folder, is: fn(&OpenError) -> bool) {
    let bytes = fs::read(folder.dir.database()).unwrap();
    for error in [
        Writer::open(&folder.dir, opening()).map(drop).unwrap_err(),
        Reader::open(&folder.dir).map(drop).unwrap_err(),
    ] {
        assert!(is(&error), "{error:?}");
    }
    assert_eq!(fs::read(folder.dir.database()).unwrap(), bytes);
    assert_eq!(fs::read_dir(folder.dir.backups()).unwrap().count(), 0);
}

#[test]
fn a_newer_database_is_refused_untouched() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    folder
        .sqlite()
        .execute_batch(
            "INSERT INTO refinery_schema_history VALUES (99, 'future', '2030-01-01T00:00:00Z', '1')",
        )
        .unwrap();
    check_refused(
        &folder,
        |error| matches!(error, OpenError::Newer { found: 99, known } if *known < 99),
    );
}

#[test]
fn a_foreign_database_is_refused_untouched() {
    let folder = Folder::new();
    folder.dir.create().unwrap();
    folder
        .sqlite()
        .execute_batch("CREATE TABLE recipes (dish TEXT)")
        .unwrap();
    check_refused(&folder, |error| matches!(error, OpenError::Foreign { .. }));
}

#[test]
fn a_database_with_another_first_migration_is_refused_untouched() {
    let folder = Folder::new();
    folder.writer();
    folder
        .sqlite()
        .execute("UPDATE refinery_schema_history SET checksum = '7'", [])
        .unwrap();
    check_refused(&folder, |error| matches!(error, OpenError::Foreign { .. }));
}

/// Sits enough for several pages, then whatever is done to the file.
fn damaged(damage: impl Fn(&Folder)) -> (Folder, Vec<u8>) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    for n in 1..60 {
        sit(&mut writer, n, 600);
    }
    drop(writer);
    damage(&folder);
    let bytes = fs::read(folder.dir.database()).unwrap();
    (folder, bytes)
}

fn overwrite(folder: &Folder, from: usize, with: &[u8]) {
    let mut bytes = fs::read(folder.dir.database()).unwrap();
    bytes[from..from + with.len()].copy_from_slice(with);
    fs::write(folder.dir.database(), bytes).unwrap();
}

#[test]
fn a_damaged_database_is_set_aside_whole_and_a_fresh_one_made() {
    let damages: [fn(&Folder); 4] = [
        |folder| fs::write(folder.dir.database(), "not a database at all").unwrap(),
        |folder| overwrite(folder, 0, b"SQLite f0rmat 3"),
        |folder| overwrite(folder, 3 * 4096, &[0xa5; 8192]),
        |folder| {
            let bytes = fs::read(folder.dir.database()).unwrap();
            fs::write(folder.dir.database(), &bytes[..bytes.len() / 2]).unwrap();
        },
    ];
    for (n, damage) in damages.into_iter().enumerate() {
        let (folder, bytes) = damaged(damage);
        let read = Reader::open(&folder.dir).map(drop);
        if let Err(error) = read {
            assert!(
                matches!(error, OpenError::Damaged { .. }),
                "damage {n}: {error:?}"
            );
        }
        let (mut writer, opened) = folder.open();
        let aside = opened
            .set_aside
            .unwrap_or_else(|| panic!("damage {n} was not noticed"));
        assert_eq!(
            aside,
            folder
                .dir
                .path()
                .join(format!("mitta.corrupt-{T0}.sqlite3"))
        );
        assert_eq!(fs::read(&aside).unwrap(), bytes, "damage {n}");
        assert!(folder.reader().history_page(None, 10).unwrap().is_empty());
        sit(&mut writer, 1, 600);
        drop(writer);
        assert_eq!(folder.open().1, Opened::default(), "the fresh one is sound");

        // Damaged again in the same millisecond: nothing set aside is overwritten.
        fs::write(folder.dir.database(), "again").unwrap();
        let second = folder.open().1.set_aside.unwrap();
        assert_ne!(second, aside);
        assert_eq!(fs::read(&aside).unwrap(), bytes);
    }
}

/// The log of a database that is gone holds the last sits; `SQLite` itself would delete it.
#[test]
fn a_log_without_its_database_is_set_aside() {
    let folder = Folder::new();
    folder.writer();
    let wal = folder.dir.path().join("mitta.sqlite3-wal");
    fs::remove_file(folder.dir.database()).unwrap();
    fs::write(&wal, "the last sits").unwrap();
    let aside = folder.open().1.set_aside.unwrap();
    let mut moved = aside.into_os_string();
    moved.push("-wal");
    assert_eq!(fs::read(moved).unwrap(), b"the last sits");
}

#[test]
fn a_damaged_database_is_not_moved_under_the_feet_of_another_process() {
    let (folder, _) = damaged(|_| {});
    let holder = folder.reader();
    overwrite(&folder, 3 * 4096, &[0xa5; 8192]);
    let bytes = fs::read(folder.dir.database()).unwrap();
    let refused = Writer::open(&folder.dir, opening());
    assert!(matches!(refused, Err(OpenError::InUse)), "{refused:?}");
    assert_eq!(fs::read(folder.dir.database()).unwrap(), bytes);
    drop(holder);
    assert!(folder.open().1.set_aside.is_some());
}

/// A second look under the lock of opening would hold up the others for as long as it takes.
#[test]
fn a_file_that_was_just_checked_is_not_checked_again() {
    let (folder, _) = damaged(|_| {});
    let _holder = folder.reader();
    overwrite(&folder, 3 * 4096, &[0xa5; 8192]);
    let checked = Opening {
        is_checked: true,
        ..opening()
    };
    let (_writer, opened) = Writer::open(&folder.dir, checked).unwrap();
    assert_eq!(opened, Opened::default());
}

#[test]
fn a_reader_cannot_write() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let reader = folder.reader();
    sit(&mut writer, 1, 600);
    assert!(
        reader.session(session(1)).unwrap().is_some(),
        "it sees what is committed"
    );
    let mode: i64 = folder.value("PRAGMA query_only");
    assert_eq!(mode, 0, "only its own connection is so");
}

/// The clock may stand anywhere.
#[test]
fn a_clock_before_1970_opens_and_writes() {
    let folder = Folder::new();
    let early = Opening {
        wall_ms: UnixMillis(-5),
        ..opening()
    };
    let (mut writer, _) = Writer::open(&folder.dir, early).unwrap();
    let mut at = at(10);
    at.wall_ms = UnixMillis(-5);
    let new = crate::support::new_session(1);
    let heartbeat = crate::support::heartbeat(0);
    let id = writer
        .start(&new, &crate::support::plan(), &heartbeat, at)
        .unwrap();
    at.op_id = crate::support::op(11);
    writer.complete(id, &completion(600), at).unwrap();
    folder.assert_sound();
}
