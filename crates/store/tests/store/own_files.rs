//! A file that a person chose is one that Mitta works with: it is not opened, so that no lock of `SQLite`
//! falls and what two programs record stays (I2).

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use mitta_store::copies::{self, RestoreError, Staged};
use mitta_store::{ChosenError, DataDir, Reader, Writer};

use crate::support::{Folder, opening, sit};

/// Where the other program finds the data folder.
const FOLDER: &str = "MITTA_TEST_FOLDER";

fn sits(dir: &DataDir) -> u32 {
    let reader = Reader::open(dir).unwrap();
    reader.all_total().unwrap().map_or(0, |all| all.sits)
}

#[test]
#[ignore = "it is the other program of the test below"]
fn as_another_program() {
    let dir = DataDir::new(env::var_os(FOLDER).unwrap());
    let (writer, _) = Writer::open(&dir, opening()).unwrap();
    println!("sits: {} ", sits(&dir));
    // The last that goes clears the log away, and believes to be it where nobody has a lock.
    drop(writer);
}

/// How many sits another process sees, which opens the history for writing and goes.
fn seen_by_another(folder: &Folder) -> u32 {
    let program = Command::new(env::current_exe().unwrap())
        .args(["own_files::as_another_program", "--exact", "--ignored"])
        .args(["--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8(program.stdout).unwrap();
    assert!(program.status.success(), "{said}");
    let sits = said.split_once("sits: ").unwrap().1;
    sits.split_whitespace().next().unwrap().parse().unwrap()
}

/// The files of the history, also by other names.
fn own(folder: &Folder) -> Vec<PathBuf> {
    let names = ["mitta.sqlite3", "mitta.sqlite3-wal", "mitta.sqlite3-shm"];
    let mut files: Vec<PathBuf> = names.map(|name| folder.dir.path().join(name)).into();
    #[cfg(unix)]
    for name in names {
        let (soft, hard) = (format!("soft-{name}"), format!("hard-{name}"));
        let [soft, hard] = [soft, hard].map(|name| folder.dir.path().join(name));
        std::os::unix::fs::symlink(folder.dir.path().join(name), &soft).unwrap();
        fs::hard_link(folder.dir.path().join(name), &hard).unwrap();
        files.extend([soft, hard]);
    }
    files
}

#[test]
fn what_is_recorded_after_an_own_file_was_chosen_stays() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let mut recorded: u32 = 1;
    for path in own(&folder) {
        // As an import, a bell and a restore do it. That it is refused is seen below.
        drop(folder.dir.open_chosen(&path));
        drop(Staged::of(&folder.dir, &path));
        assert_eq!(seen_by_another(&folder), recorded, "{}", path.display());
        for _ in 0..3 {
            recorded += 1;
            sit(&mut writer, recorded, 600);
        }
        assert_eq!(seen_by_another(&folder), recorded, "{}", path.display());
    }
    drop(writer);
    assert_eq!(sits(&folder.dir), recorded);
}

#[test]
fn an_own_file_is_refused_by_whatever_name() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    let _open = folder.writer();
    for path in own(&folder) {
        let chosen = folder.dir.open_chosen(&path);
        assert!(matches!(chosen, Err(ChosenError::Own(_))), "{chosen:?}");
        let staged = Staged::of(&folder.dir, &path);
        assert!(
            matches!(staged, Err(RestoreError::Own { .. })),
            "{staged:?}"
        );
        let copied = copies::back_up(&folder.dir, &path, true, &mut |_| {
            std::ops::ControlFlow::Continue(())
        });
        assert!(
            matches!(copied, Err(copies::CopyError::Own { .. })),
            "{copied:?}"
        );
        assert!(folder.dir.works_with(&path));
    }
}
