//! `cargo xtask bench sync…`: what sync costs, each figure beside a reference measured in the same run,
//! on the same Postgres, which waits for the disk.
//!
//! The server and each syncing device are processes of their own, as they are for a person. Nothing is
//! asserted but that the work was done: these machines are noisy.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has to stop and say where"
)]

mod bed;
mod bulk;
mod by_hand;
mod device;
mod durable;
mod empty;
#[path = "../../../tests/src/bin/bench/figures.rs"]
mod figures;
mod live;
mod memory;
mod page;
mod process;
mod sits;
mod wire;

use bed::Bed;

type Figure = (&'static str, fn(&Bed));

const ALL: &[Figure] = &[
    ("sync-bulk", bulk::run),
    ("sync-empty", empty::run),
    ("sync-wire", wire::run),
    ("sync-durable", durable::run),
    ("sync-memory", memory::run),
    ("sync-live", live::run),
    ("sync-page", page::run),
];

/// Says so where a figure is not what it is to be.
fn aim(is_reached: bool) {
    if !is_reached {
        println!("  MISSED");
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, url] = &wanted[..]
        && word == device::WORD
    {
        return device::main(folder, url);
    }
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
    let bed = Bed::make();
    for (name, run) in ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("\n== {name}");
            run(&bed);
        }
    }
}
