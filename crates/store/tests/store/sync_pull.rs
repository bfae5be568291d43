//! Pages: rows and cursor together (I7), a child never without its parent (I6), own rows never taken
//! away and others' never mixed in (I10).

use mitta_domain::op::Change;
use mitta_domain::{Seconds, State};
use mitta_store::{Edit, Page, PageItem, SyncWriteError, WriteError};
use uuid::Uuid;

use crate::pages::{NOW, from_elsewhere, own, page, row};
use crate::server::{EPOCH, LIFE, OWN, OWNER, SERVER, Server, sign_in};
use crate::support::{Folder, at, completion, heartbeat, note, op, session, sit, start};

#[test]
fn a_pulled_sit_of_another_device_comes_whole() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let reader = folder.reader();
    let count = reader.change_count().unwrap();
    let pulled = from_elsewhere(1, true);
    let items = vec![PageItem::Own(Box::new(pulled.clone()))];
    let applied = writer.apply_page(&page(OWN, 0, 7, items)).unwrap();
    assert!(applied.changed);
    assert_eq!(row(&folder, session(1)), pulled.session);
    assert_eq!(Some(reader.events(session(1)).unwrap()), pulled.events);
    assert_eq!(reader.history_page(None, 9).unwrap().len(), 1);
    let cursor = reader.cursor(OWN).unwrap();
    assert_eq!((cursor.seq, cursor.epoch.as_deref()), (7, Some(EPOCH)));
    assert_ne!(
        reader.change_count().unwrap(),
        count,
        "other windows notice"
    );
    assert!(
        reader.outbox().unwrap().is_empty(),
        "what was pulled is not sent back"
    );
    folder.assert_sound();
}

#[test]
fn a_sit_that_was_edited_here_while_it_ran_elsewhere_gets_its_own_events_all_the_same() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let running = PageItem::Own(Box::new(from_elsewhere(1, false)));
    writer.apply_page(&page(OWN, 0, 1, vec![running])).unwrap();
    let words = Edit::Words(note("beside it"));
    writer.edit(session(1), &words, at(50)).unwrap();
    let edited = folder.reader().events(session(1)).unwrap();
    let completed = from_elsewhere(1, true);
    let recorded = completed.events.clone().unwrap();
    for (after, next) in [(1, 2), (2, 3)] {
        let items = vec![PageItem::Own(Box::new(completed.clone()))];
        writer.apply_page(&page(OWN, after, next, items)).unwrap();
        let events = folder.reader().events(session(1)).unwrap();
        assert_eq!(events[..recorded.len()], recorded);
        assert_eq!(events.len(), recorded.len() + 1, "and the edit behind them");
        assert_eq!(events[recorded.len()].kind, edited[0].kind);
    }
    folder.assert_sound();
}

#[test]
fn a_page_that_says_what_is_shown_already_moves_the_cursor_alone() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let pulled = from_elsewhere(1, true);
    let items = vec![PageItem::Own(Box::new(pulled))];
    writer.apply_page(&page(OWN, 0, 7, items.clone())).unwrap();
    let count = folder.reader().change_count().unwrap();
    let applied = writer.apply_page(&page(OWN, 7, 8, items)).unwrap();
    assert!(!applied.changed);
    assert_eq!(folder.reader().change_count().unwrap(), count);
    assert_eq!(folder.reader().events(session(1)).unwrap().len(), 2, "once");
}

/// A sit that another device is at is its own to complete.
#[test]
fn a_sit_that_runs_on_another_device_is_not_unfinished_here() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let pulled = from_elsewhere(1, false);
    let items = vec![PageItem::Own(Box::new(pulled))];
    writer.apply_page(&page(OWN, 0, 1, items)).unwrap();
    assert!(folder.reader().unfinished().unwrap().is_empty());
    let own = start(&mut writer, 2);
    let unfinished = folder.reader().unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].start.session_id, own);
    let pulled = from_elsewhere(1, true);
    let items = vec![PageItem::Own(Box::new(pulled.clone()))];
    writer.apply_page(&page(OWN, 1, 2, items)).unwrap();
    assert_eq!(row(&folder, session(1)), pulled.session);
    assert_eq!(folder.reader().events(session(1)).unwrap().len(), 2);
}

/// I9: what a server says of the sit that is live here changes nothing about it.
#[test]
fn the_pulled_start_of_the_live_sit_disturbs_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = start(&mut writer, 1);
    writer.offering(OWNER, &[op(10)]).unwrap();
    let mut server = Server::default();
    let (answers, rows) = server.push(&folder.reader().outbox().unwrap());
    writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap();
    writer.heartbeat(id, &heartbeat(15_000)).unwrap();
    let before = (row(&folder, id), folder.reader().unfinished().unwrap());
    writer.apply_page(&server.page(0, 10)).unwrap();
    assert_eq!(
        (row(&folder, id), folder.reader().unfinished().unwrap()),
        before
    );
    let completed = writer.complete(id, &completion(60), at(11)).unwrap();
    // The page was asked for before the completion was sent: it is older, and does not undo it.
    writer
        .apply_page(&page(OWN, 1, 2, vec![own(&server.rows[&id])]))
        .unwrap();
    assert_eq!(row(&folder, id), completed);
}

