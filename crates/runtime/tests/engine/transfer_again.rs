//! The same file again, when something else has changed meanwhile: what was sat counts once (I3), and
//! what a person has deleted stays deleted.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_domain::Settings;
use mitta_runtime::api::{
    Commands as _, ErrorCode, HistoryArgs, ImportCounts, ImportFileArgs, ImportResult,
    ImportRowView, ImportRowsArgs, Nothing, OfSession, SaveRowsArgs,
};
use mitta_store::NewImport;

use crate::harness::{House, Sit};

/// Half past three in the night, and a morning.
const APPLE: &str = r#"<HealthData>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 03:30:00 +0100" endDate="2025-01-31 03:50:00 +0100"/>
 <Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-01-31 08:00:00 +0100" endDate="2025-01-31 08:20:00 +0100"/>
</HealthData>
"#;
const MEDITATE: &str = "start_time_unix,duration_secs,mode,label,note\n1735804800,1200,timer,,\n";

fn file(house: &House, text: &str) -> PathBuf {
    let path = house.folder.path().join("sits");
    fs::write(&path, text).unwrap();
    path
}

fn of(path: &Path) -> ImportFileArgs {
    ImportFileArgs {
        path: path.to_str().unwrap().to_owned(),
        zone: None,
        dates: None,
        times: None,
    }
}

fn in_zone(path: &Path, zone: &str) -> ImportFileArgs {
    ImportFileArgs {
        zone: Some(zone.into()),
        ..of(path)
    }
}

fn days_begin_at(sit: &Sit, day_start_hour: u8) {
    let settings = Settings {
        day_start_hour,
        ..Settings::default()
    };
    sit.engine.save_settings(settings).unwrap();
}

fn rows(sit: &Sit) -> Vec<ImportRowView> {
    let args = ImportRowsArgs {
        result: None,
        offset: 0,
        limit: 99,
    };
    sit.engine.import_rows(args).unwrap().rows
}

fn sits(sit: &Sit) -> u32 {
    sit.engine.totals(Nothing {}).unwrap().all.sits
}

/// By its start, which nobody can take for another.
fn delete_the_first(sit: &Sit) {
    let args = HistoryArgs {
        before: None,
        limit: 99,
    };
    let page = sit.engine.history(args).unwrap();
    let first = page.sits.last().unwrap();
    let session_id = first.session_id;
    sit.engine.delete_session(OfSession { session_id }).unwrap();
}

/// Nobody was asked anything: a setting is no answer.
#[test]
fn a_file_is_not_refused_because_a_setting_changed() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, APPLE);
    assert_eq!(sit.engine.import_file(of(&path)).unwrap().counts.new, 2);
    days_begin_at(&sit, 2);
    let preview = sit.engine.import_preview(of(&path)).unwrap();
    assert!(preview.before.is_some() && !preview.is_read_otherwise);
    let done = sit.engine.import_file(of(&path)).unwrap();
    assert_eq!((done.counts.already_there, done.import), (2, None));
    assert_eq!(sits(&sit), 2);
}

/// With other answers the rows are elsewhere in time, unless they say when they were.
#[test]
fn other_answers_are_refused_where_they_would_bring_something() {
    let house = House::new();
    let sit = house.open();
    let table = "Started At,Duration,Preset,Activity\n2025-01-02 08:00:00,0:20:0,,\n";
    for (text, is_refused) in [(MEDITATE, false), (table, true)] {
        let path = file(&house, text);
        let berlin = in_zone(&path, "Europe/Berlin");
        assert_eq!(sit.engine.import_file(berlin).unwrap().counts.new, 1);
        let tokyo = in_zone(&path, "Asia/Tokyo");
        let preview = sit.engine.import_preview(tokyo.clone()).unwrap();
        assert_eq!(preview.is_read_otherwise, is_refused);
        let done = sit.engine.import_file(tokyo);
        if is_refused {
            assert_eq!(done.unwrap_err().code, ErrorCode::ImportOtherwise);
        } else {
            let done = done.unwrap();
            assert_eq!((done.counts.already_there, done.import), (1, None));
        }
    }
    assert_eq!(sits(&sit), 2);
}

