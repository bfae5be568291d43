//! Shares: others' sits, never mixed with own ones (I10); weeks that are repaired; pages that cannot be
//! stored whole.

use mitta_domain::op::Change;
use mitta_domain::share::SharedSit;
use mitta_domain::{Seconds, ShareId};
use mitta_store::{Cursor, Edit, Membership, Page, PageItem, Position, Sits, SyncWriteError};

use crate::pages::{from_elsewhere, membership, own, page, row, share, shared};
use crate::server::{EPOCH, OWN, PERSON, SERVER, Server, sign_in};
use crate::support::{Folder, at, date, note, session, sit};
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
        server.exchange(&mut writer, &folder.reader());
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