/// Only a copy of this data folder can have completed it; what it recorded was there first (I3).
#[test]
fn a_live_sit_that_the_server_has_completed_is_completed_here_and_said_so() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = start(&mut writer, 1);
    let mut twin = row(&folder, id);
    twin.completion = Some(completion(30));
    writer
        .apply_page(&page(OWN, 0, 1, vec![own(&twin)]))
        .unwrap();
    assert_eq!(row(&folder, id).completion, Some(completion(30)));
    assert_eq!(folder.value::<i64>("SELECT count(*) FROM heartbeat"), 0);
    let refused = [
        writer.complete(id, &completion(600), at(11)).map(drop),
        writer.heartbeat(id, &heartbeat(1)),
    ];
    for result in refused {
        let Err(WriteError::AlreadyCompleted { session }) = result else {
            panic!("{result:?}");
        };
        assert_eq!(session.completion, Some(completion(30)));
    }
    folder.assert_sound();
}

#[test]
fn a_pulled_row_shows_the_unsent_ops_on_top_and_what_was_overwritten_is_kept() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = sit(&mut writer, 1, 600);
    writer.edit(id, &Edit::Words(note("mine")), at(20)).unwrap();
    let mut server = Server::default();
    let (answers, rows) = server.push(&folder.reader().outbox().unwrap());
    writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap();
    let mine = row(&folder, id).words_stamp;
    writer
        .edit(id, &Edit::Credited(Seconds(5)), at(21))
        .unwrap();

    let theirs = note("theirs");
    server.edited_elsewhere(
        id,
        Change::Words {
            words: theirs.clone(),
        },
        30,
    );
    server.edited_elsewhere(
        id,
        Change::Credited {
            credited_s: Seconds(7),
        },
        90,
    );
    writer.apply_page(&server.page(0, 10)).unwrap();
    let shown = row(&folder, id);
    assert_eq!((&shown.words, shown.credited_s()), (&theirs, Seconds(5)));
    let kept = folder.reader().revisions(id).unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(
        (&kept[0].change, kept[0].stamp),
        (
            &Change::Words {
                words: note("mine")
            },
            mine
        )
    );
    assert_eq!(
        folder.reader().outbox().unwrap().len(),
        1,
        "the unsent op still waits (I5)"
    );
}

/// I10: never deleted because a server looks empty.
#[test]
fn an_empty_server_takes_nothing_away() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let id = sit(&mut writer, 1, 600);
    let (answers, rows) = Server::default().push(&folder.reader().outbox().unwrap());
    writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap();
    let kept = row(&folder, id);
    writer.new_epoch(SERVER, "fresh").unwrap();
    let empty = Page {
        epoch: "fresh".into(),
        ..page(OWN, 0, 0, Vec::new())
    };
    writer.apply_page(&empty).unwrap();
    assert_eq!(row(&folder, id), kept);
    let mut running = kept.clone();
    running.completion = None;
    let older = Page {
        epoch: "fresh".into(),
        ..page(OWN, 0, 1, vec![own(&running)])
    };
    writer.apply_page(&older).unwrap();
    assert_eq!(
        row(&folder, id).state(),
        State::Completed,
        "running to completed, nothing else"
    );
}

/// I7: two processes may ask for the same page.
#[test]
fn a_page_for_a_cursor_that_has_moved_writes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let item = || vec![PageItem::Own(Box::new(from_elsewhere(1, true)))];
    writer.apply_page(&page(OWN, 0, 7, item())).unwrap();
    let before = folder.contents();
    let other_row = || vec![PageItem::Own(Box::new(from_elsewhere(2, true)))];
    let stale = [
        page(OWN, 0, 9, other_row()),
        page(OWN, 6, 9, other_row()),
        page(OWN, 8, 9, other_row()),
        Page {
            epoch: "another".into(),
            ..page(OWN, 7, 9, other_row())
        },
    ];
    for page in stale {
        let refused = writer.apply_page(&page).unwrap_err();
        let SyncWriteError::CursorMoved {
            share_id,
            seq,
            epoch,
        } = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!((share_id, seq, epoch.as_deref()), (OWN, 7, Some(EPOCH)));
        assert_eq!(folder.contents(), before);
    }
    let refused = writer
        .apply_page(&page(OWN, 7, 6, other_row()))
        .unwrap_err();
    assert!(matches!(
        refused,
        SyncWriteError::Backwards {
            asked_after: 7,
            next_after: 6
        }
    ));
    let other_server = Page {
        server_id: Uuid::from_u128(1),
        ..page(OWN, 7, 9, other_row())
    };
    let refused = writer.apply_page(&other_server).unwrap_err();
    assert!(matches!(
        refused,
        SyncWriteError::OtherServer {
            expected: SERVER,
            ..
        }
    ));
    assert_eq!(folder.contents(), before);
}
