//! Sits of which only the beginning came here, and that a file has whole: their device was lost before it
//! could tell the end.

use std::{fs, slice};

use mitta_domain::event::EventKind;
use mitta_domain::offer::Whole;
use mitta_domain::op::Change;
use mitta_domain::session::{Sharing, Stamp};
use mitta_domain::{Session, SessionId};
use mitta_store::{Edit, Imported, Presence, Reader, Writer};

use crate::imports::{ids, import};
use crate::imports_corrected::counting;
use crate::server::{Server, sign_in};
use crate::support::{Folder, at, completion, device, note, session, start};
use crate::sync_push::changes;

/// A folder to which session 1 came as it began elsewhere, and what that device exported of it later.
fn begun() -> (Folder, Writer, Whole) {
    let elsewhere = Folder::new();
    let mut writer = elsewhere.writer();
    sign_in(&mut writer);
    let id = start(&mut writer, 1);
    let mut server = Server::default();
    server.exchange(&mut writer, &elsewhere.reader());
    let folder = Folder::new();
    let mut here = folder.writer();
    sign_in(&mut here);
    here.apply_page(&server.page(0, 9)).unwrap();
    writer.complete(id, &completion(540), at(11)).unwrap();
    let words = Edit::Words(note("to the end"));
    writer.edit(id, &words, at(12)).unwrap();
    let file = whole(&elsewhere.reader(), id);
    (folder, here, file)
}

fn whole(reader: &Reader, id: SessionId) -> Whole {
    let session = reader.session(id).unwrap().unwrap();
    Whole::of(session, reader.events(id).unwrap()).unwrap()
}

/// What was lost otherwise: the sit stayed one that goes on for ever.
#[test]
fn a_sit_that_only_began_here_is_ended_by_the_file() {
    let (folder, mut writer, file) = begun();
    let op_id = ids();
    let reader = folder.reader();
    assert_eq!(reader.presence(file.session()).unwrap(), Presence::Begun);
    let (_, done) = import(&mut writer, "a", slice::from_ref(&file), &op_id);
    assert_eq!(done, [Imported::Ended]);
    let ended = reader.session(session(1)).unwrap();
    assert_eq!(ended.as_ref(), Some(file.session()));
    assert_eq!(counting(&folder), [session(1)]);
    let events = reader.events(session(1)).unwrap();
    assert_eq!(events, file.events());
    assert!(events.iter().any(|it| it.kind == EventKind::Completed));
    let sent = changes(&reader);
    assert!(
        matches!(sent[..], [Change::Sat { .. }, Change::Words { .. }]),
        "{sent:?}"
    );
    // It was here before: no undo of an import takes it.
    assert!(reader.imports().unwrap().is_empty());
    assert_eq!(reader.presence(file.session()).unwrap(), Presence::There);
    folder.assert_sound();
}

/// An older copy of the history was restored, and knows of an edit that the file has too.
#[test]
fn an_edit_during_the_sit_stands_once_behind_its_beginning() {
    let elsewhere = Folder::new();
    let mut writer = elsewhere.writer();
    let id = start(&mut writer, 1);
    let words = Edit::Words(note("on the way"));
    writer.edit(id, &words, at(11)).unwrap();
    let here = Folder::new();
    let database = here.dir.database();
    fs::create_dir_all(here.dir.path()).unwrap();
    elsewhere
        .sqlite()
        .execute("VACUUM INTO ?1", [database.to_str().unwrap()])
        .unwrap();
    here.sqlite().execute("DELETE FROM heartbeat", []).unwrap();
    let noted = here.reader().events(id).unwrap();
    assert_eq!(noted.last().unwrap().kind, EventKind::Edited);
    writer.complete(id, &completion(540), at(12)).unwrap();
    let file = whole(&elsewhere.reader(), id);
    assert!(noted.iter().all(|event| file.events().contains(event)));
    let (_, done) = import(&mut here.writer(), "a", slice::from_ref(&file), &ids());
    assert_eq!(done, [Imported::Ended]);
    assert_eq!(here.reader().events(id).unwrap(), file.events());
    here.assert_sound();
}

/// Also where the clock of the device that is lost was ahead: what is private here stays so.
#[test]
fn what_was_said_of_it_here_stands_and_what_the_file_says_is_kept() {
    let (folder, mut writer, file) = begun();
    let mut said = file.session().clone();
    said.words_stamp.hlc_ms += 9 * 86_400_000;
    said.sharing_stamp = Stamp {
        device_seq: 99,
        ..said.words_stamp
    };
    said.sharing = Sharing {
        shared: true,
        note_shared: true,
    };
    let file = Whole::of(said, file.events().to_vec()).unwrap();
    // Every folder of these tests is device 1: here somebody else has said it.
    let id = session(1);
    let mut server = Server::default();
    let private = Change::Sharing {
        sharing: Sharing {
            shared: false,
            note_shared: false,
        },
    };
    let words = Change::Words {
        words: note("here"),
    };
    server
        .rows
        .insert(id, folder.reader().session(id).unwrap().unwrap());
    for change in [private, words] {
        server.edited_elsewhere(id, change, 40);
    }
    let mut page = server.page(0, 9);
    page.asked_after = 1;
    page.next_after = 9;
    writer.apply_page(&page).unwrap();
    let before = folder.reader().session(id).unwrap().unwrap();
    assert_eq!(before.words_stamp.device_id, device(2));
    import(&mut writer, "a", &[file], &ids());
    let ended = folder.reader().session(id).unwrap().unwrap();
    assert!(ended.completion.is_some());
    assert_eq!(ended.words.note.as_deref(), Some("here"));
    assert!(!ended.sharing.shared);
    let kept = folder.reader().revisions(id).unwrap();
    let is_kept = kept.iter().any(|it| {
        matches!(&it.change, Change::Words { words } if words.note.as_deref() == Some("to the end"))
    });
    assert!(is_kept, "{kept:?}");
    folder.assert_sound();
}

/// Of the same id, but begun otherwise, or live at this very computer: nothing of it is touched.
#[test]
fn another_sit_of_that_id_or_one_that_is_live_here_is_not_ended() {
    let (folder, mut writer, file) = begun();
    let mut other = Session::begun(file.session().start.clone());
    other.start.planned_s = None;
    other.completion = Some(completion(60));
    let other = Whole::of(other, Vec::new()).unwrap();
    let live = Folder::new();
    let mut of_live = live.writer();
    start(&mut of_live, 1);
    for (folder, writer, file) in [(folder, &mut writer, &other), (live, &mut of_live, &file)] {
        let reader = folder.reader();
        let before = reader.session(session(1)).unwrap();
        assert_eq!(reader.presence(file.session()).unwrap(), Presence::There);
        let (_, done) = import(writer, "a", slice::from_ref(file), &ids());
        assert_eq!(done, [Imported::Known]);
        assert_eq!(reader.session(session(1)).unwrap(), before);
    }
}
