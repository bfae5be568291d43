//! Sits that an earlier run left unfinished and that do not go on by themselves: asked about and
//! decided, each by its own id (I1).

use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::{Seconds, SessionId, State};
use mitta_runtime::Signal;
use mitta_runtime::api::{Commands as _, ErrorCode, Nothing, RecoverArgs, Update};
use rstest::rstest;

use crate::harness::{House, Sit, instant_ms, open_ended, plain};
use crate::restart::{MINUTE, relaunch};

fn retry(sit: &Sit) {
    sit.engine.retry_recording(Nothing {}).unwrap();
}

fn recover(sit: &Sit, session_id: SessionId, choice: RecoveryChoice) -> Seconds {
    let recovered = sit.engine.recover(RecoverArgs { session_id, choice });
    recovered.unwrap().credited_s
}

#[rstest]
#[case::as_planned(RecoveryChoice::KeepAsPlanned, 1200, "sat")]
#[case::until_last_seen(RecoveryChoice::KeepUntilLastSeen, 120, "sat")]
#[case::discard(RecoveryChoice::Discard, 0, "delete")]
fn a_sit_last_seen_longer_ago_is_asked_about(
    #[case] choice: RecoveryChoice,
    #[case] credited_s: u32,
    #[case] last_op: &str,
) {
    let (house, sit, session_id) = relaunch(plain(1200), 2 * MINUTE, 6 * MINUTE);
    let snapshot = sit.snapshot();
    assert!(snapshot.sit.is_none() && snapshot.elsewhere.is_none());
    assert_eq!(snapshot.unfinished.len(), 1);
    assert_eq!(
        snapshot.unfinished[0].last_seen_ms,
        Some(instant_ms("2026-01-14T18:02:00Z"))
    );
    assert_eq!(house.session(session_id).state(), State::Running);

    assert_eq!(recover(&sit, session_id, choice), Seconds(credited_s));

    assert!(sit.snapshot().unfinished.is_empty());
    assert_eq!(house.session(session_id).state(), State::Completed);
    assert_eq!(house.changes().last(), Some(&last_op));
    let again = sit
        .engine
        .recover(RecoverArgs { session_id, choice })
        .unwrap_err();
    assert_eq!(again.code, ErrorCode::AlreadyCompleted);
    let told = sit.signals().contains(&Signal::Update(Update::Unfinished));
    assert!(told, "every window hears of it");
}

#[test]
fn an_open_ended_sit_is_always_asked_about() {
    let (_house, sit, session_id) = relaunch(open_ended(), 10 * MINUTE, 1_000);
    let unfinished = sit.snapshot().unfinished;
    assert_eq!(unfinished[0].session_id, session_id);
    assert_eq!(unfinished[0].question.as_planned, None);
    let choice = RecoveryChoice::KeepAsPlanned;
    let error = sit
        .engine
        .recover(RecoverArgs { session_id, choice })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::WrongState);
    assert_eq!(
        recover(&sit, session_id, RecoveryChoice::KeepUntilLastSeen),
        Seconds(600)
    );
}

/// Rows of several deaths: each by its own id (I1).
#[test]
fn of_several_unfinished_sits_the_newest_goes_on_and_the_others_are_asked_about() {
    let first = House::new();
    let sit = first.open();
    let oldest = sit.begin(open_ended()).session_id;
    sit.pass(2 * MINUTE);
    let second = first.killed(&sit);
    let terminal = second.open_terminal();
    let middle = terminal.begin(plain(3600)).session_id;
    terminal.pass(MINUTE);
    let third = second.killed(&terminal);
    let terminal = third.open_terminal();
    let newest = terminal.begin(plain(1200)).session_id;
    terminal.pass(MINUTE);
    let house = third.killed(&terminal);

    let again = house.open();
    assert_eq!(again.view().session_id, newest);
    let ids = |sit: &Sit| -> Vec<_> {
        sit.snapshot()
            .unfinished
            .iter()
            .map(|row| row.session_id)
            .collect()
    };
    assert_eq!(ids(&again), [oldest, middle]);

    // Deciding on one touches neither the other nor the live one.
    assert_eq!(
        recover(&again, middle, RecoveryChoice::KeepUntilLastSeen),
        Seconds(60)
    );
    assert_eq!(ids(&again), [oldest]);
    assert_eq!(house.session(newest).state(), State::Running);
    assert_eq!(house.session(oldest).state(), State::Running);
    recover(&again, oldest, RecoveryChoice::Discard);

    again.pass(20 * MINUTE);
    again.flush();
    assert_eq!(
        house.session(newest).completion.unwrap().credited_s,
        Seconds(1200)
    );
    let (sits, deletions) = (3, 1);
    assert_eq!(house.changes().len(), sits + deletions);
}

