//! What one sets up once.

use anyhow::Result;

use super::album::Album;

/// Presets, reminders and what Mitta is to the desktop.
pub fn take(mut album: Album) -> Result<()> {
    album.seed(None)?;
    album.desktop.launch()?;
    for (minutes, name) in [("15", "Morning"), ("40", "Evening")] {
        if !album.desktop.has("length-input")? {
            album.desktop.click("chip-other")?;
        }
        album.desktop.fill("length-input", minutes)?;
        album.desktop.click("presets-open")?;
        album.desktop.fill("preset-name", name)?;
        album.desktop.click("preset-keep")?;
        album.desktop.wait("it is kept", |it| {
            Ok(it.text("presets-sheet")?.contains(name))
        })?;
        if name == "Morning" {
            album.desktop.press(thirtyfour::Key::Escape)?;
            album
                .desktop
                .wait("it is closed", |it| Ok(!it.has("presets-sheet")?))?;
        }
    }
    album.take("presets")?;
    album.desktop.click("preset-edit")?;
    album.desktop.wait_for("preset-edit-name")?;
    album.take("preset")?;
    album.desktop.press(thirtyfour::Key::Escape)?;
    album
        .desktop
        .wait("it is closed", |it| Ok(!it.has("presets-sheet")?))?;

    album.desktop.click("nav-settings")?;
    album.desktop.click("reminder-add")?;
    album
        .desktop
        .wait("one reminder", |it| Ok(it.count("reminder")? == 1))?;
    album.desktop.click("reminder-Sat")?;
    album.desktop.click("reminder-Sun")?;
    album.desktop.click("reminder-add")?;
    album
        .desktop
        .wait("two reminders", |it| Ok(it.count("reminder")? == 2))?;
    album.desktop.click("quiet-hours")?;
    album.desktop.wait_for("quiet-from")?;
    let to = |id: &str| {
        let code = "document.querySelector(arguments[0])?.scrollIntoView()";
        album.desktop.script(code, &[id.into()]).map(drop)
    };
    album.take_after("reminders", || to("#s-reminders"))?;
    album.desktop.click("start-at-login")?;
    album.desktop.click("shortcut-keys")?;
    album.desktop.press_with_control('m')?;
    album.desktop.wait_for("shortcut-clear")?;
    album.take_after("desk", || to("#s-desk"))
}
