//! The live stream: server-sent events that say where something is to be fetched.

use std::time::Duration;

use mitta_protocol::live::{HEARTBEAT_S, LiveEvent};
use reqwest::{Method, Response, header};

use super::{HttpRemote, answer};
use crate::remote::RemoteError;

/// A line that was silent for so long is dead: more than two signs of life are missing.
const SILENCE: Duration = Duration::from_secs(HEARTBEAT_S as u64 * 5 / 2);
/// The longest event that is read, in bytes.
const MOST_EVENT_BYTES: usize = 16 * 1024;

/// A live stream that is open.
pub(crate) struct LiveStream {
    response: Response,
    parser: Parser,
}

impl HttpRemote {
    /// Opens the live stream.
    pub(crate) async fn live(&self) -> Result<LiveStream, RemoteError> {
        let request = self
            .request(Method::GET, &["live"])
            .header(header::ACCEPT, "text/event-stream");
        let request = tokio::time::timeout(SILENCE, self.respond(request));
        let response = request.await.map_err(|_| RemoteError::Timeout)??;
        Ok(LiveStream {
            response,
            parser: Parser::default(),
        })
    }
}

impl LiveStream {
    /// The next event.
    pub(crate) async fn next(&mut self) -> Result<LiveEvent, RemoteError> {
        loop {
            if let Some(event) = self.parser.next()? {
                return Ok(event);
            }
            let chunk = tokio::time::timeout(SILENCE, answer::chunk(&mut self.response));
            match chunk.await.map_err(|_| RemoteError::Timeout)?? {
                Some(chunk) => self.parser.push(&chunk),
                None => return Err(RemoteError::Offline("the live stream ended".to_owned())),
            }
        }
    }
}

/// Takes bytes apart into events (WHATWG HTML §9.2.6, of which only `data` is of use here).
#[derive(Debug, Default)]
pub(crate) struct Parser {
    bytes: Vec<u8>,
    data: Vec<u8>,
}

impl Parser {
    /// More bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The next whole event; comments and other fields are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<LiveEvent>, RemoteError> {
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let mut line: Vec<u8> = self.bytes.drain(..=end).collect();
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if line.is_empty() {
                let data = std::mem::take(&mut self.data);
                if !data.is_empty() {
                    return answer::parse(true, &data).map(Some);
                }
            } else if let Some(data) = line.strip_prefix(b"data:") {
                self.data.extend(data.strip_prefix(b" ").unwrap_or(data));
                self.data.push(b'\n');
            }
        }
        // What is left is the beginning of one event.
        if self.bytes.len() + self.data.len() > MOST_EVENT_BYTES {
            return Err(RemoteError::Garbled("an event is too long".to_owned()));
        }
        Ok(None)
    }
}
