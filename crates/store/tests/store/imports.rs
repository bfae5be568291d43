//! Sits from files: nothing twice, taken back as a whole, and going on after a cut.

use std::cell::Cell;

use mitta_domain::offer::Whole;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{OpId, Seconds, Session, SessionId, SessionStart, Source, UnixMillis};
use mitta_store::{Edit, Imported, NewImport, Presence, Writer};
use uuid::Uuid;

use crate::server::{Server, sign_in};
use crate::support::{Folder, T0, at, completion, date, device, note, session, sit};

pub fn new_import(content: &str) -> NewImport {
    NewImport {
        file_name: "sits.csv".into(),
        kind: "meditate".into(),
        content_sha256: content.repeat(64),
        reading: "Europe/Berlin".into(),
        begun_at_ms: UnixMillis(T0),
    }
}

/// Sit `n` of a file, with a note.
pub fn whole(n: u32) -> Whole {
    let started_at_ms = UnixMillis(T0 - i64::from(n) * 86_400_000);
    let mut session = Session::begun(SessionStart {
        session_id: SessionId::from_uuid(Uuid::from_u128(0xf11e_0000 + u128::from(n))),
        device_id: device(9),
        source: Source::Import,
        started_at_ms,
        tz: "Europe/Berlin".into(),
        utc_offset_s: 3600,
        local_date: chrono::DateTime::from_timestamp_millis(started_at_ms.0)
            .unwrap()
            .date_naive(),
        planned_s: None,
        together_id: None,
        replaces: None,
    });
    session.completion = Some(mitta_domain::Completion {
        ended_at_ms: started_at_ms.plus_ms(600_000),
        ..completion(600)
    });
    session.words = Words {
        note: Some(format!("sit {n}")),
        ..Words::default()
    };
    session.words_stamp = Stamp {
        hlc_ms: started_at_ms.0,
        device_id: device(9),
        device_seq: 7,
    };
    Whole::of(session, Vec::new()).unwrap()
}

pub fn wholes(count: u32) -> Vec<Whole> {
    (1..=count).map(whole).collect()
}

/// Op ids that are never given twice.
pub fn ids() -> impl Fn() -> OpId {
    let next = Cell::new(0xaaaa_0000_u128);
    move || {
        next.set(next.get() + 1);
        OpId::from_uuid(Uuid::from_u128(next.get()))
    }
}

pub fn now() -> UnixMillis {
    UnixMillis(T0 + 60_000)
}

pub fn import(
    writer: &mut Writer,
    content: &str,
    sits: &[Whole],
    op_id: &impl Fn() -> OpId,
) -> (i64, Vec<Imported>) {
    let import_seq = writer.begin_import(&new_import(content)).unwrap();
    let done = writer.import(import_seq, sits, now(), op_id).unwrap();
    writer.finish_import(import_seq, now()).unwrap();
    (import_seq, done)
}

/// I4: row, ops and that it was this import, together; I3: again, nothing.
#[test]
fn sits_are_taken_over_once() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let (import_seq, done) = import(&mut writer, "a", &wholes(3), &op_id);
    assert_eq!(done, [Imported::New; 3]);
    let reader = folder.reader();
    for whole in wholes(3) {
        let id = whole.session().start.session_id;
        assert_eq!(reader.session(id).unwrap().as_ref(), Some(whole.session()));
        assert_eq!(reader.presence(whole.session()).unwrap(), Presence::There);
    }
    let ops: Vec<_> = reader
        .outbox()
        .unwrap()
        .into_iter()
        .map(|row| row.op)
        .collect();
    let expected: Vec<_> = wholes(3).iter().flat_map(|w| w.ops().to_vec()).collect();
    assert_eq!(ops, expected, "the ops of the file, in order");
    let row = &reader.imports().unwrap()[0];
    assert_eq!((row.import_seq, row.sits, row.undone), (import_seq, 3, 0));
    assert_eq!(row.finished_at_ms, Some(now()));
    let before = folder.contents();
    let (_, again) = import(&mut writer, "b", &wholes(3), &op_id);
    assert_eq!(again, [Imported::Known; 3]);
    assert_eq!(
        folder.contents(),
        before,
        "an import that brought nothing leaves nothing"
    );
    folder.assert_sound();
}

/// What was cut short goes on as the same import; another reading of the file is another one.
#[test]
fn an_import_that_was_cut_short_goes_on() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let first = writer.begin_import(&new_import("a")).unwrap();
    writer.import(first, &wholes(2), now(), &op_id).unwrap();
    drop(writer);
    let mut writer = folder.writer();
    let (second, done) = import(&mut writer, "a", &wholes(4), &op_id);
    assert_eq!(second, first);
    assert_eq!(
        done,
        [
            Imported::Known,
            Imported::Known,
            Imported::New,
            Imported::New
        ]
    );
    assert_eq!(folder.reader().imports().unwrap()[0].sits, 4);
    let other = NewImport {
        reading: "UTC".into(),
        ..new_import("a")
    };
    assert_ne!(writer.begin_import(&other).unwrap(), first);
}

