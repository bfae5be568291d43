//! `mitta backup`, `mitta restore` and what happened to a sit, in a terminal.

use std::fs;

use anyhow::{Context as _, Result};
use mitta_tests::terminal::{Ran, Terminal};
use serde_json::Value;

use super::after;

fn sat(terminal: &Terminal) -> Result<()> {
    let ran = terminal.run(&["sit", "1s", "--preparation", "0", "--no-sound"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    Ok(())
}

fn document(ran: &Ran) -> Result<Value> {
    ran.json()?.pop().context("a document")
}

#[test]
fn a_copy_is_made_listed_looked_at_and_restored_and_undo_takes_it_back() -> Result<()> {
    let terminal = Terminal::new()?;
    sat(&terminal)?;
    let file = terminal.dir().join("stick.sqlite3").display().to_string();
    let ran = terminal.run(&["backup", &file])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Copied and checked"), "{ran:?}");
    let again = terminal.run(&["backup", &file, "--json"])?;
    assert_eq!(
        (again.code, again.error_code()?.as_str()),
        (Some(2), "file_exists")
    );
    sat(&terminal)?;
    assert_eq!(terminal.rows()?.len(), 2);

    // Where nobody can be asked, what it holds is shown and nothing is done.
    let asked = terminal.run(&["restore", &file])?;
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert!(asked.stdout.contains("1 sit,"), "{asked:?}");
    assert!(asked.stdout.contains("Goes: 1 sit"), "{asked:?}");
    assert_eq!(terminal.rows()?.len(), 2);

    let ran = terminal.run(&["restore", &file, "--yes", "--json"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(document(&ran)?["backup"]["only_here"], 1);
    assert_eq!(terminal.rows()?.len(), 1);
    let list = document(&terminal.run(&["backup", "list", "--json"])?)?;
    let kinds = list["backups"].as_array().context("copies")?;
    assert!(
        kinds.iter().any(|it| it["kind"] == "before_restore"),
        "{list}"
    );

    let ran = terminal.run(&["restore", "--undo", "--yes"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(terminal.rows()?.len(), 2);
    Ok(())
}

#[test]
fn what_is_no_copy_and_a_restore_during_a_sit_are_refused() -> Result<()> {
    let terminal = Terminal::new()?;
    sat(&terminal)?;
    let file = |name: &str| terminal.dir().join(name).display().to_string();
    assert_eq!(
        terminal.run(&["backup", &file("copy.sqlite3")])?.code,
        Some(0)
    );
    fs::write(file("text"), "Started At,Duration")?;
    let refused = |path: &str| -> Result<String> {
        let ran = terminal.run(&["restore", path, "--yes", "--json"])?;
        assert_ne!(ran.code, Some(0), "{ran:?}");
        ran.error_code()
    };
    assert_eq!(refused(&file("text"))?, "not_a_backup");
    assert_eq!(refused(&file("nothing"))?, "backup_unreadable");
    let running = terminal.start(&["sit", "1h", "--preparation", "0", "--no-sound"])?;
    running.says("Sit ")?;
    assert_eq!(refused(&file("copy.sqlite3"))?, "sit_running");
    running.signal("TERM")?;
    running.end()?;
    assert_eq!(terminal.rows()?.len(), 2);
    Ok(())
}

#[test]
fn what_happened_to_a_sit_is_told() -> Result<()> {
    let terminal = Terminal::new()?;
    let ran = terminal.run(&["sit", "1s", "--preparation", "0", "--no-sound"])?;
    let session_id = after(&ran.stdout, "Sit ")?.to_owned();
    let told = terminal.run(&["doctor", &session_id])?;
    assert_eq!(told.code, Some(0), "{told:?}");
    for words in ["completed", "completion", "kept for an account"] {
        assert!(told.stdout.contains(words), "{told:?}");
    }
    let unknown = terminal.run(&["doctor", "00000000-0000-7000-8000-000000000000"])?;
    assert_eq!(unknown.code, Some(4), "{unknown:?}");
    Ok(())
}
