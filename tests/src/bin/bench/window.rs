//! The window: launch to first painted content, memory and processor time during a sit, visible,
//! hidden and closed to the tray; beside a bare `WebKitGTK` window (`examples/bare_window.rs`).
//!
//! A virtual display keeps its picture in a file, which tells when something is painted. The sit
//! is an unfinished row that goes on by itself at launch, so nothing drives the window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::figures::{Series, alone, compare, scratch, timed_ms};
use super::seed;

const LAUNCHES: usize = 7;
const ROUNDS: usize = 3;
const WATCH: Duration = Duration::from_secs(30);
const WIDTH: usize = 1280;

pub fn run() {
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
    let screen = Screen::start();
    launch(&screen);
    during_a_sit(&screen);
}

fn launch(screen: &Screen) {
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for _ in 0..LAUNCHES {
        let folder = scratch();
        ours.push(screen.painted_ms(&mut mitta(folder.path())));
        theirs.push(screen.painted_ms(&mut bare(&[])));
    }
    compare(
        "Launch to first painted content",
        "ms",
        &ours,
        ("bare WebKitGTK window, static page", &theirs),
        "≤ 1.3×",
    );
}

/// What one program costs while it is watched.
#[derive(Default)]
struct Cost {
    memory_mib: Series,
    cpu_s_per_minute: Series,
}

impl Cost {
    fn watch(&mut self, app: &App) {
        let before = app.cpu_s();
        std::thread::sleep(WATCH);
        self.cpu_s_per_minute
            .push((app.cpu_s() - before) * 60.0 / WATCH.as_secs_f64());
        self.memory_mib.push(app.memory_mib());
    }
}

fn during_a_sit(screen: &Screen) {
    let (mut sitting, mut hidden) = (Cost::default(), Cost::default());
    let (mut still, mut ticking) = (Cost::default(), Cost::default());
    for _ in 0..ROUNDS {
        let folder = scratch();
        seed::running_sit(folder.path());
        let app = App::start(mitta(folder.path()).env("DISPLAY", &screen.name));
        screen.wait_until_painted();
        std::thread::sleep(Duration::from_secs(5));
        sitting.watch(&app);
        screen.xdotool(&["search", "--name", "^Mitta$", "windowminimize"]);
        std::thread::sleep(Duration::from_secs(3));
        hidden.watch(&app);
        drop(app);
        screen.wait_until_empty();
        for (arguments, cost) in [(&[][..], &mut still), (&["--tick"][..], &mut ticking)] {
            let app = App::start(bare(arguments).env("DISPLAY", &screen.name));
            screen.wait_until_painted();
            std::thread::sleep(Duration::from_secs(5));
            cost.watch(&app);
            drop(app);
            screen.wait_until_empty();
        }
    }
    let page = "bare WebKitGTK window, static page";
    let tick = "bare window whose text changes once a second";
    compare(
        "Memory during a sit, PSS of all processes",
        "MiB",
        &sitting.memory_mib,
        (page, &still.memory_mib),
        "≤ 1.15×",
    );
    compare(
        "Processor time during a sit, window visible",
        "s/min",
        &sitting.cpu_s_per_minute,
        (tick, &ticking.cpu_s_per_minute),
        "≤ 1.5×",
    );
    alone(
        "Processor time during a sit, window minimised",
        "s/min",
        &hidden.cpu_s_per_minute,
        "≤ 0.1",
    );
}

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

fn beside_us(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}

fn mitta(folder: &Path) -> Command {
    let mut command = program(beside_us("mitta-desktop"));
    command
        .env("MITTA_DATA_DIR", folder.join("data"))
        .env("XDG_DATA_HOME", folder.join("share"))
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

fn bare(arguments: &[&str]) -> Command {
    let mut command = program(beside_us("examples").join("bare_window"));
    command.args(arguments);
    command
}

/// A running program with all its processes; killed when dropped.
struct App(Child);

impl App {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    fn processes(&self) -> Vec<u32> {
        let mut tree = vec![self.0.id()];
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

    /// Proportional set size of all processes.
    fn memory_mib(&self) -> f64 {
        let kib = self.processes().into_iter().filter_map(|pid| {
            let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
            let line = text.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        });
        kib.sum::<f64>() / 1024.0
    }

    /// User and system time of all processes so far.
    fn cpu_s(&self) -> f64 {
        let ticks = self.processes().into_iter().filter_map(|pid| {
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
        for pid in self.processes().into_iter().rev() {
            let _gone_already = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        self.0.wait().unwrap();
    }
}

/// A virtual display that keeps its picture in a file, with a window manager on it.
struct Screen {
    server: Child,
    manager: Child,
    folder: tempfile::TempDir,
    name: String,
}

impl Screen {
    fn start() -> Self {
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

    fn xdotool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .status();
        assert!(status.unwrap().success(), "xdotool {arguments:?}");
    }

    /// Dark pixels on a light window: painted content.
    fn is_painted(&self) -> bool {
        let picture = fs::read(self.folder.path().join("Xvfb_screen0")).unwrap_or_default();
        let pixels = picture.len().saturating_sub(WIDTH * 900 * 4);
        let (mut light, mut dark) = (0usize, 0usize);
        for row in (0..900).step_by(2) {
            let from = pixels + row * WIDTH * 4;
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

    fn wait_until_painted(&self) {
        until(|| self.is_painted());
    }

    fn wait_until_empty(&self) {
        until(|| !self.is_painted());
    }

    fn painted_ms(&self, command: &mut Command) -> f64 {
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
fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..15_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("waited 30 seconds in vain");
}
