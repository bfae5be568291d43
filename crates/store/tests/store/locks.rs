//! The lock of the one live sit, within a process and between two.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use mitta_domain::SessionId;
use mitta_store::{LockError, SittingLock};

use crate::support::{Folder, session};

#[derive(Debug, PartialEq)]
enum Found {
    Free,
    HeldBy(SessionId),
    HeldBySomebody,
}

fn find(folder: &Folder) -> Found {
    let looked = SittingLock::vacancy(&folder.dir).map(drop);
    let found = found(SittingLock::try_take(&folder.dir, None).map(drop));
    assert_eq!(self::found(looked), found, "who only looks sees the same");
    found
}

fn found(taken: Result<(), LockError>) -> Found {
    match taken {
        Ok(()) => Found::Free,
        Err(LockError::Held { session_id }) => {
            session_id.map_or(Found::HeldBySomebody, Found::HeldBy)
        }
        Err(LockError::Io(error)) => panic!("{error}"),
    }
}

#[test]
fn the_lock_is_held_once_and_names_its_session() {
    let folder = Folder::new();
    folder.dir.create().unwrap();
    let mut lock = SittingLock::try_take(&folder.dir, Some(session(1))).unwrap();
    assert_eq!(find(&folder), Found::HeldBy(session(1)));
    lock.name(Some(session(2))).unwrap();
    assert_eq!(find(&folder), Found::HeldBy(session(2)));
    lock.name(None).unwrap();
    assert_eq!(find(&folder), Found::HeldBySomebody);
    drop(lock);
    assert_eq!(find(&folder), Found::Free);
}

#[test]
fn looking_writes_nothing_and_keeps_only_takers_away() {
    let folder = Folder::new();
    folder.dir.create().unwrap();
    drop(SittingLock::vacancy(&folder.dir).unwrap());
    assert!(!folder.dir.sitting_lock().exists());

    std::fs::write(folder.dir.sitting_lock(), "left by the dead").unwrap();
    let _one = SittingLock::vacancy(&folder.dir).unwrap();
    let another = SittingLock::vacancy(&folder.dir);
    assert!(another.is_ok(), "{another:?}");
    let taken = SittingLock::try_take(&folder.dir, None);
    assert!(matches!(taken, Err(LockError::Held { .. })), "{taken:?}");
    let text = std::fs::read_to_string(folder.dir.sitting_lock()).unwrap();
    assert_eq!(text, "left by the dead");
}

#[test]
fn without_a_folder_the_lock_says_so() {
    let taken = SittingLock::try_take(&Folder::new().dir, None);
    assert!(matches!(taken, Err(LockError::Io(_))), "{taken:?}");
}

/// This binary, started again by the test below, holds the lock until it is killed.
#[test]
#[ignore = "the other process of `the_lock_holds_between_processes_and_falls_with_its_holder`"]
fn holds_the_lock() {
    let Some(path) = std::env::var_os("MITTA_TEST_HOLD_LOCK") else {
        return;
    };
    let folder = Folder::at(path.as_ref());
    let _lock = SittingLock::try_take(&folder.dir, Some(session(3))).unwrap();
    println!("\nheld");
    std::thread::park();
}

#[test]
fn the_lock_holds_between_processes_and_falls_with_its_holder() {
    let folder = Folder::new();
    folder.dir.create().unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "locks::holds_the_lock",
        ])
        .env("MITTA_TEST_HOLD_LOCK", folder.dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"));
    assert_eq!(find(&folder), Found::HeldBy(session(3)));
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(
        find(&folder),
        Found::Free,
        "the kernel lets go, whatever the file says"
    );
}
