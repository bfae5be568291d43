//! An import beside what else goes on: a sit of the same program, and another program that wants to
//! import or to take back, which waits for its end.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mitta_domain::session::Words;
use mitta_domain::{SessionId, Settings, State};
use mitta_runtime::api::{
    ApiError, BackUpArgs, Commands as _, DescribeArgs, ErrorCode, ImportFileArgs, ImportView,
    Nothing, OfBackup, OfImport, OfSession, TransferPhase, Update,
};
use mitta_runtime::sound::SilentOutput;
use mitta_runtime::{Config, Drive, Engine, Signal};

use crate::harness::{House, Sit, plain};
use crate::listening::locked;

/// Far longer than anything here takes.
const AT_MOST: Duration = Duration::from_mins(1);
/// So many sits that an import of them has several batches.
const SITS: u32 = 5_000;

fn file(house: &House, name: &str, first_s: i64, sits: u32) -> ImportFileArgs {
    // Long enough that the reading tells of itself in between.
    let note = "x".repeat(80);
    let line = |n: u32| format!("{},600,timer,,{note}\n", first_s + i64::from(n) * 3600);
    let lines: Vec<String> = (0..sits).map(line).collect();
    let text = format!(
        "start_time_unix,duration_secs,mode,label,note\n{}",
        lines.concat()
    );
    let path: PathBuf = house.folder.path().join(name);
    fs::write(&path, text).unwrap();
    ImportFileArgs {
        path: path.display().to_string(),
        zone: Some("Europe/Berlin".to_owned()),
        dates: None,
        times: None,
    }
}

/// What the other program is told that wants to import, undo, redo or restore.
fn refusals(other: &Sit, import: &ImportFileArgs, backup: &OfBackup) -> Vec<Option<ErrorCode>> {
    let of = |import_seq| OfImport { import_seq };
    let code = |error: ApiError| error.code;
    let engine = &other.engine;
    vec![
        engine.import_file(import.clone()).err().map(code),
        engine.undo_import(of(1)).err().map(code),
        engine.redo_import(of(1)).err().map(code),
        engine.restore(backup.clone()).err().map(code),
    ]
}

fn imports(sit: &Sit) -> Vec<(bool, u32)> {
    let list = sit.engine.imports(Nothing {}).unwrap().imports;
    let seen = |it: &ImportView| (it.is_undone, it.sits);
    list.iter().map(seen).collect()
}

#[test]
fn another_program_neither_imports_nor_takes_back_meanwhile() {
    let house = House::new();
    let other = Arc::new(house.open_terminal());
    let small = file(&house, "small.csv", 1_600_000_000, 1);
    other.engine.import_file(small.clone()).unwrap();
    let args = BackUpArgs {
        path: None,
        replaces: false,
    };
    let backup = OfBackup {
        path: other.engine.back_up(args).unwrap().path,
    };
    let told = Arc::new(Mutex::new(Vec::new()));
    let (asks, answers) = (Arc::clone(&other), Arc::clone(&told));
    let window = Engine::start(Config {
        dir: house.dir(),
        clock: house.clock.clone(),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(move |signal| {
            let Signal::Update(Update::Transfer(progress)) = signal else {
                return;
            };
            // Once in each work, between two of its batches.
            let is_between = progress.done > progress.total / 4 && progress.done < progress.total;
            let mut answers = locked(&answers);
            let is_first = !answers.iter().any(|(phase, _)| *phase == progress.phase);
            if is_between && is_first && progress.phase != TransferPhase::Looking {
                answers.push((progress.phase, refusals(&asks, &small, &backup)));
            }
        }),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })
    .unwrap();
    let large = file(&house, "large.csv", 1_500_000_000, SITS);
    let done = window.import_file(large).unwrap();
    assert_eq!(done.counts.new, u64::from(SITS));
    let import_seq = done.import.unwrap().import_seq;
    let undone = window.undo_import(OfImport { import_seq }).unwrap();
    assert!(undone.is_undone);
    let busy = vec![Some(ErrorCode::TransferBusy); 4];
    let expected = [TransferPhase::Reading, TransferPhase::Undoing];
    let expected: Vec<_> = expected.map(|phase| (phase, busy.clone())).into();
    assert_eq!(*locked(&told), expected);
    assert_eq!(imports(&other), [(true, SITS), (false, 1)]);

    locked(&told).clear();
    let back = window.redo_import(OfImport { import_seq }).unwrap();
    assert!(!back.is_undone);
    assert_eq!(*locked(&told), [(TransferPhase::Undoing, busy)]);
    // It is over: now the other's turn has come.
    other.engine.undo_import(OfImport { import_seq }).unwrap();
    assert_eq!(imports(&other), [(true, SITS), (false, 1)]);
}

/// I9: a bell rings, and a sit ends and is recorded, in the midst of an import, between two batches.
#[test]
fn a_sit_ends_in_the_midst_of_an_import() {
    let house = House::new();
    let large = file(&house, "large.csv", 1_500_000_000, SITS);
    let (reached, is_reached) = channel();
    let (go_on, may_go_on) = channel();
    let waits = Mutex::new(Some((reached, may_go_on)));
    let window = Engine::start(Config {
        dir: house.dir(),
        clock: house.clock.clone(),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(move |signal| {
            if let Signal::Update(Update::Transfer(progress)) = signal
                && progress.phase == TransferPhase::Reading
                && let Some((reached, may_go_on)) = locked(&waits).take()
            {
                reached.send(()).unwrap();
                may_go_on.recv().unwrap();
            }
        }),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })
    .unwrap();
    let view = window.begin(plain(60)).unwrap();
    let of = OfSession {
        session_id: view.session_id,
    };
    std::thread::scope(|scope| {
        let import = scope.spawn(|| window.import_file(large));
        is_reached.recv_timeout(AT_MOST).unwrap();
        for _ in 0..70 {
            house.clock.pass(1_000);
            window.tick();
        }
        // Behind what was recorded, as the writer takes one thing after the other.
        let nobody = DescribeArgs {
            session_id: SessionId::from_uuid(uuid::Uuid::nil()),
            words: Words::default(),
        };
        window.describe(nobody).unwrap_err();
        let recorded = window.session(of).unwrap();
        assert!(!import.is_finished());
        go_on.send(()).unwrap();
        let done = import.join().unwrap().unwrap();
        assert_eq!(done.counts.new, u64::from(SITS));
        assert_eq!(
            (recorded.state, recorded.credited_s.0),
            (State::Completed, 60)
        );
    });
    assert_eq!(window.totals(Nothing {}).unwrap().all.sits, SITS + 1);
}
