//! Harnesses: real programs and real devices, started for a test and gone after it.

pub mod binaries;
pub mod desktop;
pub mod sound;
pub mod terminal;
pub mod wait;
