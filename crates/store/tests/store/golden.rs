//! The database as earlier versions wrote it, kept to the byte: every later version opens it.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::session::Stamp;
use mitta_domain::{Seconds, Settings, Sharing, State};
use mitta_store::{Edit, OutboxRow, Writer};

use rusqlite::Connection;

use crate::support::{Folder, at, completion, device, heartbeat, note, op, session, sit, start};

const NEWEST: u32 = 2;

fn golden(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{version}.sqlite3"))
}

/// What the golden database of the newest version holds. That of V1 holds the same, without sharing.
fn write(writer: &mut Writer) {
    write_v1(writer);
    writer
        .edit(
            session(1),
            &Edit::Sharing(Sharing {
                shared: true,
                note_shared: true,
            }),
            at(15),
        )
        .unwrap();
}

fn write_v1(writer: &mut Writer) {
    let edited = sit(writer, 1, 600);
    writer
        .edit(edited, &Edit::Words(note("first")), at(12))
        .unwrap();
    writer
        .edit(edited, &Edit::Words(note("second")), at(13))
        .unwrap();
    writer
        .edit(edited, &Edit::Credited(Seconds(590)), at(14))
        .unwrap();
    let discarded = start(writer, 2);
    writer
        .discard(discarded, &completion(0), at(21), op(22))
        .unwrap();
    let running = start(writer, 3);
    writer.heartbeat(running, &heartbeat(15_000)).unwrap();
    writer
        .save_settings(&Settings {
            day_start_hour: 3,
            ..Settings::default()
        })
        .unwrap();
}

#[test]
#[ignore = "writes tests/golden; run once when a version is released"]
fn writes_the_golden_database() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    write(&mut writer);
    drop(writer);
    let target = golden(NEWEST);
    folder
        .sqlite()
        .execute("VACUUM INTO ?1", [target.to_str().unwrap()])
        .unwrap();
}

#[test]
fn a_database_of_the_first_version_opens_with_all_it_holds() {
    let folder = Folder::new();
    folder.dir.create().unwrap();
    fs::copy(golden(1), folder.dir.database()).unwrap();
    let (mut writer, opened) = folder.open();
    let backup = opened.backup.expect("a copy from before the migration");
    let version: u32 = Connection::open(backup)
        .unwrap()
        .query_row(
            "SELECT max(version) FROM refinery_schema_history",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(version, 1);
    assert_eq!(opened.set_aside, None);
    assert_eq!(writer.device_id(), device(1));
    let reader = folder.reader();
    let edited = reader.session(session(1)).unwrap().unwrap();
    assert_eq!(
        (edited.credited_s(), &edited.words),
        (Seconds(590), &note("second"))
    );
    assert_eq!(reader.revisions(session(1)).unwrap().len(), 1);
    assert_eq!(
        (edited.sharing, edited.sharing_stamp),
        (Sharing::default(), Stamp::UNWRITTEN),
        "a sit of V1 is shared as any other, without its note"
    );
    assert!(reader.session(session(2)).unwrap().unwrap().deleted);
    let running = reader.session(session(3)).unwrap().unwrap();
    assert_eq!(running.state(), State::Running);
    assert_eq!(
        reader.unfinished().unwrap()[0].last_seen,
        Some(heartbeat(15_000))
    );
    assert_eq!(reader.settings().unwrap().day_start_hour, 3);
    check_ops_of_v1(&reader.outbox().unwrap());
    writer
        .complete(session(3), &completion(600), at(31))
        .unwrap();
    folder.assert_sound();
}

/// No server has seen the ops of V1, so V2 has given them what its ops carry: they are byte for byte
/// what this program would have written, and none is folded or lost.
fn check_ops_of_v1(outbox: &[OutboxRow]) {
    let seqs: Vec<_> = outbox.iter().map(|row| row.device_seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let mut ends: Vec<Vec<_>> = Vec::new();
    for row in outbox {
        assert_eq!(row.payload, row.op.to_bytes().unwrap());
        if let Change::Complete { events, .. } = &row.op.change {
            ends.push(events.iter().map(|e| (e.event_seq, e.kind)).collect());
        }
    }
    let sat = vec![(1, EventKind::Started), (2, EventKind::Completed)];
    let discarded = vec![(1, EventKind::Started), (2, EventKind::Discarded)];
    assert_eq!(ends, [sat, discarded]);
}

/// The kept file is what this program writes, so that the test above tests the real thing.
#[test]
fn the_golden_database_of_the_newest_version_is_what_this_program_writes() {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(NEWEST), kept.dir.database()).unwrap();
    let mut writer = fresh.writer();
    write(&mut writer);
    assert_eq!(kept.contents(), fresh.contents());
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
    assert_eq!(kept.value::<String>(schema), fresh.value::<String>(schema));
}
