//! Sits from files and into files, at the engine: preview, import, undo, export, beside a sit.

use std::fs;
use std::path::PathBuf;

use mitta_domain::Source;
use mitta_domain::digest::Digest;
use mitta_domain::session::Words;
use mitta_runtime::api::{
    Commands as _, DateOrder, DescribeArgs, ErrorCode, ExportHistoryArgs, HistoryFormat,
    ImportCounts, ImportFileArgs, ImportQuestion, ImportResult, ImportRowsArgs, Nothing, OfImport,
    RefusalCode, SaveRowsArgs,
};

use crate::harness::{House, Sit, plain};

const FILE: &str = "Started At,Duration,Preset,Activity\n\
    01/02/2025 08:00:00,0:20:0,Zazen,\n\
    01/03/2025 08:00:00,0:20:0,,\n\
    01/03/2025 08:10:00,0:20:0,,\n\
    soon,0:20:0,,\n";

fn file(house: &House, name: &str, text: &str) -> PathBuf {
    let path = house.folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn asked(path: &std::path::Path) -> ImportFileArgs {
    ImportFileArgs {
        path: path.to_str().unwrap().to_owned(),
        zone: None,
        dates: None,
        times: None,
    }
}

fn answered(path: &std::path::Path) -> ImportFileArgs {
    ImportFileArgs {
        zone: Some("Europe/Berlin".into()),
        dates: Some(DateOrder::MonthFirst),
        ..asked(path)
    }
}

fn counts(new: u64, again: u64, already_there: u64, refused: u64) -> ImportCounts {
    ImportCounts {
        new,
        corrects: 0,
        again,
        ended: 0,
        already_there,
        deleted_here: 0,
        deleted_in_file: 0,
        refused,
    }
}

fn all_sits(sit: &Sit) -> u32 {
    sit.engine.totals(Nothing {}).unwrap().all.sits
}

#[test]
fn nothing_is_imported_before_every_question_is_answered() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "insight.csv", FILE);
    let preview = sit.engine.import_preview(asked(&path)).unwrap();
    assert_eq!(preview.asks, [ImportQuestion::Zone, ImportQuestion::Dates]);
    assert_eq!(
        preview.zone, "Europe/Berlin",
        "what this computer has is likely"
    );
    let error = sit.engine.import_file(asked(&path)).unwrap_err();
    assert_eq!(error.code, ErrorCode::ImportUnanswered);
    let nowhere = ImportFileArgs {
        zone: Some("Europe/Nowhere".into()),
        ..answered(&path)
    };
    let error = sit.engine.import_file(nowhere).unwrap_err();
    assert_eq!(error.code, ErrorCode::ZoneUnknown);
    assert_eq!(all_sits(&sit), 0);
    assert!(house.ops().is_empty());
}

/// I3: again, nothing; undo takes the whole back and can be taken back; then the file may come again.
#[test]
fn a_file_is_imported_once_and_taken_back_as_a_whole() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "insight.csv", FILE);
    let preview = sit.engine.import_preview(answered(&path)).unwrap();
    assert!(preview.asks.is_empty());
    assert_eq!(preview.counts, counts(2, 0, 0, 2));
    assert_eq!(
        (preview.from.as_deref(), preview.to.as_deref()),
        (Some("2025-01-02"), Some("2025-01-03"))
    );
    assert_eq!(preview.credited_s, 2400);
    assert_eq!(all_sits(&sit), 0, "a preview changes nothing");

    let done = sit.engine.import_file(answered(&path)).unwrap();
    assert_eq!(done.counts, counts(2, 0, 0, 2));
    let import = done.import.unwrap();
    assert_eq!(
        (import.file_name.as_str(), import.sits, import.is_finished),
        ("insight.csv", 2, true)
    );
    assert_eq!(all_sits(&sit), 2);
    let again = sit.engine.import_file(answered(&path)).unwrap();
    assert_eq!((again.counts, again.import), (counts(0, 0, 2, 2), None));

    let of = OfImport {
        import_seq: import.import_seq,
    };
    assert!(sit.engine.undo_import(of.clone()).unwrap().is_undone);
    assert_eq!(all_sits(&sit), 0);
    assert!(!sit.engine.redo_import(of.clone()).unwrap().is_undone);
    assert_eq!(all_sits(&sit), 2);
    sit.engine.undo_import(of).unwrap();
    let done = sit.engine.import_file(answered(&path)).unwrap();
    assert_eq!(done.counts, counts(0, 2, 0, 2));
    assert_eq!(all_sits(&sit), 2);
    let list = sit.engine.imports(Nothing {}).unwrap().imports;
    assert_eq!(list.len(), 1, "the import that its sits belong to now");
    let error = sit
        .engine
        .undo_import(OfImport { import_seq: 99 })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::UnknownImport);
}

