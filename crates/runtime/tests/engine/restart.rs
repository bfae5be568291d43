//! A process that died in the middle of a sit, and the next launch. Each unfinished row is
//! decided by its own id, by the rules of the crash paragraph (I1, I2).

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::event::EventKind;
use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::{PlanChoice, Seconds, SessionId, State};
use mitta_runtime::Signal;
use mitta_runtime::api::{Commands as _, ErrorCode, Nothing, RecoverArgs, SitPhase, Update};
use mitta_runtime::clock::Clock as _;
use rstest::rstest;

use crate::harness::{House, Sit, every, instant_ms, of, open_ended, plain};

const MINUTE: u64 = 60_000;

/// Sits as told, dies, is dead for so long, and is launched again.
fn relaunch(choice: PlanChoice, sat_ms: u64, dead_ms: u64) -> (House, Sit, SessionId) {
    let before = House::new();
    let sit = before.open();
    let session_id = sit.begin(choice).session_id;
    sit.pass(sat_ms);
    let house = before.killed(&sit);
    house.clock.pass(dead_ms);
    let again = house.open();
    again.flush();
    (house, again, session_id)
}

fn retry(sit: &Sit) {
    sit.engine.retry_recording(Nothing {}).unwrap();
}

fn recover(sit: &Sit, session_id: SessionId, choice: RecoveryChoice) -> Seconds {
    let recovered = sit.engine.recover(RecoverArgs { session_id, choice });
    recovered.unwrap().credited_s
}

#[test]
fn a_timed_sit_seen_lately_goes_on_by_itself_and_rings_on_time() {
    let (house, sit, session_id) = relaunch(every(300, plain(1200)), 4 * MINUTE, MINUTE / 2);
    let launched_ms = house.clock.now().boot_ms;

    let view = sit.view();
    assert_eq!(view.session_id, session_id);
    assert_eq!((view.phase, view.elapsed_ms), (SitPhase::Sitting, 270_000));
    assert!(sit.snapshot().unfinished.is_empty());
    sit.pass(1_200_000);
    sit.flush();

    assert_eq!(
        sit.bells.struck_since(launched_ms),
        [
            (30_000, Interval),
            (330_000, Interval),
            (630_000, Interval),
            (930_000, End)
        ]
    );
    let session = house.session(session_id);
    let completion = session.completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(1200));
    assert_eq!(completion.ended_at_ms, instant_ms("2026-01-14T18:20:00Z"));
    assert_eq!(
        house.events(session_id),
        [
            EventKind::Started,
            EventKind::Recovered,
            EventKind::Completed
        ]
    );
    assert_eq!(house.changes(), ["sat"]);
}

#[test]
fn bells_that_were_due_while_nobody_was_there_are_not_made_up_for() {
    let (_house, sit, _) = relaunch(every(30, plain(1200)), MINUTE, 4 * MINUTE);
    assert!(sit.bells.kinds().is_empty());
}

#[test]
fn a_sit_that_died_in_its_preparation_goes_on_into_the_sit() {
    let (house, sit, _) = relaunch(PlanChoice::default(), 3_000, 2_000);
    let launched_ms = house.clock.now().boot_ms;
    assert_eq!(sit.view().phase, SitPhase::Preparing);
    sit.pass(6_000);
    assert_eq!(sit.bells.struck_since(launched_ms), [(5_000, Start)]);
}

/// The start of the sit is written down, so that its first seconds count.
#[test]
fn a_sit_is_seen_to_have_left_its_preparation() {
    let (_house, sit, session_id) = relaunch(PlanChoice::default(), 12_000, 10 * MINUTE);
    let unfinished = sit.snapshot().unfinished;
    assert_eq!(unfinished[0].session_id, session_id);
    assert_eq!(
        unfinished[0].question.as_planned.unwrap().credited_s,
        Seconds(1200)
    );
}

#[test]
fn a_sit_that_died_long_ago_in_its_preparation_is_discarded() {
    let (house, sit, session_id) = relaunch(PlanChoice::default(), 3_000, 10 * MINUTE);
    assert!(sit.snapshot().sit.is_none());
    assert!(house.session(session_id).deleted);
    assert_eq!(house.changes(), ["sat", "delete"]);
}

