//! A device of a person: a data folder, the real `mitta` on it, and what its database says.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek as _, Write as _};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use mitta_domain::share::SharedSit;
use mitta_domain::{Session, SessionId, ShareId};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::ids::Ids;
use mitta_store::{DataDir, Edit, Opening, Reader, Stamped, Writer};
use serde_json::Value;

use crate::terminal::{Ran, Running, Terminal};

/// A bus that is not there: no keyring, whatever else runs on this machine.
const NO_BUS: &str = "unix:path=/nonexistent/bus";
/// More rows than any test makes.
const ALL: u32 = 10_000;

/// What sessions or shared sits are told apart by.
pub type ById<T> = BTreeMap<SessionId, T>;

/// A data folder, without a keyring.
pub struct TestDevice {
    /// The folder and the program on it.
    pub terminal: Terminal,
}

impl TestDevice {
    /// A new one, empty.
    ///
    /// # Errors
    /// Where `mitta` has not been built.
    pub fn new() -> Result<Self> {
        let terminal = Terminal::new()?;
        Ok(Self { terminal })
    }

    /// `mitta --json` with these arguments, not started.
    pub fn mitta(&self, args: &[&str]) -> Command {
        let mut command = self.terminal.mitta(&[&["--json"], args].concat());
        command.env("DBUS_SESSION_BUS_ADDRESS", NO_BUS);
        command
    }

    /// Runs `mitta --json` to its end, with lines on its standard input.
    ///
    /// # Errors
    /// Where it does not start or end.
    pub fn ask(&self, args: &[&str], lines: &[&str]) -> Result<Ran> {
        Running::start(self.asking(args, lines)?)?.end()
    }

    /// As [`TestDevice::ask`], not started.
    ///
    /// # Errors
    /// What the system says.
    pub fn asking(&self, args: &[&str], lines: &[&str]) -> Result<Command> {
        let mut input = tempfile::tempfile()?;
        for line in lines {
            writeln!(input, "{line}")?;
        }
        input.rewind()?;
        let mut command = self.mitta(args);
        command.stdin(input);
        Ok(command)
    }

    /// As [`TestDevice::ask`], and it has to succeed: its JSON.
    ///
    /// # Errors
    /// Where it exits with another code than 0, or prints no JSON.
    pub fn done(&self, args: &[&str], lines: &[&str]) -> Result<Value> {
        let ran = self.ask(args, lines)?;
        ensure!(ran.code == Some(0), "{args:?}: {ran:?}");
        ran.json()?.pop().context("a document")
    }

    /// As [`TestDevice::ask`], and it has to fail: exit code and code of the error.
    ///
    /// # Errors
    /// Where it succeeds or prints no error.
    pub fn refused(&self, args: &[&str], lines: &[&str]) -> Result<(i32, String)> {
        let ran = self.ask(args, lines)?;
        ensure!(ran.code != Some(0), "{args:?}: {ran:?}");
        Ok((ran.code.context("killed")?, ran.error_code()?))
    }

    /// Signs up, named as the login; the sits here are added. What it printed.
    ///
    /// # Errors
    /// Where it fails.
    pub fn sign_up(&self, url: &str, login: &str, password: &str) -> Result<Value> {
        let place = place("sign-up", url, login);
        self.done(&[&place[..], &["--name", login]].concat(), &[password])
    }

    /// Signs in; the sits here are added. What it printed.
    ///
    /// # Errors
    /// Where it fails.
    pub fn sign_in(&self, url: &str, login: &str, password: &str) -> Result<Value> {
        self.done(&place("sign-in", url, login), &[password])
    }

    /// `mitta sync`: exit code and the state afterwards.
    ///
    /// # Errors
    /// Where it prints none.
    pub fn sync(&self) -> Result<(Option<i32>, Value)> {
        let ran = self.ask(&["sync"], &[])?;
        let view = ran.json()?.pop();
        Ok((ran.code, view.with_context(|| format!("{ran:?}"))?))
    }

    /// `mitta sync`, and it has to end in step.
    ///
    /// # Errors
    /// Where it does not.
    pub fn synced(&self) -> Result<Value> {
        let (code, view) = self.sync()?;
        ensure!(
            code == Some(0) && view["word"] == "up_to_date",
            "{code:?} {view}"
        );
        Ok(view)
    }

