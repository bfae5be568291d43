//! One sit, from Begin to its row (I1–I4).

use mitta_domain::BellKind::{End, Interval, Start};
use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::session::Words;
use mitta_domain::{PlanChoice, Seconds, Sharing, State};
use mitta_runtime::Signal;
use mitta_runtime::api::{
    Commands as _, DescribeArgs, ErrorCode, HistoryArgs, Recording, ShareSessionArgs, SitPhase,
};
use mitta_runtime::clock::Clock as _;
use mitta_runtime::sound::Recorded;

use crate::harness::{House, every, instant_ms, of, plain};

#[test]
fn a_whole_sit_rings_on_time_and_becomes_one_row_with_its_events_and_ops() {
    let house = House::new();
    let sit = house.open();
    let begun_ms = house.clock.now().boot_ms;
    let choice = every(
        300,
        PlanChoice {
            preparation_s: Seconds(10),
            ..PlanChoice::default()
        },
    );

    let view = sit.begin(choice);

    // The row is there before anything rings.
    let session_id = view.session_id;
    let session = house.session(session_id);
    assert_eq!(session.state(), State::Running);
    assert_eq!(
        session.start.started_at_ms,
        instant_ms("2026-01-14T18:00:10Z")
    );
    assert_eq!(session.start.tz, "Europe/Berlin");
    assert_eq!(session.start.utc_offset_s, 3600);
    assert_eq!(session.start.local_date.to_string(), "2026-01-14");
    assert_eq!(house.changes(), ["start"]);
    assert_eq!(
        (view.phase, view.recording),
        (SitPhase::Preparing, Recording::Recorded)
    );
    assert_eq!(view.preparation_left_ms, 10_000);
    assert_eq!(view.ends_at_ms, Some(instant_ms("2026-01-14T18:20:10Z")));
    assert_eq!(sit.bells.calls(), [Recorded::Prepare]);

    sit.pass(10_000 + 20 * 60_000 + 60_000);

    assert_eq!(
        sit.bells.struck_since(begun_ms),
        [
            (10_000, Start),
            (15_000, Start),
            (20_000, Start),
            (310_000, Interval),
            (610_000, Interval),
            (910_000, Interval),
            (1_210_000, End),
        ]
    );
    let view = sit.view();
    assert_eq!(
        (view.phase, view.recording),
        (SitPhase::Ended, Recording::Recorded)
    );
    let session = house.session(session_id);
    let completion = session.completion.unwrap();
    assert_eq!(view.completion, Some(completion));
    assert_eq!(completion.credited_s, Seconds(1200));
    assert_eq!(completion.paused_s, Seconds(0));
    assert_eq!(completion.ended_at_ms, instant_ms("2026-01-14T18:20:10Z"));
    assert_eq!(
        house.events(session_id),
        [EventKind::Started, EventKind::Completed]
    );
    assert_eq!(house.changes(), ["sat"]);
    let ops = house.ops();
    assert!(ops.iter().all(|row| row.session_id == session_id));
    assert!(matches!(&ops[0].op.change, Change::Sat { completion: c, .. } if *c == completion));
    assert!(house.reader().unfinished().unwrap().is_empty());
}

#[test]
fn the_sound_is_awake_before_each_strike_and_let_go_after_the_last() {
    let house = House::new();
    let sit = house.open();
    let mut choice = every(300, plain(600));
    choice.end_bell.strikes = 2;
    sit.begin(choice);
    sit.pass(700_000);

    let calls = sit.bells.calls();
    let kinds: Vec<&str> = calls
        .iter()
        .map(|call| match call {
            Recorded::Prepare => "prepare",
            Recorded::Wake => "wake",
            Recorded::Strike(..) => "strike",
            Recorded::Silence => "silence",
            Recorded::Release => "release",
            Recorded::Preview(_) | Recorded::StopPreview => "preview",
        })
        .collect();
    // The first rings at Begin itself: there is no time to wake.
    let expected = "prepare strike wake strike wake strike wake strike release";
    assert_eq!(kinds.join(" "), expected);
}

