//! Every verb of the account, where all is as it should be and where the person was wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;
use serde_json::{Value, json};

use super::{PASSWORD, anna, device_id, names, on_server};

const VIEW: [&str; 13] = [
    "account",
    "clock_offset_ms",
    "compared_at_ms",
    "differing_weeks",
    "last_success_ms",
    "local_sits",
    "next_try_ms",
    "offline_since_ms",
    "problem",
    "progress",
    "rejected",
    "waiting",
    "word",
];

#[test]
fn without_an_account_nothing_is_made_or_sent_and_it_is_said() -> Result<()> {
    let device = TestDevice::new()?;
    for args in [&["sync", "--status"][..], &["account"]] {
        let view = device.done(args, &[])?;
        assert_eq!(names(&view), VIEW);
        assert_eq!(view["word"], "no_account");
        assert_eq!(view["account"], Value::Null);
    }
    assert!(
        !device.terminal.database().exists(),
        "looking makes nothing"
    );
    for args in [
        &["sync"][..],
        &["account", "add-sits"],
        &["account", "sign-out"],
        &["account", "leave-server"],
        &["account", "devices"],
        &["account", "export", "/nonexistent/file"],
    ] {
        assert_eq!(
            device.refused(args, &[])?,
            (4, "no_account".to_owned()),
            "{args:?}"
        );
    }
    let refused = device.refused(&["account", "password"], &[PASSWORD, PASSWORD])?;
    assert_eq!(refused, (4, "no_account".to_owned()));
    let ran = device.terminal.run(&["sync"])?;
    assert!(ran.stderr.contains("no account"), "{ran:?}");
    Ok(())
}

