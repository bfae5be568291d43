//! Sits that a person adds afterwards, and dates that they correct.

use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, OP_VERSION_REPLACING};
use mitta_domain::session::Words;
use mitta_domain::{OpId, Seconds, Session, Sharing, Source, UnixMillis};
use mitta_store::{Edit, PastOps, PastSit, PastTime, WriteError, Writer};

use crate::support::{Folder, T0, at, date, note, op, session, sit, start};

const DAY_MS: i64 = 86_400_000;
const NOW: UnixMillis = UnixMillis(T0 + 60_000);

pub fn time(n: u128, days_ago: i64) -> PastTime {
    PastTime {
        session_id: session(n),
        started_at_ms: UnixMillis(T0 - days_ago * DAY_MS),
        tz: "Europe/Berlin".into(),
        utc_offset_s: 3600,
        local_date: date("2026-11-21") - chrono::Days::new(days_ago.unsigned_abs()),
    }
}

pub fn past(n: u128) -> PastSit {
    PastSit {
        time: time(n, 1),
        credited_s: Seconds(1200),
        words: Words::default(),
        is_private: false,
    }
}

pub fn ops(n: u32) -> PastOps {
    PastOps {
        sharing: op(n),
        sat: op(n + 1),
        words: op(n + 2),
        deletion: op(n + 3),
        counts: op(n + 4),
    }
}

/// The kinds of what waits for a server, with their ops.
fn waiting(folder: &Folder) -> Vec<(OpId, &'static str)> {
    let kind = |change: &Change| match change {
        Change::Start { .. } => "start",
        Change::Complete { .. } => "complete",
        Change::Sat { .. } => "sat",
        Change::Words { .. } => "words",
        Change::Credited { .. } => "credited",
        Change::Sharing { .. } => "sharing",
        Change::Deleted { .. } => "deleted",
    };
    let outbox = folder.reader().outbox().unwrap();
    outbox
        .iter()
        .map(|row| (row.op.op_id, kind(&row.op.change)))
        .collect()
}

fn found(folder: &Folder, n: u128) -> Session {
    folder.reader().session(session(n)).unwrap().unwrap()
}

#[test]
fn an_added_sit_is_a_completed_row_with_its_event_and_one_op() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let added = writer.add(&past(1), NOW, ops(10)).unwrap();
    assert_eq!(added, found(&folder, 1));
    assert_eq!(added.start.source, Source::Manual);
    assert_eq!((added.start.planned_s, &added.plan), (None, &None));
    assert_eq!(added.credited_s(), Seconds(1200));
    let ended = added.completion.unwrap().ended_at_ms;
    assert_eq!(ended.0 - added.start.started_at_ms.0, 1_200_000);
    assert_eq!(waiting(&folder), [(op(11), "sat")]);
    let outbox = folder.reader().outbox().unwrap();
    assert_eq!(outbox[0].op.v, OP_VERSION);
    let events = folder.reader().events(session(1)).unwrap();
    let kinds: Vec<_> = events.iter().map(|e| (e.event_seq, e.kind)).collect();
    assert_eq!(kinds, [(1, EventKind::Completed)]);
    folder.assert_sound();
}

#[test]
fn what_nobody_shall_see_is_said_before_the_sit_and_its_words_after() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let past = PastSit {
        words: note("rain"),
        is_private: true,
        ..past(1)
    };
    let added = writer.add(&past, NOW, ops(10)).unwrap();
    assert!(!added.sharing.shared);
    assert_eq!(added.words, note("rain"));
    let expected = [(op(10), "sharing"), (op(11), "sat"), (op(12), "words")];
    assert_eq!(waiting(&folder), expected);
}

#[test]
fn an_added_sit_that_cannot_be_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sit(&mut writer, 1, 600);
    let before = folder.contents();
    let mut check = |past: &PastSit| {
        let error = writer.add(past, NOW, ops(50)).unwrap_err();
        assert_eq!(folder.contents(), before);
        error
    };
    assert!(matches!(check(&past(1)), WriteError::AlreadyStarted(id) if id == session(1)));
    let of_nothing = PastSit {
        credited_s: Seconds(0),
        ..past(2)
    };
    assert!(matches!(check(&of_nothing), WriteError::Rejected(_)));
    let of_days = PastSit {
        credited_s: Seconds(86_401),
        ..past(2)
    };
    assert!(matches!(check(&of_days), WriteError::Rejected(_)));
    let on_another_day = PastSit {
        time: PastTime {
            local_date: date("2026-01-01"),
            ..time(2, 1)
        },
        ..past(2)
    };
    assert!(matches!(check(&on_another_day), WriteError::Rejected(_)));
    let of_many_words = PastSit {
        words: note(&"x".repeat(10_001)),
        ..past(2)
    };
    assert!(matches!(check(&of_many_words), WriteError::InvalidWords(_)));
}

