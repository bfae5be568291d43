//! Pages: rows and cursor together (I7), a child never without its parent (I6), own rows never taken
//! away and others' never mixed in (I10).

use mitta_domain::op::Change;
use mitta_domain::share::SharedSit;
use mitta_domain::{
    PartnershipId, PersonId, Seconds, Session, SessionId, ShareId, State, UnixMillis,
};
use mitta_store::{
    CanonicalRow, Cursor, Edit, MemberRow, Membership, Page, PageItem, PartnershipRow, Position,
    ShareRow, Sits, SyncWriteError, WriteError,
};
use uuid::Uuid;

use crate::server::{EPOCH, OWN, OWNER, PERSON, SERVER, Server, canonical, sign_in};
use crate::support::{
    Folder, T0, at, completion, date, device, heartbeat, note, op, session, sit, start,
};

const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);
const TIES: PartnershipId = PartnershipId::from_uuid(Uuid::from_u128(0xaa));

fn share(n: u128) -> ShareId {
    ShareId::from_uuid(Uuid::from_u128(0x5a00 + n))
}

fn person(n: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x9f00 + n))
}

/// A partnership with one partner for each of the shares.
fn membership(shares: &[u128]) -> Membership {
    let row = |n: &u128| ShareRow {
        share_id: share(*n),
        person_id: person(*n),
        partnership_id: Some(TIES),
        generation: 1,
        share_since: Some(date("2026-01-01")),
        head_seq: 4,
    };
    let member = |n: &u128| MemberRow {
        person_id: person(*n),
        display_name: format!("Partner {n}"),
        weekly_goal_s: Some(3600),
        share_since: date("2026-01-01"),
        is_paused: None,
    };
    let mut partnerships = vec![PartnershipRow {
        partnership_id: TIES,
        name: "Ties".into(),
        week_start: chrono::Weekday::Sun,
        members: shares.iter().map(member).collect(),
    }];
    partnerships.retain(|p| !p.members.is_empty());
    Membership {
        shares: shares.iter().map(row).collect(),
        partnerships,
    }
}

fn shared(n: u128, credited_s: u32) -> SharedSit {
    SharedSit {
        session_id: session(100 + n),
        started_at_ms: UnixMillis(T0 + i64::try_from(n).unwrap() * 1000),
        utc_offset_s: 32_400,
        local_date: date("2026-11-21"),
        planned_s: 600.try_into().ok(),
        credited_s: Seconds(credited_s),
        together_id: None,
        note: Some("quiet".into()),
        label: None,
    }
}

fn page(share_id: ShareId, asked_after: u64, next_after: u64, items: Vec<PageItem>) -> Page {
    Page {
        server_id: SERVER,
        epoch: EPOCH.into(),
        share_id,
        asked_after,
        next_after,
        items,
        membership: None,
    }
}

fn own(session: &Session) -> PageItem {
    PageItem::Own(Box::new(canonical(session)))
}

/// A row as another device of the same person recorded it.
fn from_elsewhere(n: u32, completed: bool) -> CanonicalRow {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, n);
    if completed {
        writer
            .complete(id, &completion(600), at(n * 10 + 1))
            .unwrap();
    }
    let reader = folder.reader();
    let mut session = reader.session(id).unwrap().unwrap();
    session.start.device_id = device(7);
    CanonicalRow {
        session,
        events: completed.then(|| reader.events(id).unwrap()),
    }
}

fn row(folder: &Folder, session_id: SessionId) -> Session {
    folder.reader().session(session_id).unwrap().unwrap()
}

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
    writer.answer(OWNER, &answers, &rows, NOW).unwrap();
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
    writer.answer(OWNER, &answers, &rows, NOW).unwrap();
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
    writer.answer(OWNER, &answers, &rows, NOW).unwrap();
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

