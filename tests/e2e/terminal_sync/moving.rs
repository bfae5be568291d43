//! Whose folder it is: asking before the history here is added, signing out, another person, another
//! server, profiles.

use anyhow::{Context as _, Result};
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;
use serde_json::json;

use super::{PASSWORD, anna, on_server};

/// Signs in without saying that the sits here may be added.
fn enter(device: &TestDevice, server: &TestServer, login: &str) -> Result<serde_json::Value> {
    let url = server.url();
    let args: Vec<&str> = place("sign-in", &url, login)
        .into_iter()
        .filter(|it| *it != "--add-sits")
        .collect();
    device.done(&args, &[PASSWORD])
}

#[test]
fn nothing_is_sent_or_fetched_before_the_person_said_that_the_sits_here_may_be_added() -> Result<()>
{
    let (server, other) = anna()?;
    other.sit("1s")?;
    other.synced()?;
    let device = TestDevice::new()?;
    device.sit("1s")?;
    let before = device.sessions()?;
    let signed_in = enter(&device, &server, "anna")?;
    assert_eq!(
        (&signed_in["sync"]["word"], &signed_in["sync"]["local_sits"]),
        (&json!("claim_asked"), &json!(1))
    );
    let (code, view) = device.sync()?;
    assert_eq!((code, &view["word"]), (Some(7), &json!("claim_asked")));
    assert_eq!(on_server(&server)?, 1);
    assert_eq!(device.sessions()?, before);

    device.done(&["account", "add-sits"], &[])?;
    device.synced()?;
    assert_eq!(on_server(&server)?, 2);
    assert_eq!(device.sessions()?.len(), 2);
    Ok(())
}

#[test]
fn whoever_does_not_add_the_sits_leaves_the_folder_to_nobody() -> Result<()> {
    let (server, _anna) = anna()?;
    let ben = TestDevice::new()?;
    ben.sign_up(&server.url(), "ben", PASSWORD)?;
    let device = TestDevice::new()?;
    let sit = device.sit("1s")?;
    enter(&device, &server, "anna")?;
    let left = device.done(&["account", "leave-server"], &[])?;
    assert_eq!(left["word"], "no_account");
    assert!(!device.token_file().exists());
    assert_eq!(on_server(&server)?, 0);

    // So it may become another person's.
    device.sign_in(&server.url(), "ben", PASSWORD)?;
    device.synced()?;
    ben.synced()?;
    assert!(ben.sessions()?.contains_key(&sit));
    Ok(())
}

#[test]
fn signing_out_keeps_the_history_and_what_waits() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    device.sit("1s")?;
    let before = device.sessions()?;
    let view = device.done(&["account", "sign-out"], &[])?;
    assert_eq!(
        (&view["word"], &view["waiting"]),
        (&json!("sign_in_needed"), &json!(1))
    );
    assert!(!device.token_file().exists());
    assert_eq!(
        server.count("SELECT count(*) FROM mitta.tokens")?,
        0,
        "void on the server as well"
    );
    assert_eq!(device.sessions()?, before, "I10");
    let (code, view) = device.sync()?;
    assert_eq!((code, &view["word"]), (Some(7), &json!("sign_in_needed")));
    device.sit("1s")?;
    assert_eq!(on_server(&server)?, 1);

    device.sign_in(&server.url(), "anna", PASSWORD)?;
    device.synced()?;
    assert_eq!((on_server(&server)?, device.sessions()?.len()), (3, 3));
    Ok(())
}

