//! What another process, or a damaged disk, did to the folder while or before a round went on.

use super::*;

/// I10: it ends at its next step, and nothing of it is stored.
#[test]
fn a_round_ends_when_the_account_becomes_another() {
    for phase in [SyncPhase::Pushing, SyncPhase::Pulling] {
        let server = Fake::new();
        let mut device = Device::new(1);
        device.synced(&server);
        server.asked.borrow_mut().clear();
        if phase == SyncPhase::Pushing {
            device.sit(1);
        }
        let mut other = device.other_process();
        let meanwhile = std::cell::Cell::new(true);
        let mut watch = |progress: Progress| {
            if progress.phase == phase && meanwhile.replace(false) {
                other.writer.leave_server().unwrap();
            }
            ControlFlow::Continue(())
        };
        let (writer, reader) = (&mut device.writer, &device.reader);
        let report = run(round(writer, reader, &server, &|| NOW, &mut watch));
        assert_eq!(report.pulled.unwrap_err(), Failure::AccountChanged);
        let is_push = phase == SyncPhase::Pushing;
        assert_eq!(device.waiting(), u64::from(is_push));
        assert!(!server.asked.borrow().contains(&"push"));
    }
}

/// The op is sent to the life that another process has met, and its session offered there: what a life
/// that is over has answered went with it.
#[test]
fn an_answer_of_a_life_that_another_process_knows_to_be_over_is_not_kept() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.begin(1, 1);
    device.synced(&server);
    device.note(1, "calm");
    let mut other = device.other_process();
    server.is_slow.set(true);
    let report = {
        let mut watch = |_| ControlFlow::Continue(());
        let (writer, reader) = (&mut device.writer, &device.reader);
        let mut slow = pin!(round(writer, reader, &server, &|| NOW, &mut watch));
        let mut context = Context::from_waker(Waker::noop());
        while server.pushed.borrow().len() < 2 {
            assert!(slow.as_mut().poll(&mut context).is_pending());
        }
        // While the answer is under way the server is restored to before the start; the words came by
        // another way, so that it has the sit without its plan.
        server.is_restored_without_plans();
        server.is_slow.set(false);
        server.fail_push(&RemoteError::Timeout, false);
        let mut pushes = 0;
        let mut until_met = |progress: Progress| {
            pushes += u32::from(progress.phase == SyncPhase::Pushing);
            if pushes > 1 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let (writer, reader) = (&mut other.writer, &other.reader);
        let met = run(round(writer, reader, &server, &|| NOW, &mut until_met));
        assert_eq!(met.pulled.unwrap_err(), Failure::Cancelled);
        run(slow)
    };
    assert!(report.pushed.is_ok() && report.pulled.is_ok(), "{report:?}");
    let here = device.history();
    assert!(here[0].plan.is_some());
    let there = server.data.borrow();
    let there: Vec<_> = there.sessions.values().map(|row| &row.1).collect();
    assert_eq!(there, here.iter().collect::<Vec<_>>());
    assert_eq!(device.waiting(), 0);
}

#[test]
fn what_waits_and_cannot_be_read_is_set_aside_and_the_rest_is_sent() {
    let server = Fake::new();
    let mut device = Device::new(1);
    let op = device.sit(1);
    device.sit(2);
    device.spoil(op);
    let (pushed, _) = device.synced(&server);
    assert_eq!(pushed.rejected, 1);
    assert_eq!(device.rejected(), [(op, "unreadable".to_owned())]);
    // What the folder still has of the sit is offered anew.
    assert_eq!((device.waiting(), server.sessions()), (0, 2));
}