/// In another zone, or with days that begin at another hour, a row has another id.
#[test]
fn a_deleted_sit_does_not_come_back_under_another_id() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, APPLE);
    sit.engine.import_file(of(&path)).unwrap();
    delete_the_first(&sit);
    days_begin_at(&sit, 2);
    // The next export has one record more.
    let more = APPLE.replace(
        "</HealthData>",
        r#"<Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="Watch" startDate="2025-02-01 08:00:00 +0100" endDate="2025-02-01 08:20:00 +0100"/></HealthData>"#,
    );
    let path = file(&house, &more);
    let preview = sit.engine.import_preview(of(&path)).unwrap();
    let done = sit.engine.import_file(of(&path)).unwrap();
    let expected = ImportCounts {
        new: 1,
        already_there: 1,
        deleted_here: 1,
        ..ImportCounts::default()
    };
    assert_eq!((preview.counts, done.counts), (expected, expected));
    assert_eq!(sits(&sit), 2);
}

/// An import that was cut short before its first sit is nothing that anybody could undo.
#[test]
fn an_import_that_brought_nothing_keeps_no_file_out() {
    let house = House::new();
    let sit = house.open();
    let path = file(&house, MEDITATE);
    let made = sit
        .engine
        .import_file(in_zone(&path, "Asia/Tokyo"))
        .unwrap();
    let row = house.reader().imports().unwrap().remove(0);
    sit.engine
        .undo_import(mitta_runtime::api::OfImport {
            import_seq: made.import.unwrap().import_seq,
        })
        .unwrap();
    let (mut writer, _) = mitta_store::Writer::open(
        &house.dir(),
        mitta_store::Opening::new(
            row.begun_at_ms,
            mitta_domain::DeviceId::from_uuid(uuid::Uuid::from_u128(1)),
        ),
    )
    .unwrap();
    writer
        .begin_import(&NewImport {
            file_name: row.file_name,
            kind: row.kind,
            content_sha256: row.content_sha256,
            reading: row.reading,
            begun_at_ms: row.begun_at_ms,
        })
        .unwrap();
    drop(writer);
    let berlin = in_zone(&path, "Europe/Berlin");
    let preview = sit.engine.import_preview(berlin.clone()).unwrap();
    assert!(preview.before.is_none() && !preview.is_read_otherwise);
    assert_eq!(sit.engine.import_file(berlin).unwrap().counts.new, 1);
    assert_eq!(sits(&sit), 1);
}

/// The row's own time in its own zone, and that of the sit that it meets.
#[test]
fn a_row_that_is_there_or_collides_says_when_it_was() {
    let house = House::new();
    let sit = house.open();
    sit.engine.import_file(of(&file(&house, APPLE))).unwrap();
    // 08:00:30 and 03:40 in Berlin, as a clock in Tokyo showed them.
    let table = "started_at,credited_s\n\
        2025-01-31T16:00:30+09:00,1200\n2025-01-31T11:40:00+09:00,1200\n";
    let path = file(&house, table);
    sit.engine.import_file(of(&path)).unwrap();
    let told: Vec<_> = rows(&sit)
        .iter()
        .map(|row| {
            let ms = |at: Option<mitta_domain::UnixMillis>| at.unwrap().0 / 60_000 % 1440;
            let own = ms(row.started_at_ms);
            (
                row.result,
                own,
                row.utc_offset_s,
                ms(row.other_started_at_ms),
            )
        })
        .collect();
    let expected = [
        (ImportResult::AlreadyThere, 7 * 60, 32_400, 7 * 60),
        (ImportResult::Refused, 2 * 60 + 40, 32_400, 2 * 60 + 30),
    ];
    assert_eq!(told, expected);
    let report = house.folder.path().join("rows.csv");
    sit.engine
        .save_import_rows(SaveRowsArgs {
            path: report.to_str().unwrap().into(),
        })
        .unwrap();
    assert_eq!(
        fs::read_to_string(report).unwrap(),
        "line,result,started_at,credited_s,remark,reason,about\n\
         2,already_there,2025-01-31T16:00:30+09:00,1200,,,2025-01-31T16:00:00+09:00\n\
         3,refused,2025-01-31T11:40:00+09:00,1200,,overlaps_here,2025-01-31T11:30:00+09:00\n"
    );
}
