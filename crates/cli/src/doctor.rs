//! `mitta doctor`: looks everything over that a sit needs, or tells what happened to one sit.
//!
//! Must hold: it repairs, moves and creates nothing in the data folder, and an account is looked at
//! only in a history that is whole. What is looked at is decided elsewhere, for the window too.

use mitta_domain::SessionId;
use mitta_runtime::api::{ApiError, Commands as _, OfSession};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::{data_dir, doctor};
use mitta_store::Reader;
use mitta_sync::api::{AccountCheck, AccountError, Commands as _, NoArgs};
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::words::Told;
use crate::{account, quiet_engine, words};

/// Looks everything over.
pub fn run(output: &mut Output) -> Result<Exit, ApiError> {
    let dir = data_dir()?;
    let clock = SystemClock::new();
    let zone = clock.zone().unwrap_or_default();
    let mut told = Vec::new();
    let mut tell = |it: Told| {
        output.line(words::told(&it));
        told.push(it);
    };
    let bells = doctor::bells(&dir);
    let found = doctor::examine(&dir, &clock, &*bells, &mut |check| {
        tell(words::check(check, &dir, zone));
    });
    // A history that is not whole is not touched by what opens it for writing.
    if found.is_database_well {
        let checks = match of_account(&dir) {
            Ok(checks) => checks,
            Err(error) => vec![words::account_unknown(&error)],
        };
        for check in checks {
            tell(words::account_check(&check, zone));
        }
    }
    let ok = told.iter().all(|it| it.ok);
    output.document(&json!({
        "ok": ok,
        "version": env!("CARGO_PKG_VERSION"),
        "checks": told,
    }));
    output.line(words::doctor_says(ok));
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

/// Without an account there is no network, and no sync.
fn of_account(dir: &mitta_store::DataDir) -> Result<Vec<AccountCheck>, AccountError> {
    if Reader::open(dir)?.account()?.is_none() {
        return Ok(vec![words::no_account()]);
    }
    Ok(account::engine()?.examine_account(NoArgs {})?.checks)
}

/// Tells what happened to one sit.
pub fn sit(session_id: SessionId, output: &mut Output) -> Result<Exit, ApiError> {
    let story = quiet_engine(output)?.story(OfSession { session_id })?;
    output.document(&story);
    for line in words::story(&story, SystemClock::new().zone().unwrap_or_default()) {
        output.line(line);
    }
    Ok(Exit::Done)
}
