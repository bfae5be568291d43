//! A copy that somebody chose, laid beside the history to be looked at: the file itself is only read.
//!
//! Must hold: what does not pass every check here is never restored. A file from elsewhere may be
//! anything, so nothing in it is run: its schema must be this program's to the letter before it is
//! brought to this program's format.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use refinery::Migration;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{CopyError, RestoreError, make, schema};
use crate::error::{OpenError, ReadError, is_damage};
use crate::open::{self, Found, sidecars};
use crate::tables::{account, count, heartbeat, history, sessions, settings};
use crate::{AccountRow, ChosenError, DataDir, Reader};

/// What every database of `SQLite` begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What this program's migrations write into the file.
const APPLICATION_ID: u32 = 0x4d74_7461;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The format it was written in.
    pub format: u32,
    /// Completed sits that are not deleted.
    pub sits: u64,
    /// Their credited seconds.
    pub credited_s: u64,
    /// The first and the last date of one; `None` where there is none.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Sits that were running when the copy was made.
    pub unfinished: u64,
    /// Whose it is.
    pub account: Option<AccountRow>,
}

/// What would be another after a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Against {
    /// Sits here, not deleted, that the copy does not have, or has as deleted.
    pub only_here: u64,
    /// Those of them that no server has yet.
    pub only_here_unsent: u64,
    /// Sits of the copy, not deleted, that are not here, or are deleted here.
    pub only_there: u64,
}

/// A checked copy, of this program's format, in a file of its own that goes with this value.
#[derive(Debug)]
pub struct Staged {
    source: PathBuf,
    file: StagedFile,
    contents: Contents,
}

/// The file and its sidecars. One at a time in a data folder, so that what a crash leaves is found.
#[derive(Debug)]
struct StagedFile {
    path: PathBuf,
    _turn: File,
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        // What cannot be removed now is replaced by the next one.
        let _ = remove(&self.path);
    }
}

impl Staged {
    /// Lays a copy beside the history of `dir` and checks all of it; an older one is brought to this
    /// program's format there. Waits while another copy of this folder is looked at.
    ///
    /// # Errors
    /// [`RestoreError`]: what is wrong with the copy.
    pub fn of(dir: &DataDir, source: &Path) -> Result<Self, RestoreError> {
        Self::with_migrations(dir, source, open::embedded())
    }

    pub(super) fn with_migrations(
        dir: &DataDir,
        source: &Path,
        migrations: &[Migration],
    ) -> Result<Self, RestoreError> {
        begins_like_one(dir, source)?;
        dir.create().map_err(|e| OpenError::io(e, dir))?;
        let file = lay_beside(dir, source)?;
        let checked = Check {
            source,
            file: &file.path,
            dir,
        };
        let contents = checked.contents(migrations)?;
        Ok(Self {
            source: source.to_owned(),
            file,
            contents,
        })
    }

    /// What it holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Where it came from.
    pub fn source(&self) -> &Path {
        &self.source
    }

    pub(super) fn path(&self) -> &Path {
        &self.file.path
    }

    /// What a restore would change in the history of `dir`; all of the copy where there is none.
    ///
    /// # Errors
    /// Where the history cannot be read.
    pub fn against(&self, dir: &DataDir) -> Result<Against, RestoreError> {
        let reader = match Reader::open(dir) {
            Ok(reader) => reader,
            Err(OpenError::Missing { .. }) => {
                return Ok(Against {
                    only_there: self.contents.sits,
                    ..Against::default()
                });
            }
            Err(error) => return Err(error.into()),
        };
        let connection = &reader.connection;
        attach(connection, &self.file.path)?;
        let not_in = |here: &str, there: &str| {
            format!(
                "{here}.sessions AS s WHERE s.deleted = 0 AND NOT EXISTS (\
                 SELECT 1 FROM {there}.sessions AS t \
                 WHERE t.session_id = s.session_id AND t.deleted = 0)"
            )
        };
        let (here, there) = (not_in("main", "staged"), not_in("staged", "main"));
        Ok(Against {
            only_here: count(connection, &format!("SELECT count(*) FROM {here}"), [])?,
            only_here_unsent: count(
                connection,
                &format!(
                    "SELECT count(*) FROM {here} AND EXISTS (\
                     SELECT 1 FROM main.outbox AS o WHERE o.session_id = s.session_id)"
                ),
                [],
            )?,
            only_there: count(connection, &format!("SELECT count(*) FROM {there}"), [])?,
        })
    }
}

/// Puts the staged file beside the history on one connection, as `staged`.
pub(super) fn attach(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    let path = path.to_string_lossy().into_owned();
    connection
        .execute("ATTACH DATABASE ?1 AS staged", [path])
        .map(drop)
}

fn begins_like_one(dir: &DataDir, source: &Path) -> Result<(), RestoreError> {
    let mut head = Vec::with_capacity(MAGIC.len());
    let length = u64::try_from(MAGIC.len()).unwrap_or_default();
    let file = open_chosen(dir, source)?;
    file.take(length)
        .read_to_end(&mut head)
        .map_err(|error| unreadable(source, &error))?;
    if head == MAGIC {
        Ok(())
    } else {
        Err(RestoreError::NotADatabase {
            path: source.to_owned(),
        })
    }
}

fn open_chosen(dir: &DataDir, path: &Path) -> Result<File, RestoreError> {
    dir.open_chosen(path).map_err(|error| match error {
        ChosenError::Own(path) => RestoreError::Own { path },
        ChosenError::NotAFile(path) => RestoreError::NotADatabase { path },
        ChosenError::Io(error) => unreadable(path, &error),
    })
}

