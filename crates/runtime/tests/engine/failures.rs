//! Writes that fail, at every point of a sit (I2, I4, I9): at Begin nothing rings and the person
//! is told; later the bells ring on time, nothing says "recorded", and a retry succeeds.

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::event::EventKind;
use mitta_domain::session::Words;
use mitta_domain::{Seconds, State};
use mitta_runtime::api::{
    Commands as _, DescribeArgs, ErrorCode, Nothing, NoticeTopic, Recording, SitPhase,
};
use mitta_runtime::clock::Clock as _;
use mitta_runtime::sound::Recorded;
use rstest::rstest;
use rusqlite::Connection;

use crate::harness::{House, Sit, every, of, plain};

/// Another program that keeps a table from being written.
struct Blocked(Connection);

impl Blocked {
    fn table(house: &House, verb_and_table: &str) -> Self {
        let connection = house.other_program();
        let sql = format!(
            "CREATE TRIGGER blocked BEFORE {verb_and_table} BEGIN SELECT RAISE(ABORT, 'no'); END"
        );
        connection.execute_batch(&sql).unwrap();
        Self(connection)
    }

    fn free(self) {
        self.0.execute_batch("DROP TRIGGER blocked").unwrap();
    }
}

fn retry(sit: &Sit) {
    sit.engine.retry_recording(Nothing {}).unwrap();
    sit.flush();
}

/// Nothing rings, nothing is seated, the lock is free.
fn check_nothing_begun(sit: &Sit) {
    assert_eq!(
        sit.bells.calls(),
        [Recorded::Prepare, Recorded::Silence, Recorded::Release]
    );
    assert!(sit.snapshot().sit.is_none());
    assert_eq!(sit.engine.deadline(), None);
    assert!(!sit.engine.is_sitting());
    assert!(sit.views_told().is_empty());
}

#[test]
fn a_database_that_is_locked_at_begin_is_said_and_nothing_rings() {
    let house = House::new();
    let sit = house.open();
    let before = house.dump();
    let other = house.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = sit.engine.begin(plain(60)).unwrap_err();
    assert_eq!(error.code, ErrorCode::DatabaseBusy);
    other.execute_batch("ROLLBACK").unwrap();

    check_nothing_begun(&sit);
    assert_eq!(house.dump(), before);
    sit.begin(plain(60));
}

/// Row, event, op and heartbeat are one transaction (I4).
#[rstest]
#[case::row("INSERT ON sessions")]
#[case::event("INSERT ON session_events")]
#[case::op("INSERT ON outbox")]
#[case::heartbeat("INSERT ON heartbeat")]
fn a_begin_of_which_one_part_cannot_be_written_leaves_nothing(#[case] part: &str) {
    let house = House::new();
    let sit = house.open();
    let blocked = Blocked::table(&house, part);
    let before = house.dump();
    let error = sit.engine.begin(plain(60)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    check_nothing_begun(&sit);
    assert_eq!(house.dump(), before);
    blocked.free();
    sit.begin(plain(60));
}

#[test]
fn a_data_folder_that_cannot_be_made_is_said_at_launch() {
    let mut house = House::new();
    let file = house.folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    house.data_in(file.join("mitta"));
    let error = house.try_open(true).err().unwrap();
    assert_eq!(error.code, ErrorCode::NotWritable, "{error}");
}

#[test]
fn a_newer_database_is_left_alone_and_a_damaged_one_is_set_aside_and_said() {
    let house = House::new();
    house.open().quit();
    house
        .other_program()
        .execute_batch("INSERT INTO refinery_schema_history SELECT version + 1000, name, applied_on, checksum FROM refinery_schema_history LIMIT 1")
        .unwrap();
    let bytes = std::fs::read(house.dir().database()).unwrap();
    assert_eq!(
        house.try_open(true).err().unwrap().code,
        ErrorCode::DatabaseNewer
    );
    assert_eq!(std::fs::read(house.dir().database()).unwrap(), bytes);

    let house = House::new();
    std::fs::write(house.dir().database(), [7; 8192]).unwrap();
    let sit = house.open();
    assert_eq!(
        sit.notice(NoticeTopic::Database).unwrap().code,
        ErrorCode::DatabaseCorrupt
    );
    sit.begin(plain(60));
}

#[test]
fn while_the_database_is_locked_the_end_rings_and_is_recorded_when_it_is_free() {
    let house = House::new();
    let sit = house.open();
    let begun_ms = house.clock.now().boot_ms;
    let view = sit.begin(every(60, plain(120)));
    sit.pass(119_000);
    sit.flush();
    let other = house.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    sit.pass(1_000);

    assert_eq!(
        sit.bells.struck_since(begun_ms),
        [(0, Start), (60_000, Interval), (120_000, End)]
    );
    let shown = sit.snapshot().sit.unwrap();
    assert_eq!(shown.phase, SitPhase::Ended);
    assert_ne!(shown.recording, Recording::Recorded);
    assert_eq!(
        sit.recording_notice().unwrap().code,
        ErrorCode::DatabaseBusy
    );
    assert_eq!(sit.snapshot().sit.unwrap().recording, Recording::Failing);

    other.execute_batch("ROLLBACK").unwrap();
    retry(&sit);
    assert_eq!(sit.view().recording, Recording::Recorded);
    assert_eq!(sit.recording_notice(), None);
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(120));
    assert_eq!(house.changes(), ["sat"]);
}

