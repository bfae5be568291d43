//! Two processes on one data folder: one live sit, and each sees what the other did.

use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::{Seconds, State};
use mitta_runtime::Signal;
use mitta_runtime::api::{Commands as _, ErrorCode, Recording, RecoverArgs, Update};

use crate::harness::{House, of, plain};

#[test]
fn a_second_begin_is_refused_with_the_running_sit_and_nothing_is_written() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let view = window.begin(plain(600));
    window.flush();
    let before = house.dump();

    for other in [&terminal, &window] {
        let error = other.engine.begin(plain(60)).unwrap_err();
        assert_eq!(error.code, ErrorCode::SitRunning);
        assert_eq!(error.session_id, Some(view.session_id));
    }

    assert_eq!(house.dump(), before);
    assert!(
        terminal.bells.calls().is_empty(),
        "nothing was even made ready"
    );
    assert_eq!(terminal.snapshot().elsewhere, Some(view.session_id));
    assert!(
        terminal.snapshot().unfinished.is_empty(),
        "it is nobody else's to decide on"
    );
    assert_eq!(window.snapshot().elsewhere, None);
}

#[test]
fn what_a_terminal_records_is_told_to_the_window() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let view = terminal.begin(plain(60));
    window
        .ears
        .until(|signal| *signal == Signal::Update(Update::Unfinished));
    assert_eq!(window.snapshot().elsewhere, Some(view.session_id));
    let heard = window.signals().len();

    terminal.pass(60_000);
    terminal.flush();
    window
        .ears
        .until_after(heard, |signal| *signal == Signal::Update(Update::History));
    let seen = window.engine.session(of(&view)).unwrap();
    assert_eq!(
        (seen.state, seen.credited_s),
        (State::Completed, Seconds(60))
    );
    assert_eq!(window.snapshot().elsewhere, None);
}

#[test]
fn heartbeats_are_not_told_as_changes() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let view = terminal.begin(plain(3600));
    window
        .ears
        .until(|signal| *signal == Signal::Update(Update::Unfinished));
    let changes = |after: usize| {
        let is_change = |signal: &&Signal| **signal == Signal::Update(Update::History);
        window.signals()[after..].iter().filter(is_change).count()
    };
    let heard = window.signals().len();
    terminal.pass(600_000);
    terminal.flush();
    // The next real change: once it is heard, those of the heartbeats would have been, too.
    terminal.engine.discard(of(&view)).unwrap();
    window
        .ears
        .until_after(heard, |signal| *signal == Signal::Update(Update::History));
    assert_eq!(changes(heard), 1);
}

#[test]
fn the_next_sit_may_begin_wherever_the_last_one_was() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let first = terminal.begin(plain(60));
    terminal.pass(60_000);
    assert_eq!(terminal.view().recording, Recording::Recorded);

    let second = window.begin(plain(60));
    assert_eq!(
        terminal.snapshot().elsewhere,
        Some(second.session_id),
        "although one stands here"
    );
    assert_eq!(
        terminal.engine.begin(plain(1)).unwrap_err().session_id,
        Some(second.session_id)
    );
    window.pass(60_000);
    window.flush();
    let ids = [first.session_id, second.session_id];
    assert!(
        ids.iter()
            .all(|id| house.session(*id).state() == State::Completed)
    );
}

#[test]
fn a_window_that_opens_beside_a_sitting_terminal_leaves_all_rows_alone() {
    let house = House::new();
    let before = house.open();
    // Alone, the window would complete it: it was last seen just before its end.
    let orphan = before.begin(plain(130)).session_id;
    before.pass(120_000);
    before.quit();
    let terminal = house.open_terminal();
    let view = terminal.begin(plain(600));
    terminal.pass(30_000);
    terminal.flush();
    let rows = house.dump();

    let window = house.open();
    let snapshot = window.snapshot();
    assert!(snapshot.sit.is_none());
    assert_eq!(snapshot.elsewhere, Some(view.session_id));
    assert_eq!(snapshot.unfinished.len(), 1);
    let choice = RecoveryChoice::Discard;
    let error = window
        .engine
        .recover(RecoverArgs {
            session_id: orphan,
            choice,
        })
        .unwrap_err();
    assert_eq!(
        error.code,
        ErrorCode::SitRunning,
        "only the holder of the lock may recover"
    );
    assert_eq!(house.dump(), rows);

    // The terminal holds it.
    let recovered = terminal.engine.recover(RecoverArgs {
        session_id: orphan,
        choice,
    });
    assert!(recovered.unwrap().deleted);
}

/// The terminal died: what it left is offered without a new launch.
#[test]
fn a_sit_whose_process_is_gone_is_offered_to_whoever_looks() {
    let house = House::new();
    let terminal = house.open_terminal();
    let session_id = terminal.begin(plain(600)).session_id;
    let window = house.open();
    assert_eq!(window.snapshot().elsewhere, Some(session_id));
    terminal.pass(120_000);
    terminal.quit();

    let snapshot = window.snapshot();
    assert_eq!(snapshot.elsewhere, None);
    assert_eq!(snapshot.unfinished[0].session_id, session_id);
    let choice = RecoveryChoice::KeepUntilLastSeen;
    let sit = window
        .engine
        .recover(RecoverArgs { session_id, choice })
        .unwrap();
    assert_eq!(sit.credited_s, Seconds(120));
}

/// A signal ends a process without a word: that its lock falls tells of it.
#[test]
fn that_the_process_of_a_sit_is_gone_is_told_to_the_window() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let session_id = terminal.begin(plain(600)).session_id;
    window
        .ears
        .until(|signal| *signal == Signal::Update(Update::Unfinished));
    assert_eq!(window.snapshot().elsewhere, Some(session_id));
    let heard = window.signals().len();

    drop(terminal.engine);
    window.ears.until_after(heard, |signal| {
        *signal == Signal::Update(Update::Unfinished)
    });
    let snapshot = window.snapshot();
    assert_eq!(snapshot.elsewhere, None);
    assert_eq!(snapshot.unfinished[0].session_id, session_id);
}

#[test]
fn a_command_for_a_sit_of_another_process_changes_nothing() {
    let house = House::new();
    let (window, terminal) = (house.open(), house.open_terminal());
    let view = terminal.begin(plain(600));
    terminal.flush();
    let before = house.dump();
    let error = window.engine.discard(of(&view)).unwrap_err();
    assert_eq!(error.code, ErrorCode::NoSit);
    let error = window.engine.delete_session(of(&view)).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotCompleted);
    assert_eq!(house.dump(), before);
}
