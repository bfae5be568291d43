//! A database, a server in this process, and a client that says exactly what it is told to.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use clap::Parser as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use mitta_domain::UnixMillis;
use mitta_pgtest::Database;
use mitta_protocol::{ErrorBody, ErrorCode};
use mitta_server::AppState;
use mitta_server::config::{Cli, DatabaseArgs, DatabaseUrl, ServeArgs, Word};
use mitta_server::serve::{Outside, Server};
use mitta_server::source::{ManualClock, SystemRandom};
use mitta_server::{http, migrate};
use tokio::net::TcpStream;
use tokio_postgres::{Client, NoTls};

/// The server's login in tests.
pub const LOGIN: &str = "mitta_test_server";
/// Its password.
pub const PASSWORD: &str = "only for the tests of one machine";
/// When tests begin: 2026-11-21.
pub const NOW: UnixMillis = UnixMillis(1_795_219_200_000);

/// A migrated database with the server's login.
pub async fn database() -> Database {
    let cluster = mitta_pgtest::shared().expect("a cluster");
    let mut hasher = DefaultHasher::new();
    for migration in migrate::migrations() {
        (migration.checksum(), LOGIN).hash(&mut hasher);
    }
    let key = format!("server_{:016x}", hasher.finish());
    let migrated = Database::fresh(&cluster, &key, async |url| {
        let url: DatabaseUrl = url.parse().expect("a URL");
        migrate::run(&url).await?;
        migrate::create_login(&url, LOGIN, PASSWORD).await
    });
    migrated.await.expect("a database")
}

/// An empty database.
pub async fn empty() -> Database {
    let cluster = mitta_pgtest::shared().expect("a cluster");
    Database::empty(&cluster).await.expect("a database")
}

/// A connection for checks, beside the server.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

/// The URL of the server's login.
pub fn server_url(database: &Database) -> String {
    database.url_as(LOGIN, PASSWORD).expect("a URL")
}

/// As the command line has it.
pub fn serve_args(url: &str, flags: &[&str]) -> ServeArgs {
    let mut words = vec!["mitta-server", "serve", "--database-url", url];
    words.extend(["--listen", "127.0.0.1:0"]);
    words.extend(flags);
    let cli = Cli::try_parse_from(words).expect("valid flags");
    let Word::Serve(args) = cli.word else {
        panic!("serve is serve")
    };
    *args
}

/// How the server reaches a database.
pub fn database_args(url: &str) -> DatabaseArgs {
    serve_args(url, &[]).database
}

/// A server with its own database and a clock that stands.
pub struct TestServer {
    pub database: Option<Database>,
    pub clock: Arc<ManualClock>,
    pub server: Server,
}

impl TestServer {
    /// With the real routes.
    pub async fn start(flags: &[&str]) -> Self {
        Self::with_routes(flags, http::routes()).await
    }

    /// With these routes.
    pub async fn with_routes(flags: &[&str], routes: Router<AppState>) -> Self {
        let database = database().await;
        let args = serve_args(&server_url(&database), flags);
        let mut this = Self::over(&args, routes).await;
        this.database = Some(database);
        this
    }

    /// Over a database of the caller's.
    pub async fn over(args: &ServeArgs, routes: Router<AppState>) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let outside = Outside {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let server = Server::with_routes(args, outside, routes).await;
        Self {
            database: None,
            clock,
            server: server.expect("serves"),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub async fn post(&self, path: &str, json: impl Into<Bytes>) -> Answer {
        let json_is = [("content-type", "application/json")];
        self.send("POST", path, &json_is, json).await
    }

    /// Sends with the protocol's header and these.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "mitta.test")
            .header("mitta-protocol", "1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("a request");
        let stream = TcpStream::connect(self.address()).await.expect("connects");
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.expect("shakes hands");
        tokio::spawn(connection);
        let response = sender.send_request(request).await.expect("is answered");
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.expect("a body").to_bytes(),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The code of an error, whose status it has and which is a sentence.
    #[track_caller]
    pub fn code(&self) -> ErrorCode {
        let error: ErrorBody = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.body));
        assert_eq!(self.status.as_u16(), error.code.status());
        assert!(error.message.ends_with('.'), "{}", error.message);
        error.code
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }
}
