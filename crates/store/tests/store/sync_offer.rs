//! Another life of the server's database: everything is read and offered again, nothing twice (I3),
//! nothing lost, and no old edit wins over a newer one.

use mitta_domain::op::Change;
use mitta_domain::{Seconds, UnixMillis};
use mitta_store::{Edit, Page, SyncWriteError};

use crate::server::{EPOCH, LIFE, OWN, OWNER, SERVER, Server, sign_in};
use crate::support::{Folder, T0, at, completion, date, note, op, session, sit, start};

const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);
const NEXT: &str = "2-7000-1";

/// Sends everything and stores the answers.
fn sync(folder: &Folder, writer: &mut mitta_store::Writer, server: &mut Server) {
    let (answers, rows) = server.push(&folder.reader().outbox().unwrap());
    let life = folder.reader().sync_state().unwrap().epoch;
    let life = life.as_deref();
    writer.answer(OWNER, life, &answers, &rows, NOW).unwrap();
    assert!(folder.reader().outbox().unwrap().is_empty());
}

fn page(server: &Server, epoch: &str, after: u64) -> Page {
    Page {
        epoch: epoch.into(),
        ..server.page(after, 100)
    }
}

/// Four sits in various states, all of them acknowledged.
fn acknowledged(server: &mut Server) -> (Folder, mitta_store::Writer) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    sit(&mut writer, 2, 600);
    let discarded = start(&mut writer, 3);
    writer
        .discard(discarded, &completion(0), at(31), op(32))
        .unwrap();
    start(&mut writer, 4);
    writer
        .edit(session(1), &Edit::Words(note("calm")), at(50))
        .unwrap();
    writer
        .edit(session(1), &Edit::Credited(Seconds(500)), at(51))
        .unwrap();
    writer
        .edit(session(2), &Edit::Deleted(true), at(52))
        .unwrap();
    sync(&folder, &mut writer, server);
    (folder, writer)
}

fn rows(folder: &Folder) -> Vec<Option<mitta_domain::Session>> {
    (1..=4)
        .map(|n| folder.reader().session(session(n)).unwrap())
        .collect()
}

#[test]
fn a_server_that_has_lost_everything_gets_everything_again() {
    let (folder, mut writer) = acknowledged(&mut Server::default());
    let folder_rows = rows(&folder);
    assert!(writer.new_epoch(SERVER, NEXT).unwrap());
    assert!(
        !writer.new_epoch(SERVER, NEXT).unwrap(),
        "known: nothing is begun anew"
    );
    let reader = folder.reader();
    assert_eq!(reader.cursor(OWN).unwrap().seq, 0);
    assert_eq!(reader.sync_counts().unwrap().to_offer, 4);
    assert!(reader.own_summary().unwrap().pending);
    let left: Vec<_> = (0..3).map(|_| writer.offer_more(2).unwrap()).collect();
    assert_eq!(left, [2, 0, 0], "in steps, none of them large");
    let mut empty = Server::default();
    sync(&folder, &mut writer, &mut empty);
    assert_eq!(
        empty.rows.values().cloned().map(Some).collect::<Vec<_>>(),
        folder_rows
    );
    assert_eq!(
        empty.events[&session(1)],
        folder.reader().events(session(1)).unwrap()[..2]
    );
    assert_eq!(rows(&folder), folder_rows, "and nothing changed here");
    assert!(!reader.own_summary().unwrap().pending);
}

#[test]
fn offering_twice_is_offering_once() {
    let (folder, mut writer) = acknowledged(&mut Server::default());
    for epoch in [NEXT, "3-7000-1"] {
        writer.new_epoch(SERVER, epoch).unwrap();
        writer.offer_more(100).unwrap();
    }
    let outbox = folder.reader().outbox().unwrap();
    assert_eq!(outbox.len(), 8, "four beginnings, four edits");
    assert!(outbox.is_sorted_by(|a, b| a.device_seq < b.device_seq));
    let mut server = Server::default();
    sync(&folder, &mut writer, &mut server);
    writer.start_over(SERVER).unwrap();
    writer.offer_more(100).unwrap();
    let again = folder.reader().outbox().unwrap();
    assert!(
        again
            .iter()
            .zip(&outbox)
            .all(|(a, b)| a.payload == b.payload),
        "the same ops"
    );
    let before = server.rows.clone();
    sync(&folder, &mut writer, &mut server);
    assert_eq!(server.rows, before);
}

