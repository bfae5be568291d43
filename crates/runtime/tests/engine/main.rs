//! The engine as windows and terminals drive it: on a clock moved by hand, with bells that note
//! when they were struck, and a real database that is read afterwards.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its harness too"
)]

mod bad_input;
mod copies;
#[cfg(target_os = "linux")]
mod disks;
mod endings;
mod failures;
mod harness;
mod life;
mod listening;
mod log;
mod neighbours;
mod own_files;
mod past;
mod presets;
mod private;
mod reminders;
mod reminders_told;
mod restart;
mod settings;
mod signals;
mod sound;
mod statistics;
mod stopping;
mod threads;
mod time;
mod together;
mod totals;
mod transfer;
mod transfer_again;
mod transfer_beside;
mod transfer_told;
mod unfinished;
mod unreadable;
mod waking;

#[test]
fn every_file_beside_this_one_is_part_of_it() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine");
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap();
        let declared = format!("\nmod {module};\n");
        assert!(
            module == "main" || include_str!("main.rs").contains(&declared),
            "{name} is not compiled"
        );
    }
}
