//! Closed to the tray in the middle of a sit: memory beside a bare window's, who wakes up, and how
//! soon a second launch brings the sit back on the screen.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::place::Place;

use super::figures::{Series, alone, compare, timed_ms};
use super::seed;
use super::stage::{App, Memory, Screen, beside_us, processes, until};

const ROUNDS: u32 = 3;
const SETTLE: Duration = Duration::from_secs(10);
const WATCH: Duration = Duration::from_mins(1);

pub fn run() {
    let screen = Screen::start();
    let (mut bare, mut open, mut tray) = (Both::default(), Both::default(), Both::default());
    let (mut back, mut cpu, mut strange) =
        (Series::default(), Series::default(), Series::default());
    let mut woken = BTreeMap::new();
    for _ in 0..ROUNDS {
        let place = Place::new().unwrap();
        let started = |name: &str| {
            let mut command = place.command(beside_us(name));
            command.env("DISPLAY", &screen.name).env_remove("MITTA_LOG");
            command
        };
        let host = Host::appear(&place).unwrap();
        bare.push(settled(&screen, &mut started("examples/bare_window")));

        seed::running_sit(&place.path(""));
        let app = App::start(&mut started("mitta-desktop"));
        screen.wait_until_painted();
        until(|| host.icons() == 1);
        std::thread::sleep(SETTLE);
        open.push(app.memory());
        let before = screen.picture();

        screen.xdotool(&["search", "--name", "^Mitta$", "windowactivate", "--sync"]);
        screen.xdotool(&["key", "alt+F4"]);
        screen.wait_until_empty();
        std::thread::sleep(SETTLE);
        tray.push(app.memory());

        let (from, cpu_s) = (switches(app.pid()), app.cpu_s());
        std::thread::sleep(WATCH);
        cpu.push(app.cpu_s() - cpu_s);
        for (thread, (name, times)) in switches(app.pid()) {
            let already = from.get(&thread).map_or(0, |(_, times)| *times);
            *woken.entry(name).or_insert(0) += times - already;
        }

        back.push(brought_back_ms(&screen, &mut started("mitta-desktop")));
        std::thread::sleep(SETTLE);
        strange.push(differing_percent(&before, &screen.picture()));
        drop(app);
        screen.wait_until_empty();
    }
    tell_memory("window open", &open, &bare, "≤ 1.15×");
    tell_memory("closed to the tray", &tray, &bare, "≤ 0.6×");
    alone("Processor time in the tray", "s/min", &cpu, "≤ 0.1");
    tell_who_woke(woken);
    alone(
        "A second launch brings the window back: to painted content",
        "ms",
        &back,
        "a launch",
    );
    let aim = "nothing but the countdown: < 1";
    alone(
        "  pixels other than before it was closed",
        "%",
        &strange,
        aim,
    );
}

/// [`Memory`], round by round.
#[derive(Default)]
struct Both {
    whole_mib: Series,
    dirty_mib: Series,
}

impl Both {
    fn push(&mut self, memory: Memory) {
        self.whole_mib.push(memory.whole_mib);
        self.dirty_mib.push(memory.dirty_mib);
    }
}

fn tell_memory(state: &str, ours: &Both, bare: &Both, aim: &str) {
    for (what, ours, bare) in [
        ("PSS", &ours.whole_mib, &bare.whole_mib),
        ("its dirty pages only", &ours.dirty_mib, &bare.dirty_mib),
    ] {
        let what = format!("Memory in the middle of a sit, {state}, {what}");
        compare(
            &what,
            "MiB",
            ours,
            ("bare WebKitGTK window, static page", bare),
            aim,
        );
    }
}

/// Memory of a program that has shown its window and come to rest.
fn settled(screen: &Screen, command: &mut Command) -> Memory {
    let app = App::start(command);
    screen.wait_until_painted();
    std::thread::sleep(SETTLE);
    let memory = app.memory();
    drop(app);
    screen.wait_until_empty();
    memory
}

fn brought_back_ms(screen: &Screen, second: &mut Command) -> f64 {
    let (ms, mut second) = timed_ms(|| {
        let second = second.spawn().unwrap();
        screen.wait_until_painted();
        second
    });
    assert!(second.wait().unwrap().success(), "it hands over and ends");
    ms
}

/// Of each thread, by process and thread id: its name, and how often it has gone to sleep so far.
fn switches(pid: u32) -> BTreeMap<(u32, u32), (String, u64)> {
    let mut found = BTreeMap::new();
    for pid in processes(pid) {
        let program = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let tasks = fs::read_dir(format!("/proc/{pid}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            // A thread may end between two questions.
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let value = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name))?;
                Some(line.trim().to_owned())
            };
            let id = task.file_name().to_string_lossy().parse();
            let times = value("voluntary_ctxt_switches:").and_then(|it| it.parse().ok());
            if let (Ok(id), Some(name), Some(times)) = (id, value("Name:"), times) {
                let name = format!("{} / {name}", program.trim());
                found.insert((pid, id), (name, times));
            }
        }
    }
    found
}

fn tell_who_woke(woken: BTreeMap<String, u64>) {
    let mut woken: Vec<_> = woken.into_iter().filter(|(_, times)| *times > 0).collect();
    woken.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let all: u64 = woken.iter().map(|(_, times)| times).sum();
    let a_minute = |times: u64| {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 of them")]
        let times = times as f64;
        times / f64::from(ROUNDS)
    };
    println!(
        "Wake-ups in the tray, by thread: {:.1} a minute (aim: the heartbeat, 4, and its writer)",
        a_minute(all)
    );
    for (name, times) in woken {
        println!("  {:6.1}  {name}", a_minute(times));
    }
}

fn differing_percent(before: &[u8], after: &[u8]) -> f64 {
    let pixels = before.chunks_exact(4).zip(after.chunks_exact(4));
    let all = u32::try_from(pixels.len()).unwrap();
    let other = u32::try_from(pixels.filter(|(a, b)| a != b).count()).unwrap();
    f64::from(other) * 100.0 / f64::from(all)
}