/// The usual case: the epoch is another one, and nothing was lost.
#[test]
fn what_a_pulled_row_says_already_is_not_offered() {
    let mut server = Server::default();
    let (folder, mut writer) = acknowledged(&mut server);
    writer.new_epoch(SERVER, NEXT).unwrap();
    writer.apply_page(&page(&server, NEXT, 0)).unwrap();
    assert_eq!(folder.reader().sync_counts().unwrap().to_offer, 0);
    assert!(folder.reader().outbox().unwrap().is_empty());
}

/// Restored from a backup: what the server has forgotten stays shown, and is offered before a row that
/// is older takes its place.
#[test]
fn a_server_that_went_back_in_time_gets_what_it_has_forgotten() {
    let mut server = Server::default();
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = sit(&mut writer, 1, 600);
    let running = start(&mut writer, 2);
    sync(&folder, &mut writer, &mut server);
    let backup = server.clone();
    writer
        .edit(id, &Edit::Words(note("after the backup")), at(50))
        .unwrap();
    writer.complete(running, &completion(300), at(51)).unwrap();
    sync(&folder, &mut writer, &mut server);
    let (first, second) = (
        folder.reader().session(id).unwrap(),
        folder.reader().session(running).unwrap(),
    );

    let mut restored = backup;
    writer.new_epoch(SERVER, NEXT).unwrap();
    writer.apply_page(&page(&restored, NEXT, 0)).unwrap();
    assert_eq!(
        folder.reader().session(id).unwrap(),
        first,
        "nothing goes from the screen"
    );
    assert_eq!(folder.reader().session(running).unwrap(), second);
    assert!(folder.reader().revisions(id).unwrap().is_empty());
    assert_eq!(writer.offer_more(100).unwrap(), 0);
    let waiting = folder.reader().outbox().unwrap();
    assert_eq!(waiting.len(), 2, "only what it has forgotten: {waiting:?}");
    sync(&folder, &mut writer, &mut restored);
    assert_eq!(restored.rows.get(&id).cloned(), first);
    assert_eq!(restored.rows.get(&running).cloned(), second);
}

