//! Only the server orders edits (I8): a device compares no clocks of its own, however wrong its is.

use mitta_domain::UnixMillis;
use mitta_domain::apply::clamp;
use mitta_domain::op::Change;
use mitta_store::{Edit, Stamped};

use crate::server::{LIFE, OWNER, Server, answered, canonical, sign_in};
use crate::support::{Folder, T0, at, note, sit};

const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// The server's clock when the ops arrive.
const ARRIVED: UnixMillis = UnixMillis(T0 + 21_000);

#[test]
fn a_device_whose_clock_is_a_year_ahead_does_not_hold_on_to_its_words() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = sit(&mut writer, 1, 600);
    let ahead = Stamped {
        wall_ms: UnixMillis(T0 + YEAR_MS),
        ..at(20)
    };
    writer.edit(id, &Edit::Words(note("mine")), ahead).unwrap();
    let mut server = Server::default();
    let outbox = folder.reader().outbox().unwrap();
    let answers: Vec<_> = outbox
        .iter()
        .map(|row| {
            let op = clamp(row.op.clone(), ARRIVED.0);
            answered(row.op_id, server.take(&op))
        })
        .collect();
    let rows = [canonical(&server.rows[&id])];
    writer
        .answer(OWNER, LIFE, &answers, &rows, ARRIVED)
        .unwrap();
    let shown = || folder.reader().session(id).unwrap();
    assert_eq!(shown().as_ref(), Some(&server.rows[&id]), "its stamp too");

    // Later by the server's clock, long before by this device's.
    let words = note("theirs");
    server.edited_elsewhere(id, Change::Words { words }, 900);
    writer.apply_page(&server.page(0, 10)).unwrap();
    assert_eq!(shown().as_ref(), Some(&server.rows[&id]));
    assert_eq!(shown().unwrap().words, note("theirs"));
    let kept = folder.reader().revisions(id).unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
}
