//! Writes that fail: the disk full, the folder read-only, the database locked for long. Each is
//! a typed error, nothing is half written, and the same call succeeds once the cause is gone.
//!
//! Real file systems: each test runs itself again in a mount namespace of its own (`unshare`,
//! which needs no root), where it may mount and fill and remount small disks.

use std::time::Duration;

use mitta_domain::event::EventKind;
use mitta_domain::{SessionId, UnixMillis};
use mitta_store::{Edit, OpenError, Opening, WriteError, Writer};

use crate::support::{
    Folder, T0, at, completion, heartbeat, new_session, note, opening, plan, session, sit, start,
};

type Write = fn(&mut Writer) -> Result<(), WriteError>;

/// Every kind of write, on a folder where session 1 runs and session 2 is completed.
fn writes() -> Vec<(&'static str, Write)> {
    const RUNNING: fn() -> SessionId = || session(1);
    const DONE: fn() -> SessionId = || session(2);
    vec![
        ("start", |w| {
            w.start(&new_session(9), &plan(), &heartbeat(0), at(90))
                .map(drop)
        }),
        ("event", |w| {
            w.event(
                RUNNING(),
                EventKind::Paused,
                UnixMillis(T0),
                5,
                &heartbeat(5),
            )
        }),
        ("heartbeat", |w| w.heartbeat(RUNNING(), &heartbeat(6))),
        ("edit", |w| {
            w.edit(DONE(), &Edit::Words(note(&"x".repeat(9_000))), at(91))
                .map(drop)
        }),
        ("complete", |w| {
            w.complete(RUNNING(), &completion(600), at(92)).map(drop)
        }),
        ("settings", |w| {
            w.save_settings(&mitta_domain::Settings::default())
        }),
    ]
}

fn prepared(folder: &Folder) -> Writer {
    let mut writer = folder.writer();
    start(&mut writer, 1);
    sit(&mut writer, 2, 600);
    writer
}

/// Every write fails as `is` says and leaves no trace; after `mend` it succeeds.
fn check(folder: &Folder, writer: &mut Writer, is: fn(&WriteError) -> bool, mend: impl FnOnce()) {
    let before = folder.contents();
    for (name, write) in writes() {
        let error = write(writer).unwrap_err();
        assert!(is(&error), "{name}: {error:?}");
        assert_eq!(folder.contents(), before, "{name} left something behind");
    }
    mend();
    for (name, write) in writes() {
        write(writer).unwrap_or_else(|error| panic!("{name} again: {error:?}"));
    }
    folder.assert_sound();
    let seqs: Vec<_> = folder
        .reader()
        .outbox()
        .unwrap()
        .iter()
        .map(|r| r.device_seq)
        .collect();
    assert!(
        seqs.is_sorted_by(|a, b| a < b) && seqs.last() == Some(&6),
        "no number was used up by a write that failed: {seqs:?}"
    );
}

#[test]
fn a_database_locked_for_long_is_busy_and_nothing_changes() {
    let folder = Folder::new();
    let mut writer = prepared(&folder);
    let other = folder.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    check(
        &folder,
        &mut writer,
        |e| matches!(e, WriteError::Busy),
        || {
            other.execute_batch("ROLLBACK").unwrap();
        },
    );
}

/// Opening needs no write lock, so the history can be shown while another program writes.
#[test]
fn a_locked_database_can_be_opened_and_read() {
    let folder = Folder::new();
    let writer = prepared(&folder);
    drop(writer);
    let other = folder.sqlite();
    other
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM outbox WHERE device_seq = 1")
        .unwrap();
    let _writer = folder.writer();
    assert_eq!(folder.reader().history_page(None, 10).unwrap().len(), 2);
}

#[test]
fn an_exclusively_locked_database_is_busy_when_it_is_opened() {
    let folder = Folder::new();
    drop(prepared(&folder));
    let other = folder.sqlite();
    other
        .execute_batch("PRAGMA locking_mode = exclusive; BEGIN IMMEDIATE; COMMIT")
        .unwrap();
    let brief = Opening {
        busy_timeout: Duration::from_millis(1),
        ..opening()
    };
    let refused = Writer::open(&folder.dir, brief);
    assert!(matches!(refused, Err(OpenError::Busy)), "{refused:?}");
    drop(other);
    assert_eq!(folder.open().1.set_aside, None, "busy is not damaged");
}

