//! Servers that were set up anew or restored, shares that come and go, totals that differ.

use mitta_domain::share::SharedSit;
use mitta_domain::{Seconds, SessionId, ShareId};
use uuid::Uuid;

use super::fake::Data;
use super::folder::session;
use super::*;

/// A server that has lost what came after a number of sits, and the device that sat.
fn restored(backup_after: u32, sits: u32) -> (Fake, Device) {
    let server = Fake::new();
    let mut device = Device::new(1);
    let mut backup = Data::default();
    for n in 1..=sits {
        device.sit(n);
        device.synced(&server);
        if n == backup_after {
            backup = server.data.borrow().clone();
        }
    }
    device.note(sits, "quiet");
    device.synced(&server);
    *server.data.borrow_mut() = backup;
    (server, device)
}

#[rstest]
#[case::empty(0)]
#[case::from_a_backup(2)]
#[case::from_a_new_backup(5)]
fn a_server_that_was_restored_gets_every_own_row_again(#[case] backup_after: u32) {
    let (server, mut device) = restored(backup_after, 5);
    let before = device.history();
    *server.epoch.borrow_mut() = "2-a-1".to_owned();
    device.sit(6);
    let (_, pulled) = device.synced(&server);
    assert_eq!(pulled.compared_at_ms, Some(NOW));
    assert_eq!(device.history()[1..], before[..]);
    assert_eq!((device.waiting(), server.sessions()), (0, 6));
    // And so another device has all of it.
    let mut other = Device::new(2);
    other.synced(&server);
    assert_eq!(other.history(), device.history());
}

#[test]
fn a_server_that_went_back_without_saying_so_is_found_out_by_its_head() {
    let (server, mut device) = restored(2, 5);
    let before = device.history();
    device.synced(&server);
    assert_eq!(device.history(), before);
    assert_eq!((device.waiting(), server.sessions()), (0, 5));
}

#[test]
fn a_database_that_changes_all_the_time_ends_the_round() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    device.synced(&server);
    let mut life = 1;
    let mut watch = |_| {
        life += 1;
        *server.epoch.borrow_mut() = format!("{life}-a-1");
        ControlFlow::Continue(())
    };
    let (writer, reader) = (&mut device.writer, &device.reader);
    let report = run(round(writer, reader, &server, &|| NOW, &mut watch));
    let failure = report.pulled.err().or(report.pushed.err());
    let garbled = |f: &Failure| matches!(f, Failure::Remote(RemoteError::Garbled(_)));
    assert!(failure.as_ref().is_some_and(garbled), "{failure:?}");
    assert_eq!(device.history().len(), 1);
}

#[test]
fn a_row_that_the_server_lost_is_found_by_its_week_and_offered_again() {
    let server = Fake::new();
    let mut device = Device::new(1);
    for n in 1..=3 {
        device.sit(n);
    }
    device.synced(&server);
    let before = device.history();
    server.data.borrow_mut().sessions.remove(&session(2));
    // A new sit makes it compare again.
    device.sit(4);
    let (_, pulled) = device.synced(&server);
    assert_eq!(pulled.differing_weeks, []);
    assert_eq!(pulled.compared_at_ms, Some(NOW));
    assert_eq!(server.sessions(), 4);
    assert_eq!(device.history()[1..], before[..]);
}

#[test]
fn a_change_that_never_came_is_found_by_its_week_and_fetched() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    device.synced(&server);
    let note = Some("told to nobody".to_owned());
    {
        let mut data = server.data.borrow_mut();
        let row = &mut data.sessions.get_mut(&session(1)).unwrap().1;
        row.words.note.clone_from(&note);
        row.words_stamp = mitta_domain::session::Stamp {
            hlc_ms: NOW.0 + 5,
            device_id: row.start.device_id,
            device_seq: 99,
        };
    }
    device.sit(2);
    let (_, pulled) = device.synced(&server);
    assert_eq!(pulled.compared_at_ms, Some(NOW));
    assert_eq!(device.history()[1].words.note, note);
}

#[test]
fn totals_that_differ_after_a_repair_are_told() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    device.sit(2);
    server.false_sits.set(1);
    let (_, pulled) = device.synced(&server);
    assert_eq!(pulled.differing_weeks, ["2026-11-16".parse().unwrap()]);
    assert_eq!(pulled.compared_at_ms, None);
    server.false_sits.set(0);
    let (_, pulled) = device.synced(&server);
    assert_eq!(pulled.differing_weeks, []);
    assert_eq!(pulled.compared_at_ms, Some(NOW));
}

fn shared(n: u128) -> SharedSit {
    SharedSit {
        session_id: SessionId::from_uuid(Uuid::from_u128(0xbeef_0000 + n)),
        started_at_ms: NOW,
        utc_offset_s: 0,
        local_date: "2026-11-21".parse().unwrap(),
        planned_s: None,
        credited_s: Seconds(600),
        together_id: None,
        note: None,
        label: None,
    }
}

/// I10: rows of a share go when a list of shares says so, and for no other reason.
#[test]
fn a_share_is_fetched_and_goes_only_when_the_server_says_so() {
    let server = Fake::new();
    let mut device = Device::new(1);
    device.sit(1);
    let share = ShareId::from_uuid(Uuid::from_u128(0x5a));
    *server.partner.borrow_mut() = Some((share, vec![shared(1), shared(2)]));
    device.synced(&server);
    let held = |device: &Device| {
        let sits = device.reader.partner_sits(share, None, 10);
        sits.unwrap().len()
    };
    assert_eq!(held(&device), 2);
    // Gone between two questions of a round: no failure, and nothing is removed yet.
    let more = vec![shared(1), shared(2), shared(3)];
    *server.partner.borrow_mut() = Some((share, more));
    let mut pulls = 0;
    let mut watch = |_| {
        pulls += 1;
        if pulls == 2 {
            server.partner.take();
        }
        ControlFlow::Continue(())
    };
    let (writer, reader) = (&mut device.writer, &device.reader);
    let report = run(round(writer, reader, &server, &|| NOW, &mut watch));
    assert!(report.pulled.is_ok());
    assert_eq!(held(&device), 2);
    // The next list of shares does not name it.
    device.synced(&server);
    assert_eq!(held(&device), 0);
    assert_eq!(device.history().len(), 1);
}

/// It counts once (I3), and every device keeps the same one.
#[test]
fn a_sit_that_two_devices_have_corrected_counts_once() {
    let server = Fake::new();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    a.sit(1);
    a.synced(&server);
    b.synced(&server);
    a.correct(1, 11);
    b.correct(1, 12);
    a.synced(&server);
    // It is settled in the very round that brings the other one.
    let report = b.round(&server);
    assert!(report.is_history_changed);
    assert_eq!((report.pushed.unwrap().rejected, b.waiting()), (0, 0));
    a.synced(&server);
    assert_eq!(a.history(), b.history());
    let counting = a.history().into_iter().filter(|s| !s.deleted);
    let counting: Vec<_> = counting.map(|s| s.start.session_id).collect();
    assert_eq!(counting, [session(12)]);
}
