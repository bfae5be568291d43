//! A Postgres that waits for the disk, the real server in front of it, and persons who are signed in.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mitta_pgtest::{Database, Options, Postgres};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const LOGIN: &str = "mitta_bench";
const PASSWORD: &str = "only for measuring";

/// The place of a measurement.
pub struct Bed {
    // Dropped in this order: the server, then the database, then its Postgres.
    server: Child,
    port: u16,
    pub runtime: Runtime,
    pub admin: Client,
    pub database: Database,
    _postgres: Postgres,
    _folder: tempfile::TempDir,
    made: AtomicU64,
}

/// Somebody with an account, signed in on one device.
#[derive(Debug, Clone)]
pub struct Person {
    pub person_id: Uuid,
    pub token: String,
}

impl Bed {
    pub fn make() -> Self {
        // Not /tmp, which may be memory; and its user has to get there.
        let folder = tempfile::Builder::new()
            .prefix("mitta-bench-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o711))
            .tempdir_in("/var/tmp")
            .unwrap();
        let postgres = Postgres::start(Options {
            dir: Some(folder.path().join("postgres")),
            fsync: true,
            // A checkpoint in the middle would be measured by whoever comes last.
            settings: vec![("max_wal_size".to_owned(), "3GB".to_owned())],
            ..Options::default()
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let database = runtime
            .block_on(Database::empty(&postgres.admin_url()))
            .unwrap();
        let migrated = Command::new(program("mitta-server"))
            .args(["migrate", "--create-login", LOGIN])
            .env("MITTA_ADMIN_DATABASE_URL", database.admin_url())
            .env("MITTA_LOGIN_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(migrated.success(), "the database could not be migrated");
        let admin = runtime.block_on(connect(&database.admin_url()));
        let (server, port) = serve(&server_url(&database));
        Self {
            server,
            port,
            runtime,
            admin,
            database,
            _postgres: postgres,
            _folder: folder,
            made: AtomicU64::new(1),
        }
    }

    /// Another server process, as fresh as after a restart.
    pub fn serve_anew(&self) -> Served {
        let (process, port) = serve(&server_url(&self.database));
        Served { process, port }
    }

    /// The server's address: plain HTTP on this machine.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn server_pid(&self) -> u32 {
        self.server.id()
    }

    /// The URL with which the server reaches its database.
    pub fn server_url(&self) -> String {
        server_url(&self.database)
    }

    pub fn server_id(&self) -> Uuid {
        let sql = "SELECT server_id FROM mitta.server";
        let row = self.runtime.block_on(self.admin.query_one(sql, &[]));
        row.unwrap().get(0)
    }

    /// An id that nobody has.
    pub fn fresh_id(&self) -> Uuid {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128((7_u128 << 76) | (2_u128 << 62) | u128::from(number))
    }

    /// Somebody new.
    pub fn person(&self) -> Person {
        let person_id = self.fresh_id();
        self.enter(person_id);
        Person {
            person_id,
            token: self.sign_in(person_id),
        }
    }

    /// Makes the account of somebody with that id.
    pub fn enter(&self, person_id: Uuid) {
        let sql = "WITH made AS (
                INSERT INTO mitta.accounts (person_id, login, display_name, password_hash, created_at_ms)
                VALUES ($1, 'p' || replace($1::uuid::text, '-', ''), 'Somebody', '-', 0))
            INSERT INTO mitta.feeds (person_id, share_id, head_seq) VALUES ($1, $1, 0)";
        assert_eq!(self.execute(sql, &[&person_id]), 1);
    }

    /// A token for a new device of that person.
    pub fn sign_in(&self, person_id: Uuid) -> String {
        let mut bytes = [0_u8; 32];
        bytes[..16].copy_from_slice(self.fresh_id().as_bytes());
        let token = format!("mitta_{}", URL_SAFE_NO_PAD.encode(bytes));
        self.store_token(person_id, &Sha256::digest(token.as_bytes()));
        token
    }

    /// Stores a token by its hash, for a new device of that person.
    pub fn store_token(&self, person_id: Uuid, sha256: &[u8]) {
        let device_id = self.fresh_id();
        let sql = "WITH device AS (
                INSERT INTO mitta.devices (person_id, device_id, name, created_at_ms, last_seen_at_ms)
                VALUES ($1, $2, 'A device', 0, 0) RETURNING 1)
            INSERT INTO mitta.tokens (token_sha256, person_id, device_id, kind, created_at_ms,
                last_seen_at_ms, expires_at_ms)
            SELECT $3, $1, $2, 'device', 0, 9000000000000, 9000000000000 FROM device";
        assert_eq!(self.execute(sql, &[&person_id, &device_id, &sha256]), 1);
    }

    /// Runs a statement as the admin; says how many rows it changed.
    pub fn execute(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> u64 {
        let done = self.admin.execute(sql, params);
        self.runtime.block_on(done).unwrap()
    }

    /// How many rows a table has of a person.
    pub fn count(&self, table: &str, person_id: Uuid) -> i64 {
        let sql = format!("SELECT count(*) FROM mitta.{table} WHERE person_id = $1");
        let row = self
            .runtime
            .block_on(self.admin.query_one(&sql, &[&person_id]));
        row.unwrap().get(0)
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// A server process of its own.
pub struct Served {
    process: Child,
    port: u16,
}

impl Served {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // It may have ended by itself; either way it is gone afterwards.
    let _ = process.kill();
    let _ = process.wait();
}

fn server_url(database: &Database) -> String {
    database.url_as(LOGIN, PASSWORD).unwrap()
}

fn serve(database_url: &str) -> (Child, u16) {
    let mut process = Command::new(program("mitta-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
        .args(["--rate-per-s", "1000000", "--rate-burst", "1000000"])
        .env("MITTA_DATABASE_URL", database_url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let (_, port) = line.trim().rsplit_once(':').unwrap();
    (process, port.parse().unwrap())
}

/// A connection whose other half runs on the current runtime.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // What it would say, the client's next statement says.
        let _ = connection.await;
    });
    client
}

/// A program of Mitta, built beside this one.
pub fn program(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}
