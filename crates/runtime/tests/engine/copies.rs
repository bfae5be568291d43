//! Copies and the way back, as a window and a terminal ask for them.

use std::fs;

use mitta_domain::session::Words;
use mitta_runtime::api::{
    BackUpArgs, BackupKind, ChangeState, ChangedPart, CheckName, Commands as _, DescribeArgs,
    ErrorCode, Found, Nothing, OfBackup, OfSession, Update, Whence,
};

use crate::harness::{House, Sit, of, plain};

/// One sit of three seconds, to its end.
fn sat(sit: &Sit) -> OfSession {
    let view = sit.begin(plain(3));
    sit.pass(4_000);
    sit.flush();
    let of = of(&view);
    sit.engine.dismiss(of).unwrap();
    of
}

fn copy(sit: &Sit) -> OfBackup {
    let args = BackUpArgs {
        path: None,
        replaces: false,
    };
    let made = sit.engine.back_up(args).unwrap();
    assert_eq!(made.kind, BackupKind::ByHand);
    OfBackup { path: made.path }
}

fn code<T>(result: Result<T, mitta_runtime::api::ApiError>) -> ErrorCode {
    match result {
        Ok(_) => panic!("it went well"),
        Err(error) => error.code,
    }
}

#[test]
fn a_deleted_sit_comes_back_with_a_restore_and_goes_with_its_undo() {
    let house = House::new();
    let sit = house.open();
    let of = sat(&sit);
    let backup = copy(&sit);
    sit.engine.delete_session(of).unwrap();
    let view = sit.engine.look_at_backup(backup.clone()).unwrap();
    assert_eq!((view.sits, view.credited_s), (1, 3));
    assert_eq!((view.only_here, view.only_there), (0, 1));
    assert_eq!(view.first_date.as_deref(), Some("2026-01-14"));
    assert!(!view.signs_out, "there is no account");
    assert!(
        sit.engine.session(of).unwrap().deleted,
        "a look changes nothing"
    );

    let restored = sit.engine.restore(backup).unwrap();
    assert!(!sit.engine.session(of).unwrap().deleted);
    assert_eq!(sit.engine.totals(Nothing {}).unwrap().all.sits, 1);
    let kinds: Vec<BackupKind> = sit
        .engine
        .backups(Nothing {})
        .unwrap()
        .backups
        .iter()
        .map(|it| it.kind)
        .collect();
    assert!(kinds.contains(&BackupKind::BeforeRestore), "{kinds:?}");
    let undo = OfBackup {
        path: restored.undo_path,
    };
    sit.engine.restore(undo).unwrap();
    assert!(sit.engine.session(of).unwrap().deleted);
    // And a sit begins as ever.
    sat(&sit);
    assert_eq!(sit.engine.totals(Nothing {}).unwrap().all.sits, 1);
}

#[test]
fn nothing_is_restored_while_a_sit_runs_and_the_sit_goes_on() {
    let house = House::new();
    let sit = house.open();
    sat(&sit);
    let backup = copy(&sit);
    let view = sit.begin(plain(600));
    let refused = sit.engine.restore(backup.clone()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::SitRunning);
    assert_eq!(refused.session_id, Some(view.session_id));
    sit.pass(601_000);
    sit.flush();
    assert!(sit.engine.session(of(&view)).unwrap().completion.is_some());
    sit.engine.restore(backup).unwrap();
}

#[test]
fn settings_are_those_of_the_copy_and_the_window_is_told() {
    let house = House::new();
    let sit = house.open();
    sat(&sit);
    let backup = copy(&sit);
    let mut settings = sit.engine.snapshot(Nothing {}).unwrap().settings;
    let before = settings.clone();
    settings.ask_mood = !settings.ask_mood;
    sit.engine.save_settings(settings).unwrap();
    sit.engine.restore(backup).unwrap();
    assert_eq!(sit.engine.snapshot(Nothing {}).unwrap().settings, before);
    sit.ears.until(|signal| {
        matches!(signal, mitta_runtime::Signal::Update(Update::Settings(now)) if *now == before)
    });
}

