//! Alive and ready, with Postgres there, gone, and there again.

use hyper::StatusCode;
use mitta_domain::PersonId;
use mitta_pgtest::{Options, Postgres};
use mitta_protocol::ErrorCode;
use mitta_server::db::{DbError, Isolation};
use mitta_server::{http, migrate};

use crate::harness::{LOGIN, PASSWORD, TestServer, serve_args};

#[tokio::test]
async fn a_killed_postgres_is_told_apart_from_a_dead_server_and_comes_back() {
    // A cluster of its own: it is killed.
    let mut postgres = Postgres::start(Options::default()).expect("a cluster");
    let admin = postgres.admin_url().parse().expect("a URL");
    migrate::run(&admin).await.expect("migrates");
    migrate::create_login(&admin, LOGIN, PASSWORD)
        .await
        .expect("makes");
    let url = format!(
        "host=127.0.0.1 port={} dbname=postgres user={LOGIN} password='{PASSWORD}'",
        postgres.port()
    );
    let server = TestServer::over(&serve_args(&url, &[]), http::routes()).await;
    assert_eq!(server.get("/readyz").await.status, StatusCode::OK);

    postgres.kill9().expect("is killed");
    server.clock.pass(1_000);
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);
    let not_ready = server.get("/readyz").await;
    assert_eq!(not_ready.code(), ErrorCode::Unavailable);
    assert_eq!(not_ready.header("retry-after"), Some("2"));
    let meta = server.get("/v1/meta").await;
    assert_eq!(meta.code(), ErrorCode::Unavailable);
    // Nothing of the cause is told.
    let told = String::from_utf8_lossy(&meta.body).to_lowercase();
    assert!(
        !told.contains("postgres") && !told.contains("127.0.0.1"),
        "{told}"
    );

    postgres.start_again().expect("starts again");
    server.clock.pass(1_000);
    assert_eq!(server.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(server.get("/v1/meta").await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_asks_whether_it_is_ready_takes_no_connection_from_others() {
    let server = TestServer::start(&["--pool-size", "1", "--pool-wait-s", "1"]).await;
    assert_eq!(server.get("/readyz").await.status, StatusCode::OK);
    let held = server.server.state().db.as_nobody().await.expect("begins");
    for _ in 0..20 {
        assert_eq!(server.get("/readyz").await.status, StatusCode::OK);
    }
    server.clock.pass(1_000);
    for _ in 0..20 {
        // Looked once, and waited once.
        assert_eq!(server.get("/readyz").await.code(), ErrorCode::Unavailable);
    }
    held.rollback().await.expect("rolls back");
    server.clock.pass(1_000);
    assert_eq!(server.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_transaction_that_was_given_up_leaves_nothing_behind() {
    let server = TestServer::start(&["--pool-size", "1"]).await;
    let db = &server.server.state().db;
    let person = PersonId::from_uuid(uuid::Uuid::from_u128(7));
    let given_up = db.as_person(person, Isolation::ReadCommitted).await;
    drop(given_up.expect("begins"));
    // The same connection, since there is but one: rolled back, and of nobody.
    let next = db.as_nobody().await.expect("begins");
    let sql = "SELECT mitta.current_person() IS NULL";
    let nobody: bool = next.query_one(sql, &[]).await.expect("asks").get(0);
    assert!(nobody);
    next.commit().await.expect("commits");
}

#[tokio::test]
async fn a_snapshot_writes_nothing_and_a_wrong_row_count_is_an_error() {
    let server = TestServer::start(&[]).await;
    let db = &server.server.state().db;
    let person = PersonId::from_uuid(uuid::Uuid::from_u128(7));
    let sql = "DELETE FROM mitta.feeds";
    let snapshot = db
        .as_person(person, Isolation::Snapshot)
        .await
        .expect("begins");
    let refused = snapshot.execute(sql, &[]).await;
    assert!(matches!(refused, Err(DbError::Sql(_))), "{refused:?}");
    drop(snapshot);
    let writing = db
        .as_person(person, Isolation::ReadCommitted)
        .await
        .expect("begins");
    let counted = writing.execute_exactly(1, "feeds", sql, &[]).await;
    let expected = matches!(
        counted,
        Err(DbError::RowCount {
            what: "feeds",
            expected: 1,
            affected: 0
        })
    );
    assert!(expected, "{counted:?}");
}

#[tokio::test]
async fn an_exhausted_pool_is_told_as_unavailable_and_metrics_count() {
    let server = TestServer::start(&["--pool-size", "1", "--pool-wait-s", "1"]).await;
    let held = server.server.state().db.as_nobody().await.expect("begins");
    assert_eq!(server.get("/v1/meta").await.code(), ErrorCode::Unavailable);
    held.rollback().await.expect("rolls back");
    assert_eq!(server.get("/v1/meta").await.status, StatusCode::OK);

    let metrics = server.get("/metrics").await;
    let text = String::from_utf8_lossy(&metrics.body);
    for line in [
        r#"http_requests_total{route="/v1/meta",method="GET",status="503"}"#,
        r#"http_request_seconds_bucket{route="/v1/meta""#,
        r#"db_pool{state="open"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let proxied = [("x-forwarded-for", "10.1.2.3")];
    let proxied = server.send("GET", "/metrics", &proxied, "").await;
    assert_eq!(proxied.code(), ErrorCode::NotFound);
}
