//! The disk fails under the real window (I1, I9): said in words, nothing claimed that is not so,
//! and made good by a retry.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use mitta_tests::desktop::TestDesktop;
use rusqlite::Connection;

use super::{at_once, begin, launch_at_once, only_row, ops, rows, with};

/// Another program's hold on the database, until dropped.
fn locked(desktop: &TestDesktop) -> Result<Connection> {
    let other = desktop.sqlite()?;
    other.busy_timeout(std::time::Duration::from_secs(5))?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    Ok(other)
}

#[test]
fn begin_with_the_database_locked_is_said_and_no_sit_begins() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let other = locked(desktop)?;
        desktop.click("begin")?;
        assert_eq!(
            desktop.text("line-problem")?.lines().next(),
            Some("Another program holds the database. Close it, then try again.")
        );
        assert_eq!(desktop.screen()?, "sit");
        drop(other);
        assert!(rows(desktop)?.is_empty());
        desktop.click("begin")?;
        desktop.wait_for_screen("sitting")?;
        assert_eq!(only_row(desktop)?.state, "running");
        Ok(())
    });
}

#[test]
fn an_end_with_the_database_locked_is_not_called_recorded_until_a_retry_succeeds() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "2s")?;
        let other = locked(desktop)?;
        desktop.wait_for_screen("after")?;
        desktop.wait("it is said", |it| {
            Ok(it.text("recording")?.contains("not recorded yet"))
        })?;
        assert!(
            desktop
                .text("line-recording")?
                .contains("Another program holds")
        );
        assert!(!desktop.has("recorded")?);
        drop(other);
        assert_eq!(only_row(desktop)?.state, "running");
        desktop.click("line-recording-action")?;
        desktop.wait_for("recorded")?;
        let row = only_row(desktop)?;
        assert_eq!((&*row.session_id, row.credited_s), (&*session_id, Some(2)));
        assert_eq!(ops(desktop, &session_id)?, ["sat"]);
        desktop.wait("the line is gone", |it| Ok(!it.has("line-recording")?))
    });
}

#[test]
fn a_database_of_a_newer_mitta_is_named_and_left_as_it_is() {
    with(|desktop| {
        desktop.seed(|seed| seed.settings(at_once))?;
        let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
                     VALUES (999, 'later', '2030-01-01T00:00:00Z', '1');
                     PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;";
        desktop.sqlite()?.execute_batch(newer)?;
        let before = fs::read(desktop.dir().database())?;
        desktop.launch_without_engine()?;
        assert_eq!(
            desktop.text("line-problem")?.lines().next(),
            Some("The history was written by a newer Mitta. Update this one; nothing was changed.")
        );
        assert!(!desktop.has("begin")?);
        assert_eq!(fs::read(desktop.dir().database())?, before);
        Ok(())
    });
}

#[test]
fn a_damaged_database_is_set_aside_and_said() {
    with(|desktop| {
        fs::create_dir_all(desktop.dir().path())?;
        let damaged = vec![0x6d; 8192];
        fs::write(desktop.dir().database(), &damaged)?;
        desktop.launch()?;
        assert!(
            desktop
                .text("line-database")?
                .starts_with("The history was damaged. It was set aside")
        );
        let kept = fs::read_dir(desktop.dir().path())?
            .flatten()
            .filter(|it| fs::read(it.path()).is_ok_and(|bytes| bytes == damaged));
        assert_eq!(kept.count(), 1, "set aside, not overwritten");
        let session_id = begin(desktop, "20")?;
        assert_eq!(only_row(desktop)?.session_id, session_id);
        Ok(())
    });
}

#[test]
fn a_data_folder_that_cannot_be_made_is_said() {
    with(|desktop| {
        // Root may write anywhere, but nobody makes a folder inside a file.
        let file = desktop.place.path("file");
        File::create(&file)?.set_permissions(fs::Permissions::from_mode(0o400))?;
        desktop.place.data = file.join("data");
        desktop.launch_without_engine()?;
        let said = desktop.text("line-problem")?;
        assert!(said.contains("cannot be written"), "{said}");
        Ok(())
    });
}
