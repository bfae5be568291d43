//! Addresses that are no servers, and servers that are not what they ought to be: each has its code,
//! and nothing of the person is told to any of them.

use anyhow::{Context as _, Result};
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::impostors::Impostor;
use serde_json::json;

use super::{PASSWORD, anna};

/// Signing in there fails with this code, and leaves no account and no token.
#[track_caller]
fn check(url: &str, exit: i32, code: &str) -> Result<String> {
    let device = TestDevice::new()?;
    let ran = device.ask(&place("sign-in", url, "anna"), &[PASSWORD])?;
    assert_eq!(
        (ran.code, ran.error_code()?),
        (Some(exit), code.to_owned()),
        "{url}: {ran:?}"
    );
    assert!(!ran.stderr.contains(PASSWORD), "{ran:?}");
    assert_eq!(
        device.done(&["sync", "--status"], &[])?["word"],
        "no_account"
    );
    assert!(!device.token_file().exists());
    Ok(ran.stderr)
}

#[test]
fn what_is_no_address_or_not_encrypted_is_refused_before_anything_is_sent() -> Result<()> {
    for public in [
        "http://mitta.example.org",
        "http://8.8.8.8:8743",
        "HTTP://MITTA.EXAMPLE.ORG",
    ] {
        let said = check(public, 2, "insecure_address")?;
        assert!(said.contains("https://"), "what to do: {said}");
    }
    for none in [
        "",
        "ftp://mitta.example.org",
        "https://",
        "a b",
        "https://me:secret@example.org",
    ] {
        check(none, 2, "invalid_address")?;
    }
    Ok(())
}

#[test]
fn a_host_that_does_not_exist_or_does_not_answer_is_offline() -> Result<()> {
    check("https://mitta.invalid", 7, "offline")?;
    // A port that was free a moment ago.
    let port = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.local_addr()?.port()
    };
    check(&format!("http://127.0.0.1:{port}"), 7, "offline")?;
    Ok(())
}

#[test]
fn a_certificate_that_nobody_signed_is_refused_and_said_why() -> Result<()> {
    let impostor = Impostor::self_signed()?;
    let said = check(&impostor.url(), 7, "certificate_refused")?;
    assert!(
        said.contains("nobody that this computer trusts has signed it"),
        "{said}"
    );
    assert_eq!(impostor.asked(), 0, "not a byte of a request");
    Ok(())
}

#[test]
fn a_server_that_is_no_mitta_server_is_told_apart_and_gets_no_password() -> Result<()> {
    for impostor in [
        Impostor::html("<!doctype html><title>A page</title><h1>It works!</h1>")?,
        Impostor::json(&json!({ "status": "ok" }))?,
        Impostor::json(&json!([]))?,
        Impostor::json(&json!({
            "product": "other", "version": "1", "server_id": "0197a3c2-5f00-7000-8000-000000000001",
            "epoch": "1", "oldest_protocol": 1, "newest_protocol": 1, "server_time_ms": 0,
        }))?,
    ] {
        check(&impostor.url(), 7, "not_mitta")?;
        assert_eq!(impostor.asked(), 1, "only what it is was asked");
    }
    Ok(())
}

#[test]
fn versions_ten_years_apart_keep_everything_and_say_who_has_to_update() -> Result<()> {
    let (mut server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    let server_id = server.rows("SELECT server_id::text FROM mitta.server", &[])?;
    let server_id: String = server_id.first().context("a server")?.try_get(0)?;
    let before = device.sessions()?;
    let port = server.port();

    for (oldest, newest, word) in [(11, 12, "update_this"), (0, 0, "update_server")] {
        server.kill()?;
        let other_time = Impostor::of_protocols(port, &server_id, oldest, newest)?;
        check(&other_time.url(), 7, word)?;
        device.sit("1s")?;
        let (code, view) = device.sync()?;
        assert_eq!((code, &view["word"]), (Some(7), &json!(word)), "{view}");
        assert_eq!(view["account"]["is_signed_in"], true);
        assert_eq!(view["waiting"], 1, "I5");
        assert!(
            before
                .iter()
                .all(|(id, it)| device.sessions().is_ok_and(|now| now.get(id) == Some(it)))
        );
        drop(other_time);
        server.start_again()?;
        device.synced()?;
    }
    assert_eq!(super::on_server(&server)?, 3);
    Ok(())
}

#[test]
fn a_server_that_is_away_makes_offline_and_what_waits_goes_later() -> Result<()> {
    let (mut server, device) = anna()?;
    device.synced()?;
    server.kill()?;
    device.sit("1s")?;
    let (code, view) = device.sync()?;
    assert_eq!(
        (code, &view["word"]),
        (Some(7), &json!("offline")),
        "{view}"
    );
    assert!(view["offline_since_ms"].is_i64() && view["problem"]["code"] == "offline");
    assert_eq!(view["waiting"], 1);
    let status = device.done(&["sync", "--status"], &[])?;
    assert_eq!(
        (&status["word"], &status["waiting"]),
        (&json!("waiting"), &json!(1))
    );
    server.start_again()?;
    assert_eq!(device.synced()?["waiting"], 0);
    Ok(())
}
