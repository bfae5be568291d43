//! Everything can be read and reached: axe on each screen in both themes, laid out for real, and
//! a sit with the keyboard alone.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use mitta_domain::settings::{Language, Theme};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use serde_json::Value;
use thirtyfour::Key;

use super::files::choose_from_now_on;
use super::{at_once, cut_off, launch_at_once, only_row, with};
use crate::policy::root;

/// What axe finds on the screen as it is, one line for each.
fn violations(desktop: &TestDesktop) -> Result<Vec<String>> {
    let code = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(
            found => done(found.violations.flatMap(it =>
                it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`))),
            error => done([String(error)]))";
    let found = desktop.script_that_answers(code, &[])?;
    let lines = found.as_array().context("a list of violations")?;
    Ok(lines
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

/// Waits until nothing moves: what fades in or out has arrived, and nothing slides away from a click. The
/// color of what is within follows a frame after the color around it, as a fade of its own.
fn still(desktop: &TestDesktop) -> Result<()> {
    let code = "const done = arguments[arguments.length - 1];
        const look = left => requestAnimationFrame(() => {
            if (document.getAnimations().length > 0) look(3);
            else if (left > 0) look(left - 1);
            else done(true);
        });
        look(3)";
    desktop.script_that_answers(code, &[]).map(drop)
}

fn check(desktop: &TestDesktop, theme: Theme, screen: &str) -> Result<()> {
    still(desktop)?;
    let found = violations(desktop)?;
    assert!(found.is_empty(), "{theme:?}, {screen}: {found:#?}");
    let cut_px = "const main = document.querySelector('main');
        return main.scrollWidth - main.clientWidth";
    let cut_px = desktop.script(cut_px, &[])?;
    assert_eq!(cut_px, 0, "{theme:?}, {screen}: wider than the window");
    Ok(())
}

/// Loads axe into the page as it is.
pub(super) fn bring_axe(desktop: &TestDesktop) -> Result<()> {
    let axe = Path::new(root()).join("ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(axe).context("axe-core (npm ci in ui/)")?;
    desktop
        .script(&format!("{axe}; window.axe = axe"), &[])
        .map(drop)
}

/// Axe finds nothing on the screen as it is, by day and by night.
pub(super) fn check_day_and_night(desktop: &TestDesktop, screen: &str) -> Result<()> {
    let wear = "const root = document.documentElement.dataset;
        const before = root.theme;
        root.theme = arguments[0];
        return before";
    let before = desktop.script(wear, &["light".into()])?;
    check(desktop, Theme::Light, screen)?;
    desktop.script(wear, &["dark".into()])?;
    check(desktop, Theme::Dark, screen)?;
    desktop.script(wear, &[before]).map(drop)
}

fn every_screen(desktop: &mut TestDesktop, theme: Theme) -> Result<()> {
    desktop.seed(|seed| {
        seed.unfinished(cut_off(Some(1200), 700, 7200))?;
        seed.settings(|settings| {
            at_once(settings);
            settings.theme = theme;
            // By night with the longest words, as large as they get.
            if theme == Theme::Dark {
                settings.language = Language::De;
                settings.text_percent = 200;
            }
            settings.ask_mood = true;
            settings.choice.preparation_s = mitta_domain::Seconds(60);
        })
    })?;
    desktop.launch()?;
    bring_axe(desktop)?;
    desktop.wait_for("unfinished")?;
    check(desktop, theme, "an unfinished sit")?;
    desktop.click("recover-planned")?;
    desktop.wait("nothing is asked", |it| Ok(!it.has("unfinished")?))?;
    check(desktop, theme, "sit")?;
    desktop.click("chip-other")?;
    desktop.fill("length-input", "soon")?;
    check(desktop, theme, "a length that is none")?;
    desktop.click("nav-history")?;
    desktop.click("row-toggle")?;
    desktop.wait_for("sit-details")?;
    check(desktop, theme, "history")?;
    history_by_hand(desktop, theme)?;
    desktop.click("nav-together")?;
    desktop.wait_for("screen-together")?;
    check(desktop, theme, "together, no account")?;
    desktop.click("nav-settings")?;
    desktop.wait_for("theme")?;
    desktop.click("intervals-random")?;
    check(desktop, theme, "settings")?;
    desktop.click("intervals-none")?;
    care(desktop, theme)?;
    desktop.click("nav-sit")?;
    desktop.click("begin")?;
    desktop.wait_for_phase("preparing")?;
    check(desktop, theme, "preparing")?;
    desktop.click("begin-now")?;
    desktop.wait_for_phase("sitting")?;
    check(desktop, theme, "sitting")?;
    desktop.click("pause")?;
    desktop.wait_for_phase("paused")?;
    desktop.press_with_control('q')?;
    desktop.wait_for("quit-bar")?;
    check(desktop, theme, "paused, asked whether to quit")?;
    desktop.click("keep-sitting")?;
    desktop.click("resume")?;
    desktop.wait("a second of it", |it| {
        Ok(it.text("time")?.as_str() <= "19:58")
    })?;
    desktop.click("end")?;
    desktop.wait_for_phase("ending")?;
    check(desktop, theme, "ending")?;
    desktop.click("finish")?;
    desktop.wait_for("recorded")?;
    check(desktop, theme, "after")?;

    let unreadable = "const text = document.createElement('p');
        text.textContent = 'pale';
        text.className = 'pale';
        const sheet = new CSSStyleSheet();
        // In sight however large the text is.
        sheet.replaceSync('.pale { color: #888; background: #999; position: fixed; top: 0; z-index: 9 }');
        document.adoptedStyleSheets = [sheet];
        document.querySelector('main').append(text)";
    desktop.script(unreadable, &[])?;
    let found = violations(desktop)?;
    assert!(
        found.iter().any(|it| it.starts_with("color-contrast")),
        "axe does not look: {found:?}"
    );
    Ok(())
}

/// The forms of the history, its statistics, and what happened to a sit; its details are open.
fn history_by_hand(desktop: &TestDesktop, theme: Theme) -> Result<()> {
    desktop.click("story-open")?;
    desktop.wait_for("story-event")?;
    desktop.click("correct")?;
    desktop.wait_for("correct-form")?;
    check(desktop, theme, "correcting a sit, and what happened to it")?;
    desktop.click("correct-cancel")?;
    desktop.click("add-sit")?;
    desktop.fill("past-date", "soon")?;
    desktop.fill("past-time", "07:30")?;
    desktop.fill("past-length", "25")?;
    desktop.wait_for("past-error")?;
    desktop.click("history-filters")?;
    desktop.wait_for("filters")?;
    check(desktop, theme, "adding a sit, and the filters")?;
    desktop.click("add-cancel")?;
    desktop.click("history-view-statistics")?;
    desktop.wait_for("stats-hours-picture")?;
    check(desktop, theme, "statistics")
}

/// An import before it is run, a copy before it is restored, all that was looked over, and the keys.
fn care(desktop: &TestDesktop, theme: Theme) -> Result<()> {
    choose_from_now_on(desktop)?;
    desktop.click("import-choose")?;
    desktop.click("import-zone-yes")?;
    desktop.click("import-count-refused")?;
    desktop.wait_for("import-rows")?;
    still(desktop)?;
    desktop.click("backup-now")?;
    desktop.wait_for("backup-saved")?;
    still(desktop)?;
    desktop.click("backup-choose")?;
    desktop.wait_for("backup-look")?;
    still(desktop)?;
    desktop.click("backup-look")?;
    desktop.wait_for("backup-holds")?;
    still(desktop)?;
    desktop.click("trouble-look")?;
    desktop.wait_for("check-account")?;
    check(desktop, theme, "an import, a copy, troubleshooting")?;
    desktop.click("import-leave")?;
    desktop.wait("it is put away", |it| Ok(!it.has("import-rows")?))?;
    still(desktop)?;
    desktop.click("shortcuts-open")?;
    desktop.wait_for("shortcuts")?;
    check(desktop, theme, "the sheet of keys")?;
    desktop.click("shortcuts-close")?;
    desktop.wait("it is closed", |it| Ok(!it.has("shortcuts")?))
}

#[test]
fn axe_finds_nothing_on_any_screen_by_day() {
    with(|desktop| every_screen(desktop, Theme::Light));
}

#[test]
fn axe_finds_nothing_on_any_screen_by_night() {
    with(|desktop| every_screen(desktop, Theme::Dark));
}

#[test]
fn the_language_changes_where_one_is_in_the_tray_too_and_is_kept() {
    with(|desktop| {
        let tray = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        desktop.wait("the tray is there", |_| Ok(tray.icons() == 1))?;
        desktop.click("nav-settings")?;
        desktop.wait_for("language")?;
        let lang = || desktop.script("return document.documentElement.lang", &[]);
        assert_eq!(lang()?, "en");
        desktop.click("language-de")?;
        desktop.wait("it is German", |it| {
            Ok(it.text("nav-settings")? == "Einstellungen")
        })?;
        assert_eq!(lang()?, "de");
        desktop.wait("the tray is, too", |_| {
            let items = tray.menu_items()?;
            Ok(items.iter().any(|(_, text, _)| text == "Beginnen"))
        })?;
        desktop.press_with_control('+')?;
        desktop.wait("it is kept", |_| {
            let sql = "SELECT language || text_percent FROM settings";
            Ok(desktop.value::<String>(sql)? == "de110")
        })?;
        desktop.kill()?;
        desktop.launch()?;
        desktop.wait("it is German from the start", |it| {
            Ok(it.text("nav-settings")? == "Einstellungen")
        })
    });
}

/// The `data-testid` of the control that has the keyboard.
pub(super) fn focused(desktop: &TestDesktop) -> Result<String> {
    let id = desktop.script("return document.activeElement?.dataset?.testid ?? ''", &[])?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Presses Tab until the control has the keyboard, and sees that the focus shows.
pub(super) fn tab_to(desktop: &TestDesktop, id: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..40 {
        if focused(desktop)? == id {
            let shown = desktop.script(
                "const style = getComputedStyle(document.activeElement);
                 return style.outlineStyle !== 'none' || style.boxShadow !== 'none'",
                &[],
            )?;
            assert_eq!(shown, true, "the focus on {id} does not show");
            return Ok(());
        }
        passed.push(focused(desktop)?);
        desktop.press(Key::Tab)?;
    }
    anyhow::bail!("Tab does not reach {id}; it passed {passed:?}")
}

#[test]
fn a_sit_and_its_history_need_nothing_but_the_keyboard() {
    with(|desktop| {
        launch_at_once(desktop)?;
        desktop.wait("Begin has the keyboard", |_| {
            Ok(focused(desktop)? == "begin")
        })?;
        desktop.press(" ")?;
        desktop.wait_for_phase("sitting")?;
        desktop.press(" ")?;
        desktop.wait_for_phase("paused")?;
        desktop.press(" ")?;
        desktop.wait_for_phase("sitting")?;
        desktop.press("h")?;
        desktop.wait("the time is hidden", |it| Ok(!it.has("time")?))?;
        desktop.press("hh")?;
        desktop.wait("the time is back", |it| it.has("time"))?;
        desktop.wait("a second of it", |it| {
            Ok(it.text("time")?.as_str() <= "19:58")
        })?;
        desktop.press(Key::Escape)?;
        desktop.wait_for_phase("ending")?;
        desktop.wait("Undo has the keyboard", |_| {
            Ok(focused(desktop)? == "undo-end")
        })?;
        tab_to(desktop, "finish")?;
        desktop.press(Key::Enter)?;
        desktop.wait_for("recorded")?;
        tab_to(desktop, "note")?;
        desktop.press("Quiet.")?;
        tab_to(desktop, "done")?;
        desktop.press(Key::Enter)?;
        desktop.wait_for_screen("sit")?;
        assert_eq!(only_row(desktop)?.note.as_deref(), Some("Quiet."));

        tab_to(desktop, "nav-history")?;
        desktop.press(Key::Enter)?;
        desktop.wait_for("sit-row")?;
        tab_to(desktop, "row-toggle")?;
        desktop.press(Key::Enter)?;
        desktop.wait_for("sit-details")?;
        desktop.press_with_control(',')?;
        desktop.wait_for_screen("settings")?;
        tab_to(desktop, "ask-mood")?;
        desktop.press(" ")?;
        desktop.wait("it is switched on", |it| {
            let code = "return document.querySelector('[data-testid=ask-mood]').ariaChecked";
            Ok(it.script(code, &[])? == "true")
        })
    });
}