#[test]
fn a_share_shows_its_sits_until_they_are_withdrawn() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let reader = folder.reader();
    let items = (1..=3).map(|n| PageItem::Shared(shared(n, 100))).collect();
    let first = Page {
        membership: Some(membership(&[1])),
        ..page(share(1), 0, 3, items)
    };
    assert!(writer.apply_page(&first).unwrap().changed);
    assert_eq!(reader.shares().unwrap(), membership(&[1]).shares);
    assert_eq!(
        reader.partnerships().unwrap(),
        membership(&[1]).partnerships
    );
    let ids = |sits: Vec<SharedSit>| sits.iter().map(|s| s.session_id).collect::<Vec<_>>();
    let newest = reader.partner_sits(share(1), None, 2).unwrap();
    assert_eq!(newest, [shared(3, 100), shared(2, 100)]);
    let before = Position {
        started_at_ms: newest[1].started_at_ms,
        session_id: newest[1].session_id,
    };
    let rest = reader.partner_sits(share(1), Some(before), 9).unwrap();
    assert_eq!(ids(rest), [session(101)]);

    let items = vec![
        PageItem::Withdrawn(session(101)),
        PageItem::Withdrawn(session(199)),
        PageItem::Shared(shared(2, 50)),
    ];
    assert!(
        writer
            .apply_page(&page(share(1), 3, 6, items.clone()))
            .unwrap()
            .changed
    );
    let days = reader.shared_day_totals(share(1), date("2026-11-01"), date("2026-11-30"));
    let days = days.unwrap();
    assert_eq!((days.len(), days[0].sits, days[0].credited_s), (1, 2, 150));
    assert!(
        !writer
            .apply_page(&page(share(1), 6, 7, items))
            .unwrap()
            .changed
    );
    assert!(
        reader.history_page(None, 9).unwrap().is_empty(),
        "no sit of one's own"
    );
    assert_eq!(reader.all_total().unwrap(), None);
    folder.assert_sound();
}

/// I10: with a membership everything of it goes, in the transaction that says so.
#[test]
fn a_share_that_is_gone_takes_its_sits_and_its_cursor_along() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    let reader = folder.reader();
    writer
        .apply_membership(SERVER, &membership(&[1, 2]))
        .unwrap();
    for n in [1, 2] {
        let items = vec![PageItem::Shared(shared(n, 100))];
        writer.apply_page(&page(share(n), 0, 5, items)).unwrap();
    }
    let without = Page {
        membership: Some(membership(&[2])),
        ..page(share(1), 5, 6, vec![PageItem::Shared(shared(8, 8))])
    };
    let applied = writer.apply_page(&without).unwrap();
    assert_eq!((applied.share_gone, applied.changed), (true, true));
    assert!(reader.partner_sits(share(1), None, 9).unwrap().is_empty());
    assert_eq!(reader.cursor(share(1)).unwrap(), Cursor::default());
    assert_eq!(reader.partner_sits(share(2), None, 9).unwrap().len(), 1);
    assert!(
        !writer.apply_membership(SERVER, &membership(&[2])).unwrap(),
        "known already"
    );
    let own_page = Page {
        membership: Some(Membership::default()),
        ..page(OWN, 0, 0, Vec::new())
    };
    assert!(writer.apply_page(&own_page).unwrap().changed);
    for table in ["shares", "partnerships", "members", "partner_sessions"] {
        assert_eq!(
            folder.value::<i64>(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    assert_eq!(
        folder.value::<i64>("SELECT count(*) FROM cursors"),
        1,
        "the own feed's"
    );
    assert_eq!(reader.history_page(None, 9).unwrap().len(), 1);
    folder.assert_sound();
}

/// I10, also against a server that is wrong.
#[test]
fn rows_land_only_where_they_belong() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    writer.apply_membership(SERVER, &membership(&[1])).unwrap();
    let mine = sit(&mut writer, 1, 600);
    let before = folder.contents();
    let misplaced = [
        page(OWN, 0, 5, vec![PageItem::Shared(shared(1, 100))]),
        page(OWN, 0, 5, vec![PageItem::Withdrawn(mine)]),
        page(share(1), 0, 5, vec![own(&row(&folder, mine))]),
    ];
    for page in misplaced {
        let refused = writer.apply_page(&page);
        assert!(
            matches!(refused, Err(SyncWriteError::Misplaced { .. })),
            "{refused:?}"
        );
        assert_eq!(folder.contents(), before);
    }
    let unknown = writer.apply_page(&page(share(2), 0, 5, vec![PageItem::Shared(shared(1, 1))]));
    assert!(matches!(unknown, Err(SyncWriteError::UnknownShare(id)) if id == share(2)));
    assert_eq!(folder.contents(), before);
    // The own id in a share of somebody else's is another row.
    let same_id = SharedSit {
        session_id: mine,
        ..shared(1, 100)
    };
    writer
        .apply_page(&page(share(1), 0, 5, vec![PageItem::Shared(same_id)]))
        .unwrap();
    assert_eq!(row(&folder, mine).credited_s(), Seconds(600));
    let gone = vec![PageItem::Withdrawn(mine)];
    writer.apply_page(&page(share(1), 5, 6, gone)).unwrap();
    assert_eq!(row(&folder, mine).credited_s(), Seconds(600));
}

#[test]
fn what_is_read_from_the_beginning_of_a_share_replaces_what_was_held_of_it() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    writer.apply_membership(SERVER, &membership(&[1])).unwrap();
    let items = (1..=3).map(|n| PageItem::Shared(shared(n, 100))).collect();
    writer.apply_page(&page(share(1), 0, 3, items)).unwrap();
    writer.new_epoch(SERVER, "two").unwrap();
    let again = Page {
        epoch: "two".into(),
        ..page(share(1), 0, 1, vec![PageItem::Shared(shared(2, 9))])
    };
    writer.apply_page(&again).unwrap();
    let held = folder.reader().partner_sits(share(1), None, 9).unwrap();
    assert_eq!(held, [shared(2, 9)]);
}