#[test]
fn an_account_is_made_and_what_was_sat_is_there_on_another_device() -> Result<()> {
    let server = TestServer::start()?;
    let laptop = TestDevice::new()?;
    let sit = laptop.sit("1s")?;
    let signed_up = laptop.sign_up(&server.url(), "Anna", PASSWORD)?;
    assert_eq!(names(&signed_up), ["recovery_code", "sync"]);
    assert_eq!(names(&signed_up["sync"]), VIEW);
    assert!(
        signed_up["recovery_code"]
            .as_str()
            .is_some_and(|it| it.len() >= 20)
    );
    let account = &signed_up["sync"]["account"];
    assert_eq!(
        *account,
        json!({
            "server_url": server.url(), "login": "anna", "display_name": "Anna",
            "is_signed_in": true, "token_in_file": true,
        }),
        "a login has no capitals"
    );
    let mode = fs::metadata(laptop.token_file())?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the file is the person's alone");
    assert!(!format!("{signed_up}").contains(&laptop.token()?));

    let view = laptop.synced()?;
    assert_eq!(
        (&view["waiting"], &view["rejected"]),
        (&json!(0), &json!(0))
    );
    assert!(view["last_success_ms"].is_i64() && view["compared_at_ms"].is_i64());
    assert!(
        view["clock_offset_ms"]
            .as_i64()
            .is_some_and(|it| it.abs() < 5_000)
    );

    let phone = TestDevice::new()?;
    let signed_in = phone.sign_in(&server.url(), "anna", PASSWORD)?;
    assert_eq!(signed_in["recovery_code"], Value::Null);
    let missing = "The sits of your other devices are not fetched yet";
    for what in ["stats", "log"] {
        let ran = phone.terminal.run(&[what])?;
        assert!(ran.stderr.contains(missing), "{ran:?}");
    }
    phone.synced()?;
    for what in ["stats", "log"] {
        let ran = phone.terminal.run(&[what])?;
        assert!(!ran.stderr.contains(missing), "{ran:?}");
    }
    assert_eq!(phone.sessions()?, laptop.sessions()?);
    assert!(phone.sessions()?.contains_key(&sit));
    let text = phone.terminal.mitta(&["sync"]).output()?;
    let text = String::from_utf8(text.stdout)?;
    assert!(
        text.starts_with("Up to date.\nAccount: anna (Anna) on "),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_wrong_password_an_unknown_login_and_a_taken_one_are_told_apart_no_further() -> Result<()> {
    let (server, _anna) = anna()?;
    let other = TestDevice::new()?;
    let check =
        |word: &str, login: &str, password: &str, code: i32, expected: &str| -> Result<()> {
            let url = server.url();
            let mut args = place(word, &url, login).to_vec();
            if word == "sign-up" {
                args.extend(["--name", "Somebody"]);
            }
            let refused = other.refused(&args, &[password])?;
            assert_eq!(
                refused,
                (code, expected.to_owned()),
                "{word} {login} {password}"
            );
            Ok(())
        };
    check(
        "sign-in",
        "anna",
        "not the right password",
        1,
        "wrong_login",
    )?;
    check("sign-in", "nobody", PASSWORD, 1, "wrong_login")?;
    check("sign-up", "anna", PASSWORD, 1, "login_taken")?;
    check("sign-up", "a b", PASSWORD, 2, "invalid_login")?;
    check("sign-up", "ben", "short", 2, "invalid_password")?;
    check("sign-in", "anna", "", 2, "invalid_password")?;
    assert_eq!(server.count("SELECT count(*) FROM mitta.accounts")?, 1);
    assert!(!other.token_file().exists());
    Ok(())
}

#[test]
fn a_device_that_was_revoked_asks_for_a_sign_in_and_keeps_what_waits() -> Result<()> {
    let (server, laptop) = anna()?;
    let phone = TestDevice::new()?;
    phone.sign_in(&server.url(), "anna", PASSWORD)?;
    phone.synced()?;

    let devices = laptop.done(&["account", "devices"], &[])?;
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(2));
    let first = &devices["devices"][0];
    assert_eq!(
        names(first),
        [
            "device_id",
            "is_signed_in",
            "is_this",
            "last_seen_at_ms",
            "name"
        ]
    );
    let other = device_id(&devices, false)?;
    let left = laptop.done(&["account", "devices", "--sign-out", &other], &[])?;
    let revoked = left["devices"].as_array().context("devices")?.iter();
    let revoked: Vec<_> = revoked.filter(|it| it["is_signed_in"] == false).collect();
    assert_eq!(revoked.len(), 1, "{left}");
    let unknown = "0197a3c2-5f00-7000-8000-00000000d001";
    let refused = laptop.refused(&["account", "devices", "--sign-out", unknown], &[])?;
    assert_eq!(refused, (4, "no_such_device".to_owned()));

    phone.sit("1s")?;
    for _ in 0..2 {
        let (code, view) = phone.sync()?;
        assert_eq!(
            (code, &view["word"]),
            (Some(7), &json!("sign_in_needed")),
            "{view}"
        );
        assert_eq!(view["waiting"], 1, "I5");
    }
    assert_eq!(on_server(&server)?, 0);
    phone.sign_in(&server.url(), "anna", PASSWORD)?;
    phone.synced()?;
    assert_eq!(on_server(&server)?, 1);
    laptop.synced()?;
    assert_eq!(laptop.sessions()?, phone.sessions()?);
    Ok(())
}

#[test]
fn a_new_password_signs_the_other_devices_out_and_the_old_one_is_void() -> Result<()> {
    const NEW: &str = "another long password";
    let (server, laptop) = anna()?;
    let phone = TestDevice::new()?;
    phone.sign_in(&server.url(), "anna", PASSWORD)?;

    let refused = laptop.refused(&["account", "password"], &["not the right one", NEW])?;
    assert_eq!(refused, (1, "wrong_password".to_owned()));
    laptop.done(&["account", "password"], &[PASSWORD, NEW])?;
    laptop.synced()?;
    let (code, view) = phone.sync()?;
    assert_eq!((code, &view["word"]), (Some(7), &json!("sign_in_needed")));
    let sign_in = place("sign-in", "", "anna").map(str::to_owned);
    let sign_in: Vec<String> = sign_in
        .into_iter()
        .map(|it| if it.is_empty() { server.url() } else { it })
        .collect();
    let sign_in: Vec<&str> = sign_in.iter().map(String::as_str).collect();
    assert_eq!(
        phone.refused(&sign_in, &[PASSWORD])?,
        (1, "wrong_login".to_owned())
    );
    phone.sign_in(&server.url(), "anna", NEW)?;
    phone.synced()?;
    Ok(())
}

#[test]
fn the_recovery_code_sets_a_new_password_once() -> Result<()> {
    const NEW: &str = "another long password";
    let server = TestServer::start()?;
    let url = server.url();
    let laptop = TestDevice::new()?;
    let first = laptop.sign_up(&url, "anna", PASSWORD)?["recovery_code"].clone();
    let made = laptop.done(&["account", "recovery-code"], &[PASSWORD])?;
    assert_eq!(names(&made), ["recovery_code"]);
    let refused = laptop.refused(&["account", "recovery-code"], &["not the right one"])?;
    assert_eq!(refused, (1, "wrong_password".to_owned()));
    let code = made["recovery_code"].as_str().context("a code")?;
    let first = first.as_str().context("a code")?;

    let phone = TestDevice::new()?;
    let recover = place("recover", &url, "anna");
    let wrong = (1, "wrong_recovery_code".to_owned());
    assert_eq!(
        phone.refused(&recover, &[first, NEW])?,
        wrong,
        "the old one is void"
    );
    let recovered = phone.done(&recover, &[code, NEW])?;
    assert!(
        recovered["recovery_code"]
            .as_str()
            .is_some_and(|it| it != code)
    );
    phone.synced()?;
    assert_eq!(
        phone.refused(&recover, &[code, PASSWORD])?,
        wrong,
        "used up"
    );
    let (exit, view) = laptop.sync()?;
    assert_eq!((exit, &view["word"]), (Some(7), &json!("sign_in_needed")));
    Ok(())
}

#[test]
fn everything_is_exported_into_a_new_file_and_never_over_an_old_one() -> Result<()> {
    let (_server, device) = anna()?;
    let sit = device.sit("1s")?;
    device.synced()?;
    let file = device.terminal.dir().join("export.json");
    let path = file.to_str().context("a path")?;
    let exported = device.done(&["account", "export", path], &[])?;
    assert_eq!(
        exported,
        json!({ "path": path, "bytes": fs::metadata(&file)?.len() })
    );
    let text = fs::read_to_string(&file)?;
    assert!(text.contains(&sit.to_string()) && text.contains("anna"));
    assert!(!text.contains(&device.token()?) && !text.contains("argon2"));
    serde_json::from_str::<Value>(&text)?;

    let refused = device.refused(&["account", "export", path], &[])?;
    assert_eq!(refused, (1, "file_not_writable".to_owned()));
    assert_eq!(fs::read_to_string(&file)?, text);
    let nowhere = device.refused(&["account", "export", "/nonexistent/file"], &[])?;
    assert_eq!(nowhere, (1, "file_not_writable".to_owned()));
    Ok(())
}

#[test]
fn erasing_leaves_nothing_there_and_everything_here() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    let before = device.sessions()?;
    let unsure = device.ask(&["account", "erase"], &[PASSWORD])?;
    assert_eq!(unsure.code, Some(2), "{unsure:?}");
    let erase = ["account", "erase", "--yes-erase-everything"];
    let refused = device.refused(&erase, &["not the right one"])?;
    assert_eq!(refused, (1, "wrong_password".to_owned()));
    assert_eq!(on_server(&server)?, 1);

    let view = device.done(&erase, &[PASSWORD])?;
    assert_eq!(view["word"], "no_account");
    for table in [
        "sessions",
        "accounts",
        "tokens",
        "devices",
        "applied_ops",
        "day_totals",
    ] {
        let left = server.count(&format!("SELECT count(*) FROM mitta.{table}"))?;
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(device.sessions()?, before, "I10");
    assert!(!device.token_file().exists());
    device.sit("1s")?;
    Ok(())
}
