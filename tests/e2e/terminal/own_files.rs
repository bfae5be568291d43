//! A person chooses Mitta's own files while two programs have the history open: what either records
//! afterwards stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use mitta_domain::past::Occurrence;
use mitta_domain::session::Words;
use mitta_domain::{Seconds, Settings};
use mitta_runtime::api::{
    AddSitArgs, ApiError, BackUpArgs, Commands as _, ExportHistoryArgs, HistoryFormat,
    ImportFileArgs, ImportSoundArgs, OfBackup, PastStart, SaveRowsArgs,
};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::SilentOutput;
use mitta_runtime::{Config, Drive, Engine};
use mitta_store::DataDir;
use mitta_tests::terminal::Terminal;

fn window(dir: &Path) -> Result<Engine> {
    Ok(Engine::start(Config {
        dir: DataDir::new(dir),
        clock: Arc::new(SystemClock::new()),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(|_| {}),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })?)
}

/// One sit that is on the disk when this returns.
fn sits(window: &Engine, nth: usize) -> Result<()> {
    window.add_sit(AddSitArgs {
        start: PastStart {
            wall: format!("2026-01-1{nth}T07:30"),
            tz: Some("Europe/Berlin".to_owned()),
            occurrence: Occurrence::First,
        },
        length: "10".to_owned(),
        words: Words::default(),
        is_private: false,
    })?;
    Ok(())
}

/// Chooses the file wherever a person can choose one.
fn choose(window: &Engine, path: &Path) -> Vec<Result<(), ApiError>> {
    let path = path.display().to_string();
    let file = || ImportFileArgs {
        path: path.clone(),
        zone: None,
        dates: None,
        times: None,
    };
    let of = || OfBackup { path: path.clone() };
    vec![
        window.import_preview(file()).map(drop),
        window.import_file(file()).map(drop),
        window
            .import_sound(ImportSoundArgs { path: path.clone() })
            .map(drop),
        window.look_at_backup(of()).map(drop),
        window.restore(of()).map(drop),
        window
            .save_import_rows(SaveRowsArgs { path: path.clone() })
            .map(drop),
        window
            .export_history(ExportHistoryArgs {
                path: path.clone(),
                format: HistoryFormat::Csv,
            })
            .map(drop),
        window
            .back_up(BackUpArgs {
                path: Some(path.clone()),
                replaces: true,
            })
            .map(drop),
    ]
}

/// How many sits a further process sees.
fn seen(terminal: &Terminal) -> Result<usize> {
    let ran = terminal.run(&["export", "--format", "csv", "-"])?;
    ensure!(ran.code == Some(0), "{ran:?}");
    Ok(ran.stdout.lines().count() - 1)
}

#[test]
fn what_is_recorded_after_mittas_own_files_were_chosen_stays() -> Result<()> {
    let terminal = Terminal::new()?;
    let window = window(terminal.dir())?;
    sits(&window, 0)?;
    let elsewhere = tempfile::tempdir()?;
    let (soft, hard) = (elsewhere.path().join("soft"), terminal.dir().join("hard"));
    std::os::unix::fs::symlink(terminal.database(), &soft)?;
    std::fs::hard_link(terminal.database(), &hard)?;
    let mut chosen: Vec<PathBuf> = ["", "-wal", "-shm"]
        .map(|end| terminal.dir().join(format!("mitta.sqlite3{end}")))
        .into();
    chosen.extend([soft, hard]);
    for (nth, path) in chosen.iter().enumerate() {
        for done in choose(&window, path) {
            ensure!(done.is_err(), "{}", path.display());
        }
        // Whoever comes and goes must not think that it was the last.
        ensure!(terminal.run(&["stats"])?.code == Some(0));
        sits(&window, nth + 1)?;
        let after = seen(&terminal)?;
        ensure!(after == 2 * nth + 2, "{}: {after}", path.display());
        let at = format!("2026-01-2{nth} 07:30");
        let added = terminal.run(&["log", "add", &at, "10"])?;
        ensure!(added.code == Some(0), "{added:?}");
    }
    window.stop();
    let after = seen(&terminal)?;
    ensure!(after == 2 * chosen.len() + 1, "{after}");
    Ok(())
}
