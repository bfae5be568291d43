//! Where the sign-in is kept: in the system's keyring, and where there is none only with the person's
//! word in a file.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;
use mitta_tests::terminal::{Ran, Running};
use serde_json::{Value, json};

use super::PASSWORD;

/// Runs a script on a session bus of its own, with a keyring that is open and empty. `mitta` in it is
/// the terminal program on the device's folder.
fn with_keyring(device: &TestDevice, home: &Path, script: &str) -> Result<Ran> {
    let program = mitta_tests::binaries::program("mitta")?;
    let whole = format!(
        "set -e\n\
         printf 'the password of the keyring' | gnome-keyring-daemon --unlock --components=secrets >&2\n\
         mitta() {{ '{}' --json \"$@\"; }}\n{script}",
        program.display()
    );
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "/bin/sh", "-c", &whole]);
    command
        .env("MITTA_DATA_DIR", device.terminal.dir())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("GNOME_KEYRING_CONTROL");
    Running::start(command)?.end()
}

#[test]
fn a_sign_in_is_kept_in_the_keyring_and_forgotten_there() -> Result<()> {
    let server = TestServer::start()?;
    let device = TestDevice::new()?;
    let home = tempfile::tempdir()?;
    let url = server.url();
    let script = format!(
        "echo '{PASSWORD}' | mitta account sign-up --server {url} --login anna --name Anna\n\
         mitta sit 1s --preparation 0 --no-sound >&2\n\
         mitta sync\n\
         mitta doctor || true\n\
         mitta account sign-out\n\
         code=0; mitta sync || code=$?\n\
         echo $code"
    );
    let ran = with_keyring(&device, home.path(), &script)?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = ran.json()?;
    let [signed_up, synced, doctor, signed_out, again, code] = &said[..] else {
        panic!("{ran:?}");
    };
    assert_eq!(signed_up["sync"]["account"]["token_in_file"], false);
    assert_eq!(synced["word"], "up_to_date", "{synced}");
    let checks = doctor["checks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let check = |name: &str| {
        checks
            .iter()
            .find(|it| it["name"] == name)
            .map(|it| &it["ok"])
    };
    for name in ["account", "keyring", "sign_in", "server", "totals"] {
        assert_eq!(check(name), Some(&Value::Bool(true)), "{name}: {doctor}");
    }
    assert_eq!(signed_out["word"], "sign_in_needed");
    assert_eq!(
        (&again["word"], code),
        (&json!("sign_in_needed"), &json!(7))
    );
    assert!(!device.token_file().exists());
    assert_eq!(super::on_server(&server)?, 1);

    // In a session without a keyring the account is still there, and what is missing is said.
    let place = place("sign-in", &url, "anna");
    let without = &place[..6];
    assert_eq!(
        device.refused(without, &[PASSWORD])?,
        (1, "keyring_unavailable".to_owned())
    );
    Ok(())
}

fn device_input(line: &str) -> Result<File> {
    let mut input = tempfile::tempfile()?;
    writeln!(input, "{line}")?;
    input.rewind()?;
    Ok(input)
}

#[test]
fn without_a_keyring_no_account_is_made_unless_a_file_may_keep_the_sign_in() -> Result<()> {
    let server = TestServer::start()?;
    let device = TestDevice::new()?;
    let url = server.url();
    let words = [&place("sign-up", &url, "anna")[..], &["--name", "Anna"]].concat();
    let without: Vec<&str> = words
        .iter()
        .copied()
        .filter(|it| *it != "--token-file")
        .collect();
    let ran = device.ask(&without, &[PASSWORD])?;
    assert_eq!(
        (ran.code, ran.error_code()?),
        (Some(1), "keyring_unavailable".to_owned())
    );
    let text: Vec<&str> = without.clone();
    let mut text = device.terminal.mitta(&text);
    text.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    text.stdin(device_input(PASSWORD)?);
    let said = String::from_utf8(text.output()?.stderr)?;
    assert!(said.contains("--token-file"), "what to do: {said}");
    assert_eq!(server.count("SELECT count(*) FROM mitta.accounts")?, 0);
    assert!(!device.token_file().exists());
    device.done(&words, &[PASSWORD])?;
    device.synced()?;
    Ok(())
}