#[test]
fn a_paused_sit_comes_back_paused_however_long_ago() {
    let before = House::new();
    let sit = before.open();
    let view = sit.begin(plain(1200));
    sit.pass(2 * MINUTE);
    sit.engine.pause(of(&view)).unwrap();
    let house = before.killed(&sit);
    house.clock.pass(3 * 24 * 60 * MINUTE);

    let again = house.open();
    assert_eq!(again.view().phase, SitPhase::Paused);
    assert_eq!(again.view().elapsed_ms, 120_000);
    again.engine.resume(of(&view)).unwrap();
    again.pass(18 * MINUTE);
    again.flush();
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(1200));
}

#[test]
fn a_sit_last_seen_just_before_its_end_is_completed_as_planned() {
    let (house, sit, session_id) = relaunch(plain(600), 599_000, 60 * MINUTE);
    assert!(sit.snapshot().sit.is_none());
    assert!(sit.snapshot().unfinished.is_empty());
    let completion = house.session(session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(600));
    assert!(sit.bells.kinds().is_empty(), "it ended an hour ago");
}

/// End was pressed and could still be undone when the process was killed.
#[test]
fn an_end_that_was_pressed_counts_although_its_undo_had_not_passed() {
    let before = House::new();
    let sit = before.open();
    let view = sit.begin(plain(1200));
    sit.pass(100_500);
    sit.engine.end(of(&view)).unwrap();
    sit.pass(3_000);
    let house = before.killed(&sit);
    house.clock.pass(2_000);

    let again = house.open();
    assert!(again.snapshot().sit.is_none());
    let session = house.session(view.session_id);
    assert_eq!(session.completion.unwrap().credited_s, Seconds(100));
    assert_eq!(
        house.events(view.session_id),
        [
            EventKind::Started,
            EventKind::EndRequested,
            EventKind::Completed
        ]
    );
}

#[test]
fn an_end_that_was_taken_back_does_not_count() {
    let before = House::new();
    let sit = before.open();
    let view = sit.begin(plain(1200));
    sit.pass(100_000);
    sit.engine.end(of(&view)).unwrap();
    sit.engine.undo_end(of(&view)).unwrap();
    let house = before.killed(&sit);
    assert_eq!(house.open().view().phase, SitPhase::Sitting);
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

#[test]
fn after_a_reboot_the_wall_clock_tells_how_long_it_was() {
    let before = House::new();
    let sit = before.open();
    sit.begin(plain(1200));
    sit.pass(2 * MINUTE);
    let house = before.killed(&sit);
    house.clock.reboot(MINUTE);
    let view = house.open().view();
    assert_eq!((view.phase, view.elapsed_ms), (SitPhase::Sitting, 180_000));
}

#[test]
fn a_wall_clock_set_back_between_two_boots_is_not_guessed_about() {
    let before = House::new();
    let sit = before.open();
    sit.begin(plain(1200));
    sit.pass(2 * MINUTE);
    let house = before.killed(&sit);
    house.clock.reboot(MINUTE);
    house.clock.set_wall_by(-3_600_000);
    let again = house.open();
    assert!(again.snapshot().sit.is_none());
    assert_eq!(again.snapshot().unfinished.len(), 1);
}

#[test]
fn a_wall_clock_set_back_within_a_boot_does_not_matter() {
    let before = House::new();
    let sit = before.open();
    sit.begin(plain(1200));
    sit.pass(2 * MINUTE);
    let house = before.killed(&sit);
    house.clock.pass(MINUTE);
    house.clock.set_wall_by(-3_600_000);
    assert_eq!(house.open().view().elapsed_ms, 180_000);
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
fn a_sit_left_in_order_goes_on_at_the_next_launch() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(123_456);
    sit.quit();
    let last_seen = house.reader().unfinished().unwrap().remove(0).last_seen;
    let elapsed_ms = last_seen.unwrap().progress.elapsed_ms;
    assert_eq!(elapsed_ms, 123_456, "written on leaving");
    house.clock.pass(1_000);
    let view_again = house.open().view();
    assert_eq!(view_again.session_id, view.session_id);
    assert_eq!(view_again.elapsed_ms, 124_456);
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