/// A sit with all that a sit can have, and its date corrected.
fn corrected(writer: &mut Writer) -> mitta_store::Replaced {
    let old = sit(writer, 1, 600);
    let edits = [
        Edit::Words(note("kept")),
        Edit::Credited(Seconds(540)),
        Edit::Sharing(Sharing {
            shared: true,
            note_shared: true,
        }),
    ];
    for (n, edit) in (20..).zip(&edits) {
        writer.edit(old, edit, at(n)).unwrap();
    }
    writer.replace(old, &time(2, 3), NOW, ops(40)).unwrap()
}

#[test]
fn a_corrected_date_is_a_new_session_with_all_that_the_old_one_said() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let replaced = corrected(&mut writer);
    let (old, new) = (found(&folder, 1), found(&folder, 2));
    assert_eq!((&replaced.deleted, &replaced.counts), (&old, &new));
    assert!(old.deleted && !new.deleted);
    assert_eq!(new.start.replaces, Some(session(1)));
    assert_eq!(new.start.local_date, date("2026-11-18"));
    assert_eq!(
        (new.start.source, new.start.planned_s),
        (Source::Timer, old.start.planned_s)
    );
    assert_eq!((&new.words, new.sharing), (&old.words, old.sharing));
    assert_eq!((&new.plan, new.credited_s()), (&old.plan, Seconds(540)));
    let (was, is) = (old.completion.unwrap(), new.completion.unwrap());
    assert_eq!(
        was.ended_at_ms.0 - old.start.started_at_ms.0,
        is.ended_at_ms.0 - new.start.started_at_ms.0,
        "it took as long"
    );
    assert_eq!((was.paused_s, was.asleep_s), (is.paused_s, is.asleep_s));
    let kinds = |n| {
        let events = folder.reader().events(session(n)).unwrap();
        events.iter().map(|e| e.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(2), [EventKind::Started, EventKind::Completed]);
    let all = waiting(&folder);
    let expected = [
        (op(40), "sharing"),
        (op(41), "sat"),
        (op(42), "words"),
        (op(43), "deleted"),
        (op(44), "deleted"),
    ];
    assert_eq!(all[all.len() - 5..], expected);
    assert!(
        old.deleted_stamp < new.deleted_stamp,
        "what counts is said last"
    );
    let versions = folder.reader().outbox().unwrap();
    for row in &versions {
        let is_new = row.op.session.session_id == session(2);
        let expected = if is_new {
            OP_VERSION_REPLACING
        } else {
            OP_VERSION
        };
        assert_eq!(row.op.v, expected, "{:?}", row.op.change);
    }
    folder.assert_sound();
}

#[test]
fn a_corrected_date_is_taken_back_as_one_and_twice_is_once() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    corrected(&mut writer);
    let back = writer.unreplace(session(2), NOW, [op(60), op(61)]).unwrap();
    assert_eq!(back.counts.start.session_id, session(1));
    assert!(!found(&folder, 1).deleted && found(&folder, 2).deleted);
    let count = waiting(&folder).len();
    writer.unreplace(session(2), NOW, [op(62), op(63)]).unwrap();
    assert_eq!(
        waiting(&folder).len(),
        count,
        "what is so already writes nothing"
    );
    let total = folder.reader().all_total().unwrap().unwrap();
    assert_eq!((total.sits, total.credited_s), (1, 540));
}

/// With what was said of the sit since: the note, and that nobody else sees it.
#[test]
fn a_corrected_date_that_is_taken_back_takes_nothing_else_back() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    corrected(&mut writer);
    let private = Sharing {
        shared: false,
        note_shared: false,
    };
    let since = [
        Edit::Sharing(private),
        Edit::Words(note("later")),
        Edit::Credited(Seconds(480)),
    ];
    for (n, edit) in (50..).zip(&since) {
        writer.edit(session(2), edit, at(n)).unwrap();
    }
    let before = waiting(&folder).len();
    let back = writer.unreplace(session(2), NOW, [op(60), op(61)]).unwrap();
    let old = found(&folder, 1);
    assert_eq!(back.counts, old);
    assert_eq!((old.deleted, found(&folder, 2).deleted), (false, true));
    assert_eq!((&old.words, old.sharing), (&note("later"), private));
    assert_eq!(old.credited_s(), Seconds(480));
    let kinds: Vec<_> = waiting(&folder)[before..]
        .iter()
        .map(|(_, kind)| *kind)
        .collect();
    assert_eq!(
        kinds,
        ["sharing", "words", "credited", "deleted", "deleted"],
        "it is private before it is there again"
    );
    folder.assert_sound();
}

