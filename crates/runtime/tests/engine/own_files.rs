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

/// The lengths of files.
fn lengths(files: &[PathBuf]) -> Vec<u64> {
    let length = |path: &PathBuf| fs::metadata(path).unwrap().len();
    files.iter().map(length).collect()
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
    let before = lengths(&chosen);
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
    assert!(!journal.exists());
    assert_eq!(lengths(&chosen), before);
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
    let files = [path.clone(), other.folder.path().join("mitta.sqlite3-wal")];
    let before = lengths(&files);
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
    assert_eq!(lengths(&files), before);
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

/// What a person would miss: copies, bells, the log, a history that was set aside, the imported file.
#[test]
fn what_a_person_would_miss_is_not_written_over() {
    let house = House::new();
    let sit = house.open();
    let folder = house.folder.path();
    let copy = sit.engine.back_up(BackUpArgs {
        path: None,
        replaces: false,
    });
    let missed = [
        PathBuf::from(copy.unwrap().path),
        folder.join("backups/mitta-weekly-2026-01-04.sqlite3"),
        folder.join("mitta.corrupt-77.sqlite3"),
        folder.join("sounds/bell.wav"),
        folder.join("logs/mitta.2026-01-14.log"),
    ];
    for path in &missed[1..] {
        fs::write(path, "dear").unwrap();
    }
    let table = folder.join("sits.csv");
    fs::write(
        &table,
        "Started At,Duration,Preset,Activity\n01/02/2025 08:00:00,0:20:0,,\nsoon,0:20:0,,\n",
    )
    .unwrap();
    let preview = |path: &Path| {
        let path = path.display().to_string();
        sit.engine.import_preview(ImportFileArgs {
            path,
            zone: Some("Europe/Berlin".to_owned()),
            dates: None,
            times: None,
        })
    };
    preview(&table).unwrap();
    let before = fs::read(&table).unwrap();
    let write = |path: &Path| {
        let path = path.display().to_string();
        let export = |format| {
            let path = path.clone();
            sit.engine
                .export_history(ExportHistoryArgs { path, format })
        };
        let results = [
            export(HistoryFormat::Csv).map(drop),
            export(HistoryFormat::Json).map(drop),
            sit.engine
                .save_import_rows(SaveRowsArgs { path: path.clone() })
                .map(drop),
        ];
        results.map(|result| result.err().map(|error| error.code))
    };
    assert_eq!(write(&table), [Some(ErrorCode::ImportedFile); 3]);
    #[cfg(unix)]
    {
        let hard = folder.join("hard.csv");
        fs::hard_link(&table, &hard).unwrap();
        assert_eq!(write(&hard), [Some(ErrorCode::ImportedFile); 3]);
    }
    assert_eq!(fs::read(&table).unwrap(), before);
    for path in &missed {
        let before = fs::read(path).unwrap();
        let expected = [Some(ErrorCode::OwnFile); 3];
        assert_eq!(write(path), expected, "{}", path.display());
        assert_eq!(fs::read(path).unwrap(), before);
    }
}

/// An export or a report is whole or not there, and takes nothing of the person's on the way.
#[test]
fn a_file_is_written_beside_its_place_under_a_name_of_its_own() {
    let house = House::new();
    let sit = house.open();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("mine.csv"), "old").unwrap();
    fs::write(path("mine.csv.partial"), "theirs").unwrap();
    let save = |name: &str| {
        let path = path(name).display().to_string();
        sit.engine.save_import_rows(SaveRowsArgs { path })
    };
    let export = |name: &str, format| {
        let path = path(name).display().to_string();
        sit.engine
            .export_history(ExportHistoryArgs { path, format })
    };
    save("mine.csv").unwrap();
    let report = fs::read_to_string(path("mine.csv")).unwrap();
    assert!(report.starts_with("line,result"), "{report}");
    export("mine.csv", HistoryFormat::Csv).unwrap();
    export("mine.json", HistoryFormat::Json).unwrap();
    fs::create_dir(path("folder")).unwrap();
    for done in [save("folder").err(), save("no/folder").err()] {
        assert_eq!(done.unwrap().code, ErrorCode::ExportNotWritable);
    }
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["folder", "mine.csv", "mine.csv.partial", "mine.json"]
    );
    let theirs = fs::read_to_string(path("mine.csv.partial")).unwrap();
    assert_eq!(theirs, "theirs");
}