#[test]
fn a_week_is_repaired_where_the_cursor_stands() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    writer.apply_membership(SERVER, &membership(&[1])).unwrap();
    let mut other_week = shared(3, 100);
    other_week.local_date = date("2026-11-30");
    let items = vec![
        PageItem::Shared(shared(1, 100)),
        PageItem::Shared(shared(2, 100)),
        PageItem::Shared(other_week.clone()),
    ];
    writer.apply_page(&page(share(1), 0, 3, items)).unwrap();
    let sits = Sits {
        server_id: SERVER,
        epoch: EPOCH.into(),
        share_id: share(1),
        at_seq: 3,
        from: date("2026-11-16"),
        to: date("2026-11-22"),
        items: vec![PageItem::Shared(shared(2, 70))],
    };
    let elsewhere = Sits {
        at_seq: 2,
        ..sits.clone()
    };
    let refused = writer.apply_sits(&elsewhere);
    assert!(matches!(refused, Err(SyncWriteError::CursorMoved { .. })));
    assert!(writer.apply_sits(&sits).unwrap().changed);
    let held = folder.reader().partner_sits(share(1), None, 9).unwrap();
    assert_eq!(held, [other_week, shared(2, 70)]);
    assert_eq!(folder.reader().cursor(share(1)).unwrap().seq, 3);

    let mine = sit(&mut writer, 1, 600);
    let pulled = from_elsewhere(5, true);
    let own_week = Sits {
        share_id: ShareId::own(PERSON),
        at_seq: 0,
        items: vec![PageItem::Own(Box::new(pulled.clone()))],
        ..sits
    };
    assert!(writer.apply_sits(&own_week).unwrap().changed);
    assert_eq!(row(&folder, session(5)), pulled.session);
    assert_eq!(
        row(&folder, mine).credited_s(),
        Seconds(600),
        "own rows are never removed"
    );
}

/// I7: rows, memberships and cursor are one transaction. Each step fails in turn.
#[test]
fn a_page_that_cannot_be_stored_whole_is_not_stored_at_all() {
    let own_steps = [
        "BEFORE INSERT ON sessions",
        "BEFORE INSERT ON session_events",
        "BEFORE INSERT ON session_revisions",
        "BEFORE UPDATE ON sessions",
        "BEFORE INSERT ON cursors",
        "BEFORE INSERT ON members",
        "BEFORE INSERT ON shares",
        "BEFORE UPDATE ON sync_state",
    ];
    let partner_steps = [
        "BEFORE INSERT ON partner_sessions",
        "BEFORE INSERT ON cursors",
    ];
    let steps = own_steps.iter().map(|s| (s, true));
    for (step, is_own) in steps.chain(partner_steps.iter().map(|s| (s, false))) {
        let folder = Folder::new();
        let mut writer = folder.writer();
        sign_in(&mut writer);
        let id = sit(&mut writer, 1, 600);
        writer.edit(id, &Edit::Words(note("mine")), at(20)).unwrap();
        let mut server = Server::default();
        let (answers, rows) = server.push(&folder.reader().outbox().unwrap());
        writer.answer(OWNER, &answers, &rows, NOW).unwrap();
        server.edited_elsewhere(
            id,
            Change::Words {
                words: note("theirs"),
            },
            900,
        );
        let mut items = vec![own(&server.rows[&id])];
        items.push(PageItem::Own(Box::new(from_elsewhere(2, true))));
        let page = if is_own {
            Page {
                membership: Some(membership(&[1])),
                ..page(OWN, 0, 9, items)
            }
        } else {
            writer.apply_membership(SERVER, &membership(&[1])).unwrap();
            page(share(1), 0, 9, vec![PageItem::Shared(shared(1, 1))])
        };
        let break_it = format!("CREATE TRIGGER broken {step} BEGIN SELECT RAISE(ABORT, 'no'); END");
        folder.sqlite().execute_batch(&break_it).unwrap();
        let before = folder.contents();
        let failed = writer.apply_page(&page).unwrap_err();
        assert!(
            matches!(failed, SyncWriteError::Write(_)),
            "{step}: {failed:?}"
        );
        assert_eq!(folder.contents(), before, "{step} left something behind");
        folder
            .sqlite()
            .execute_batch("DROP TRIGGER broken")
            .unwrap();
        assert!(writer.apply_page(&page).unwrap().changed, "{step}");
        folder.assert_sound();
    }
}
