//! A private Postgres from the system's packages: for the tests of one run, and for a trial of the
//! server on one machine.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::{build, shell};

/// Tests that find it use that cluster, and start none of their own.
const FOR_TESTS: &str = "MITTA_TEST_POSTGRES";
/// The login that a trial's server uses.
const TRIAL_LOGIN: &str = "mitta_trial";

/// A running Postgres; it ends when this is dropped, or when this process dies.
pub struct Postgres {
    keeper: Child,
    admin_url: String,
}

impl Postgres {
    /// Starts one: with a folder one that stays there, else one that goes with this.
    fn start(dir: Option<&Path>, port: Option<u16>) -> Result<Self> {
        let mut command = shell::command(build::program("debug", "mitta-pgtest")?)?;
        command.arg("start");
        if let Some(dir) = dir {
            command.arg("--fsync").arg("--dir").arg(dir);
        }
        if let Some(port) = port {
            command.arg("--port").arg(port.to_string());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl+C is for whoever uses it; it is stopped after them.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut keeper = command.spawn().context("cannot start mitta-pgtest")?;
        let mut admin_url = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout).read_line(&mut admin_url)?;
        }
        let admin_url = admin_url.trim().to_owned();
        let postgres = Self { keeper, admin_url };
        ensure!(
            !postgres.admin_url.is_empty(),
            "Postgres did not start: see above"
        );
        Ok(postgres)
    }

    /// One for the tests of this run.
    pub fn for_tests() -> Result<Self> {
        Self::start(None, None)
    }

    /// Tells `command`'s tests to use it.
    pub fn hand_to<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(FOR_TESTS, &self.admin_url)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It stops Postgres when its standard input closes.
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("Postgres may still be running: {error}");
        }
    }
}

/// A trial of the server on this machine: Postgres in `dir`, migrated, and the server in front of
/// it until Ctrl+C.
pub fn serve(dir: &Path, listen: &str) -> Result<ExitCode> {
    build::server()?;
    let postgres = Postgres::start(Some(dir), None)?;
    let server = build::program("debug", "mitta-server")?;
    let password = random_hex()?;
    let mut migrate = shell::command(&server)?;
    migrate
        .args([
            "migrate",
            "--log-format",
            "text",
            "--create-login",
            TRIAL_LOGIN,
        ])
        .env("MITTA_ADMIN_DATABASE_URL", &postgres.admin_url)
        .env("MITTA_LOGIN_PASSWORD", &password);
    shell::run(&mut migrate)?;
    println!(
        "\nA trial of the Mitta server. In the app: Settings, Account, server address\n\n    \
         http://{listen}\n\nWhat it is told stays in {}. Ctrl+C ends it.\n",
        dir.display()
    );
    let mut serve = shell::command(&server)?;
    serve
        .args(["serve", "--log-format", "text", "--listen", listen])
        .env(
            "MITTA_DATABASE_URL",
            as_login(&postgres.admin_url, TRIAL_LOGIN, &password)?,
        );
    let status = serve.status().context("cannot start mitta-server")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Where a trial keeps what it is told: where the user that Postgres runs as can get to.
pub fn trial_dir() -> PathBuf {
    let user = std::env::var("USER").unwrap_or_else(|_| "me".to_owned());
    Path::new("/var/tmp").join(format!("mitta-trial-{user}"))
}

/// The URL with another login.
fn as_login(url: &str, login: &str, password: &str) -> Result<String> {
    let (scheme, rest) = url.split_once("://").context("the URL has no scheme")?;
    let (_, place) = rest.split_once('@').context("the URL has no login")?;
    Ok(format!("{scheme}://{login}:{password}@{place}"))
}

fn random_hex() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_login_takes_the_place_of_the_first_alone() {
        let url = as_login("postgres://postgres:secret@127.0.0.1:5/x", "me", "word").unwrap();
        assert_eq!(url, "postgres://me:word@127.0.0.1:5/x");
    }
}
