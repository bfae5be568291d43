//! Rounds against a scripted server and a real data folder.

mod fake;
pub(crate) mod folder;
mod meanwhile;
mod repair;

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use mitta_domain::UnixMillis;
use mitta_protocol::push::Outcome;
use rstest::rstest;

use super::*;
use fake::Fake;
use folder::{Device, NOW};

/// Runs a future whose only awaits are a server that is always ready.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

impl Device {
    fn round(&mut self, server: &Fake) -> RoundReport {
        self.round_at(server, NOW)
    }

    fn round_at(&mut self, server: &Fake, now: UnixMillis) -> RoundReport {
        let mut watch = |_| ControlFlow::Continue(());
        let now = move || now;
        run(round(
            &mut self.writer,
            &self.reader,
            server,
            &now,
            &mut watch,
        ))
    }

    /// A round in which both directions go well.
    #[track_caller]
    fn synced(&mut self, server: &Fake) -> (Pushed, Pulled) {
        let report = self.round(server);
        (report.pushed.unwrap(), report.pulled.unwrap())
    }
}

#[test]
fn what_waits_reaches_another_device_and_an_empty_round_is_one_request() {
    let server = Fake::new();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    a.sit(1);
    a.sit(2);
    let (pushed, pulled) = a.synced(&server);
    assert_eq!((pushed.answered, pulled.changes), (2, 2));
    assert_eq!(pulled.compared_at_ms, Some(NOW));
    let (pushed, pulled) = b.synced(&server);
    assert_eq!((pushed.answered, pulled.changes), (0, 2));
    assert_eq!(a.history(), b.history());
    server.asked.borrow_mut().clear();
    let (_, pulled) = a.synced(&server);
    assert_eq!(*server.asked.borrow(), ["pull"]);
    // Compared at this very position before.
    assert_eq!(pulled.compared_at_ms, None);
    server.asked.borrow_mut().clear();
    let day = i64::try_from(crate::plan::COMPARED_FOR_MS).unwrap();
    let report = a.round_at(&server, NOW.plus_ms(day));
    assert_eq!(
        report.pulled.unwrap().compared_at_ms,
        Some(NOW.plus_ms(day))
    );
    assert_eq!(*server.asked.borrow(), ["pull"]);
}

#[test]
fn nothing_is_asked_before_the_history_was_claimed() {
    let server = Fake::new();
    for mut device in [Device::asked(1), Device::stranger(2)] {
        device.sit(1);
        let report = device.round(&server);
        assert_eq!(report.pushed.unwrap_err(), Failure::NotAllowed);
        assert_eq!(report.pulled.unwrap_err(), Failure::NotAllowed);
    }
    assert_eq!(*server.asked.borrow(), [""; 0]);
}

#[test]
fn the_bytes_of_an_op_are_sent_as_they_lie_in_the_outbox() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    device.sit(2);
    let outbox = device.reader.outbox().unwrap();
    device.synced(&server);
    let sent = server.pushed.borrow();
    let payloads = outbox
        .iter()
        .map(|row| String::from_utf8_lossy(&row.payload));
    let ops: Vec<_> = payloads.collect();
    assert_eq!(
        String::from_utf8_lossy(&sent[0]),
        format!("{{\"ops\":[{}]}}", ops.join(","))
    );
}

/// I5: whatever is not answered stays.
#[rstest]
#[case(RemoteError::Offline(String::new()))]
#[case(RemoteError::Timeout)]
#[case(RemoteError::Certificate(String::new()))]
#[case(RemoteError::NotMitta)]
#[case(RemoteError::SignInNeeded)]
#[case(RemoteError::Unsupported { update_this: false })]
#[case(RemoteError::Busy { after_s: Some(7) })]
#[case(RemoteError::RateLimited { after_s: Some(7) })]
#[case(RemoteError::Refused { code: "unknown".into(), message: String::new() })]
#[case(RemoteError::Garbled(String::new()))]
fn a_push_without_an_answer_keeps_every_op(#[case] error: RemoteError) {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    for after in [false, true] {
        server.fail_push(&error, after);
        let report = device.round(&server);
        assert_eq!(report.pushed.unwrap_err(), Failure::Remote(error.clone()));
        assert_eq!(device.waiting(), 1);
        assert_eq!(device.rejected(), []);
    }
    // What the server did without being heard counts once (I3).
    device.synced(&server);
    assert_eq!((device.waiting(), server.sessions()), (0, 1));
}

