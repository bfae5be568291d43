//! Whose the folder is after a restore, and after its undo.

use mitta_domain::PersonId;
use mitta_store::AccountRow;
use uuid::Uuid;

use crate::restoring::{back_up, restore};
use crate::server::account;
use crate::support::{Folder, sit};

/// A person without an account took their partner's copy for their own.
#[test]
fn undoing_a_restore_of_somebody_elses_copy_leaves_the_folder_nobodys() {
    let other = Folder::new();
    let mut theirs = other.writer();
    let ben = AccountRow {
        person_id: PersonId::from_uuid(Uuid::from_u128(1)),
        login: "ben".into(),
        ..account()
    };
    theirs.sign_in(&ben).unwrap();
    sit(&mut theirs, 7, 600);
    let theirs = back_up(&other);

    let folder = Folder::new();
    sit(&mut folder.writer(), 1, 600);
    let restored = restore(&folder.dir, &theirs, 2).unwrap();
    let bound = folder.reader().account().unwrap().unwrap();
    assert_eq!(bound.login, "ben");
    // A copy of the same content that is none of this folder's undos leaves it bound.
    let elsewhere = folder.dir.path().join("mitta-before-restore-1.sqlite3");
    std::fs::copy(&restored.undo, &elsewhere).unwrap();
    restore(&folder.dir, &elsewhere, 3).unwrap();
    assert!(folder.reader().account().unwrap().is_some());

    restore(&folder.dir, &restored.undo, 4).unwrap();
    assert_eq!(folder.reader().account().unwrap(), None);
    assert_eq!(folder.reader().all_total().unwrap().unwrap().sits, 1);
    folder.assert_sound();
}
