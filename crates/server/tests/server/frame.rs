//! What stands around every route: sizes, times, rates, forms, and what is logged.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use futures_util::stream;
use hyper::StatusCode;
use hyper::body::Bytes;
use mitta_logtest::Log;
use mitta_protocol::ErrorCode;
use mitta_server::AppState;
use mitta_server::config::LogFormat;
use mitta_server::http::error::ApiError;
use mitta_server::http::json::StrictJson;
use mitta_server::telemetry;
use rstest::rstest;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::harness::TestServer;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

/// Answers the length of a text; fails in every way.
fn routes() -> Router<AppState> {
    async fn length(StrictJson(text): StrictJson<Text>) -> String {
        text.text.len().to_string()
    }
    async fn fails() -> ApiError {
        ApiError::internal("the password of postgres is hunter2")
    }
    async fn panics() {
        panic!("the password of postgres is hunter2")
    }
    Router::new()
        .route("/v1/length", post(length))
        .route("/v1/fails", get(fails))
        .route("/v1/panics", get(panics))
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("compresses");
    encoder.finish().expect("compresses").into()
}

fn text(length: usize) -> Vec<u8> {
    let text = "a".repeat(length);
    serde_json::to_vec(&Text { text }).expect("JSON")
}

const JSON: (&str, &str) = ("content-type", "application/json");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

#[rstest]
#[case::json(&[JSON], text(100).into(), None)]
#[case::gzip(&[JSON, GZIP], gzip(&text(100_000)), None)]
#[case::no_type(&[], text(1).into(), Some(ErrorCode::UnsupportedMediaType))]
#[case::form(&[("content-type", "text/plain")], text(1).into(), Some(ErrorCode::UnsupportedMediaType))]
#[case::unknown_coding(&[JSON, ("content-encoding", "x-none")], text(1).into(), Some(ErrorCode::UnsupportedMediaType))]
#[case::no_gzip(&[JSON, GZIP], text(1).into(), Some(ErrorCode::MalformedJson))]
#[case::empty(&[JSON], Bytes::new(), Some(ErrorCode::MalformedJson))]
#[case::unknown_field(&[JSON], Bytes::from_static(b"{\"text\":\"\",\"x\":1}"), Some(ErrorCode::InvalidField))]
#[case::bytes(&[JSON], Bytes::from_static(b"\xff\xfe\x00"), Some(ErrorCode::MalformedJson))]
#[case::ten_megabytes(&[JSON], text(10_000_000).into(), Some(ErrorCode::BodyTooLarge))]
#[case::a_bomb(&[JSON, GZIP], gzip(&text(50_000_000)), Some(ErrorCode::BodyTooLarge))]
#[case::a_little_bomb(&[JSON, GZIP], gzip(&text(1_200_000)), Some(ErrorCode::BodyTooLarge))]
#[tokio::test]
async fn a_body_is_taken_or_refused_by_size_coding_and_form(
    #[case] headers: &[(&str, &str)],
    #[case] body: Bytes,
    #[case] refused: Option<ErrorCode>,
) {
    let server = TestServer::with_routes(&[], routes()).await;
    let answer = server.send("POST", "/v1/length", headers, body).await;
    match refused {
        None => assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body),
        Some(code) => assert_eq!(answer.code(), code),
    }
    // The server is as it was.
    let after = server.post("/v1/length", text(7)).await;
    assert_eq!(after.body, "7");
}

#[tokio::test]
async fn a_body_without_an_announced_length_is_cut_off_as_well() {
    let server = TestServer::with_routes(&[], routes()).await;
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("connects");
    let head = "POST /v1/length HTTP/1.1\r\nhost: x\r\nmitta-protocol: 1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sends");
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..160 {
        // It may have hung up already: that is what is asked for.
        if stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).await.is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    let after = server.post("/v1/length", text(7)).await;
    assert_eq!(after.body, "7");
}

#[rstest]
#[case::body(
    "POST /v1/length HTTP/1.1\r\nhost: x\r\nmitta-protocol: 1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    "HTTP/1.1 408"
)]
#[case::headers("POST /v1/length HTTP/1.1\r\nhost: x\r\nx-slow: ", "")]
#[tokio::test]
async fn who_sends_too_slowly_is_let_go(#[case] begun: &str, #[case] answered: &str) {
    let quick = ["--request-timeout-s", "1", "--header-timeout-s", "1"];
    let server = TestServer::with_routes(&quick, routes()).await;
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("connects");
    stream.write_all(begun.as_bytes()).await.expect("sends");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert!(read.is_ok(), "it waited on");
    assert!(answer.starts_with(answered), "{answer}");
}

/// Says when it is gone.
struct Gone(Option<oneshot::Sender<()>>);

impl Drop for Gone {
    fn drop(&mut self) {
        let _ = self.0.take().expect("once").send(());
    }
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let (gone, is_gone) = oneshot::channel();
    let gone = Arc::new(Mutex::new(Some(Gone(Some(gone)))));
    let endless = async move || {
        let held = gone.lock().expect("not poisoned").take();
        Body::from_stream(stream::repeat_with(move || {
            let _held = &held;
            Ok::<_, io::Error>(Bytes::from(vec![b'x'; 0x1_0000]))
        }))
    };
    let routes = Router::new().route("/v1/endless", get(endless));
    let server = TestServer::with_routes(&["--write-timeout-s", "1"], routes).await;
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("connects");
    let head = "GET /v1/endless HTTP/1.1\r\nhost: x\r\nmitta-protocol: 1\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sends");
    let waited = tokio::time::timeout(Duration::from_secs(30), is_gone).await;
    assert_eq!(waited, Ok(Ok(())), "the answer waited on for its reader");
}

