//! Where the programs of Postgres are and who may run them: it refuses to run as root.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::PgError;

/// The user that Postgres runs as, where that is not the one running this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

/// The programs of one Postgres version.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    folder: PathBuf,
    pub(crate) owner: Option<Owner>,
}

impl Binaries {
    /// The newest version that the system's packages installed.
    pub(crate) fn find() -> Result<Self, PgError> {
        let named = std::env::var_os("MITTA_POSTGRES_BIN").map(PathBuf::from);
        let folder = named
            .or_else(newest_package)
            .or_else(on_path)
            .filter(|folder| folder.join("initdb").is_file())
            .ok_or(PgError::NotInstalled)?;
        let owner = if rustix::process::geteuid().is_root() {
            Some(user_postgres()?)
        } else {
            None
        };
        Ok(Self { folder, owner })
    }

    /// A command of one of the programs, as the user that may run it.
    ///
    /// The user is changed by the child itself, so that no `sudo` is needed and the child is
    /// Postgres, not somebody who started it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::null());
        if let Some(owner) = self.owner {
            command.uid(owner.uid).gid(owner.gid);
        }
        command
    }

    /// Gives `path` to the user that Postgres runs as.
    pub(crate) fn give(&self, path: &Path) -> Result<(), PgError> {
        match self.owner {
            Some(owner) => std::os::unix::fs::chown(path, Some(owner.uid), Some(owner.gid))
                .map_err(PgError::io(format!("giving {} away", path.display()))),
            None => Ok(()),
        }
    }
}

fn newest_package() -> Option<PathBuf> {
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("bin/initdb").is_file())
        .max_by_key(|path| version(path))
        .map(|path| path.join("bin"))
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file())
}

fn user_postgres() -> Result<Owner, PgError> {
    let id = |flag: &str| {
        let output = Command::new("id").args([flag, "postgres"]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.trim().parse::<u32>().ok()
    };
    match (id("-u"), id("-g")) {
        (Some(uid), Some(gid)) => Ok(Owner { uid, gid }),
        _ => Err(PgError::NoUser),
    }
}