#[test]
fn another_person_in_the_same_folder_is_refused_and_nothing_is_changed() -> Result<()> {
    let (server, device) = anna()?;
    let ben = TestDevice::new()?;
    ben.sign_up(&server.url(), "ben", PASSWORD)?;
    device.sit("1s")?;
    let (token, status) = (device.token()?, device.done(&["sync", "--status"], &[])?);
    let url = server.url();
    let sign_in = place("sign-in", &url, "ben");
    let sign_up = [&place("sign-up", &url, "cleo")[..], &["--name", "Cleo"]].concat();
    for args in [&sign_in[..], &sign_up] {
        let ran = device.ask(args, &[PASSWORD])?;
        assert_eq!(
            (ran.code, ran.error_code()?),
            (Some(4), "other_person".to_owned()),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("--profile"), "what to do: {ran:?}");
    }
    assert_eq!(
        (device.token()?, device.done(&["sync", "--status"], &[])?),
        (token, status)
    );
    assert_eq!(
        server.count("SELECT count(*) FROM mitta.accounts")?,
        2,
        "nor was Cleo made"
    );
    let left = "SELECT count(*) FROM mitta.tokens JOIN mitta.accounts USING (person_id) WHERE login = 'ben'";
    assert_eq!(
        server.count(left)?,
        1,
        "the sign-in that was not kept is void"
    );
    device.synced()?;
    // Signed out it is still hers.
    device.done(&["account", "sign-out"], &[])?;
    assert_eq!(
        device.refused(&sign_in, &[PASSWORD])?,
        (4, "other_person".to_owned())
    );
    Ok(())
}

#[test]
fn after_leaving_a_server_all_own_sits_are_offered_to_the_next_one_once() -> Result<()> {
    let (first, device) = anna()?;
    let phone = TestDevice::new()?;
    phone.sit("1s")?;
    phone.sign_in(&first.url(), "anna", PASSWORD)?;
    phone.synced()?;
    device.sit("1s")?;
    device.synced()?;
    device.sit("1s")?;
    let before = device.sessions()?;
    assert_eq!(before.len(), 3);

    let second = TestServer::start()?;
    let url = second.url();
    let sign_up = [&place("sign-up", &url, "anna")[..], &["--name", "Anna"]].concat();
    assert_eq!(
        device.refused(&sign_up, &[PASSWORD])?,
        (4, "other_server".to_owned())
    );
    assert_eq!(
        device.done(&["account", "leave-server"], &[])?["word"],
        "no_account"
    );
    device.done(&sign_up, &[PASSWORD])?;
    let view = device.synced()?;
    assert_eq!(
        (&view["waiting"], &view["rejected"]),
        (&json!(0), &json!(0))
    );
    let stored = second.rows(
        "SELECT session_id::text, credited_s FROM mitta.sessions",
        &[],
    )?;
    assert_eq!(stored.len(), 3, "all, once");
    assert_eq!(device.sessions()?.len(), 3);
    device.synced()?;
    assert_eq!(on_server(&first)?, 2, "the first keeps what it has");

    // A second device that moves finds them there and adds none twice.
    phone.done(&["account", "leave-server"], &[])?;
    phone.sign_in(&url, "anna", PASSWORD)?;
    phone.synced()?;
    device.synced()?;
    assert_eq!(on_server(&second)?, 3);
    assert_eq!(phone.sessions()?, device.sessions()?);
    Ok(())
}

#[test]
fn a_profile_keeps_two_persons_of_one_computer_apart() -> Result<()> {
    let server = TestServer::start()?;
    let url = server.url();
    let computer = TestDevice::new()?;
    for login in ["anna", "ben"] {
        let entering = [
            &["--profile", login][..],
            &place("sign-up", &url, login),
            &["--name", login],
        ];
        computer.done(&entering.concat(), &[PASSWORD])?;
        let sit = [
            "--profile",
            login,
            "sit",
            "1s",
            "--preparation",
            "0",
            "--no-sound",
        ];
        computer.done(&sit, &[])?;
        computer.done(&["--profile", login, "sync"], &[])?;
    }
    for login in ["anna", "ben"] {
        let view = computer.done(&["--profile", login, "sync"], &[])?;
        assert_eq!(view["account"]["login"], login);
        let log = computer.done(&["--profile", login, "log"], &[])?;
        assert_eq!(log["sits"].as_array().map(Vec::len), Some(1));
        let folder = computer.terminal.dir().join("profiles").join(login);
        assert!(folder.join("mitta.sqlite3").is_file() && folder.join("token").is_file());
    }
    let each = "SELECT count(*) FROM mitta.sessions GROUP BY person_id";
    let each: Vec<i64> = server
        .rows(each, &[])?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()
        .context("counts")?;
    assert_eq!(each, [1, 1]);
    assert_eq!(
        computer.done(&["sync", "--status"], &[])?["word"],
        "no_account"
    );
    let refused = computer.refused(&["--profile", "../elsewhere", "log"], &[])?;
    assert_eq!(refused, (2, "invalid_request".to_owned()));
    Ok(())
}