/// Row, event and op of a completion are one transaction (I4), and it is tried again as it is.
#[rstest]
#[case::row("UPDATE ON sessions")]
#[case::event("INSERT ON session_events")]
#[case::op("INSERT ON outbox")]
#[case::heartbeat("DELETE ON heartbeat")]
fn a_completion_that_cannot_be_written_is_tried_again_whole(#[case] part: &str) {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(60));
    sit.pass(59_000);
    sit.flush();
    let blocked = Blocked::table(&house, part);
    let before = house.dump();
    sit.pass(1_000);

    assert_eq!(sit.recording_notice().unwrap().code, ErrorCode::Storage);
    assert_eq!(sit.view().recording, Recording::Failing);
    assert_eq!(house.dump(), before, "no part of it was kept");
    assert_eq!(sit.bells.kinds(), [Start, End]);
    let told = sit.views_told();
    assert!(
        told.iter()
            .flatten()
            .all(|v| (v.phase, v.recording) != (SitPhase::Ended, Recording::Recorded))
    );

    blocked.free();
    retry(&sit);
    assert_eq!(sit.view().recording, Recording::Recorded);
    assert_eq!(sit.recording_notice(), None);
    assert_eq!(
        house.events(view.session_id),
        [EventKind::Started, EventKind::Completed]
    );
    assert_eq!(house.changes(), ["sat"]);
}

#[test]
fn a_heartbeat_that_cannot_be_written_is_said_and_made_up_for() {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(600)).session_id;
    let blocked = Blocked::table(&house, "UPDATE ON heartbeat");
    sit.pass(15_000);
    assert_eq!(sit.recording_notice().unwrap().code, ErrorCode::Storage);
    assert_eq!(sit.view().recording, Recording::Failing);
    sit.pass(30_000);
    blocked.free();
    retry(&sit);

    assert_eq!(sit.recording_notice(), None);
    assert_eq!(sit.view().recording, Recording::Recorded);
    let unfinished = house.reader().unfinished().unwrap();
    assert_eq!(unfinished[0].start.session_id, session_id);
    let progress = unfinished[0].last_seen.as_ref().unwrap().progress;
    assert_eq!(progress.elapsed_ms, 45_000, "the newest one is what counts");
}

#[test]
fn a_heartbeat_that_fails_does_not_hold_up_a_record() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    let blocked = Blocked::table(&house, "UPDATE ON heartbeat");
    sit.pass(20_000);
    sit.engine.discard(of(&view)).unwrap();
    sit.flush();
    assert!(house.session(view.session_id).deleted);
    assert_eq!(sit.view().recording, Recording::Recorded);
    assert_eq!(
        sit.recording_notice(),
        None,
        "nothing is left to be written"
    );
    blocked.free();
}

#[test]
fn records_that_waited_are_written_in_the_order_in_which_they_happened() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.flush();
    let blocked = Blocked::table(&house, "INSERT ON session_events");
    sit.engine.pause(of(&view)).unwrap();
    sit.pass(5_000);
    sit.engine.resume(of(&view)).unwrap();
    sit.pass(60_000);
    sit.engine.end(of(&view)).unwrap();
    sit.engine.finish(of(&view)).unwrap();
    assert_eq!(sit.view().recording, Recording::Failing);
    blocked.free();
    retry(&sit);

    let events = house.events(view.session_id);
    let names: Vec<_> = events.into_iter().map(EventKind::name).collect();
    assert_eq!(
        names,
        ["started", "paused", "resumed", "end_requested", "completed"]
    );
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(
        (completion.credited_s, completion.paused_s),
        (Seconds(60), Seconds(5))
    );
    assert_eq!(sit.view().recording, Recording::Recorded);
}

