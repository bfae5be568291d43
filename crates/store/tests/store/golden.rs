//! The database as earlier versions wrote it, kept to the byte: every later version opens it.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::Weekday;
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::session::Stamp;
use mitta_domain::settings::{Language, RestDays};
use mitta_domain::{Seconds, Settings, Sharing, State, UnixMillis};
use mitta_store::{ClockRow, Edit, HistoryFilter, OutboxRow, Writer};

use rstest::rstest;
use rusqlite::Connection;

use crate::imports::{new_import, whole};
use crate::pages::membership;
use crate::past::{ops, past, time as past_time};
use crate::presets::preset;
use crate::reminders::{quiet, reminder, ring};
use crate::server::{OWNER, SERVER, sign_in};
use crate::settings::shortcut;
use crate::support::{
    Folder, T0, at, completion, device, heartbeat, note, op, session, sit, start,
};
use crate::together::seat;

const NEWEST: u32 = 8;

fn golden(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{version}.sqlite3"))
}

/// What the golden database of the newest version holds. That of V7 holds the same, without presets,
/// reminders and a shortcut, and with a correction of those days; that of V6 in the language of the system;
/// that of V5 without an import; that of V4 without a sit that was added and one whose date was corrected;
/// that of V3 without a goal; that of V2 without a partner; that of V1 without sharing.
fn write(folder: &Folder, writer: &mut Writer) {
    write_v4(folder, writer);
    correct_a_date(writer);
    import_two(writer);
    for (n, name) in [(1, "Morning"), (2, "Noon"), (3, "Evening")] {
        writer.add_preset(&preset(n, name)).unwrap();
    }
    let noon = preset(2, "Noon").preset_id;
    writer.delete_preset(noon, UnixMillis(T0)).unwrap();
    for n in [400, 700] {
        writer.add_reminder(&reminder(n)).unwrap();
    }
    writer
        .set_quiet_hours(Some(quiet()), UnixMillis(T0))
        .unwrap();
    let rang = ring(400, "2026-11-21");
    assert_eq!(writer.claim_rings(&[rang]).unwrap(), [rang]);
    let settings = Settings {
        shortcut: Some(shortcut()),
        ..settings_of_v7()
    };
    writer.save_settings(&settings).unwrap();
}

fn settings_of_v7() -> Settings {
    Settings {
        language: Language::De,
        text_percent: 125,
        ..settings_of_v4()
    }
}

fn write_v7(folder: &Folder, writer: &mut Writer) {
    write_v6(folder, writer);
    writer.save_settings(&settings_of_v7()).unwrap();
}

fn write_v6(folder: &Folder, writer: &mut Writer) {
    write_v5(folder, writer);
    import_two(writer);
    // In those days ids of ops that are made of content did not begin with the time of their sit.
    let made_then = [
        "d3010496-f793-8f63-9fd8-e06c51bd01af",
        "30bc0a28-8264-83ea-a2aa-2d42064454ee",
        "c7b75dc0-91b9-8390-99a0-3649b2944a48",
        "cfcbb8d1-be9b-8a11-bcda-a8cf97da1bb7",
    ];
    let sql = "UPDATE outbox SET op_id = ?2, \
               payload = CAST(replace(CAST(payload AS TEXT), op_id, ?2) AS BLOB) \
               WHERE device_seq = ?1";
    for (device_seq, op_id) in (14..).zip(made_then) {
        folder.sqlite().execute(sql, (device_seq, op_id)).unwrap();
    }
}

fn import_two(writer: &mut Writer) {
    let import_seq = writer.begin_import(&new_import("a")).unwrap();
    let sits = [whole(1), whole(2)];
    writer
        .import(import_seq, &sits, UnixMillis(T0), || op(99))
        .unwrap();
    writer.finish_import(import_seq, UnixMillis(T0)).unwrap();
}

fn write_v5(folder: &Folder, writer: &mut Writer) {
    write_v4(folder, writer);
    correct_a_date(writer);
    // In those days a correction did not say of itself that it counts.
    let unsaid = format!(
        "DELETE FROM outbox WHERE op_id = '{}';
         UPDATE sessions SET deleted_hlc_ms = 0, deleted_device_id = '{}', deleted_device_seq = 0
         WHERE session_id = '{}';
         UPDATE device SET next_seq = next_seq - 1,
                           hlc_ms = (SELECT max(deleted_hlc_ms) FROM sessions)",
        op(64),
        Stamp::UNWRITTEN.device_id,
        session(6)
    );
    folder.sqlite().execute_batch(&unsaid).unwrap();
}

fn correct_a_date(writer: &mut Writer) {
    writer.add(&past(5), UnixMillis(T0), ops(50)).unwrap();
    let replaced = writer.replace(session(5), &past_time(6, 2), UnixMillis(T0), ops(60));
    replaced.unwrap();
}

