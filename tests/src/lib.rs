//! Harnesses: real programs and real devices, started for a test and gone after it.

pub mod api;
pub mod binaries;
pub mod desktop;
pub mod devices;
pub mod impostors;
pub mod proxy;
pub mod server;
pub mod sound;
pub mod terminal;
pub mod together;
pub mod wait;
