//! Edits of recorded sessions: each group by itself, what lost kept.

use mitta_domain::event::EventKind;
use mitta_domain::op::Change;
use mitta_domain::session::{InvalidWords, Words};
use mitta_domain::{Seconds, Session, Sharing};
use mitta_store::{Edit, WriteError};

use crate::support::{Folder, at, completion, note, op, session, sit, start};

const PRIVATE: Sharing = Sharing {
    shared: false,
    note_shared: false,
};
const OPEN: Sharing = Sharing {
    shared: true,
    note_shared: true,
};

#[test]
fn an_edit_changes_its_group_writes_an_op_and_keeps_what_was_there() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = sit(&mut writer, 1, 600);
    let edits = [
        Edit::Words(note("first")),
        Edit::Words(Words {
            mood: Some(5),
            ..note("second")
        }),
        Edit::Credited(Seconds(550)),
        Edit::Credited(Seconds(540)),
        Edit::Sharing(PRIVATE),
        Edit::Sharing(OPEN),
        Edit::Deleted(true),
        Edit::Deleted(false),
    ];
    let mut row = None;
    for (n, edit) in (20..).zip(&edits) {
        row = Some(writer.edit(session_id, edit, at(n)).unwrap());
    }
    let reader = folder.reader();
    let row = row.unwrap();
    assert_eq!(reader.session(session_id).unwrap().as_ref(), Some(&row));
    assert_eq!(
        (row.words.note.as_deref(), row.words.mood),
        (Some("second"), Some(5))
    );
    assert_eq!((row.credited_s(), row.deleted), (Seconds(540), false));
    assert_eq!(row.sharing, OPEN);
    assert_eq!(
        row.completion,
        Some(completion(600)),
        "what completion measured stays"
    );
    assert_eq!(reader.outbox().unwrap().len(), 1 + edits.len());
    let lost: Vec<_> = reader
        .revisions(session_id)
        .unwrap()
        .into_iter()
        .map(|r| r.change)
        .collect();
    assert_eq!(
        lost,
        [
            Change::Words {
                words: note("first")
            },
            Change::Credited {
                credited_s: Seconds(550)
            },
            Change::Sharing { sharing: PRIVATE },
            Change::Deleted { deleted: true },
        ]
    );
    let edited = reader.events(session_id).unwrap();
    let edited = edited
        .iter()
        .filter(|e| e.kind == EventKind::Edited && e.elapsed_ms.is_none());
    assert_eq!(edited.count(), edits.len());
}

#[test]
fn an_edit_to_what_is_there_already_writes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = sit(&mut writer, 1, 600);
    let edits = [
        Edit::Words(note("a")),
        Edit::Credited(Seconds(5)),
        Edit::Sharing(PRIVATE),
        Edit::Deleted(true),
    ];
    for (n, edit) in (20..).zip(&edits) {
        let row = writer.edit(session_id, edit, at(n)).unwrap();
        let before = folder.contents();
        assert_eq!(writer.edit(session_id, edit, at(n + 40)).unwrap(), row);
        assert_eq!(folder.contents(), before);
    }
}

/// Edited again within the same millisecond, or with the clock set back: the later one wins.
#[test]
fn the_last_edit_wins_whatever_the_clock_says() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = sit(&mut writer, 5, 600);
    for (n, text) in [(90, "a"), (10, "b"), (1, "c")] {
        let mut at = at(n);
        at.op_id = op(900 + n);
        let row = writer
            .edit(session_id, &Edit::Words(note(text)), at)
            .unwrap();
        assert_eq!(row.words, note(text));
    }
}

#[test]
fn words_and_sharing_may_be_changed_while_the_sit_runs_and_are_kept_by_its_completion() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = start(&mut writer, 1);
    writer
        .edit(session_id, &Edit::Words(note("bells too loud")), at(11))
        .unwrap();
    writer
        .edit(session_id, &Edit::Sharing(PRIVATE), at(12))
        .unwrap();
    let row = writer
        .complete(session_id, &completion(600), at(13))
        .unwrap();
    assert_eq!(
        (row.words, row.sharing),
        (note("bells too loud"), PRIVATE),
        "of a sit that stays private from its first moment on"
    );
}

#[test]
fn an_edit_that_cannot_be_is_refused_and_changes_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let done = sit(&mut writer, 1, 600);
    let running = start(&mut writer, 2);
    let unsat = start(&mut writer, 3);
    writer
        .discard(unsat, &completion(0), at(31), op(32))
        .unwrap();
    let before = folder.contents();
    let mut check = |id, edit: Edit, is: fn(&WriteError) -> bool| {
        let error = writer
            .edit(id, &edit, at(90))
            .map(|_: Session| ())
            .unwrap_err();
        assert!(is(&error), "{edit:?}: {error:?}");
        assert_eq!(folder.contents(), before);
    };
    check(session(9), Edit::Deleted(true), |e| {
        matches!(e, WriteError::Unknown(_))
    });
    check(running, Edit::Deleted(true), |e| {
        matches!(e, WriteError::NotCompleted(_))
    });
    check(running, Edit::Credited(Seconds(5)), |e| {
        matches!(e, WriteError::NotCompleted(_))
    });
    check(done, Edit::Credited(Seconds(0)), |e| {
        matches!(e, WriteError::Rejected(_))
    });
    check(done, Edit::Credited(Seconds(86_401)), |e| {
        matches!(e, WriteError::Rejected(_))
    });
    check(unsat, Edit::Deleted(false), |e| {
        matches!(e, WriteError::Rejected(_))
    });
    check(done, Edit::Words(note(&"x".repeat(1 << 20))), |e| {
        matches!(e, WriteError::InvalidWords(InvalidWords::Note(1_048_576)))
    });
    for mood in [0, 6, 255] {
        check(
            done,
            Edit::Words(Words {
                mood: Some(mood),
                ..Words::default()
            }),
            |e| matches!(e, WriteError::InvalidWords(InvalidWords::Mood(_))),
        );
    }
    let label = Words {
        label: Some("x".repeat(81)),
        ..Words::default()
    };
    check(done, Edit::Words(label), |e| {
        matches!(e, WriteError::InvalidWords(InvalidWords::Label(81)))
    });
}

#[test]
fn the_longest_note_of_any_characters_comes_back_as_it_was() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let session_id = sit(&mut writer, 1, 600);
    for (n, text) in [
        (20, "🙏".repeat(10_000)),
        (21, "a\n\"'\\\u{200d}ß".to_owned()),
    ] {
        writer
            .edit(session_id, &Edit::Words(note(&text)), at(n))
            .unwrap();
        let row = folder.reader().session(session_id).unwrap().unwrap();
        assert_eq!(row.words.note, Some(text));
    }
}
