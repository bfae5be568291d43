//! `mitta doctor`: each line is ok or says what to do, and nothing is changed by looking.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use mitta_domain::{Shortcut, ShortcutDoes, ShortcutKeys};
use mitta_store::DataDir;
use mitta_tests::desktop::seed::Seed;
use mitta_tests::terminal::{Running, Terminal, damage};
use serde_json::Value;

const NAMES: [&str; 13] = [
    "data_folder",
    "free_space",
    "database",
    "sits",
    "outbox",
    "backups",
    "round_trip",
    "sound",
    "own_sounds",
    "zone",
    "clock",
    "start_at_login",
    "shortcut",
];

/// The checks by name, all but those that this machine may rightly fail.
fn checks(terminal: &Terminal) -> Result<BTreeMap<String, Value>> {
    let ran = terminal.run(&["doctor", "--json"])?;
    let report = ran.json()?.pop().context("a report")?;
    assert_eq!(ran.code, Some(i32::from(report["ok"] == false)), "{report}");
    let checks = report["checks"].as_array().context("checks")?;
    let well = checks.iter().all(|check| check["ok"] == true);
    assert_eq!(report["ok"], well);
    for check in checks {
        assert_eq!(check["advice"].is_null(), check["ok"] == true, "{check}");
    }
    let named = checks
        .iter()
        .map(|it| (it["name"].as_str().unwrap_or("?").to_owned(), it.clone()));
    Ok(named
        .filter(|(name, _)| !matches!(name.as_str(), "sound" | "zone" | "start_at_login"))
        .collect())
}

fn not_ok(checks: &BTreeMap<String, Value>) -> Vec<&str> {
    let bad = checks.iter().filter(|(_, check)| check["ok"] == false);
    bad.map(|(name, _)| name.as_str()).collect()
}

/// Every file of the folder and what is in it.
fn files(terminal: &Terminal) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(terminal.dir())? {
        let path = entry?.path();
        // SQLite's index of its log is scratch, and so is an empty log: whoever reads makes them.
        let is_index = path.extension().is_some_and(|it| it == "sqlite3-shm");
        if path.is_file() && !is_index {
            let bytes = fs::read(&path)?;
            let is_log = path.extension().is_some_and(|it| it == "sqlite3-wal");
            if !(is_log && bytes.is_empty()) {
                files.insert(path, bytes);
            }
        }
    }
    Ok(files)
}

#[test]
fn a_folder_that_is_well_is_found_so() -> Result<()> {
    let terminal = Terminal::new()?;
    assert_eq!(
        terminal
            .run(&["sit", "1s", "--preparation", "0", "--no-sound"])?
            .code,
        Some(0)
    );
    let checks = checks(&terminal)?;
    assert_eq!(not_ok(&checks), [""; 0], "{checks:?}");
    assert!(
        checks["outbox"]["found"]
            .as_str()
            .is_some_and(|it| it == "1 change waits for an account")
    );
    assert!(
        NAMES
            .iter()
            .all(|it| checks.contains_key(*it) || ["sound", "zone", "start_at_login"].contains(it))
    );

    let text = terminal.run(&["doctor"])?.stdout;
    for name in NAMES {
        let name = name.replace('_', " ");
        assert!(
            text.contains(&format!("ok      {name}: "))
                || text.contains(&format!("not ok  {name}: ")),
            "{text}"
        );
    }
    Ok(())
}

