//! The main job: a sit, from Begin to the row and the history.

use anyhow::Result;
use mitta_tests::desktop::TestDesktop;

use super::{begin, events, only_row, ops, with};

/// Three seconds, with a pause in between, to its end and back to the first screen.
fn sit(desktop: &TestDesktop, meanwhile: impl FnOnce() -> Result<()>) -> Result<()> {
    let session_id = begin(desktop, "3s")?;
    assert_eq!(
        only_row(desktop)?.state,
        "running",
        "committed before it is shown"
    );
    desktop.click("begin-now")?;
    desktop.wait_for_phase("sitting")?;
    desktop.click("pause")?;
    desktop.wait_for_phase("paused")?;
    meanwhile()?;
    desktop.click("resume")?;
    desktop.wait_for_screen("after")?;
    desktop.wait_for("recorded")?;
    assert_eq!(desktop.text("credited")?, "3 s");
    desktop.fill("note", "Rain on the roof.")?;
    desktop.click("done")?;
    desktop.wait_for_screen("sit")?;

    let row = only_row(desktop)?;
    assert_eq!(row.session_id, session_id, "the id that start returned");
    assert_eq!(row.state, "completed");
    assert_eq!((row.planned_s, row.credited_s), (Some(3), Some(3)));
    assert_eq!(row.note.as_deref(), Some("Rain on the roof."));
    assert!(!row.deleted);
    let happened = [
        "started",
        "began_now",
        "paused",
        "resumed",
        "completed",
        "edited",
    ];
    assert_eq!(events(desktop, &session_id)?, happened);
    assert_eq!(ops(desktop, &session_id)?, ["sat", "words"]);
    Ok(())
}

#[test]
fn a_sit_with_a_pause_is_one_completed_row_with_its_note_and_its_ops() {
    with(|desktop| {
        desktop.launch()?;
        sit(desktop, || Ok(()))
    });
}

#[test]
fn a_window_reloaded_during_a_sit_comes_back_to_it_and_the_record_is_the_same() {
    with(|desktop| {
        desktop.launch()?;
        sit(desktop, || {
            desktop.reload()?;
            assert_eq!(desktop.screen()?, "sitting");
            assert_eq!(desktop.phase()?, "paused");
            Ok(())
        })
    });
}
