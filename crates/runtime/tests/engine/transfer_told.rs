//! What is told of an import afterwards is true: of one that was taken back in part, of sits that came
//! in another way meanwhile, of what was deleted in the file, and of where a sit is from.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_domain::{OpId, SessionId, State, UnixMillis};
use mitta_runtime::api::{
    Commands as _, ErrorCode, ExportHistoryArgs, HistoryArgs, HistoryFormat, ImportCounts,
    ImportFileArgs, ImportView, Nothing, OfImport, OfSession, Whence,
};
use mitta_store::{Opening, Writer};

use crate::harness::{House, Sit, plain};

const SITS: &str = "start_time_unix,duration_secs,mode,label,note\n\
    1735804800,1200,timer,Zazen,\"rain, and a crow\"\n1735891200,1200,timer,,\n";

fn file(house: &House, name: &str, text: &str) -> PathBuf {
    let path = house.folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn in_zone(path: &Path, zone: &str) -> ImportFileArgs {
    ImportFileArgs {
        path: path.to_str().unwrap().to_owned(),
        zone: Some(zone.into()),
        dates: None,
        times: None,
    }
}

fn import(sit: &Sit, path: &Path, zone: &str) -> OfImport {
    let done = sit.engine.import_file(in_zone(path, zone)).unwrap();
    OfImport {
        import_seq: done.import.unwrap().import_seq,
    }
}

fn sits(sit: &Sit) -> u32 {
    sit.engine.totals(Nothing {}).unwrap().all.sits
}

fn imports(sit: &Sit) -> Vec<ImportView> {
    sit.engine.imports(Nothing {}).unwrap().imports
}

fn newest(sit: &Sit) -> SessionId {
    let args = HistoryArgs {
        before: None,
        limit: 9,
    };
    sit.engine.history(args).unwrap().sits[0].session_id
}

/// I3. A wrong zone, taken back, the right zone, and then the first one brought back.
#[test]
fn what_came_in_another_way_meanwhile_is_not_brought_back_beside_it() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "sits", SITS);
    let tokyo = import(&sit, &path, "Asia/Tokyo");
    sit.engine.undo_import(tokyo.clone()).unwrap();
    let berlin = import(&sit, &path, "Europe/Berlin");
    let error = sit.engine.redo_import(tokyo.clone()).unwrap_err();
    assert_eq!(error.code, ErrorCode::ImportThere);
    assert_eq!(sits(&sit), 2);
    assert!(imports(&sit)[1].is_undone, "nothing was changed");
    sit.engine.undo_import(berlin).unwrap();
    assert!(!sit.engine.redo_import(tokyo).unwrap().is_undone);
    assert_eq!(sits(&sit), 2);
}

/// One of two sits is deleted, as by an undo that was cancelled or killed.
#[test]
fn an_undo_that_was_cut_short_says_how_much_is_taken_back() {
    let house = House::new();
    let sit = house.open();
    let of = import(&sit, &file(&house, "sits", SITS), "UTC");
    let seq = i64::from(of.import_seq);
    let opening = Opening::new(UnixMillis(0), house.reader().device_id().unwrap().unwrap());
    let step = |undo: bool, n: u128| {
        let (mut writer, _) = Writer::open(&house.dir(), opening).unwrap();
        let op_id = || OpId::from_uuid(uuid::Uuid::from_u128(n));
        let wall_ms = UnixMillis(1_795_000_000_000);
        if undo {
            writer.undo_import(seq, 1, wall_ms, op_id).unwrap();
        } else {
            writer.redo_import(seq, 1, wall_ms, op_id).unwrap();
        }
    };
    let told = || {
        let view = imports(&sit).remove(0);
        (view.is_undone, view.taken_back, view.sits)
    };
    step(true, 1);
    assert_eq!(told(), (false, 1, 2));
    assert!(sit.engine.undo_import(of.clone()).unwrap().is_undone);
    assert_eq!((told(), sits(&sit)), ((true, 2, 2), 0));
    step(false, 2);
    assert_eq!((told(), sits(&sit)), ((false, 1, 2), 1));
    assert_eq!(sit.engine.redo_import(of).unwrap().taken_back, 0);
    assert_eq!((told(), sits(&sit)), ((false, 0, 2), 2));
}

