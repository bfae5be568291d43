//! `mitta` in a terminal: the real program on a data folder of its own, with pipes or on a real
//! terminal (util-linux's `script`), and the rows it left.

mod running;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::binaries::program;
use running::PATIENCE;
pub use running::{Ran, Running};

/// A data folder and the terminal program on it.
pub struct Terminal {
    folder: TempDir,
    mitta: PathBuf,
}

/// A row of `sessions`, as far as a terminal's tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub session_id: String,
    /// `running` or `completed`.
    pub state: String,
    /// Planned seconds.
    pub planned_s: Option<u32>,
    /// What completion credited.
    pub credited_s: Option<u32>,
    /// Kept overtime.
    pub overtime_s: Option<u32>,
    /// Its label.
    pub label: Option<String>,
    /// Its tombstone.
    pub deleted: bool,
    /// Ops in the outbox.
    pub ops: u32,
}

impl Terminal {
    /// A new folder, empty.
    ///
    /// # Errors
    /// Where `mitta` has not been built.
    pub fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::Builder::new()
                .prefix("mitta-terminal-")
                .tempdir()?,
            mitta: program("mitta")?,
        })
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.dir().join("mitta.sqlite3")
    }

    /// `mitta` with these arguments, not started.
    pub fn mitta(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.mitta);
        command
            .args(args)
            .env("MITTA_DATA_DIR", self.dir())
            // In English, as the tests read it.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .stdin(Stdio::null());
        command
    }

    /// Runs `mitta` to its end.
    ///
    /// # Errors
    /// Where it does not start or end.
    pub fn run(&self, args: &[&str]) -> Result<Ran> {
        Running::start(self.mitta(args))?.end()
    }

    /// Starts `mitta` without a terminal.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(&self, args: &[&str]) -> Result<Running> {
        Running::start(self.mitta(args))
    }

    /// Starts `mitta` on a terminal; `line` is its arguments as a shell reads them.
    ///
    /// # Errors
    /// Where `script` is not there.
    pub fn start_on_terminal(&self, line: &str) -> Result<Running> {
        let mut command = Command::new("script");
        let line = format!("exec '{}' {line}", self.mitta.display());
        command.args([
            "--quiet",
            "--return",
            "--flush",
            "--command",
            &line,
            "/dev/null",
        ]);
        command
            .env("MITTA_DATA_DIR", self.dir())
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped());
        Running::start(command)
    }

    /// A connection that looks and never writes.
    ///
    /// # Errors
    /// What the database says.
    pub fn look(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Ok(Connection::open_with_flags(self.database(), flags)?)
    }

    /// All rows, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn rows(&self) -> Result<Vec<Row>> {
        let connection = self.look()?;
        let mut statement = connection.prepare(
            "SELECT session_id, state, planned_s, completion_credited_s, overtime_s, \
             coalesce(label, plan ->> '$.label'), deleted, \
             (SELECT count(*) FROM outbox WHERE outbox.session_id = sessions.session_id) \
             FROM sessions ORDER BY session_id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Row {
                session_id: row.get(0)?,
                state: row.get(1)?,
                planned_s: row.get(2)?,
                credited_s: row.get(3)?,
                overtime_s: row.get(4)?,
                label: row.get(5)?,
                deleted: row.get(6)?,
                ops: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The kinds of a session's events, in order.
    ///
    /// # Errors
    /// What the database says.
    pub fn events(&self, session_id: &str) -> Result<Vec<String>> {
        let connection = self.look()?;
        let mut statement = connection
            .prepare("SELECT kind FROM session_events WHERE session_id = ?1 ORDER BY event_seq")?;
        let kinds = statement.query_map([session_id], |row| row.get(0))?;
        Ok(kinds.collect::<rusqlite::Result<_>>()?)
    }
}

/// Locks the database as another program might, until dropped.
///
/// # Errors
/// What the database says.
pub fn lock_database(terminal: &Terminal) -> Result<Connection> {
    let connection = Connection::open(terminal.database())?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    Ok(connection)
}

/// Overwrites the middle of the database, with its log emptied into it.
///
/// # Errors
/// What the system says.
pub fn damage(terminal: &Terminal) -> Result<()> {
    use std::io::{Seek as _, SeekFrom};
    let connection = Connection::open(terminal.database())?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    let mut file = File::options().write(true).open(terminal.database())?;
    file.seek(SeekFrom::Start(4096))?;
    file.write_all(&[0xA5; 16 * 1024])?;
    Ok(file.sync_all()?)
}