#[test]
fn each_row_can_be_looked_at_and_saved() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "insight.csv", FILE);
    sit.engine.import_file(answered(&path)).unwrap();
    let rows = |result, offset, limit| {
        let args = ImportRowsArgs {
            result,
            offset,
            limit,
        };
        sit.engine.import_rows(args)
    };
    let refused = rows(Some(ImportResult::Refused), 0, 10).unwrap();
    let told: Vec<_> = refused
        .rows
        .iter()
        .map(|row| (row.line, row.refusal.as_ref().unwrap().code))
        .collect();
    assert_eq!(
        told,
        [(4, RefusalCode::OverlapsInFile), (5, RefusalCode::NotATime)]
    );
    let page = rows(None, 1, 2).unwrap();
    assert_eq!(page.total, 4);
    assert_eq!(
        page.rows.iter().map(|row| row.line).collect::<Vec<_>>(),
        [3, 4]
    );
    assert_eq!(
        rows(None, 0, 501).unwrap_err().code,
        ErrorCode::InvalidRequest
    );
    let report = house.folder.path().join("rows.csv");
    sit.engine
        .save_import_rows(SaveRowsArgs {
            path: report.to_str().unwrap().into(),
        })
        .unwrap();
    assert_eq!(
        fs::read_to_string(report).unwrap(),
        "line,result,started_at,credited_s,remark,reason,about\n\
         2,new,2025-01-02T08:00:00+01:00,1200,,,\n\
         3,new,2025-01-03T08:00:00+01:00,1200,,,\n\
         4,refused,2025-01-03T08:10:00+01:00,1200,,overlaps_in_file,line 3\n\
         5,refused,,,,not_a_time,soon\n"
    );
}

#[test]
fn half_of_a_last_row_is_refused_and_the_file_said_to_break_off() {
    let house = House::new();
    let sit = house.open();
    let text = format!("{FILE}01/04/2025 08:00:00,0:2");
    let path = file(&house, "insight.csv", &text);
    let preview = sit.engine.import_preview(answered(&path)).unwrap();
    assert!(preview.breaks_off);
    assert_eq!(preview.counts, counts(2, 0, 0, 3));
    let args = ImportRowsArgs {
        result: Some(ImportResult::Refused),
        offset: 0,
        limit: 99,
    };
    let rows = sit.engine.import_rows(args).unwrap().rows;
    let last = rows.last().unwrap();
    let reason = last.refusal.as_ref().map(|refusal| refusal.code);
    assert_eq!((last.line, reason), (6, Some(RefusalCode::BreaksOff)));
    let whole = file(&house, "whole.csv", FILE);
    assert!(
        !sit.engine
            .import_preview(answered(&whole))
            .unwrap()
            .breaks_off
    );
}

#[test]
fn the_same_file_read_otherwise_needs_the_first_import_undone() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "insight.csv", FILE);
    let import = sit
        .engine
        .import_file(answered(&path))
        .unwrap()
        .import
        .unwrap();
    let tokyo = ImportFileArgs {
        zone: Some("Asia/Tokyo".into()),
        ..answered(&path)
    };
    let preview = sit.engine.import_preview(tokyo.clone()).unwrap();
    assert!(preview.is_read_otherwise);
    assert_eq!(preview.before.unwrap().import_seq, import.import_seq);
    let error = sit.engine.import_file(tokyo.clone()).unwrap_err();
    assert_eq!(error.code, ErrorCode::ImportOtherwise);
    sit.engine
        .undo_import(OfImport {
            import_seq: import.import_seq,
        })
        .unwrap();
    assert_eq!(
        sit.engine.import_file(tokyo).unwrap().counts,
        counts(2, 0, 0, 2)
    );
    assert_eq!(all_sits(&sit), 2);
}

