//! One sit whose date two devices corrected without knowing of each other: it counts once (I3), on
//! every device and on the server.

use mitta_domain::event::EventKind;
use mitta_domain::{SessionId, UnixMillis};
use mitta_store::{Edit, Opening, Stamped, WriteError, Writer};

use crate::past::{ops, time};
use crate::server::{LIFE, OWN, OWNER, Server, sign_in};
use crate::support::{Folder, T0, at, device, note, op, opening, session, sit, start};

/// When a sit is settled: long after whatever a person does.
pub const NOW: UnixMillis = UnixMillis(T0 + 3_600_000);

pub struct Device {
    pub folder: Folder,
    pub writer: Writer,
    /// What the numbers of sessions are counted from, and ten times the seconds.
    pub base: u32,
}

impl Device {
    pub fn new(n: u128) -> Self {
        let folder = Folder::new();
        let opening = Opening {
            new_device_id: device(n),
            ..opening()
        };
        let (mut writer, _) = Writer::open(&folder.dir, opening).unwrap();
        sign_in(&mut writer);
        Self {
            folder,
            writer,
            base: 0,
        }
    }

    /// A round as the real one: offers, fetches, settles, and offers that.
    pub fn sync(&mut self, server: &mut Server) -> u64 {
        self.push(server);
        self.fetch(server);
        let deleted = self.settle();
        self.push(server);
        deleted
    }

    pub fn settle(&mut self) -> u64 {
        self.writer.keep_one_correction(NOW).unwrap()
    }

    pub fn fetch(&mut self, server: &Server) {
        let after = self.folder.reader().cursor(OWN).unwrap().seq;
        self.writer.apply_page(&server.page(after, 100)).unwrap();
    }

    pub fn push(&mut self, server: &mut Server) {
        let (answers, rows) = server.push(&self.folder.reader().outbox().unwrap());
        self.writer
            .answer(OWNER, LIFE, &answers, &rows, NOW)
            .unwrap();
        assert!(self.folder.reader().outbox().unwrap().is_empty());
    }

    /// Corrects a date, `second` seconds after the first moment.
    pub fn replace(&mut self, old: u32, new: u32, second: u32) {
        let (old, new) = (self.base + old, self.base + new);
        let time = time(new.into(), 2);
        let wall_ms = self.at(second).wall_ms;
        self.writer
            .replace(session(old.into()), &time, wall_ms, ops(new * 10))
            .unwrap();
    }

    /// Takes a correction back.
    pub fn unreplace(&mut self, new: u32, second: u32) {
        let id = session((self.base + new).into());
        let Stamped { wall_ms, op_id } = self.at(second);
        let ops = [op_id, op(8_000_000 + self.base * 10 + second)];
        self.writer.unreplace(id, wall_ms, ops).unwrap();
    }

    /// Deletes or restores.
    pub fn delete(&mut self, n: u32, deleted: bool, second: u32) {
        let id = session((self.base + n).into());
        let edit = Edit::Deleted(deleted);
        self.writer.edit(id, &edit, self.at(second)).unwrap();
    }

    fn at(&self, second: u32) -> Stamped {
        let second = self.base * 10 + second;
        Stamped {
            op_id: op(7_000_000 + second),
            ..at(second)
        }
    }

    pub fn counting(&self) -> Vec<SessionId> {
        let page = self.folder.reader().history_page(None, 99).unwrap();
        let mut ids: Vec<_> = page.iter().map(|e| e.session_id).collect();
        ids.sort_unstable();
        let total = self.folder.reader().all_total().unwrap();
        assert_eq!(total.map_or(0, |t| t.sits) as usize, ids.len());
        ids
    }
}

/// Two devices that know session 1.
pub fn two() -> (Server, Device, Device) {
    let mut server = Server::default();
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    sit(&mut one.writer, 1, 600);
    one.sync(&mut server);
    two.sync(&mut server);
    (server, one, two)
}

/// Rounds in turn, until every device has heard of the others' last.
pub fn rounds(server: &mut Server, one: &mut Device, two: &mut Device) {
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
pub fn all_count(server: &Server, devices: [&Device; 2], expected: &[SessionId]) {
    for device in devices {
        assert_eq!(device.counting(), expected);
        device.folder.assert_sound();
    }
    assert_eq!(counting_on_the_server(server), expected);
}

#[test]
fn of_two_corrections_the_later_stays_and_the_other_is_deleted_once() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50);
    two.replace(1, 12, 60);
    two.writer
        .edit(session(12), &Edit::Words(note("the later one")), at(65))
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
fn two_devices_that_settle_it_at_once_say_one_thing() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50);
    two.replace(1, 12, 60);
    one.push(&mut server);
    two.push(&mut server);
    let said = [&mut one, &mut two].map(|device| {
        device.fetch(&server);
        assert_eq!(device.settle(), 1);
        let mut waiting = device.folder.reader().outbox().unwrap();
        waiting.pop().map(|row| (row.op_id, row.payload)).unwrap()
    });
    assert_eq!(said[0], said[1]);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
}

#[test]
fn a_correction_that_was_corrected_again_stands_by_its_last() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50);
    one.replace(11, 13, 70);
    two.replace(1, 12, 60);
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(13)]);
}

#[test]
fn a_sit_of_which_a_part_is_on_its_way_is_left_with_a_row_that_counts() {
    for parts in 1..=3 {
        let (mut server, mut one, mut two) = two();
        one.replace(1, 11, 50);
        let waiting = one.folder.reader().outbox().unwrap();
        assert_eq!(waiting.len(), 3, "sit, deletion, that it counts");
        server.push(&waiting[..parts]);
        two.sync(&mut server);
        assert!(two.counting().contains(&session(11)), "{parts}");
        server.push(&waiting[parts..]);
        rounds(&mut server, &mut one, &mut two);
        all_count(&server, [&one, &two], &[session(11)]);
    }
}

#[test]
fn what_is_alone_or_waits_for_an_answer_is_nothing_to_settle() {
    let (mut server, mut one, mut two) = two();
    start(&mut one.writer, 5);
    one.replace(1, 11, 50);
    assert_eq!(one.settle() + one.sync(&mut server), 0);
    two.replace(1, 12, 60);
    two.fetch(&server);
    assert_eq!(two.settle(), 0, "nobody has said when 12 was made");
    rounds(&mut server, &mut one, &mut two);
    assert_eq!(counting_on_the_server(&server), [session(5), session(12)]);
}

/// The one that it stands for is deleted as well, and would count beside the other.
#[test]
fn a_correction_that_was_settled_away_cannot_be_undone() {
    let (mut server, mut one, mut two) = two();
    one.replace(1, 11, 50);
    two.replace(1, 12, 60);
    rounds(&mut server, &mut one, &mut two);
    let undone = one.writer.unreplace(session(11), NOW, [op(90), op(91)]);
    assert!(
        matches!(undone, Err(WriteError::Deleted(id)) if id == session(11)),
        "{undone:?}"
    );
    rounds(&mut server, &mut one, &mut two);
    all_count(&server, [&one, &two], &[session(12)]);
}
