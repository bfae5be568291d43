//! The real window: `mitta-desktop` in a virtual display, driven by `WebDriver`, its database read
//! from outside.
//!
//! Must hold: each test has its own folders, bus and ports, and when it ends nothing that it
//! started still runs; a process left behind fails the test.

pub mod display;
pub mod host;
pub mod place;
pub mod processes;
pub mod screen;
pub mod seed;
pub mod window;

use std::fs;
use std::ops::Deref;
use std::process::{Child, Command};

use anyhow::{Context as _, Result, ensure};
use mitta_store::DataDir;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags};

use crate::binaries::program;
use crate::wait::{SOON, until};
use place::Place;
use processes::{Process, Signal};
use seed::Seed;
use window::Window;

/// The name of the program under test.
const DESKTOP: &str = "mitta-desktop";

/// A home with Mitta in it, and its window while it is open.
pub struct TestDesktop {
    /// Folders and bus.
    pub place: Place,
    window: Option<Window>,
}

impl Deref for TestDesktop {
    type Target = Window;

    /// The open window.
    fn deref(&self) -> &Window {
        match &self.window {
            Some(window) => window,
            None => panic!("no window is open: launch it first"),
        }
    }
}

impl TestDesktop {
    /// A place of its own, nothing launched yet.
    ///
    /// # Errors
    /// If there is no display, or no program to test.
    pub fn new() -> Result<Self> {
        let mut place = Place::new()?;
        place.env.push(("DISPLAY".to_owned(), display::name()?));
        Ok(Self {
            place,
            window: None,
        })
    }

    /// A place with its window open.
    ///
    /// # Errors
    /// As [`TestDesktop::new`] and [`TestDesktop::launch`].
    pub fn launched() -> Result<Self> {
        let mut desktop = Self::new()?;
        desktop.launch()?;
        Ok(desktop)
    }

    /// Writes into the data folder before anything is launched.
    ///
    /// # Errors
    /// What `write` fails with, or a folder that cannot be written.
    pub fn seed<T>(&self, write: impl FnOnce(&mut Seed) -> Result<T>) -> Result<T> {
        write(&mut Seed::into(&self.dir())?)
    }

    /// Starts the app with its window, and waits until a screen is drawn and nothing will move by
    /// itself: a line about the sound comes a moment later, and what is pressed then moves away.
    ///
    /// # Errors
    /// If it does not come up, or still runs.
    pub fn launch(&mut self) -> Result<()> {
        self.launch_without_engine()?;
        self.wait_until_drawn()?;
        self.wait("the window has started", |it| {
            Ok(it.script("return document.body.dataset.started === 'true'", &[])? == true)
        })
    }

    /// Starts the app where its data folder is such that no screen will be drawn.
    ///
    /// # Errors
    /// If it does not come up, or still runs.
    pub fn launch_without_engine(&mut self) -> Result<()> {
        ensure!(
            self.pids().is_empty(),
            "it runs already: {:?}",
            self.processes()
        );
        self.window = None;
        self.window = Some(Window::open(&self.place, &program(DESKTOP)?)?);
        Ok(())
    }

    /// The data folder.
    pub fn dir(&self) -> DataDir {
        DataDir::new(self.place.data.clone())
    }

    /// The app's processes: its own, not those of its web views.
    pub fn pids(&self) -> Vec<u32> {
        let ours = self.processes().into_iter();
        ours.filter(|it| it.program == DESKTOP)
            .map(|it| it.pid)
            .collect()
    }

