//! What the server refuses, and a sign-in that it no longer knows: said, and nothing is lost.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::processes::{Signal, signal};
use mitta_tests::desktop::screen::Screen;
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use mitta_tests::wait::{SOON, find, until};
use serde_json::Value;
use thirtyfour::Key;

use super::super::access::{bring_axe, check_day_and_night, focused, tab_to};
use super::super::{launch_at_once, with};
use super::{PASSWORD, here, is_private, on_server, sign_up, sit_a_second, wait_for_word};

/// More than a day is credited, as only a broken program would write it.
const BREAK: &str = "UPDATE outbox SET payload = CAST(json_set(CAST(payload AS TEXT), \
                     '$.change.completion.credited_s', 90000) AS BLOB) \
                     WHERE json_type(CAST(payload AS TEXT), '$.change.completion') = 'object'";

/// The change of a sit is refused: shown with its reason, exported, dismissed.
fn refused(desktop: &TestDesktop, server: &mut TestServer) -> Result<()> {
    server.kill()?;
    sit_a_second(desktop)?;
    let before = here(desktop)?;
    assert_eq!(desktop.sqlite()?.execute(BREAK, [])?, 1);
    server.start_again()?;
    desktop.click("sync-word")?;
    desktop.wait_for("sync-sheet")?;
    check_day_and_night(desktop, "the sheet")?;
    desktop.click("sync-now")?;
    desktop.wait_for("refused")?;
    let said = desktop.text("refused")?;
    assert!(
        said.contains("A sit counts from 1 second to 24 hours. Correct its length."),
        "{said}"
    );
    check_day_and_night(desktop, "the sheet, a refused change")?;
    assert_eq!(here(desktop)?, before, "the history is as it was");
    assert_eq!(desktop.value::<u32>("SELECT count(*) FROM outbox")?, 0);

    desktop.click("refused-export")?;
    save(desktop)?;
    let file = desktop.place.path("mitta-refused.json");
    desktop.wait("it says where", |it| {
        Ok(it
            .text("refused-exported")?
            .contains(&*file.to_string_lossy()))
    })?;
    assert!(is_private(&file)?);
    let kept: Value = serde_json::from_slice(&fs::read(&file)?)?;
    assert_eq!(kept[0]["code"], "credited_out_of_range");
    assert_eq!(kept[0]["op"]["change"]["completion"]["credited_s"], 90_000);

    desktop.click("refused-dismiss")?;
    desktop.wait("it is off the list", |it| Ok(!it.has("refused")?))?;
    let kept = "SELECT count(*) FROM outbox_rejected WHERE dismissed = 1";
    assert_eq!(desktop.value::<u32>(kept)?, 1);
    // Dismissed is not offered again (I5): the sit stays here, and the rest is in step.
    desktop.click("sync-now")?;
    wait_for_word(desktop, "up to date")?;
    assert_eq!(completed_on_server(server)?, []);
    assert_eq!(here(desktop)?, before);
    desktop.click("sync-close")
}

/// What counts there. The start of the sit whose end was refused may have been sent before by itself.
fn completed_on_server(server: &TestServer) -> Result<Vec<(String, String, Option<i32>)>> {
    let mut sits = on_server(server)?;
    sits.retain(|(_, state, _)| state == "completed");
    Ok(sits)
}

/// Agrees to the name and place that the system's dialog suggests.
fn save(desktop: &TestDesktop) -> Result<()> {
    let screen = Screen::connect()?;
    let pid = desktop.pid()?;
    let dialog = find("a dialog", SOON, || {
        let mut windows = screen.windows_of(pid)?.into_iter();
        Ok(windows.find(|it| it.is_up && it.title != "Mitta"))
    })?;
    screen.press_return(dialog.id)?;
    until("the dialog is gone", SOON, || {
        let windows = screen.windows_of(pid)?;
        Ok(!windows.iter().any(|it| it.id == dialog.id && it.is_up))
    })
}

/// Another device signs this one out: it is said, and what is sat waits (I10).
fn signed_out_from_elsewhere(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    let phone = TestDevice::new()?;
    phone.sign_in(&server.url(), "anna", PASSWORD)?;
    let list = phone.done(&["account", "devices"], &[])?;
    let devices = list["devices"].as_array().context("devices")?;
    let other = devices.iter().find(|it| it["is_this"] == false);
    let other = other.and_then(|it| it["device_id"].as_str());
    let other = other.with_context(|| list.to_string())?;
    phone.done(&["account", "devices", "--sign-out", other], &[])?;

    sit_a_second(desktop)?;
    wait_for_word(desktop, "please sign in")?;
    assert_eq!(here(desktop)?.len(), 2);
    assert_eq!(completed_on_server(server)?, []);
    assert!(desktop.value::<u32>("SELECT count(*) FROM outbox")? > 0);
    Ok(())
}

/// Signs in again with the keyboard alone, from the word at the edge.
fn sign_in_by_keyboard(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    tab_to(desktop, "sync-word")?;
    desktop.press(Key::Enter)?;
    desktop.wait_for("sync-sheet")?;
    tab_to(desktop, "sync-settings")?;
    desktop.press(Key::Enter)?;
    desktop.wait_for("sign-in-again")?;
    tab_to(desktop, "join-password")?;
    desktop.press("not the right one")?;
    desktop.press(Key::Enter)?;
    desktop.wait("it is said", |it| {
        Ok(it.text("join-password-below")?.contains("wrong"))
    })?;
    desktop.wait("the field has the keyboard", |_| {
        Ok(focused(desktop)? == "join-password")
    })?;
    desktop.press_with_control('a')?;
    desktop.press(PASSWORD)?;
    desktop.press(Key::Enter)?;
    desktop.wait_for("account-word")?;
    wait_for_word(desktop, "up to date")?;
    let refused = 1;
    assert_eq!(completed_on_server(server)?, here(desktop)?[refused..]);
    Ok(())
}

/// The server takes the connection and never answers: quitting does not wait for it.
fn quit_while_syncing(desktop: &mut TestDesktop, server: &mut TestServer) -> Result<()> {
    server.kill()?;
    let _mute = TcpListener::bind((Ipv4Addr::LOCALHOST, server.port()))?;
    desktop.click("account-sync-now")?;
    wait_for_word(desktop, "syncing")?;
    signal(desktop.pid()?, Signal::TERM)?;
    until("it quits at once", Duration::from_secs(3), || {
        Ok(desktop.pids().is_empty())
    })?;
    let log = log(desktop)?;
    assert!(!log.contains("left behind"), "{log}");
    desktop.wait_until_ended()
}

/// What the app has logged.
fn log(desktop: &TestDesktop) -> Result<String> {
    let mut log = String::new();
    for entry in fs::read_dir(desktop.dir().logs())? {
        log += &fs::read_to_string(entry?.path())?;
    }
    Ok(log)
}

#[test]
fn refused_changes_and_an_ended_sign_in_are_said_and_lose_nothing() {
    with(|desktop| {
        let mut server = TestServer::start()?;
        sign_up(desktop, &server)?;
        launch_at_once(desktop)?;
        bring_axe(desktop)?;
        wait_for_word(desktop, "up to date")?;
        refused(desktop, &mut server)?;
        signed_out_from_elsewhere(desktop, &server)?;
        sign_in_by_keyboard(desktop, &server)?;
        quit_while_syncing(desktop, &mut server)
    });
}