#[test]
fn while_the_last_end_cannot_be_written_a_new_sit_is_refused_with_the_reason() {
    let house = House::new();
    let sit = house.open();
    let first = sit.begin(plain(60));
    sit.flush();
    let blocked = Blocked::table(&house, "UPDATE ON sessions");
    sit.pass(60_000);
    let error = sit.engine.begin(plain(60)).unwrap_err();
    assert_eq!(
        (error.code, error.session_id),
        (ErrorCode::Storage, Some(first.session_id))
    );
    sit.engine.dismiss(of(&first)).unwrap();
    assert!(
        sit.snapshot().sit.is_none(),
        "put away, and yet not forgotten"
    );
    sit.engine.begin(plain(60)).unwrap_err();
    assert_eq!(house.session(first.session_id).state(), State::Running);
    let terminal = house.open_terminal();
    let elsewhere = terminal.snapshot().elsewhere;
    assert_eq!(elsewhere, Some(first.session_id), "it is nobody else's yet");

    blocked.free();
    sit.begin(plain(60));
    assert_eq!(house.session(first.session_id).state(), State::Completed);
}

#[test]
fn what_could_not_be_written_is_tried_once_more_on_leaving() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(60));
    sit.flush();
    let blocked = Blocked::table(&house, "UPDATE ON sessions");
    sit.pass(60_000);
    assert_eq!(sit.view().recording, Recording::Failing);
    blocked.free();
    sit.quit();
    assert_eq!(house.session(view.session_id).state(), State::Completed);
}

#[test]
fn words_for_a_sit_whose_end_is_not_written_yet_are_refused_not_lost_in_between() {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(60)).session_id;
    sit.flush();
    let blocked = Blocked::table(&house, "UPDATE ON sessions");
    sit.pass(60_000);
    let words = Words {
        note: Some("calm".to_owned()),
        ..Words::default()
    };
    let describe = || {
        sit.engine.describe(DescribeArgs {
            session_id,
            words: words.clone(),
        })
    };
    assert_eq!(describe().unwrap_err().code, ErrorCode::Storage);
    blocked.free();
    let described = describe().unwrap();
    assert_eq!(
        (described.state, described.words),
        (State::Completed, words.clone())
    );
}

#[test]
fn a_choice_that_cannot_be_saved_is_said_and_stops_nothing() {
    let house = House::new();
    let sit = house.open();
    let blocked = Blocked::table(&house, "INSERT ON settings");
    sit.begin(plain(60));
    assert_eq!(sit.recording_notice().unwrap().code, ErrorCode::Storage);
    assert_eq!(
        sit.view().recording,
        Recording::Recorded,
        "the sit itself is"
    );
    sit.pass(60_000);
    sit.flush();
    blocked.free();
    retry(&sit);
    assert_eq!(sit.recording_notice(), None);
    assert_eq!(sit.snapshot().settings.choice, plain(60));
}

/// Another program changed the row behind Mitta's back: the end can never be written.
#[test]
fn an_end_that_the_row_refuses_is_said_and_lets_the_next_sit_begin() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(60));
    sit.flush();
    let changed = house
        .other_program()
        .execute(
            "UPDATE sessions SET state = 'completed', ended_at_ms = 1, completion_credited_s = 7, \
             paused_s = 0, asleep_s = 0, overtime_s = 0, credited_s = 7 WHERE session_id = ?1",
            [view.session_id.to_string()],
        )
        .unwrap();
    assert_eq!(changed, 1);
    sit.pass(60_000);

    let notice = sit.recording_notice().unwrap();
    assert_eq!(
        (notice.code, notice.session_id),
        (ErrorCode::AlreadyCompleted, Some(view.session_id))
    );
    assert_eq!(
        sit.view().recording,
        Recording::Failing,
        "it is not said to be recorded"
    );
    let first = house.session(view.session_id).completion.unwrap();
    assert_eq!(
        first.credited_s,
        Seconds(7),
        "what was there first stays (I1)"
    );

    sit.begin(plain(60));
    sit.pass(60_000);
    assert!(
        sit.recording_notice().is_some(),
        "it stays until it is dealt with"
    );
    retry(&sit);
    assert_eq!(sit.recording_notice(), None);
}
