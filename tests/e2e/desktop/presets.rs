//! Presets by the keyboard alone and from the tray, and what of them is on the disk.

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::screen::Screen;
use mitta_tests::wait::{SOON, until};
use thirtyfour::Key;

use super::access::{bring_axe, check_day_and_night, focused, tab_to};
use super::{launch_at_once, rows, with};

/// Names of those that are there, in their order, with their lengths in seconds.
fn kept(desktop: &TestDesktop) -> Result<Vec<(String, Option<u32>)>> {
    let connection = desktop.sqlite()?;
    let mut statement = connection.prepare(
        "SELECT name, json_extract(choice, '$.planned_s') FROM presets \
         WHERE deleted_at_ms IS NULL ORDER BY position",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn is_kept(desktop: &TestDesktop, expected: &[(&str, u32)]) -> Result<()> {
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, planned_s)| ((*name).to_owned(), Some(*planned_s)))
        .collect();
    desktop
        .wait("they are kept", |_| Ok(kept(desktop)? == expected))
        .with_context(|| format!("{:?}, not {expected:?}", kept(desktop)))
}

/// Goes to a control with Tab and presses Enter.
fn enter(desktop: &TestDesktop, id: &str) -> Result<()> {
    tab_to(desktop, id)?;
    desktop.press(Key::Enter)
}

/// Types a name into the field that has the keyboard by now, and Enter.
fn name_it(desktop: &TestDesktop, name: &str) -> Result<()> {
    tab_to(desktop, "preset-name")?;
    desktop.press(name)?;
    desktop.press(Key::Enter)
}

/// Types a length, which is understood as said, and opens the sheet.
fn choose_and_open(desktop: &TestDesktop, length: (&str, &str)) -> Result<()> {
    desktop.wait_for_screen("sit")?;
    if !desktop.has("length-input")? {
        enter(desktop, "chip-other")?;
    }
    desktop.fill("length-input", length.0)?;
    desktop.wait("it is understood", |it| {
        Ok(it.text("length-help")?.contains(length.1))
    })?;
    enter(desktop, "presets-open")?;
    desktop.wait_for("presets-sheet")
}

fn close(desktop: &TestDesktop) -> Result<()> {
    desktop.press(Key::Escape)?;
    desktop.wait("the sheet is closed", |it| Ok(!it.has("presets-sheet")?))?;
    desktop.wait("the keyboard is back", |_| {
        Ok(focused(desktop)? == "presets-open")
    })
}

#[test]
fn presets_are_kept_ordered_changed_deleted_and_brought_back_with_the_keyboard_and_sat_from_the_tray()
 {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        let screen = Screen::connect()?;
        let mut windows = screen.windows_of(desktop.pid()?)?.into_iter();
        let window = windows.find(|it| it.is_up).context("a window")?.id;
        screen.resize(window, 360, 720)?;
        desktop.wait("it is narrow", |it| {
            Ok(it.script("return innerWidth === 360", &[])? == true)
        })?;
        bring_axe(desktop)?;

        choose_and_open(desktop, ("25", "25 min"))?;
        name_it(desktop, "Morning")?;
        is_kept(desktop, &[("Morning", 1500)])?;
        close(desktop)?;
        choose_and_open(desktop, ("2s", "2 s"))?;
        name_it(desktop, "Tea & _rest")?;
        is_kept(desktop, &[("Morning", 1500), ("Tea & _rest", 2)])?;

        // A name that is taken is said, however it is written, and nothing is lost.
        name_it(desktop, "MORNING ")?;
        desktop.wait_for("preset-replace")?;
        check_day_and_night(desktop, "presets at 360 px, a name that is taken")?;
        is_kept(desktop, &[("Morning", 1500), ("Tea & _rest", 2)])?;
        desktop.fill("preset-name", "Evening")?;
        enter(desktop, "preset-keep")?;
        let three = [("Morning", 1500), ("Tea & _rest", 2), ("Evening", 2)];
        is_kept(desktop, &three)?;

        // The first one down, and down again with the same key.
        enter(desktop, "preset-down")?;
        is_kept(desktop, &[three[1], three[0], three[2]])?;
        desktop.press(Key::Enter)?;
        is_kept(desktop, &[three[1], three[2], three[0]])?;

        // The keyboard went with it: the next *Edit* is its own.
        enter(desktop, "preset-edit")?;
        desktop.wait_for("preset-edit-name")?;
        check_day_and_night(desktop, "a preset being changed at 360 px")?;
        tab_to(desktop, "preset-edit-name")?;
        desktop.fill("preset-edit-name", "Dawn")?;
        desktop.press(Key::Enter)?;
        let three = [three[1], three[2], ("Dawn", 1500)];
        is_kept(desktop, &three)?;

        enter(desktop, "preset-delete")?;
        is_kept(desktop, &three[1..])?;
        enter(desktop, "preset-undo-go")?;
        is_kept(desktop, &three)?;
        close(desktop)?;

        // From the tray, by its name as it was written.
        until("the tray lists them", SOON, || {
            let items = host.menu_items()?.into_iter().map(|(_, text, _)| text);
            let below: Vec<String> = items.skip_while(|it| it != "Begin with").take(4).collect();
            Ok(below == ["Begin with", "Tea & _rest", "Evening", "Dawn"])
        })?;
        host.choose("Tea & _rest")?;
        desktop.wait_for_screen("sitting")?;
        desktop.wait_for("recorded")?;
        let sat: Vec<_> = rows(desktop)?.into_iter().map(|it| it.credited_s).collect();
        assert_eq!(sat, [Some(2)]);
        desktop.press(Key::Escape)?;
        desktop.wait_for_screen("sit")?;

        // The last choice is its own: a preset that is deleted takes nothing with it.
        enter(desktop, "presets-open")?;
        enter(desktop, "preset-delete")?;
        is_kept(desktop, &three[1..])?;
        close(desktop)?;
        let last: u32 =
            desktop.value("SELECT json_extract(choice, '$.planned_s') FROM settings")?;
        assert_eq!(last, 2);
        check_day_and_night(desktop, "sit with presets at 360 px")
    });
}
