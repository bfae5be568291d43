//! The outbox: what may be sent when, and what an answer does (I4, I5).

use mitta_domain::op::Change;
use mitta_domain::{Session, SessionId, UnixMillis};
use mitta_store::{
    Answer, AnswerOutcome, CanonicalRow, Edit, FinalOutcome, OutboxRow, Reader, SyncWriteError,
    WriteError, Writer,
};

use crate::server::{LIFE, OWNER, Server, answered, canonical, sign_in};
use crate::support::{Folder, T0, at, note, session, sit};

pub(crate) const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);

pub(crate) fn rejected(code: &str) -> FinalOutcome {
    FinalOutcome::Rejected { code: code.into() }
}

pub(crate) fn put_off(op_id: mitta_domain::OpId, until: UnixMillis) -> Answer {
    let outcome = AnswerOutcome::Retry {
        next_attempt_at_ms: until,
    };
    Answer { op_id, outcome }
}

pub(crate) fn numbers(rows: &[OutboxRow]) -> Vec<u64> {
    rows.iter().map(|row| row.device_seq).collect()
}

pub(crate) fn changes(reader: &Reader) -> Vec<Change> {
    let rows = reader.outbox().unwrap();
    rows.into_iter().map(|row| row.op.change).collect()
}

pub(crate) fn row(reader: &Reader, session_id: SessionId) -> Session {
    reader.session(session_id).unwrap().unwrap()
}

/// Two sits with an edit each: ops 2 (sat), 4 (sat), 5 (words of 1), 6 (words of 2).
pub(crate) fn two_sits(folder: &Folder) -> Writer {
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    sit(&mut writer, 2, 300);
    for (n, which) in [(30, 1), (31, 2)] {
        let words = Edit::Words(note("calm"));
        writer.edit(session(which), &words, at(n)).unwrap();
    }
    writer
}

#[test]
fn a_batch_is_in_order_and_within_its_bounds() {
    let folder = Folder::new();
    let _writer = two_sits(&folder);
    let reader = folder.reader();
    let all = reader.outbox().unwrap();
    let sizes: Vec<_> = all.iter().map(|row| row.payload.len()).collect();
    let check = |max_ops, max_bytes, expected: &[u64]| {
        let batch = reader.outbox_batch(max_ops, max_bytes, NOW).unwrap();
        assert_eq!(
            numbers(&batch),
            expected,
            "{max_ops} ops, {max_bytes} bytes"
        );
    };
    check(10, 1 << 20, &[2, 4, 5, 6]);
    check(3, 1 << 20, &[2, 4, 5]);
    check(10, sizes[0] + sizes[1], &[2, 4]);
    check(10, sizes[0] + sizes[1] - 1, &[2]);
    check(10, 1, &[2]);
    check(0, 1 << 20, &[]);
}

#[test]
fn an_op_that_is_put_off_holds_back_its_session_and_no_other() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let first = reader.outbox().unwrap()[0].op_id;
    let later = NOW.plus_ms(1);
    let answered = writer
        .answer(OWNER, LIFE, &[put_off(first, later)], &[], NOW)
        .unwrap();
    assert_eq!(answered.removed, 0);
    let batch = |now| numbers(&reader.outbox_batch(10, 1 << 20, now).unwrap());
    assert_eq!(batch(NOW), [4, 6]);
    assert_eq!(
        reader.sync_counts().unwrap().next_attempt_at_ms,
        Some(later)
    );
    assert_eq!(batch(later), [2, 4, 5, 6]);
    writer.offering(OWNER, &[first]).unwrap();
    let offered = reader.outbox().unwrap().remove(0);
    assert_eq!((offered.attempts, offered.next_attempt_at_ms), (1, None));
}

#[test]
fn an_op_that_is_gone_stops_the_offer_of_all_of_them() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let ids: Vec<_> = folder
        .reader()
        .outbox()
        .unwrap()
        .iter()
        .map(|r| r.op_id)
        .collect();
    let gone = answered(ids[1], FinalOutcome::Applied);
    writer.answer(OWNER, LIFE, &[gone], &[], NOW).unwrap();
    let refused = writer.offering(OWNER, &ids);
    assert!(matches!(
        refused,
        Err(SyncWriteError::Write(WriteError::RowCount {
            table: "outbox",
            ..
        }))
    ));
    assert!(
        folder
            .reader()
            .outbox()
            .unwrap()
            .iter()
            .all(|row| row.attempts == 0)
    );
}

/// I5: only the answer to that very op takes it out.
#[test]
fn an_op_that_no_answer_names_stays() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let rows = reader.outbox().unwrap();
    let mut server = Server::default();
    let (mut answers, canonical) = server.push(&rows);
    answers.remove(2);
    let stored = writer
        .answer(OWNER, LIFE, &answers, &canonical, NOW)
        .unwrap();
    assert_eq!((stored.removed, stored.rejected), (3, 0));
    assert_eq!(reader.outbox().unwrap(), rows[2..3]);
    let again = writer
        .answer(OWNER, LIFE, &answers, &canonical, NOW)
        .unwrap();
    assert_eq!(again.removed, 0, "an answer that came twice");
    assert_eq!(reader.outbox().unwrap(), rows[2..3]);
    assert_eq!(row(&reader, session(1)).words, note("calm"), "still on top");
}

