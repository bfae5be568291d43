//! What Mitta is to the rest of the desktop: started at login, hidden in the tray; reached by keys from
//! any program, and said where they cannot be had.

use std::fs;

use anyhow::{Context as _, Result};
use mitta_domain::{Settings, Shortcut, ShortcutDoes, ShortcutKeys};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::screen::Screen;
use mitta_tests::desktop::window::Window;
use mitta_tests::wait::{SOON, until};

use super::reminders::{TOLD, due};
use super::{at_once, launch_at_once, rows, with};

fn go_to_settings(desktop: &TestDesktop) -> Result<()> {
    desktop.click("nav-settings")?;
    desktop.wait_for("start-at-login")
}

fn is_on(desktop: &Window) -> Result<bool> {
    let code = "return document.querySelector('[data-testid=start-at-login]')?.ariaChecked";
    Ok(desktop.script(code, &[])? == "true")
}

fn windows_up(desktop: &TestDesktop) -> Result<usize> {
    let windows = Screen::connect()?.windows_of(desktop.pid()?)?;
    Ok(windows.iter().filter(|it| it.is_up).count())
}

#[test]
fn started_at_login_it_waits_in_the_tray_where_a_reminder_still_reaches_a_person() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        desktop.launch()?;
        go_to_settings(desktop)?;
        assert!(!is_on(desktop)?, "off by default");
        desktop.click("start-at-login")?;
        desktop.wait("it is on", is_on)?;
        let entry = desktop
            .place
            .path("config/autostart/org.mitta.Mitta.desktop");
        let shown = desktop.text("start-at-login-said")?;
        assert!(shown.contains(&entry.display().to_string()), "{shown}");
        let program = fs::read_link(format!("/proc/{}/exe", desktop.pid()?))?;
        let text = fs::read_to_string(&entry)?;
        let exec = format!("Exec=\"{}\" --at-login\n", program.display());
        assert!(text.contains(&exec), "{text}");
        // As the system has it: switched off elsewhere, it is off here.
        fs::write(&entry, format!("{text}Hidden=true\n"))?;
        desktop.click("nav-sit")?;
        go_to_settings(desktop)?;
        desktop.wait("it is off", |it| Ok(!is_on(it)?))?;
        desktop.click("start-at-login")?;
        desktop.wait("it is on again", is_on)?;
        assert_eq!(fs::read_to_string(&entry)?, text);
        desktop.click("start-at-login")?;
        desktop.wait("it is off again", |it| Ok(!is_on(it)?))?;
        assert!(!entry.exists());

        desktop.terminate()?;
        desktop.seed(|seed| {
            seed.settings(at_once)?;
            due(seed)
        })?;
        let icons = host.icons();
        let mut at_login = desktop.start("mitta-desktop", &["--at-login"])?;
        until("the tray icon", SOON, || Ok(host.icons() == icons + 1))?;
        until("the reminder", SOON, || Ok(host.notifications() == TOLD))?;
        assert_eq!(windows_up(desktop)?, 0);
        let again = desktop.start("mitta-desktop", &["--at-login"])?.wait()?;
        assert_eq!(again.code(), Some(0));
        assert_eq!(windows_up(desktop)?, 0, "a second login asks for no window");
        host.choose("Show Mitta")?;
        until("a window", SOON, || Ok(windows_up(desktop)? == 1))?;
        desktop.terminate()?;
        at_login.wait()?;
        Ok(())
    });
}

/// Keys of this display: Ctrl, and where J, K and M stand.
const CTRL: u8 = 37;
const J: u8 = 44;
const K: u8 = 45;
const M: u8 = 58;

#[test]
fn keys_that_a_desktop_has_grabbed_its_own_way_are_taken() {
    with(|desktop| {
        launch_at_once(desktop)?;
        go_to_settings(desktop)?;
        let screen = Screen::connect()?;
        screen.take_with_control_for_the_desktop(J)?;
        desktop.click("shortcut-keys")?;
        desktop.press_with_control('j')?;
        let said = desktop.text("line-shortcut")?;
        assert!(said.contains("Another program has these keys"), "{said}");
        // Asking has taken nothing from anybody, nor kept what is free.
        desktop.click("shortcut-keys")?;
        desktop.press_with_control('k')?;
        desktop.wait("they are held", |it| Ok(!it.has("line-shortcut")?))?;
        screen.take_with_control_for_the_desktop(J)?;
        screen.take_with_control_for_the_desktop(K)
    });
}

