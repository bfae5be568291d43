//! One cluster: made, started, killed, started again, stopped, swept up.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use crate::binaries::Binaries;
use crate::processes::{children_of, end_guardian, guardian, pid_of, signal};
use crate::{PgError, random_hex};

/// Between two looks at whether Postgres is ready or gone.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Looks until it is given up: a minute, for a machine that does much else.
const LOOKS: u32 = 6000;

/// How a cluster is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A folder that stays, made where it is missing; else a temporary one.
    pub dir: Option<PathBuf>,
    /// Whether it waits for the disk. Off, a killed Postgres still loses nothing; a machine
    /// without power would.
    pub fsync: bool,
    /// The port on 127.0.0.1; else a free one.
    pub port: Option<u16>,
    /// More settings, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

/// A running Postgres, stopped when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    binaries: Binaries,
    options: Options,
    root: PathBuf,
    sockets: TempDir,
    port: u16,
    password: String,
    running: Option<Running>,
    /// Last: the folder goes when nobody uses it any more.
    temporary: Option<TempDir>,
}

#[derive(Debug)]
struct Running {
    postmaster: Child,
    guardian: Child,
}

impl Postgres {
    /// Makes the cluster where it is not there yet, starts it and waits until it answers.
    ///
    /// # Errors
    /// [`PgError`] where Postgres is not installed, may not be run, or says why it will not start.
    pub fn start(options: Options) -> Result<Self, PgError> {
        let binaries = Binaries::find()?;
        let temporary = |prefix: &str| {
            let dir = tempfile::Builder::new().prefix(prefix).tempdir();
            dir.map_err(PgError::io("making a temporary folder"))
        };
        let (root, kept) = if let Some(dir) = &options.dir {
            (dir.clone(), None)
        } else {
            let dir = temporary("mitta-pg-")?;
            (dir.path().to_owned(), Some(dir))
        };
        fs::create_dir_all(&root)
            .and_then(|()| root.canonicalize())
            .and_then(|root| fs::set_permissions(root, fs::Permissions::from_mode(0o711)))
            .map_err(PgError::io(format!("making {}", root.display())))?;
        let root = root
            .canonicalize()
            .map_err(PgError::io(format!("reading {}", root.display())))?;
        // Its own folder: the path of a socket is short (107 bytes), that of `root` need not be.
        let sockets = temporary("mitta-pgs-")?;
        binaries.give(sockets.path())?;
        let password = password(&root)?;
        let mut postgres = Self {
            binaries,
            port: 0,
            options,
            root,
            sockets,
            password,
            running: None,
            temporary: kept,
        };
        postgres.make()?;
        // Between finding a free port and listening on it, another process may have taken it.
        let mut tries = 0;
        loop {
            postgres.port = match postgres.options.port {
                Some(port) => port,
                None => free_port()?,
            };
            match postgres.start_again() {
                Err(_) if postgres.options.port.is_none() && tries < 3 => tries += 1,
                result => return result.map(|()| postgres),
            }
        }
    }

    /// The URL for the superuser, over TCP, of the database `postgres`.
    pub fn admin_url(&self) -> String {
        self.url("postgres", &self.password, "postgres")
    }

