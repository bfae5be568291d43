//! The rolling log in the data folder: a file a day, the last seven kept. Nothing private in it.

use mitta_store::DataDir;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts logging; `MITTA_LOG` overrides the filter. Without a log the app runs all the same.
pub fn start(dir: &DataDir) -> Option<WorkerGuard> {
    // A folder that cannot be made is the engine's to report.
    dir.create().ok()?;
    let appender = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("mitta")
        .filename_suffix("log")
        .max_log_files(7)
        .build(dir.logs())
        .inspect_err(|error| eprintln!("mitta-desktop: no log: {error}"))
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter =
        EnvFilter::try_from_env("MITTA_LOG").unwrap_or_else(|_| EnvFilter::new("info,zbus=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .init();
    Some(guard)
}
