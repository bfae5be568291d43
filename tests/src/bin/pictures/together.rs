//! Partners.

use std::fs;
use std::io::{Seek as _, Write as _};

use anyhow::{Context as _, Result, ensure};
use mitta_tests::api::{Api, partner};
use mitta_tests::desktop::seed::Seed;
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;

use super::album::Album;
use super::{PASSWORD, past};

/// What two see of each other, what one shares, and what is proposed.
pub fn take(mut album: Album) -> Result<()> {
    album.seed(None)?;
    let server = TestServer::start()?;
    let ben = TestDevice::new()?;
    past::weeks(&mut Seed::into(&ben.dir())?)?;
    ben.sign_up(&server.url(), "Ben", PASSWORD)?;
    ben.synced()?;
    let mut password = tempfile::tempfile()?;
    writeln!(password, "{PASSWORD}")?;
    password.rewind()?;
    let url = server.url();
    let mut sign_up = album.desktop.command("mitta")?;
    sign_up.args(place("sign-up", &url, "anna"));
    let done = sign_up.args(["--name", "Anna"]).stdin(password).status()?;
    ensure!(done.success(), "sign-up: {done}");
    album.desktop.launch()?;
    album.wait_for_word("up to date")?;
    album.desktop.click("nav-together")?;
    album.desktop.wait_for("together-none")?;
    album.take_of(&server, "together-none")?;

    let token = fs::read_to_string(album.desktop.dir().path().join("token"))?;
    let anna = Api::new(&url, token.lines().nth(2).context("a token")?)?;
    let partnership = partner(&anna, &Api::new(&url, &ben.token()?)?)?;
    let goal = serde_json::json!({ "weekly_goal_s": 9000 });
    let membership = format!("/v1/partnerships/{partnership}/membership");
    anna.ask("PATCH", &membership, Some(&goal))?;
    album
        .desktop
        .wait("both are there", |it| Ok(it.count("member")? == 2))?;
    album.desktop.wait("the totals are compared", |it| {
        Ok(it.has("compared")? && it.text("compared")?.starts_with("totals compared"))
    })?;
    album.wait_for_word("up to date")?;
    album.take_of(&server, "together")?;
    album.desktop.click("sharing-open")?;
    album.desktop.wait_for("partnership")?;
    album.take_of(&server, "sharing")
}
