//! A history that is kept by hand: sits added, corrected, looked for and taken back in the window, and
//! what of it is on the disk.

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;

use super::{ops, rows, with};

/// Id, date, whether deleted, and what it replaces, of every row.
type Kept = (String, String, bool, Option<String>);

fn kept(desktop: &TestDesktop) -> Result<Vec<Kept>> {
    let connection = desktop.sqlite()?;
    let mut statement = connection.prepare(
        "SELECT session_id, local_date, deleted, replaces FROM sessions ORDER BY session_id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn shown(desktop: &TestDesktop, count: u64) -> Result<()> {
    desktop.wait("the rows", |it| Ok(it.count("sit-row")? == count))
}

fn add(desktop: &TestDesktop, date: &str, time: &str, length: &str, note: &str) -> Result<()> {
    desktop.click("add-sit")?;
    desktop.fill("past-date", date)?;
    desktop.fill("past-time", time)?;
    desktop.fill("past-length", length)?;
    desktop.fill("add-note", note)?;
    desktop.click("add-save")?;
    desktop.wait("it is added", |it| Ok(!it.has("add-sit-form")?))
}

#[test]
fn a_sit_is_added_found_corrected_moved_to_its_date_and_taken_back_by_hand() {
    with(|desktop| {
        desktop.launch()?;
        desktop.click("nav-history")?;
        desktop.wait_for("history-empty")?;
        add(desktop, "2026-01-13", "07:30", "25", "rain on the roof")?;
        shown(desktop, 1)?;
        let first = rows(desktop)?.pop().context("a row")?;
        assert_eq!(
            (
                first.state.as_str(),
                first.credited_s,
                first.note.as_deref()
            ),
            ("completed", Some(1500), Some("rain on the roof"))
        );
        assert_eq!(ops(desktop, &first.session_id)?, ["sat", "words"]);
        let source: String = desktop.value("SELECT source FROM sessions")?;
        assert_eq!(source, "manual");
        add(desktop, "2026-01-12", "07:30", "10", "wind")?;
        shown(desktop, 2)?;

        // Another at the same time is said, what cannot be is refused, and neither is written.
        desktop.click("add-sit")?;
        desktop.fill("past-date", "2026-01-13")?;
        desktop.fill("past-time", "07:40")?;
        desktop.fill("past-length", "10")?;
        desktop.wait_for("past-overlaps")?;
        desktop.fill("past-length", "-5")?;
        desktop.wait_for("past-error")?;
        desktop.click("add-cancel")?;
        assert_eq!(rows(desktop)?.len(), 2);

        desktop.fill("history-search", "rain")?;
        shown(desktop, 1)?;
        desktop.fill("history-search", "nothing like it")?;
        desktop.wait_for("none-found")?;
        desktop.click("show-all")?;
        shown(desktop, 2)?;

        // Other words, and those of before.
        desktop.click("row-toggle")?;
        desktop.fill("edit-note", "hail")?;
        desktop.click("edit-save")?;
        let note_is = |what: &str, note: &str| {
            desktop.wait(what, |_| {
                let all = rows(desktop)?;
                Ok(all.iter().any(|row| row.note.as_deref() == Some(note)))
            })
        };
        note_is("they are changed", "hail")?;
        desktop.click("line-undo-action")?;
        note_is("they are as before", "rain on the roof")?;

        // Another date and another length, as one act with one undo.
        desktop.click("row-toggle")?;
        desktop.click("correct")?;
        desktop.fill("past-date", "2026-01-11")?;
        desktop.fill("past-length", "20")?;
        desktop.wait("it is understood", |it| {
            Ok(it.text("past-said")?.contains("20 min"))
        })?;
        desktop.click("correct-save")?;
        desktop.wait("it is corrected", |_| Ok(rows(desktop)?.len() == 3))?;
        shown(desktop, 2)?;
        let corrected = kept(desktop)?;
        let new = corrected
            .iter()
            .find(|(.., replaces)| replaces.as_ref() == Some(&first.session_id))
            .context("the one that replaces")?;
        assert_eq!((new.1.as_str(), new.2), ("2026-01-11", false));
        assert!(
            corrected
                .iter()
                .any(|(id, _, deleted, _)| *id == first.session_id && *deleted)
        );
        let credited: u32 = desktop.value(&format!(
            "SELECT credited_s FROM sessions WHERE session_id = '{}'",
            new.0
        ))?;
        assert_eq!(credited, 1200);

        desktop.click("line-undo-action")?;
        desktop.wait("it is as it was", |_| {
            let is_back = kept(desktop)?
                .iter()
                .any(|(id, _, deleted, _)| *id == first.session_id && !deleted);
            let credited: u32 = desktop.value(&format!(
                "SELECT credited_s FROM sessions WHERE session_id = '{}'",
                first.session_id
            ))?;
            Ok(is_back && credited == 1500)
        })?;
        shown(desktop, 2)?;
        let counted: u32 = desktop.value("SELECT count(*) FROM sessions WHERE deleted = 0")?;
        assert_eq!(counted, 2, "once each (I3)");
        Ok(())
    });
}
