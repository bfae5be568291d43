//! Copies of the history and Troubleshooting, at the real window.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;

use super::{begin, launch_at_once, only_row, with};

/// One second, and back to the first screen.
fn sit(desktop: &TestDesktop) -> Result<String> {
    let session_id = begin(desktop, "1s")?;
    desktop.wait_for_screen("after")?;
    desktop.wait_for("recorded")?;
    desktop.click("done")?;
    desktop.wait_for_screen("sit")?;
    Ok(session_id)
}

fn delete_it(desktop: &TestDesktop) -> Result<()> {
    desktop.click("nav-history")?;
    desktop.wait_for_screen("history")?;
    desktop.wait_for("sit-row")?;
    desktop.script(
        "document.querySelector('[data-testid=sit-row] button').click()",
        &[],
    )?;
    desktop.wait_for("delete")?;
    desktop.click("delete")?;
    desktop.wait("the sit is deleted", |_| Ok(only_row(desktop)?.deleted))
}

#[test]
fn a_sit_that_was_deleted_is_restored_from_a_copy_and_undo_takes_it_back() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = sit(desktop)?;
        desktop.click("nav-settings")?;
        desktop.wait_for("backup-now")?;
        desktop.click("backup-now")?;
        desktop.wait("the copy is there", |it| {
            Ok(it.text("backup-saved")?.contains("mitta-copy-"))
        })?;
        delete_it(desktop)?;

        desktop.click("nav-settings")?;
        desktop.wait_for("backup-choose")?;
        desktop.click("backup-choose")?;
        desktop.wait_for("backup-look")?;
        desktop.click("backup-look")?;
        desktop.wait_for("backup-holds")?;
        assert!(desktop.text("backup-holds")?.starts_with("1 sit"));
        assert!(only_row(desktop)?.deleted, "looking changes nothing");
        desktop.click("backup-restore")?;
        desktop.wait(
            "the sit is there again",
            |_| Ok(!only_row(desktop)?.deleted),
        )?;
        assert_eq!(only_row(desktop)?.session_id, session_id);
        let device = || desktop.value::<String>("SELECT device_id FROM device");
        let restored_as = device()?;

        desktop.wait_for("line-undo-action")?;
        desktop.click("line-undo-action")?;
        desktop.wait("the restore is undone", |_| Ok(only_row(desktop)?.deleted))?;
        assert_ne!(device()?, restored_as, "each restore is another device");
        let sound: String = desktop.value("PRAGMA integrity_check")?;
        assert_eq!(sound, "ok");
        Ok(())
    });
}

/// Writes into the newest log what a failure there would say.
fn fails_in(desktop: &TestDesktop, folder: &str) -> Result<()> {
    let logs = std::fs::read_dir(desktop.dir().logs())?;
    let mut logs = logs
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    logs.sort();
    let newest = logs.last().context("a log")?;
    let mut file = std::fs::OpenOptions::new().append(true).open(newest)?;
    Ok(writeln!(
        file,
        "ERROR mitta_store: cannot open error={folder}/mitta.sqlite3"
    )?)
}

#[test]
fn the_window_looks_everything_over_and_the_log_tells_nothing_private() {
    with(|desktop| {
        launch_at_once(desktop)?;
        begin(desktop, "1s")?;
        desktop.wait_for_screen("after")?;
        desktop.wait_for("recorded")?;
        desktop.fill("note", "Quinquireme of Nineveh")?;
        desktop.click("done")?;
        desktop.wait_for_screen("sit")?;
        desktop.click("nav-settings")?;
        desktop.wait_for("trouble-look")?;
        desktop.click("trouble-look")?;
        desktop.wait_for("check-account")?;
        for check in ["database", "round_trip", "outbox"] {
            desktop.wait_for(&format!("check-{check}"))?;
        }
        assert!(desktop.text("check-database")?.contains("whole"));
        let folder = desktop.dir().path().display().to_string();
        fails_in(desktop, &folder)?;
        desktop.click("log-copy")?;
        desktop.wait("it is said what became of the copy", |it| {
            Ok(!it.text("log-said")?.trim().is_empty())
        })?;
        let text = desktop.text("log-text")?;
        for told in ["mitta_desktop", "error=(data folder)/mitta.sqlite3"] {
            assert!(text.contains(told), "{told}: {text}");
        }
        for private in ["Quinquireme", folder.as_str()] {
            assert!(!text.contains(private), "{text}");
        }
        Ok(())
    });
}
