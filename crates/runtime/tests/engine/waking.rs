//! The machine sleeps during a sit: no burst of bells, and its sleep is asked about.

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::event::EventKind;
use mitta_domain::timer::SleepChoice;
use mitta_domain::{PlanChoice, Seconds};
use mitta_runtime::api::{ChooseArgs, Commands as _, SitPhase, SitQuestion};
use rstest::rstest;

use crate::harness::{House, every, instant_ms, of, plain};

#[rstest]
#[case::keep(SleepChoice::Keep, 1200, false)]
#[case::trim(SleepChoice::Trim, 300, false)]
#[case::discard(SleepChoice::Discard, 1200, true)]
fn a_sleep_past_the_end_rings_once_and_is_asked_about(
    #[case] choice: SleepChoice,
    #[case] credited_s: u32,
    #[case] deleted: bool,
) {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(every(60, plain(1200))).session_id;
    sit.pass(300_500);
    sit.sleep(8 * 3_600_000);

    let view = sit.view();
    assert_eq!(
        (view.phase, view.question),
        (SitPhase::Asking, Some(SitQuestion::Slept))
    );
    let rung = sit.bells.kinds();
    assert_eq!(
        rung,
        [Start, Interval, Interval, Interval, Interval, Interval, End]
    );
    sit.engine
        .choose(ChooseArgs { session_id, choice })
        .unwrap();
    sit.flush();

    let session = house.session(session_id);
    let completion = session.completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(credited_s));
    assert_eq!(completion.ended_at_ms, instant_ms("2026-01-14T18:20:00Z"));
    assert_eq!(completion.asleep_s, Seconds(899));
    assert_eq!(session.deleted, deleted);
    let last = if deleted {
        EventKind::Discarded
    } else {
        EventKind::Completed
    };
    let events = [
        EventKind::Started,
        EventKind::Slept,
        EventKind::Woke,
        EventKind::ReachedEnd,
        last,
    ];
    assert_eq!(house.events(session_id), events);
}

#[test]
fn a_short_sleep_within_the_sit_drops_the_bells_it_slept_through() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(every(60, plain(600)));
    sit.pass(30_000);
    sit.sleep(200_000);
    assert_eq!(sit.bells.kinds(), [Start]);
    assert_eq!(sit.view().asleep_ms, 200_000);
    sit.pass(370_000);
    assert_eq!(sit.view().completion.unwrap().credited_s, Seconds(600));
    assert_eq!(
        house.session(view.session_id).completion.unwrap().asleep_s,
        Seconds(200)
    );
}

#[test]
fn a_machine_that_slept_in_the_preparation_wakes_into_the_sit() {
    let house = House::new();
    let sit = house.open();
    sit.begin(PlanChoice::default());
    sit.pass(5_000);
    sit.sleep(60_000);
    let view = sit.view();
    assert_eq!((view.phase, view.elapsed_ms), (SitPhase::Sitting, 55_000));
    assert!(
        sit.bells.kinds().is_empty(),
        "the start bells are long past"
    );
}

#[test]
fn sleep_while_paused_is_pause() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.pass(100_000);
    sit.engine.pause(of(&view)).unwrap();
    sit.sleep(3_600_000);
    sit.engine.resume(of(&view)).unwrap();
    sit.pass(500_000);
    let completion = sit.view().completion.unwrap();
    assert_eq!(
        (completion.credited_s, completion.paused_s),
        (Seconds(600), Seconds(3600))
    );
    assert_eq!(completion.asleep_s, Seconds(0));
}

#[test]
fn a_late_process_strikes_the_end_bell_once() {
    let house = House::new();
    let sit = house.open();
    sit.begin(every(60, plain(600)));
    // Stopped, not asleep: the awake clock went on.
    house.clock.pass(900_000);
    sit.engine.tick();
    assert_eq!(sit.bells.kinds(), [Start, End]);
    assert_eq!(sit.view().completion.unwrap().credited_s, Seconds(600));
}
