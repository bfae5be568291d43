//! Stopping an engine that others still hold, as a window does at exit.

use mitta_domain::{Seconds, State};
use mitta_runtime::api::{
    CheckPlanArgs, Commands as _, DescribeArgs, ErrorCode, HistoryArgs, Nothing,
};

use crate::harness::{House, of, plain};

#[test]
fn an_ending_sit_is_finished_and_written_and_a_second_stop_does_nothing() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.pass(60_000);
    sit.engine.end(of(&view)).unwrap();
    sit.engine.stop();
    let session = house.session(view.session_id);
    assert_eq!(session.state(), State::Completed);
    assert_eq!(session.completion.unwrap().credited_s, Seconds(60));

    let rows = house.dump();
    sit.clock.pass(60_000);
    sit.engine.tick();
    sit.engine.stop();
    drop(sit);
    assert_eq!(house.dump(), rows);
}

#[test]
fn a_live_sit_is_left_as_it_was_last_seen_and_goes_on_in_the_next_engine() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.pass(61_000);
    sit.engine.stop();
    let left = house.reader().unfinished().unwrap().remove(0);
    let seen = left.last_seen.unwrap();
    assert_eq!(seen.progress.elapsed_ms, 61_000);

    let next = house.open();
    assert_eq!(next.view().session_id, view.session_id);
}

#[test]
fn every_command_after_a_stop_answers_an_error_and_changes_nothing() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.engine.stop();
    let rows = house.dump();

    let engine = &sit.engine;
    let of = || of(&view);
    let history = HistoryArgs {
        before: None,
        limit: 1,
    };
    let describe = DescribeArgs {
        session_id: view.session_id,
        words: mitta_domain::session::Words::default(),
    };
    let answers = [
        engine.begin(plain(60)).err(),
        engine.pause(of()).err(),
        engine.end(of()).err(),
        engine.finish(of()).err(),
        engine.dismiss(of()).err(),
        engine.describe(describe).err(),
        engine.delete_session(of()).err(),
        engine.retry_recording(Nothing {}).err(),
        engine.snapshot(Nothing {}).err(),
        engine.totals(Nothing {}).err(),
        engine.history(history).err(),
        engine.check_plan(CheckPlanArgs { choice: plain(60) }).err(),
        engine
            .save_settings(mitta_domain::Settings::default())
            .err(),
    ];
    for (i, answer) in answers.into_iter().enumerate() {
        let error = answer.unwrap_or_else(|| panic!("command {i} was carried out"));
        assert_eq!(error.code, ErrorCode::WrongState);
    }
    assert_eq!(house.dump(), rows);
}
