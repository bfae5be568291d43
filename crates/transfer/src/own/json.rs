//! Mitta's JSON, read as a stream: one sit at a time, however many there are.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::doc::SitDoc;
use super::{FORMAT, VERSION};
use crate::judge::{Found, Refusal, RefusalCode};
use crate::table::OnRow;
use crate::text::{Counted, Unreadable};

/// Reads every sit. Whether the file is whole.
pub(crate) fn read<R: BufRead>(
    text: &mut Counted<'_, R>,
    on_row: OnRow<'_>,
) -> Result<(ControlFlow<()>, bool), Unreadable> {
    let line = Rc::new(Cell::new(1));
    let mut state = State {
        on_row,
        line: Rc::clone(&line),
        stopped: false,
        newer: None,
        was_named: false,
    };
    let reader = Lines { text, line };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let done = File(&mut state).deserialize(&mut json);
    let (stopped, newer, was_named) = (state.stopped, state.newer, state.was_named);
    if stopped {
        return Ok((ControlFlow::Break(()), true));
    }
    if let Some(version) = newer {
        return Err(Unreadable::Newer { version });
    }
    // What stands behind the end is another document: passed over, its sits would be lost unsaid.
    match done.and_then(|()| json.end()) {
        Ok(()) => Ok((ControlFlow::Continue(()), true)),
        Err(_) if text.is_cancelled() => Err(Unreadable::Cancelled),
        // It breaks off: what came before is whole.
        Err(error) if error.is_eof() && was_named => Ok((ControlFlow::Continue(()), false)),
        Err(error) => Err(Unreadable::Broken {
            line: error.line() as u64,
            detail: error.to_string(),
        }),
    }
}

struct State<'a> {
    on_row: OnRow<'a>,
    line: Rc<Cell<u64>>,
    stopped: bool,
    newer: Option<u64>,
    /// Whether format and version stood before the sits.
    was_named: bool,
}

/// Hands on single bytes, as `serde_json` asks for them, and knows the line that they are in.
struct Lines<'t, 'b, R> {
    text: &'t mut Counted<'b, R>,
    line: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Lines<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.line.set(self.text.line());
        self.text.read(buffer)
    }
}

struct File<'s, 'a>(&'s mut State<'a>);

impl<'de> DeserializeSeed<'de> for File<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a history as Mitta writes it")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut is_ours, mut has_version) = (false, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => is_ours = map.next_value::<String>()? == FORMAT,
                "version" => {
                    let version: u64 = map.next_value()?;
                    if version > VERSION {
                        self.0.newer = Some(version);
                        return Err(A::Error::custom("a newer version"));
                    }
                    has_version = true;
                }
                "sits" => {
                    if !is_ours || !has_version {
                        return Err(A::Error::custom("format and version come before the sits"));
                    }
                    self.0.was_named = true;
                    map.next_value_seed(Sits(self.0))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if self.0.was_named {
            Ok(())
        } else {
            Err(A::Error::custom("there are no sits in it"))
        }
    }
}

struct Sits<'s, 'a>(&'s mut State<'a>);

impl<'de> DeserializeSeed<'de> for Sits<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sits<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of sits")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
            let row = serde_json::from_str::<SitDoc>(raw.get())
                .map(|doc| {
                    let (session, events) = doc.into_session();
                    Found::Own(Box::new(session), events)
                })
                .map_err(|e| Refusal::about(RefusalCode::NotUnderstood, &e.to_string()));
            if (self.0.on_row)(self.0.line.get(), row).is_break() {
                self.0.stopped = true;
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
