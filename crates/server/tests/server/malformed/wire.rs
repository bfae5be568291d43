//! The program as it is run, and a client that sends what a library would not let anybody send.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use mitta_pgtest::Database;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::requests::Probe;
use crate::harness::server_url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that runs until it is stopped.
pub struct Program {
    child: Child,
    address: SocketAddr,
    log: TempDir,
}

impl Program {
    pub fn start(database: &Database) -> Self {
        let log = TempDir::new().expect("a folder");
        let file = File::create(log.path().join("log")).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mitta-server"))
            .env_clear()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--rate-per-s", "1000000", "--rate-burst", "1000000"])
            .args(["--header-timeout-s", "2", "--request-timeout-s", "20"])
            .env("MITTA_DATABASE_URL", server_url(database))
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let pipe = child.stdout.take().expect("a pipe");
        BufReader::new(pipe).read_line(&mut line).expect("speaks");
        let address = line.trim().rsplit('/').next().expect("an address");
        let address = address.parse().expect("an address");
        Self {
            child,
            address,
            log,
        }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has in memory; `None` where the system does not say.
    pub fn memory_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Ends it. What it has logged.
    pub fn stop(mut self) -> String {
        assert!(
            self.child.try_wait().expect("is there").is_none(),
            "it has ended by itself"
        );
        self.child.kill().expect("ends");
        self.child.wait().expect("ended");
        std::fs::read_to_string(self.log.path().join("log")).expect("the log")
    }
}

/// A connection that is kept as long as the server keeps it.
pub struct Wire {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Wire {
    pub const fn to(address: SocketAddr) -> Self {
        Self {
            address,
            sender: None,
        }
    }

    /// Sends; the status and the body of the answer.
    pub async fn send(&mut self, probe: &Probe) -> (u16, Bytes) {
        // A connection that the server has closed meanwhile is no answer.
        for _ in 0..3 {
            let answered = tokio::time::timeout(PATIENCE, self.try_send(probe)).await;
            match answered.unwrap_or_else(|_| panic!("{probe:?} is not answered")) {
                Ok(answer) => return answer,
                Err(_) => self.sender = None,
            }
        }
        panic!("{probe:?} is cut off each time");
    }

    async fn try_send(&mut self, probe: &Probe) -> Result<(u16, Bytes), hyper::Error> {
        let mut sender = match self.sender.take() {
            Some(sender) if sender.is_ready() => sender,
            _ => {
                let stream = TcpStream::connect(self.address).await.expect("connects");
                let (sender, connection) = handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                sender
            }
        };
        let mut request = Request::builder()
            .method(probe.method.as_str())
            .uri(probe.path.as_str())
            .header("host", "mitta.test");
        for (name, value) in &probe.headers {
            request = request.header(name, value.as_slice());
        }
        let request = request
            .body(Full::new(Bytes::from(probe.body.clone())))
            .unwrap_or_else(|error| panic!("{probe:?}: {error}"));
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await?.to_bytes();
        sender.ready().await.ok();
        self.sender = Some(sender);
        Ok((status, body))
    }

    /// Asks for what must succeed; `route` is `METHOD /path`.
    pub async fn ask(&mut self, route: &str, token: Option<&str>, body: &Value) -> Value {
        let probe = Probe::new(route, token, body);
        let (status, answer) = self.send(&probe).await;
        assert!((200..300).contains(&status), "{route}: {answer:?}");
        serde_json::from_slice(&answer).expect("JSON")
    }
}

/// Sends bytes that need not be HTTP, and ends; the status of the answer, if there was one.
pub async fn status_of(address: SocketAddr, bytes: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let mut answer = Vec::new();
    let talk = async {
        // Whoever refuses early does not read the rest.
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut answer).await;
    };
    let talked = tokio::time::timeout(PATIENCE, talk).await;
    assert!(talked.is_ok(), "a connection is held open for ever");
    let answer = String::from_utf8_lossy(&answer);
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
