//! The process is killed at a bad moment and launched again (I1, I2, I3).

use anyhow::Result;
use mitta_tests::desktop::TestDesktop;

use super::{begin, cut_off, events, launch_at_once, live_id, only_row, ops, rows, with};

/// The sit is recorded with `credited_s`, by the id it was begun with, with one op for each end.
fn assert_recorded(desktop: &TestDesktop, session_id: &str, credited_s: u32) -> Result<()> {
    let row = only_row(desktop)?;
    assert_eq!(row.session_id, session_id, "the id that start returned");
    assert_eq!(
        (&*row.state, row.credited_s),
        ("completed", Some(credited_s))
    );
    assert!(!row.deleted);
    assert_eq!(ops(desktop, session_id)?, ["sat"]);
    assert_eq!(desktop.value::<String>("PRAGMA integrity_check")?, "ok");
    assert_eq!(desktop.value::<u32>("SELECT count(*) FROM heartbeat")?, 0);
    Ok(())
}

fn has_happened(desktop: &TestDesktop, session_id: &str, event: &str) -> Result<bool> {
    Ok(events(desktop, session_id)?.iter().any(|it| it == event))
}

#[test]
fn a_sit_killed_in_the_middle_goes_on_by_itself_and_is_credited_in_full() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "12s")?;
        desktop.wait_for_phase("sitting")?;
        desktop.kill()?;
        assert_eq!(only_row(desktop)?.state, "running");

        desktop.launch()?;
        assert_eq!(desktop.screen()?, "sitting", "nobody pressed anything");
        assert_eq!(live_id(desktop)?, session_id);
        desktop.wait_for("recorded")?;
        assert_recorded(desktop, &session_id, 12)?;
        assert!(has_happened(desktop, &session_id, "recovered")?);
        Ok(())
    });
}

#[test]
fn a_sit_killed_while_paused_comes_back_paused() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "4s")?;
        desktop.click("pause")?;
        desktop.wait_for_phase("paused")?;
        desktop.wait("the pause is on the disk", |_| {
            has_happened(desktop, &session_id, "paused")
        })?;
        desktop.kill()?;

        desktop.launch()?;
        assert_eq!(desktop.phase()?, "paused");
        assert_eq!(live_id(desktop)?, session_id);
        desktop.click("resume")?;
        desktop.wait_for("recorded")?;
        assert_recorded(desktop, &session_id, 4)
    });
}

#[test]
fn a_sit_killed_while_end_could_be_undone_is_recorded_with_what_end_credited() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        // End is possible at once, but less than a second is nothing to record.
        desktop.wait("a second of it", |it| {
            Ok(it.text("time")?.as_str() <= "19:58")
        })?;
        desktop.click("end")?;
        desktop.wait_for_phase("ending")?;
        desktop.wait("the end is on the disk", |_| {
            has_happened(desktop, &session_id, "end_requested")
        })?;
        let elapsed_ms: u32 =
            desktop.value("SELECT elapsed_ms FROM session_events WHERE kind = 'end_requested'")?;
        desktop.kill()?;
        assert_eq!(only_row(desktop)?.state, "running");

        desktop.launch()?;
        assert_eq!(desktop.screen()?, "sit");
        assert!(!desktop.has("unfinished")?, "there is nothing to ask");
        assert_recorded(desktop, &session_id, elapsed_ms / 1000)
    });
}

#[test]
fn two_unfinished_sits_are_asked_about_one_by_one() {
    with(|desktop| {
        let (older, newer) = desktop.seed(|seed| {
            Ok((
                seed.unfinished(cut_off(Some(1200), 700, 7200))?,
                seed.unfinished(cut_off(None, 330, 3600))?,
            ))
        })?;
        desktop.launch()?;
        let credited = || -> Result<Vec<(String, Option<u32>, bool)>> {
            let rows = rows(desktop)?.into_iter();
            Ok(rows
                .map(|it| (it.session_id, it.credited_s, it.deleted))
                .collect())
        };
        let (older, newer) = (older.to_string(), newer.to_string());
        assert!(desktop.text("unfinished")?.contains("the first of 2"));

        desktop.click("recover-planned")?;
        // The other one is open-ended: it can be kept until last seen, not as planned.
        desktop.wait("the other one is asked", |it| {
            Ok(it.has("unfinished")? && !it.has("recover-planned")?)
        })?;
        assert!(!desktop.text("unfinished")?.contains("the first of"));
        let left = (newer.clone(), None, false);
        assert_eq!(credited()?, [(older.clone(), Some(1200), false), left]);
        desktop.click("recover-seen")?;
        desktop.wait("nothing is asked", |it| Ok(!it.has("unfinished")?))?;
        let both = [(older, Some(1200), false), (newer, Some(330), false)];
        assert_eq!(credited()?, both);
        Ok(())
    });
}

#[test]
fn an_unfinished_sit_that_is_discarded_can_be_taken_back() {
    with(|desktop| {
        let session_id = desktop.seed(|seed| seed.unfinished(cut_off(None, 95, 86_400)))?;
        desktop.launch()?;
        desktop.click("recover-discard")?;
        desktop.wait("it is discarded", |_| Ok(only_row(desktop)?.deleted))?;
        desktop.click("line-undo-action")?;
        desktop.wait("it is back", |_| Ok(!only_row(desktop)?.deleted))?;
        let row = only_row(desktop)?;
        assert_eq!(row.session_id, session_id.to_string());
        assert_eq!((&*row.state, row.credited_s), ("completed", Some(95)));
        Ok(())
    });
}