#[test]
fn keys_that_a_keyboard_loses_are_held_again_when_it_has_them() {
    with(|desktop| {
        desktop.seed(|seed| seed.settings(to_begin))?;
        desktop.launch()?;
        let screen = Screen::connect()?;
        let said = |it: &Window, what: &str| Ok(it.text("line-shortcut")?.contains(what));
        for _ in 0..2 {
            let without = screen.without_symbols(M)?;
            desktop.wait("they are lost", |it| said(it, "no such key"))?;
            drop(without);
            desktop.wait("they are held", |it| Ok(!it.has("line-shortcut")?))?;
        }
        // Lost to another program meanwhile.
        let without = screen.without_symbols(M)?;
        desktop.wait("they are lost", |it| said(it, "no such key"))?;
        screen.take_with_control(M)?;
        drop(without);
        desktop.wait("they are taken", |it| said(it, "Another program"))?;
        drop(screen);
        // They are looked for again with whatever setting is changed.
        go_to_settings(desktop)?;
        desktop.click("theme-dark")?;
        desktop.wait("they are held", |it| Ok(!it.has("line-shortcut")?))?;
        // At the start already: the keyboard may be set a moment later.
        desktop.terminate()?;
        let screen = Screen::connect()?;
        let without = screen.without_symbols(M)?;
        desktop.seed(|seed| seed.settings(to_begin))?;
        desktop.launch()?;
        desktop.wait("there is none", |it| said(it, "no such key"))?;
        drop(without);
        desktop.wait("they are held", |it| Ok(!it.has("line-shortcut")?))?;
        until("a sit begins", SOON, || {
            screen.press(&[CTRL, M])?;
            Ok(!rows(desktop)?.is_empty())
        })
    });
}

#[test]
fn keys_that_can_begin_no_sit_say_so_until_one_begins() {
    with(|desktop| {
        desktop.seed(|seed| seed.settings(to_begin))?;
        desktop.launch()?;
        let screen = Screen::connect()?;
        let other = desktop.sqlite()?;
        other.execute_batch("BEGIN IMMEDIATE")?;
        until("it is said", SOON, || {
            screen.press(&[CTRL, M])?;
            desktop.has("line-begin")
        })?;
        let said = desktop.text("line-begin")?;
        assert!(
            said.starts_with("The shortcut from anywhere began no sit"),
            "{said}"
        );
        assert!(!desktop.has("line-shortcut")?, "the keys are held");
        other.execute_batch("ROLLBACK")?;
        until("a sit begins", SOON, || {
            screen.press(&[CTRL, M])?;
            Ok(!rows(desktop)?.is_empty())
        })?;
        desktop.wait_for_screen("sitting")?;
        assert!(!desktop.has("line-begin")?);
        assert_eq!(rows(desktop)?.len(), 1);
        Ok(())
    });
}

fn to_begin(settings: &mut Settings) {
    at_once(settings);
    settings.shortcut = ShortcutKeys::parse("Ctrl+M").ok().map(|keys| Shortcut {
        keys,
        does: ShortcutDoes::Begin,
    });
}

#[test]
fn keys_reach_mitta_from_any_program_and_what_cannot_be_had_is_said() {
    with(|desktop| {
        launch_at_once(desktop)?;
        go_to_settings(desktop)?;
        let screen = Screen::connect()?;
        screen.take_with_control(K)?;
        desktop.click("shortcut-keys")?;
        desktop.press_with_control('k')?;
        desktop.wait("they are taken", |it| {
            Ok(it
                .text("shortcut-said")?
                .contains("Another program has these keys"))
        })?;
        desktop.wait_for("line-shortcut")?;

        desktop.click("shortcut-keys")?;
        desktop.press_with_control('m')?;
        desktop.wait("they are held", |it| {
            Ok(it.text("shortcut-said")?.is_empty() && !it.has("line-shortcut")?)
        })?;
        let kept: String = desktop.value("SELECT shortcut FROM settings")?;
        assert_eq!(kept, r#"{"keys":"Ctrl+M","does":"show"}"#);
        let mut windows = screen.windows_of(desktop.pid()?)?.into_iter();
        let window = windows.find(|it| it.is_up).context("a window")?.id;
        screen.hide(window)?;
        until("it is hidden", SOON, || Ok(windows_up(desktop)? == 0))?;
        screen.press(&[CTRL, M])?;
        until("it is shown", SOON, || Ok(windows_up(desktop)? == 1))?;
        assert!(rows(desktop)?.is_empty(), "nothing has begun");

        // The driver takes a window that was unmapped once for one that cannot be clicked.
        let code = "document.querySelector('[data-testid=shortcut-does-begin]').click()";
        desktop.script(code, &[])?;
        until("it is kept", SOON, || {
            let kept: String = desktop.value("SELECT shortcut FROM settings")?;
            Ok(kept.contains("begin"))
        })?;
        until("a sit begins", SOON, || {
            screen.press(&[CTRL, M])?;
            Ok(!rows(desktop)?.is_empty())
        })?;
        desktop.wait_for_screen("sitting")?;
        assert_eq!(rows(desktop)?.len(), 1);

        // Under Wayland it is said at the start, not found out by pressing.
        desktop.terminate()?;
        let wayland = ("XDG_SESSION_TYPE".to_owned(), "wayland".into());
        desktop.place.env.push(wayland);
        desktop.launch()?;
        desktop.wait("it is said", |it| {
            Ok(it
                .text("line-shortcut")?
                .contains("This desktop gives no program keys"))
        })
    });
}
