//! A restore that is stopped or killed: the old history or the new one is there, whole (I2).

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use mitta_store::Edit;
use mitta_store::copies::{CopyPhase, CopyProgress, RestoreError, Staged};
use rstest::rstest;

use crate::restoring::{back_up, history, left_behind, restore, restoring};
use crate::support::{Folder, at, session, sit};

#[rstest]
#[case(CopyPhase::Copying)]
#[case(CopyPhase::Replacing)]
fn a_restore_that_is_stopped_has_changed_nothing(#[case] phase: CopyPhase) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let copy = back_up(&folder);
    sit(&mut writer, 2, 600);
    let before = folder.contents();
    let staged = Staged::of(&folder.dir, &copy).unwrap();
    let mut stop = |progress: CopyProgress| {
        if progress.phase == phase && progress.done > 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let stopped = staged
        .restore(&folder.dir, restoring(2), &mut stop)
        .unwrap_err();
    assert!(matches!(stopped, RestoreError::Stopped), "{stopped:?}");
    drop(staged);
    assert_eq!(folder.contents(), before);
    assert!(left_behind(&folder).is_empty());
    sit(&mut writer, 3, 600);
}

const FOLDER: &str = "MITTA_TEST_RESTORE_FOLDER";
const DIES_AFTER: &str = "MITTA_TEST_RESTORE_DIES_AFTER";

/// Run as a process of its own by [`a_restore_that_is_killed_leaves_the_old_or_the_new`].
#[test]
#[ignore = "the process that is killed"]
fn killed_while_restoring() {
    let folder = Folder::at(Path::new(&std::env::var(FOLDER).unwrap()));
    let last: u64 = std::env::var(DIES_AFTER).unwrap().parse().unwrap();
    let copy = folder.dir.path().join("copy.sqlite3");
    let staged = Staged::of(&folder.dir, &copy).unwrap();
    let mut told = 0;
    let mut die = |_: CopyProgress| {
        told += 1;
        if told > last {
            // No destructor runs and nothing is rolled back, as with SIGKILL.
            std::process::abort();
        }
        ControlFlow::Continue(())
    };
    staged.restore(&folder.dir, restoring(2), &mut die).unwrap();
    println!("told {told} times");
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_or_the_new() {
    let killed = |folder: &Folder, after: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "restoring_cut_short::killed_while_restoring",
                "--nocapture",
            ])
            .env(FOLDER, folder.dir.path())
            .env(DIES_AFTER, after.to_string())
            .output()
            .unwrap()
    };
    let (mut after, mut died) = (0, 0);
    loop {
        let folder = Folder::new();
        let mut writer = folder.writer();
        sit(&mut writer, 1, 600);
        let new = history(&folder);
        back_up(&folder);
        writer
            .edit(session(1), &Edit::Deleted(true), at(100))
            .unwrap();
        sit(&mut writer, 2, 600);
        drop(writer);
        let old = history(&folder);
        let ended = killed(&folder, after);
        folder.assert_sound();
        if ended.status.success() {
            assert_eq!(history(&folder), new);
            break;
        }
        died += 1;
        assert_eq!(history(&folder), old, "killed after {after} looks");
        // And the next one finds nothing in its way.
        restore(&folder.dir, &folder.dir.path().join("copy.sqlite3"), 3).unwrap();
        assert_eq!(history(&folder), new);
        after += 5;
    }
    assert!(died >= 4, "it was killed {died} times");
}
