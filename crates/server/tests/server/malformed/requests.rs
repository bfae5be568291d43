//! Malformed requests: one that is refused for what it says, made worse in one or two ways.
//!
//! What every route is sent to begin with is refused already, for two reasons where one could be
//! mended by chance, so that no request changes anything.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::bytes::{self, Dice};
use super::refused::refused;

/// An id that nobody has.
pub(super) const NOBODYS: &str = "0197a3c2-5f00-7000-8000-0000000000ff";

/// One request.
#[derive(Clone)]
pub struct Probe {
    /// `METHOD /path` as the document has it.
    pub route: String,
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |bytes: &[u8]| -> String {
            let text = String::from_utf8_lossy(bytes);
            text.chars().take(600).collect()
        };
        write!(f, "{} {}", self.method, cut(self.path.as_bytes()))?;
        for (name, value) in &self.headers {
            write!(f, " {name}={}", cut(value))?;
        }
        write!(f, " {}", cut(&self.body))
    }
}

impl Probe {
    /// A request as a program would send it.
    pub fn new(route: &str, token: Option<&str>, body: &Value) -> Self {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let mut probe = Self {
            route: route.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: vec![("mitta-protocol".to_owned(), b"1".to_vec())],
            body: Vec::new(),
        };
        if let Some(token) = token {
            probe.set("authorization", format!("Bearer {token}"));
        }
        if !body.is_null() {
            probe.set("content-type", "application/json");
            probe.body = body.to_string().into_bytes();
        }
        probe
    }

    /// Whether it changes nothing even where it is answered.
    pub fn is_question(&self) -> bool {
        self.route.starts_with("GET ")
    }

    /// Whether it is answered in plain text.
    pub fn is_for_the_operator(&self) -> bool {
        !self.path.starts_with("/v1/")
    }

    fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.into()));
    }

    fn unset(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
    }
}

/// Every route, and who asks.
pub struct Routes {
    token: String,
    /// Route, query and body.
    routes: Vec<(String, &'static str, Value)>,
}

impl Routes {
    /// Those of the document.
    pub fn of(document: &Value, token: &str) -> Self {
        let mut routes = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for method in item.as_object().expect("operations").keys() {
                let route = format!("{} {path}", method.to_uppercase());
                let (query, body) = refused(&route);
                routes.push((route, query, body));
            }
        }
        for path in ["/healthz", "/readyz", "/metrics", "/v1/openapi.json"] {
            routes.push((format!("GET {path}"), "", Value::Null));
        }
        assert!(routes.len() >= 29, "{routes:?}");
        let token = token.to_owned();
        Self { token, routes }
    }

    /// Request `number`.
    pub fn probe(&self, number: u64) -> Probe {
        let mut dice = Dice::new(number);
        let (route, query, body) = &self.routes[dice.below(self.routes.len())];
        let mut probe = Probe::new(route, Some(&self.token), body);
        for id in [
            "{device_id}",
            "{partnership_id}",
            "{invite_id}",
            "{together_id}",
        ] {
            probe.path = probe.path.replace(id, NOBODYS);
        }
        probe.path.push_str(query);
        // These two would be answered: one ends the sign-in, the other never ends.
        let is_taken = matches!(route.as_str(), "POST /v1/sign-out" | "GET /v1/live");
        let is_open = matches!(
            route.as_str(),
            "GET /healthz"
                | "GET /readyz"
                | "GET /metrics"
                | "GET /v1/openapi.json"
                | "GET /v1/meta"
                | "GET /v1/time"
        );
        match dice.below(12) {
            _ if is_taken => match dice.below(3) {
                0 => bad_token(&mut probe, &mut dice),
                1 => bad_protocol(&mut probe, &mut dice),
                _ => bad_method(&mut probe, &mut dice),
            },
            _ if is_open => match dice.below(3) {
                0 => bad_path(&mut probe, &mut dice),
                1 => bad_headers(&mut probe, &mut dice),
                _ => bad_method(&mut probe, &mut dice),
            },
            0 => bad_token(&mut probe, &mut dice),
            1 => bad_protocol(&mut probe, &mut dice),
            2 => bad_method(&mut probe, &mut dice),
            3 => bad_path(&mut probe, &mut dice),
            4 => bad_headers(&mut probe, &mut dice),
            5 => bad_coding(&mut probe, body, &mut dice),
            _ if body.is_null() => bad_query(&mut probe, &mut dice),
            _ => {
                probe.body = bytes::worse(body, &mut dice);
                if dice.below(8) == 0 {
                    bad_type(&mut probe, &mut dice);
                }
            }
        }
        probe
    }
}