fn settings_of_v4() -> Settings {
    Settings {
        day_start_hour: 3,
        weekly_goal_s: Some(Seconds(9000)),
        show_streak: true,
        rest_days: RestDays([Weekday::Sun].into_iter().collect()),
        ..Settings::default()
    }
}

fn write_v4(folder: &Folder, writer: &mut Writer) {
    write_v3(folder, writer);
    writer.save_settings(&settings_of_v4()).unwrap();
}

fn write_v3(folder: &Folder, writer: &mut Writer) {
    write_v2(folder, writer);
    sign_in(writer);
    let mut membership = membership(&[1]);
    membership.partnerships[0].members[0].heard_at_ms = Some(UnixMillis(T0));
    writer.apply_membership(SERVER, &membership).unwrap();
    writer.take_seat(OWNER, &seat(1, 500)).unwrap();
    let clock = ClockRow {
        measured_at_ms: UnixMillis(T0),
        server_minus_wall_ms: -250,
        boot_id: "2f0c7a0e-boot".into(),
        server_minus_boot_ms: T0,
        error_ms: 12,
    };
    writer.clock_measured(OWNER, &clock).unwrap();
}

fn write_v2(folder: &Folder, writer: &mut Writer) {
    write_v1(folder, writer);
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

fn write_v1(_: &Folder, writer: &mut Writer) {
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
    write(&folder, &mut writer);
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
    assert_eq!(writer.device_id().unwrap(), device(1));
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

#[rstest]
#[case(2, write_v2)]
#[case(5, write_v5)]
#[case(6, write_v6)]
#[case(7, write_v7)]
fn a_database_of_a_later_version_opens_with_all_it_holds(
    #[case] version: u32,
    #[case] write: fn(&Folder, &mut Writer),
) {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(version), kept.dir.database()).unwrap();
    let (_, opened) = kept.open();
    assert!(opened.backup.is_some() && opened.set_aside.is_none());
    write(&fresh, &mut fresh.writer());
    assert_eq!(kept.contents(), fresh.contents());
    kept.assert_sound();
}

#[test]
fn a_database_of_the_third_version_opens_with_all_it_holds() {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(3), kept.dir.database()).unwrap();
    let (_, opened) = kept.open();
    assert!(opened.backup.is_some() && opened.set_aside.is_none());
    write_v3(&fresh, &mut fresh.writer());
    assert_eq!(kept.contents(), fresh.contents());
    let settings = kept.reader().settings().unwrap();
    assert_eq!(settings, fresh.reader().settings().unwrap());
    for folder in [&kept, &fresh] {
        let filter = HistoryFilter {
            text: Some("second".into()),
            ..HistoryFilter::default()
        };
        let found = folder.reader().found_page(&filter, None, 10).unwrap();
        assert_eq!(found.len(), 1);
    }
    kept.assert_sound();
}

#[test]
fn a_database_of_the_fourth_version_opens_with_all_it_holds() {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(4), kept.dir.database()).unwrap();
    let (_, opened) = kept.open();
    assert!(opened.backup.is_some() && opened.set_aside.is_none());
    write_v4(&fresh, &mut fresh.writer());
    assert_eq!(kept.contents(), fresh.contents());
    let settings = kept.reader().settings().unwrap();
    assert_eq!(settings, fresh.reader().settings().unwrap());
    kept.assert_sound();
}

#[test]
fn a_database_of_the_fifth_version_opens_with_all_it_holds() {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(5), kept.dir.database()).unwrap();
    let (_, opened) = kept.open();
    assert!(opened.backup.is_some() && opened.set_aside.is_none());
    write_v5(&fresh, &mut fresh.writer());
    assert_eq!(kept.contents(), fresh.contents());
    kept.assert_sound();
}

#[test]
fn a_database_of_the_sixth_version_opens_with_all_it_holds() {
    let (kept, fresh) = (Folder::new(), Folder::new());
    kept.dir.create().unwrap();
    fs::copy(golden(6), kept.dir.database()).unwrap();
    let (_, opened) = kept.open();
    assert!(opened.backup.is_some() && opened.set_aside.is_none());
    write_v6(&fresh, &mut fresh.writer());
    assert_eq!(kept.contents(), fresh.contents());
    assert_eq!(kept.reader().settings().unwrap(), settings_of_v4());
    kept.assert_sound();
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
    write(&fresh, &mut writer);
    assert_eq!(kept.contents(), fresh.contents());
    let settings = kept.reader().settings().unwrap();
    assert_eq!(settings, fresh.reader().settings().unwrap());
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
    assert_eq!(kept.value::<String>(schema), fresh.value::<String>(schema));
}
