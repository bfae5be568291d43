//! `mitta doctor`: looks everything over that a sit needs; each line is ok or says what to do.
//!
//! Must hold: it repairs, moves and creates nothing in the data folder. The round trip of a sit is
//! made on a scratch database in a folder of its own. Without an account there is no network.

mod account;
mod folder;
mod history;
mod round_trip;
mod senses;

use std::sync::Arc;

use mitta_runtime::api::ApiError;
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::data_dir;
use mitta_store::{OpenError, Reader};
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: &'static str,
    /// Whether all is well.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What to do, where something is not well.
    pub advice: Option<String>,
}

impl Check {
    pub fn well(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            ok: true,
            found: found.into(),
            advice: None,
        }
    }

    pub fn bad(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            name,
            ok: false,
            found: found.into(),
            advice: Some(advice.into()),
        }
    }
}

/// Looks everything over.
pub fn run(output: &mut Output) -> Result<Exit, ApiError> {
    let dir = data_dir()?;
    let clock = Arc::new(SystemClock::new());
    let before = clock.now();
    let mut report = Report {
        output,
        checks: Vec::new(),
    };
    report.add(folder::writable(&dir));
    report.add(folder::space(&dir));
    let reader = match Reader::open(&dir) {
        Ok(reader) => Some(reader),
        Err(error) => {
            report.add(history::cannot_open(&dir, &error));
            None
        }
    };
    if let Some(reader) = &reader {
        report.add(history::database(&dir, reader));
        report.add(history::sits(&dir, reader));
        report.add(history::outbox(reader));
    }
    report.add(round_trip::check(&*clock));
    let choice = reader.as_ref().and_then(|reader| reader.settings().ok());
    let choice = choice.unwrap_or_default().choice;
    report.add(senses::sound(&dir, &choice));
    report.add(senses::own_files(&dir));
    report.add(senses::zone(&*clock));
    let newest = reader.as_ref().and_then(history::newest_start);
    report.add(senses::clock(before, clock.now(), newest));
    if let Some(reader) = &reader {
        let zone = clock.zone().unwrap_or_default();
        // A history that is not whole is not touched by what opens it for writing.
        for check in account::checks(reader, zone, report.is_well(history::DATABASE)) {
            report.add(check);
        }
    }
    Ok(report.end())
}

/// Tells each check when it is made.
struct Report<'a> {
    output: &'a mut Output,
    checks: Vec<Check>,
}

impl Report<'_> {
    fn add(&mut self, check: Check) {
        self.output.line(words::check(&check));
        self.checks.push(check);
    }

    fn is_well(&self, name: &str) -> bool {
        self.checks.iter().any(|it| it.name == name && it.ok)
    }

    fn end(self) -> Exit {
        let ok = self.checks.iter().all(|check| check.ok);
        self.output.document(&json!({
            "ok": ok,
            "version": env!("CARGO_PKG_VERSION"),
            "checks": self.checks,
        }));
        self.output.line(words::doctor_says(ok));
        if ok { Exit::Done } else { Exit::Failed }
    }
}

/// A database that is not there yet is as it should be before the first sit.
const fn is_missing(error: &OpenError) -> bool {
    matches!(error, OpenError::Missing { .. })
}
