//! Sitting together: every device by itself starts and ends at the common moments.

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::{
    BellKind, PlannedLength, Seat, Seconds, SessionId, State, TogetherBells, TogetherId, UnixMillis,
};
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, SitPhase};
use mitta_runtime::clock::Clock as _;
use uuid::Uuid;

use crate::harness::{House, Sit, of, plain};

const TOGETHER: TogetherId = TogetherId::from_uuid(Uuid::from_u128(0x70));

/// Ten minutes with a bell every three, that start so much later than now; earlier, below zero.
fn seat(house: &House, in_ms: i64) -> Seat {
    Seat {
        together_id: TOGETHER,
        starts_at_boot_ms: house.clock.now().boot_ms.cast_signed() + in_ms,
        planned_s: 600.try_into().unwrap(),
        bells: TogetherBells {
            start_strikes: 1,
            end_strikes: 2,
            interval_every_s: Some(Seconds(180)),
        },
    }
}

/// Strikes, in milliseconds after the common start.
fn strikes(sit: &Sit, seat: &Seat) -> Vec<(i64, BellKind)> {
    let after_start = |(at, kind): (u64, _)| (at.cast_signed() - seat.starts_at_boot_ms, kind);
    let struck = sit.bells.struck_since(0);
    struck.into_iter().map(after_start).collect()
}

fn ended_at_ms(house: &House, session_id: SessionId) -> UnixMillis {
    house.session(session_id).completion.unwrap().ended_at_ms
}

#[test]
fn who_is_there_in_time_counts_down_and_sits_all_of_it() {
    let house = House::new();
    let sit = house.open();
    let seat = seat(&house, 42_500);
    let started_at_ms = house.clock.now().wall_ms.plus_ms(42_500);
    let view = sit.engine.begin_together(seat).unwrap();
    assert_eq!(view.together_id, Some(TOGETHER));
    assert!(!view.is_private);
    assert_eq!(
        (view.phase, view.preparation_left_ms),
        (SitPhase::Preparing, 42_500)
    );
    assert_eq!(view.ends_at_ms, Some(started_at_ms.plus_ms(600_000)));

    sit.pass(42_500 + 610_000);
    sit.flush();
    let expected = [
        (0, Start),
        (180_000, Interval),
        (360_000, Interval),
        (540_000, Interval),
        (600_000, End),
        (605_000, End),
    ];
    assert_eq!(strikes(&sit, &seat), expected);
    let session = house.session(view.session_id);
    assert_eq!(session.start.together_id, Some(TOGETHER));
    assert_eq!(session.start.started_at_ms, started_at_ms);
    assert_eq!(session.start.planned_s, Some(seat.planned_s));
    assert_eq!(session.credited_s(), Seconds(600));
    assert!(session.sharing.shared);
    assert_eq!(
        ended_at_ms(&house, view.session_id),
        started_at_ms.plus_ms(600_000)
    );
    let listed = sit.engine.session(of(&view)).unwrap();
    assert_eq!(listed.together_id, Some(TOGETHER));
}

#[test]
fn who_comes_late_sits_what_is_left_and_ends_with_the_others() {
    let house = House::new();
    let sit = house.open();
    // 4 min 00.3 s late: 359 whole seconds are left, from 4 min 01 s on.
    let seat = seat(&house, -240_300);
    let end_ms = house.clock.now().wall_ms.plus_ms(600_000 - 240_300);
    let view = sit.engine.begin_together(seat).unwrap();
    assert_eq!(
        view.planned_s.map(PlannedLength::seconds),
        Some(Seconds(359))
    );
    assert_eq!(view.preparation_left_ms, 700);
    sit.pass(400_000);
    sit.flush();
    let expected = [
        (241_000, Start),
        (360_000, Interval),
        (540_000, Interval),
        (600_000, End),
        (605_000, End),
    ];
    assert_eq!(strikes(&sit, &seat), expected);
    let session = house.session(view.session_id);
    assert_eq!(session.credited_s(), Seconds(359));
    assert_eq!(session.start.planned_s, 359.try_into().ok());
    assert_eq!(session.start.started_at_ms, end_ms.plus_ms(-359_000));
    assert_eq!(ended_at_ms(&house, view.session_id), end_ms);
}

