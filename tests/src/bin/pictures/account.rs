//! The account and sync.

use anyhow::Result;
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;

use super::PASSWORD;
use super::album::Album;

/// The account, from none to one, and what the sheet behind the word of sync says.
pub fn take(mut album: Album) -> Result<()> {
    album.seed(None)?;
    let mut server = TestServer::start()?;
    album.desktop.launch()?;
    album.desktop.click("nav-settings")?;
    album.desktop.wait_for("sign-up")?;
    album.take_of(&server, "account-none")?;
    album.desktop.click("sign-up")?;
    album.desktop.fill("join-server_url", &server.url())?;
    album.desktop.fill("join-login", "anna")?;
    album.desktop.fill("join-password", PASSWORD)?;
    album.desktop.fill("join-display_name", "Anna")?;
    album.desktop.fill("join-device_name", "Laptop")?;
    album.desktop.wait("the server answers", |it| {
        Ok(it.text("join-server_url-below")?.contains("answers"))
    })?;
    album.take_of(&server, "account-new")?;
    album.desktop.click("join-go")?;
    album.desktop.click("file-yes")?;
    album.desktop.wait_for("recovery-code")?;
    album.take_of(&server, "account-code")?;
    album.desktop.click("code-written")?;
    album.desktop.wait_for("claim")?;
    album.take_of(&server, "account-question")?;
    album.desktop.click("claim-yes")?;
    album.wait_for_word("up to date")?;
    let phone = TestDevice::new()?;
    let url = server.url();
    let named = [&place("sign-in", &url, "anna")[..], &["--device", "Phone"]].concat();
    phone.done(&named, &[PASSWORD])?;
    album.desktop.click("nav-sit")?;
    album.desktop.click("nav-settings")?;
    album
        .desktop
        .wait("two devices", |it| Ok(it.count("device")? == 2))?;
    album.take_of(&server, "account")?;

    server.kill()?;
    sit_a_second(&album)?;
    album.wait_for_word("offline")?;
    album.desktop.click("nav-history")?;
    album.desktop.click("sync-word")?;
    album.desktop.wait_for("sync-sheet")?;
    album.take_of(&server, "sync-offline")?;
    let broken = "UPDATE outbox SET payload = CAST(json_set(CAST(payload AS TEXT), \
                  '$.change.completion.credited_s', 90000) AS BLOB) \
                  WHERE json_type(CAST(payload AS TEXT), '$.change.completion') = 'object'";
    album.desktop.sqlite()?.execute(broken, [])?;
    server.start_again()?;
    album.desktop.click("sync-now")?;
    album.desktop.wait_for("refused")?;
    album.take_of(&server, "sync-refused")
}

fn sit_a_second(album: &Album) -> Result<()> {
    album.desktop.click("nav-sit")?;
    album.desktop.click("chip-other")?;
    album.desktop.fill("length-input", "1s")?;
    album.desktop.click("begin")?;
    album.desktop.click("begin-now")?;
    album.desktop.wait_for("recorded")?;
    album.desktop.click("done")?;
    album.desktop.wait_for_screen("sit")
}
