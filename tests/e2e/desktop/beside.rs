//! Two windows, or a terminal beside a window, on one data folder: one live sit, and each sees
//! what the other did.

use std::process::Child;

use anyhow::{Context as _, Result};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::screen::Screen;
use mitta_tests::wait::{SOON, until};

use super::{begin, launch_at_once, live_id, only_row, rows, with};

#[test]
fn a_second_launch_shows_the_first_window_and_ends() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        let first = desktop.pid()?;
        let screen = Screen::connect()?;
        let window = screen.windows_of(first)?.into_iter().find(|it| it.is_up);
        let window = window.context("a window")?.id;
        let is_up = || -> Result<bool> {
            let windows = screen.windows_of(first)?;
            Ok(windows.iter().any(|it| it.id == window && it.is_up))
        };
        screen.hide(window)?;
        until("it is hidden", SOON, || Ok(!is_up()?))?;
        let second = desktop.start("mitta-desktop", &[])?.wait()?;
        assert_eq!(second.code(), Some(0));
        until("the first window is shown", SOON, is_up)?;
        assert_eq!(desktop.pid()?, first);
        assert_eq!(live_id(desktop)?, session_id);
        only_row(desktop).map(drop)
    });
}

/// A sit in a terminal; killed if the test ends before it.
struct TerminalSit(Child);

impl TerminalSit {
    fn start(desktop: &TestDesktop, length: &str) -> Result<Self> {
        let arguments = ["--json", "sit", length, "--no-sound", "--preparation", "0"];
        Ok(Self(desktop.start("mitta", &arguments)?))
    }
}

impl Drop for TerminalSit {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_sit_in_a_terminal_is_shown_in_the_window_which_begins_no_second_one() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let mut terminal = TerminalSit::start(desktop, "7s")?;
        desktop.wait_for("elsewhere")?;
        let row = only_row(desktop)?;
        assert_eq!(row.state, "running");
        desktop.click("begin")?;
        assert_eq!(
            desktop.text("line-problem")?.lines().next(),
            Some("Another sit is already running. End it first.")
        );
        assert_eq!(only_row(desktop)?, row, "nothing was written");

        desktop.click("nav-history")?;
        desktop.wait("the history shows it running", |it| {
            Ok(it.text("row-length")? == "running")
        })?;
        desktop.wait("and then as it was recorded", |it| {
            Ok(it.text("row-length")? == "7 s")
        })?;
        assert!(terminal.0.wait()?.success());
        desktop.click("nav-sit")?;
        desktop.wait("no sit is elsewhere", |it| Ok(!it.has("elsewhere")?))?;
        assert_eq!(only_row(desktop)?.credited_s, Some(7));
        Ok(())
    });
}

#[test]
fn a_terminal_is_refused_while_the_window_sits() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        let terminal = desktop.start("mitta", &["--json", "sit", "5s", "--no-sound"])?;
        let refused = TerminalSit(terminal).0.wait()?;
        assert!(!refused.success());
        let said = std::fs::read_to_string(desktop.place.path("mitta.log"))?;
        assert!(
            said.contains("sit_running") && said.contains(&session_id),
            "{said}"
        );
        assert_eq!(rows(desktop)?.len(), 1);
        assert_eq!(live_id(desktop)?, session_id);
        Ok(())
    });
}