#[test]
fn a_terminal_names_an_unfinished_sit_and_resumes_or_completes_nothing() {
    let before = House::new();
    let sit = before.open();
    let session_id = sit.begin(plain(1200)).session_id;
    sit.pass(2 * MINUTE);
    let house = before.killed(&sit);
    let rows = house.dump();

    let terminal = house.open_terminal();
    assert!(terminal.snapshot().sit.is_none());
    assert_eq!(terminal.snapshot().unfinished[0].session_id, session_id);
    assert_eq!(house.dump(), rows);

    let own = terminal.begin(plain(60)).session_id;
    terminal.pass(MINUTE);
    terminal.flush();
    assert_eq!(house.session(own).state(), State::Completed);
    assert_eq!(house.session(session_id).state(), State::Running);
}

#[test]
fn the_sit_that_is_live_here_is_nothing_to_recover() {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(1200)).session_id;
    assert!(sit.snapshot().unfinished.is_empty());
    let choice = RecoveryChoice::Discard;
    let error = sit
        .engine
        .recover(RecoverArgs { session_id, choice })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::WrongState);
    assert_eq!(house.session(session_id).state(), State::Running);
}

/// The database cannot be written at launch: all else still works, and the row waits.
#[test]
fn a_recovery_that_cannot_be_written_leaves_the_sit_for_later() {
    let before = House::new();
    let sit = before.open();
    let session_id = sit.begin(plain(600)).session_id;
    sit.pass(599_000);
    let house = before.killed(&sit);
    house.clock.pass(60 * MINUTE);
    let other = house.other_program();
    other
        .execute_batch(
            "CREATE TRIGGER no_end BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();

    let again = house.open();
    assert_eq!(again.recording_notice().unwrap().code, ErrorCode::Storage);
    assert_eq!(again.snapshot().unfinished[0].session_id, session_id);
    retry(&again);
    assert_eq!(
        again.recording_notice().unwrap().code,
        ErrorCode::Storage,
        "it is tried, and said, again"
    );
    other.execute_batch("DROP TRIGGER no_end").unwrap();
    retry(&again);
    assert_eq!(again.recording_notice(), None);
    assert!(again.snapshot().unfinished.is_empty());
    let completion = house.session(session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(600));
}

/// One row of several cannot be written: the newest sit goes on all the same (I9).
#[test]
fn a_recovery_that_fails_keeps_no_other_sit_from_going_on() {
    let first = House::new();
    let sit = first.open();
    let ended = sit.begin(plain(60)).session_id;
    sit.pass(59_000);
    let second = first.killed(&sit);
    let terminal = second.open_terminal();
    let newest = terminal.begin(plain(1200)).session_id;
    terminal.pass(MINUTE);
    let house = second.killed(&terminal);
    let other = house.other_program();
    other
        .execute_batch(
            "CREATE TRIGGER no_end BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();

    let again = house.open();
    assert_eq!(again.view().session_id, newest);
    assert_eq!(again.recording_notice().unwrap().session_id, Some(ended));
    other.execute_batch("DROP TRIGGER no_end").unwrap();
    retry(&again);
    assert_eq!(again.recording_notice(), None);
    assert_eq!(house.session(ended).state(), State::Completed);
    assert_eq!(again.view().session_id, newest);
}
