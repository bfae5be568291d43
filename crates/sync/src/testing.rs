//! An HTTP server for tests: a thread that answers each request with the bytes that a closure gives.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// For instance `GET /v1/meta`.
    pub(crate) line: String,
    /// Lowercase.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The server. Its thread ends with the process.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers every request as `answer` says, each on a connection of its own.
    pub(crate) fn new(answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &seen, answer.as_ref()));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|request| request.line.clone())
            .collect()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Request>>, answer: &dyn Fn(&Request) -> Vec<u8>) {
    if let Some(request) = read(&mut stream) {
        // Seen before it is answered: whoever is told of it by the answer finds it.
        seen.lock().unwrap().push(request.clone());
        let answer = answer(&request);
        // Who asked may be gone.
        let _ = stream.write_all(&answer);
        if String::from_utf8_lossy(&answer).contains("Connection: keep-alive") {
            // A stream goes on until the other side has gone.
            let _ = stream.read(&mut [0]);
        }
    }
}

/// Reads one request.
pub(crate) fn read(stream: &mut impl Read) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut request = Request {
        line: line.rsplit_once(' ')?.0.to_owned(),
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length").unwrap_or("0");
    request.body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

/// An answer with a status, a content type and a body.
pub(crate) fn answer(status: u16, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 {status} Any\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

/// An answer of the protocol.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> Vec<u8> {
    answer(status, "application/json", body.to_string().as_bytes())
}

/// What a server of this version says of itself.
pub(crate) fn meta(server_id: u128) -> serde_json::Value {
    serde_json::json!({
        "product": "mitta",
        "version": "9.9.9",
        "server_id": uuid::Uuid::from_u128(server_id),
        "epoch": "1-a-1",
        "oldest_protocol": 1,
        "newest_protocol": 1,
        "server_time_ms": 0,
    })
}