#[test]
fn what_is_told_is_in_order_and_recorded_only_after_the_commit() {
    let house = House::new();
    let sit = house.open();
    sit.begin(plain(60));
    sit.pass(60_000);

    let told = sit.views_told();
    let shown: Vec<_> = told
        .iter()
        .flatten()
        .map(|view| (view.phase, view.recording))
        .collect();
    assert_eq!(
        shown,
        [
            (SitPhase::Sitting, Recording::Recorded),
            (SitPhase::Ended, Recording::Saving),
            (SitPhase::Ended, Recording::Recorded),
        ]
    );
    let ends = sit
        .signals()
        .into_iter()
        .filter(|signal| matches!(signal, Signal::EndReached(_)));
    assert_eq!(ends.count(), 1);
}

#[test]
fn a_pause_moves_the_bells_and_is_not_credited() {
    let house = House::new();
    let sit = house.open();
    let begun_ms = house.clock.now().boot_ms;
    let view = sit.begin(every(60, plain(120)));
    sit.pass(30_000);

    let paused = sit.engine.pause(of(&view)).unwrap();
    assert_eq!(
        (paused.phase, paused.elapsed_ms),
        (SitPhase::Paused, 30_000)
    );
    sit.pass(3_600_000);
    assert_eq!(sit.view().recording, Recording::Recorded);
    let snapshot = sit.snapshot();
    assert!(
        snapshot.elsewhere.is_none() && snapshot.unfinished.is_empty(),
        "it is still ours"
    );
    let resumed = sit.engine.resume(of(&view)).unwrap();
    assert_eq!(
        (resumed.phase, resumed.elapsed_ms),
        (SitPhase::Sitting, 30_000)
    );
    sit.pass(90_000);

    assert_eq!(
        sit.bells.struck_since(begun_ms),
        [(0, Start), (3_660_000, Interval), (3_720_000, End)]
    );
    let completion = sit.view().completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(120));
    assert_eq!(completion.paused_s, Seconds(3600));
    assert_eq!(
        house.events(view.session_id),
        [
            EventKind::Started,
            EventKind::Paused,
            EventKind::Resumed,
            EventKind::Completed
        ]
    );
}

#[test]
fn begin_now_cuts_the_preparation_short() {
    let house = House::new();
    let sit = house.open();
    let begun_ms = house.clock.now().boot_ms;
    let view = sit.begin(PlanChoice::default());
    sit.pass(4_000);
    let begun = sit.engine.begin_now(of(&view)).unwrap();
    assert_eq!((begun.phase, begun.elapsed_ms), (SitPhase::Sitting, 0));
    assert_eq!(sit.bells.struck_since(begun_ms), [(4_000, Start)]);
    sit.flush();
    assert_eq!(
        house.events(view.session_id),
        [EventKind::Started, EventKind::BeganNow]
    );
}

#[test]
fn a_window_that_is_loaded_again_sees_the_sit_as_it_is() {
    let house = House::new();
    let sit = house.open();
    let begun = sit.begin(every(60, plain(600)));
    sit.pass(90_500);

    let shown = sit.view();
    assert_eq!(shown.session_id, begun.session_id);
    assert_eq!((shown.phase, shown.elapsed_ms), (SitPhase::Sitting, 90_500));
    assert_eq!(shown.interval_at_s.len(), 9);
    assert_eq!(shown.ends_at_ms, begun.ends_at_ms);
    assert_eq!(sit.view(), shown, "looking changes nothing");
    sit.pass(509_500);
    assert_eq!(sit.view().completion.unwrap().credited_s, Seconds(600));
}

