//! One sit whose date two devices corrected without knowing of each other: it counts once (I3), on
//! every device and on the server.

use mitta_domain::event::EventKind;
use mitta_domain::{SessionId, UnixMillis};
use mitta_store::{Edit, Opening, PastTime, WriteError, Writer};
use uuid::Uuid;

use crate::past::{ops, time};
use crate::server::{LIFE, OWN, OWNER, Server, sign_in};
use crate::support::{Folder, T0, at, device, note, op, opening, session, sit, start};

const NOW: UnixMillis = UnixMillis(T0 + 60_000);

struct Device {
    folder: Folder,
    writer: Writer,
}

impl Device {
    fn new(n: u128) -> Self {
        let folder = Folder::new();
        let opening = Opening {
            new_device_id: device(n),
            ..opening()
        };
        let (mut writer, _) = Writer::open(&folder.dir, opening).unwrap();
        sign_in(&mut writer);
        Self { folder, writer }
    }

    /// A round as the real one: offers, fetches, settles, and offers that.
    fn sync(&mut self, server: &mut Server) -> u64 {
        self.push(server);
        self.fetch(server);
        let deleted = self.writer.keep_one_correction(NOW).unwrap();
        self.push(server);
        deleted
    }

    fn fetch(&mut self, server: &Server) {
        let after = self.folder.reader().cursor(OWN).unwrap().seq;
        self.writer.apply_page(&server.page(after, 100)).unwrap();
    }

    fn push(&mut self, server: &mut Server) {
        let (answers, rows) = server.push(&self.folder.reader().outbox().unwrap());
        self.writer
            .answer(OWNER, LIFE, &answers, &rows, NOW)
            .unwrap();
        assert!(self.folder.reader().outbox().unwrap().is_empty());
    }

    fn replace(&mut self, old: u128, new: u128, days_ago: i64) {
        let ops = ops(u32::try_from(new * 10).unwrap());
        self.writer
            .replace(session(old), &time(new, days_ago), NOW, ops)
            .unwrap();
    }

    fn counting(&self) -> Vec<SessionId> {
        let page = self.folder.reader().history_page(None, 99).unwrap();
        let mut ids: Vec<_> = page.iter().map(|e| e.session_id).collect();
        ids.sort_unstable();
        let total = self.folder.reader().all_total().unwrap();
        assert_eq!(total.map_or(0, |t| t.sits) as usize, ids.len());
        ids
    }
}

/// Two devices that know session 1.
fn two() -> (Server, Device, Device) {
    let mut server = Server::default();
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    sit(&mut one.writer, 1, 600);
    one.sync(&mut server);
    two.sync(&mut server);
    (server, one, two)
}

/// Rounds in turn, until every device has heard of the others' last.
fn rounds(server: &mut Server, one: &mut Device, two: &mut Device) {
    for _ in 0..2 {
        one.sync(server);
        two.sync(server);
    }
}

fn counting_on_the_server(server: &Server) -> Vec<SessionId> {
    let rows = server.rows.values().filter(|row| !row.deleted);
    rows.map(|row| row.start.session_id).collect()
}

#[track_caller]
fn all_count(server: &Server, devices: [&Device; 2], expected: &[SessionId]) {
    for device in devices {
        assert_eq!(device.counting(), expected);
        device.folder.assert_sound();
    }
    assert_eq!(counting_on_the_server(server), expected);
}

#[test]
fn of_two_corrections_the_later_stays_and_the_other_is_deleted_once() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    two.replace(1, 12, 3);
    two.writer
        .edit(session(12), &Edit::Words(note("the later one")), at(60))
        .unwrap();
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server), 1);
    assert_eq!(one.sync(&mut server), 0, "it came deleted");
    all_count(&server, [&one, &two], &[session(12)]);
    let events = two.folder.reader().events(session(11)).unwrap();
    assert_eq!(events.last().map(|e| e.kind), Some(EventKind::Edited));
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
}

#[test]
fn two_devices_that_settle_it_at_once_keep_the_same_one() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    two.replace(1, 12, 3);
    one.push(&mut server);
    two.push(&mut server);
    for device in [&mut one, &mut two] {
        device.fetch(&server);
        assert_eq!(device.writer.keep_one_correction(NOW).unwrap(), 1);
    }
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
}

#[test]
fn the_one_that_a_person_restores_is_the_one_that_stays() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    two.replace(1, 12, 3);
    rounds(&mut server, &mut one, &mut two);
    one.writer
        .edit(session(11), &Edit::Deleted(false), at(70))
        .unwrap();
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(11)]);
}

/// The one that it stands for is deleted as well, and would count beside the other.
#[test]
fn a_correction_that_was_settled_away_cannot_be_undone() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    two.replace(1, 12, 3);
    rounds(&mut server, &mut one, &mut two);
    let undone = one.writer.unreplace(session(11), NOW, [op(90), op(91)]);
    assert!(
        matches!(undone, Err(WriteError::Deleted(id)) if id == session(11)),
        "{undone:?}"
    );
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
}

#[test]
fn a_correction_that_counts_again_as_the_next_was_undone_takes_part() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    one.replace(11, 13, 4);
    one.writer
        .unreplace(session(13), NOW, [op(90), op(91)])
        .unwrap();
    two.replace(1, 12, 3);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(11)]);
}

/// Made at a second of the clock, as the ids of Mitta's own sits are.
fn made_at(second: i64, n: u128) -> SessionId {
    let ms = u128::from((T0 + second * 1_000).unsigned_abs());
    SessionId::from_uuid(Uuid::from_u128(ms << 80 | 0x7 << 76 | 0x8 << 60 | n))
}

#[test]
fn a_correction_that_is_newer_than_a_restored_one_stays() {
    let (mut server, mut one, mut two) = two();
    let replace = |device: &mut Device, new: SessionId, n: u32| {
        let time = PastTime {
            session_id: new,
            ..time(1, 2)
        };
        device
            .writer
            .replace(session(1), &time, NOW, ops(n))
            .unwrap();
    };
    let (older, newer) = (made_at(100, 2), made_at(300, 1));
    replace(&mut two, older, 120);
    for (deleted, n) in [(true, 130), (false, 140)] {
        two.writer
            .edit(older, &Edit::Deleted(deleted), at(n))
            .unwrap();
    }
    replace(&mut one, newer, 110);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[newer]);
}

#[test]
fn a_correction_that_was_corrected_again_stands_by_its_last() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    one.replace(11, 13, 4);
    two.replace(1, 12, 3);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(13)]);
}

/// Its deletion is on its way: whoever deleted the correction would leave the sit without any row.
#[test]
fn a_sit_whose_correction_came_before_its_deletion_is_left_as_it_is() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 2);
    let waiting = one.folder.reader().outbox().unwrap();
    let (deletion, rest) = waiting.split_last().unwrap();
    server.push(rest);
    assert_eq!(two.sync(&mut server), 0);
    assert_eq!(two.counting(), [session(1), session(11)]);
    server.push(std::slice::from_ref(deletion));
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(11)]);
}

#[test]
fn what_is_deleted_or_alone_is_nothing_to_settle() {
    let (mut server, mut one, mut two) = two();
    start(&mut one.writer, 5);
    one.replace(1, 11, 2);
    two.replace(1, 12, 3);
    two.writer
        .edit(session(12), &Edit::Deleted(true), at(60))
        .unwrap();
    assert_eq!(one.sync(&mut server) + two.sync(&mut server), 0);
    rounds(&mut server, &mut one, &mut two);
    assert_eq!(counting_on_the_server(&server), [session(5), session(11)]);
}
