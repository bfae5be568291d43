//! The way back: checked before anything is replaced, whole or not at all, and itself reversible.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use mitta_domain::{PersonId, UnixMillis};
use mitta_store::copies::{self, Against, CopyProgress, RestoreError, Restored, Staged};
use mitta_store::{
    AccountRow, Cursor, DataDir, Edit, Opening, SittingLock, SyncLock, TransferLock, Writer,
};
use rstest::rstest;
use uuid::Uuid;

use crate::server::{OWN, Server, account, sign_in};
use crate::support::{Folder, T0, at, device, note, opening, session, sit, start};

fn on(_: CopyProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub fn back_up(folder: &Folder) -> PathBuf {
    let target = folder.dir.path().join("copy.sqlite3");
    copies::back_up(&folder.dir, &target, true, &mut on).unwrap();
    target
}

/// A restore on this device's day 2, which makes it device `n`.
pub fn restoring(n: u128) -> Opening {
    Opening {
        wall_ms: UnixMillis(T0 + 86_400_000),
        new_device_id: device(n),
        ..opening()
    }
}

pub fn restore(dir: &DataDir, copy: &Path, n: u128) -> Result<Restored, RestoreError> {
    Staged::of(dir, copy)?.restore(dir, restoring(n), &mut on)
}

/// What a person has recorded, and what waits for a server.
pub fn history(folder: &Folder) -> Vec<String> {
    let own = ["session", "heartbeat", "outbox"];
    let rows = folder.contents().into_iter();
    rows.filter(|row| own.iter().any(|name| row.starts_with(name)))
        .collect()
}

pub fn left_behind(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.dir.backups()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_none_or(|it| it != "lock"))
        .collect()
}

#[test]
fn a_deleted_sit_is_there_again_and_undo_takes_the_restore_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    sit(&mut writer, 2, 600);
    let old = history(&folder);
    let copy = back_up(&folder);
    writer
        .edit(session(1), &Edit::Deleted(true), at(100))
        .unwrap();
    writer
        .edit(session(2), &Edit::Words(note("later")), at(101))
        .unwrap();
    sit(&mut writer, 3, 300);
    let new = history(&folder);

    let staged = Staged::of(&folder.dir, &copy).unwrap();
    let contents = staged.contents();
    assert_eq!(
        (contents.sits, contents.credited_s, contents.unfinished),
        (2, 1200, 0)
    );
    let dates = contents
        .dates
        .map(|(first, last)| (first.to_string(), last.to_string()));
    assert_eq!(dates, Some(("2026-11-21".into(), "2026-11-21".into())));
    assert_eq!(
        staged.against(&folder.dir).unwrap(),
        Against {
            only_here: 1,
            only_here_unsent: 1,
            only_there: 1
        }
    );
    assert_eq!(history(&folder), new, "looking changes nothing");
    drop(staged);

    let done = restore(&folder.dir, &copy, 2).unwrap();
    assert_eq!(history(&folder), old);
    assert_eq!(done.set_aside, None);
    assert_eq!(
        left_behind(&folder),
        [done.undo.file_name().unwrap().to_string_lossy()]
    );
    folder.assert_sound();

    let again = restore(&folder.dir, &done.undo, 3).unwrap();
    assert_eq!(history(&folder), new);
    assert_ne!(again.undo, done.undo);
    folder.assert_sound();
}

#[test]
fn what_is_restored_is_a_new_device_also_for_those_who_had_it_open() {
    let folder = Folder::new();
    let (mut writer, reader) = (folder.writer(), folder.reader());
    sit(&mut writer, 1, 600);
    let copy = back_up(&folder);
    for n in 2..=9 {
        sit(&mut writer, n, 600);
    }
    let (count, seq) = (
        reader.change_count().unwrap(),
        folder.value::<i64>("SELECT next_seq FROM device"),
    );
    restore(&folder.dir, &copy, 2).unwrap();
    assert!(reader.change_count().unwrap() > count, "others notice");
    assert_eq!(writer.device_id().unwrap(), device(2));
    sit(&mut writer, 20, 600);
    let session_of = |n: u128| reader.session(session(n)).unwrap().unwrap();
    assert_eq!(session_of(1).start.device_id, device(1), "as it was sat");
    assert_eq!(session_of(20).start.device_id, device(2));
    assert_eq!(reader.session(session(9)).unwrap(), None);
    let last = reader.outbox().unwrap().pop().unwrap();
    assert_eq!(last.op.stamp.device_id, device(2));
    assert!(
        last.device_seq >= u64::try_from(seq).unwrap(),
        "no number is given twice"
    );
    // Edits that come are later than those that were made before, though the clock says otherwise.
    let hlc_ms: i64 = folder.value("SELECT hlc_ms FROM device");
    assert!(hlc_ms >= T0 + 91_000);
}

