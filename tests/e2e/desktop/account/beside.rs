//! Sync while the window is closed, and two people on one computer.

use anyhow::{Context as _, Result};
use mitta_tests::desktop::host::Host;
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use mitta_tests::wait::{SOON, until};

use super::super::closing::close_window;
use super::super::{at_once, with};
use super::{PASSWORD, here, on_server, sign_up, wait_for_word};

#[test]
fn without_its_window_a_sit_is_sent_and_a_new_window_shows_what_came_meanwhile() {
    with(|desktop| {
        let server = TestServer::start()?;
        let host = Host::appear(&desktop.place)?;
        sign_up(desktop, &server)?;
        desktop.seed(|seed| {
            seed.settings(|settings| {
                at_once(settings);
                settings.choice.planned_s = 2_u32.try_into().ok();
            })
        })?;
        desktop.launch()?;
        until("the tray icon", SOON, || Ok(host.icons() == 1))?;
        close_window(desktop)?;
        host.choose("Begin")?;
        until("the sit is sent", SOON, || {
            let sent = on_server(&server)?;
            Ok(!sent.is_empty() && sent.iter().all(|it| it.1 == "completed"))
        })?;
        assert_eq!(on_server(&server)?, here(desktop)?);

        let phone = TestDevice::new()?;
        phone.sign_in(&server.url(), "anna", PASSWORD)?;
        phone.sit("1s")?;
        phone.synced()?;
        host.choose("Show Mitta")?;
        desktop.turn_to_new_page()?;
        desktop.click("done")?;
        desktop.click("nav-history")?;
        desktop.wait("both sits", |it| Ok(it.count("sit-row")? == 2))?;
        wait_for_word(desktop, "up to date")?;

        ben_beside_her(desktop)
    });
}

/// A second profile is a process and a history of its own.
fn ben_beside_her(desktop: &mitta_tests::desktop::TestDesktop) -> Result<()> {
    let anna = desktop.pid()?;
    let mut ben = desktop.start("mitta-desktop", &["--profile", "ben"])?;
    let his = desktop.dir().path().join("profiles/ben/mitta.sqlite3");
    let made = until("his history", SOON, || Ok(his.is_file()));
    let running = ben.try_wait()?;
    ben.kill()?;
    ben.wait()?;
    made?;
    assert_eq!(running, None, "it does not hand over to her window");
    until("her window is alone again", SOON, || {
        Ok(desktop.pids() == [anna])
    })
    .context("her process goes on")
}