/// Refused with that code; nothing is recorded, and nothing made ready.
fn refused(house: &House, sit: &Sit, seat: Seat, code: ErrorCode) -> ApiError {
    let before = house.dump();
    let error = sit.engine.begin_together(seat).unwrap_err();
    assert_eq!(error.code, code, "{error}");
    assert_eq!(house.dump(), before);
    error
}

#[test]
fn what_cannot_be_sat_is_refused_and_not_recorded() {
    let house = House::new();
    let sit = house.open();
    let early = refused(
        &house,
        &sit,
        seat(&house, 420_000),
        ErrorCode::TogetherTooEarly,
    );
    assert!(early.message.contains("in 2 min"), "{early}");
    for in_ms in [-599_001, -600_000, -86_400_000, i64::from(i32::MIN)] {
        refused(&house, &sit, seat(&house, in_ms), ErrorCode::TogetherOver);
    }
    let mut loud = seat(&house, 0);
    loud.bells.end_strikes = 10;
    refused(&house, &sit, loud, ErrorCode::InvalidBell);
    let mut seldom = seat(&house, 0);
    seldom.bells.interval_every_s = Some(Seconds(600));
    refused(&house, &sit, seldom, ErrorCode::IntervalsTooLong);
    assert!(sit.bells.calls().is_empty(), "nothing was even made ready");

    let view = sit.begin(plain(60));
    sit.flush();
    let error = refused(&house, &sit, seat(&house, 0), ErrorCode::SitRunning);
    assert_eq!(error.session_id, Some(view.session_id));
}

#[test]
fn it_can_be_ended_early_but_not_moved() {
    let house = House::new();
    let sit = house.open();
    let seat = seat(&house, 5_000);
    let view = sit.engine.begin_together(seat).unwrap();
    let refuse = |error: ApiError| {
        assert_eq!(error.code, ErrorCode::SatTogether, "{error}");
        assert_eq!(error.session_id, Some(view.session_id));
    };
    refuse(sit.engine.begin_now(of(&view)).unwrap_err());
    sit.pass(65_000);
    refuse(sit.engine.pause(of(&view)).unwrap_err());
    refuse(sit.engine.resume(of(&view)).unwrap_err());
    assert_eq!(sit.view().phase, SitPhase::Sitting);
    assert_eq!(sit.view().elapsed_ms, 60_000);

    sit.engine.end(of(&view)).unwrap();
    sit.pass(10_000);
    sit.engine.undo_end(of(&view)).unwrap();
    assert_eq!(sit.view().elapsed_ms, 70_000);
    sit.engine.end(of(&view)).unwrap();
    sit.engine.finish(of(&view)).unwrap();
    sit.flush();
    let session = house.session(view.session_id);
    assert_eq!(session.credited_s(), Seconds(70));
    assert_eq!(session.start.together_id, Some(TOGETHER));
    // Each person has one session of it, however early it ended.
    refused(&house, &sit, seat, ErrorCode::TogetherTaken);
}

#[test]
fn ended_in_the_countdown_it_is_discarded() {
    let house = House::new();
    let sit = house.open();
    let view = sit.engine.begin_together(seat(&house, 5_000)).unwrap();
    let ended = sit.engine.end(of(&view)).unwrap();
    assert!(ended.discarded);
    sit.flush();
    assert!(house.session(view.session_id).deleted);
    assert!(sit.bells.kinds().is_empty());
    let again = sit.engine.begin_together(seat(&house, 5_000)).unwrap();
    assert_ne!(again.session_id, view.session_id, "nothing was sat yet");
}

