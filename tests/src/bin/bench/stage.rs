//! Where windows are measured: a virtual display, the programs on it, and what they cost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::figures::{scratch, timed_ms};

const WIDTH: usize = 1280;

fn program(path: PathBuf) -> Command {
    let mut command = Command::new(path);
    command
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("GDK_BACKEND", "x11")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

pub fn beside_us(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}

pub fn mitta(folder: &Path) -> Command {
    let mut command = program(beside_us("mitta-desktop"));
    command
        .env("MITTA_DATA_DIR", folder.join("data"))
        .env("XDG_DATA_HOME", folder.join("share"))
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

pub fn bare(arguments: &[&str]) -> Command {
    let mut command = program(beside_us("examples").join("bare_window"));
    command.args(arguments);
    command
}

/// A process and all that descend from it.
pub fn processes(pid: u32) -> Vec<u32> {
    let mut tree = vec![pid];
    let mut at = 0;
    while let Some(pid) = tree.get(at) {
        let tasks = fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten()
            .flatten();
        for task in tasks {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            tree.extend(
                children
                    .split_whitespace()
                    .filter_map(|p| p.parse::<u32>().ok()),
            );
        }
        at += 1;
        let mut seen = std::collections::BTreeSet::new();
        tree.retain(|pid| seen.insert(*pid));
    }
    tree
}

/// Memory of a process and all that descend from it, each page shared out among who maps it.
///
/// What shares a library with others weighs less while they run, so `whole_mib` moves by tens of
/// MiB with the neighbours; `dirty_mib`, what it has written itself, does not.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Proportional set size.
    pub whole_mib: f64,
    /// The part of it that differs from any file.
    pub dirty_mib: f64,
}

impl Memory {
    pub fn of(pid: u32) -> Self {
        let (mut whole_kib, mut dirty_kib) = (0.0, 0.0);
        for pid in processes(pid) {
            let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            let kib = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name))?;
                line.split_whitespace().next()?.parse::<f64>().ok()
            };
            whole_kib += kib("Pss:").unwrap_or_default();
            dirty_kib += kib("Pss_Dirty:").unwrap_or_default();
        }
        Self {
            whole_mib: whole_kib / 1024.0,
            dirty_mib: dirty_kib / 1024.0,
        }
    }
}

/// A running program with all its processes; killed when dropped.
pub struct App(Child);

impl App {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// The first of its processes.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    pub fn memory(&self) -> Memory {
        Memory::of(self.pid())
    }

    /// User and system time of all processes so far.
    pub fn cpu_s(&self) -> f64 {
        let ticks = processes(self.pid()).into_iter().filter_map(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
        });
        // USER_HZ is 100 on every Linux of today.
        ticks.sum::<f64>() / 100.0
    }
}

impl Drop for App {
    fn drop(&mut self) {
        for pid in processes(self.pid()).into_iter().rev() {
            let _gone_already = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        self.0.wait().unwrap();
    }
}

/// A virtual display that keeps its picture in a file, with a window manager on it.
pub struct Screen {
    server: Child,
    manager: Child,
    folder: tempfile::TempDir,
    /// As in `DISPLAY`.
    pub name: String,
}

impl Screen {
    pub fn start() -> Self {
        for tool in ["Xvfb", "openbox", "xdotool"] {
            assert!(
                Command::new("which")
                    .arg(tool)
                    .stdout(Stdio::null())
                    .status()
                    .unwrap()
                    .success(),
                "{tool} is missing: `cargo xtask setup bench` installs it"
            );
        }
        let folder = scratch();
        let name = format!(":{}", 200 + std::process::id() % 700);
        let server = Command::new("Xvfb")
            .args([&name, "-screen", "0", "1280x900x24", "-fbdir"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let socket = PathBuf::from(format!("/tmp/.X11-unix/X{}", &name[1..]));
        until(|| socket.exists());
        let manager = Command::new("openbox")
            .env("DISPLAY", &name)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            server,
            manager,
            folder,
            name,
        }
    }

    pub fn xdotool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .status();
        assert!(status.unwrap().success(), "xdotool {arguments:?}");
    }

    /// What is on the display: four bytes a pixel, row by row.
    pub fn picture(&self) -> Vec<u8> {
        let file = fs::read(self.folder.path().join("Xvfb_screen0")).unwrap_or_default();
        file[file.len().saturating_sub(WIDTH * 900 * 4)..].to_vec()
    }

    /// Dark pixels on a light window: painted content.
    fn is_painted(&self) -> bool {
        let picture = self.picture();
        let (mut light, mut dark) = (0usize, 0usize);
        for row in (0..900).step_by(2) {
            let from = row * WIDTH * 4;
            for pixel in picture
                .get(from..from + WIDTH * 4)
                .unwrap_or_default()
                .chunks_exact(4)
            {
                let sum: u32 = pixel[..3].iter().map(|c| u32::from(*c)).sum();
                light += usize::from(sum > 690);
                dark += usize::from((60..300).contains(&sum));
            }
        }
        light > 100_000 && dark > 150
    }

    pub fn wait_until_painted(&self) {
        until(|| self.is_painted());
    }

    pub fn wait_until_empty(&self) {
        until(|| !self.is_painted());
    }

    pub fn painted_ms(&self, command: &mut Command) -> f64 {
        let (ms, app) = timed_ms(|| {
            let app = App::start(command.env("DISPLAY", &self.name));
            self.wait_until_painted();
            app
        });
        drop(app);
        self.wait_until_empty();
        ms
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            let _gone_already = child.kill();
            let _reaped_already = child.wait();
        }
    }
}

/// Waits for something that shows from outside only; gives up loudly.
pub fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..15_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("waited 30 seconds in vain");
}
