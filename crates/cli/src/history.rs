//! `mitta log` and `mitta stats`: what was sat.

use mitta_runtime::api::{ApiError, Commands as _, HistoryArgs, Nothing};

use crate::exit::Exit;
use crate::output::Output;
use crate::{quiet_engine, words};

/// The longest page that the engine gives.
const PAGE: u32 = 500;

/// Lists the newest `count` sits.
pub fn log(count: u32, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    let mut sits = Vec::new();
    let mut before = None;
    let mut left = count;
    while left > 0 {
        let limit = left.min(PAGE);
        let page = engine.history(HistoryArgs { before, limit })?;
        sits.extend(page.sits);
        before = page.next;
        left -= limit;
        if before.is_none() {
            break;
        }
    }
    output.document(&serde_json::json!({ "sits": sits, "next": before }));
    if sits.is_empty() {
        output.line(words::NOTHING_YET);
    }
    for sit in &sits {
        output.line(words::log_line(sit));
    }
    Ok(Exit::Done)
}

/// Prints totals.
pub fn stats(output: &mut Output) -> Result<Exit, ApiError> {
    let totals = quiet_engine(output)?.totals(Nothing {})?;
    output.document(&totals);
    for line in words::stats(&totals) {
        output.line(line);
    }
    Ok(Exit::Done)
}
