//! A process that died in the middle of a sit, and what the next launch makes of it by itself, by
//! the rules of the crash paragraph (I2).

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::event::EventKind;
use mitta_domain::{PlanChoice, Seconds, SessionId};
use mitta_runtime::api::{Commands as _, SitPhase};
use mitta_runtime::clock::Clock as _;

use crate::harness::{House, Sit, every, instant_ms, of, plain};

pub const MINUTE: u64 = 60_000;

/// Sits as told, dies, is dead for so long, and is launched again.
pub fn relaunch(choice: PlanChoice, sat_ms: u64, dead_ms: u64) -> (House, Sit, SessionId) {
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
