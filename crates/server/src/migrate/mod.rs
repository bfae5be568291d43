//! Making and updating the tables, by an admin, apart from serving.
//!
//! Must hold: again is no change; a database newer than this program is left as it is; each
//! migration is one transaction.

use refinery::{Migration, Runner};
use tokio_postgres::{Client, NoTls};

use crate::config::DatabaseUrl;

mod embedded {
    refinery::embed_migrations!("../../migrations/postgres");
}

/// Where refinery keeps what was applied.
const HISTORY: &str = "mitta.schema_history";
/// Who migrates waits for who migrates already.
const LOCK: i64 = 0x006d_6974_7461_0001;
const ROLES: &str = include_str!("roles.sql");

/// Why a database was not migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It could not be reached.
    #[error("the database does not answer: {0}")]
    Connect(#[source] tokio_postgres::Error),
    /// A statement failed.
    #[error("{doing}: {}", said(source))]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// Postgres's error.
        source: tokio_postgres::Error,
    },
    /// A migration failed; the database is as it was before it.
    #[error("a migration failed, and was rolled back: {0}")]
    Migration(#[from] refinery::Error),
    /// Migrated by a newer program.
    #[error(
        "the database has version {found}, this program knows only {known}: it was migrated by a newer mitta-server; nothing was changed"
    )]
    Newer {
        /// Version of the database.
        found: i32,
        /// Version of this program.
        known: i32,
    },
    /// A name that is no plain one.
    #[error("a login's name has 1 to 63 characters of a-z, 0-9 and _, and begins with a letter")]
    LoginName,
    /// A password that is too short to be one.
    #[error(
        "the login's password is missing or shorter than 12 characters: give it in MITTA_LOGIN_PASSWORD or on standard input"
    )]
    LoginPassword,
    /// No database of ours.
    #[error("the database has not been migrated")]
    Unmigrated,
}

fn said(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |db| format!("{} ({})", db.message(), db.code().code()),
    )
}

fn doing(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> MigrateError {
    move |source| MigrateError::Sql { doing, source }
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The version of the database now.
    pub version: i32,
    /// The migrations that were applied, in order; empty where all were there.
    pub applied: Vec<String>,
}

/// The migrations of this program.
pub fn migrations() -> Vec<Migration> {
    embedded::migrations::runner().get_migrations().clone()
}

/// The version that this program needs.
pub fn newest() -> i32 {
    let versions = migrations().into_iter().map(|it| it.version());
    versions.max().unwrap_or(0)
}

/// Makes or updates the tables.
///
/// # Errors
/// [`MigrateError`]; what the failed migration did is rolled back.
pub async fn run(url: &DatabaseUrl) -> Result<Migrated, MigrateError> {
    with_migrations(url, &migrations()).await
}

/// As [`run`], with these migrations; their highest version is what the program knows.
///
/// # Errors
/// As [`run`].
pub async fn with_migrations(
    url: &DatabaseUrl,
    migrations: &[Migration],
) -> Result<Migrated, MigrateError> {
    let mut client = connect(url).await?;
    let lock = format!("SELECT pg_catalog.pg_advisory_lock({LOCK})");
    client
        .batch_execute(&lock)
        .await
        .map_err(doing("waiting for another migration"))?;
    let known = migrations.iter().map(Migration::version).max().unwrap_or(0);
    match version(&client).await? {
        Some(found) if found > known => return Err(MigrateError::Newer { found, known }),
        Some(_) => {}
        None => client
            .batch_execute(ROLES)
            .await
            .map_err(doing("making the roles and the schema"))?,
    }
    client
        .batch_execute("SET ROLE mitta_owner")
        .await
        .map_err(doing("acting as mitta_owner"))?;
    let mut runner = Runner::new(migrations).set_abort_divergent(true);
    runner.set_migration_table_name(HISTORY);
    let report = runner.run_async(&mut client).await?;
    let applied = report.applied_migrations().iter().map(ToString::to_string);
    // The lock goes with the connection.
    Ok(Migrated {
        version: known,
        applied: applied.collect(),
    })
}

/// Makes a login for the server, or gives it another password.
///
/// # Errors
/// [`MigrateError::LoginName`] and [`MigrateError::LoginPassword`] before anything is changed.
pub async fn create_login(
    url: &DatabaseUrl,
    name: &str,
    password: &str,
) -> Result<(), MigrateError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !(1..=63).contains(&name.len())
        || !name.chars().all(plain)
        || !name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return Err(MigrateError::LoginName);
    }
    if password.chars().count() < 12 {
        return Err(MigrateError::LoginPassword);
    }
    let client = connect(url).await?;
    // Quoted by Postgres itself; a statement that makes a role takes no parameters. What an existing
    // login could do besides is left as it is, for only a superuser may say NOSUPERUSER of it:
    // whoever serves refuses one that could do too much.
    let sql = "SELECT pg_catalog.format(
            CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1) THEN 'ALTER' ELSE 'CREATE' END
            || ' ROLE %I LOGIN PASSWORD %L; GRANT mitta_server TO %I; GRANT CONNECT ON DATABASE %I TO mitta_server',
            $1::text, $2::text, $1::text, pg_catalog.current_database())";
    let row = client.query_one(sql, &[&name, &password]).await;
    let statement: String = row.map_err(doing("naming the login"))?.get(0);
    // Not into Postgres's log, even where it logs statements: there is a password in it.
    let quiet = "SET log_statement = 'none'; SET log_min_error_statement = 'panic'";
    // Only a superuser may say that; others have it from the server's settings.
    let _ = client.batch_execute(quiet).await;
    client
        .batch_execute(&statement)
        .await
        .map_err(doing("making the login"))
}

/// Counts the epoch up, so that every device reads again and offers what it has. Answers the epoch.
///
/// It becomes the time in milliseconds: the same backup restored a second time would otherwise be
/// given the epoch that devices know from the first.
///
/// # Errors
/// [`MigrateError::Unmigrated`] where there are no tables.
pub async fn after_restore(url: &DatabaseUrl) -> Result<i64, MigrateError> {
    let client = connect(url).await?;
    version(&client).await?.ok_or(MigrateError::Unmigrated)?;
    client
        .batch_execute("SET ROLE mitta_owner")
        .await
        .map_err(doing("acting as mitta_owner"))?;
    let sql = "UPDATE mitta.server SET epoch = greatest(epoch + 1,
            (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint)
        RETURNING epoch";
    let row = client.query_one(sql, &[]).await;
    Ok(row.map_err(doing("counting the epoch up"))?.get(0))
}

async fn version(client: &Client) -> Result<Option<i32>, MigrateError> {
    let reading = "reading the database's version";
    let there =
        "SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'mitta' AND c.relname = 'schema_history'";
    let there = client.query_opt(there, &[]).await.map_err(doing(reading))?;
    if there.is_none() {
        return Ok(None);
    }
    let newest = "SELECT max(version)::int4 FROM mitta.schema_history";
    let row = client
        .query_one(newest, &[])
        .await
        .map_err(doing(reading))?;
    Ok(row.get(0))
}

async fn connect(url: &DatabaseUrl) -> Result<Client, MigrateError> {
    let connected = url.config().connect(NoTls).await;
    let (client, connection) = connected.map_err(MigrateError::Connect)?;
    tokio::spawn(async move {
        // What it would say, the client's next statement says.
        let _ = connection.await;
    });
    Ok(client)
}