#[test]
fn a_sit_that_is_deleted_in_the_file_is_no_imported_sit() {
    let (house, other) = (House::new(), House::new());
    let sit = house.open();
    import(&sit, &file(&house, "sits", SITS), "UTC");
    let deleted = newest(&sit);
    sit.engine
        .delete_session(OfSession {
            session_id: deleted,
        })
        .unwrap();
    let path = house.folder.path().join("all.json");
    sit.engine
        .export_history(ExportHistoryArgs {
            path: path.to_str().unwrap().into(),
            format: HistoryFormat::Json,
        })
        .unwrap();
    let there = other.open();
    let preview = there.engine.import_preview(in_zone(&path, "UTC")).unwrap();
    assert_eq!(
        (preview.from.as_deref(), preview.to.as_deref()),
        (Some("2025-01-02"), Some("2025-01-02")),
        "of the sits that would come"
    );
    let done = there.engine.import_file(in_zone(&path, "UTC")).unwrap();
    let expected = ImportCounts {
        new: 1,
        deleted_in_file: 1,
        ..ImportCounts::default()
    };
    assert_eq!((preview.counts, done.counts), (expected, expected));
    assert_eq!((done.import.unwrap().sits, sits(&there)), (1, 1));
    let again = there.engine.import_file(in_zone(&path, "UTC")).unwrap();
    assert_eq!((again.counts.new, again.counts.deleted_in_file), (0, 0));
}

/// Of a sit of another device that was lost before it could tell the end, of which a file has that.
#[test]
fn a_sit_that_only_began_here_is_told_as_ended_and_not_as_there() {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(600)).session_id;
    let elsewhere = house.killed(&sit);
    let heartbeat = elsewhere.other_program();
    assert_eq!(heartbeat.execute("DELETE FROM heartbeat", []).unwrap(), 1);
    sit.pass(600_000);
    sit.flush();
    let path = house.folder.path().join("all.json");
    let args = ExportHistoryArgs {
        path: path.to_str().unwrap().into(),
        format: HistoryFormat::Json,
    };
    sit.engine.export_history(args).unwrap();

    let there = elsewhere.open();
    let preview = there.engine.import_preview(in_zone(&path, "UTC")).unwrap();
    assert_eq!(preview.credited_s, 600);
    let done = there.engine.import_file(in_zone(&path, "UTC")).unwrap();
    let expected = ImportCounts {
        ended: 1,
        ..ImportCounts::default()
    };
    assert_eq!((preview.counts, done.counts), (expected, expected));
    assert_eq!((done.import, sits(&there)), (None, 1), "it began here");
    assert_eq!(elsewhere.session(session_id).state(), State::Completed);
    let again = there.engine.import_file(in_zone(&path, "UTC")).unwrap();
    assert_eq!((again.counts.ended, again.counts.already_there), (0, 1));
}

#[test]
fn an_imported_sit_is_from_its_file_and_was_changed_by_nobody() {
    let house = House::new();
    let sit = house.open();
    let of = import(&sit, &file(&house, "sits.csv", SITS), "UTC");
    let session_id = {
        let args = HistoryArgs {
            before: None,
            limit: 9,
        };
        sit.engine.history(args).unwrap().sits[1].session_id
    };
    let of_sit = OfSession { session_id };
    let story = sit.engine.story(of_sit).unwrap();
    assert_eq!(story.whence, Whence::File);
    assert_eq!(story.imported_from.as_deref(), Some("sits.csv"));
    assert!(story.changes.iter().all(|it| it.whence == Whence::File));
    assert_eq!(sit.engine.changes(of_sit).unwrap().changes, []);
    sit.engine.undo_import(of).unwrap();
    let changes = sit.engine.changes(of_sit).unwrap().changes;
    assert_eq!(changes.len(), 1, "that it was deleted: {changes:?}");
    assert!(changes[0].is_here);
}
