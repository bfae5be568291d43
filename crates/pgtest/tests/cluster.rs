//! A cluster that is killed, started again, kept, and never left behind.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use mitta_pgtest::{Database, Options, Postgres};
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect("counts").get(0)
}

#[tokio::test]
async fn a_killed_cluster_comes_back_with_what_was_committed() {
    let mut postgres = Postgres::start(Options::default()).expect("starts");
    let url = postgres.admin_url();
    let client = connect(&url).await;
    let make = "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1), (2)";
    client.batch_execute(make).await.expect("makes");
    client
        .batch_execute("BEGIN; INSERT INTO kept VALUES (3)")
        .await
        .expect("begins");
    for _ in 0..2 {
        postgres.kill9().expect("is killed");
        assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
        postgres.start_again().expect("starts again");
        assert_eq!(postgres.admin_url(), url);
        let again = connect(&url).await;
        assert_eq!(count(&again, "SELECT count(*) FROM kept").await, 2);
    }
    let socket = connect(&postgres.socket_url()).await;
    assert_eq!(count(&socket, "SELECT count(*) FROM kept").await, 2);
}

#[tokio::test]
async fn a_named_folder_keeps_its_data_and_its_password() {
    let parent = tempfile::Builder::new().prefix("mitta-pgtest-").tempdir();
    let parent = parent.expect("a folder");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(parent.path(), open).expect("opens");
    let options = Options {
        dir: Some(parent.path().join("cluster")),
        fsync: true,
        ..Options::default()
    };
    let first = Postgres::start(options.clone()).expect("starts");
    let client = connect(&first.admin_url()).await;
    client
        .batch_execute("CREATE TABLE kept ()")
        .await
        .expect("makes");
    drop(client);
    drop(first);
    let second = Postgres::start(options).expect("starts");
    let client = connect(&second.admin_url()).await;
    assert_eq!(count(&client, "SELECT count(*) FROM kept").await, 0);
}

#[tokio::test]
async fn a_database_of_a_test_is_its_own_and_goes_with_it() {
    let cluster = mitta_pgtest::shared().expect("a cluster");
    let key = format!("pgtest_{}", std::process::id());
    let migrated = async |url: String| -> Result<(), tokio_postgres::Error> {
        connect(&url)
            .await
            .batch_execute("CREATE TABLE made ()")
            .await
    };
    let (one, other) = tokio::join!(
        Database::fresh(&cluster, &key, migrated),
        Database::fresh(&cluster, &key, migrated),
    );
    let (one, other) = (one.expect("is made"), other.expect("is made"));
    assert_ne!(one.name(), other.name());
    let client = connect(&one.admin_url()).await;
    assert_eq!(count(&client, "SELECT count(*) FROM made").await, 0);
    let name = one.name().to_owned();
    drop((one, other));
    let admin = connect(&cluster).await;
    let left = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(count(&admin, &left).await, 0);
    let clear = format!(
        "ALTER DATABASE mitta_template_{key} IS_TEMPLATE false; DROP DATABASE mitta_template_{key}"
    );
    for statement in clear.split("; ") {
        admin.batch_execute(statement).await.expect("clears");
    }
}

/// Starts one in another process; answers that process, its cluster's URL and data folder.
async fn elsewhere() -> (std::process::Child, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mitta-pgtest"))
        .arg("start")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut url = String::new();
    let said = child.stdout.take().expect("a pipe");
    BufReader::new(said)
        .read_line(&mut url)
        .expect("says its URL");
    let client = connect(url.trim()).await;
    let data = client.query_one("SHOW data_directory", &[]).await;
    let data = data.expect("says").get(0);
    (child, url.trim().to_owned(), data)
}

/// A minute at most: there is nothing to be told by when somebody else's process ends.
fn gone_soon(path: &Path) -> bool {
    (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !path.exists()
    })
}

#[tokio::test]
async fn whoever_started_it_may_be_killed_and_it_goes_all_the_same() {
    let (mut child, url, data) = elsewhere().await;
    child.kill().expect("is killed");
    child.wait().expect("ends");
    let root = Path::new(&data).parent().expect("a folder");
    assert!(gone_soon(root), "it outlived its owner");
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
}

#[tokio::test]
async fn it_ends_when_its_standard_input_closes_and_leaves_no_folder() {
    let (mut child, url, data) = elsewhere().await;
    drop(child.stdin.take());
    assert!(child.wait().expect("ends").success());
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    assert!(!Path::new(&data).exists());
}
