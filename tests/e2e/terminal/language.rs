//! In which language the terminal speaks, and how it writes dates there.

use anyhow::{Result, ensure};
use mitta_domain::settings::Language;
use mitta_tests::terminal::{Ran, Running, Terminal};

use super::set;

const ADD: [&str; 4] = ["log", "add", "2026-11-20 08:00", "20"];

/// Runs `mitta` as in another locale.
fn run_in(terminal: &Terminal, locale: &str, args: &[&str]) -> Result<Ran> {
    let mut mitta = terminal.mitta(args);
    mitta.env("LC_ALL", locale);
    Running::start(mitta)?.end()
}

#[test]
fn the_language_of_the_settings_is_spoken_whatever_the_system_says() -> Result<()> {
    let terminal = Terminal::new()?;
    set(&terminal, |settings| settings.language = Language::De)?;
    let added = terminal.run(&ADD)?;
    let said = "Nachgetragen: 20 min am 20.11.2026 08:00";
    ensure!(added.stdout.starts_with(said), "{added:?}");
    let log = terminal.run(&["log"])?;
    ensure!(log.stdout == "20.11.2026  08:00  20 min\n", "{log:?}");
    let help = terminal.run(&["log", "--help"])?;
    ensure!(help.stdout.contains("Aufruf: mitta log"), "{help:?}");
    let wrong = terminal.run(&["log", "--jsn"])?;
    ensure!(wrong.code == Some(2), "{wrong:?}");
    for said in ["Fehler: '--jsn' ist hier nicht", "Tipp: ", "'--json'"] {
        ensure!(wrong.stderr.contains(said), "{said}: {wrong:?}");
    }
    set(&terminal, |settings| settings.language = Language::En)?;
    let log = run_in(&terminal, "de_DE.UTF-8", &["log", "-n", "0"])?;
    ensure!(
        log.stderr.starts_with("error: invalid value '0'"),
        "{log:?}"
    );
    Ok(())
}

#[test]
fn what_is_for_programs_is_english_with_dates_of_iso() -> Result<()> {
    let terminal = Terminal::new()?;
    set(&terminal, |settings| settings.language = Language::De)?;
    let added = terminal.run(&[&["--json"], &ADD[..]].concat())?;
    ensure!(added.json()?[0]["sit"]["local_date"] == "2026-11-20");
    let doctor = run_in(&terminal, "de_DE.UTF-8", &["doctor", "--json"])?;
    ensure!(doctor.stdout.contains("No unfinished sits."), "{doctor:?}");
    let wrong = terminal.run(&["log", "--json", "-n", "0"])?;
    ensure!(wrong.stderr.starts_with("error: "), "{wrong:?}");
    Ok(())
}

#[test]
fn each_profile_has_its_language_and_asking_for_it_makes_no_folder() -> Result<()> {
    let terminal = Terminal::new()?;
    set(&terminal, |settings| settings.language = Language::De)?;
    let help = terminal.run(&["--profile", "anna", "--help"])?;
    ensure!(help.stdout.contains("Usage: mitta"), "{help:?}");
    ensure!(!terminal.dir().join("profiles").exists());
    Ok(())
}

#[test]
fn a_history_that_cannot_be_read_is_told_in_the_language_of_the_system() -> Result<()> {
    let terminal = Terminal::new()?;
    set(&terminal, |settings| settings.language = Language::De)?;
    rusqlite::Connection::open(terminal.database())?.execute_batch(
        "INSERT INTO refinery_schema_history VALUES (99, 'future', '2030-01-01T00:00:00Z', '1')",
    )?;
    let log = terminal.run(&["log"])?;
    ensure!(log.code == Some(5), "{log:?}");
    ensure!(log.stderr.contains("newer Mitta"), "{log:?}");
    let help = terminal.run(&["--help"])?;
    ensure!(
        help.code == Some(0) && help.stdout.contains("Usage: mitta"),
        "{help:?}"
    );
    Ok(())
}

#[test]
fn english_writes_dates_as_its_country_does() -> Result<()> {
    let terminal = Terminal::new()?;
    terminal.run(&ADD)?;
    for (locale, date) in [
        ("en_US.UTF-8", "11/20/2026"),
        ("en_GB.UTF-8", "20/11/2026"),
        ("C.UTF-8", "2026-11-20"),
    ] {
        let log = run_in(&terminal, locale, &["log"])?;
        ensure!(log.stdout.starts_with(date), "{locale}: {log:?}");
    }
    Ok(())
}
