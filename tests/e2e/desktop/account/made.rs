//! An account is made in the window, its sits come and go, and it is left again.

use anyhow::Result;
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::seed::{Past, Seed};
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use mitta_tests::wait::{SOON, until};
use serde_json::json;

use super::super::access::{bring_axe, check_day_and_night};
use super::super::{at_once, begin, live_id, rows, with};
use super::{PASSWORD, connections, here, is_connected, is_private, on_server, wait_for_word};

/// Two sits of the last days.
fn two_sits(seed: &mut Seed) -> Result<()> {
    seed.settings(at_once)?;
    for days_ago in [2, 1] {
        let started_at_ms = seed.now().wall_ms.0 - days_ago * 86_400_000;
        seed.past(&Past {
            started_at_ms,
            planned_s: Some(1200),
            credited_s: 1200,
            ..Past::default()
        })?;
    }
    Ok(())
}

fn no_network(desktop: &TestDesktop, when: &str) -> Result<()> {
    let open = connections(desktop)?;
    assert!(open.is_empty(), "{when}: {open:?}");
    Ok(())
}

/// Fills in the form of a new account; a wrong address is said where it was typed.
fn fill_in(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    desktop.click("sign-up")?;
    desktop.fill("join-server_url", "http://127.0.0.1:9")?;
    desktop.fill("join-login", "anna")?;
    desktop.wait("nobody answers there", |it| {
        Ok(it.text("join-server_url-below")? == "The server cannot be reached.")
    })?;
    check_day_and_night(desktop, "sign up, no server")?;
    desktop.fill("join-server_url", &server.url())?;
    desktop.fill("join-password", PASSWORD)?;
    desktop.wait("the server answers", |it| {
        Ok(it
            .text("join-server_url-below")?
            .contains("A Mitta server answers"))
    })?;
    desktop.fill("join-display_name", "Anna")?;
    desktop.fill("join-device_name", "Laptop")
}

/// Makes the account; nothing of the history is sent before the person says so.
fn join(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    fill_in(desktop, server)?;
    desktop.click("join-go")?;
    desktop.wait_for("file")?;
    let token = desktop.dir().path().join("token");
    assert!(!token.exists(), "not before it is agreed to");
    assert_eq!(server.count("SELECT count(*) FROM mitta.accounts")?, 0);
    check_day_and_night(desktop, "sign up, no keyring")?;
    desktop.click("file-yes")?;
    desktop.wait_for("recovery-code")?;
    assert!(is_private(&token)?, "only its owner reads the sign-in");
    let code = desktop.text("recovery-code")?;
    assert!(code.len() >= 20, "{code}");
    check_day_and_night(desktop, "the recovery code")?;
    desktop.click("code-written")?;

    let asked = desktop.text("claim")?;
    assert!(
        asked.starts_with("2 sits are on this computer: add them to the account anna?"),
        "{asked}"
    );
    assert!(!desktop.all_text()?.contains(&code), "shown once");
    assert_eq!(on_server(server)?, [], "nothing is sent before the answer");
    check_day_and_night(desktop, "the question")?;
    desktop.click("claim-yes")?;
    wait_for_word(desktop, "up to date")?;
    assert_eq!(on_server(server)?, here(desktop)?);
    assert!(is_connected(desktop, server)?, "or no look finds a thing");
    check_day_and_night(desktop, "signed in")
}

/// The page itself reaches no server, not even this one.
fn page_is_fenced(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    let fetch = "const [url, done] = arguments;
        document.addEventListener('securitypolicyviolation',
            event => done(event.effectiveDirective), { once: true });
        fetch(url).then(() => done('sent'), () => {})";
    let url = format!("{}/v1/meta", server.url());
    assert_eq!(
        desktop.script_that_answers(fetch, &[json!(url)])?,
        "connect-src"
    );
    Ok(())
}

