//! Files that Mitta works with: whatever a person chooses, they are neither opened nor written.

use std::fs;
use std::path::{Path, PathBuf};

use mitta_runtime::api::{
    ApiError, BackUpArgs, Commands as _, ErrorCode, ExportHistoryArgs, HistoryFormat,
    ImportFileArgs, ImportSoundArgs, Nothing, OfBackup, SaveRowsArgs,
};

use crate::harness::{House, Sit, plain};

/// Every command that takes the path of a file, by its name.
fn all(sit: &Sit, path: &Path) -> Vec<(&'static str, Result<(), ApiError>)> {
    let path = path.display().to_string();
    let file = ImportFileArgs {
        path: path.clone(),
        zone: Some("Europe/Berlin".to_owned()),
        dates: None,
        times: None,
    };
    let of = || OfBackup { path: path.clone() };
    let engine = &sit.engine;
    let export = |format| {
        let path = path.clone();
        engine.export_history(ExportHistoryArgs { path, format })
    };
    vec![
        ("preview", engine.import_preview(file.clone()).map(drop)),
        ("import", engine.import_file(file.clone()).map(drop)),
        (
            "sound",
            engine
                .import_sound(ImportSoundArgs { path: path.clone() })
                .map(drop),
        ),
        ("look", engine.look_at_backup(of()).map(drop)),
        ("restore", engine.restore(of()).map(drop)),
        (
            "report",
            engine
                .save_import_rows(SaveRowsArgs { path: path.clone() })
                .map(drop),
        ),
        ("csv", export(HistoryFormat::Csv).map(drop)),
        ("json", export(HistoryFormat::Json).map(drop)),
        (
            "backup",
            engine
                .back_up(BackUpArgs {
                    path: Some(path.clone()),
                    replaces: true,
                })
                .map(drop),
        ),
    ]
}

/// The files and their lengths.
fn contents(house: &House) -> Vec<(PathBuf, u64)> {
    let entries = fs::read_dir(house.folder.path()).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.path(), entry.metadata().unwrap().len())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_file_that_mitta_works_with_is_refused_by_every_command() {
    let house = House::new();
    let sit = house.open();
    sit.begin(plain(3));
    sit.pass(4_000);
    sit.flush();
    let folder = house.folder.path();
    let mut chosen: Vec<PathBuf> = [
        "mitta.sqlite3",
        "mitta.sqlite3-wal",
        "mitta.sqlite3-shm",
        "sitting.lock",
        "use.lock",
        "open.lock",
        "history.changed",
        "sounds/../mitta.sqlite3",
    ]
    .map(|name| folder.join(name))
    .into();
    let elsewhere = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    for (nth, name) in ["mitta.sqlite3", "mitta.sqlite3-shm"].iter().enumerate() {
        let soft = elsewhere.path().join(format!("soft{nth}.csv"));
        std::os::unix::fs::symlink(folder.join(name), &soft).unwrap();
        let hard = folder.join(format!("hard{nth}.csv"));
        fs::hard_link(folder.join(name), &hard).unwrap();
        chosen.extend([soft, hard]);
    }
    let before = contents(&house);
    for path in &chosen {
        assert!(path.exists(), "{}", path.display());
        for (command, result) in all(&sit, path) {
            let code = result.unwrap_err().code;
            assert_eq!(code, ErrorCode::OwnFile, "{command} {}", path.display());
        }
    }
    // What is not there yet would be read as a part of the history.
    let journal = folder.join("mitta.sqlite3-journal");
    let written = ["report", "csv", "json", "backup"];
    for (command, result) in all(&sit, &journal) {
        if written.contains(&command) {
            assert_eq!(result.unwrap_err().code, ErrorCode::OwnFile, "{command}");
        }
    }
    assert_eq!(contents(&house), before);
    assert_eq!(sit.engine.totals(Nothing {}).unwrap().all.sits, 1);
}

/// The history of another profile is read, as a copy of a whole folder is, and not written.
#[test]
fn the_history_of_another_folder_is_not_written_over() {
    let other = House::new();
    let there = other.open();
    let house = House::new();
    let sit = house.open();
    let path = other.folder.path().join("mitta.sqlite3");
    let before = contents(&other);
    for (command, result) in all(&sit, &path) {
        let code = result.err().map(|error| error.code);
        let expected = match command {
            "preview" | "import" => Some(ErrorCode::ImportDatabase),
            "sound" => Some(ErrorCode::SoundUnreadable),
            "look" | "restore" => None,
            _ => Some(ErrorCode::OwnFile),
        };
        assert_eq!(code, expected, "{command}");
    }
    assert_eq!(contents(&other), before);
    drop(there);
}

/// A pipe that nobody writes to is not waited for.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_file() {
    let house = House::new();
    let sit = house.open();
    let pipe = house.folder.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let path = pipe.display().to_string();
    let of = OfBackup { path: path.clone() };
    let code = sit.engine.look_at_backup(of).unwrap_err().code;
    assert_eq!(code, ErrorCode::NotABackup);
    let args = ImportFileArgs {
        path: path.clone(),
        zone: None,
        dates: None,
        times: None,
    };
    let code = sit.engine.import_preview(args).unwrap_err().code;
    assert_eq!(code, ErrorCode::FileUnreadable);
    let code = sit
        .engine
        .import_sound(ImportSoundArgs { path })
        .unwrap_err()
        .code;
    assert_eq!(code, ErrorCode::SoundUnreadable);
}
