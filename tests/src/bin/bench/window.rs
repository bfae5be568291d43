//! The window: launch to first painted content, memory and processor time during a sit, visible
//! and hidden; beside a bare `WebKitGTK` window (`examples/bare_window.rs`).
//!
//! A virtual display keeps its picture in a file, which tells when something is painted. The sit
//! is an unfinished row that goes on by itself at launch, so nothing drives the window.

use std::time::Duration;

use super::figures::{Series, alone, compare, scratch};
use super::seed;
use super::stage::{App, Screen, bare, mitta};

const LAUNCHES: usize = 7;
const ROUNDS: usize = 3;
const WATCH: Duration = Duration::from_secs(30);

pub fn run() {
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
        self.memory_mib.push(app.memory().whole_mib);
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