    /// A URL over TCP.
    pub fn url(&self, login: &str, password: &str, database: &str) -> String {
        format!(
            "postgres://{login}:{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// The URL for the superuser over the Unix socket.
    pub fn socket_url(&self) -> String {
        let folder = self.sockets.path().to_string_lossy().replace('/', "%2F");
        format!(
            "postgres://postgres:{}@{folder}:{}/postgres",
            self.password, self.port
        )
    }

    /// The port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its process id, for measurements.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|it| it.postmaster.id())
    }

    /// The folder with the data and the log.
    pub fn dir(&self) -> &Path {
        &self.root
    }

    /// Ends every one of its processes with SIGKILL, as a machine that dies would.
    ///
    /// # Errors
    /// [`PgError::NotInTime`] where a process did not end.
    pub fn kill9(&mut self) -> Result<(), PgError> {
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        // Stopped first, so that it starts no more children while they are counted.
        let postmaster = pid_of(&running.postmaster);
        signal(postmaster, Signal::STOP);
        let children = children_of(running.postmaster.id());
        signal(postmaster, Signal::KILL);
        for child in &children {
            signal(Pid::from_raw(*child), Signal::KILL);
        }
        let ended = running.postmaster.wait();
        ended.map_err(PgError::io("waiting for Postgres"))?;
        end_guardian(running.guardian);
        self.wait_until("did not end", |_| {
            Ok(children
                .iter()
                .all(|pid| !Path::new(&format!("/proc/{pid}/exe")).exists()))
        })
    }

    /// Starts it after [`Postgres::kill9`] or [`Postgres::stop`], on the same port and data.
    ///
    /// # Errors
    /// [`PgError`] where it will not start.
    pub fn start_again(&mut self) -> Result<(), PgError> {
        if self.running.is_some() {
            return Ok(());
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(PgError::io("opening the log"))?;
        let again = log.try_clone().map_err(PgError::io("opening the log"))?;
        let mut command = self.binaries.command("postgres");
        command.arg("-D").arg(self.data());
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        // A group of its own: Ctrl-C in the terminal is for the one who started it.
        let postmaster = command
            .stdout(log)
            .stderr(again)
            .process_group(0)
            .spawn()
            .map_err(PgError::io("starting postgres"))?;
        let mut temporary = vec![self.sockets.path()];
        temporary.extend(self.temporary.as_ref().map(TempDir::path));
        let guardian = match guardian(&self.data().join("postmaster.pid"), &temporary) {
            Ok(guardian) => guardian,
            Err(error) => {
                signal(pid_of(&postmaster), Signal::QUIT);
                return Err(error);
            }
        };
        self.running = Some(Running {
            postmaster,
            guardian,
        });
        let ready = self.wait_until("did not become ready", |this| {
            let ended = this.running.as_mut().map(|it| it.postmaster.try_wait());
            if matches!(ended, Some(Ok(None))) {
                Ok(this.says_ready())
            } else {
                Err(this.not_in_time("ended at once"))
            }
        });
        if ready.is_err() {
            self.end(Signal::QUIT);
        }
        ready
    }

    /// Stops it in order; what was committed is there after [`Postgres::start_again`].
    pub fn stop(&mut self) {
        self.end(Signal::INT);
    }

    fn end(&mut self, how: Signal) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        signal(pid_of(&running.postmaster), how);
        let mut looks = 0;
        while matches!(running.postmaster.try_wait(), Ok(None)) {
            looks += 1;
            if looks == LOOKS / 6 {
                signal(pid_of(&running.postmaster), Signal::QUIT);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        end_guardian(running.guardian);
    }

    /// `initdb`, once.
    fn make(&self) -> Result<(), PgError> {
        let data = self.data();
        if data.join("PG_VERSION").is_file() {
            return Ok(());
        }
        fs::create_dir_all(&data).map_err(PgError::io(format!("making {}", data.display())))?;
        self.binaries.give(&data)?;
        let given = tempfile::NamedTempFile::new_in(self.sockets.path())
            .and_then(|mut file| writeln!(file, "{}", self.password).map(|()| file))
            .map_err(PgError::io("writing the password"))?;
        self.binaries.give(given.path())?;
        let mut command = self.binaries.command("initdb");
        command
            .args(["--username=postgres", "--auth=scram-sha-256"])
            .args(["--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg(format!("--pwfile={}", given.path().display()))
            .arg("--pgdata")
            .arg(&data);
        let output = command.output().map_err(PgError::io("running initdb"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(PgError::Failed {
            program: "initdb",
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn settings(&self) -> Vec<(String, String)> {
        let on = if self.options.fsync { "on" } else { "off" };
        let ours = [
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", self.port.to_string()),
            (
                "unix_socket_directories",
                self.sockets.path().display().to_string(),
            ),
            ("unix_socket_permissions", "0700".to_owned()),
            ("max_connections", "300".to_owned()),
            ("fsync", on.to_owned()),
            ("full_page_writes", on.to_owned()),
        ];
        let ours = ours.into_iter().map(|(name, value)| (name.into(), value));
        ours.chain(self.options.settings.iter().cloned()).collect()
    }

    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// The eighth line of `postmaster.pid` is its state; the first whose it is.
    fn says_ready(&self) -> bool {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.trim().parse().ok());
        pid == self.pid() && lines.nth(6).is_some_and(|state| state.trim() == "ready")
    }

    fn wait_until(
        &mut self,
        else_it: &'static str,
        mut done: impl FnMut(&mut Self) -> Result<bool, PgError>,
    ) -> Result<(), PgError> {
        for _ in 0..LOOKS {
            if done(self)? {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(self.not_in_time(else_it))
    }

    fn not_in_time(&self, what: &'static str) -> PgError {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        PgError::NotInTime {
            dir: self.root.clone(),
            what,
            said: lines[lines.len().saturating_sub(12)..].join("\n"),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A temporary folder needs no orderly end.
        self.end(if self.options.dir.is_some() {
            Signal::INT
        } else {
            Signal::QUIT
        });
    }
}

fn free_port() -> Result<u16, PgError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(PgError::io("finding a free port"))
}

/// The superuser's password: made with the cluster, readable by who made it.
fn password(root: &Path) -> Result<String, PgError> {
    let path = root.join("admin-password");
    let doing = || PgError::io(format!("reading {}", path.display()));
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(doing())?;
        return Ok(text.trim().to_owned());
    }
    let password = random_hex()?;
    let file: Result<File, _> = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    file.and_then(|mut file| writeln!(file, "{password}"))
        .map_err(doing())?;
    Ok(password)
}
