//! `mitta doctor` with an account: server, sign-in, clock, what waits, totals; each is ok or says what
//! to do.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use mitta_tests::devices::TestDevice;
use mitta_tests::impostors::Impostor;
use serde_json::{Value, json};

use super::{PASSWORD, anna, device_id};

const OF_ACCOUNT: [&str; 8] = [
    "account",
    "server",
    "server_clock",
    "sitting_together",
    "keyring",
    "sign_in",
    "refused",
    "totals",
];

/// The checks by name, all but those that this machine may rightly fail.
fn checks(device: &TestDevice) -> Result<BTreeMap<String, Value>> {
    let ran = device.ask(&["doctor"], &[])?;
    let report = ran.json()?.pop().context("a report")?;
    let checks = report["checks"].as_array().context("checks")?;
    let named = checks
        .iter()
        .map(|it| (it["name"].as_str().unwrap_or("?").to_owned(), it.clone()));
    Ok(named
        .filter(|(name, _)| !matches!(name.as_str(), "sound" | "zone" | "start_at_login"))
        .collect())
}

fn not_ok(checks: &BTreeMap<String, Value>) -> Vec<&str> {
    let bad = checks.iter().filter(|(_, check)| check["ok"] == false);
    bad.map(|(name, _)| name.as_str()).collect()
}

fn found<'a>(checks: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    checks
        .get(name)
        .and_then(|it| it["found"].as_str())
        .unwrap_or("")
}

#[test]
fn without_an_account_it_says_so_and_asks_nobody() -> Result<()> {
    let device = TestDevice::new()?;
    device.sit("1s")?;
    let checks = checks(&device)?;
    assert_eq!(not_ok(&checks), [""; 0], "{checks:?}");
    assert!(found(&checks, "account").starts_with("none"), "{checks:?}");
    for name in &OF_ACCOUNT[1..] {
        assert!(!checks.contains_key(*name), "{name}");
    }
    assert_eq!(found(&checks, "outbox"), "1 change waits for an account");
    Ok(())
}

#[test]
fn an_account_that_is_well_is_found_so_at_every_step() -> Result<()> {
    let (_server, device) = anna()?;
    let before = checks(&device)?;
    assert_eq!(not_ok(&before), [""; 0], "{before:?}");
    assert!(
        found(&before, "totals").contains("not compared yet"),
        "{before:?}"
    );

    device.sit("1s")?;
    let waiting = checks(&device)?;
    assert_eq!(not_ok(&waiting), [""; 0], "{waiting:?}");
    assert_eq!(found(&waiting, "outbox"), "1 change waits to be sent");

    device.synced()?;
    let synced = checks(&device)?;
    assert_eq!(not_ok(&synced), [""; 0], "{synced:?}");
    for name in OF_ACCOUNT {
        assert!(synced.contains_key(name), "{name}");
    }
    assert!(found(&synced, "account").starts_with("anna (anna) on http://127.0.0.1:"));
    assert!(found(&synced, "server").contains(env!("CARGO_PKG_VERSION")));
    assert!(found(&synced, "totals").contains("1 sit"), "{synced:?}");
    assert!(found(&synced, "sign_in").contains("1 device"), "{synced:?}");
    let said = device.terminal.mitta(&["doctor"]).output()?;
    let said = String::from_utf8(said.stdout)?;
    assert!(
        !said.contains(&device.token()?) && said.contains("ok      sign in: "),
        "{said}"
    );

    // Signed out on purpose is well, and so is a device that rests.
    device.done(&["account", "sign-out"], &[])?;
    let signed_out = checks(&device)?;
    assert_eq!(not_ok(&signed_out), ["sign_in"], "{signed_out:?}");
    Ok(())
}

#[test]
fn a_server_that_is_away_another_or_of_another_clock_is_found() -> Result<()> {
    let (mut server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    server.kill()?;
    let away = checks(&device)?;
    assert_eq!(not_ok(&away), ["server"], "{away:?}");
    assert!(away["server"]["advice"].is_string());

    let meta = |server_time_ms: i64| {
        Impostor::json(&json!({
            "product": "mitta", "version": "9.9.9", "epoch": "1-1-1",
            "server_id": "0197a3c2-5f00-7000-8000-000000000001",
            "oldest_protocol": 1, "newest_protocol": 1, "server_time_ms": server_time_ms,
        }))
    };
    // Somebody else's server, whose clock stands in 1970, under the address of the account.
    let impostor = meta(0)?;
    let connection = rusqlite::Connection::open(device.terminal.database())?;
    connection.execute("UPDATE account SET server_url = ?1", [impostor.url()])?;
    drop(connection);
    let checks = checks(&device)?;
    assert!(not_ok(&checks).contains(&"server_clock"), "{checks:?}");
    assert!(checks["server_clock"]["advice"].is_string());
    Ok(())
}

#[test]
fn a_void_sign_in_a_refused_change_and_totals_that_differ_are_found() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    device.sit("1s")?;
    let phone = TestDevice::new()?;
    phone.sign_in(&server.url(), "anna", PASSWORD)?;
    phone.synced()?;
    let list = phone.done(&["account", "devices"], &[])?;
    let other = device_id(&list, false)?;
    phone.done(&["account", "devices", "--sign-out", &other], &[])?;
    let void = checks(&device)?;
    assert_eq!(not_ok(&void), ["sign_in"], "{void:?}");
    let advice = void["sign_in"]["advice"].as_str();
    assert!(advice.is_some_and(|it| it.contains("mitta account sign-in")));

    let connection = rusqlite::Connection::open(device.terminal.database())?;
    connection.execute_batch(
        "INSERT INTO outbox_rejected
             (device_seq, op_id, session_id, payload, code, rejected_at_ms)
         SELECT device_seq, op_id, session_id, payload, 'key_reuse', 0
         FROM outbox; DELETE FROM outbox",
    )?;
    let refused = checks(&device)?;
    assert_eq!(not_ok(&refused), ["refused", "sign_in"], "{refused:?}");

    // As if the last sync had read further than it found the totals the same.
    connection.execute_batch("DELETE FROM outbox_rejected; UPDATE cursors SET compared_seq = 0")?;
    drop(connection);
    let differing = checks(&device)?;
    assert_eq!(not_ok(&differing), ["sign_in", "totals"], "{differing:?}");
    Ok(())
}