    /// The one process of the app.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn pid(&self) -> Result<u32> {
        match self.pids()[..] {
            [pid] => Ok(pid),
            ref other => anyhow::bail!("one process of the app was expected: {other:?}"),
        }
    }

    /// Everything that runs for this test.
    pub fn processes(&self) -> Vec<Process> {
        processes::of(&self.place.data)
    }

    /// The processes that draw web pages.
    pub fn web_processes(&self) -> Vec<Process> {
        let ours = self.processes().into_iter();
        ours.filter(|it| it.program == "WebKitWebProcess").collect()
    }

    /// Kills the app with SIGKILL, as a crash would, and waits until it is gone.
    ///
    /// # Errors
    /// If it does not run.
    pub fn kill(&mut self) -> Result<()> {
        processes::signal(self.pid()?, Signal::KILL)?;
        self.wait_until_ended()
    }

    /// Asks the app to end with SIGTERM, as a log-out does, and waits until it is gone.
    ///
    /// # Errors
    /// If it does not run or does not end.
    pub fn terminate(&mut self) -> Result<()> {
        processes::signal(self.pid()?, Signal::TERM)?;
        self.wait_until_ended()
    }

    /// Waits until no process of the app is left.
    ///
    /// # Errors
    /// If it goes on.
    pub fn wait_until_ended(&mut self) -> Result<()> {
        until("the app ends", SOON, || Ok(self.pids().is_empty()))?;
        self.window = None;
        until("its web views end", SOON, || {
            Ok(self.processes().is_empty())
        })
    }

    /// Starts a program of the workspace in this place, for instance the app a second time.
    ///
    /// # Errors
    /// If it is not built.
    pub fn start(&self, name: &str, args: &[&str]) -> Result<Child> {
        let mut command = self.command(name)?;
        Ok(command.args(args).spawn()?)
    }

    /// A program of the workspace, to be started in this place.
    ///
    /// # Errors
    /// If it is not built.
    pub fn command(&self, name: &str) -> Result<Command> {
        let mut command = self.place.command(program(name)?);
        command
            .stdout(self.place.log(&format!("{name}.log"))?)
            .stderr(self.place.log(&format!("{name}.log"))?);
        Ok(command)
    }

    /// The database as any other program reads it.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn sqlite(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Connection::open_with_flags(self.dir().database(), flags)?)
    }

    /// One value of the database.
    ///
    /// # Errors
    /// If the query fails or gives no row.
    pub fn value<T: FromSql>(&self, sql: &str) -> Result<T> {
        let value = self.sqlite()?.query_row(sql, [], |row| row.get(0));
        value.with_context(|| sql.to_owned())
    }

    /// The first column of every row of a query.
    ///
    /// # Errors
    /// If the query fails.
    pub fn column<T: FromSql>(&self, sql: &str) -> Result<Vec<T>> {
        let connection = self.sqlite()?;
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn tell(&self) {
        for name in ["driver.log", "mitta-desktop.log", "mitta.log"] {
            if let Ok(text) = fs::read_to_string(self.place.path(name)) {
                eprintln!("--- {name}\n{}", tail(&text));
            }
        }
        for entry in fs::read_dir(self.dir().logs())
            .into_iter()
            .flatten()
            .flatten()
        {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            eprintln!("--- {}\n{}", entry.path().display(), tail(&text));
        }
    }

    fn end(&mut self) -> Vec<Process> {
        for pid in self.pids() {
            // It may end by itself in between.
            drop(processes::signal(pid, Signal::TERM));
        }
        let ended = until("the app ends", SOON, || Ok(self.pids().is_empty()));
        self.window = None;
        let gone = until("nothing runs", SOON, || Ok(self.processes().is_empty()));
        if ended.and(gone).is_ok() {
            return Vec::new();
        }
        let left = self.processes();
        for process in &left {
            drop(processes::signal(process.pid, Signal::KILL));
        }
        left
    }
}

impl Drop for TestDesktop {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        let left = self.end();
        if failed || !left.is_empty() {
            self.tell();
        }
        if !failed {
            assert!(left.is_empty(), "left behind: {left:?}");
        }
    }
}

/// The last lines of a log, without the sound library's complaints about a missing card.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|it| !it.starts_with("ALSA lib"))
        .collect();
    lines[lines.len().saturating_sub(80)..].join("\n")
}