#[test]
fn an_ended_sit_stays_until_it_is_put_away() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(10));
    let error = sit.engine.dismiss(of(&view)).unwrap_err();
    assert_eq!(error.code, ErrorCode::WrongState, "it is live");
    sit.pass(60_000);
    assert_eq!(sit.view().phase, SitPhase::Ended);
    sit.engine.dismiss(of(&view)).unwrap();
    assert!(sit.snapshot().sit.is_none());
    assert_eq!(sit.views_told().last(), Some(&None));
    let error = sit.engine.dismiss(of(&view)).unwrap_err();
    assert_eq!(error.code, ErrorCode::NoSit);
}

#[test]
fn the_next_sit_may_begin_as_soon_as_the_last_is_over() {
    let house = House::new();
    let sit = house.open();
    for _ in 0..20 {
        let view = sit.begin(plain(1));
        sit.pass(1_000);
        sit.engine.dismiss(of(&view)).unwrap();
    }
    sit.flush();
    assert_eq!(house.reader().all_total().unwrap().unwrap().sits, 20);
    assert_eq!(house.ops().len(), 20, "a start goes into its completion");
}

#[test]
fn the_label_of_the_plan_is_the_label_of_the_sit_until_it_is_changed() {
    let house = House::new();
    let sit = house.open();
    let choice = PlanChoice {
        label: Some("  Metta ".to_owned()),
        ..plain(10)
    };
    let view = sit.begin(choice);
    let label = || {
        let session = sit.engine.session(of(&view)).unwrap().words.label;
        let page = HistoryArgs {
            before: None,
            limit: 1,
        };
        let listed = sit.engine.history(page).unwrap().sits.remove(0).words.label;
        assert_eq!(session, listed, "the list and the sit say the same");
        session
    };
    assert_eq!(view.label.as_deref(), Some("Metta"));
    assert_eq!(label().as_deref(), Some("Metta"));
    sit.pass(10_000);
    sit.flush();
    assert_eq!(label().as_deref(), Some("Metta"));

    let words = Words {
        note: Some("quiet".to_owned()),
        ..Words::default()
    };
    let session_id = view.session_id;
    sit.engine
        .describe(DescribeArgs { session_id, words })
        .unwrap();
    assert_eq!(label(), None, "what was cleared stays cleared");
}

#[test]
fn a_label_cleared_during_the_sit_does_not_come_back() {
    let house = House::new();
    let sit = house.open();
    let choice = PlanChoice {
        label: Some("Metta".to_owned()),
        ..plain(10)
    };
    let session_id = sit.begin(choice).session_id;
    let described = sit.engine.describe(DescribeArgs {
        session_id,
        words: Words::default(),
    });
    assert_eq!(described.unwrap().words.label, None);
}

#[test]
fn what_partners_may_see_of_a_sit_is_chosen_also_while_it_runs() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(10));
    let session_id = view.session_id;
    assert_eq!(
        sit.engine.session(of(&view)).unwrap().sharing,
        Sharing::default()
    );
    let private = Sharing {
        shared: false,
        note_shared: false,
    };
    let with_note = Sharing {
        shared: true,
        note_shared: true,
    };
    let share = |sharing| {
        let args = ShareSessionArgs {
            session_id,
            sharing,
        };
        assert_eq!(sit.engine.share_session(args).unwrap().sharing, sharing);
        let page = HistoryArgs {
            before: None,
            limit: 1,
        };
        let listed = sit.engine.history(page).unwrap().sits.remove(0);
        assert_eq!(listed.sharing, sharing, "the list and the sit say the same");
    };
    share(private);
    sit.pass(10_000);
    sit.flush();
    share(with_note);
    // The same once more is no change.
    share(with_note);
    assert_eq!(house.changes(), ["sharing", "sat", "sharing"]);
    let unknown = ShareSessionArgs {
        session_id: mitta_domain::SessionId::from_uuid(uuid::Uuid::nil()),
        sharing: private,
    };
    let refused = sit.engine.share_session(unknown).unwrap_err();
    assert_eq!(refused.code, ErrorCode::UnknownSession);
}
