//! The ways in which a sit ends before its time, or after it.

use mitta_domain::BellKind::{End, Start};
use mitta_domain::event::EventKind;
use mitta_domain::timer::SleepChoice;
use mitta_domain::{PlanChoice, Seconds, State};
use mitta_runtime::api::{ChooseArgs, Commands as _, ErrorCode, OfSession, SitPhase, SitQuestion};
use mitta_runtime::sound::Recorded;
use rstest::rstest;

use crate::harness::{House, Sit, instant_ms, of, open_ended, plain, with_overtime};

#[test]
fn an_accidental_end_is_taken_back_and_the_sit_goes_on() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(120));
    sit.pass(30_000);
    let ending = sit.engine.end(of(&view)).unwrap();
    assert_eq!(
        (ending.phase, ending.undo_left_ms),
        (SitPhase::Ending, 30_000)
    );
    sit.pass(29_999);

    assert_eq!(
        sit.engine.undo_end(of(&view)).unwrap().phase,
        SitPhase::Sitting
    );
    assert_eq!(house.session(view.session_id).state(), State::Running);
    sit.pass(120_000);

    assert_eq!(sit.view().completion.unwrap().credited_s, Seconds(120));
    assert_eq!(sit.bells.kinds(), [Start, End]);
    assert_eq!(house.changes(), ["sat"]);
}

/// How a sit is ended early, and when its completion is there.
#[rstest]
#[case::undo_passes(|sit: &Sit, _| sit.pass(30_000))]
#[case::finish(|sit: &Sit, of| { sit.engine.finish(of).unwrap(); })]
#[case::dismiss(|sit: &Sit, of| { sit.engine.dismiss(of).unwrap(); })]
fn a_sit_ended_early_is_credited_with_what_was_sat(#[case] then: fn(&Sit, OfSession)) {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(61_999);
    sit.engine.end(of(&view)).unwrap();
    sit.flush();
    assert_eq!(house.session(view.session_id).state(), State::Running);

    then(&sit, of(&view));

    sit.flush();
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(61));
    assert_eq!(
        completion.ended_at_ms,
        instant_ms("2026-01-14T18:01:01.999Z")
    );
    assert_eq!(sit.bells.kinds(), [Start]);
    assert_eq!(sit.bells.calls().last(), Some(&Recorded::Release));
}

#[test]
fn quitting_while_end_can_still_be_undone_completes_the_sit() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(61_000);
    sit.engine.end(of(&view)).unwrap();
    sit.quit();
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(61));
}

#[test]
fn ending_in_the_preparation_discards_and_credits_nothing() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(PlanChoice::default());
    sit.pass(4_000);
    let ended = sit.engine.end(of(&view)).unwrap();
    assert!(ended.discarded);
    sit.flush();

    let session = house.session(view.session_id);
    assert!(session.deleted);
    assert_eq!(session.completion.unwrap().credited_s, Seconds(0));
    assert_eq!(house.changes(), ["sat", "delete"]);
    assert!(sit.bells.kinds().is_empty());
    assert_eq!(sit.bells.calls().last(), Some(&Recorded::Release));
    let error = sit.engine.restore_session(of(&view)).unwrap_err();
    assert_eq!(
        error.code,
        ErrorCode::WrongState,
        "nothing was sat: {error}"
    );
}

#[test]
fn a_discarded_sit_falls_silent_is_one_transaction_and_comes_back_by_undo() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(1200));
    sit.pass(90_000);
    let discarded = sit.engine.discard(of(&view)).unwrap();
    assert!(discarded.discarded);
    let calls = sit.bells.calls();
    assert_eq!(
        calls[calls.len() - 2..],
        [Recorded::Silence, Recorded::Release]
    );
    sit.flush();

    let session = house.session(view.session_id);
    assert!(session.deleted);
    assert_eq!(session.credited_s(), Seconds(0));
    assert_eq!(
        house.events(view.session_id),
        [EventKind::Started, EventKind::Discarded]
    );
    assert_eq!(house.changes(), ["sat", "delete"]);

    let restored = sit.engine.restore_session(of(&view)).unwrap();
    assert_eq!(
        (restored.deleted, restored.credited_s),
        (false, Seconds(90))
    );
}

#[rstest]
#[case::keep(SleepChoice::Keep, 150, 30, false)]
#[case::trim(SleepChoice::Trim, 120, 0, false)]
#[case::discard(SleepChoice::Discard, 120, 0, true)]
fn overtime_is_silent_and_asked_about(
    #[case] choice: SleepChoice,
    #[case] credited_s: u32,
    #[case] overtime_s: u32,
    #[case] deleted: bool,
) {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(with_overtime(120));
    sit.pass(150_000);
    assert_eq!(sit.view().phase, SitPhase::Overtime);
    assert_eq!(sit.bells.kinds(), [Start, End]);
    let asking = sit.engine.end(of(&view)).unwrap();
    assert_eq!(asking.question, Some(SitQuestion::KeepOvertime));
    sit.pass(60_000);

    let session_id = view.session_id;
    sit.engine
        .choose(ChooseArgs { session_id, choice })
        .unwrap();

    sit.flush();
    let session = house.session(session_id);
    let completion = session.completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(credited_s));
    assert_eq!(completion.overtime_s, Seconds(overtime_s));
    assert_eq!(session.deleted, deleted);
}

#[test]
fn an_open_ended_sit_ends_itself_after_a_day() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(open_ended());
    house.clock.pass(23 * 3_600_000);
    sit.pass(2 * 3_600_000);
    assert_eq!(sit.view().phase, SitPhase::Ended);
    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds::DAY);
}
