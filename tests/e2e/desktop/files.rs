//! A file of sits at the window, from the choice to the rows; only the system's own dialog is
//! answered by the test.

use std::fs;

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;
use serde_json::json;

use super::{launch_at_once, with};

const FILE: &str = "Started At,Duration,Preset,Activity\n\
    04/20/2026 08:21:14,0:45:0,Zazen,Meditation\n\
    04/21/2026 08:21:14,0:45:0,,Meditation\n\
    soon,0:45:0,,Meditation\n";

/// What counts: sits and seconds.
fn counted(desktop: &TestDesktop) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), coalesce(sum(credited_s), 0) FROM sessions WHERE deleted = 0";
    Ok(desktop
        .sqlite()?
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Writes the file, and has the system's dialog answered with it.
pub(super) fn choose_from_now_on(desktop: &TestDesktop) -> Result<()> {
    let file = desktop.dir().path().join("insight.csv");
    fs::write(&file, FILE)?;
    let path = file.to_str().context("a path")?;
    desktop
        .script(
            "const real = window.fetch;
             window.fetch = (url, ...rest) =>
               String(url).includes('pick_import_file')
                 ? Promise.resolve(new Response(JSON.stringify(arguments[0]), {
                     headers: { 'content-type': 'application/json', 'Tauri-Response': 'ok' } }))
                 : real(url, ...rest);",
            &[json!(path)],
        )
        .map(drop)
}

#[test]
fn a_file_is_imported_at_the_window_once_and_undone_as_a_whole() {
    with(|desktop| {
        launch_at_once(desktop)?;
        choose_from_now_on(desktop)?;
        desktop.click("nav-settings")?;
        desktop.click("import-choose")?;
        desktop.click("import-zone-yes")?;
        desktop.wait_for("import-would")?;
        assert_eq!(counted(desktop)?, (0, 0), "a preview changes nothing");
        desktop.click("import-count-refused")?;
        desktop.wait_for("import-rows")?;
        desktop.click("import-run")?;
        desktop.wait_for("import-done")?;
        assert_eq!(counted(desktop)?, (2, 5400));
        desktop.click("import-close")?;

        desktop.click("import-choose")?;
        desktop.click("import-zone-yes")?;
        desktop.wait_for("import-would")?;
        assert!(desktop.text("import-would")?.contains("Nothing new"));
        desktop.click("import-leave")?;

        desktop.click("imports-open")?;
        desktop.click("import-turn")?;
        desktop.wait("the sits are gone", |_| Ok(counted(desktop)? == (0, 0)))?;
        desktop.click("import-turn")?;
        desktop.wait("the sits are back", |_| Ok(counted(desktop)? == (2, 5400)))?;
        Ok(())
    });
}