#[test]
fn an_import_is_taken_back_and_brought_back_as_a_whole() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let own = sit(&mut writer, 1, 600);
    let (import_seq, _) = import(&mut writer, "a", &wholes(5), &op_id);
    // One was deleted, one was described, by the person.
    let gone = whole(2).session().start.session_id;
    writer.edit(gone, &Edit::Deleted(true), at(70)).unwrap();
    let noted = whole(3).session().start.session_id;
    writer
        .edit(noted, &Edit::Words(note("mine")), at(71))
        .unwrap();
    let reader = folder.reader();
    let total = |sits: u32| assert_eq!(reader.all_total().unwrap().unwrap().sits, sits);
    total(5);
    // Step by step, and cut between two of them.
    assert!(
        !writer
            .undo_import(import_seq, 2, now(), &op_id)
            .unwrap()
            .is_done
    );
    drop(writer);
    let mut writer = folder.writer();
    while !writer
        .undo_import(import_seq, 2, now(), &op_id)
        .unwrap()
        .is_done
    {}
    total(1);
    assert!(
        !reader.session(own).unwrap().unwrap().deleted,
        "only what the import brought"
    );
    assert_eq!(
        reader.presence(whole(3).session()).unwrap(),
        Presence::TakenBack
    );
    assert_eq!(
        reader.presence(whole(2).session()).unwrap(),
        Presence::Deleted
    );
    let row = &reader.imports().unwrap()[0];
    assert_eq!(
        (row.sits, row.undone, row.undone_at_ms),
        (5, 4, Some(now()))
    );
    while !writer
        .redo_import(import_seq, 2, now(), &op_id)
        .unwrap()
        .is_done
    {}
    total(5);
    assert!(
        reader.session(gone).unwrap().unwrap().deleted,
        "a deleted sit stays deleted"
    );
    assert_eq!(reader.session(noted).unwrap().unwrap().words, note("mine"));
    assert_eq!(reader.imports().unwrap()[0].undone_at_ms, None);
    folder.assert_sound();
}

/// After an undo the same file brings its sits again, but none that a person has deleted.
#[test]
fn a_file_may_be_imported_again_after_its_undo() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let op_id = ids();
    let (first, _) = import(&mut writer, "a", &wholes(3), &op_id);
    let gone = whole(2).session().start.session_id;
    writer.edit(gone, &Edit::Deleted(true), at(70)).unwrap();
    assert!(
        writer
            .undo_import(first, 100, now(), &op_id)
            .unwrap()
            .is_done
    );
    let (second, done) = import(&mut writer, "a", &wholes(3), &op_id);
    assert_eq!(done, [Imported::Again, Imported::Deleted, Imported::Again]);
    let reader = folder.reader();
    let rows = reader.imports().unwrap();
    let found: Vec<_> = rows.iter().map(|row| (row.import_seq, row.sits)).collect();
    assert_eq!(found, [(second, 2), (first, 1)]);
    assert_eq!(
        reader
            .import_of(&"a".repeat(64))
            .unwrap()
            .unwrap()
            .import_seq,
        second
    );
}

/// I3: two devices that read the same file send the same ops, and the server counts each sit once.
#[test]
fn two_devices_that_read_one_file_are_one_history_on_the_server() {
    let mut server = Server::default();
    for _device in 0..2 {
        let folder = Folder::new();
        let mut writer = folder.writer();
        sign_in(&mut writer);
        import(&mut writer, "a", &wholes(3), &ids());
        for row in folder.reader().outbox().unwrap() {
            server.take(&row.op);
        }
    }
    assert_eq!(server.rows.len(), 3);
    let sum: u32 = server.rows.values().map(|s| s.credited_s().0).sum();
    assert_eq!(sum, 1800);
}

#[test]
fn spans_are_those_of_sits_that_count() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    import(&mut writer, "a", &wholes(2), &ids());
    sit(&mut writer, 1, 600);
    writer
        .edit(
            whole(1).session().start.session_id,
            &Edit::Deleted(true),
            at(70),
        )
        .unwrap();
    let spans = folder.reader().spans().unwrap();
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[0], (whole(2).session().start.started_at_ms, 600));
    assert_eq!(
        spans[1].0,
        folder
            .reader()
            .session(session(1))
            .unwrap()
            .unwrap()
            .start
            .started_at_ms
    );
    assert_eq!(
        date("2026-11-21"),
        folder
            .reader()
            .session(session(1))
            .unwrap()
            .unwrap()
            .start
            .local_date
    );
    let mut seen = Vec::new();
    folder
        .reader()
        .each_session(|session, events| {
            seen.push((session.deleted, session.credited_s(), events.len()));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(
        seen,
        [
            (false, Seconds(600), 0),
            (true, Seconds(0), 0),
            (false, Seconds(600), 2)
        ]
    );
}
