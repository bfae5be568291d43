//! `mitta account` and `mitta sync` against the real server: what they say, what they exit with, and
//! what is in both databases afterwards.

mod accounts;
mod beside;
mod doctor;
mod keyring;
mod moving;
mod refused;
mod rejected;

use anyhow::{Context as _, Result};
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use serde_json::Value;

const PASSWORD: &str = "a long enough password";

/// A server, and a device of Anna's with an account on it.
fn anna() -> Result<(TestServer, TestDevice)> {
    let server = TestServer::start()?;
    let device = TestDevice::new()?;
    device.sign_up(&server.url(), "anna", PASSWORD)?;
    Ok((server, device))
}

/// The names of what a document has, in the order of the alphabet.
fn names(document: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = document
        .as_object()
        .map(|it| it.keys().map(String::as_str).collect())
        .unwrap_or_default();
    names.sort_unstable();
    names
}

/// How many sits the server has, of everybody.
fn on_server(server: &TestServer) -> Result<i64> {
    server.count("SELECT count(*) FROM mitta.sessions")
}

/// The one device of a list that is this one, or is not.
fn device_id(list: &Value, is_this: bool) -> Result<String> {
    let devices = list["devices"].as_array().context("devices")?;
    let device = devices.iter().find(|it| it["is_this"] == is_this);
    let id = device.and_then(|it| it["device_id"].as_str());
    Ok(id.with_context(|| list.to_string())?.to_owned())
}
