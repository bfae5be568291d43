//! Stopping in order, and in time.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use mitta_server::AppState;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::harness::TestServer;

/// A route that says when it has begun and answers when it may.
fn held(begun: &Arc<Notify>, may_end: &Arc<Notify>) -> Router<AppState> {
    let (begun, may_end) = (Arc::clone(begun), Arc::clone(may_end));
    let handler = async move || {
        begun.notify_one();
        may_end.notified().await;
        "done"
    };
    Router::new().route("/v1/held", get(handler))
}

const ASKING: &[u8] = b"GET /v1/held HTTP/1.1\r\nhost: x\r\nmitta-protocol: 1\r\n\r\n";

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_ends() {
    let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let server = TestServer::with_routes(&[], held(&begun, &may_end)).await;
    let address = server.address();
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(ASKING).await.expect("sends");
    begun.notified().await;
    let TestServer { server, .. } = server;
    let stopping = tokio::spawn(server.stop());
    // It listens no more, and waits for the one who is still here.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    may_end.notify_one();
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("is answered");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"),
        "{answer}"
    );
    stopping.await.expect("stops");
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server() {
    let (begun, never) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let server = TestServer::with_routes(&["--shutdown-s", "1"], held(&begun, &never)).await;
    let TestServer { server, .. } = server;
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("connects");
    stream.write_all(ASKING).await.expect("sends");
    begun.notified().await;
    let stopped = tokio::time::timeout(Duration::from_secs(10), server.stop()).await;
    assert!(stopped.is_ok(), "it did not stop in the time it was given");
}
