//! `cargo xtask bench [NAME…]`: figures, each beside a reference measured in the same run.
//!
//! These machines are noisy, so nothing is asserted: each figure is the median and the range of
//! several rounds, ours and the reference by turns, and the ratio of the medians with its aim.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has to stop and say where"
)]

mod figures;
mod history;
mod import;
#[cfg(target_os = "linux")]
mod large;
mod lateness;
#[cfg(target_os = "linux")]
mod scroll;
mod seed;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(target_os = "linux")]
mod stage;
mod start;
mod statistics;
#[cfg(target_os = "linux")]
mod together;
#[cfg(target_os = "linux")]
mod tray;
#[cfg(target_os = "linux")]
mod window;

const ALL: &[(&str, fn())] = &[
    ("start", start::run),
    ("history", history::run),
    ("statistics", statistics::run),
    ("import", import::run),
    #[cfg(target_os = "linux")]
    ("import-large", large::run),
    ("lateness", lateness::run),
    #[cfg(target_os = "linux")]
    ("window", window::run),
    #[cfg(target_os = "linux")]
    ("scroll", scroll::run),
    #[cfg(target_os = "linux")]
    ("tray", tray::run),
    #[cfg(target_os = "linux")]
    ("together", together::run),
    #[cfg(target_os = "linux")]
    ("soak", soak::run),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for name in &wanted {
        if !ALL.iter().any(|(known, _)| known == name) {
            let known: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
            eprintln!(
                "There is no benchmark “{name}”. Known: {}",
                known.join(", ")
            );
            std::process::exit(2);
        }
    }
    if cfg!(debug_assertions) {
        println!("note: a debug build; figures are meaningful only with --release");
    }
    for (name, run) in ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("\n== {name}");
            run();
        }
    }
}
