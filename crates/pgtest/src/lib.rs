//! A private Postgres from the system's package, for tests, for trials on one machine and for
//! measurements.
//!
//! Must hold: it listens on loopback and on a socket only its owner reaches, asks for a password
//! that nobody chose, and never outlives the process that started it, however that ended.
//! Nothing here is part of what a person installs.

mod binaries;
mod database;
mod postgres;
mod processes;

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

pub use binaries::Owner;
pub use database::Database;
pub use postgres::{Options, Postgres};

/// An admin URL of a running cluster. Where it is set, tests use that cluster and start none.
pub const SHARED_CLUSTER: &str = "MITTA_TEST_POSTGRES";

/// Why a Postgres or a database of it is not there.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// The programs are not installed.
    #[error(
        "no Postgres programs found (initdb, postgres): install the package postgresql, or name their folder in MITTA_POSTGRES_BIN"
    )]
    NotInstalled,
    /// Postgres refuses to run as root, and there is nobody to run it as.
    #[error("Postgres does not run as root, and there is no user postgres to run it as")]
    NoUser,
    /// A file or a process.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// A program of Postgres ended with an error.
    #[error("{program} failed:\n{said}")]
    Failed {
        /// The program.
        program: &'static str,
        /// The end of what it said.
        said: String,
    },
    /// It did not become ready, or did not end, in time.
    #[error("Postgres in {} {what}; it said:\n{said}", dir.display())]
    NotInTime {
        /// Its folder.
        dir: PathBuf,
        /// What did not happen.
        what: &'static str,
        /// The end of its log.
        said: String,
    },
    /// The URL of the cluster is none.
    #[error("the cluster's URL is no postgres:// URL: {0}")]
    Url(String),
    /// A statement.
    #[error("{doing}: {source}")]
    Sql {
        /// What was being done.
        doing: String,
        /// Postgres's error.
        source: tokio_postgres::Error,
    },
    /// The caller's migration of the template.
    #[error("migrating the template: {0}")]
    Migration(String),
}

impl PgError {
    fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        |source| Self::Io { doing, source }
    }

    fn sql(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let doing = doing.into();
        |source| Self::Sql { doing, source }
    }
}

/// The admin URL of the cluster that tests share: the one named by [`SHARED_CLUSTER`], else one
/// that is started for this process (fsync off) and ends with it.
///
/// # Errors
/// [`PgError`] where it cannot be started.
pub fn shared() -> Result<String, PgError> {
    static STARTED: OnceLock<Mutex<Option<Postgres>>> = OnceLock::new();
    if let Ok(url) = std::env::var(SHARED_CLUSTER)
        && !url.is_empty()
    {
        return Ok(url);
    }
    let mut started = match STARTED.get_or_init(Mutex::default).lock() {
        Ok(started) => started,
        Err(poisoned) => poisoned.into_inner(),
    };
    if let Some(postgres) = started.as_ref() {
        return Ok(postgres.admin_url());
    }
    let postgres = Postgres::start(Options::default())?;
    let url = postgres.admin_url();
    *started = Some(postgres);
    Ok(url)
}

/// What nobody guesses and nobody had before: 32 hexadecimal digits.
fn random_hex() -> Result<String, PgError> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| PgError::Io {
        doing: "reading randomness".into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}
