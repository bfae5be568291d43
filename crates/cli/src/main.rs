//! `mitta`: the terminal. Sits, lists, totals and a doctor on the same data folder as the window.
//!
//! Must hold: it never links `WebKit`, takes time from the engine's clock alone, and whatever
//! becomes of its output, a sit that has begun goes on (I9).

mod account;
mod args;
mod backup;
mod desktop;
mod doctor;
mod exit;
mod history;
mod language;
mod manual;
mod output;
mod partners;
mod presets;
mod progress;
mod recover;
mod sit;
mod transfer;
mod words;

use std::process::ExitCode;
use std::sync::Arc;

use mitta_domain::Settings;
use mitta_runtime::api::ApiError;
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::SilentOutput;
use mitta_runtime::{Config, Drive, Engine, Signal, data_dir, name_profile};
use mitta_sync::api::AccountError;
use mitta_words::Locale;

use args::{Args, Verb};
use exit::Exit;
use output::Output;

fn main() -> ExitCode {
    language::choose();
    let args = Args::of_this_process();
    let mut output = Output::new(args.json);
    let exit = match args.profile.as_deref().map(name_profile) {
        Some(Err(error)) => failed(&error, &mut output),
        Some(Ok(())) | None => act(args, &mut output),
    };
    output.close(exit).into()
}

fn act(args: Args, output: &mut Output) -> Exit {
    let done = match args.verb {
        None => Ok(desktop::start(args.profile.as_deref(), output)),
        Some(Verb::Sit(sit)) => sit::run(&sit, output),
        Some(Verb::Log(log)) => history::log(log, output),
        Some(Verb::Stats(args)) => history::stats(args, output),
        Some(Verb::Presets) => presets::list(output),
        Some(Verb::Recover(recover)) => recover::run(&recover, output),
        Some(Verb::Import(import)) => transfer::import(&import, output),
        Some(Verb::Export(export)) => transfer::export(&export, output),
        Some(Verb::Completions { shell }) => Ok(manual::completions(shell, output)),
        Some(Verb::Manual { dir }) => Ok(manual::pages(&dir, output)),
        Some(Verb::Backup(args)) => backup::back_up(&args, output),
        Some(Verb::Restore(args)) => backup::restore(&args, output),
        Some(Verb::Doctor { session_id: None }) => doctor::run(output),
        Some(Verb::Doctor {
            session_id: Some(session_id),
        }) => doctor::sit(session_id, output),
        Some(Verb::Sync(sync)) => return of_account(account::sync(&sync, output), output),
        Some(Verb::Account(account)) => return of_account(account::run(account, output), output),
        Some(Verb::Partners(partners)) => {
            return of_account(partners::run(partners, output), output);
        }
    };
    done.unwrap_or_else(|error| failed(&error, output))
}

fn failed(error: &ApiError, output: &mut Output) -> Exit {
    output.error(error);
    Exit::of(error.code)
}

fn of_account(done: Result<Exit, AccountError>, output: &mut Output) -> Exit {
    done.unwrap_or_else(|error| {
        output.account_error(&error);
        Exit::from(error.code)
    })
}

/// What holds until a person changes a setting.
fn usual_settings() -> Settings {
    Settings {
        week_start: Locale::of_system().first_weekday(),
        ..Settings::default()
    }
}

/// The engine of a verb that only looks or edits: no sound, no timer thread, nothing resumed.
fn quiet_engine(output: &mut Output) -> Result<Engine, ApiError> {
    engine_that_tells(output, |_| {})
}

/// A quiet engine that tells what happens in it.
fn engine_that_tells(
    output: &mut Output,
    on_signal: impl Fn(Signal) + Send + Sync + 'static,
) -> Result<Engine, ApiError> {
    use mitta_runtime::api::{Commands as _, Nothing};
    let engine = Engine::start(Config {
        dir: data_dir()?,
        clock: Arc::new(SystemClock::new()),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(on_signal),
        usual: usual_settings(),
        resume: false,
        drive: Drive::ByHand,
    })?;
    for notice in engine.snapshot(Nothing {})?.notices {
        output.error(&notice.error);
    }
    Ok(engine)
}
