//! Sharing, by the hand of a person at the window: begin a partnership, ask somebody in, let them in, say
//! what is shared, sit in private, leave; and what the server's tables say after each.

use anyhow::{Context as _, Result, ensure};
use mitta_tests::api::Api;
use mitta_tests::desktop::TestDesktop;
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use mitta_tests::together::{PASSWORD, signed_up};
use mitta_tests::wait::{SOON, until};
use serde_json::{Value, json};

use super::begin;

/// One cell of the server's tables, as text.
fn cell(server: &TestServer, sql: &str) -> Result<String> {
    let rows = server.rows(&format!("SELECT ({sql})::text"), &[])?;
    let cell: Option<String> = rows.first().context("a row")?.get(0);
    Ok(cell.unwrap_or_default())
}

fn becomes(server: &TestServer, what: &str, sql: &str, is: &str) -> Result<()> {
    until(what, SOON, || Ok(cell(server, sql)? == is))
}

const MINE: &str = "(SELECT a.person_id FROM mitta.accounts a WHERE a.login = 'anna')";

fn of_membership(column: &str) -> String {
    format!("SELECT m.{column} FROM mitta.memberships m WHERE m.person_id = {MINE}")
}

/// Goes to what one shares.
fn to_sharing(desktop: &TestDesktop) -> Result<()> {
    desktop.click("nav-together")?;
    desktop.wait_for("together-partnership")?;
    desktop.click("sharing-open")?;
    desktop.wait_for("partnership")
}

fn begins_and_asks_in(desktop: &TestDesktop) -> Result<String> {
    desktop.click("nav-together")?;
    desktop.wait_for("together-none")?;
    desktop.fill("partners-begin-name", "Mornings")?;
    desktop.click("partners-begin-go")?;
    desktop.wait_for("invite-code")?;
    desktop.click("invite-code")?;
    desktop.wait_for("invite-secret")?;
    let code = desktop.text("invite-secret")?;
    desktop.click("code-written")?;
    Ok(code)
}

fn says_what_is_shared(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    to_sharing(desktop)?;
    desktop.click("goal-hours-more")?;
    desktop.click("goal-go")?;
    becomes(server, "the goal", &of_membership("weekly_goal_s"), "3600")?;
    desktop.click("partners-shows")?;
    becomes(
        server,
        "the consent",
        &of_membership("shows_sitting"),
        "true",
    )?;
    desktop.click("partners-pause")?;
    let paused = format!(
        "SELECT count(*) FROM mitta.pauses p WHERE p.person_id = {MINE} AND p.until_ms IS NULL"
    );
    becomes(server, "the pause", &paused, "1")?;
    desktop.wait("the pause is told", |it| {
        Ok(it.text("partnership")?.contains("private"))
    })?;
    desktop.click("partners-pause")?;
    becomes(server, "no pause", &paused, "0")
}

/// Of two who rename at once the second is told; what she typed stays, and goes through the next time.
fn renames(desktop: &TestDesktop, server: &TestServer, ben: &Api, path: &str) -> Result<()> {
    let name = "SELECT p.name FROM mitta.partnerships p";
    desktop.fill("partners-name", "Evenings")?;
    desktop.click("partners-name-go")?;
    becomes(server, "the name", name, "Evenings")?;
    desktop.wait("it is saved", |it| Ok(!it.has("partners-name-go")?))?;
    desktop.fill("partners-name", "Dawns")?;
    ben.ask("PATCH", path, Some(&json!({ "name": "Nights" })))?;
    desktop.click("partners-name-go")?;
    desktop.wait_for("changed-meanwhile")?;
    ensure!(desktop.text("changed-meanwhile")?.contains("Nights"));
    ensure!(cell(server, name)? == "Nights");
    desktop.click("partners-name-go")?;
    becomes(server, "what was typed", name, "Dawns")
}

