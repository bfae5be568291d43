//! The program as it is run: its words, its refusals, its end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Output, Stdio};

use mitta_pgtest::Database;

use crate::harness::{PASSWORD, connect, database, empty, server_url};

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mitta-server"));
    command.env_clear().args(words);
    command
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(both).expect("UTF-8")
}

fn migrate(database: &Database, login: &str, password: &str) -> Output {
    let mut child = program(&["migrate", "--create-login", login])
        .env("MITTA_ADMIN_DATABASE_URL", database.admin_url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    writeln!(pipe, "{password}").expect("is read");
    drop(pipe);
    child.wait_with_output().expect("ends")
}

#[tokio::test]
async fn a_login_is_made_with_a_password_from_standard_input_and_serves() {
    let database = empty().await;
    let login = format!("login_{}", &database.name()[..30]);
    let short = migrate(&database, &login, "short");
    assert!(!short.status.success() && said(&short).contains("12 characters"));
    for _ in 0..2 {
        let done = migrate(&database, &login, "a ' password \" of this test");
        assert!(done.status.success(), "{}", said(&done));
        assert!(!said(&done).contains("of this test"));
    }
    let url = database.url_as(&login, "a ' password \" of this test");
    let check = program(&["check"])
        .env("MITTA_DATABASE_URL", url.expect("a URL"))
        .output()
        .expect("runs");
    let admin = connect(&database.admin_url()).await;
    let clear = format!("DROP OWNED BY {login}");
    admin.batch_execute(&clear).await.expect("clears");
    let drop = format!("DROP ROLE {login}");
    admin.batch_execute(&drop).await.expect("drops");
    assert!(check.status.success(), "{}", said(&check));
}

#[tokio::test]
async fn what_must_not_be_served_is_refused_with_a_sentence() {
    let migrated = database().await;
    let bare = empty().await;
    for (url, sentence) in [
        (server_url(&bare), "has not been migrated"),
        (migrated.admin_url(), "is a superuser"),
        (
            "postgres://x:hunter2@127.0.0.1:1/x".to_owned(),
            "does not answer",
        ),
        (
            "postgres://x:hunter2@h/x?sslmode=require".to_owned(),
            "not encrypted",
        ),
    ] {
        for word in ["check", "serve"] {
            let output = program(&[word])
                .env("MITTA_DATABASE_URL", &url)
                .env("MITTA_LISTEN", "127.0.0.1:0")
                .output()
                .expect("runs");
            let said = said(&output);
            assert!(!output.status.success(), "{word}: {said}");
            assert!(said.contains(sentence), "{word}: {said}");
            assert!(
                !said.contains("hunter2") && !said.contains(PASSWORD),
                "{said}"
            );
        }
    }
}

/// A served database, and where it says that it listens.
fn serve(database: &Database) -> (Child, String) {
    let mut child = program(&["serve", "--listen", "127.0.0.1:0"])
        .env("MITTA_DATABASE_URL", server_url(database))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    let pipe = child.stdout.take().expect("a pipe");
    BufReader::new(pipe).read_line(&mut line).expect("speaks");
    let address = line.trim().rsplit('/').next().expect("an address");
    (child, address.to_owned())
}

#[tokio::test]
async fn it_serves_until_it_is_told_to_stop() {
    let database = database().await;
    for signal in ["-TERM", "-INT"] {
        let (mut child, address) = serve(&database);
        tokio::net::TcpStream::connect(&address)
            .await
            .expect("listens");
        let told = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(told.expect("is told").success());
        assert!(child.wait().expect("ends").success(), "{signal}");
    }
}

#[test]
fn the_help_names_every_variable() {
    let help: String = ["serve", "migrate", "after-restore", "check"]
        .iter()
        .map(|word| said(&program(&[word, "--help"]).output().expect("runs")))
        .collect();
    for variable in [
        "MITTA_DATABASE_URL",
        "MITTA_ADMIN_DATABASE_URL",
        "MITTA_LOGIN_PASSWORD",
        "MITTA_LISTEN",
        "MITTA_PUBLIC_URL",
        "MITTA_LOG",
        "MITTA_LOG_FORMAT",
        "MITTA_TRUSTED_PROXIES",
        "MITTA_METRICS_FROM",
        "MITTA_POOL_SIZE",
        "MITTA_POOL_WAIT_S",
        "MITTA_STATEMENT_TIMEOUT_S",
        "MITTA_MAX_BODY_BYTES",
        "MITTA_MAX_DECODED_BYTES",
        "MITTA_REQUEST_TIMEOUT_S",
        "MITTA_HEADER_TIMEOUT_S",
        "MITTA_WRITE_TIMEOUT_S",
        "MITTA_RATE_PER_S",
        "MITTA_RATE_BURST",
        "MITTA_MAX_CONNECTIONS",
        "MITTA_SHUTDOWN_S",
    ] {
        assert!(help.contains(variable), "{variable}");
    }
}