/// I4: row and op are one transaction. The op is what fails here, after its row was written.
#[test]
fn where_the_op_cannot_be_written_the_session_is_not_changed_either() {
    let folder = Folder::new();
    let mut writer = prepared(&folder);
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON outbox \
                  BEGIN SELECT RAISE(ABORT, 'no op today'); END";
    folder.sqlite().execute_batch(refuse).unwrap();
    let before = folder.contents();
    let with_op = ["start", "edit", "complete"];
    for (name, write) in writes() {
        if with_op.contains(&name) {
            write(&mut writer).unwrap_err();
            assert_eq!(folder.contents(), before, "{name} left something behind");
        }
    }
}

#[cfg(target_os = "linux")]
mod disks {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;
    use std::path::Path;
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    /// Runs the calling test again where it may mount; `body` runs there.
    fn in_own_mounts(body: impl FnOnce(&Path)) {
        const INSIDE: &str = "MITTA_TEST_OWN_MOUNTS";
        if let Some(mounted) = std::env::var_os(INSIDE) {
            return body(mounted.as_ref());
        }
        let name = std::thread::current().name().unwrap().to_owned();
        let folder = TempDir::new().unwrap();
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &name])
            .env(INSIDE, folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let erred = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}\n{erred}"
        );
    }

    fn mount(at: &Path, options: &str) {
        let mut command = Command::new("mount");
        let mounted = command
            .args(["-t", "tmpfs", "-o", options, "mitta"])
            .arg(at)
            .status();
        assert!(mounted.unwrap().success(), "mount -o {options}");
    }

    /// Takes what is left of the disk, to the last byte.
    fn fill(filler: &Path) {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(filler)
            .unwrap();
        for size in [4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    #[test]
    fn a_full_disk_fails_every_write_and_later_they_succeed() {
        in_own_mounts(|disk| {
            mount(disk, "size=2m");
            let folder = Folder::at(&disk.join("mitta"));
            let mut writer = prepared(&folder);
            // The log must not have room of its own left over from earlier.
            folder
                .sqlite()
                .execute_batch("PRAGMA wal_checkpoint(truncate)")
                .unwrap();
            let filler = disk.join("filler");
            fill(&filler);
            check(
                &folder,
                &mut writer,
                |e| matches!(e, WriteError::DiskFull),
                || {
                    fs::remove_file(&filler).unwrap();
                },
            );
        });
    }

    #[test]
    fn a_full_disk_is_said_when_a_database_is_made() {
        in_own_mounts(|disk| {
            mount(disk, "size=64k");
            let folder = Folder::at(&disk.join("mitta"));
            folder.dir.create().unwrap();
            fill(&disk.join("filler"));
            let refused = Writer::open(&folder.dir, opening());
            assert!(matches!(refused, Err(OpenError::DiskFull)), "{refused:?}");
            fs::remove_file(disk.join("filler")).unwrap();
        });
    }

    fn remount(disk: &Path, mode: &str) {
        let mut command = Command::new("mount");
        let options = format!("remount,{mode}");
        assert!(
            command
                .args(["-o", &options])
                .arg(disk)
                .status()
                .unwrap()
                .success()
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_when_it_is_opened() {
        in_own_mounts(|disk| {
            mount(disk, "size=2m");
            let folder = Folder::at(&disk.join("mitta"));
            remount(disk, "ro");
            let fresh = Writer::open(&folder.dir, opening());
            assert!(
                matches!(fresh, Err(OpenError::NotWritable { .. })),
                "{fresh:?}"
            );
            remount(disk, "rw");
            drop(prepared(&folder));
            remount(disk, "ro");
            let again = Writer::open(&folder.dir, opening());
            assert!(
                matches!(again, Err(OpenError::NotWritable { .. })),
                "{again:?}"
            );
            let lock = mitta_store::SittingLock::try_take(&folder.dir, None);
            assert!(
                matches!(lock, Err(mitta_store::LockError::Io(_))),
                "{lock:?}"
            );
            remount(disk, "rw");
            assert_eq!(
                folder.open().1,
                mitta_store::Opened::default(),
                "and is whole after"
            );
        });
    }
}
