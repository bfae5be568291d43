//! What is shown once a server has answered: its row, with what is not sent yet on top (I8).

use mitta_domain::Seconds;
use mitta_domain::op::Change;
use mitta_store::{AnswerOutcome, Edit, FinalOutcome};

use crate::server::{LIFE, OWNER, Server, answered, canonical, sign_in};
use crate::support::{Folder, at, completion, note, op, session, start};
use crate::sync_push::{NOW, changes, rejected, row, two_sits};

/// A completion that a server will not have is shown all the same, and is not offered again by itself.
#[test]
fn a_refused_completion_never_makes_a_sit_run_again() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let reader = folder.reader();
    let id = start(&mut writer, 1);
    let mut server = Server::default();
    server.exchange(&mut writer, &reader);
    let completed = writer.complete(id, &completion(600), at(11)).unwrap();
    let refused = [answered(op(11), rejected("invalid_events"))];
    writer
        .answer(OWNER, LIFE, &refused, &[canonical(&server.rows[&id])], NOW)
        .unwrap();
    assert_eq!(row(&reader, id), completed);
    assert!(reader.unfinished().unwrap().is_empty());
    writer.new_epoch(crate::server::SERVER, "another").unwrap();
    writer.offer_more(10).unwrap();
    assert!(
        matches!(changes(&reader)[..], [Change::Start { .. }]),
        "as the server had it"
    );
}

#[test]
fn what_was_superseded_is_kept_once_and_the_servers_row_is_shown() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let mut server = Server::default();
    let rows = reader.outbox().unwrap();
    server.push(&rows[..2]);
    let later = Change::Words {
        words: note("later"),
    };
    server.edited_elsewhere(session(1), later, 500);
    let (answers, canonical) = server.push(&rows);
    assert_eq!(
        answers[2].outcome,
        AnswerOutcome::Final(FinalOutcome::Superseded)
    );
    writer
        .answer(OWNER, LIFE, &answers, &canonical, NOW)
        .unwrap();
    assert_eq!(row(&reader, session(1)), server.rows[&session(1)]);
    let kept: Vec<_> = reader.revisions(session(1)).unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(
        (&kept[0].change, kept[0].stamp),
        (&rows[2].op.change, rows[2].op.stamp)
    );
}

#[test]
fn an_answered_row_shows_the_unsent_ops_on_top() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let sent = reader.outbox().unwrap();
    let unsent = Edit::Credited(Seconds(500));
    writer.edit(session(1), &unsent, at(40)).unwrap();
    let mut server = Server::default();
    server.push(&sent[..2]);
    server.edited_elsewhere(
        session(1),
        Change::Credited {
            credited_s: Seconds(1),
        },
        900,
    );
    let (answers, canonical) = server.push(&sent);
    writer
        .answer(OWNER, LIFE, &answers, &canonical, NOW)
        .unwrap();
    assert_eq!(
        row(&reader, session(1)).credited_s(),
        Seconds(500),
        "whatever the clocks say"
    );
    let (answers, canonical) = server.push(&reader.outbox().unwrap());
    writer
        .answer(OWNER, LIFE, &answers, &canonical, NOW)
        .unwrap();
    assert_eq!(
        row(&reader, session(1)).credited_s(),
        Seconds(1),
        "the server orders"
    );
    assert_eq!(reader.revisions(session(1)).unwrap().len(), 1);
}

/// Whatever another process has pulled in the meantime may be newer than this answer.
#[test]
fn a_row_that_came_with_no_answer_of_its_own_is_left_alone() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let before = folder.contents();
    let mut other = row(&folder.reader(), session(2));
    other.credited_override_s = Some(Seconds(9));
    writer
        .answer(OWNER, LIFE, &[], &[canonical(&other)], NOW)
        .unwrap();
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_row_that_began_otherwise_is_left_as_it_is() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let mine = row(&reader, session(1));
    let mut other = mine.clone();
    other.start.tz = "Asia/Tokyo".into();
    let outcome = [answered(
        reader.outbox().unwrap()[0].op_id,
        rejected("other_session"),
    )];
    let stored = writer
        .answer(OWNER, LIFE, &outcome, &[canonical(&other)], NOW)
        .unwrap();
    assert!(!stored.changed);
    assert_eq!(row(&reader, session(1)), mine);
}

/// A sit of nothing that was given a length, and restored when the server was an older backup again: it has
/// lost the length, and refuses the restore that stands on it.
#[test]
fn a_restore_waits_for_the_length_that_a_server_has_lost() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let reader = folder.reader();
    let id = start(&mut writer, 1);
    let nothing = completion(0);
    writer.discard(id, &nothing, at(11), op(12)).unwrap();
    let mut server = Server::default();
    server.exchange(&mut writer, &reader);
    let mut older = server.clone();
    let length = Edit::Credited(Seconds(700));
    writer.edit(id, &length, at(13)).unwrap();
    server.exchange(&mut writer, &reader);
    writer.edit(id, &Edit::Deleted(false), at(14)).unwrap();
    let answered = older.exchange(&mut writer, &reader);
    assert_eq!((answered.removed, answered.rejected), (0, 0));
    assert!(!row(&reader, id).deleted, "as the person left it");
    let waiting = changes(&reader);
    assert!(
        matches!(
            waiting[..],
            [Change::Credited { .. }, Change::Deleted { deleted: false }]
        ),
        "{waiting:?}"
    );
    older.exchange(&mut writer, &reader);
    assert!(changes(&reader).is_empty());
    assert_eq!(row(&reader, id), older.rows[&id]);
    assert_eq!(row(&reader, id).credited_s(), Seconds(700));
    assert!(!row(&reader, id).deleted);
}

/// Where the server refuses it beside its length too, that is the last word: it is kept among the refused.
#[test]
fn a_restore_that_is_refused_beside_its_length_is_offered_no_more() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let reader = folder.reader();
    let id = start(&mut writer, 1);
    writer.discard(id, &completion(0), at(11), op(12)).unwrap();
    writer
        .edit(id, &Edit::Credited(Seconds(700)), at(13))
        .unwrap();
    writer.edit(id, &Edit::Deleted(false), at(14)).unwrap();
    for expected in [0, 1] {
        let last = reader.outbox().unwrap().pop().unwrap();
        let refused = [answered(last.op_id, rejected("nothing_credited"))];
        let stored = writer.answer(OWNER, LIFE, &refused, &[], NOW).unwrap();
        assert_eq!(stored.rejected, expected);
    }
    assert_eq!(reader.rejected().unwrap().len(), 1);
}
