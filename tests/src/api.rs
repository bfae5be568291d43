//! A client of the server that says exactly what it is told to: one request a connection, over plain
//! HTTP, as a script would.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// Far beyond any right answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The routes of a server, as one person.
pub struct Api {
    address: String,
    token: String,
}

impl Api {
    /// The server at `http://host:port`, with somebody's bearer token.
    ///
    /// # Errors
    /// Where the address is not of that form.
    pub fn new(url: &str, token: &str) -> Result<Self> {
        let address = url.strip_prefix("http://").context("plain http")?;
        Ok(Self {
            address: address.to_owned(),
            token: token.to_owned(),
        })
    }

    /// A request that has to succeed; its JSON, `null` where it has none.
    ///
    /// # Errors
    /// Any status but success, or no answer.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.send(method, path, body)?;
        ensure!(
            (200..300).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        Ok(answer)
    }

    /// A request: status and JSON.
    ///
    /// # Errors
    /// Where no answer of HTTP comes.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let body = body.map_or_else(String::new, Value::to_string);
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (address, token, length) = (&self.address, &self.token, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nMitta-Protocol: 1\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no end of headers")?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        if body.is_empty() {
            return Ok((status, Value::Null));
        }
        let json = serde_json::from_str(body).with_context(|| answer.clone())?;
        Ok((status, json))
    }
}

/// Makes the two a partnership: one invites by link, the other accepts, the first confirms. Both share
/// all that they ever sat. Its id.
///
/// # Errors
/// Where the server refuses any of it.
pub fn partner(host: &Api, guest: &Api) -> Result<String> {
    let since = "2000-01-01";
    let new = json!({ "name": "Us", "week_start": "Mon", "share_since": since });
    let made = host.ask("POST", "/v1/partnerships", Some(&new))?;
    let Some(partnership) = made["partnership_id"].as_str() else {
        bail!("no id: {made}");
    };
    let invites = format!("/v1/partnerships/{partnership}/invites");
    let invite = host.ask("POST", &invites, Some(&json!({ "kind": "link" })))?;
    let accept = json!({ "secret": invite["secret"], "share_since": since });
    guest.ask("POST", "/v1/invites/accept", Some(&accept))?;
    let invite_id = invite["invite_id"].as_str().context("no id")?;
    let confirm = format!("{invites}/{invite_id}/confirm");
    host.ask("POST", &confirm, Some(&json!({ "accept": true })))?;
    Ok(partnership.to_owned())
}