#[test]
fn what_the_next_sit_begins_with_stays_as_it_was() {
    let house = House::new();
    let sit = house.open();
    let mut settings = sit.snapshot().settings;
    settings.choice.label = Some("zazen".into());
    settings.choice.start_bell.strikes = 7;
    sit.engine.save_settings(settings.clone()).unwrap();
    let view = sit.engine.begin_together(seat(&house, 0)).unwrap();
    sit.flush();
    assert_eq!(sit.snapshot().settings, settings);
    assert_eq!(view.label.as_deref(), Some("zazen"));
    let plan = house.session(view.session_id).plan.unwrap();
    assert_eq!(plan.choice.start_bell.strikes, 1);
    assert_eq!(plan.choice.end_bell.sound, settings.choice.end_bell.sound);
}

#[test]
fn a_restart_in_the_middle_changes_neither_end_nor_bond() {
    for (sat_ms, rings) in [
        (1_000, vec![(0, Start), (180_000, Interval)]),
        (100_000, vec![(180_000, Interval)]),
    ] {
        let before = House::new();
        let sit = before.open();
        let seat = seat(&before, 5_000);
        let view = sit.engine.begin_together(seat).unwrap();
        sit.pass(sat_ms);
        let house = before.killed(&sit);
        house.clock.pass(2_345);
        let again = house.open();
        assert_eq!(again.view().together_id, Some(TOGETHER));
        let error = again.engine.begin_now(of(&view)).unwrap_err();
        assert_eq!(error.code, ErrorCode::SatTogether);
        let error = again.engine.pause(of(&view)).unwrap_err();
        assert_eq!(error.code, ErrorCode::SatTogether);
        again.pass(620_000);
        again.flush();
        let struck = strikes(&again, &seat);
        assert!(struck.starts_with(&rings), "{struck:?}");
        assert_eq!(struck[struck.len() - 2], (600_000, End));
        let session = house.session(view.session_id);
        assert_eq!(session.state(), State::Completed);
        assert_eq!(session.credited_s(), Seconds(600));
        assert_eq!(session.start.together_id, Some(TOGETHER));
    }
}

/// Two machines whose clocks have nothing in common but the server's time between them.
#[test]
fn two_machines_ring_at_the_same_moment() {
    const SERVER_NOW_MS: i64 = 1_800_000_000_000;
    let starts_at_ms = SERVER_NOW_MS + 30_000;
    let houses = [
        House::new(),
        House::at("2025-03-01T09:00:00Z", chrono_tz::Asia::Tokyo),
    ];
    // The second has been up for longer, and its owner comes four minutes late.
    houses[1].clock.reboot(0);
    houses[1].clock.pass(98_765_432);
    let mut rung = Vec::new();
    for (house, late_ms) in houses.iter().zip([0, 270_250]) {
        let sit = house.open();
        let server_minus_boot_ms = SERVER_NOW_MS - house.clock.now().boot_ms.cast_signed();
        let seat = Seat {
            starts_at_boot_ms: starts_at_ms - server_minus_boot_ms,
            ..seat(house, 0)
        };
        sit.pass(late_ms);
        let view = sit.engine.begin_together(seat).unwrap();
        sit.pass(700_000);
        sit.flush();
        let on_server = |(at, kind): (u64, _)| (at.cast_signed() + server_minus_boot_ms, kind);
        let struck: Vec<_> = sit
            .bells
            .struck_since(0)
            .into_iter()
            .map(on_server)
            .collect();
        let session = house.session(view.session_id);
        assert_eq!(session.start.together_id, Some(TOGETHER));
        rung.push(struck);
    }
    let after_late_start: Vec<_> = rung[0][2..].to_vec();
    assert_eq!(rung[0][0], (starts_at_ms, Start));
    assert_eq!(rung[1][1..], after_late_start);
    assert_eq!(rung[0][4], (starts_at_ms + 600_000, End));
}