    /// `mitta sit` for that long; the id that it acknowledged as recorded.
    ///
    /// # Errors
    /// Where it was not recorded.
    pub fn sit(&self, length: &str) -> Result<SessionId> {
        self.sat(self.start_sit(length)?)
    }

    /// `mitta sit`, under way.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start_sit(&self, length: &str) -> Result<Running> {
        let args = ["sit", length, "--preparation", "0", "--no-sound"];
        Running::start(self.mitta(&args))
    }

    /// The id that a sit acknowledged as recorded.
    ///
    /// # Errors
    /// Where it was not recorded.
    pub fn sat(&self, sit: Running) -> Result<SessionId> {
        let ran = sit.end()?;
        ensure!(ran.code == Some(0), "{ran:?}");
        let told = ran.json()?;
        let completed = told.iter().find(|it| it["event"] == "completed");
        let id = completed.and_then(|it| it["session_id"].as_str());
        Ok(id.with_context(|| format!("{told:?}"))?.parse()?)
    }

    /// Edits a sit as the window does, from another process than the terminal's.
    ///
    /// # Errors
    /// What the database says.
    pub fn edit(&self, session_id: SessionId, edit: &Edit) -> Result<()> {
        let now = SystemClock::new().now().wall_ms;
        let opening = Opening::new(now, Ids.device(now));
        let (mut writer, _) = Writer::open(&self.dir(), opening)?;
        let at = Stamped {
            wall_ms: now,
            op_id: Ids.op(now),
        };
        writer.edit(session_id, edit, at)?;
        Ok(())
    }

    /// Its data folder.
    pub fn dir(&self) -> DataDir {
        DataDir::new(self.terminal.dir())
    }

    /// Its history, read only.
    ///
    /// # Errors
    /// What the database says.
    pub fn reader(&self) -> Result<Reader> {
        Ok(Reader::open(&self.dir())?)
    }

    /// All sessions of its own person, deleted ones too.
    ///
    /// # Errors
    /// What the database says.
    pub fn sessions(&self) -> Result<ById<Session>> {
        let reader = self.reader()?;
        let mut sessions = ById::new();
        for row in self.terminal.rows()? {
            let session_id: SessionId = row.session_id.parse()?;
            let session = reader.session(session_id)?.context("a row")?;
            sessions.insert(session_id, session);
        }
        Ok(sessions)
    }

    /// The shares of other persons that it may read.
    ///
    /// # Errors
    /// What the database says.
    pub fn partner_shares(&self) -> Result<Vec<ShareId>> {
        let reader = self.reader()?;
        let person = reader.account()?.context("an account")?.person_id;
        let shares = reader.shares()?.into_iter();
        let others = shares.filter(|share| share.person_id != person);
        Ok(others.map(|share| share.share_id).collect())
    }

    /// What a share of another person shows here.
    ///
    /// # Errors
    /// What the database says, or a sit that is there twice.
    pub fn shared(&self, share_id: ShareId) -> Result<ById<SharedSit>> {
        let sits = self.reader()?.partner_sits(share_id, None, ALL)?;
        let count = sits.len();
        let sits: ById<SharedSit> = sits.into_iter().map(|sit| (sit.session_id, sit)).collect();
        ensure!(sits.len() == count, "a sit twice in {share_id}");
        Ok(sits)
    }

    /// The number that a query on its database gives.
    ///
    /// # Errors
    /// What the database says.
    pub fn count(&self, sql: &str) -> Result<i64> {
        let value = self.terminal.look()?.query_row(sql, [], |row| row.get(0));
        value.with_context(|| sql.to_owned())
    }

    /// The file that keeps its sign-in, where the person agreed to one.
    pub fn token_file(&self) -> PathBuf {
        self.terminal.dir().join("token")
    }

    /// Its sign-in, for a script of the same person.
    ///
    /// # Errors
    /// Where there is none.
    pub fn token(&self) -> Result<String> {
        let text = fs::read_to_string(self.token_file())?;
        Ok(text.lines().nth(2).context("a token")?.to_owned())
    }
}

/// The words that enter an account, adding the sits here.
pub fn place<'a>(word: &'a str, url: &'a str, login: &'a str) -> [&'a str; 8] {
    [
        "account",
        word,
        "--server",
        url,
        "--login",
        login,
        "--token-file",
        "--add-sits",
    ]
}