#[test]
fn a_refused_op_is_kept_apart_and_never_offered_again_dismissed_or_not() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let rows = reader.outbox().unwrap();
    let mut server = Server::default();
    let (mut answers, mut canonical_rows) = server.push(&rows);
    answers[2] = answered(rows[2].op_id, rejected("invalid_words"));
    let mut without = server.rows[&session(1)].clone();
    without.words = mitta_domain::session::Words {
        label: Some("zazen".into()),
        ..Default::default()
    };
    without.words_stamp = mitta_domain::session::Stamp::UNWRITTEN;
    canonical_rows[0] = canonical(&without);
    let stored = writer
        .answer(OWNER, LIFE, &answers, &canonical_rows, NOW)
        .unwrap();
    assert_eq!(
        (stored.removed, stored.rejected, stored.changed),
        (4, 1, true)
    );
    assert!(reader.outbox().unwrap().is_empty());
    let kept = reader.rejected().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&kept[0].payload, &kept[0].op_id),
        (&rows[2].payload, &rows[2].op_id)
    );
    assert_eq!(
        (kept[0].code.as_str(), kept[0].rejected_at_ms),
        ("invalid_words", NOW)
    );
    assert_eq!(
        row(&reader, session(1)),
        without,
        "shown is what the server has"
    );
    assert!(
        reader.revisions(session(1)).unwrap().is_empty(),
        "it is kept as it was sent"
    );

    writer.new_epoch(crate::server::SERVER, "another").unwrap();
    assert_eq!(writer.offer_more(10).unwrap(), 0);
    let words = |c: &Change| matches!(c, Change::Words { .. });
    let offered = reader.outbox().unwrap();
    let of_the_first: Vec<_> = offered
        .iter()
        .filter(|r| r.session_id == session(1))
        .collect();
    assert!(!of_the_first.is_empty());
    assert!(
        !of_the_first.iter().any(|r| words(&r.op.change)),
        "{of_the_first:?}"
    );

    writer.dismiss_rejected(rows[2].op_id).unwrap();
    assert!(reader.rejected().unwrap().is_empty());
    assert_eq!(reader.sync_counts().unwrap().rejected, 0);
    let again = writer.dismiss_rejected(rows[2].op_id);
    assert!(matches!(again, Err(WriteError::RowCount { .. })));

    // Dismissed is not forgotten: neither offered again, nor looked for in the totals.
    writer.new_epoch(crate::server::SERVER, "a third").unwrap();
    assert_eq!(writer.offer_more(10).unwrap(), 0);
    let of_the_first = |r: &mitta_store::OutboxRow| r.session_id == session(1);
    let offered = reader.outbox().unwrap();
    assert!(
        !offered
            .iter()
            .any(|r| of_the_first(r) && words(&r.op.change))
    );
    let date = row(&reader, session(1)).start.local_date;
    let week = chrono::Datelike::iso_week(&date);
    let refused = reader.refused_weeks(chrono::Weekday::Mon).unwrap();
    let weeks: Vec<_> = refused.iter().map(chrono::Datelike::iso_week).collect();
    assert_eq!(weeks, [week]);
}

#[test]
fn what_waits_is_counted() {
    let folder = Folder::new();
    let mut writer = two_sits(&folder);
    let reader = folder.reader();
    let counts = reader.sync_counts().unwrap();
    assert_eq!(
        (counts.waiting, counts.rejected, counts.to_offer),
        (4, 0, 0)
    );
    assert_eq!(counts.oldest_waiting_ms, Some(UnixMillis(T0 + 11_000)));
    let (answers, rows) = Server::default().push(&reader.outbox().unwrap());
    writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap();
    assert_eq!(
        reader.sync_counts().unwrap(),
        mitta_store::SyncCounts::default()
    );
}

/// I5: answers, rows and revisions are one transaction. Each step fails in turn.
#[test]
fn an_answer_that_cannot_be_stored_whole_is_not_stored_at_all() {
    let steps = [
        "BEFORE DELETE ON outbox WHEN OLD.device_seq = 6",
        "BEFORE INSERT ON outbox_rejected",
        "BEFORE INSERT ON session_revisions",
        "BEFORE UPDATE ON sessions",
        "BEFORE UPDATE ON sync_state",
    ];
    for step in steps {
        let folder = Folder::new();
        let mut writer = two_sits(&folder);
        let rows = folder.reader().outbox().unwrap();
        let mut server = Server::default();
        server.push(&rows[..2]);
        let later = Change::Words {
            words: note("later"),
        };
        server.edited_elsewhere(session(1), later, 500);
        let (mut answers, canonical): (_, Vec<CanonicalRow>) = server.push(&rows);
        answers[1] = answered(rows[1].op_id, rejected("other_plan"));
        let break_it = format!("CREATE TRIGGER broken {step} BEGIN SELECT RAISE(ABORT, 'no'); END");
        folder.sqlite().execute_batch(&break_it).unwrap();
        let before = folder.contents();
        writer
            .answer(OWNER, LIFE, &answers, &canonical, NOW)
            .unwrap_err();
        assert_eq!(folder.contents(), before, "{step} left something behind");
        folder
            .sqlite()
            .execute_batch("DROP TRIGGER broken")
            .unwrap();
        let stored = writer
            .answer(OWNER, LIFE, &answers, &canonical, NOW)
            .unwrap();
        assert_eq!((stored.removed, stored.rejected), (4, 1), "{step}");
        folder.assert_sound();
    }
}
