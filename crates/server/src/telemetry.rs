//! What the server tells about itself: log lines and counters.
//!
//! Must hold: neither ever carries a header, a query, a body or anything else that a request
//! brought, but its method and the template of its route.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;
use crate::db::Db;

/// Upper bounds of the latency buckets, in seconds.
const LATENCY_S: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The counters of this process.
#[derive(Debug, Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The counters of this process, which has them once.
    ///
    /// # Errors
    /// [`BuildError`] where the recorder could not be made.
    pub fn install() -> Result<Self, BuildError> {
        static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
        if let Some(handle) = INSTALLED.get() {
            return Ok(Self(handle.clone()));
        }
        let latency = Matcher::Full("http_request_seconds".to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(latency, &LATENCY_S)?
            .build_recorder();
        let handle = INSTALLED.get_or_init(|| recorder.handle());
        // A second one at the same instant: the first counts.
        if metrics::set_global_recorder(recorder).is_ok() {
            describe();
        }
        Ok(Self(handle.clone()))
    }

    /// As Prometheus reads it.
    pub fn render(&self, db: &Db) -> String {
        let pool = db.pool_use();
        for (state, count) in [
            ("open", pool.open),
            ("free", pool.free),
            ("waiting", pool.waiting),
        ] {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("db_pool", "state" => state).set(count);
        }
        self.0.run_upkeep();
        self.0.render()
    }
}

fn describe() {
    metrics::describe_counter!(
        "http_requests_total",
        "Requests by route, method and status."
    );
    metrics::describe_histogram!(
        "http_request_seconds",
        metrics::Unit::Seconds,
        "From a request's headers to the head of its answer, by route."
    );
    metrics::describe_counter!("push_ops_total", "Ops of pushes by outcome.");
    metrics::describe_gauge!(
        "db_pool",
        "Connections to Postgres, and requests that wait."
    );
}

/// Counts a request that was answered.
pub fn count_request(route: &str, method: &'static str, status: u16, took: Duration) {
    let route = route.to_owned();
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(took.as_secs_f64());
}

/// Counts the ops of a push that had this outcome: `applied`, `duplicate`, `superseded`,
/// `rejected` or `retry`.
pub fn count_ops(outcome: &'static str, ops: u64) {
    metrics::counter!("push_ops_total", "outcome" => outcome).increment(ops);
}

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The directives are none.
    #[error("MITTA_LOG or --log: {0}")]
    Directives(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody logs already.
    #[error("logging: {0}")]
    Taken(#[from] tracing::dispatcher::SetGlobalDefaultError),
}

/// Logs to standard error from now on.
///
/// # Errors
/// [`LogError`] where the directives are none.
pub fn log_to_stderr(directives: &str, format: LogFormat) -> Result<(), LogError> {
    tracing::dispatcher::set_global_default(log_to(directives, format, io::stderr)?)?;
    Ok(())
}

/// A log with these directives that is written to `writer`.
///
/// # Errors
/// [`LogError`] where the directives are none.
pub fn log_to<W>(
    directives: &str,
    format: LogFormat,
    writer: W,
) -> Result<tracing::Dispatch, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(directives)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false);
    Ok(match format {
        LogFormat::Json => log.json().flatten_event(true).into(),
        LogFormat::Text => log.into(),
    })
}