/// The server is killed under a sit, which does not notice (I9); once it is back, it has it once (I3).
fn sit_without_server(desktop: &TestDesktop, server: &mut TestServer) -> Result<()> {
    desktop.click("nav-sit")?;
    let session_id = begin(desktop, "3s")?;
    server.kill()?;
    desktop.wait_for("recorded")?;
    assert_eq!(live_id(desktop)?, session_id);
    assert_eq!(desktop.text("credited")?, "3 s");
    desktop.wait("the word is offline", |it| {
        Ok(it.text("sync-quiet")?.contains("offline"))
    })?;
    desktop.click("done")?;
    desktop.wait_for_screen("sit")?;
    let row = rows(desktop)?.pop();
    let row = row.map(|it| (it.session_id, it.state, it.credited_s));
    assert_eq!(row, Some((session_id, "completed".to_owned(), Some(3))));
    assert!(desktop.value::<u32>("SELECT count(*) FROM outbox")? > 0);

    server.start_again()?;
    wait_for_word(desktop, "up to date")?;
    assert_eq!(on_server(server)?, here(desktop)?);
    assert_eq!(desktop.value::<u32>("SELECT count(*) FROM outbox")?, 0);
    Ok(())
}

/// A sit on another device appears in the open history by itself.
fn hear_of_another(desktop: &TestDesktop, server: &TestServer) -> Result<TestDevice> {
    let phone = TestDevice::new()?;
    phone.sign_in(&server.url(), "anna", PASSWORD)?;
    phone.synced()?;
    assert_eq!(phone.sessions()?.len(), 3);
    desktop.click("nav-history")?;
    desktop.wait("the history", |it| Ok(it.count("sit-row")? == 3))?;
    desktop.script("window.sameDocument = true", &[])?;
    phone.sit("1s")?;
    phone.synced()?;
    desktop.wait("the other device's sit", |it| Ok(it.count("sit-row")? == 4))?;
    let same = desktop.script("return window.sameDocument === true", &[])?;
    assert_eq!(same, true, "without being loaded anew");
    assert_eq!(on_server(server)?, here(desktop)?);
    Ok(phone)
}

#[test]
fn an_account_is_made_used_on_two_devices_and_left_and_the_history_stays() {
    with(|desktop| {
        let mut server = TestServer::start()?;
        desktop.seed(two_sits)?;
        desktop.launch()?;
        bring_axe(desktop)?;
        no_network(desktop, "at the start")?;
        desktop.click("nav-settings")?;
        desktop.wait_for("sign-up")?;
        assert!(!desktop.has("sync-word")?);
        check_day_and_night(desktop, "no account")?;
        no_network(desktop, "before a server was named")?;

        join(desktop, &server)?;
        page_is_fenced(desktop, &server)?;
        sit_without_server(desktop, &mut server)?;
        let phone = hear_of_another(desktop, &server)?;

        desktop.click("nav-settings")?;
        desktop.wait("two devices", |it| Ok(it.count("device")? == 2))?;
        desktop.click("revoke")?;
        desktop.wait_for("revoke-ask")?;
        check_day_and_night(desktop, "signing a device out")?;
        desktop.click("revoke-ask-go")?;
        desktop.wait("it is signed out", |it| Ok(!it.has("revoke")?))?;
        assert_eq!(phone.sync()?.1["word"], "sign_in_needed");
        assert_eq!(phone.sessions()?.len(), 4, "its history stays (I10)");

        let before = here(desktop)?;
        desktop.click("sign-out")?;
        desktop.click("sign-out-ask-go")?;
        desktop.wait_for("sign-in-again")?;
        check_day_and_night(desktop, "signed out")?;
        wait_for_word(desktop, "please sign in")?;
        assert_eq!(server.count("SELECT count(*) FROM mitta.tokens")?, 0);
        assert!(!desktop.dir().path().join("token").exists());
        assert_eq!(here(desktop)?, before, "I10");
        desktop.click("nav-history")?;
        desktop.wait("the history stays", |it| Ok(it.count("sit-row")? == 4))?;
        until("it lets go of the server", SOON, || {
            Ok(!is_connected(desktop, &server)?)
        })
    });
}