fn bad_token(probe: &mut Probe, dice: &mut Dice) {
    let there = probe
        .headers
        .iter()
        .find(|(name, _)| name == "authorization");
    let token = there.map(|(_, value)| value.clone()).unwrap_or_default();
    probe.unset("authorization");
    let text = |text: &str| text.as_bytes().to_vec();
    let (name, value) = match dice.below(10) {
        0 => return,
        1 => ("authorization", Vec::new()),
        2 => ("authorization", text("Bearer ")),
        3 => ("authorization", token[..token.len() - 1].to_vec()),
        4 => ("authorization", [b"Basic ".as_slice(), &token].concat()),
        5 => ("authorization", [token.as_slice(), b"\xff\xfe"].concat()),
        6 => (
            "authorization",
            text(&format!("Bearer mitta_{}", "A".repeat(8_000))),
        ),
        7 => (
            "authorization",
            text(&format!("Bearer mitta_{}", "A".repeat(43))),
        ),
        // A device's token is no cookie.
        8 => (
            "cookie",
            [b"__Host-mitta=".as_slice(), &token[7..]].concat(),
        ),
        _ => (
            "cookie",
            text("__Host-mitta=;=;;__Host-mitta=mitta_; __Host-mitta"),
        ),
    };
    probe.set(name, value);
}

fn bad_protocol(probe: &mut Probe, dice: &mut Dice) {
    let said: [&[u8]; 8] = [
        b"",
        b"0",
        b"2",
        b"-1",
        b"1.0",
        b"1, 1",
        b"99999999999999999999",
        b"\xe9",
    ];
    match dice.below(said.len() + 1) {
        0 => probe.unset("mitta-protocol"),
        at => probe.set("mitta-protocol", said[at - 1]),
    }
}

fn bad_method(probe: &mut Probe, dice: &mut Dice) {
    let methods = ["PUT", "TRACE", "OPTIONS", "BREW", "get", "post", "M-SEARCH"];
    dice.of(&methods).clone_into(&mut probe.method);
}

fn bad_path(probe: &mut Probe, dice: &mut Dice) {
    let strange = [
        "%00",
        "%ff%fe",
        "..",
        "%2e%2e%2fetc%2fpasswd",
        "0197a3c2",
        "%7B0197a3c2-5f00-7000-8000-0000000000ff%7D",
        "0197a3c2-5f00-7000-8000-0000000000fg",
        "'%20OR%201=1--",
        "%F0%9F%A7%98",
        "",
    ];
    let mut ids = dice.of(&strange).to_string();
    if dice.below(8) == 0 {
        ids = "a".repeat(6_000);
    }
    if probe.path.contains(NOBODYS) {
        probe.path = probe.path.replace(NOBODYS, &ids);
    } else {
        let (path, query) = probe.path.split_once('?').unwrap_or((&probe.path, ""));
        probe.path = format!("{path}/{ids}?{query}");
    }
}

fn bad_headers(probe: &mut Probe, dice: &mut Dice) {
    match dice.below(6) {
        0 => {
            for n in 0..60 {
                probe.set(&format!("x-{n}"), vec![b'a'; 100]);
            }
        }
        1 => probe.set("x-long", vec![b'a'; 30_000]),
        2 => probe.set("x-forwarded-for", dice.visible(300)),
        3 => probe.set("forwarded", dice.visible(300)),
        4 => probe.set("accept-encoding", dice.visible(100)),
        _ => probe.set("cookie", dice.visible(2_000)),
    }
}

fn bad_type(probe: &mut Probe, dice: &mut Dice) {
    let said: [&[u8]; 7] = [
        b"",
        b"text/plain",
        b"application/jsonx",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/json; charset=utf-16",
        b"\xff/\xff",
    ];
    probe.set("content-type", dice.of(&said));
}

fn bad_coding(probe: &mut Probe, body: &Value, dice: &mut Dice) {
    if body.is_null() {
        // Read by nobody, if only it is not too large.
        probe.body = dice.bytes(200);
        return;
    }
    let said: [&[u8]; 5] = [b"gzip", b"gzip, gzip", b"br", b"x-none", b"\xff"];
    probe.set("content-encoding", dice.of(&said));
    let zipped = bytes::gzip(&probe.body);
    probe.body = match dice.below(5) {
        0 => dice.bytes(300),
        1 => zipped[..zipped.len() / 2].to_vec(),
        2 => bytes::gzip(&zipped),
        3 => bytes::gzip(&bytes::worse(body, dice)),
        _ => bytes::gzip(&vec![b' '; 3_000_000]),
    };
}

fn bad_query(probe: &mut Probe, dice: &mut Dice) {
    let (path, query) = probe.path.split_once('?').unwrap_or((&probe.path, ""));
    let mut pairs: BTreeMap<&str, &str> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let values = [
        "",
        "NaN",
        "-1",
        "1e400",
        "18446744073709551616",
        "999999999999999999999999",
        "%00",
        "%ff",
        "%",
        "+300000-01-01",
        "2026-02-30",
        "0000-00-00",
        "null",
        "true%20",
        "%7B%7D",
        "2026-11-21T00:00:00Z",
        "0197a3c2-5f00-7000-8000-0000000000fg",
    ];
    let names = [
        "share_id",
        "after",
        "limit",
        "from",
        "to",
        "week_start",
        "summary",
        "x%00",
    ];
    for _ in 0..=dice.below(2) {
        pairs.insert(dice.of(&names), dice.of(&values));
    }
    let mut query: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    match dice.below(5) {
        0 => query.extend(query.clone()),
        1 => query.push("a".repeat(4_000)),
        2 => query.push("&&==&".to_owned()),
        _ => {}
    }
    probe.path = format!("{path}?{}", query.join("&"));
}
