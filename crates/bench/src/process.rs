//! What a process costs, as Linux counts it.

use std::fs;

/// Ticks of `/proc/…/stat` a second: `USER_HZ`, 100 on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// Memory of a process, in MiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Its share of all that it touches.
    pub pss: f64,
    /// What is its own and written.
    pub dirty: f64,
}

impl Memory {
    /// Of the process with that id.
    pub fn of(pid: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
        let mib = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kib: f64 = line
                .and_then(|rest| rest.split_whitespace().next())
                .unwrap()
                .parse()
                .unwrap();
            kib / 1024.0
        };
        Self {
            pss: mib("Pss:"),
            dirty: mib("Private_Dirty:"),
        }
    }
}

/// Milliseconds that the process has worked, in itself and in the kernel.
pub fn worked_ms(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name, which may hold anything, ends with the last bracket.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.map(|it| it.parse::<f64>().unwrap()).sum();
    ticks / TICKS_PER_S * 1000.0
}
