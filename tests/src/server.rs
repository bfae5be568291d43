//! The real server in front of a real Postgres, for one test; both can be killed as by a crash and
//! started again.
//!
//! Must hold: what is killed gets SIGKILL and no chance to tidy up; it comes back at the same address
//! with the same data.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use mitta_pgtest::{Database, Options, Postgres};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};

use crate::binaries::program;

const LOGIN: &str = "mitta_e2e";
const PASSWORD: &str = "only for the tests of one machine";

/// A server and its database.
pub struct TestServer {
    program: PathBuf,
    port: u16,
    running: Option<Child>,
    log: PathBuf,
    runtime: Runtime,
    // Dropped in this order: the database while its Postgres still runs.
    database: Database,
    postgres: Option<Postgres>,
    _folder: TempDir,
}

impl TestServer {
    /// A server with its own database in the Postgres that tests share.
    ///
    /// # Errors
    /// Where Postgres or the built server is missing, or does not start.
    pub fn start() -> Result<Self> {
        let cluster = mitta_pgtest::shared()?;
        Self::over(&cluster, None)
    }

    /// A server with a Postgres of its own, which may be killed.
    ///
    /// # Errors
    /// As [`TestServer::start`].
    pub fn with_own_postgres() -> Result<Self> {
        let postgres = Postgres::start(Options::default())?;
        Self::over(&postgres.admin_url(), Some(postgres))
    }

    fn over(cluster: &str, postgres: Option<Postgres>) -> Result<Self> {
        let program = program("mitta-server")?;
        let folder = tempfile::Builder::new().prefix("mitta-server-").tempdir()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let key = format!("e2e_{}", schema_key()?);
        let migrated = Database::fresh(cluster, &key, async |url: String| migrate(&program, &url));
        let database = runtime.block_on(migrated)?;
        let mut server = Self {
            program,
            port: 0,
            running: None,
            log: folder.path().join("server.log"),
            runtime,
            database,
            postgres,
            _folder: folder,
        };
        // The copy of a template is another server than its other copies.
        server.rows("UPDATE mitta.server SET server_id = gen_random_uuid()", &[])?;
        server.start_again()?;
        Ok(server)
    }

    /// Its address: plain HTTP on this machine.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its database, as the admin reaches it, to whom no row is hidden.
    pub fn database_url(&self) -> String {
        self.database.admin_url()
    }

    /// Its port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server with SIGKILL.
    ///
    /// # Errors
    /// What the system says.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut running) = self.running.take() {
            running.kill()?;
            running.wait()?;
        }
        Ok(())
    }

    /// Starts it, after [`TestServer::kill`] on the port that it had.
    ///
    /// # Errors
    /// With its log, where it does not listen.
    pub fn start_again(&mut self) -> Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let mut child = Command::new(&self.program)
            .args(["serve", "--log-format", "text"])
            .args(["--rate-per-s", "100000", "--rate-burst", "100000"])
            .arg(format!("--listen=127.0.0.1:{}", self.port))
            .env("MITTA_DATABASE_URL", self.database.url_as(LOGIN, PASSWORD)?)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdout = child.stdout.take().context("a pipe")?;
        self.running = Some(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if let Some((_, port)) = line.trim().rsplit_once(':') {
            self.port = port.parse()?;
            return Ok(());
        }
        self.kill()?;
        bail!("the server does not listen: {}", self.log());
    }

    /// Ends Postgres, every process of it, with SIGKILL.
    ///
    /// # Errors
    /// Where it is not this test's own.
    pub fn kill_postgres(&mut self) -> Result<()> {
        Ok(self.own_postgres()?.kill9()?)
    }

    /// Starts it again, and waits until it answers.
    ///
    /// # Errors
    /// As [`TestServer::kill_postgres`], or with Postgres's log.
    pub fn start_postgres_again(&mut self) -> Result<()> {
        Ok(self.own_postgres()?.start_again()?)
    }

    fn own_postgres(&mut self) -> Result<&mut Postgres> {
        self.postgres
            .as_mut()
            .context("this Postgres is shared and not to be killed")
    }

    /// The rows of a query, asked as the admin, to whom no row is hidden.
    ///
    /// # Errors
    /// What Postgres says.
    pub fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(&self.database.admin_url(), NoTls).await?;
            let connection = tokio::spawn(connection);
            let rows = client.query(sql, parameters).await.context(sql.to_owned());
            drop(client);
            connection.await??;
            rows
        })
    }

    /// The one number that a query gives.
    ///
    /// # Errors
    /// As [`TestServer::rows`], or where it gives another count of rows.
    pub fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql, &[])?;
        ensure!(rows.len() == 1, "{sql}: {} rows", rows.len());
        Ok(rows[0].try_get(0)?)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(60)..];
            eprintln!("--- mitta-server\n{}", last.join("\n"));
        }
    }
}

/// `mitta-server migrate`, with the login that the server uses.
fn migrate(program: &Path, admin_url: &str) -> Result<()> {
    let migrated = Command::new(program)
        .args(["migrate", "--create-login", LOGIN])
        .env("MITTA_ADMIN_DATABASE_URL", admin_url)
        .env("MITTA_LOGIN_PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&migrated.stderr);
    ensure!(migrated.status.success(), "mitta-server migrate: {said}");
    Ok(())
}

/// Another schema has another template.
fn schema_key() -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("migrations/postgres"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.push(root.join("crates/server/src/migrate/roles.sql"));
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        std::io::copy(&mut File::open(file)?, &mut hash)?;
    }
    let hash = hash.finalize();
    let first = hash.first_chunk().context("a hash is longer than that")?;
    Ok(format!("{:016x}", u64::from_be_bytes(*first)))
}