#[test]
fn what_was_said_of_the_sit_after_its_correction_by_who_did_not_know_of_it_stays() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    corrected(&mut writer);
    writer
        .edit(session(2), &Edit::Words(note("later")), at(50))
        .unwrap();
    let elsewhere =
        "UPDATE sessions SET note = 'the last', words_hlc_ms = ?2 WHERE session_id = ?1";
    let later = (session(1).to_string(), NOW.0 + 1_000);
    assert_eq!(folder.sqlite().execute(elsewhere, later).unwrap(), 1);
    writer.unreplace(session(2), NOW, [op(60), op(61)]).unwrap();
    assert_eq!(found(&folder, 1).words, note("the last"));
}

#[test]
fn words_of_a_sit_that_is_deleted_are_refused_and_those_of_a_corrected_one_are_of_what_counts() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    corrected(&mut writer);
    let deleted = sit(&mut writer, 3, 600);
    writer.edit(deleted, &Edit::Deleted(true), at(50)).unwrap();
    let before = folder.contents();
    for id in [session(1), deleted] {
        let refused = writer.edit(id, &Edit::Words(note("lost")), at(51));
        assert!(matches!(refused, Err(WriteError::Deleted(it)) if it == id));
    }
    assert_eq!(folder.contents(), before);
    let counting = |id| folder.reader().counting(id).unwrap();
    assert_eq!(counting(session(1)), Some(found(&folder, 2)));
    assert_eq!(counting(session(2)), Some(found(&folder, 2)));
    assert_eq!(counting(deleted), Some(found(&folder, 3)));
    assert_eq!(counting(session(9)), None);
    writer.unreplace(session(2), NOW, [op(60), op(61)]).unwrap();
    assert_eq!(counting(session(2)), Some(found(&folder, 1)));
}

#[test]
fn a_date_is_corrected_again() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    corrected(&mut writer);
    writer
        .replace(session(2), &time(3, 5), NOW, ops(70))
        .unwrap();
    assert_eq!(found(&folder, 3).start.replaces, Some(session(2)));
    let total = folder.reader().all_total().unwrap().unwrap();
    assert_eq!(
        (total.sits, total.credited_s),
        (1, 540),
        "it counts once (I3)"
    );
}

#[test]
fn only_a_sit_that_is_over_and_there_gets_another_date() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let running = start(&mut writer, 1);
    let deleted = sit(&mut writer, 2, 600);
    writer.edit(deleted, &Edit::Deleted(true), at(25)).unwrap();
    let plain = sit(&mut writer, 3, 600);
    let before = folder.contents();
    let replaced = |writer: &mut Writer, n| writer.replace(n, &time(9, 1), NOW, ops(80));
    assert!(matches!(
        replaced(&mut writer, running),
        Err(WriteError::NotCompleted(id)) if id == running
    ));
    assert!(matches!(
        replaced(&mut writer, deleted),
        Err(WriteError::Deleted(id)) if id == deleted
    ));
    assert!(matches!(
        replaced(&mut writer, session(99)),
        Err(WriteError::Unknown(id)) if id == session(99)
    ));
    assert!(matches!(
        writer.unreplace(plain, NOW, [op(90), op(91)]),
        Err(WriteError::NotReplacing(id)) if id == plain
    ));
    assert_eq!(folder.contents(), before);
}

#[test]
fn sits_at_the_same_time_are_found_whatever_their_order() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    // From T0 - 1 d, for 1,200 s.
    writer.add(&past(1), NOW, ops(10)).unwrap();
    let reader = folder.reader();
    let begin = T0 - DAY_MS;
    let at_once = |from_s: i64, to_s: i64| {
        let (from, to) = (begin + from_s * 1000, begin + to_s * 1000);
        let found = reader
            .overlapping(UnixMillis(from), UnixMillis(to), 10)
            .unwrap();
        found.len()
    };
    assert_eq!(at_once(-600, 0), 0, "it only touches");
    assert_eq!(at_once(1200, 1800), 0, "it only touches");
    assert_eq!(at_once(-600, 1), 1);
    assert_eq!(at_once(1199, 1800), 1);
    assert_eq!(at_once(300, 600), 1, "within");
    assert_eq!(at_once(-600, 3000), 1, "around");
    writer
        .edit(session(1), &Edit::Deleted(true), at(20))
        .unwrap();
    assert_eq!(at_once(300, 600), 0, "what is deleted is in nobody's way");
}
