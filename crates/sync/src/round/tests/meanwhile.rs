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
