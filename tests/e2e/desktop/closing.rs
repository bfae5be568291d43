//! The window is closed during a sit: with a tray and without one, the sit does not notice (I9).

use anyhow::{Context as _, Result, ensure};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::screen::{AppWindow, Screen};
use mitta_tests::wait::{SOON, until};

use super::{at_once, begin, launch_at_once, live_id, only_row, with};

/// Closes the app's window by its title bar and waits until its web view is gone.
pub(super) fn close_window(desktop: &TestDesktop) -> Result<()> {
    let screen = Screen::connect()?;
    let windows = screen.windows_of(desktop.pid()?)?;
    let window = windows.iter().find(|it| it.is_up).context("a window")?;
    screen.close(window.id)?;
    until("the web view is gone", SOON, || {
        Ok(desktop.web_processes().is_empty())
    })
}

fn wait_until_completed(desktop: &TestDesktop) -> Result<()> {
    until("the row is completed", SOON, || {
        Ok(only_row(desktop)?.state == "completed")
    })
}

#[test]
fn closed_without_a_tray_the_sit_runs_to_its_end_and_then_the_process_ends() {
    with(|desktop| {
        let host = Host::without_tray(&desktop.place)?;
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "4s")?;
        close_window(desktop)?;
        assert_eq!(only_row(desktop)?.state, "running");
        desktop.pid().context("it keeps running")?;
        wait_until_completed(desktop)?;
        let row = only_row(desktop)?;
        assert_eq!((row.session_id, row.credited_s), (session_id, Some(4)));
        desktop.wait_until_ended()?;
        let told = [
            "The sit goes on. Start Mitta again to come back to it.",
            "Your sit has reached its end.",
        ];
        assert_eq!(host.notifications(), told);
        Ok(())
    });
}

#[test]
fn closed_without_a_sit_and_without_a_tray_it_quits() {
    with(|desktop| {
        launch_at_once(desktop)?;
        close_window(desktop)?;
        desktop.wait_until_ended()
    });
}

#[test]
fn closed_without_a_tray_a_second_launch_brings_the_sit_back() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        close_window(desktop)?;
        let second = desktop.start("mitta-desktop", &[])?.wait()?;
        assert!(second.success(), "{second}");
        desktop.turn_to_new_page()?;
        assert_eq!(desktop.screen()?, "sitting");
        assert_eq!(live_id(desktop)?, session_id);
        Ok(())
    });
}

#[test]
fn closed_to_the_tray_the_sit_completes_and_is_shown_when_the_window_comes_back() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        until("the tray icon", SOON, || Ok(host.icons() == 1))?;
        let session_id = begin(desktop, "5s")?;
        close_window(desktop)?;
        wait_until_completed(desktop)?;
        until("a notification", SOON, || {
            Ok(!host.notifications().is_empty())
        })?;
        assert_eq!(host.notifications(), ["Your sit has reached its end."]);
        desktop.pid().context("it stays in the tray")?;

        let second = desktop.start("mitta-desktop", &[])?.wait()?;
        assert!(second.success(), "{second}");
        desktop.turn_to_new_page()?;
        desktop.wait_for("recorded")?;
        assert_eq!(desktop.text("credited")?, "5 s");
        assert_eq!(live_id(desktop)?, session_id);
        Ok(())
    });
}

/// The states of the tray's items that can change.
fn tray(host: &Host) -> Result<String> {
    let items = host.menu_items()?.into_iter().take(4);
    let shown = items.map(|(_, text, enabled)| if enabled { text } else { format!("({text})") });
    Ok(shown.collect::<Vec<_>>().join(" "))
}

#[test]
fn the_tray_begins_pauses_resumes_and_ends_a_sit_without_a_window() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        until("the tray icon", SOON, || Ok(host.icons() == 1))?;
        close_window(desktop)?;
        let shows = |wanted: &str| {
            until(wanted, SOON, || Ok(tray(&host)? == wanted))
                .with_context(|| tray(&host).unwrap_or_default())
        };
        shows("(No sit is running) Begin (Pause) (End)")?;
        host.choose("Begin")?;
        shows("(Sitting) (Begin) Pause End")?;
        assert_eq!(only_row(desktop)?.state, "running");
        host.choose("Pause")?;
        shows("(Paused) (Begin) Resume End")?;
        host.choose("Resume")?;
        shows("(Sitting) (Begin) Pause End")?;
        host.choose("Show Mitta")?;
        desktop.turn_to_new_page()?;
        desktop.wait("a second of it", |it| {
            Ok(it.text("time")?.as_str() <= "19:58")
        })?;
        host.choose("End")?;
        desktop.wait_for_phase("ending")?;
        desktop.click("finish")?;
        desktop.wait_for("recorded")?;
        assert_eq!(only_row(desktop)?.state, "completed");
        Ok(())
    });
}

#[test]
fn quitting_from_the_tray_during_a_sit_is_asked_once_and_the_sit_is_found_again() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        until("the tray icon", SOON, || Ok(host.icons() == 1))?;
        let session_id = begin(desktop, "20")?;
        close_window(desktop)?;
        host.choose("Quit")?;
        desktop.turn_to_new_page()?;
        desktop.wait_for("quit-bar")?;
        desktop.click_to_quit("quit")?;
        desktop.wait_until_ended()?;
        assert_eq!(only_row(desktop)?.state, "running");
        desktop.launch()?;
        assert_eq!(live_id(desktop)?, session_id);
        Ok(())
    });
}

#[test]
fn the_window_comes_back_in_its_size_and_at_its_place() {
    with(|desktop| {
        let _host = Host::appear(&desktop.place)?;
        launch_at_once(desktop)?;
        let screen = Screen::connect()?;
        let shown = |desktop: &TestDesktop| -> Result<AppWindow> {
            let windows = screen.windows_of(desktop.pid()?)?.into_iter();
            windows.rev().find(|it| it.is_up).context("a window")
        };
        screen.resize(shown(desktop)?.id, 700, 640)?;
        until("it is laid out", SOON, || {
            Ok(desktop.script("return window.innerWidth", &[])? == 700)
        })?;
        desktop.click("nav-history")?;
        desktop.wait_for_screen("history")?;
        close_window(desktop)?;
        desktop.start("mitta-desktop", &[])?.wait()?;
        desktop.turn_to_new_page()?;
        assert_eq!(desktop.screen()?, "history");
        assert_eq!(shown(desktop)?.size, (700, 640));
        desktop.terminate()?;
        desktop.launch()?;
        assert_eq!(shown(desktop)?.size, (700, 640));
        Ok(())
    });
}

#[test]
fn the_machine_is_kept_awake_during_a_sit_and_only_then() {
    with(|desktop| {
        let host = Host::appear(&desktop.place)?;
        desktop.seed(|seed| {
            seed.settings(|settings| {
                at_once(settings);
                settings.prevent_suspend = true;
            })
        })?;
        desktop.launch()?;
        ensure!(!host.is_kept_awake(), "nobody sits yet");
        begin(desktop, "2s")?;
        until("kept awake", SOON, || Ok(host.is_kept_awake()))?;
        desktop.wait_for("recorded")?;
        until("let go of", SOON, || Ok(!host.is_kept_awake()))
    });
}
