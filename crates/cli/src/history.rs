//! `mitta log` and `mitta stats`: what was sat.

use mitta_domain::past::Occurrence;
use mitta_domain::session::Words;
use mitta_runtime::api::{
    AddSitArgs, ApiError, CheckSitArgs, Commands as _, FindSitsArgs, HistoryFilter, PastStart,
    StatisticsArgs,
};
use mitta_runtime::data_dir;
use mitta_store::Reader;

use crate::args::{LogAct, LogAddArgs, LogArgs, StatsArgs};
use crate::exit::Exit;
use crate::output::Output;
use crate::{quiet_engine, words};

/// The longest page that the engine gives.
const PAGE: u32 = 500;

/// Lists the newest sits, or those that are looked for; or adds one.
pub fn log(args: LogArgs, output: &mut Output) -> Result<Exit, ApiError> {
    match args.act {
        Some(LogAct::Add(add)) => self::add(add, output),
        None => list(args, output),
    }
}

fn list(args: LogArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    let filter = HistoryFilter {
        text: args.search,
        label: args.label,
        source: args.source.map(Into::into),
        from: args.from,
        to: args.to,
    };
    let mut sits = Vec::new();
    let mut before = None;
    let mut left = args.count;
    while left > 0 {
        let limit = left.min(PAGE);
        let page = engine.find_sits(FindSitsArgs {
            filter: filter.clone(),
            before,
            limit,
        })?;
        sits.extend(page.sits);
        before = page.next;
        left -= limit;
        if before.is_none() {
            break;
        }
    }
    output.document(&serde_json::json!({ "sits": sits, "next": before }));
    if sits.is_empty() {
        let is_all = [&filter.text, &filter.label, &filter.from, &filter.to]
            .iter()
            .all(|it| it.is_none())
            && filter.source.is_none();
        output.line(if is_all {
            words::nothing_yet()
        } else {
            words::nothing_found()
        });
    }
    for sit in &sits {
        output.line(words::log_line(sit));
    }
    tell_what_is_missing(output)?;
    Ok(Exit::Done)
}

fn add(args: LogAddArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    let start = PastStart {
        wall: args.start,
        tz: args.zone,
        occurrence: if args.second {
            Occurrence::Second
        } else {
            Occurrence::First
        },
    };
    let length = args.length.join(" ");
    let check = engine.check_sit(CheckSitArgs {
        start: start.clone(),
        length: length.clone(),
        replaces: None,
    })?;
    let sit = engine.add_sit(AddSitArgs {
        start,
        length,
        words: Words {
            note: args.note,
            mood: None,
            label: args.label,
        },
        is_private: args.private,
    })?;
    output.document(&serde_json::json!({ "sit": sit, "check": check }));
    output.line(words::added(&sit));
    if check.is_twice && !args.second {
        output.line(words::time_was_twice());
    }
    for other in &check.overlaps {
        output.line(words::overlaps(other));
    }
    Ok(Exit::Done)
}

/// Prints the statistics.
pub fn stats(args: StatsArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let scope = args.into();
    let statistics = quiet_engine(output)?.statistics(StatisticsArgs { scope })?;
    output.document(&statistics);
    for line in words::statistics(&statistics) {
        output.line(line);
    }
    tell_what_is_missing(output)?;
    Ok(Exit::Done)
}

/// What was never fetched is no number of nothing: it is said, also beside a document.
fn tell_what_is_missing(output: &mut Output) -> Result<(), ApiError> {
    let reader = Reader::open(&data_dir()?)?;
    if reader.account()?.is_some() && reader.sync_state()?.last_success_ms.is_none() {
        output.note(words::history_not_fetched());
    }
    Ok(())
}
