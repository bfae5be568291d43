//! What a person or a script reads: lines of text or, with `--json`, one JSON document a line.
//!
//! Must hold: no failure to write is an error at the moment of writing, since a sit outlives the
//! terminal that watches it; it is told by the exit code.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};

use mitta_runtime::api::ApiError;
use mitta_sync::api::AccountError;
use serde::Serialize;

use crate::exit::Exit;
use crate::words;

pub struct Output {
    json: bool,
    watched: bool,
    /// The line that stands without its end.
    standing: String,
    lost: Option<io::Error>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self {
            json,
            watched: !json && io::stdout().is_terminal(),
            standing: String::new(),
            lost: None,
        }
    }

    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a line that changes once a second is seen by somebody.
    pub const fn is_watched(&self) -> bool {
        self.watched
    }

    /// A line of text; nothing with `--json`.
    pub fn line(&mut self, text: impl Display) {
        if !self.json {
            self.clear();
            self.write(format_args!("{text}\n"));
        }
    }

    /// Text for another program, the same with `--json`.
    pub fn script(&mut self, text: &[u8]) {
        self.clear();
        self.write(format_args!("{}", String::from_utf8_lossy(text)));
    }

    /// A JSON document; nothing without `--json`.
    pub fn document(&mut self, value: &impl Serialize) {
        if self.json {
            match serde_json::to_string(value) {
                Ok(text) => self.write(format_args!("{text}\n")),
                Err(error) => self.error(&ApiError::internal(&error)),
            }
        }
    }

    /// Replaces the line that stands; nothing unless somebody watches.
    pub fn stand(&mut self, text: &str) {
        if self.watched && self.standing != text {
            let (before, width) = (self.standing.chars().count(), text.chars().count());
            let pad = before.saturating_sub(width);
            self.write(format_args!("\r{text}{:pad$}", ""));
            text.clone_into(&mut self.standing);
        }
    }

    /// A question to the person, on the other stream, without an end of line.
    pub fn ask(&mut self, text: &str) {
        self.clear();
        self.on_stderr(format_args!("{text} "));
    }

    /// Text beside the result, on the other stream.
    pub fn note(&mut self, text: impl Display) {
        self.clear();
        self.on_stderr(format_args!("{text}\n"));
    }

    /// What went wrong, on the other stream.
    pub fn error(&mut self, error: &ApiError) {
        self.failure(error, &words::error(error));
    }

    /// What went wrong with the account, on the other stream.
    pub fn account_error(&mut self, error: &AccountError) {
        self.failure(error, &words::account_error(error));
    }

    fn failure(&mut self, error: &impl Serialize, text: &str) {
        self.clear();
        if self.json {
            let document = serde_json::json!({ "error": error });
            self.on_stderr(format_args!("{document}\n"));
        } else {
            self.on_stderr(format_args!("{text}\n"));
        }
    }

    /// The exit code, with what could not be written taken into account: a reader that has seen
    /// enough (`mitta log | head`) is no failure.
    pub fn close(&mut self, exit: Exit) -> Exit {
        self.clear();
        match self.lost.take() {
            Some(error) if exit == Exit::Done && error.kind() != ErrorKind::BrokenPipe => {
                self.on_stderr(format_args!("{}\n", words::output_lost(&error)));
                Exit::Failed
            }
            _ => exit,
        }
    }

    fn clear(&mut self) {
        if !self.standing.is_empty() {
            let blank = std::mem::take(&mut self.standing).chars().count();
            self.write(format_args!("\r{:blank$}\r", ""));
        }
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_fmt(text).and_then(|()| stdout.flush());
        if let Err(error) = written {
            self.lost.get_or_insert(error);
        }
    }

    fn on_stderr(&mut self, text: std::fmt::Arguments<'_>) {
        let written = io::stderr().lock().write_fmt(text);
        if let Err(error) = written {
            self.lost.get_or_insert(error);
        }
    }
}