/// I3: by its id and its bytes the server knows an op that it has answered.
#[test]
fn what_is_offered_again_is_the_very_same_op_and_counts_once_i3() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let op = device.sit(1);
    server.fail_push(&RemoteError::Timeout, true);
    assert!(device.round(&server).pushed.is_err());
    assert_eq!(device.waiting_ops(), [op]);
    device.synced(&server);
    let sent = server.pushed.borrow();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    assert_eq!(server.sessions(), 1);
}

#[test]
fn fetching_goes_well_though_sending_fails_and_the_other_way_round() {
    let server = Fake::new();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    a.sit(1);
    a.synced(&server);
    b.sit(2);
    let busy = RemoteError::Busy { after_s: None };
    server.fail_push(&busy, false);
    let report = b.round(&server);
    assert!(report.pushed.is_err());
    assert_eq!(report.pulled.unwrap().changes, 1);
    server.pull_faults.borrow_mut().push_back(busy);
    let report = b.round(&server);
    assert_eq!(report.pushed.unwrap().answered, 1);
    assert!(report.pulled.is_err());
    assert_eq!(server.sessions(), 2);
}

#[test]
fn an_op_that_the_answer_does_not_name_stays() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let ops: Vec<_> = (1..=3).map(|n| device.sit(n)).collect();
    server.leave_out.borrow_mut().insert(ops[1]);
    let report = device.round(&server);
    assert!(report.pushed.is_err());
    assert_eq!(device.waiting_ops(), [ops[1]]);
    server.leave_out.borrow_mut().clear();
    device.synced(&server);
    assert_eq!(device.waiting(), 0);
}

#[test]
fn an_outcome_that_is_not_known_here_leaves_the_op() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let ops: Vec<_> = (1..=2).map(|n| device.sit(n)).collect();
    server.say(ops[0], Outcome::Unknown);
    assert!(device.round(&server).pushed.is_err());
    assert_eq!(device.waiting_ops(), [ops[0]]);
}

#[test]
fn a_refused_op_is_set_aside_with_its_code_and_blocks_no_other() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.synced(&server);
    let ops: Vec<_> = (1..=3).map(|n| device.sit(n)).collect();
    let code = "credited_out_of_range".to_owned();
    server.say(ops[1], Outcome::Rejected { code: code.clone() });
    let (pushed, pulled) = device.synced(&server);
    assert_eq!((pushed.answered, pushed.rejected), (3, 1));
    assert_eq!(device.rejected(), [(ops[1], code)]);
    // With something refused the two sides cannot be the same: nothing is compared.
    assert_eq!(pulled.compared_at_ms, None);
    server.asked.borrow_mut().clear();
    device.synced(&server);
    assert_eq!(*server.asked.borrow(), ["pull"]);
}

#[test]
fn an_op_that_is_put_off_waits_for_its_time() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let op = device.sit(1);
    server.say(op, Outcome::Retry { after_s: 60 });
    let (pushed, _) = device.synced(&server);
    assert_eq!(pushed.retry_at_ms, Some(NOW.plus_ms(60_000)));
    server.outcomes.borrow_mut().clear();
    server.asked.borrow_mut().clear();
    device.synced(&server);
    assert_eq!(*server.asked.borrow(), ["pull"]);
    let report = device.round_at(&server, NOW.plus_ms(60_000));
    assert_eq!(report.pushed.unwrap().answered, 1);
}

#[rstest]
#[case("invalid_field", "invalid_field")]
#[case("malformed_op", "malformed_op")]
fn a_push_is_halved_until_the_bad_op_stands_alone(#[case] code: &str, #[case] kept: &str) {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.synced(&server);
    let ops: Vec<_> = (1..=9).map(|n| device.sit(n)).collect();
    server.bad.borrow_mut().insert(ops[4], code.to_owned());
    let (pushed, _) = device.synced(&server);
    assert_eq!((pushed.answered, pushed.rejected), (9, 1));
    assert_eq!(device.rejected(), [(ops[4], kept.to_owned())]);
    assert_eq!(server.sessions(), 8);
}

