//! Bytes that are not what they should be, and the dice they come from.

use std::io::Write as _;

use serde_json::{Map, Value};

/// Numbers from a seed, the same each time (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6d69_7474_6121)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than that.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("small");
        usize::try_from(self.next() % end).expect("small")
    }

    pub fn of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Up to so many bytes of any kind.
    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = 1 + self.below(most);
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// Up to so many bytes that a header may carry.
    pub fn visible(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = self.bytes(most);
        bytes.retain(|byte| *byte >= 0x20 && *byte != 0x7f);
        bytes
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compresses");
    encoder.finish().expect("compresses")
}

/// JSON, or nearly, that stands where something else is expected.
const STRANGE: [&str; 36] = [
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e308",
    "1e400",
    "-1e400",
    "00",
    "0x10",
    "NaN",
    "Infinity",
    "-Infinity",
    "9223372036854775808",
    "18446744073709551616",
    "253402300800000",
    "9404836272000000",
    "-8640000000000001",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u0000\"",
    "\"a\\u0000b\"",
    "\"\\x\"",
    "'x'",
    "\"\u{202e}\u{feff}\"",
    "\"+300000-01-01\"",
    "\"2026-02-30\"",
    "\"0197a3c2-5f00-7000-8000-0000000000fg\"",
    "[[[[[[[[[[]]]]]]]]]]",
    "{\"\":{\"\":{}}}",
    "undefined",
    "\"unterminated",
];

/// The body, wrong in one way as JSON, and perhaps in another as bytes.
pub fn worse(body: &Value, dice: &mut Dice) -> Vec<u8> {
    let mut text = match dice.below(4) {
        0 => body.to_string(),
        _ => elsewise(body, dice),
    }
    .into_bytes();
    let at = dice.below(text.len());
    match dice.below(12) {
        0 => text.truncate(at),
        1 => text[at] = dice.bytes(1)[0],
        2 => text[at] ^= 1 << dice.below(8),
        3 => drop(text.splice(at..at, dice.bytes(20))),
        4 => drop(text.splice(at..at, *b"\0")),
        5 => text.extend_from_slice(b"{}"),
        6 => text.extend(dice.bytes(50)),
        7 => text = dice.bytes(300),
        8 if dice.below(10) == 0 => text = deep(100_000),
        8 => text = deep(200),
        _ => {}
    }
    text
}

fn deep(levels: usize) -> Vec<u8> {
    let open = "[".repeat(levels);
    format!("{{\"ops\":{open}{}}}", "]".repeat(levels)).into_bytes()
}

/// With one value replaced, one field missing, unknown or twice.
fn elsewise(body: &Value, dice: &mut Dice) -> String {
    let mut changed = body.clone();
    let places = places(body);
    let place = &places[dice.below(places.len())];
    let mark = "here it is";
    let strange = if dice.below(20) == 0 {
        format!("\"{}\"", "a".repeat(20_000))
    } else {
        dice.of(&STRANGE).to_owned()
    };
    let Some((last, parents)) = place.split_last() else {
        return strange;
    };
    let parent = parents.iter().fold(&mut changed, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().expect("an index")],
        value => &mut value[key.as_str()],
    });
    match (parent, dice.below(6)) {
        (Value::Object(fields), 0) => drop(fields.remove(last)),
        (Value::Object(fields), 1) => {
            fields.insert("unknown".to_owned(), Value::from(mark));
        }
        (Value::Object(fields), 2) => return twice(&body.to_string(), fields, last, &strange),
        (Value::Object(fields), _) => {
            fields.insert(last.clone(), Value::from(mark));
        }
        (Value::Array(items), _) => {
            items[last.parse::<usize>().expect("an index")] = Value::from(mark);
        }
        _ => unreachable!("only these hold others"),
    }
    changed
        .to_string()
        .replace(&format!("\"{mark}\""), &strange)
}

/// The field a second time, before the first.
fn twice(text: &str, fields: &Map<String, Value>, name: &str, strange: &str) -> String {
    let object = Value::Object(fields.clone()).to_string();
    let doubled = format!("{{\"{name}\":{strange},{}", &object[1..]);
    text.replacen(&object, &doubled, 1)
}

/// The ways to every value within.
fn places(value: &Value) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut add = |key: String, value: &Value| {
        for mut place in places(value) {
            place.insert(0, key.clone());
            all.push(place);
        }
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, it)| add(key.clone(), it)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, it)| add(at.to_string(), it)),
        _ => {}
    }
    all
}

/// What is no HTTP, or a lie about what follows. Each of them refuses itself: none carries a token.
pub fn garbage() -> Vec<Vec<u8>> {
    let post = |headers: &str, body: &str| {
        let head = "POST /v1/push HTTP/1.1\r\nhost: x\r\nmitta-protocol: 1\r\n";
        format!("{head}content-type: application/json\r\n{headers}\r\n{body}").into_bytes()
    };
    let mut all = vec![
        b"\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /v1/account HTTP/9.9\r\n\r\n".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        b"GET http://[::1 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        b"GET /v1/account HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n".to_vec(),
        b"GET /v1/account HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000)).into_bytes(),
        format!(
            "GET /v1/nothing HTTP/1.1\r\nx: {}\r\n\r\n",
            "a".repeat(100_000)
        )
        .into_bytes(),
        format!("GET /v1/account HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200)).into_bytes(),
        post("content-length: 10\r\n", "{}"),
        post("content-length: -1\r\n", "{}"),
        post("content-length: 99999999999999999999\r\n", "{}"),
        post("content-length: 2\r\ncontent-length: 3\r\n", "{}"),
        post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
        post("transfer-encoding: chunked\r\n", "ffffffffffffffff\r\n{}"),
        post("transfer-encoding: x\r\ncontent-length: 2\r\n", "{}"),
        post("expect: 200-maybe\r\ncontent-length: 2\r\n", "{}"),
    ];
    let mut dice = Dice::new(0);
    all.extend((0..80).map(|_| dice.bytes(2_000)));
    all
}
