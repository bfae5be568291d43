//! Sits of which only the beginning is here, and that a file has whole: their device was lost before it
//! could tell the end, or a backup from before that was restored.

use mitta_domain::event::EventKind;
use mitta_domain::offer::Whole;
use mitta_domain::op::Change;
use mitta_domain::{Session, SessionId};
use mitta_store::{Edit, Imported, Presence, Reader};

use crate::imports::{ids, import};
use crate::imports_corrected::{counting, undo};
use crate::support::{Folder, at, completion, note, session, sit, start};
use crate::sync_push::changes;

/// Session 1 as its device exported it, with a note.
fn exported() -> Whole {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = sit(&mut writer, 1, 540);
    writer
        .edit(id, &Edit::Words(note("to the end")), at(12))
        .unwrap();
    whole(&folder.reader(), id)
}

fn whole(reader: &Reader, id: SessionId) -> Whole {
    let session = reader.session(id).unwrap().unwrap();
    Whole::of(session, reader.events(id).unwrap()).unwrap()
}

/// What was lost otherwise: the sit stayed one that goes on for ever.
#[test]
fn a_sit_that_only_began_here_is_ended_by_the_file() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let id = start(&mut writer, 1);
    let reader = folder.reader();
    let file = exported();
    assert_eq!(reader.presence(file.session()).unwrap(), Presence::Begun);
    let (import_seq, done) = import(&mut writer, "a", &[file.clone()], &op_id);
    assert_eq!(done, [Imported::New]);
    let ended = reader.session(id).unwrap();
    assert_eq!(ended.as_ref(), Some(file.session()));
    assert_eq!(counting(&folder), [id]);
    assert!(
        reader.unfinished().unwrap().is_empty(),
        "no question about it"
    );
    let events = reader.events(id).unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds[..2], [EventKind::Started, EventKind::Completed]);
    let sent = changes(&reader);
    assert!(
        matches!(
            sent[..],
            [
                Change::Start { .. },
                Change::Sat { .. },
                Change::Words { .. }
            ]
        ),
        "{sent:?}"
    );
    let (_, again) = import(&mut writer, "b", &[file], &op_id);
    assert_eq!(again, [Imported::Known]);
    undo(&mut writer, import_seq, &op_id);
    assert!(counting(&folder).is_empty());
    folder.assert_sound();
}

/// What was said here later stands, and what the file says is kept beside it.
#[test]
fn words_that_were_written_here_later_stay() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, 1);
    writer
        .edit(id, &Edit::Words(note("later")), at(40))
        .unwrap();
    import(&mut writer, "a", &[exported()], &ids());
    let reader = folder.reader();
    let ended = reader.session(id).unwrap().unwrap();
    assert_eq!(ended.words.note.as_deref(), Some("later"));
    assert!(ended.completion.is_some());
    let kept = reader.revisions(id).unwrap();
    let kept: Vec<_> = kept.iter().map(|it| &it.change).collect();
    let said = |change: &&Change| matches!(change, Change::Words { words } if words.note.as_deref() == Some("to the end"));
    assert!(kept.iter().any(|it| said(it)), "{kept:?}");
    folder.assert_sound();
}

/// Of the same id, but begun otherwise: nothing of it is touched.
#[test]
fn another_sit_of_that_id_ends_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, 1);
    let reader = folder.reader();
    let begun = reader.session(id).unwrap();
    let mut other = Session::begun(exported().session().start.clone());
    other.start.planned_s = None;
    other.completion = Some(completion(60));
    let file = Whole::of(other, Vec::new()).unwrap();
    assert_eq!(reader.presence(file.session()).unwrap(), Presence::There);
    let (_, done) = import(&mut writer, "a", &[file], &ids());
    assert_eq!(done, [Imported::Known]);
    assert_eq!(reader.session(session(1)).unwrap(), begun);
}