#[test]
fn what_is_no_copy_is_refused_by_its_code() {
    let house = House::new();
    let sit = house.open();
    sat(&sit);
    let path = |name: &str| house.folder.path().join(name).display().to_string();
    fs::write(path("text"), "Started At,Duration\n").unwrap();
    let refused = |name: &str| code(sit.engine.restore(OfBackup { path: path(name) }));
    assert_eq!(refused("text"), ErrorCode::NotABackup);
    assert_eq!(refused("nothing"), ErrorCode::BackupUnreadable);
    assert_eq!(refused("mitta.sqlite3"), ErrorCode::OwnFile);
    let back_up = |name: &str, replaces| {
        sit.engine.back_up(BackUpArgs {
            path: Some(path(name)),
            replaces,
        })
    };
    assert_eq!(code(back_up("text", false)), ErrorCode::FileExists);
    assert_eq!(code(back_up("mitta.sqlite3", true)), ErrorCode::OwnFile);
    assert_eq!(
        code(back_up("no/folder", false)),
        ErrorCode::FileNotWritable
    );
    back_up("text", true).unwrap();
}

#[test]
fn the_weekly_copy_is_made_once() {
    let house = House::new();
    let sit = house.open();
    sit.engine.copy_weekly();
    let copies = || sit.engine.backups(Nothing {}).unwrap().backups.len();
    assert_eq!(copies(), 0, "there is nothing to copy");
    sat(&sit);
    sit.engine.copy_weekly();
    sit.engine.copy_weekly();
    assert_eq!(copies(), 1);
}

#[test]
fn the_doctor_finds_all_well_and_changes_nothing() {
    let house = House::new();
    let sit = house.open();
    sat(&sit);
    let found = sit.engine.examine(Nothing {}).unwrap();
    let bad: Vec<_> = found.checks.iter().filter(|check| !check.ok).collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert!(found.is_database_well);
    let outbox = found.checks.iter().find(|it| it.name == CheckName::Outbox);
    let outbox = outbox.map(|it| (it.found, it.count));
    assert_eq!(outbox, Some((Found::WaitingForAccount, Some(1))));
}

/// The copies of months ago are the last ones, whatever else lies beside them.
#[test]
fn the_doctor_counts_only_copies_that_mitta_made() {
    let house = House::new();
    let sit = house.open();
    sat(&sit);
    let last = || {
        let found = sit.engine.examine(Nothing {}).unwrap().checks;
        let check = found.into_iter().find(|it| it.name == CheckName::Backups);
        let check = check.unwrap();
        (check.ok, check.found, check.at_ms)
    };
    let put = |name: &str, text: &str| {
        fs::write(house.dir().backups().join(name), text).unwrap();
    };
    put("mine.sqlite3", "a database");
    put("mitta-before-restore-1999999999999.sqlite3", "to come");
    put("mitta-before-restore-1768400000000.sqlite3", "");
    assert_eq!(last(), (true, Found::NoBackup, None));
    put("mitta-before-restore-1700000000000.sqlite3", "long ago");
    let long_ago = Some(mitta_domain::UnixMillis(1_700_000_000_000));
    assert_eq!(last(), (false, Found::LastBackup, long_ago));
    sit.engine.copy_weekly();
    let (is_well, found, _) = last();
    assert_eq!((is_well, found), (true, Found::LastBackup));
}

#[test]
fn what_happened_to_a_sit_is_told_from_its_start() {
    let house = House::new();
    let sit = house.open();
    let of = sat(&sit);
    let words = Words {
        note: Some("rain".into()),
        ..Words::default()
    };
    let session_id = of.session_id;
    sit.engine
        .describe(DescribeArgs { session_id, words })
        .unwrap();
    let story = sit.engine.story(of).unwrap();
    assert!(story.whence == Whence::Here && !story.has_account);
    let places: Vec<u32> = story.events.iter().map(|event| event.event_seq).collect();
    assert!(places.len() >= 3 && places.is_sorted(), "{places:?}");
    let changes: Vec<_> = story
        .changes
        .iter()
        .map(|change| (change.part, change.state, change.whence))
        .collect();
    assert_eq!(
        changes,
        [
            (ChangedPart::Start, ChangeState::Waiting, Whence::Here),
            (ChangedPart::Completion, ChangeState::Waiting, Whence::Here),
            (ChangedPart::Words, ChangeState::Waiting, Whence::Here),
        ]
    );
    let unknown = OfSession {
        session_id: mitta_domain::SessionId::from_uuid(uuid::Uuid::nil()),
    };
    assert_eq!(code(sit.engine.story(unknown)), ErrorCode::UnknownSession);
}