fn unreadable(path: &Path, error: &io::Error) -> RestoreError {
    RestoreError::Unreadable {
        path: path.to_owned(),
        detail: error.to_string(),
    }
}

fn lay_beside(dir: &DataDir, source: &Path) -> Result<StagedFile, RestoreError> {
    let path = dir.staged();
    let staging = |error: &io::Error| RestoreError::Staging(CopyError::io(error, &dir.backups()));
    let turn = turn(dir).map_err(|error| staging(&error))?;
    remove(&path).map_err(|error| staging(&error))?;
    let file = StagedFile { path, _turn: turn };
    // The log of a copy that was made of a folder in use belongs to it.
    let pairs = [(source.to_owned(), file.path.clone())].into_iter().chain(
        sidecars(source)
            .into_iter()
            .zip(sidecars(&file.path))
            .take(1),
    );
    for (nth, (from, to)) in pairs.enumerate() {
        if nth > 0 && fs::metadata(&from).is_err_and(|it| it.kind() == io::ErrorKind::NotFound) {
            continue;
        }
        let mut from = open_chosen(dir, &from)?;
        let mut to = make::new_file(&to).map_err(|error| staging(&error))?;
        io::copy(&mut from, &mut to).map_err(|error| staging(&error))?;
    }
    Ok(file)
}

fn turn(dir: &DataDir) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = options.open(dir.staged_lock())?;
    file.lock()?;
    Ok(file)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    for file in [path.to_owned()].into_iter().chain(sidecars(path)) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The looking over of a staged file.
struct Check<'a> {
    source: &'a Path,
    file: &'a Path,
    dir: &'a DataDir,
}

impl Check<'_> {
    fn contents(&self, migrations: &[Migration]) -> Result<Contents, RestoreError> {
        let mut connection = self.open()?;
        let format = self.format(&connection, migrations)?;
        self.is_whole(&connection)?;
        if self.sqlite(schema::of(&connection))?
            != schema::at(migrations, format)
                .map_err(|e| RestoreError::Open(OpenError::Migration(e)))?
        {
            return Err(self.foreign());
        }
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, true))
            .map_err(RestoreError::from)?;
        open::migrate(&mut connection, migrations, self.dir)?;
        self.read(&connection, format)
    }

    fn open(&self) -> Result<Connection, RestoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(self.file, flags).and_then(|connection| {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            // It is thrown away if anything happens to it.
            connection.pragma_update(None, "synchronous", "off")?;
            connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
            connection.pragma_update(None, "foreign_keys", true)?;
            Ok(connection)
        });
        self.sqlite(opened)
    }

    fn format(
        &self,
        connection: &Connection,
        migrations: &[Migration],
    ) -> Result<u32, RestoreError> {
        let application_id: u32 = self.sqlite(connection.query_row(
            "SELECT application_id FROM pragma_application_id",
            [],
            |row| row.get(0),
        ))?;
        if application_id != APPLICATION_ID {
            return Err(self.foreign());
        }
        match open::version(connection, self.source, migrations) {
            Ok(Found::Ours(format)) if format > 0 => Ok(format),
            Ok(_) | Err(open::Failure::Verdict(OpenError::Foreign { .. })) => Err(self.foreign()),
            Err(open::Failure::Verdict(OpenError::Newer { found, known })) => {
                Err(RestoreError::Newer { found, known })
            }
            Err(open::Failure::Verdict(error)) => Err(error.into()),
            Err(open::Failure::Sqlite(error)) => self.sqlite(Err(error)),
        }
    }

    fn is_whole(&self, connection: &Connection) -> Result<(), RestoreError> {
        let verdict: String =
            self.sqlite(connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        if verdict != "ok" {
            return Err(self.damaged(verdict));
        }
        let orphans = self.sqlite(connection.query_row(
            "SELECT count(*) FROM pragma_foreign_key_check",
            [],
            |row| row.get::<_, u32>(0),
        ))?;
        if orphans > 0 {
            return Err(self.damaged("rows point to sits that are not there".to_owned()));
        }
        Ok(())
    }

    /// Reads what a start of the program reads, and each row of the history.
    fn read(&self, connection: &Connection, format: u32) -> Result<Contents, RestoreError> {
        let span = self.understood(history::span(connection))?;
        let unfinished = self.understood(heartbeat::unfinished(connection))?;
        self.understood(settings::saved(connection))?;
        self.understood(sessions::each(connection, |_| ControlFlow::Continue(())))?;
        Ok(Contents {
            format,
            sits: span.map_or(0, |span| u64::from(span.sits)),
            credited_s: span.map_or(0, |span| span.credited_s),
            dates: span.map(|span| (span.span.from, span.span.to)),
            unfinished: unfinished.len() as u64,
            account: self.understood(account::find(connection))?,
        })
    }

    fn understood<T>(&self, read: Result<T, ReadError>) -> Result<T, RestoreError> {
        read.map_err(|error| match error {
            ReadError::Sqlite(error) if !is_damage(&error) => ReadError::Sqlite(error).into(),
            other => self.damaged(other.to_string()),
        })
    }

    fn sqlite<T>(&self, done: rusqlite::Result<T>) -> Result<T, RestoreError> {
        done.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => RestoreError::NotADatabase {
                path: self.source.to_owned(),
            },
            _ if is_damage(&error) => self.damaged(error.to_string()),
            _ => RestoreError::Staging(CopyError::sqlite(error, self.file)),
        })
    }

    fn damaged(&self, detail: String) -> RestoreError {
        RestoreError::Damaged {
            path: self.source.to_owned(),
            detail,
        }
    }

    fn foreign(&self) -> RestoreError {
        RestoreError::Foreign {
            path: self.source.to_owned(),
        }
    }
}