#[test]
fn the_server_is_met_anew_and_nobody_is_signed_in() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let mut server = Server::default();
    let pushed = |writer: &mut Writer, server: &mut Server| {
        let batch = folder.reader().outbox().unwrap();
        let (answers, rows) = server.push(&batch);
        writer
            .answer(
                crate::server::OWNER,
                crate::server::LIFE,
                &answers,
                &rows,
                UnixMillis(T0),
            )
            .unwrap();
    };
    pushed(&mut writer, &mut server);
    writer.apply_page(&server.page(0, 10)).unwrap();
    let copy = back_up(&folder);
    sit(&mut writer, 2, 600);
    pushed(&mut writer, &mut server);
    restore(&folder.dir, &copy, 2).unwrap();
    let reader = folder.reader();
    let signed_out = AccountRow {
        signed_in: false,
        ..account()
    };
    assert_eq!(reader.account().unwrap(), Some(signed_out));
    assert_eq!(reader.cursor(OWN).unwrap(), Cursor::default());
    assert_eq!(reader.sync_state().unwrap().epoch, None);

    // Signed in again, what was sat later comes back, and what is offered again counts once.
    sign_in(&mut writer);
    while writer.offer_more(10).unwrap() > 0 {}
    pushed(&mut writer, &mut server);
    writer.apply_page(&server.page(0, 10)).unwrap();
    assert_eq!(server.rows.len(), 2);
    let credited: i64 = folder
        .value("SELECT sum(credited_s) FROM sessions WHERE deleted = 0 AND state = 'completed'");
    assert_eq!(credited, 1200);
    folder.assert_sound();
}

#[test]
fn a_copy_of_another_person_is_refused_and_one_from_before_the_account_asks_again() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let early = back_up(&folder);
    sign_in(&mut writer);

    let other = Folder::new();
    let mut theirs = other.writer();
    let person_id = PersonId::from_uuid(Uuid::from_u128(1));
    theirs
        .sign_in(&AccountRow {
            person_id,
            login: "ben".into(),
            ..account()
        })
        .unwrap();
    sit(&mut theirs, 7, 600);
    let theirs = back_up(&other);
    let before = folder.contents();
    let refused = restore(&folder.dir, &theirs, 2).unwrap_err();
    assert!(
        matches!(&refused, RestoreError::OtherAccount { login, .. } if login == "ben"),
        "{refused:?}"
    );
    assert_eq!(folder.contents(), before);
    assert!(left_behind(&folder).is_empty());

    restore(&folder.dir, &early, 2).unwrap();
    let account_now = folder.reader().account().unwrap().unwrap();
    assert_eq!(account_now.owner(), account().owner());
    assert_eq!(
        (account_now.signed_in, account_now.claim),
        (false, mitta_store::Claim::Asked)
    );
}

#[test]
fn a_copy_is_restored_into_an_empty_folder() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let copy = back_up(&folder);
    let fresh = Folder::new();
    let staged = Staged::of(&fresh.dir, &copy).unwrap();
    let against = staged.against(&fresh.dir).unwrap();
    assert_eq!(
        against,
        Against {
            only_there: 1,
            ..Against::default()
        }
    );
    staged.restore(&fresh.dir, restoring(2), &mut on).unwrap();
    assert_eq!(history(&fresh), history(&folder));
    assert!(!fresh.reader().account().unwrap().unwrap().signed_in);
}

#[test]
fn the_history_is_not_restored_from_itself() {
    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    let refused = restore(&folder.dir, &folder.dir.database(), 2).unwrap_err();
    assert!(matches!(refused, RestoreError::Own { .. }), "{refused:?}");
}

#[test]
fn a_copy_that_was_made_of_a_folder_in_use_comes_with_its_log() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let elsewhere = tempfile::tempdir().unwrap();
    let raw = elsewhere.path().join("raw.sqlite3");
    fs::copy(folder.dir.database(), &raw).unwrap();
    fs::copy(
        folder.dir.path().join("mitta.sqlite3-wal"),
        elsewhere.path().join("raw.sqlite3-wal"),
    )
    .unwrap();
    let old = history(&folder);
    sit(&mut writer, 2, 600);
    restore(&folder.dir, &raw, 2).unwrap();
    assert_eq!(history(&folder), old);
}

#[rstest]
#[case(1)]
#[case(2)]
fn an_older_copy_is_brought_to_this_format_on_the_way(#[case] version: u32) {
    let golden =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{version}.sqlite3"));
    let file = fs::read(&golden).unwrap();
    let folder = Folder::new();
    sit(&mut folder.writer(), 9, 600);
    let staged = Staged::of(&folder.dir, &golden).unwrap();
    assert_eq!(
        (staged.contents().format, staged.contents().sits),
        (version, 1)
    );
    staged.restore(&folder.dir, restoring(2), &mut on).unwrap();
    assert_eq!(fs::read(&golden).unwrap(), file);
    let words = folder
        .reader()
        .session(session(1))
        .unwrap()
        .map(|it| it.words);
    assert_eq!(words, Some(note("second")));
    assert_eq!(folder.reader().session(session(9)).unwrap(), None);
    folder.assert_sound();
}

#[test]
fn nothing_is_restored_while_somebody_sits_syncs_or_imports() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let copy = back_up(&folder);
    let running = start(&mut writer, 2);
    let before = folder.contents();

    let lock = SittingLock::try_take(&folder.dir, Some(running)).unwrap();
    let refused = restore(&folder.dir, &copy, 2).unwrap_err();
    assert!(
        matches!(refused, RestoreError::SitRunning { session_id: Some(id) } if id == running),
        "{refused:?}"
    );
    drop(lock);
    let lock = SyncLock::try_take(&folder.dir).unwrap().unwrap();
    let refused = restore(&folder.dir, &copy, 2).unwrap_err();
    assert!(matches!(refused, RestoreError::Syncing), "{refused:?}");
    drop(lock);
    let lock = TransferLock::try_take(&folder.dir).unwrap().unwrap();
    let refused = restore(&folder.dir, &copy, 2).unwrap_err();
    assert!(matches!(refused, RestoreError::Importing), "{refused:?}");
    drop(lock);
    assert_eq!(folder.contents(), before);
    assert!(left_behind(&folder).is_empty());
    restore(&folder.dir, &copy, 2).unwrap();
}
