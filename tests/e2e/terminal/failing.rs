//! Folders, databases and devices that fail: said, with a code, and never in the way of a sit
//! that has begun (I2, I9).

use std::fs;

use anyhow::{Context as _, Result};
use mitta_tests::terminal::{Terminal, damage, lock_database};
use rusqlite::Connection;

use super::only_row;

const SIT: [&str; 6] = ["sit", "2s", "--preparation", "0", "--no-sound", "--json"];

#[test]
fn a_sit_that_cannot_be_written_down_does_not_begin() -> Result<()> {
    let terminal = Terminal::new()?;
    terminal.run(&["log"])?;
    let locked = lock_database(&terminal)?;
    let ran = terminal.run(&SIT)?;
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert_eq!(ran.error_code()?, "database_busy");
    assert_eq!(ran.stdout.matches("started").count(), 0, "{ran:?}");
    drop(locked);
    assert_eq!(terminal.rows()?, []);
    Ok(())
}

#[test]
fn an_end_that_cannot_be_written_yet_is_said_and_tried_again() -> Result<()> {
    let terminal = Terminal::new()?;
    let running = terminal.start(&SIT[..5])?;
    running.says("Sit ")?;
    let locked = lock_database(&terminal)?;
    running.says("Not recorded yet")?;
    locked.execute_batch("ROLLBACK")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Recorded: 2 s."), "{ran:?}");
    let said = |words| ran.stdout.matches(words).count() + ran.stderr.matches(words).count();
    assert_eq!(said("tried again"), said("Not recorded yet"), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!((row.credited_s, row.ops), (Some(2), 1), "once (I3)");
    Ok(())
}

#[test]
fn an_end_that_is_never_written_is_a_failure_and_stays_recoverable() -> Result<()> {
    for signal in ["INT", "TERM"] {
        let terminal = Terminal::new()?;
        let running = terminal.start(&SIT[..5])?;
        running.says("Sit ")?;
        let locked = lock_database(&terminal)?;
        running.says("Not recorded yet")?;
        running.signal(signal)?;
        let ran = running.end()?;
        assert_eq!(ran.code, Some(6), "{signal}: {ran:?}");
        assert!(ran.stderr.contains("NOT recorded"), "{ran:?}");
        assert!(!ran.stdout.contains("Recorded:"), "{ran:?}");
        locked.execute_batch("ROLLBACK")?;
        let row = only_row(&terminal)?;
        assert_eq!(row.state, "running");
        let ran = terminal.run(&["recover", &row.session_id, "planned"])?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(only_row(&terminal)?.credited_s, Some(2));
    }
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_used_is_said() -> Result<()> {
    let terminal = Terminal::new()?;
    let file = terminal.dir().join("file");
    fs::write(&file, "not a folder")?;
    for verb in [
        &SIT[..],
        &["log", "--json"],
        &["stats", "--json"],
        &["recover", "--json"],
    ] {
        let mut command = terminal.mitta(verb);
        command.env("MITTA_DATA_DIR", file.join("data"));
        let ran = mitta_tests::terminal::Running::start(command)?.end()?;
        assert_eq!(ran.code, Some(5), "{verb:?} {ran:?}");
        assert_eq!(ran.error_code()?, "not_writable", "{verb:?}");
    }
    assert_eq!(fs::read_to_string(file)?, "not a folder");
    Ok(())
}

#[test]
fn a_damaged_history_is_set_aside_and_said() -> Result<()> {
    let terminal = Terminal::new()?;
    assert_eq!(terminal.run(&SIT)?.code, Some(0));
    damage(&terminal)?;
    let damaged = fs::read(terminal.database())?;

    let ran = terminal.run(&SIT)?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("database_corrupt"), "{ran:?}");
    assert_eq!(
        only_row(&terminal)?.credited_s,
        Some(2),
        "a new history was begun"
    );
    let aside = fs::read_dir(terminal.dir())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("mitta.corrupt-") && name.ends_with(".sqlite3")
        });
    assert!(
        fs::read(aside.context("set aside")?)? == damaged,
        "as it was"
    );
    Ok(())
}

#[test]
fn a_newer_history_is_left_as_it_is() -> Result<()> {
    let terminal = Terminal::new()?;
    terminal.run(&["log"])?;
    let connection = Connection::open(terminal.database())?;
    connection.execute(
        "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
         VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')",
        [],
    )?;
    drop(connection);
    let before = fs::read(terminal.database())?;
    for verb in [&SIT[..], &["log", "--json"]] {
        let ran = terminal.run(verb)?;
        assert_eq!(
            (ran.code, ran.error_code()?.as_str()),
            (Some(5), "database_newer"),
            "{verb:?}"
        );
    }
    assert!(fs::read(terminal.database())? == before, "as it was");
    Ok(())
}

#[test]
fn without_a_sound_device_that_is_said_and_the_sit_is_recorded() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut command = terminal.mitta(&["sit", "1s", "--preparation", "0", "--json"]);
    command.env("ALSA_CONFIG_PATH", "/dev/null");
    let ran = mitta_tests::terminal::Running::start(command)?.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = ran.stdout.find("no_sound_device").context("it is said")?;
    let started = ran.stdout.find("\"started\"").context("it is begun")?;
    assert!(said < started, "before the sit: {ran:?}");
    assert_eq!(only_row(&terminal)?.credited_s, Some(1));
    Ok(())
}