#[test]
fn what_the_session_starts_and_which_keys_it_gives_is_told() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut seed = Seed::into(&DataDir::new(terminal.dir()))?;
    seed.settings(|settings| {
        settings.shortcut = ShortcutKeys::parse("Ctrl+Alt+M").ok().map(|keys| Shortcut {
            keys,
            does: ShortcutDoes::Show,
        });
    })?;
    drop(seed);
    let config = tempfile::tempdir()?;
    let entry = config.path().join("autostart/org.mitta.Mitta.desktop");
    let told = |session: &str, is_well: bool| -> Result<String> {
        let mut command = terminal.mitta(&["doctor"]);
        command
            .env("XDG_CONFIG_HOME", config.path())
            .env("DISPLAY", ":0")
            .env("XDG_SESSION_TYPE", session)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET");
        let ran = Running::start(command)?.end()?;
        if !is_well {
            assert_eq!(ran.code, Some(1), "{ran:?}");
        }
        Ok(ran.stdout)
    };
    let check = |said: &str, line: &str| assert!(said.contains(line), "{line}: {said}");
    let said = told("x11", true)?;
    check(
        &said,
        &format!(
            "ok      start at login: off; it would be in {}",
            entry.display()
        ),
    );
    check(&said, "ok      shortcut: Ctrl+Alt+M; this desktop (X11)");

    fs::create_dir_all(config.path().join("autostart"))?;
    let program = config.path().join("mitta-desktop");
    fs::write(
        &entry,
        format!(
            "[Desktop Entry]\nExec=\"{}\" --at-login\n",
            program.display()
        ),
    )?;
    let said = told("wayland", false)?;
    let starts = format!(
        "{} is to start {}, which is not there",
        entry.display(),
        program.display()
    );
    check(&said, &format!("not ok  start at login: {starts}"));
    check(&said, "not ok  shortcut: Ctrl+Alt+M, but under Wayland");
    check(&said, "set keys for the command mitta-desktop");
    assert!(entry.exists(), "looking changes nothing");

    fs::copy("/bin/true", &program)?;
    let said = told("x11", true)?;
    let starts = format!("on: {} starts {}", entry.display(), program.display());
    check(&said, &format!("ok      start at login: {starts}"));
    Ok(())
}

#[test]
fn an_empty_folder_is_well_and_stays_empty() -> Result<()> {
    let terminal = Terminal::new()?;
    let checks = checks(&terminal)?;
    assert_eq!(not_ok(&checks), [""; 0], "{checks:?}");
    assert!(!terminal.database().exists());
    Ok(())
}

#[test]
fn damage_is_found_and_nothing_is_moved() -> Result<()> {
    let terminal = Terminal::new()?;
    assert_eq!(
        terminal
            .run(&["sit", "1s", "--preparation", "0", "--no-sound"])?
            .code,
        Some(0)
    );
    damage(&terminal)?;
    let before = files(&terminal)?;
    let checks = checks(&terminal)?;
    assert!(not_ok(&checks).contains(&"database"), "{checks:?}");
    assert!(files(&terminal)? == before, "looking changes nothing");
    Ok(())
}

#[test]
fn a_running_and_an_unfinished_sit_are_told_apart() -> Result<()> {
    let terminal = Terminal::new()?;
    let running = terminal.start(&["sit", "1h", "--preparation", "0", "--no-sound"])?;
    running.says("Sit ")?;
    let while_sitting = checks(&terminal)?;
    assert_eq!(not_ok(&while_sitting), [""; 0], "{while_sitting:?}");
    assert!(
        while_sitting["sits"]["found"]
            .as_str()
            .is_some_and(|it| it.contains("is running"))
    );
    running.signal("TERM")?;
    running.end()?;
    let afterwards = checks(&terminal)?;
    assert_eq!(not_ok(&afterwards), ["sits"]);
    let advice = afterwards["sits"]["advice"].as_str();
    assert!(
        advice.is_some_and(|it| it.contains("mitta recover")),
        "{afterwards:?}"
    );
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_written_a_broken_sound_and_no_device_are_found() -> Result<()> {
    let terminal = Terminal::new()?;
    terminal.run(&["log"])?;
    fs::write(terminal.dir().join("sounds").join("broken.wav"), "no sound")?;
    let mut command = terminal.mitta(&["doctor"]);
    command.env("ALSA_CONFIG_PATH", "/dev/null");
    let ran = Running::start(command)?.end()?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("not ok  own sounds: broken.wav"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("not ok  sound: no sound device"),
        "{ran:?}"
    );

    let mut command = terminal.mitta(&["doctor"]);
    // Not even the superuser makes a folder there.
    command.env("MITTA_DATA_DIR", "/proc/mitta");
    let ran = Running::start(command)?.end()?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("not ok  data folder: /proc"), "{ran:?}");
    Ok(())
}
