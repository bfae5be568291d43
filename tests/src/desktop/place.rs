//! A home of its own for each test: folders, a session bus, and the environment that names them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// A session bus that starts nothing by itself: no keyring, no portal, unless a test brings one.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Folders and a bus, gone when dropped.
pub struct Place {
    folder: TempDir,
    /// The data folder, not made yet.
    pub data: PathBuf,
    bus: Child,
    address: String,
    /// Added to the environment of every program.
    pub env: Vec<(String, OsString)>,
}

impl Place {
    /// # Errors
    /// If the folders cannot be made or `dbus-daemon` is not installed.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("mitta-e2e-").tempdir()?;
        for name in ["home", "run"] {
            fs::create_dir(folder.path().join(name))?;
        }
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700))?;
        let config = folder.path().join("bus.conf");
        fs::write(&config, BUS)?;
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-daemon (apt install dbus-x11)")?;
        let output = bus.stdout.take().context("the bus has no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim().to_owned();
        ensure!(!address.is_empty(), "the bus did not start");
        Ok(Self {
            data: folder.path().join("data"),
            folder,
            bus,
            address,
            env: Vec::new(),
        })
    }

    /// A path in this place.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the bus, which is session and system bus in one.
    pub fn bus(&self) -> &str {
        &self.address
    }

    /// A file in this place that takes a program's output.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn log(&self, name: &str) -> Result<File> {
        Ok(File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(name))?)
    }

    /// A command that knows nothing but this place and the display.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .stdin(Stdio::null())
            .current_dir(self.folder.path())
            .env("MITTA_DATA_DIR", &self.data)
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
            .env("GDK_BACKEND", "x11")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            // Neither starts services on the bus nor reads the settings of whoever tests.
            .env("NO_AT_BRIDGE", "1")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GTK_USE_PORTAL", "0")
            .env(
                "MITTA_LOG",
                "debug,mitta_runtime::sound=info,zbus=warn,tracing=warn,notify=warn,rustls=warn",
            )
            // In English, as the tests read it.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .env_remove("WAYLAND_DISPLAY");
        for (folder, name) in [
            ("XDG_DATA_HOME", "share"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            command.env(folder, self.path(name));
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
