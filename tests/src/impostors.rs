//! Servers that are not what they ought to be: they answer every request alike, in plain text or
//! behind a certificate that nobody signed.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(10);

/// What is answered to a path.
type Answers = Arc<dyn Fn(&str) -> (u16, &'static str, String) + Send + Sync>;

/// A server of that kind, until dropped.
pub struct Impostor {
    address: SocketAddr,
    scheme: &'static str,
    asked: Arc<AtomicU32>,
    is_closing: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Impostor {
    /// Answers every request with this page.
    ///
    /// # Errors
    /// Where there is no port to be had.
    pub fn html(page: &'static str) -> Result<Self> {
        Self::start(
            0,
            None,
            Arc::new(move |_| (200, "text/html", page.to_owned())),
        )
    }

    /// Answers every request with this JSON.
    ///
    /// # Errors
    /// Where there is no port to be had.
    pub fn json(document: &Value) -> Result<Self> {
        let text = document.to_string();
        let answers = move |_: &str| (200, "application/json", text.clone());
        Self::start(0, None, Arc::new(answers))
    }

    /// A Mitta server of another time: says who it is and which versions it speaks, and refuses all
    /// else. On `port`, or on any with 0.
    ///
    /// # Errors
    /// Where the port is not to be had.
    pub fn of_protocols(port: u16, server_id: &str, oldest: u32, newest: u32) -> Result<Self> {
        let meta = json!({
            "product": "mitta", "version": "9.9.9", "server_id": server_id, "epoch": "1-1-1",
            "oldest_protocol": oldest, "newest_protocol": newest, "server_time_ms": 1_795_219_200_000_u64,
            "said_by_another_time": true,
        });
        let refusal = json!({ "code": "protocol_unsupported", "message": "Please update." });
        let answers = move |path: &str| match path {
            "/v1/meta" => (200, "application/json", meta.to_string()),
            _ => (426, "application/json", refusal.to_string()),
        };
        Self::start(port, None, Arc::new(answers))
    }

    /// Answers over TLS with a certificate that it signed itself.
    ///
    /// # Errors
    /// Where there is no port or no certificate to be had.
    pub fn self_signed() -> Result<Self> {
        let made =
            rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))?;
        let answers = |_: &str| (200, "text/plain", "never read".to_owned());
        Self::start(0, Some(Arc::new(config)), Arc::new(answers))
    }

    fn start(port: u16, tls: Option<Arc<ServerConfig>>, answers: Answers) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (asked, is_closing) = (Arc::<AtomicU32>::default(), Arc::<AtomicBool>::default());
        let accepting = {
            let (asked, is_closing) = (Arc::clone(&asked), Arc::clone(&is_closing));
            thread::spawn(move || {
                for stream in listener.incoming() {
                    if is_closing.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    // Who hangs up in the middle has made up their mind.
                    let _ = answer(stream, tls.clone(), &answers, &asked);
                }
            })
        };
        Ok(Self {
            address,
            scheme,
            asked,
            is_closing,
            accepting: Some(accepting),
        })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// How many requests it has read.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.is_closing.store(true, Ordering::SeqCst);
        // Wakes who accepts; one that is gone needs no waking.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn answer(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    answers: &Answers,
    asked: &AtomicU32,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    match tls {
        None => speak(stream, answers, asked),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            speak(StreamOwned::new(connection, stream), answers, asked)
        }
    }
}

fn speak(mut stream: impl Read + Write, answers: &Answers, asked: &AtomicU32) -> io::Result<()> {
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read(&mut bytes)? {
            0 => return Ok(()),
            count => request.extend_from_slice(&bytes[..count]),
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = answers(path);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}