/// What a life that is over has answered is lost with it: the op is still to be sent, and the session
/// still to be offered, since that row says nothing of what is there now.
#[test]
fn an_answer_of_a_life_that_is_over_takes_no_op_and_no_offer_with_it() {
    let mut server = Server::default();
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = start(&mut writer, 1);
    sync(&folder, &mut writer, &mut server);
    writer.edit(id, &Edit::Words(note("calm")), at(20)).unwrap();
    let sent = folder.reader().outbox().unwrap();
    let (answers, rows) = server.push(&sent);

    // While the answer is under way the server is restored to before the start, the op reaches it by
    // another way, and another process meets it.
    let mut restored = Server::default();
    restored.take(&sent[0].op);
    writer.new_epoch(SERVER, NEXT).unwrap();
    let before = folder.contents();
    let refused = writer.answer(OWNER, LIFE, &answers, &rows, NOW);
    let Err(SyncWriteError::OtherLife { epoch }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(epoch.as_deref(), Some(NEXT));
    assert_eq!(folder.contents(), before);

    writer.apply_page(&page(&restored, NEXT, 0)).unwrap();
    assert_eq!(writer.offer_more(100).unwrap(), 0);
    sync(&folder, &mut writer, &mut restored);
    let here = folder.reader().session(id).unwrap();
    assert!(here.as_ref().is_some_and(|it| it.plan.is_some()));
    assert_eq!(restored.rows.get(&id).cloned(), here);
}

/// The stamps are those of the edits, not of the offer: what another device wrote later stays.
#[test]
fn an_old_edit_that_is_offered_again_wins_over_nothing_newer() {
    for pull_first in [true, false] {
        let mut server = Server::default();
        let (folder, mut writer) = acknowledged(&mut server);
        server.edited_elsewhere(
            session(1),
            Change::Words {
                words: note("newer"),
            },
            900,
        );
        server.edited_elsewhere(session(4), Change::Deleted { deleted: true }, 900);
        writer.new_epoch(SERVER, NEXT).unwrap();
        if pull_first {
            writer.apply_page(&page(&server, NEXT, 0)).unwrap();
        }
        writer.offer_more(100).unwrap();
        sync(&folder, &mut writer, &mut server);
        if !pull_first {
            writer.apply_page(&page(&server, NEXT, 0)).unwrap();
        }
        assert_eq!(server.rows[&session(1)].words, note("newer"));
        assert!(
            server.rows[&session(4)].deleted,
            "what was deleted does not come back"
        );
        let mine: Vec<_> = server.rows.values().cloned().map(Some).collect();
        assert_eq!(rows(&folder), mine, "pulled first: {pull_first}");
        let kept = folder.reader().revisions(session(1)).unwrap();
        let lost = Change::Words {
            words: note("calm"),
        };
        assert_eq!(
            kept.iter().filter(|r| r.change == lost).count(),
            1,
            "{kept:?}"
        );
    }
}

/// An unsent op is shown as if it were the latest: what is offered again must not be stamped so.
#[test]
fn an_unsent_op_is_offered_as_it_was_written_and_not_as_it_is_shown() {
    let mut server = Server::default();
    let (folder, mut writer) = acknowledged(&mut server);
    let id = session(1);
    writer
        .edit(id, &Edit::Words(note("unsent")), at(60))
        .unwrap();
    server.edited_elsewhere(
        id,
        Change::Words {
            words: note("newer"),
        },
        900,
    );
    writer.apply_page(&page(&server, EPOCH, 0)).unwrap();
    assert_eq!(
        folder.reader().session(id).unwrap().unwrap().words,
        note("unsent")
    );
    writer.new_epoch(SERVER, NEXT).unwrap();
    writer.offer_more(100).unwrap();
    sync(&folder, &mut writer, &mut server);
    assert_eq!(server.rows[&id].words, note("newer"));
    assert_eq!(
        folder.reader().session(id).unwrap().as_ref(),
        server.rows.get(&id)
    );
}

#[test]
fn a_week_is_offered_again_by_its_dates() {
    let (folder, mut writer) = acknowledged(&mut Server::default());
    let none = writer
        .offer_week(date("2026-11-22"), date("2026-11-28"))
        .unwrap();
    assert_eq!(none, 0);
    let week = (date("2026-11-16"), date("2026-11-22"));
    assert_eq!(
        writer.offer_week(week.0, week.1).unwrap(),
        4,
        "deleted and running ones too"
    );
    assert_eq!(
        writer.offer_week(week.0, week.1).unwrap(),
        0,
        "they are to be already"
    );
    assert_eq!(writer.offer_more(100).unwrap(), 0);
    assert_eq!(folder.reader().outbox().unwrap().len(), 8);
}

/// The place in the offer survives whatever happens between two steps, and a step is whole or not at
/// all.
#[test]
fn an_offer_that_is_cut_short_goes_on_where_it_was() {
    let (folder, mut writer) = acknowledged(&mut Server::default());
    writer.new_epoch(SERVER, NEXT).unwrap();
    assert_eq!(writer.offer_more(1).unwrap(), 3);
    drop(writer);
    let mut writer = folder.writer();
    let break_it = "CREATE TRIGGER broken BEFORE INSERT ON outbox WHEN NEW.session_id LIKE '%3' \
                    BEGIN SELECT RAISE(ABORT, 'no'); END";
    folder.sqlite().execute_batch(break_it).unwrap();
    let before = folder.contents();
    writer.offer_more(10).unwrap_err();
    assert_eq!(folder.contents(), before);
    folder
        .sqlite()
        .execute_batch("DROP TRIGGER broken")
        .unwrap();
    assert_eq!(writer.offer_more(10).unwrap(), 0);
    assert_eq!(folder.reader().outbox().unwrap().len(), 8);
    folder.assert_sound();
}

/// What a device wrote by a clock that is ahead, the server has set back. Offered again as it was
/// written, it would be set back again, to a later moment, and take from what was written in between.
#[test]
fn what_the_server_has_set_back_is_not_offered_again_as_it_was_written() {
    let mut server = Server::default();
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let ahead = 1_000_000;
    let words = Edit::Words(note("by a clock that is ahead"));
    writer.edit(session(1), &words, at(ahead)).unwrap();
    writer
        .edit(session(1), &Edit::Deleted(true), at(ahead + 1))
        .unwrap();
    // Its sits are to be offered, and the ops of them wait.
    sign_in(&mut writer);
    let (answers, mut rows) = server.push(&folder.reader().outbox().unwrap());
    for row in &mut rows {
        row.session.words_stamp.hlc_ms = T0;
        row.session.deleted_stamp.hlc_ms = T0;
    }
    writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap();
    writer.offer_more(100).unwrap();
    assert_eq!(folder.reader().outbox().unwrap(), []);
    let here = folder.reader().session(session(1)).unwrap();
    assert_eq!(here.as_ref(), Some(&rows[0].session));
}