#[tokio::test]
async fn nobody_on_the_way_keeps_an_answer() {
    let server = TestServer::with_routes(&[], routes()).await;
    let answers = [
        server.post("/v1/length", text(1)).await,
        server.post("/v1/length", "no JSON").await,
        server.get("/v1/fails").await,
        server.get("/v1/nothing").await,
    ];
    for answer in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_rate_limit_is_not_reset_by_a_forged_header() {
    let slow = ["--rate-per-s", "1", "--rate-burst", "3"];
    let server = TestServer::with_routes(&slow, routes()).await;
    let mut codes = Vec::new();
    for forged in ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4", "5.5.5.5"] {
        let forged = [JSON, ("x-forwarded-for", forged), ("x-real-ip", forged)];
        let answer = server.send("POST", "/v1/length", &forged, text(1)).await;
        codes.push(answer.status.as_u16());
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.code(), ErrorCode::RateLimited);
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
    assert_eq!(codes, [200, 200, 200, 429, 429]);
    server.clock.pass(1_000);
    assert_eq!(
        server.post("/v1/length", text(1)).await.status,
        StatusCode::OK
    );
    // Whoever asks whether it lives is not in the way of those who use it.
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_rate() {
    let flags = [
        "--rate-per-s",
        "1",
        "--rate-burst",
        "1",
        "--trusted-proxies",
        "127.0.0.1",
    ];
    let server = TestServer::with_routes(&flags, routes()).await;
    let mut codes = Vec::new();
    // The last is forged by the client, and the proxy appended who it really was.
    for written in ["1.1.1.1", "2.2.2.2", "1.1.1.1", "9.9.9.9, 2.2.2.2"] {
        let headers = [JSON, ("x-forwarded-for", written)];
        let answer = server.send("POST", "/v1/length", &headers, text(1)).await;
        codes.push(answer.status.as_u16());
    }
    assert_eq!(codes, [200, 200, 429, 429]);
}

#[rstest]
#[case("GET", "/nothing", &[], ErrorCode::NotFound)]
#[case("GET", "/v1/nothing", &[], ErrorCode::NotFound)]
#[case("GET", "/v1/length", &[], ErrorCode::MethodNotAllowed)]
#[case("GET", "/v1/fails", &[], ErrorCode::Internal)]
#[case("GET", "/v1/panics", &[], ErrorCode::Internal)]
#[case("GET", "/v1/fails", &[("mitta-protocol", "2")], ErrorCode::ProtocolUnsupported)]
#[tokio::test]
async fn every_refusal_is_one_of_ours_and_tells_nothing_of_within(
    #[case] method: &str,
    #[case] path: &str,
    #[case] headers: &[(&str, &str)],
    #[case] code: ErrorCode,
) {
    let server = TestServer::with_routes(&[], routes()).await;
    let answer = if headers.is_empty() {
        server.send(method, path, &[], "").await
    } else {
        let mut stream = TcpStream::connect(server.address())
            .await
            .expect("connects");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nmitta-protocol: 2\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("sends");
        let mut raw = String::new();
        stream.read_to_string(&mut raw).await.expect("reads");
        assert!(
            raw.starts_with("HTTP/1.1 426") && raw.contains(code.name()),
            "{raw}"
        );
        return;
    };
    assert_eq!(answer.code(), code);
    assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"));
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn the_log_has_the_route_and_the_time_and_nothing_that_was_sent() {
    let log = Log::default();
    let writer = log.clone();
    let dispatch = telemetry::log_to("debug", LogFormat::Json, move || writer.clone());
    let _guard = tracing::dispatcher::set_default(&dispatch.expect("a log"));
    let server = TestServer::with_routes(&[], routes()).await;
    let secret = [
        JSON,
        ("authorization", "Bearer hunter2"),
        ("cookie", "__Host-mitta=hunter2"),
        ("user-agent", "hunter2"),
    ];
    for (path, body) in [
        ("/v1/length?token=hunter2", r#"{"text":"hunter2"}"#),
        ("/v1/length", r#"{"text":{"hunter2":1}}"#),
        ("/v1/length", "hunter2"),
        ("/hunter2", "hunter2"),
    ] {
        server.send("POST", path, &secret, body).await;
    }
    server.send("HUNTER2", "/v1/length", &secret, "").await;
    let written = log.text();
    assert!(!written.to_lowercase().contains("hunter2"), "{written}");
    assert!(!written.contains("only for the tests"), "{written}");
    let lines: Vec<serde_json::Value> = written
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .filter(|line: &serde_json::Value| line["message"] == "answered")
        .collect();
    let of = |line: &serde_json::Value| (line["route"].clone(), line["status"].clone());
    let routes: Vec<_> = lines.iter().map(of).collect();
    assert_eq!(
        routes,
        [
            ("/v1/length".into(), 200.into()),
            ("/v1/length".into(), 422.into()),
            ("/v1/length".into(), 400.into()),
            ("unmatched".into(), 404.into()),
            ("/v1/length".into(), 405.into()),
        ]
    );
    let first = &lines[0];
    assert!(first["ms"].is_u64() && first["method"] == "POST", "{first}");
    assert!(first["span"]["request_id"].is_string(), "{first}");
}