#[test]
fn an_op_at_which_the_server_fails_waits_behind_the_others() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let ops: Vec<_> = (1..=5).map(|n| device.sit(n)).collect();
    server
        .bad
        .borrow_mut()
        .insert(ops[0], "internal".to_owned());
    let (pushed, _) = device.synced(&server);
    assert_eq!(pushed.answered, 4);
    assert_eq!(device.rejected(), []);
    assert_eq!(device.waiting_ops(), [ops[0]]);
    let later = i64::from(crate::plan::FAILED_ALONE_S) * 1000;
    assert_eq!(pushed.retry_at_ms, Some(NOW.plus_ms(later)));
}

#[test]
fn pages_are_stored_one_by_one_and_a_round_may_end_between_two() {
    let server = Fake::new();
    server.page.set(2);
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    for n in 1..=5 {
        a.sit(n);
    }
    a.synced(&server);
    let mut pages = 0;
    let mut watch = |progress: Progress| {
        pages += u32::from(progress.phase == SyncPhase::Pulling);
        if pages > 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let report = run(round(
        &mut b.writer,
        &b.reader,
        &server,
        &|| NOW,
        &mut watch,
    ));
    assert_eq!(report.pulled.unwrap_err(), Failure::Cancelled);
    assert_eq!(b.history().len(), 4);
    let (_, pulled) = b.synced(&server);
    assert_eq!(pulled.changes, 1);
    assert_eq!(a.history(), b.history());
}

#[test]
fn a_round_dropped_at_any_await_loses_nothing_and_counts_nothing_twice() {
    for polls in 0..12 {
        let server = Fake::new();
        server.is_slow.set(true);
        let (mut a, mut b) = (Device::new(1), Device::new(2));
        b.sit(7);
        b.sit(8);
        b.synced(&server);
        a.sit(1);
        a.sit(2);
        {
            let mut watch = |_| ControlFlow::Continue(());
            let mut round = pin!(round(
                &mut a.writer,
                &a.reader,
                &server,
                &|| NOW,
                &mut watch
            ));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if round.as_mut().poll(&mut context).is_ready() {
                    break;
                }
            }
        }
        a.synced(&server);
        b.synced(&server);
        assert_eq!(a.waiting(), 0);
        assert_eq!(server.sessions(), 4);
        assert_eq!(a.history(), b.history(), "dropped after {polls} polls");
    }
}

#[test]
fn another_process_that_is_quicker_makes_it_read_again() {
    let server = Fake::new();
    server.page.set(1);
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    for n in 1..=3 {
        a.sit(n);
    }
    a.synced(&server);
    let mut other = b.other_process();
    // The other process fetches all of it while this one waits for its first page.
    let meanwhile = std::cell::Cell::new(true);
    let mut watch = |progress: Progress| {
        if progress.phase == SyncPhase::Pulling && meanwhile.replace(false) {
            other.synced(&server);
        }
        ControlFlow::Continue(())
    };
    let report = run(round(
        &mut b.writer,
        &b.reader,
        &server,
        &|| NOW,
        &mut watch,
    ));
    assert!(report.pulled.is_ok());
    assert_eq!(a.history(), b.history());
}

#[test]
fn the_answer_of_another_server_or_person_changes_nothing() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    device.synced(&server);
    let before = device.history();
    device.sit(2);
    server.server_id.set(uuid::Uuid::nil());
    let report = device.round(&server);
    assert_eq!(report.pushed.unwrap_err(), Failure::OtherServer);
    let server = Fake::new();
    server
        .person_id
        .set(mitta_domain::PersonId::from_uuid(uuid::Uuid::nil()));
    let waiting = device.waiting();
    let report = device.round(&server);
    assert_eq!(report.pushed.unwrap_err(), Failure::OtherPerson);
    assert_eq!(report.pulled.unwrap_err(), Failure::OtherPerson);
    assert_eq!(device.waiting(), waiting);
    assert_eq!(device.history()[1..], before[..]);
}

#[test]
fn the_offset_of_the_clocks_is_told() {
    let server = Fake::new();
    server.clock_ms.set(NOW.0 + 90_000);
    assert_eq!(Device::new(1).round(&server).clock_offset_ms, Some(90_000));
}