/// The sit that the timer recorded is the one that another app recorded too.
#[test]
fn a_sit_of_the_timer_is_there_already() {
    let house = House::new();
    let sit = house.open();
    sit.begin(plain(1200));
    sit.pass(1_200_000);
    sit.flush();
    // 19:00 in Berlin; the other app was started half a minute later.
    let text = "Started At,Duration,Preset,Activity\n01/14/2026 19:00:30,0:20:0,,\n";
    let path = file(&house, "insight.csv", text);
    sit.pass(3_600_000);
    let done = sit.engine.import_file(answered(&path)).unwrap();
    assert_eq!(done.counts, counts(0, 0, 1, 0));
    assert_eq!(all_sits(&sit), 1);
}

#[test]
fn what_cannot_be_read_is_named() {
    let house = House::new();
    let sit = house.open();
    let code = |path: &std::path::Path| sit.engine.import_preview(asked(path)).unwrap_err().code;
    assert_eq!(
        code(&house.folder.path().join("none.csv")),
        ErrorCode::FileUnreadable
    );
    assert_eq!(code(house.folder.path()), ErrorCode::FileUnreadable);
    for (name, text, expected) in [
        ("empty.csv", "", ErrorCode::ImportEmpty),
        ("export.zip", "PK\u{3}\u{4}", ErrorCode::ImportZip),
        (
            "backup.sqlite3",
            "SQLite format 3\0",
            ErrorCode::ImportDatabase,
        ),
        (
            "noise.bin",
            "\u{7f}ELF\u{2}\u{1}\u{1}\0\0\0\0\0",
            ErrorCode::ImportBinary,
        ),
        ("other.csv", "a,b\n", ErrorCode::ImportUnknown),
        (
            "newer.json",
            r#"{"format":"mitta-history","version":9,"sits":[]}"#,
            ErrorCode::ImportNewer,
        ),
        (
            "broken.json",
            r#"{"format":"mitta-history","version":1,"sits":[}"#,
            ErrorCode::ImportBroken,
        ),
    ] {
        assert_eq!(code(&file(&house, name, text)), expected, "{name}");
    }
}

/// I8: export, an empty app, import: equal sits, totals and digests.
#[test]
fn what_was_exported_fills_an_empty_app_with_the_same() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, "insight.csv", FILE);
    sit.engine.import_file(answered(&path)).unwrap();
    let view = sit.begin(plain(60));
    sit.pass(60_000);
    sit.flush();
    let words = Words {
        note: Some("a note, \"quoted\"\nand more".into()),
        ..Words::default()
    };
    sit.engine
        .describe(DescribeArgs {
            session_id: view.session_id,
            words,
        })
        .unwrap();
    let digest = |house: &House| {
        let mut digest = Digest::default();
        house
            .reader()
            .each_session(|session, _| {
                digest.add_session(session);
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        digest
    };
    for (format, name) in [
        (HistoryFormat::Json, "sits.json"),
        (HistoryFormat::Csv, "sits.csv"),
    ] {
        let to = house.folder.path().join(name);
        let exported = sit
            .engine
            .export_history(ExportHistoryArgs {
                path: to.to_str().unwrap().into(),
                format,
            })
            .unwrap();
        assert_eq!(exported.sits, 3);
        let empty = House::new();
        let other = empty.open();
        let done = other.engine.import_file(asked(&to)).unwrap();
        assert_eq!(done.counts, counts(3, 0, 0, 0), "{name}");
        assert_eq!(digest(&empty), digest(&house), "{name}");
        let (mine, theirs) = (
            sit.engine.totals(Nothing {}),
            other.engine.totals(Nothing {}),
        );
        assert_eq!(mine.unwrap().all, theirs.unwrap().all);
        assert_eq!(empty.session(view.session_id).start.source, Source::Timer);
    }
    let error = sit
        .engine
        .export_history(ExportHistoryArgs {
            path: house
                .folder
                .path()
                .join("no/such/folder.json")
                .to_str()
                .unwrap()
                .into(),
            format: HistoryFormat::Json,
        })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::ExportNotWritable);
}