/// A private sit: neither that she sits nor that she sat is seen, by nobody, at any time.
fn sits_in_private(desktop: &TestDesktop, server: &TestServer, ben: &Api) -> Result<()> {
    desktop.click("nav-sit")?;
    desktop.click("begin-private")?;
    let session_id = begin(desktop, "20")?;
    desktop.wait("two seconds of it", |it| {
        Ok(it.text("time")?.as_str() <= "19:58")
    })?;
    let shared =
        format!("SELECT s.shared FROM mitta.sessions s WHERE s.session_id = '{session_id}'");
    becomes(server, "it is there, and private", &shared, "false")?;
    let nothing = |when: &str| -> Result<()> {
        let now = ben.ask("GET", "/v1/now", None)?;
        ensure!(now["sitting"] == json!([]), "{when}: {now}");
        let today = cell(server, "SELECT current_date")?;
        let path = format!("/v1/together?today={today}&weeks=4");
        let together = ben.ask("GET", &path, None)?;
        ensure!(
            together["partnerships"][0]["sits"] == json!([]),
            "{when}: {together}"
        );
        Ok(())
    };
    nothing("while it goes on")?;
    ensure!(
        cell(server, "SELECT count(*) FROM mitta.presence")? == "0",
        "it was told"
    );
    desktop.click("end")?;
    desktop.click("finish")?;
    desktop.wait_for("recorded")?;
    desktop.click("done")?;
    let state = format!("SELECT s.state FROM mitta.sessions s WHERE s.session_id = '{session_id}'");
    becomes(server, "it is over", &state, "completed")?;
    nothing("afterwards")?;
    desktop.click("nav-together")?;
    desktop.wait("it is said of oneself", |it| {
        Ok(it.text("member-private")?.contains('s'))
    })
}

fn leaves(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    to_sharing(desktop)?;
    desktop.click("partners-leave")?;
    desktop.wait_for("partners-leave-ask")?;
    let says = desktop.text("partners-leave-ask")?;
    ensure!(says.contains("Your own history stays"), "{says}");
    desktop.click("partners-leave-ask-go")?;
    desktop.wait_for("together-none")?;
    let left = format!(
        "SELECT m.left_at_ms IS NOT NULL FROM mitta.memberships m WHERE m.person_id = {MINE}"
    );
    ensure!(cell(server, &left)? == "true");
    until("nothing of it is here", SOON, || {
        let rows = "SELECT (SELECT count(*) FROM members) + (SELECT count(*) FROM partner_sessions)
            + (SELECT count(*) FROM shares WHERE partnership_id IS NOT NULL)";
        Ok(desktop.value::<u32>(rows)? == 0)
    })
}

#[test]
fn a_person_begins_asks_in_shares_sits_in_private_and_leaves() {
    let told = || {
        let server = TestServer::start()?;
        let nothing: Vec<(&str, String)> = Vec::new();
        let desktop = signed_up("anna", &server.url(), nothing)?;
        let phone = TestDevice::new()?;
        phone.sign_up(&server.url(), "ben", PASSWORD)?;
        let ben = Api::new(&server.url(), &phone.token()?)?;

        let code = begins_and_asks_in(&desktop)?;
        let accept = json!({ "secret": code, "share_since": "2026-01-01" });
        ben.ask("POST", "/v1/invites/accept", Some(&accept))?;
        desktop.wait_for("invite-confirm")?;
        desktop.click("invite-confirm")?;
        desktop.wait("both are there", |it| Ok(it.count("member")? == 2))?;
        let members = "SELECT count(*) FROM mitta.memberships m WHERE m.left_at_ms IS NULL";
        ensure!(cell(&server, members)? == "2");

        says_what_is_shared(&desktop, &server)?;
        let list: Value = ben.ask("GET", "/v1/partnerships", None)?;
        let id = list["partnerships"][0]["partnership_id"].as_str();
        let path = format!("/v1/partnerships/{}", id.context("an id")?);
        renames(&desktop, &server, &ben, &path)?;
        sits_in_private(&desktop, &server, &ben)?;
        leaves(&desktop, &server)
    };
    if let Err(error) = told() {
        panic!("{error:?}");
    }
}
